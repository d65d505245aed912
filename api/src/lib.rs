//! GraphQL, downloads, access checks and the embedded web page.
//!
//! A request is checked and given an actor (`http`), then decoded, answered by one call of
//! `domain`, and encoded. No rule lives here, and nothing here calls a provider.

mod http;
mod schema;
mod serve;

use std::sync::Arc;

use domain::{access::AccessLog, config::Config, db::Db};

pub use http::router;
pub use serve::{check_bind, listen, serve};

/// What the API serves with. Clones share everything.
#[derive(Clone)]
pub struct Api {
    /// The database.
    pub db: Db,
    /// Limits, defaults and what is offered.
    pub config: Arc<Config>,
    /// Collects who looked at what; `serve` writes it every few seconds.
    pub access: AccessLog,
}

impl Api {
    /// An API over an open database.
    pub fn new(db: Db, config: Arc<Config>) -> Self {
        Self { db, config, access: AccessLog::default() }
    }
}

/// The names of all metrics that an API or a worker shows at `/metrics`.
pub fn metric_names() -> Vec<String> {
    http::metric_names()
}

/// The schema in its own language, as `schema.graphql` holds it.
pub fn schema_sdl() -> String {
    schema::sdl()
}
