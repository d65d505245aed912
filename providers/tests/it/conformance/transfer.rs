//! What can happen to a response on its way, in every dialect.

use std::{io::Write, time::Duration};

use providers::{ErrorCategory, ProviderSettings, Timeouts, connect};

use super::{
    client,
    dialect::{DIALECTS, Ending},
};
use crate::server::{request, serve_always, serve_raw, serve_reset, serve_slowly, settings};

#[tokio::test]
async fn a_redirect_is_not_followed_and_says_so() {
    for dialect in &DIALECTS {
        let url = serve_always(308, &[("location", "https://elsewhere.example/v1?token=abc")], "").await;
        let error = client(dialect, &url).converse(&request()).await.unwrap_err();
        assert_eq!(error.category, ErrorCategory::BadRequest);
        assert!(error.message.contains("redirects to https://elsewhere.example/v1;"), "{error}");
    }
}

#[tokio::test]
async fn compressed_answers_are_unpacked() {
    for dialect in &DIALECTS {
        let answer = (dialect.answer)("hi", Ending::Stop).to_string();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(answer.as_bytes()).unwrap();
        let mut brotli = Vec::new();
        let mut writer = brotli::CompressorWriter::new(&mut brotli, 4_096, 5, 20);
        writer.write_all(answer.as_bytes()).unwrap();
        drop(writer);
        for (encoding, body) in [("gzip", gzip.finish().unwrap()), ("br", brotli)] {
            let url = serve_always(200, &[("content-encoding", encoding)], body).await;
            let reply = client(dialect, &url).converse(&request()).await.unwrap();
            assert_eq!(reply.text, "hi", "{:?} {encoding}", dialect.kind);
            assert_eq!(reply.raw_body, answer.as_bytes());
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_whole_counts_though_its_response_breaks_off() {
    for dialect in &DIALECTS {
        let answer = (dialect.answer)("hi", Ending::Stop);
        let raw = format!("HTTP/1.1 200 OK\r\ncontent-length: 50000\r\n\r\n{answer}");
        let url = serve_raw(raw, false).await;
        assert_eq!(
            client(dialect, &url).converse(&request()).await.unwrap().text,
            "hi",
            "{:?}",
            dialect.kind
        );
    }
}

#[tokio::test]
async fn a_connection_that_breaks_keeps_what_had_come() {
    for dialect in &DIALECTS {
        for (response, body) in [
            ("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"choices\":[", Some(&b"{\"choices\":["[..])),
            ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{\"\r\n", Some(b"{\"")),
            ("", None),
            ("no http at all", None),
        ] {
            let url = serve_raw(response.to_owned(), false).await;
            let error = client(dialect, &url).converse(&request()).await.unwrap_err();
            assert_eq!(error.category, ErrorCategory::Connection, "{response:?}: {error}");
            assert_eq!(error.raw_body.as_deref(), body);
            assert!(error.request_body.is_some());
        }
    }
}

#[tokio::test]
async fn a_reset_is_a_connection_error() {
    for dialect in &DIALECTS {
        let error = client(dialect, &serve_reset().await).converse(&request()).await.unwrap_err();
        assert_eq!((error.category, error.status), (ErrorCategory::Connection, None), "{error}");
    }
}

#[tokio::test]
async fn an_address_where_nobody_listens_is_a_connection_error() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    for dialect in &DIALECTS {
        let error = client(dialect, &url).converse(&request()).await.unwrap_err();
        assert_eq!((error.category, error.status), (ErrorCategory::Connection, None));
        assert!(error.message.contains("refused"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_hangs_is_a_timeout_before_and_within_the_body() {
    for dialect in &DIALECTS {
        let mut asked = request();
        asked.timeouts.first_byte = Duration::from_millis(50);
        let url = serve_raw(String::new(), true).await;
        let error = client(dialect, &url).converse(&asked).await.unwrap_err();
        assert_eq!((error.category, error.raw_body.is_none()), (ErrorCategory::Timeout, true), "{error}");
        assert!(error.elapsed >= asked.timeouts.first_byte);

        asked.timeouts = Timeouts { first_byte: Duration::from_secs(30), total: Duration::from_millis(300) };
        let raw = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"choices\":[";
        let url = serve_raw(raw.to_owned(), true).await;
        let error = client(dialect, &url).converse(&asked).await.unwrap_err();
        assert_eq!(error.category, ErrorCategory::Timeout);
        assert_eq!(error.raw_body.as_deref(), Some(&b"{\"choices\":["[..]));
    }
}

#[tokio::test]
async fn a_slow_drip_is_waited_for_until_the_deadline_and_no_longer() {
    for dialect in &DIALECTS {
        let answer = (dialect.answer)("hi", Ending::Stop).to_string();
        let url = serve_slowly(answer.clone(), Duration::from_micros(100)).await;
        assert_eq!(client(dialect, &url).converse(&request()).await.unwrap().text, "hi");

        let mut asked = request();
        asked.timeouts.total = Duration::from_millis(300);
        let url = serve_slowly(answer, Duration::from_millis(50)).await;
        let error = client(dialect, &url).converse(&asked).await.unwrap_err();
        assert_eq!(error.category, ErrorCategory::Timeout, "{error}");
    }
}

#[tokio::test]
async fn a_body_above_the_limit_is_cut_there_and_malformed() {
    for dialect in &DIALECTS {
        let answer = (dialect.answer)("hi", Ending::Stop).to_string();
        let url = serve_always(200, &[], answer.clone()).await;
        let limited = |body_limit| ProviderSettings { kind: dialect.kind, body_limit, ..settings(&url) };
        let error = connect(limited(10)).unwrap().converse(&request()).await.unwrap_err();
        assert_eq!(error.category, ErrorCategory::Malformed);
        assert_eq!(error.raw_body.as_deref(), Some(&answer.as_bytes()[..10]));
        assert!(connect(limited(answer.len())).unwrap().converse(&request()).await.is_ok());
    }
}
