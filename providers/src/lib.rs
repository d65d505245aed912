//! One adapter per wire format of the LLM providers, and what their errors mean.
//!
//! [`connect`] turns [`ProviderSettings`] into a [`Provider`]; everything above the trait
//! speaks [`ProviderRequest`], [`ProviderReply`] and [`ProviderError`] and no wire format.
//! A provider of a known format needs no code, only settings and [`Quirks`]: [`presets`].
//!
//! The crate knows no database, retries nothing and logs nothing: the caller owns the
//! attempt, so it decides by [`ErrorCategory::next_step`] and writes the one log line.
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may stop where it fails"))]

mod adapter;
mod anthropic;
mod category;
mod check;
mod classify;
mod command;
mod compression;
mod error;
mod fields;
mod google;
mod key;
mod limits;
mod message;
mod openai_chat;
mod openai_responses;
mod parameter;
pub mod presets;
mod quirks;
mod redaction;
mod reply;
mod request;
mod retry_after;
mod settings;
mod shards;
mod span;
mod sse;
mod text;
mod transport;
mod wire;
#[cfg(test)]
mod wire_tests;

pub use category::{ErrorCategory, NextStep, UnknownCategory};
pub use check::ProviderCheck;
pub use command::CommandSettings;
pub use error::ProviderError;
pub use limits::{RateLimits, Window};
pub use parameter::Parameter;
pub use quirks::{EffortField, MaxTokensField, ModelQuirks, Quirks, SeedField, SystemRole};
pub use reply::{Finish, PartialAnswer, ProviderReply, Usage};
pub use request::{AnswerSchema, Message, Provider, ProviderRequest, ReasoningEffort, Role, Timeouts};
pub use retry_after::parse_retry_after;
pub use settings::{
    DEFAULT_BODY_LIMIT, DEFAULT_CONNECT_TIMEOUT, ProviderSettings, SettingsError, WireFormat, connect,
};
