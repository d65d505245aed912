//! One adapter per wire format of the LLM providers, and what their errors mean.
//!
//! [`connect`] turns [`ProviderSettings`] into a [`Provider`]; everything above the trait
//! speaks [`ProviderRequest`], [`ProviderReply`] and [`ProviderError`] and no wire format.
//! A provider of a known format needs no code, only settings and [`Quirks`]: [`presets`].
//!
//! The crate knows no database, retries nothing and logs nothing: the caller owns the
//! attempt, so it decides by [`ErrorCategory::next_step`] and writes the one log line.
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may stop where it fails"))]

mod category;
mod check;
mod classify;
mod compression;
mod error;
mod fields;
mod limits;
mod message;
mod openai_chat;
pub mod presets;
mod quirks;
mod redaction;
mod reply;
mod request;
mod retry_after;
mod settings;
mod shards;
mod text;
mod transport;

pub use category::{ErrorCategory, NextStep, UnknownCategory};
pub use check::ProviderCheck;
pub use error::ProviderError;
pub use limits::{RateLimits, Window};
pub use quirks::{MaxTokensField, ModelQuirks, Quirks, SeedField, SystemRole};
pub use reply::{Finish, ProviderReply, Usage};
pub use request::{Message, Provider, ProviderRequest, Role, Timeouts};
pub use retry_after::parse_retry_after;
pub use settings::{
    DEFAULT_BODY_LIMIT, DEFAULT_CONNECT_TIMEOUT, ProviderSettings, SettingsError, WireFormat, connect,
};
