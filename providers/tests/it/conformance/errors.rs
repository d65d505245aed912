//! Errors of every kind, in every dialect.

use std::time::Duration;

use providers::{ErrorCategory, Finish, ProviderError};
use serde_json::json;

use super::{
    client,
    dialect::{DIALECTS, Dialect, Ending, Wrong},
};
use crate::server::{request, serve_always};

async fn error_of(dialect: &Dialect, base_url: &str) -> ProviderError {
    client(dialect, base_url).converse(&request()).await.unwrap_err()
}

#[tokio::test]
async fn an_error_in_the_vendors_words_has_our_category() {
    for dialect in &DIALECTS {
        for (wrong, category) in [
            (Wrong::RateLimited, ErrorCategory::RateLimited),
            (Wrong::Unauthorized, ErrorCategory::Auth),
            (Wrong::Forbidden, ErrorCategory::Auth),
            (Wrong::NoSuchModel, ErrorCategory::ModelNotFound),
            (Wrong::TooLong, ErrorCategory::ContextLength),
            (Wrong::BadRequest, ErrorCategory::BadRequest),
            (Wrong::Broken, ErrorCategory::Server),
        ] {
            let (status, body) = (dialect.error)(wrong);
            let url = serve_always(status, &[("request-id", "r1")], body.to_string()).await;
            let error = error_of(dialect, &url).await;
            let context = format!("{:?} {wrong:?}: {error}", dialect.kind);
            assert_eq!((error.category, error.status), (category, Some(status)), "{context}");
            let words = body["error"]["message"].as_str().unwrap();
            assert!(error.message.contains(words), "{context}");
            assert_eq!(error.raw_body.as_deref(), Some(body.to_string().as_bytes()));
            assert_eq!(error.request_id.as_deref(), Some("r1"));
            assert!(error.request_body.is_some() && error.partial.is_none());
        }
        let (status, body) = (dialect.error)(Wrong::OutOfMoney);
        let url = serve_always(status, &[], body.to_string()).await;
        let category = error_of(dialect, &url).await.category;
        assert!(
            matches!(category, ErrorCategory::Quota | ErrorCategory::Billing),
            "{:?}: {category}",
            dialect.kind
        );
        // Anthropic's 529 is a rate limit by the taxonomy; elsewhere overload is its own category.
        let (status, body) = (dialect.error)(Wrong::Overloaded);
        let url = serve_always(status, &[], body.to_string()).await;
        let expected = if status == 529 { ErrorCategory::RateLimited } else { ErrorCategory::Overloaded };
        assert_eq!(error_of(dialect, &url).await.category, expected, "{:?}", dialect.kind);
    }
}

#[tokio::test]
async fn a_status_decides_the_category_where_the_body_says_nothing() {
    for dialect in &DIALECTS {
        for (status, category) in [
            (400, ErrorCategory::BadRequest),
            (401, ErrorCategory::Auth),
            (402, ErrorCategory::Billing),
            (403, ErrorCategory::Auth),
            (404, ErrorCategory::BadRequest),
            (408, ErrorCategory::Timeout),
            (413, ErrorCategory::ContextLength),
            (429, ErrorCategory::RateLimited),
            (500, ErrorCategory::Server),
            (502, ErrorCategory::Server),
            (503, ErrorCategory::Overloaded),
            (529, ErrorCategory::RateLimited),
        ] {
            for body in ["", "<html><h1>Oops</h1></html>", "\u{0}\u{1}", "{", "null", "[]", "\"x\""] {
                let error = error_of(dialect, &serve_always(status, &[], body).await).await;
                let context = format!("{:?} {status} {body:?}: {error}", dialect.kind);
                assert_eq!((error.category, error.status), (category, Some(status)), "{context}");
                assert!(!error.message.is_empty());
                assert_eq!(error.raw_body.as_deref(), Some(body.as_bytes()));
            }
        }
    }
}

#[tokio::test]
async fn a_rate_limit_says_how_long_to_wait_in_every_form() {
    let date = httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(3_600));
    for dialect in &DIALECTS {
        let (status, body) = (dialect.error)(Wrong::RateLimited);
        for (headers, wait) in [
            (&[("retry-after", "20")][..], Some(Duration::from_secs(20))),
            (&[("retry-after", "1.5")], Some(Duration::from_millis(1_500))),
            (&[("retry-after-ms", "250"), ("retry-after", "1")], Some(Duration::from_millis(250))),
            (
                &[("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "6m0s")],
                Some(Duration::from_secs(360)),
            ),
            (
                &[
                    ("anthropic-ratelimit-requests-remaining", "0"),
                    ("anthropic-ratelimit-requests-reset", "2000-01-01T00:00:00Z"),
                ],
                Some(Duration::ZERO),
            ),
            (&[], None),
        ] {
            let error = error_of(dialect, &serve_always(status, headers, body.to_string()).await).await;
            assert_eq!(error.retry_after, wait, "{:?} {headers:?}", dialect.kind);
        }
        let url = serve_always(status, &[("retry-after", date.as_str())], body.to_string()).await;
        let wait = error_of(dialect, &url).await.retry_after.unwrap();
        assert!((3_500..=3_600).contains(&wait.as_secs()), "{wait:?}");
    }
}

#[tokio::test]
async fn google_says_in_the_body_how_long_to_wait() {
    let dialect = &DIALECTS[3];
    let (status, mut body) = (dialect.error)(Wrong::RateLimited);
    body["error"]["details"] = json!([
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "13.5s"}
    ]);
    let error = error_of(dialect, &serve_always(status, &[], body.to_string()).await).await;
    assert_eq!(error.retry_after, Some(Duration::from_millis(13_500)));
}

#[tokio::test]
async fn a_prompt_that_the_filter_holds_back_is_an_outcome_and_no_error() {
    let openai = r#"{"error":{"message":"The response was filtered","code":"content_filter",
        "innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#;
    let google = r#"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"modelVersion":"m-1",
        "usageMetadata":{"promptTokenCount":9,"totalTokenCount":9}}"#;
    for (dialect, status, body) in
        [(&DIALECTS[0], 400, openai), (&DIALECTS[1], 400, openai), (&DIALECTS[3], 200, google)]
    {
        let reply =
            client(dialect, &serve_always(status, &[], body).await).converse(&request()).await.unwrap();
        assert_eq!((reply.finish, reply.text.as_str()), (Finish::ContentFilter, ""), "{:?}", dialect.kind);
        assert!(reply.finish_raw.is_some());
    }
}

#[tokio::test]
async fn an_error_that_comes_with_status_200_is_an_error() {
    for dialect in &DIALECTS {
        let (_, body) = (dialect.error)(Wrong::RateLimited);
        let error = error_of(dialect, &serve_always(200, &[], body.to_string()).await).await;
        assert_eq!(error.category, ErrorCategory::RateLimited, "{:?}: {error}", dialect.kind);
    }
}

#[tokio::test]
async fn an_answer_is_kept_whatever_its_headers_say() {
    for dialect in &DIALECTS {
        let answer = (dialect.answer)("hi", Ending::Stop).to_string();
        for headers in [
            &[("content-type", "text/html")][..],
            &[("content-type", "text/event-stream")],
            &[("content-encoding", "gzip")],
            &[("content-encoding", "br")],
            &[("retry-after", "20"), ("content-type", "nonsense")],
            &[("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "1h")],
        ] {
            let url = serve_always(200, headers, answer.clone()).await;
            let reply = client(dialect, &url).converse(&request()).await.unwrap();
            assert_eq!(reply.text, "hi", "{:?} {headers:?}", dialect.kind);
            assert_eq!(reply.raw_body, answer.as_bytes());
        }
    }
}

#[tokio::test]
async fn a_body_that_is_no_answer_is_malformed_and_kept() {
    for dialect in &DIALECTS {
        for body in ["", "<html>", "{\"choices\":[{\"mess", "[]", "null", "17", "data", "{\"a\":1}"] {
            let error = error_of(dialect, &serve_always(200, &[], body).await).await;
            assert_eq!(error.category, ErrorCategory::Malformed, "{:?} {body:?}: {error}", dialect.kind);
            assert_eq!(error.raw_body.as_deref(), Some(body.as_bytes()));
        }
    }
}

#[tokio::test]
async fn a_filter_that_strikes_after_the_status_was_sent_is_an_outcome_too() {
    for (dialect, body) in [
        (&DIALECTS[0], r#"{"error":{"code":"content_filter","message":"m"}}"#),
        (
            &DIALECTS[0],
            r#"{"error":{"code":403,"message":"x requires moderation on y. Your input was flagged"}}"#,
        ),
        (
            &DIALECTS[0],
            r#"{"error":{"code":"data_inspection_failed","message":"Output data may contain inappropriate content"}}"#,
        ),
        (
            &DIALECTS[1],
            r#"{"id":"r","status":"failed","output":[],"error":{"code":"invalid_prompt","message":"flagged"}}"#,
        ),
        (
            &DIALECTS[1],
            r#"{"id":"r","status":"failed","output":[],"error":{"code":"cyber_policy","message":"m"}}"#,
        ),
        (
            &DIALECTS[2],
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}"#,
        ),
    ] {
        let url = serve_always(200, &[], body).await;
        let reply = client(dialect, &url).converse(&request()).await.unwrap();
        assert_eq!((reply.finish, reply.text.as_str()), (Finish::ContentFilter, ""), "{body}");
        assert!(reply.finish_raw.is_some(), "{body}");
    }
}

#[tokio::test]
async fn what_had_come_of_an_answer_before_its_error_is_kept() {
    for (dialect, body) in [
        (&DIALECTS[0], r#"{"choices":[{"error":{"message":"m","code":502},"message":{"content":"par"}}]}"#),
        (
            &DIALECTS[1],
            r#"{"status":"failed","error":{"code":"server_error","message":"m"},"output":[{"type":"message","content":[{"type":"output_text","text":"par"}]}]}"#,
        ),
    ] {
        let error = error_of(dialect, &serve_always(200, &[], body).await).await;
        assert_eq!((error.category, error.message.as_str()), (ErrorCategory::Server, "m"));
        assert_eq!(error.partial.unwrap().text, "par", "{:?}", dialect.kind);
    }
}

#[tokio::test]
async fn a_wait_in_words_is_nearer_than_the_reset_of_a_window_but_not_than_what_the_headers_ask() {
    let body = |status: u16, code: &str| {
        (status, format!(r#"{{"error":{{"message":"Please try again in 1.5s","code":"{code}"}}}}"#))
    };
    for ((status, body), headers, wait) in [
        (body(429, "rate_limit_exceeded"), &[][..], Some(1_500)),
        (body(429, "rate_limit_exceeded"), &[("retry-after", "20")], Some(20_000)),
        (
            body(429, "rate_limit_exceeded"),
            &[("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "6s")],
            Some(1_500),
        ),
        (body(200, "rate_limit_exceeded"), &[], Some(1_500)),
    ] {
        let error = error_of(&DIALECTS[0], &serve_always(status, headers, body).await).await;
        assert_eq!(error.category, ErrorCategory::RateLimited);
        assert_eq!(error.retry_after, wait.map(Duration::from_millis), "{headers:?}");
    }
}

#[tokio::test]
async fn a_key_that_is_refused_with_status_200_is_not_taken_for_accepted() {
    for dialect in &DIALECTS {
        let body = r#"{"code":401,"msg":"token expired or incorrect","success":false}"#;
        let url = serve_always(200, &[], body).await;
        let error = client(dialect, &url).check().await.unwrap_err();
        assert_eq!(error.category, ErrorCategory::Auth, "{:?}: {error}", dialect.kind);
    }
}
