//! A server on loopback that answers what a test tells it to, and a client of it.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Response},
};
use providers::{
    DEFAULT_BODY_LIMIT, Message, Provider, ProviderRequest, ProviderSettings, Quirks, Timeouts, WireFormat,
    connect,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

pub(crate) const KEY: &str = "test-key-0123456789abcdef";

/// Serves every request with what `answer` makes of its headers and body.
pub(crate) async fn serve<F>(answer: F) -> String
where
    F: Fn(HeaderMap, Bytes) -> Response<Body> + Clone + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app =
        Router::new().fallback(move |headers: HeaderMap, body: Bytes| async move { answer(headers, body) });
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/v1")
}

/// Serves one path, whatever the query, with one response, and nothing else: its origin.
pub(crate) async fn serve_at(path: &str, status: u16, headers: &[(&str, &str)], body: String) -> String {
    let headers: Vec<(String, String)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let path = path.to_owned();
    let answer = move |asked: axum::http::Uri| async move {
        if asked.path() != path {
            let wrong = format!("asked for {}, not for {path}", asked.path());
            return Response::builder().status(404).body(Body::from(wrong)).unwrap();
        }
        let start = Response::builder().status(status);
        let response = headers.iter().fold(start, |response, (name, value)| response.header(name, value));
        response.body(Body::from(body)).unwrap()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    format!("http://{address}")
}

/// Serves every request with one response.
pub(crate) async fn serve_always(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> String {
    let headers: Vec<(String, String)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let body = body.into();
    serve(move |_, _| {
        let start = Response::builder().status(status);
        let response = headers.iter().fold(start, |response, (name, value)| response.header(name, value));
        response.body(Body::from(body.clone())).unwrap()
    })
    .await
}

/// Writes these bytes as the response of one connection; then closes it, or leaves it open.
pub(crate) async fn serve_raw(response: String, then_hangs: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        // The request is read to its end, or closing would reset the connection too early.
        while !request.ends_with(b"}") {
            let mut part = [0; 4_096];
            let length = socket.read(&mut part).await.unwrap();
            request.extend_from_slice(&part[..length]);
        }
        socket.write_all(response.as_bytes()).await.unwrap();
        if then_hangs {
            std::future::pending::<()>().await;
        }
    });
    format!("http://{address}/v1")
}

/// Resets every connection once the request has begun.
pub(crate) async fn serve_reset() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            socket.readable().await.unwrap();
            // Closing with unread bytes and without lingering is a reset.
            socket.set_zero_linger().unwrap();
        }
    });
    format!("http://{address}/v1")
}

/// Answers every request byte by byte with pauses.
pub(crate) async fn serve_slowly(body: String, pause: Duration) -> String {
    serve(move |_, _| {
        let bytes = body.clone().into_bytes();
        let drips = futures::stream::unfold((bytes, 0), move |(bytes, at)| async move {
            let byte = bytes.get(at).copied()?;
            tokio::time::sleep(pause).await;
            Some((Ok::<_, std::io::Error>(Bytes::copy_from_slice(&[byte])), (bytes, at + 1)))
        });
        Response::new(Body::from_stream(drips))
    })
    .await
}

pub(crate) fn settings(base_url: &str) -> ProviderSettings {
    ProviderSettings {
        id: "test".to_owned(),
        kind: WireFormat::OpenAiChat,
        base_url: base_url.parse().unwrap(),
        api_key: Some(KEY.into()),
        key_file: None,
        connect_timeout: Duration::from_secs(5),
        proxy: None,
        extra_certificates: None,
        command: None,
        quirks: Quirks::default(),
        body_limit: DEFAULT_BODY_LIMIT,
    }
}

pub(crate) fn client(base_url: &str) -> Arc<dyn Provider> {
    connect(settings(base_url)).unwrap()
}

pub(crate) fn request() -> ProviderRequest {
    ProviderRequest {
        model: "m".to_owned(),
        system: None,
        messages: vec![Message::user("hello")],
        temperature: None,
        top_p: None,
        max_output_tokens: None,
        seed: None,
        stop: Vec::new(),
        reasoning_effort: None,
        answer_schema: None,
        refuses: Vec::new(),
        timeouts: Timeouts { first_byte: Duration::from_secs(30), total: Duration::from_secs(30) },
    }
}
