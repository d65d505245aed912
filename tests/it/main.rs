//! Probity end to end: the real processes, real databases, the simulated provider over HTTP.
//!
//! SQLite always; PostgreSQL where `PROBITY_TEST_POSTGRES` names a server. `make test` sets up
//! everything. The processes must be built first: `cargo build --workspace --bins`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a test may stop where it stands, and says what it skips"
)]

#[macro_use]
mod harness;

mod bad_definitions;
mod bad_requests;
mod bad_runs;
mod budget;
mod commands;
mod control;
mod conversations;
mod crash;
mod csv_files;
mod csv_text;
mod demo;
mod disk_full;
mod drill;
mod every_format;
mod findings_text;
mod gates;
mod judging;
mod large;
mod limits;
mod listed;
mod notebook;
mod page;
mod read_only;
mod remote;
mod reports;
mod secrets;
mod shutdown;
mod together;
mod tokens;
