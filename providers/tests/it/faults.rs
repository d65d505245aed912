//! What becomes of every way in which an answer can go wrong.

use std::time::Duration;

use providers::{ErrorCategory, Finish, ProviderError, ProviderSettings, Timeouts, connect};

use crate::server::{client, request, serve, serve_always, serve_raw, settings};

const ANSWER: &str =
    r#"{"id":"c1","model":"m-1","choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}"#;

async fn error_of(base_url: &str) -> ProviderError {
    client(base_url).converse(&request()).await.unwrap_err()
}

#[tokio::test]
async fn an_answer_is_kept_whatever_its_headers_say() {
    for headers in [
        &[("content-type", "text/html")][..],
        &[("content-encoding", "gzip")],
        &[("content-encoding", "br")],
        &[("retry-after", "20"), ("content-type", "nonsense")],
    ] {
        let url = serve_always(200, headers, ANSWER).await;
        let reply = client(&url).converse(&request()).await.unwrap();
        assert_eq!((reply.text.as_str(), reply.raw_body.as_ref()), ("hi", ANSWER.as_bytes()), "{headers:?}");
    }
    let raw =
        "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"choices\":[{\"message\":{\"content\":\"hi\"}}]}";
    let url = serve_raw(raw, false).await;
    assert_eq!(client(&url).converse(&request()).await.unwrap().text, "hi");
}

#[tokio::test]
async fn a_reply_says_what_was_sent_and_who_answered() {
    let url =
        serve_always(200, &[("x-request-id", "r1"), ("x-ratelimit-remaining-requests", "7")], ANSWER).await;
    let reply = client(&url).converse(&request()).await.unwrap();
    assert_eq!(reply.request_id.as_deref(), Some("r1"));
    assert_eq!(reply.model_version.as_deref(), Some("m-1"));
    assert_eq!(reply.limits.requests.remaining, Some(7));
    assert_eq!(
        reply.request_body,
        r#"{"model":"m","messages":[{"role":"user","content":"hello"}],"stream":false}"#
    );
    assert!(reply.first_byte <= reply.total);
}

#[tokio::test]
async fn a_status_decides_the_category_where_the_body_says_nothing() {
    for (status, category) in [
        (400, ErrorCategory::BadRequest),
        (401, ErrorCategory::Auth),
        (402, ErrorCategory::Billing),
        (408, ErrorCategory::Timeout),
        (413, ErrorCategory::ContextLength),
        (429, ErrorCategory::RateLimited),
        (500, ErrorCategory::Server),
        (503, ErrorCategory::Overloaded),
        (529, ErrorCategory::RateLimited),
    ] {
        for body in ["", "<html><h1>Oops</h1></html>", "\u{0}\u{1}", "{"] {
            let error = error_of(&serve_always(status, &[], body).await).await;
            assert_eq!((error.category, error.status), (category, Some(status)), "{body:?}");
            assert!(!error.message.is_empty());
            assert_eq!(error.raw_body.as_deref(), Some(body.as_bytes()));
        }
    }
}

#[tokio::test]
async fn a_rate_limit_says_how_long_to_wait() {
    let url = serve_always(429, &[("retry-after", "1.5")], "{}").await;
    assert_eq!(error_of(&url).await.retry_after, Some(Duration::from_millis(1_500)));
    let headers = [("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "6m0s")];
    let url = serve_always(429, &headers, "{}").await;
    assert_eq!(error_of(&url).await.retry_after, Some(Duration::from_secs(360)));
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_says_so() {
    let url = serve_always(308, &[("location", "https://elsewhere.example/v1?token=abc")], "").await;
    let error = error_of(&url).await;
    assert_eq!(error.category, ErrorCategory::BadRequest);
    assert!(error.message.contains("redirects to https://elsewhere.example/v1;"), "{error}");
}

#[tokio::test]
async fn a_filtered_prompt_is_an_outcome_and_no_error() {
    let body = r#"{"error":{"message":"filtered","code":"content_filter"}}"#;
    let reply = client(&serve_always(400, &[], body).await).converse(&request()).await.unwrap();
    assert_eq!((reply.finish, reply.text.as_str()), (Finish::ContentFilter, ""));
}

#[tokio::test]
async fn a_connection_that_breaks_keeps_what_had_come() {
    for (response, body) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"choices\":[", Some(&b"{\"choices\":["[..])),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{\"\r\n", Some(b"{\"")),
        ("", None),
        ("no http at all", None),
    ] {
        let error = error_of(&serve_raw(response, false).await).await;
        assert_eq!(error.category, ErrorCategory::Connection, "{response:?}: {error}");
        assert_eq!(error.raw_body.as_deref(), body);
        assert!(error.request_body.is_some());
    }
}

#[tokio::test]
async fn an_address_where_nobody_listens_is_a_connection_error() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let error = error_of(&url).await;
    assert_eq!((error.category, error.status), (ErrorCategory::Connection, None));
    assert!(error.message.contains("refused"), "{error}");
}

#[tokio::test]
async fn a_deadline_that_passes_is_a_timeout_before_and_within_the_body() {
    let mut asked = request();
    asked.timeouts.first_byte = Duration::from_millis(50);
    let error = client(&serve_raw("", true).await).converse(&asked).await.unwrap_err();
    assert_eq!((error.category, error.raw_body.is_none()), (ErrorCategory::Timeout, true), "{error}");
    assert!(error.elapsed >= asked.timeouts.first_byte);

    asked.timeouts = Timeouts { first_byte: Duration::from_secs(30), total: Duration::from_millis(300) };
    let raw = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"choices\":[";
    let error = client(&serve_raw(raw, true).await).converse(&asked).await.unwrap_err();
    assert_eq!(error.category, ErrorCategory::Timeout);
    assert_eq!(error.raw_body.as_deref(), Some(&b"{\"choices\":["[..]));
}

#[tokio::test]
async fn a_body_that_is_no_chat_completion_is_malformed_and_kept() {
    for body in ["", "<html>", "{\"choices\":[{\"mess", "[]"] {
        let error = error_of(&serve_always(200, &[], body).await).await;
        assert_eq!(error.category, ErrorCategory::Malformed);
        assert_eq!(error.raw_body.as_deref(), Some(body.as_bytes()));
    }
}

#[tokio::test]
async fn a_body_above_the_limit_is_cut_there_and_malformed() {
    let url = serve_always(200, &[], ANSWER).await;
    let provider = connect(ProviderSettings { body_limit: 10, ..settings(&url) }).unwrap();
    let error = provider.converse(&request()).await.unwrap_err();
    assert_eq!(error.category, ErrorCategory::Malformed);
    assert_eq!(error.raw_body.as_deref(), Some(&ANSWER.as_bytes()[..10]));
    let fits = ProviderSettings { body_limit: ANSWER.len(), ..settings(&url) };
    assert!(connect(fits).unwrap().converse(&request()).await.is_ok());
}

#[tokio::test]
async fn ten_megabytes_of_emoji_survive_the_trip() {
    let text = "😀".repeat(2_500_000);
    let escaped = "\\ud83d\\ude00".repeat(2_500_000);
    let url =
        serve_always(200, &[], format!(r#"{{"choices":[{{"message":{{"content":"{escaped}"}}}}]}}"#)).await;
    let reply = client(&url).converse(&request()).await.unwrap();
    assert!(reply.text == text && !reply.text_is_altered);
}

#[tokio::test]
async fn what_text_cannot_hold_is_replaced_flagged_and_kept_in_the_raw_body() {
    for content in [&b"a\\ud800b"[..], b"a\\u0000b", b"a\xFFb"] {
        let body = [b"{\"choices\":[{\"message\":{\"content\":\"", content, b"\"}}]}"].concat();
        let reply = client(&serve_always(200, &[], body.clone()).await).converse(&request()).await.unwrap();
        assert_eq!((reply.text.as_str(), reply.text_is_altered), ("a\u{FFFD}b", true));
        assert_eq!(reply.raw_body, body);
    }
}

#[tokio::test]
async fn hundreds_of_calls_are_in_flight_at_once() {
    // Each answer echoes its question, so none can be mixed up with another's.
    let url = serve(|_, body| {
        let sent: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let text = &sent["messages"][0]["content"];
        let answer = serde_json::json!({"choices": [{"message": {"content": text}}]});
        axum::http::Response::new(answer.to_string().into())
    })
    .await;
    let provider = client(&url);
    let calls = (0..500).map(|number| {
        let provider = &provider;
        async move {
            let mut asked = request();
            asked.messages[0].text = number.to_string();
            provider.converse(&asked).await.unwrap().text == number.to_string()
        }
    });
    assert!(futures::future::join_all(calls).await.into_iter().all(|is_own| is_own));
}
