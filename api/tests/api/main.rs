//! The API as its clients see it: over HTTP, on SQLite always, on PostgreSQL where
//! `PROBITY_TEST_POSTGRES` names a server.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may stop where it stands")]

mod app;
mod comparisons;
mod decisions;
mod definitions;
mod designs;
mod downloads;
mod health;
mod limits;
mod pages;
mod registry;
mod reports;
mod roles;
mod runs;
mod safety;
mod schema;
mod serving;
mod shedding;
mod statements;
mod waiting;
