//! Whether a provider is there and takes the key, found out for free.

use std::time::Duration;

/// What a provider answered when nothing was asked of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderCheck {
    /// Whether the answer proves that the key is accepted; `None` where the provider would
    /// have given it to anybody.
    pub is_key_accepted: Option<bool>,
    /// The models it lists; `None` where it lists none.
    pub model_ids: Option<Vec<String>>,
    /// From the call's start to the end of the answer.
    pub elapsed: Duration,
}
