//! What a provider is connected with.

use std::{sync::Arc, time::Duration};

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Provider, Quirks, compression, openai_chat::OpenAiChat, shards::Shards, transport::Transport};

/// Most bytes of one response body: an answer of 10 MB, of which a sender that escapes
/// everything outside ASCII makes up to three times as much, and the envelope.
pub const DEFAULT_BODY_LIMIT: usize = 32 * 1024 * 1024;

/// How long a connection may take to open.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// One provider with one credential.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// The id it is known by in Probity, such as `openai`.
    pub id: String,
    /// The wire format it speaks.
    pub kind: WireFormat,
    /// Where its API begins, such as `https://api.openai.com/v1`. A query is kept, a user
    /// name or password is refused.
    pub base_url: Url,
    /// The key, without surrounding white space; `None` sends none.
    pub api_key: Option<SecretString>,
    /// How long a connection may take to open, name resolution and TLS included.
    pub connect_timeout: Duration,
    /// How it differs from the rest of its wire format.
    pub quirks: Quirks,
    /// Most bytes of one response body, decompressed. What is larger is kept up to here
    /// and reported as malformed.
    pub body_limit: usize,
}

/// How requests and answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WireFormat {
    /// OpenAI's Chat Completions, and the many servers compatible with it.
    #[serde(rename = "openai_chat")]
    OpenAiChat,
}

/// Settings with which no provider can be connected.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The base URL is not an address requests can be sent to.
    #[error("provider {id}: base_url {problem}")]
    BaseUrl {
        /// The provider's id.
        id: String,
        /// What is wrong, as the end of a sentence.
        problem: &'static str,
    },
    /// The key is empty or has characters that no HTTP header can hold.
    #[error("provider {id}: the API key is empty or has characters no HTTP header can hold")]
    Key {
        /// The provider's id.
        id: String,
    },
    /// A header of the quirks has an impossible name or value.
    #[error("provider {id}: {name:?} is no valid HTTP header")]
    Header {
        /// The provider's id.
        id: String,
        /// The header's name.
        name: String,
    },
    /// The HTTP client could not be built, for example because the system has no usable
    /// root certificates.
    #[error("provider {id}: no HTTP client: {source}")]
    Client {
        /// The provider's id.
        id: String,
        /// Why not.
        source: reqwest::Error,
    },
}

/// Prepares a provider for use. Nothing is sent: the first call finds out whether it answers.
pub fn connect(settings: ProviderSettings) -> Result<Arc<dyn Provider>, SettingsError> {
    let path = match settings.kind {
        WireFormat::OpenAiChat => "chat/completions",
    };
    let endpoint = endpoint(&settings, path)?;
    let headers = headers(&settings)?;
    let shards = Shards::new(endpoint.scheme() == "https", settings.connect_timeout)
        .map_err(|source| SettingsError::Client { id: settings.id.clone(), source })?;
    let transport = Transport { shards, endpoint, headers, body_limit: settings.body_limit };
    Ok(match settings.kind {
        WireFormat::OpenAiChat => {
            Arc::new(OpenAiChat::new(settings.id, transport, settings.quirks, settings.api_key))
        }
    })
}

fn endpoint(settings: &ProviderSettings, path: &str) -> Result<Url, SettingsError> {
    let mut url = settings.base_url.clone();
    let refuse = |problem| SettingsError::BaseUrl { id: settings.id.clone(), problem };
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(refuse("must begin with https:// or http://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("holds a user name or password; give the key by its variable"));
    }
    let base = url.path().trim_end_matches('/').to_owned();
    // People paste the full address of the endpoint as often as its base.
    if !base.ends_with(&format!("/{path}")) {
        url.set_path(&format!("{base}/{path}"));
    }
    Ok(url)
}

fn headers(settings: &ProviderSettings) -> Result<HeaderMap, SettingsError> {
    let mut headers = HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (ACCEPT, HeaderValue::from_static("application/json")),
        (ACCEPT_ENCODING, HeaderValue::from_static(compression::ACCEPTED)),
    ]);
    let name_of = |name: &str| {
        let refused = || SettingsError::Header { id: settings.id.clone(), name: name.to_owned() };
        HeaderName::from_bytes(name.as_bytes()).map_err(|_| refused())
    };
    for (name, value) in &settings.quirks.headers {
        let value = HeaderValue::from_str(value)
            .map_err(|_| SettingsError::Header { id: settings.id.clone(), name: name.clone() })?;
        headers.insert(name_of(name)?, value);
    }
    if let Some(key) = &settings.api_key {
        let refused = |_| SettingsError::Key { id: settings.id.clone() };
        let key = key.expose_secret().trim();
        let (name, value) = match &settings.quirks.key_header {
            Some(name) => (name_of(name)?, key.to_owned()),
            None => (AUTHORIZATION, format!("Bearer {key}")),
        };
        // A key with a line break would be two headers; an empty one hides a wrong variable.
        let mut value = HeaderValue::from_str(if key.is_empty() { "\n" } else { &value }).map_err(refused)?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}
