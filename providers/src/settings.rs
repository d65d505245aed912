//! What a provider is connected with.

use std::{path::PathBuf, sync::Arc, time::Duration};

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE},
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    Provider, Quirks,
    adapter::Adapter,
    anthropic::{self, Anthropic},
    command::{Command, CommandSettings},
    compression,
    google::Google,
    key::Key,
    openai_chat::OpenAiChat,
    openai_responses::OpenAiResponses,
    shards::{Connecting, Shards},
    transport::Transport,
    wire::Wire,
};

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
    /// The file that `api_key` was read from: when it changes, the key in it is used from
    /// then on. `None`: the key stays as it is.
    pub key_file: Option<PathBuf>,
    /// How long a connection may take to open, name resolution and TLS included.
    pub connect_timeout: Duration,
    /// The proxy of all requests, e.g. `http://proxy:3128`; `None`: what `HTTPS_PROXY`,
    /// `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say.
    pub proxy: Option<Url>,
    /// Certificates in PEM that are trusted beside the system's, for servers of one's own.
    pub extra_certificates: Option<Vec<u8>>,
    /// What is executed, where `kind` is [`WireFormat::Command`]; else `None`.
    pub command: Option<CommandSettings>,
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
    /// OpenAI's Responses, also spoken by Azure and others.
    #[serde(rename = "openai_responses")]
    OpenAiResponses,
    /// Anthropic's Messages.
    AnthropicMessages,
    /// Google's generateContent, of the Gemini API and of Vertex AI.
    GoogleGenerateContent,
    /// No HTTP: a program that is given the conversation on its standard input.
    Command,
}

impl WireFormat {
    /// Every wire format.
    pub const ALL: [Self; 5] = [
        Self::OpenAiChat,
        Self::OpenAiResponses,
        Self::AnthropicMessages,
        Self::GoogleGenerateContent,
        Self::Command,
    ];

    /// The spelling in configuration and records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenAiChat => "openai_chat",
            Self::OpenAiResponses => "openai_responses",
            Self::AnthropicMessages => "anthropic_messages",
            Self::GoogleGenerateContent => "google_generate_content",
            Self::Command => "command",
        }
    }

    /// How an HTTP format is spoken; `None` for programs.
    pub(crate) fn wire(self) -> Option<Box<dyn Wire>> {
        Some(match self {
            Self::OpenAiChat => Box::new(OpenAiChat),
            Self::OpenAiResponses => Box::new(OpenAiResponses),
            Self::AnthropicMessages => Box::new(Anthropic),
            Self::GoogleGenerateContent => Box::new(Google),
            Self::Command => return None,
        })
    }

    /// The header that carries the key where the quirks name none.
    fn key_header(self) -> &'static str {
        match self {
            Self::AnthropicMessages => "x-api-key",
            Self::GoogleGenerateContent => "x-goog-api-key",
            Self::OpenAiChat | Self::OpenAiResponses | Self::Command => "authorization",
        }
    }
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
    /// The certificates are not PEM.
    #[error("provider {id}: the extra certificates cannot be read as PEM: {source}")]
    Certificates {
        /// The provider's id.
        id: String,
        /// Why not.
        source: reqwest::Error,
    },
    /// The proxy's address cannot be used.
    #[error("provider {id}: the proxy cannot be used: {source}")]
    Proxy {
        /// The provider's id.
        id: String,
        /// Why not.
        source: reqwest::Error,
    },
    /// A provider of the kind `command` has no command, or one that cannot be run.
    #[error("provider {id}: command {problem}")]
    Command {
        /// The provider's id.
        id: String,
        /// What is wrong, as the end of a sentence.
        problem: String,
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
    let Some(wire) = settings.kind.wire() else {
        return Ok(Arc::new(Command::new(settings)?));
    };
    check_base_url(&settings)?;
    let headers = headers(&settings)?;
    let key = key(&settings)?;
    let transport = Transport { shards: shards(&settings)?, headers, key, body_limit: settings.body_limit };
    Ok(Arc::new(Adapter {
        id: settings.id,
        wire,
        base_url: settings.base_url,
        transport,
        quirks: settings.quirks,
    }))
}

fn shards(settings: &ProviderSettings) -> Result<Shards, SettingsError> {
    let id = || settings.id.clone();
    let certificates = match &settings.extra_certificates {
        Some(pem) => reqwest::Certificate::from_pem_bundle(pem)
            .map_err(|source| SettingsError::Certificates { id: id(), source })?,
        None => Vec::new(),
    };
    let proxy = settings.proxy.clone().map(reqwest::Proxy::all).transpose();
    let proxy = proxy.map_err(|source| SettingsError::Proxy { id: id(), source })?;
    let connecting = Connecting { timeout: settings.connect_timeout, proxy, certificates };
    Shards::new(settings.base_url.scheme() == "https", connecting)
        .map_err(|source| SettingsError::Client { id: id(), source })
}

fn check_base_url(settings: &ProviderSettings) -> Result<(), SettingsError> {
    let url = &settings.base_url;
    let refuse = |problem| SettingsError::BaseUrl { id: settings.id.clone(), problem };
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(refuse("must begin with https:// or http://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("holds a user name or password; give the key by its variable"));
    }
    Ok(())
}

fn key(settings: &ProviderSettings) -> Result<Option<Key>, SettingsError> {
    let Some(key) = &settings.api_key else {
        return Ok(None);
    };
    let name = settings.quirks.key_header.as_deref().unwrap_or(settings.kind.key_header());
    let name = header_name(settings, name)?;
    Key::new(name, key.clone(), settings.key_file.clone())
        .map(Some)
        .map_err(|_| SettingsError::Key { id: settings.id.clone() })
}

fn header_name(settings: &ProviderSettings, name: &str) -> Result<HeaderName, SettingsError> {
    let refused = |_| SettingsError::Header { id: settings.id.clone(), name: name.to_owned() };
    HeaderName::from_bytes(name.as_bytes()).map_err(refused)
}

fn headers(settings: &ProviderSettings) -> Result<HeaderMap, SettingsError> {
    let mut headers = HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (ACCEPT, HeaderValue::from_static("application/json, text/event-stream")),
        (ACCEPT_ENCODING, HeaderValue::from_static(compression::ACCEPTED)),
    ]);
    if settings.kind == WireFormat::AnthropicMessages {
        headers.insert("anthropic-version", HeaderValue::from_static(anthropic::VERSION));
    }
    for (name, value) in &settings.quirks.headers {
        let value = HeaderValue::from_str(value)
            .map_err(|_| SettingsError::Header { id: settings.id.clone(), name: name.clone() })?;
        headers.insert(header_name(settings, name)?, value);
    }
    Ok(headers)
}
