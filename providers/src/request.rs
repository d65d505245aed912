//! What is asked of a provider, whatever its wire format.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::{Parameter, ProviderCheck, ProviderError, ProviderReply};

/// A connection to one provider with one credential, shared by everything that calls it.
pub trait Provider: Send + Sync {
    /// The id it was configured with, such as `openai`.
    fn id(&self) -> &str;

    /// Sends one conversation and waits for the next answer. One call is one HTTP request:
    /// nothing is retried here, because only the caller knows what an attempt may cost.
    fn converse<'a>(
        &'a self,
        request: &'a ProviderRequest,
    ) -> BoxFuture<'a, Result<ProviderReply, ProviderError>>;

    /// Finds out whether the provider is there and takes the key, without asking a model: no
    /// call that costs anything is made.
    fn check(&self) -> BoxFuture<'_, Result<ProviderCheck, ProviderError>>;
}

/// One question with everything said before it.
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderRequest {
    /// The model's name as the provider spells it.
    pub model: String,
    /// Instructions set apart from the conversation; `None` sends none.
    pub system: Option<String>,
    /// The conversation so far, oldest first; the last message is the user's.
    pub messages: Vec<Message>,
    /// Sampling temperature; `None` leaves the provider's default.
    pub temperature: Option<f64>,
    /// Nucleus sampling, 0 to 1; `None` leaves the provider's default.
    pub top_p: Option<f64>,
    /// Most tokens the answer may take, reasoning included; `None` leaves the model's limit.
    pub max_output_tokens: Option<u32>,
    /// Seed for providers that sample reproducibly; `None` sends none.
    pub seed: Option<i64>,
    /// Texts at which the answer ends, without them.
    pub stop: Vec<String>,
    /// How much the model shall think before it answers; `None` leaves the model's default.
    pub reasoning_effort: Option<ReasoningEffort>,
    /// What the answer must look like, for models that can be held to it.
    pub answer_schema: Option<Arc<AnswerSchema>>,
    /// What the model is known not to take, beside what the provider's quirks say: it is left
    /// out and named in `omitted`.
    pub refuses: Vec<Parameter>,
    /// How long this call may take.
    pub timeouts: Timeouts,
}

/// How much a model shall think before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasoningEffort {
    /// Not at all, where the model lets itself be told so.
    None,
    /// As little as it can.
    Minimal,
    /// Little.
    Low,
    /// Moderately.
    Medium,
    /// Much.
    High,
}

impl ReasoningEffort {
    /// The spelling that most vendors have in common.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A JSON Schema that an answer must fit.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerSchema {
    /// Its name: letters, digits, `_` and `-`, at most 64.
    pub name: String,
    /// The schema, an object. Vendors take a subset of JSON Schema; every object in it should
    /// forbid additional properties and require all that it has.
    pub schema: serde_json::Value,
}

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The one who asks: Probity.
    User,
    /// The model.
    Assistant,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who said it.
    pub role: Role,
    /// What was said, sent exactly as it stands.
    pub text: String,
    /// For an answer of the model, the body it came in (`ProviderReply::raw_body`): vendors
    /// that want their reasoning back get it from here. `None` sends the text alone.
    pub raw_body: Option<Bytes>,
}

impl Message {
    /// What the user says.
    pub fn user(text: impl Into<String>) -> Self {
        Self { role: Role::User, text: text.into(), raw_body: None }
    }

    /// What the model answered, and the body it came in.
    pub fn assistant(text: impl Into<String>, raw_body: Option<Bytes>) -> Self {
        Self { role: Role::Assistant, text: text.into(), raw_body }
    }
}

/// Deadlines of one call, both counted from its start. Connecting has a deadline of its
/// own, which belongs to the client: [`crate::ProviderSettings::connect_timeout`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the response's headers are there.
    pub first_byte: Duration,
    /// Until the last byte of the body is there.
    pub total: Duration,
}
