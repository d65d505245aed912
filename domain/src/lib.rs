//! What Probity knows, without HTTP: definitions, runs, the queue, decisions, exports.
//!
//! `api` and `worker` are thin around this crate: it holds the rules, and touches nothing but
//! the database.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop where it stands")
)]

pub mod access;
pub mod analysis;
pub mod assessing;
pub mod audit;
mod audit_event;
pub mod auth;
pub mod budget;
pub mod census;
pub mod config;
pub mod conversation;
pub mod db;
pub mod decision;
pub mod definition;
pub mod diagnosis;
pub mod error;
pub mod event;
pub mod export;
pub mod findings;
pub mod fleet;
pub mod gate;
pub mod health;
pub mod judging;
pub mod library;
pub mod lifecycle;
pub mod limits;
pub mod lookup;
mod lost_race;
pub mod meter;
pub mod page;
pub mod probe;
pub mod queue;
pub mod reading;
mod receipt;
pub mod registry;
pub mod report;
pub mod run;
pub mod sampling;
pub mod scoring;
mod search;
pub mod start;
pub mod stats;
pub mod traffic;
pub mod values;
pub mod waiting;

pub use error::{Error, Result};
