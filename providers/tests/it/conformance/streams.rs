//! Streamed answers, in every dialect.

use providers::{ErrorCategory, Finish, Quirks};

use super::{
    client_with,
    dialect::{DIALECTS, Ending, Wrong},
};
use crate::server::{request, serve_always, serve_raw};

fn streaming() -> Quirks {
    Quirks { stream: true, ..Quirks::default() }
}

const EVENT_STREAM: (&str, &str) = ("content-type", "text/event-stream");

#[tokio::test]
async fn a_streamed_answer_reads_as_the_same_answer_in_one_piece() {
    for dialect in &DIALECTS {
        let events = (dialect.stream)(&["hi", "\n the", "re 😀"]).concat();
        let whole = serve_always(200, &[], (dialect.answer)("hi\n there 😀", Ending::Stop).to_string()).await;
        let whole = client_with(dialect, &whole, Quirks::default()).converse(&request()).await.unwrap();
        for headers in [&[EVENT_STREAM][..], &[], &[("content-type", "application/json")]] {
            let url = serve_always(200, headers, events.clone()).await;
            let reply = client_with(dialect, &url, streaming()).converse(&request()).await.unwrap();
            let context = format!("{:?}", dialect.kind);
            assert_eq!((&reply.text, reply.finish), (&whole.text, Finish::Stop), "{context}");
            assert_eq!((reply.usage, &reply.model_version), (whole.usage, &whole.model_version), "{context}");
            assert_eq!(
                (&reply.request_id, &reply.finish_raw),
                (&whole.request_id, &whole.finish_raw),
                "{context}"
            );
            assert_eq!(reply.raw_body, events.as_bytes());
            let first_token = reply.first_token.unwrap();
            assert!(reply.first_byte <= first_token && first_token <= reply.total, "{context}");
        }
    }
}

#[tokio::test]
async fn a_provider_that_does_not_stream_is_read_all_the_same() {
    for dialect in &DIALECTS {
        let url = serve_always(200, &[], (dialect.answer)("hi", Ending::Stop).to_string()).await;
        let reply = client_with(dialect, &url, streaming()).converse(&request()).await.unwrap();
        assert_eq!((reply.text.as_str(), reply.first_token), ("hi", None), "{:?}", dialect.kind);
    }
}

#[tokio::test]
async fn what_had_come_of_an_answer_that_breaks_off_is_kept() {
    for dialect in &DIALECTS {
        let events = (dialect.stream)(&["hi", " the", "re"]);
        let started = events[..events.len() - 2].concat();
        // The connection breaks; or the stream ends as if it were whole; or a line is cut in two.
        let broken = format!("HTTP/1.1 200 OK\r\ncontent-length: 50000\r\n\r\n{started}");
        for url in [
            serve_raw(broken, false).await,
            serve_always(200, &[EVENT_STREAM], started.clone()).await,
            serve_always(200, &[EVENT_STREAM], format!("{started}data: {{\"choi")).await,
        ] {
            let error = client_with(dialect, &url, streaming()).converse(&request()).await.unwrap_err();
            let context = format!("{:?}: {error:?}", dialect.kind);
            assert_eq!(error.category, ErrorCategory::Connection, "{context}");
            let partial = error.partial.as_ref().unwrap_or_else(|| panic!("{context}"));
            assert!(partial.text.starts_with("hi") && !partial.text.contains("re"), "{context}");
            assert!(partial.first_token.is_some(), "{context}");
            assert!(error.raw_body.as_deref().unwrap().starts_with(started.as_bytes()));
        }
    }
}

#[tokio::test]
async fn a_stream_that_breaks_after_the_answers_end_lost_nothing() {
    for dialect in &DIALECTS {
        let events = (dialect.stream)(&["hi"]).concat();
        let raw = format!("HTTP/1.1 200 OK\r\ncontent-length: 50000\r\n\r\n{events}");
        let url = serve_raw(raw, false).await;
        let reply = client_with(dialect, &url, streaming()).converse(&request()).await.unwrap();
        assert_eq!(reply.text, "hi", "{:?}", dialect.kind);
    }
}

#[tokio::test]
async fn an_error_within_a_stream_has_its_category_and_keeps_what_had_come() {
    for dialect in &DIALECTS {
        let mut events = (dialect.stream)(&["hi", " there"]);
        events.pop();
        let body = format!("{}{}", events.concat(), dialect.overloaded_event);
        let url = serve_always(200, &[EVENT_STREAM], body).await;
        let error = client_with(dialect, &url, streaming()).converse(&request()).await.unwrap_err();
        let context = format!("{:?}: {error:?}", dialect.kind);
        assert!(
            matches!(error.category, ErrorCategory::Overloaded | ErrorCategory::RateLimited),
            "{context}"
        );
        assert_eq!(error.message, "Overloaded", "{context}");
        assert_eq!(
            error.partial.as_ref().map(|partial| partial.text.as_str()),
            Some("hi there"),
            "{context}"
        );
    }
}

#[tokio::test]
async fn an_error_instead_of_a_stream_is_an_error() {
    for dialect in &DIALECTS {
        let (status, body) = (dialect.error)(Wrong::Unauthorized);
        let url = serve_always(status, &[], body.to_string()).await;
        let error = client_with(dialect, &url, streaming()).converse(&request()).await.unwrap_err();
        assert_eq!(error.category, ErrorCategory::Auth, "{:?}", dialect.kind);
    }
}

#[tokio::test]
async fn a_stream_of_nothing_is_malformed() {
    for dialect in &DIALECTS {
        for body in [": ping\n\n", "data: \n\n", "data: [DONE]\n\n", "event: x\ndata: {}\n\n"] {
            let url = serve_always(200, &[EVENT_STREAM], body).await;
            let error = client_with(dialect, &url, streaming()).converse(&request()).await.unwrap_err();
            assert_eq!(error.category, ErrorCategory::Malformed, "{:?} {body:?}: {error}", dialect.kind);
        }
    }
}

#[tokio::test]
async fn a_stream_with_a_hole_is_no_answer_and_what_had_come_is_kept() {
    for dialect in &DIALECTS {
        let mut events = (dialect.stream)(&["hi", " the", "re"]);
        events.insert(1, "data: {\"choices\": [{\"delta\": \n\n".to_owned());
        let url = serve_always(200, &[EVENT_STREAM], events.concat()).await;
        let error = client_with(dialect, &url, streaming()).converse(&request()).await.unwrap_err();
        assert_eq!(error.category, ErrorCategory::Malformed, "{:?}: {error}", dialect.kind);
        assert!(error.partial.is_some(), "{:?}", dialect.kind);
    }
}

#[tokio::test]
async fn a_filter_that_strikes_within_a_stream_ends_the_answer_there() {
    let (dialect, error) =
        (&DIALECTS[0], "data: {\"error\":{\"code\":\"content_filter\",\"message\":\"m\"}}\n\n");
    let mut events = (dialect.stream)(&["hi", " there"]);
    events.pop();
    let url = serve_always(200, &[EVENT_STREAM], format!("{}{error}", events.concat())).await;
    let reply = client_with(dialect, &url, streaming()).converse(&request()).await.unwrap();
    assert_eq!((reply.finish, reply.text.as_str()), (Finish::ContentFilter, "hi there"));
    assert_eq!(reply.finish_raw.as_deref(), Some("content_filter"));
}

#[tokio::test]
async fn a_server_that_breaks_off_by_its_finish_reason_leaves_what_had_come() {
    let body = "data: {\"choices\":[{\"delta\":{\"content\":\"par\"}}]}\n\n\
        data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"insufficient_system_resource\"}]}\n\ndata: [DONE]\n\n";
    let url = serve_always(200, &[EVENT_STREAM], body).await;
    let error = client_with(&DIALECTS[0], &url, streaming()).converse(&request()).await.unwrap_err();
    assert_eq!(error.category, ErrorCategory::Overloaded);
    assert_eq!(error.partial.unwrap().text, "par");
}

#[tokio::test]
async fn an_answer_behind_comments_that_keep_the_connection_alive_is_read() {
    for dialect in &DIALECTS {
        let answer = (dialect.answer)("hi", Ending::Stop);
        let url = serve_always(200, &[], format!(": PROCESSING\n\n: PROCESSING\n\n{answer}")).await;
        let reply = client_with(dialect, &url, streaming()).converse(&request()).await.unwrap();
        assert_eq!(reply.text, "hi", "{:?}", dialect.kind);
    }
}
