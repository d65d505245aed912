//! Why a provider gave no answer.

use std::time::Duration;

use bytes::Bytes;

use crate::{ErrorCategory, PartialAnswer, RateLimits};

/// One call without an answer, with what is needed to decide, to explain and to diagnose.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{category}: {message}")]
pub struct ProviderError {
    /// What kind of failure, and so what happens next.
    pub category: ErrorCategory,
    /// The vendor's words where there are any, else ours: one line, at most 2,000
    /// characters, keys blotted out.
    pub message: String,
    /// The HTTP status; `None` when no response came.
    pub status: Option<u16>,
    /// How long the provider asks us to wait; `None` when it does not say.
    pub retry_after: Option<Duration>,
    /// The body as far as it came, decompressed, keys blotted out; `None` without a response.
    pub raw_body: Option<Bytes>,
    /// The JSON that was sent.
    pub request_body: Option<String>,
    /// The id to quote to the provider's support.
    pub request_id: Option<String>,
    /// What the headers said about rate limits.
    pub limits: RateLimits,
    /// What had come of a streamed answer before it broke off; `None` where nothing had.
    pub partial: Option<Box<PartialAnswer>>,
    /// From the call's start to the failure.
    pub elapsed: Duration,
}
