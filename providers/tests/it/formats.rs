//! Anthropic's and Google's wire formats over real HTTP.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, Response, Uri},
};
use providers::{ErrorCategory, Finish, Provider, ProviderSettings, Quirks, WireFormat, connect};
use tokio::net::TcpListener;

use crate::server::{KEY, request, settings};

type Seen = Arc<Mutex<Vec<(Uri, HeaderMap)>>>;

/// A provider of this format that answers every request with one response.
async fn provider(kind: WireFormat, stream: bool, status: u16, body: String) -> (Arc<dyn Provider>, Seen) {
    let (listener, seen) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), Seen::default());
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let noted = Arc::clone(&seen);
    let app = Router::new().fallback(async move |request: Request| {
        noted.lock().unwrap().push((request.uri().clone(), request.headers().clone()));
        Response::builder().status(status).body(Body::from(body.clone())).unwrap()
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    let quirks = Quirks { stream, ..Quirks::default() };
    (connect(ProviderSettings { kind, quirks, ..settings(&url) }).unwrap(), seen)
}

fn events(chunks: &[&str]) -> String {
    chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect()
}

const START: &str = r#"{"type":"message_start","message":{"id":"msg_1","model":"claude-x","content":[],"usage":{"input_tokens":3}}}"#;
const TEXT: &str = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hello"}}"#;
const END: &str =
    r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}"#;
const OVERLOADED: &str = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;

#[tokio::test]
async fn a_streamed_message_is_asked_for_and_read_with_the_time_of_its_first_token() {
    let body = events(&[START, TEXT, END, r#"{"type":"message_stop"}"#]);
    let (provider, seen) = provider(WireFormat::AnthropicMessages, true, 200, body).await;
    let reply = provider.converse(&request()).await.unwrap();
    assert_eq!((reply.text.as_str(), reply.finish), ("hello", Finish::Stop));
    assert_eq!((reply.usage.input, reply.usage.output), (Some(3), Some(2)));
    assert!(reply.first_token.is_some() && reply.request_body.contains(r#""stream":true"#));
    let (uri, headers) = seen.lock().unwrap().remove(0);
    assert_eq!(uri.to_string(), "/v1/messages");
    assert!(headers["x-api-key"] == KEY && headers["anthropic-version"] == "2023-06-01");
}

#[tokio::test]
async fn a_message_that_breaks_off_is_an_error_that_keeps_what_had_come() {
    for (last, category) in [(Some(OVERLOADED), ErrorCategory::Overloaded), (None, ErrorCategory::Connection)]
    {
        let chunks: Vec<&str> = [START, TEXT].into_iter().chain(last).collect();
        let (provider, _) = provider(WireFormat::AnthropicMessages, true, 200, events(&chunks)).await;
        let error = provider.converse(&request()).await.unwrap_err();
        let partial = error.partial.unwrap();
        assert_eq!((error.category, partial.text.as_str()), (category, "hello"));
        assert_eq!((partial.usage.input, partial.model_version.as_deref()), (Some(3), Some("claude-x")));
    }
}

#[tokio::test]
async fn an_answer_of_google_is_asked_for_at_the_address_of_its_model() {
    let chunk = r#"{"candidates":[{"content":{"parts":[{"text":"hello"}]},"finishReason":"STOP"}]}"#;
    for (stream, body, expected) in [
        (false, chunk.to_owned(), "/v1/models/m:generateContent"),
        (true, events(&[chunk]), "/v1/models/m:streamGenerateContent?alt=sse"),
    ] {
        let (provider, seen) = provider(WireFormat::GoogleGenerateContent, stream, 200, body).await;
        let reply = provider.converse(&request()).await.unwrap();
        assert_eq!((reply.text.as_str(), reply.finish), ("hello", Finish::Stop));
        assert_eq!(reply.first_token.is_some(), stream);
        let (uri, headers) = seen.lock().unwrap().remove(0);
        assert_eq!((uri.to_string().as_str(), headers["x-goog-api-key"] == KEY), (expected, true));
    }
}

#[tokio::test]
async fn a_refusal_of_google_says_how_long_to_wait() {
    let wait = r#"{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"13s"}"#;
    let error = format!(
        r#"[{{"error":{{"code":429,"message":"Resource exhausted.","status":"RESOURCE_EXHAUSTED","details":[{wait}]}}}}]"#
    );
    for status in [429, 200] {
        let (provider, _) = provider(WireFormat::GoogleGenerateContent, true, status, error.clone()).await;
        let error = provider.converse(&request()).await.unwrap_err();
        assert_eq!(
            (error.category, error.message.as_str()),
            (ErrorCategory::RateLimited, "Resource exhausted.")
        );
        if status == 429 {
            assert_eq!(error.retry_after, Some(Duration::from_secs(13)));
        }
    }
}

#[tokio::test]
async fn a_check_lists_the_models_of_each_vendor() {
    for (kind, body, expected) in [
        (WireFormat::AnthropicMessages, r#"{"data":[{"id":"a"}]}"#, "/v1/models?limit=1000"),
        (
            WireFormat::GoogleGenerateContent,
            r#"{"models":[{"name":"models/a"}]}"#,
            "/v1/models?pageSize=1000",
        ),
    ] {
        let (provider, seen) = provider(kind, false, 200, body.to_owned()).await;
        let check = provider.check().await.unwrap();
        assert_eq!((check.is_key_accepted, check.model_ids), (Some(true), Some(vec!["a".to_owned()])));
        assert_eq!(seen.lock().unwrap().remove(0).0.to_string(), expected);
    }
}
