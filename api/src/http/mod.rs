//! The API over HTTP.

mod bundle;
mod comparison_file;
mod definition_file;
mod door;
mod download;
mod findings_file;
mod graphiql;
mod graphql;
mod health;
mod loopback;
mod metrics;
mod pages;
mod problem;
mod report_file;
mod shed;

use std::{net::SocketAddr, sync::Arc, time::Instant};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
    routing::{get, post},
};
use domain::auth::Actor;
use http::{HeaderValue, StatusCode, header};
use tokio::sync::{OnceCell, Semaphore};
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;

use crate::{
    Api,
    schema::{ApiSchema, schema},
};
use metrics::HttpMetrics;
use problem::Problem;
use shed::Room;

pub(crate) use comparison_file::query_of;
pub(crate) use metrics::names as metric_names;

/// What every request may need.
#[derive(Clone)]
struct Server {
    api: Api,
    schema: ApiSchema,
    /// Where the listener is bound.
    address: SocketAddr,
    /// Who everybody is on loopback.
    local: Arc<OnceCell<Actor>>,
    downloads: Arc<Semaphore>,
    /// Ends downloads that are still open when the process has to.
    cut: CancellationToken,
    /// For how many requests there is room.
    room: Arc<Room>,
    metrics: Arc<HttpMetrics>,
}

/// All routes, for a listener bound to `address`. `cut` breaks off downloads under way.
pub fn router(api: Api, address: SocketAddr, cut: CancellationToken) -> Router {
    let server = Server {
        schema: schema(&api),
        downloads: Arc::new(Semaphore::new(api.config.downloads_max)),
        room: Arc::new(Room::of(&api.config)),
        metrics: Arc::default(),
        api,
        address,
        local: Arc::default(),
        cut,
    };
    let guarded = Router::new()
        .route("/", get(pages::start))
        .route("/assets/{name}", get(bundle::asset))
        .route("/icon.svg", get(bundle::icon))
        .route("/graphql", get(pages::console).post(graphql::answer))
        .route("/graphql/assets/{name}", get(graphiql::asset))
        .route("/api/export/run/{id}/csv", get(download::run_csv))
        .route("/api/export/run/{id}/findings.csv", get(findings_file::csv))
        .route("/api/export/run/{id}/report.md", get(report_file::markdown))
        .route("/api/export/run/{id}/report.json", get(report_file::json))
        .route("/api/export/compare/pairs.csv", get(comparison_file::pairs))
        .route("/api/export/compare/scenarios.csv", get(comparison_file::scenarios))
        .route("/api/export/definition/{id}/{format}", get(definition_file::export))
        .route("/api/import/definition", post(definition_file::import))
        .fallback(pages::elsewhere)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(server.clone(), door::admit))
        // Before the door, which asks the database who somebody is.
        .layer(from_fn_with_state(server.clone(), shed::admit_few));
    // Under pressure, too, somebody must be able to see that there is pressure.
    let watched = Router::new()
        .route("/metrics", get(metrics::metrics))
        .layer(from_fn_with_state(server.clone(), door::admit));
    Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .merge(watched)
        .merge(guarded)
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(server.clone(), finish_answer))
        .with_state(server)
}

async fn nothing_here() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "NOT_FOUND", "There is nothing at this address.")
}

async fn wrong_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "INVALID",
        "This address does not take that method; queries are sent to /graphql by POST.",
    )
}

/// Headers that every answer has, and the count for /metrics.
async fn finish_answer(State(server): State<Server>, request: Request, next: Next) -> Response {
    let (path, begun) = (request.uri().path().to_owned(), Instant::now());
    let mut response = next.run(request).await;
    server.metrics.answered(&path, response.status(), begun.elapsed());
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
