//! What is asked of a provider, whatever its wire format.

use std::time::Duration;

use futures::future::BoxFuture;

use crate::{ProviderCheck, ProviderError, ProviderReply};

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

    /// Asks whether the provider answers and takes the key, by an endpoint that costs nothing.
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
    /// Most tokens the answer may take, reasoning included; `None` leaves the model's limit.
    pub max_output_tokens: Option<u32>,
    /// Seed for providers that sample reproducibly; `None` sends none.
    pub seed: Option<i64>,
    /// How long this call may take.
    pub timeouts: Timeouts,
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
