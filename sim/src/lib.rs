//! A provider on loopback that speaks the real wire formats, with faults on demand.
//!
//! [`Sim::start`] binds a port, answers as the models of its [`Profiles`] would, delays by its
//! [`Latency`], breaks by its [`Faults`] and counts everything in its [`RequestLog`].
//!
//! One module per [`WireFormat`]: it decodes a request into a conversation and encodes what comes
//! back. What a model answers, how long it takes and what breaks is decided beside it, once for
//! all formats.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic"))]

mod answer;
mod anthropic;
mod call;
mod chance;
mod connection;
mod control;
mod conversation;
mod encoding;
mod exchange;
mod fault;
mod fault_plan;
mod fault_rule;
mod google;
mod json_answer;
mod latency;
mod limiter;
mod models;
mod odd_text;
mod openai;
mod openai_chat;
mod openai_responses;
mod profile;
mod rejection;
mod request_log;
mod server;
mod speech;
mod sse;
mod task;
mod wire_body;
mod wire_format;

pub use fault::{Encoding, Fault, RetryAfter};
pub use fault_rule::{FaultRule, Faults, RateLimit};
pub use latency::Latency;
pub use profile::{Profile, Profiles};
pub use request_log::{Counts, Outcome, RecentRequest, RequestLog};
pub use server::{Sim, SimOptions};
pub use wire_format::WireFormat;
