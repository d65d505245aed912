//! Whether all is well. Whether providers are configured, answer and take the key is asked by
//! workers, which hold the keys, of endpoints that cost nothing; how they do is read from real
//! traffic, never from a call made for it.

mod advice;
mod check;
mod needs;
mod overview;
mod summary;
mod traffic;

pub use advice::{not_configured, what_to_do, what_to_do_about_probes, what_to_do_behind};
pub(crate) use check::write_check;
pub use check::{NewCheck, Requested, record_check, request_check};
pub use overview::{ProviderHealth, providers, unusable_because};
pub use summary::{Health, HealthReason, HealthStatus, HealthTopic, summary};
pub use traffic::traffic_by_provider;
pub(crate) use traffic::traffic_within;

/// The category of a check by a worker that has settings of a provider and cannot use them.
pub const UNUSABLE_SETTINGS: &str = "settings";
