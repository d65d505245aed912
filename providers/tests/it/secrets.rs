//! The key is sent, and nowhere else.

use axum::{body::Body, http::Response};
use providers::{ProviderSettings, Quirks, SettingsError, connect};

use crate::server::{KEY, client, request, serve, settings};

#[tokio::test]
async fn a_key_that_a_server_echoes_is_in_neither_error_nor_reply() {
    for status in [200, 302, 401, 500] {
        let url = serve(move |headers, _| {
            // A server that sees no key fails the test by the message it then sends.
            let echoed = headers.get("authorization").unwrap().to_str().unwrap().to_owned();
            let body = format!(
                r#"{{"error":{{"message":"bad {echoed}"}},"choices":[{{"message":{{"content":"{echoed}"}}}}]}}"#
            );
            Response::builder()
                .status(status)
                .header("location", format!("/{}", echoed.replace(' ', "")))
                .body(Body::from(body))
                .unwrap()
        })
        .await;
        let shown = match client(&url).converse(&request()).await {
            Ok(reply) => format!("{reply:?}"),
            Err(error) => format!("{error:?} {error}"),
        };
        assert!(shown.contains("[redacted]") && !shown.contains(KEY), "{status}: {shown}");
    }
}

#[test]
fn settings_never_show_their_key() {
    let settings = settings("http://127.0.0.1:1/v1");
    assert!(!format!("{settings:?}").contains(KEY));
    let key = ProviderSettings { api_key: Some(format!("{KEY}\nx").into()), ..settings };
    let refused = connect(key).err().unwrap();
    assert!(matches!(refused, SettingsError::Key { .. }));
    assert!(!format!("{refused:?} {refused}").contains(KEY));
}

#[tokio::test]
async fn a_key_goes_into_the_header_the_provider_wants_without_surrounding_space() {
    let url = serve(|headers, _| {
        let body = format!(
            r#"{{"choices":[{{"message":{{"content":"{} {}"}}}}]}}"#,
            headers["api-key"] == KEY,
            headers.contains_key("authorization"),
        );
        Response::new(body.into())
    })
    .await;
    let quirks = Quirks { key_header: Some("api-key".to_owned()), ..Quirks::default() };
    let key = Some(format!(" {KEY}\n").into());
    let provider = connect(ProviderSettings { quirks, api_key: key, ..settings(&url) }).unwrap();
    assert_eq!(provider.converse(&request()).await.unwrap().text, "true false");
}

#[test]
fn addresses_that_cannot_be_called_are_refused_before_anything_is_sent() {
    for url in ["ftp://example.com", "https://user:secret@example.com/v1", "data:text/plain,x"] {
        let refused = connect(settings(url)).err().unwrap();
        assert!(matches!(refused, SettingsError::BaseUrl { .. }), "{url}");
        assert!(!refused.to_string().contains("secret"));
    }
    let empty = ProviderSettings { api_key: Some(" ".into()), ..settings("http://127.0.0.1:1") };
    assert!(matches!(connect(empty), Err(SettingsError::Key { .. })));
}
