//! What a worker shows of itself where it is told to: `/metrics` and `/healthz`, nothing else.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{
    config::Config,
    db::Db,
    meter::{self, meter},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::pulse::Vital;

/// Opens the configured address; None: there is none.
///
/// # Errors
/// Where it cannot be had.
pub(crate) async fn listen(config: &Config) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = config.worker_metrics_address()? else { return Ok(None) };
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!(
            "worker_metrics_address {address} cannot be listened on. Does another worker of this machine show its \
             metrics there? Each needs an address of its own"
        )
    })?;
    let address = listener.local_addr().unwrap_or(address);
    tracing::info!("metrics of this worker are at http://{address}/metrics");
    warn_where_open(address);
    Ok(Some(listener))
}

fn warn_where_open(address: SocketAddr) {
    if !address.ip().is_loopback() {
        tracing::warn!(%address, "whoever reaches this address can read the metrics, which name providers and models");
    }
}

#[derive(Clone)]
struct Shown {
    db: Db,
    lease: Duration,
    vital: Arc<Vital>,
}

/// Serves until `stop`.
pub(crate) async fn serve(
    listener: TcpListener,
    db: Db,
    lease: Duration,
    vital: Arc<Vital>,
    stop: CancellationToken,
) {
    let app = Router::new().route("/healthz", get(live)).route("/metrics", get(metrics)).with_state(Shown {
        db,
        lease,
        vital,
    });
    // Whoever is still connected then has nothing to lose.
    let served = stop.run_until_cancelled(async { axum::serve(listener, app).await }).await;
    if let Some(Err(error)) = served {
        tracing::error!(%error, "the metrics of this worker are not served any more");
    }
}

/// Whether its leases are renewed: a worker whose leases lapse does others' work at best.
async fn live(State(shown): State<Shown>) -> Response {
    let age = shown.vital.age();
    if age < shown.lease {
        return "ok\n".into_response();
    }
    let reason = format!("no beat has reached the database for {} s\n", age.as_secs());
    (StatusCode::SERVICE_UNAVAILABLE, reason).into_response()
}

async fn metrics(State(shown): State<Shown>) -> Response {
    match meter::text(&[meter().read(&shown.db)]) {
        Ok(text) => ([(header::CONTENT_TYPE, meter::CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
