//! A program instead of a server: how people bring an agent or a local model.
//!
//! It is given one conversation as JSON on its standard input and answers with JSON on its
//! standard output; `protocol` has both documents. No shell is involved. The program leads a
//! process group of its own, which is killed as a whole when the call ends, however it ends.

mod process;
mod protocol;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::future::BoxFuture;
use secrecy::SecretString;

use crate::{
    ErrorCategory, Provider, ProviderCheck, ProviderError, ProviderReply, ProviderRequest, ProviderSettings,
    RateLimits, SettingsError,
    classify::Fault,
    message, redaction,
    text::{parseable, without_nul},
};
use process::Output;

/// A program that answers conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandSettings {
    /// The executable: a path, or a name that is looked up in `PATH`.
    pub program: PathBuf,
    /// Its arguments, each passed as it stands.
    pub arguments: Vec<String>,
    /// Where it is started; `None`: where Probity was.
    pub working_directory: Option<PathBuf>,
    /// The environment variables it is given, by name, beside `PATH`, `HOME`, `LANG` and
    /// `TMPDIR`. Their values are kept out of everything that is stored.
    pub environment: Vec<String>,
    /// How long one answer may take; the request's own deadline holds as well.
    pub timeout: Duration,
    /// Most bytes of its standard output.
    pub output_bytes_max: usize,
}

/// Variables that hardly any program can do without, and that hold no secrets.
const PASSED_ALWAYS: [&str; 4] = ["PATH", "HOME", "LANG", "TMPDIR"];

/// One program with its settings.
pub(crate) struct Command {
    id: String,
    settings: CommandSettings,
    environment: Vec<(String, String)>,
    /// Values that must not be stored should the program print them.
    secrets: Vec<SecretString>,
}

impl Command {
    pub(crate) fn new(settings: ProviderSettings) -> Result<Self, SettingsError> {
        let id = settings.id;
        let refuse = |problem: String| SettingsError::Command { id: id.clone(), problem };
        let command = settings.command.ok_or_else(|| refuse("is missing: name its program".to_owned()))?;
        process::find(&command.program).map_err(refuse)?;
        if let Some(directory) = command.working_directory.as_ref().filter(|path| !path.is_dir()) {
            return Err(refuse(format!(
                "cannot start in {}: there is no such directory",
                directory.display()
            )));
        }
        let mut environment = Vec::new();
        let mut secrets: Vec<SecretString> = Vec::new();
        for name in PASSED_ALWAYS {
            environment.extend(std::env::var(name).ok().map(|value| (name.to_owned(), value)));
        }
        for name in &command.environment {
            let value = std::env::var(name)
                .map_err(|_| refuse(format!("needs the environment variable {name}, which is not set")))?;
            secrets.push(value.clone().into());
            environment.push((name.clone(), value));
        }
        Ok(Self { id, settings: command, environment, secrets })
    }

    async fn ask(&self, request: &ProviderRequest) -> Result<ProviderReply, ProviderError> {
        let started = Instant::now();
        let sent = protocol::encode(request).map_err(|error| {
            let message = format!("the request cannot be written as JSON: {error}");
            self.error(Fault::new(ErrorCategory::BadRequest, message), started)
        })?;
        let timeout = self.settings.timeout.min(request.timeouts.total);
        let run = process::run(&self.settings, &self.environment, sent.clone(), timeout).await;
        let output = run.map_err(|fault| ProviderError {
            request_body: Some(sent.clone()),
            ..self.error(fault, started)
        })?;
        let output =
            Output { stdout: self.redacted(output.stdout), stderr: self.redacted(output.stderr), ..output };
        let (body, was_repaired) = parseable(&output.stdout);
        match protocol::verdict(&output, &body) {
            Ok(answer) => {
                let (text, has_nul) = without_nul(answer.text);
                let reasoning = answer.reasoning.filter(|text| !text.is_empty()).map(without_nul);
                let is_marked = |text: &str| text.contains('\u{FFFD}');
                let text_is_altered = has_nul
                    || reasoning.as_ref().is_some_and(|(_, has_nul)| *has_nul)
                    || was_repaired
                        && (is_marked(&text) || reasoning.as_ref().is_some_and(|(text, _)| is_marked(text)));
                let small = |field: Option<String>| field.map(|text| without_nul(text).0);
                Ok(ProviderReply {
                    text,
                    reasoning: reasoning.map(|(text, _)| text),
                    model_version: small(answer.model_version),
                    finish: answer.finish,
                    finish_raw: small(answer.finish_raw),
                    usage: answer.usage,
                    request_id: small(answer.request_id),
                    limits: RateLimits::default(),
                    raw_body: output.stdout,
                    request_body: sent,
                    first_byte: output.first_byte,
                    first_token: None,
                    total: started.elapsed(),
                    text_is_altered,
                    // The program is told everything; what it makes of it is its own affair.
                    omitted: Vec::new(),
                })
            }
            Err(fault) => Err(ProviderError {
                retry_after: fault.retry_after,
                raw_body: Some(output.stdout),
                request_body: Some(sent),
                ..self.error(fault, started)
            }),
        }
    }

    fn redacted(&self, output: Bytes) -> Bytes {
        self.secrets.iter().fold(output, redaction::without_key)
    }

    fn error(&self, fault: Fault, started: Instant) -> ProviderError {
        let mut words = message::clean(&fault.message, &self.secrets);
        if words.is_empty() {
            words.push_str("the program gave no reason");
        }
        ProviderError {
            category: fault.category,
            message: words,
            status: None,
            retry_after: None,
            raw_body: None,
            request_body: None,
            request_id: None,
            limits: RateLimits::default(),
            partial: None,
            elapsed: started.elapsed(),
        }
    }

    #[expect(clippy::result_large_err, reason = "it is moved once per failed check")]
    fn look(&self) -> Result<ProviderCheck, ProviderError> {
        let started = Instant::now();
        match process::find(&self.settings.program) {
            Ok(_) => Ok(ProviderCheck { is_key_accepted: None, model_ids: None, elapsed: started.elapsed() }),
            Err(problem) => Err(self.error(Fault::connection(format!("the command {problem}")), started)),
        }
    }
}

impl Provider for Command {
    fn id(&self) -> &str {
        &self.id
    }

    fn converse<'a>(
        &'a self,
        request: &'a ProviderRequest,
    ) -> BoxFuture<'a, Result<ProviderReply, ProviderError>> {
        Box::pin(self.ask(request))
    }

    fn check(&self) -> BoxFuture<'_, Result<ProviderCheck, ProviderError>> {
        Box::pin(std::future::ready(self.look()))
    }
}
