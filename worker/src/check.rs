//! Asking providers whether they answer.

use domain::{
    config::Config,
    health::{NewCheck, UNUSABLE_SETTINGS},
    registry::provider_row,
};
use futures::future::join_all;
use providers::{ErrorCategory, Provider};

use crate::serving::{self, Serving};

/// A provider and what its check showed.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The provider's id.
    pub provider_id: String,
    /// What was found.
    pub check: NewCheck,
}

/// Checks providers with the keys of this process; all that are configured where none is named.
pub async fn check_providers(config: &Config, wanted: &[String]) -> Vec<Checked> {
    let servings = serving::servings(config);
    let checks =
        config.providers.keys().filter(|id| wanted.is_empty() || wanted.contains(*id)).map(async |id| {
            let check = match servings.ready.iter().find(|serving| serving.id == *id) {
                Some(Serving { provider, .. }) => check(provider.as_ref(), needs_key(config, id)).await,
                None => not_configured(servings.unusable.get(id)),
            };
            Checked { provider_id: id.clone(), check }
        });
    join_all(checks).await
}

/// The check of a provider that this process cannot ask; the reason is None where nobody set
/// it up.
pub(crate) fn not_configured(reason: Option<&String>) -> NewCheck {
    NewCheck {
        error_category: reason.map(|_| UNUSABLE_SETTINGS.into()),
        error_message: reason.map(|reason| format!("not configured: {reason}")),
        ..NewCheck::default()
    }
}

/// Whether an answer of this provider says that a key is good.
pub(crate) fn needs_key(config: &Config, provider_id: &str) -> bool {
    config
        .providers
        .get(provider_id)
        .is_none_or(|settings| provider_row(provider_id, settings).is_key_required)
}

/// Asks one provider.
pub(crate) async fn check(provider: &dyn Provider, needs_key: bool) -> NewCheck {
    let configured = NewCheck { is_configured: true, ..NewCheck::default() };
    match provider.check().await {
        Ok(answer) => NewCheck {
            is_reachable: Some(true),
            is_key_accepted: answer.is_key_accepted.filter(|_| needs_key),
            latency: Some(answer.elapsed),
            model_count: answer.model_ids.map(|ids| ids.len() as u64),
            ..configured
        },
        Err(error) => NewCheck {
            is_reachable: Some(error.status.is_some()),
            is_key_accepted: match error.category {
                ErrorCategory::Auth => Some(false),
                // The provider knows whose account this is.
                ErrorCategory::Quota | ErrorCategory::Billing => needs_key.then_some(true),
                _ => None,
            },
            latency: Some(error.elapsed),
            error_category: Some(error.category.to_string()),
            error_message: Some(error.message),
            ..configured
        },
    }
}
