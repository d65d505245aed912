//! One suite over all adapters: what holds for one holds for every wire format.

mod answers;
mod dialect;
mod errors;
mod streams;
mod tls;
mod transfer;

use std::sync::Arc;

use providers::{Provider, ProviderSettings, Quirks, connect};

use crate::server::settings;
use dialect::Dialect;

/// A client of this dialect, without streaming unless the quirks say so.
fn client(dialect: &Dialect, base_url: &str) -> Arc<dyn Provider> {
    client_with(dialect, base_url, Quirks::default())
}

fn client_with(dialect: &Dialect, base_url: &str, quirks: Quirks) -> Arc<dyn Provider> {
    connect(ProviderSettings { kind: dialect.kind, quirks, ..settings(base_url) }).unwrap()
}
