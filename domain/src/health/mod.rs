//! Whether providers are configured, answer and take the key: asked by workers, which hold the
//! keys, of endpoints that cost nothing.

mod advice;
mod check;
mod overview;

pub use advice::{not_configured, what_to_do, what_to_do_about_probes, what_to_do_behind};
pub(crate) use check::write_check;
pub use check::{NewCheck, Requested, record_check, request_check};
pub use overview::{ProviderHealth, providers, unusable_because};

/// The category of a check by a worker that has settings of a provider and cannot use them.
pub const UNUSABLE_SETTINGS: &str = "settings";
