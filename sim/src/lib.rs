//! A provider on loopback that speaks the real wire formats, with faults on demand.
//!
//! [`Sim::start`] binds a port, answers as the models of its [`Profiles`] would, delays by its
//! [`Latency`], breaks by its [`Faults`] and counts everything in its [`RequestLog`].
//!
//! One module per wire format (`openai_chat` today): it decodes a request into a
//! conversation and encodes what comes back. What a model answers, how long it takes and what
//! breaks is decided beside it, once for all formats.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic"))]

mod answer;
mod call;
mod chance;
mod connection;
mod control;
mod conversation;
mod fault;
mod fault_plan;
mod latency;
mod limiter;
mod odd_text;
mod openai_chat;
mod profile;
mod request_log;
mod server;
mod task;
mod wire_body;

pub use fault::{Fault, FaultRule, Faults, RateLimit, RetryAfter};
pub use latency::Latency;
pub use profile::{Profile, Profiles};
pub use request_log::{Counts, Outcome, RecentRequest, RequestLog};
pub use server::{Sim, SimOptions};
