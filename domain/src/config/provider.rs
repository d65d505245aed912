//! Providers as they are configured.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The ways in which requests and answers are written. Stored words are never renamed.
pub const WIRE_FORMATS: [&str; 5] =
    ["openai_chat", "openai_responses", "anthropic_messages", "google_generate_content", "command"];

/// A provider as configured. Base URL and key stay with the process that reads them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProviderConfig {
    /// As people know it; the id where None.
    pub display_name: Option<String>,
    /// One of [`WIRE_FORMATS`]; None: what the built-in preset of this id says.
    pub wire_format: Option<String>,
    /// Up to and with the version, e.g. `https://…/v1`; None: the preset's.
    pub base_url: Option<String>,
    /// The environment variable that holds the key; None: the preset's.
    pub key_variable: Option<String>,
    /// A file that holds the key; wins over the variable.
    pub key_file: Option<PathBuf>,
    /// False: the provider answers without a key. None: the preset's.
    pub is_key_required: Option<bool>,
    /// Calls in flight over all workers; None: as many as the workers have slots.
    pub parallel: Option<u32>,
    /// Requests per minute over all workers; None: as many as the provider takes.
    pub requests_per_minute: Option<u32>,
    /// Tokens per minute over all workers, of questions and answers.
    pub tokens_per_minute: Option<u64>,
    /// Requests per day (UTC) over all workers.
    pub requests_per_day: Option<u64>,
    /// Deviations from the wire format, as `docs/configuration.md` lists them.
    pub quirks: Option<serde_json::Value>,
    /// True: answers are streamed inside. None: the preset's.
    pub stream: Option<bool>,
    /// The program of a provider whose wire format is `command`.
    pub command: Option<CommandConfig>,
    /// The proxy for this provider alone; None: what the environment says.
    pub proxy: Option<String>,
    /// A PEM file with certificate authorities to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// The Google Cloud project of Vertex AI.
    pub project: Option<String>,
    /// The region of Vertex AI, e.g. `europe-west4`.
    pub location: Option<String>,
    /// The `api-version` of Azure OpenAI.
    pub api_version: Option<String>,
}

/// A program that answers in the place of a provider: the conversation as JSON on its standard
/// input, the answer as JSON on its standard output. It is started directly, without a shell.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandConfig {
    /// The program: a path, or a name that is looked up in `PATH`.
    pub program: PathBuf,
    /// Its arguments, passed as they are.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// Where it runs; None: the worker's own directory.
    #[serde(default)]
    pub working_directory: Option<PathBuf>,
    /// The names of the environment variables that it is given; it sees no others.
    #[serde(default)]
    pub environment: Vec<String>,
    /// How long one answer may take; None: `attempt_timeout_seconds`.
    #[serde(default)]
    pub timeout_seconds: Option<f64>,
    /// The largest output; None: as large as a provider's answer may be.
    #[serde(default)]
    pub output_max_bytes: Option<usize>,
}

impl ProviderConfig {
    pub(super) fn check(&self, id: &str) -> Result<()> {
        let refuse =
            |key: &str, message: String| Err(Error::invalid(format!("providers.{id}.{key}"), message));
        if let Some(word) = &self.wire_format
            && !WIRE_FORMATS.contains(&word.as_str())
        {
            let message = format!("There is no wire format {word}; there are {}.", WIRE_FORMATS.join(", "));
            return refuse("wire_format", message);
        }
        let is_command = self.wire_format.as_deref() == Some("command");
        match &self.command {
            None if is_command => {
                refuse("command", "The wire format `command` needs a program: set command.program.".into())
            }
            Some(_) if !is_command => refuse(
                "command",
                "A command is used only with wire_format = \"command\"; set it, or take the command out."
                    .into(),
            ),
            Some(command) if command.program.as_os_str().is_empty() => {
                refuse("command.program", "The program's name is empty.".into())
            }
            Some(CommandConfig { timeout_seconds: Some(seconds), .. })
                if !(seconds.is_finite() && *seconds > 0.0 && *seconds < 1e8) =>
            {
                refuse(
                    "command.timeout_seconds",
                    format!("{seconds} is no span of time; give seconds above 0."),
                )
            }
            Some(CommandConfig { output_max_bytes: Some(0), .. }) => refuse(
                "command.output_max_bytes",
                "A program that may write nothing answers nothing; give at least 1, or leave it out.".into(),
            ),
            _ => Ok(()),
        }
    }
}
