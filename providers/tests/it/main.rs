//! The adapters over real HTTP: faults on loopback, and recordings of real exchanges.
#![allow(clippy::unwrap_used, reason = "a test may stop where it fails")]

mod command;
mod conformance;
mod formats;
mod gateway;
mod recordings;
mod secrets;
mod server;
