//! What may be sent to a provider now: limits that all workers keep together, what refusals
//! teach, breakers and holds.
//!
//! The rules are pure (`bucket`, `learned`, `stated`, `breaker`); their state lives in
//! `provider_states` and `provider_model_states`, one row per lane and per model. A claim asks
//! for leave in its own transaction (`ask`); what workers saw comes in by `report`. A lane without
//! a limit costs a claim nothing.

mod aside;
mod ask;
mod breaker;
mod bucket;
mod configure;
mod held;
mod hold;
mod learned;
mod report;
mod state;
mod stated;
mod trial;

pub use ask::{Asking, Leave, call_tokens, take, take_turn};
pub use breaker::{Breaker, Outcome};
pub use bucket::Bucket;
pub use configure::{SetLimits, set, sync_configured};
pub use held::{fail_given_up, fail_held_models, retry_held_models};
pub use hold::{HOLD_STREAK, advice, all_models_held, is_of_the_account};
pub use learned::Learned;
pub use report::{ModelOutcome, Refusal, Report, breaker_of, report};
pub use state::{InForce, LaneState, LimitSource, Limits, Pace, in_flight, limits_of, state_of, states};
pub use stated::{Stated, StatedWindow};

pub(crate) use aside::{Leave as AsideLeave, enter};
pub(crate) use ask::{ask, took};
pub(crate) use held::{give_up, let_go};
pub(crate) use hold::{ask_about_held, ask_if_all_held, hold};
pub(crate) use state::{seconds, sql_epoch};
pub(crate) use trial::{name_trial, reserve_trial};
