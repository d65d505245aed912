//! Whether Probity lives and is ready.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;

use super::Server;

/// The process answers.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// The database can be reached and its schema is up to date.
pub(super) async fn ready(State(server): State<Server>) -> Response {
    let reason = match server.api.db.pending_migration_count().await {
        Ok(0) => return "ready\n".into_response(),
        Ok(count) => format!("not ready: {count} migrations have not been applied\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            "not ready: the database cannot be read\n".into()
        }
    };
    (StatusCode::SERVICE_UNAVAILABLE, reason).into_response()
}
