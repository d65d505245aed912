//! The log and the faults over HTTP, for tests in other processes.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{any, get, post, put},
};

use crate::{
    fault_plan::FaultPlan,
    fault_rule::Faults,
    latency::Latency,
    profile::Profiles,
    request_log::{Counts, Outcome, RecentRequest},
    server::Shared,
};

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/sim/log", get(counts))
        .route("/sim/log/recent", get(recent))
        .route("/sim/log/reset", post(reset))
        .route("/sim/faults", put(set_faults))
        .route("/sim/latency", put(set_latency))
        .route("/sim/profiles", put(set_profiles))
        .route("/sim/elsewhere", any(elsewhere))
}

async fn counts(State(shared): State<Arc<Shared>>) -> Json<Counts> {
    Json(shared.log.counts())
}

async fn recent(State(shared): State<Arc<Shared>>) -> Json<Vec<RecentRequest>> {
    Json(shared.log.recent())
}

async fn reset(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.log.reset();
    StatusCode::NO_CONTENT
}

async fn set_faults(State(shared): State<Arc<Shared>>, Json(faults): Json<Faults>) -> StatusCode {
    let plan = Arc::new(FaultPlan::new(faults));
    shared.change(|behaviour| behaviour.plan = plan);
    StatusCode::NO_CONTENT
}

async fn set_latency(State(shared): State<Arc<Shared>>, Json(new): Json<Latency>) -> StatusCode {
    shared.change(|behaviour| behaviour.latency = new);
    StatusCode::NO_CONTENT
}

/// Takes TOML.
async fn set_profiles(
    State(shared): State<Arc<Shared>>,
    text: String,
) -> Result<StatusCode, (StatusCode, String)> {
    let profiles =
        Profiles::from_toml(&text).map_err(|error| (StatusCode::BAD_REQUEST, format!("{error:#}")))?;
    let profiles = Arc::new(profiles);
    shared.change(|behaviour| behaviour.profiles = profiles);
    Ok(StatusCode::NO_CONTENT)
}

/// Where `redirect` leads. Who comes here has sent its prompt, and maybe its key, to a stranger:
/// the log shows it as a model of its own.
async fn elsewhere(State(shared): State<Arc<Shared>>) -> StatusCode {
    let status = StatusCode::IM_A_TEAPOT;
    shared.log.begin("(redirected)", 0).end(Outcome::Failed, Some(status.as_u16()));
    status
}
