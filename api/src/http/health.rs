//! Whether Probity lives, is ready, and how much there is to do.

use std::{fmt::Write, sync::atomic::Ordering};

use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{
    auth::{Action, Actor, Resource, authorize},
    census,
};
use http::{StatusCode, header};

use super::{Server, problem::Problem};

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

/// Counts for Prometheus, in its text format.
pub(super) async fn metrics(
    State(server): State<Server>,
    Extension(actor): Extension<Actor>,
) -> Result<Response, Problem> {
    authorize(&actor, Action::Read, Resource::Registry)?;
    let census = census::take(&server.api.db, &server.api.config).await?;
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, rows: &[(String, i64)]| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, value) in rows {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    };
    let runs: Vec<_> =
        census.runs.iter().map(|(status, count)| (format!("{{status=\"{status}\"}}"), *count)).collect();
    family("probity_runs", "gauge", "Runs by stored status.", &runs);
    let probes = census.probes;
    let ended = probes.succeeded + probes.failed + probes.cancelled;
    let by_status = [
        ("queued", (probes.planned - ended - probes.running).max(0)),
        ("running", probes.running),
        ("succeeded", probes.succeeded),
        ("failed", probes.failed),
        ("cancelled", probes.cancelled),
    ]
    .map(|(status, count)| (format!("{{status=\"{status}\"}}"), count));
    family("probity_probes", "gauge", "Probes of all runs by status.", &by_status);
    let online = i64::try_from(census.workers_online).unwrap_or(i64::MAX);
    family(
        "probity_workers_online",
        "gauge",
        "Workers heard of within three beats.",
        &[(String::new(), online)],
    );
    let answered: Vec<_> = (1..)
        .zip(&server.answered[1..])
        .map(|(class, count)| {
            let count = i64::try_from(count.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
            (format!("{{status=\"{class}xx\"}}"), count)
        })
        .collect();
    family("probity_http_requests_total", "counter", "Requests answered by this process.", &answered);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}
