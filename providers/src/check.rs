//! Whether a provider answers, asked for free.

use std::time::Duration;

/// What a provider's free endpoint answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderCheck {
    /// The models it says it serves; `None` where it has no free endpoint that lists them.
    pub model_ids: Option<Vec<String>>,
    /// How long it took.
    pub elapsed: Duration,
}
