//! `/metrics`: what this process does, and what there is in the database, for Prometheus.

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{
    Error,
    auth::{Action, Actor, Resource, authorize},
    census::{self, Census},
    meter::{self, Book, meter},
};
use http::{StatusCode, header};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::{Server, problem::Problem};

/// However often it is asked for, the database is read at most this often.
const CENSUS_AGE_MAX: Duration = Duration::from_secs(3);
/// A scraper waits for ten seconds, and wants the rest also where the database does not answer.
const CENSUS_WAIT: Duration = Duration::from_secs(3);

/// Seconds of a request.
const REQUEST_SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    route: &'static str,
    status: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: &'static str,
}

/// What this API has answered.
pub(super) struct HttpMetrics {
    book: Book,
    requests: Family<Answered, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    shed: Counter,
    census: Mutex<Option<(Instant, Arc<Census>)>>,
}

impl Default for HttpMetrics {
    fn default() -> Self {
        let mut book = Book::default();
        let histogram: fn() -> Histogram = || Histogram::new(REQUEST_SECONDS);
        Self {
            requests: book.add(
                "http_requests",
                "Requests answered by this process, by kind of address and class of status.",
                Family::default(),
            ),
            seconds: book.add(
                "http_request_seconds",
                "Time to the beginning of an answer, in seconds.",
                Family::new_with_constructor(histogram),
            ),
            shed: book.add(
                "http_requests_shed",
                "Requests turned away because there were too many at once.",
                Counter::default(),
            ),
            census: Mutex::default(),
            book,
        }
    }
}

impl HttpMetrics {
    /// A request was answered.
    pub(super) fn answered(&self, path: &str, status: StatusCode, took: Duration) {
        let route = route_class(path);
        let status = match status.as_u16() / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        self.requests.get_or_create(&Answered { route, status }).inc();
        self.seconds.get_or_create(&Route { route }).observe(took.as_secs_f64());
    }

    /// A request was turned away.
    pub(super) fn shed(&self) {
        self.shed.inc();
    }

    /// What there is, at most a few seconds old; whoever asks meanwhile waits for the same look.
    async fn census(&self, server: &Server) -> domain::Result<Arc<Census>> {
        let mut kept = self.census.lock().await;
        if let Some((_, census)) = kept.as_ref().filter(|(at, _)| at.elapsed() < CENSUS_AGE_MAX) {
            return Ok(Arc::clone(census));
        }
        let look = timeout(CENSUS_WAIT, census::take(&server.api.db, &server.api.config)).await;
        let census = look.map_err(|_| Error::Unavailable("the database takes too long".into()))?;
        let census = Arc::new(census?);
        *kept = Some((Instant::now(), Arc::clone(&census)));
        Ok(census)
    }
}

/// Addresses of one kind count together: a label of each would have no bound.
fn route_class(path: &str) -> &'static str {
    match path {
        "/graphql" => "graphql",
        "/metrics" | "/healthz" | "/readyz" => "health",
        _ if path.starts_with("/api/export/") => "download",
        _ if path.starts_with("/api/import/") => "import",
        _ => "page",
    }
}

/// Everything that is counted, in the OpenMetrics format.
pub(super) async fn metrics(
    State(server): State<Server>,
    Extension(actor): Extension<Actor>,
) -> Result<Response, Problem> {
    authorize(&actor, Action::Read, Resource::Registry)?;
    let census = server.metrics.census(&server).await;
    if let Err(error) = &census {
        tracing::warn!(%error, "the metrics are without what is in the database");
    }
    let census = census_book(census.ok().as_deref());
    let books = [meter().read(&server.api.db), &server.metrics.book, &census];
    let text = meter::text(&books).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, meter::CONTENT_TYPE)], text).into_response())
}

/// The names of all metrics that an API or a worker shows.
pub(crate) fn names() -> Vec<String> {
    let (http, census) = (HttpMetrics::default(), census_book(None));
    let own = http.book.names().iter().chain(census.names());
    own.chain(meter().names()).cloned().collect()
}

type Value = Gauge<f64, AtomicU64>;

/// One gauge per value of a label.
type By<L> = Family<L, Value>;

macro_rules! labels {
    ($($name:ident { $($field:ident),+ })+) => {
        $(#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
        struct $name { $($field: String),+ })+
    };
}

labels! {
    Status { status }
    Outcome { outcome }
    Provider { provider }
    Limit { provider, limit, source }
    Model { provider, model }
}

/// What there is, as gauges. None: the database could not be read.
fn census_book(census: Option<&Census>) -> Book {
    let mut book = Book::default();
    let reachable: Value = book.add(
        "database_reachable",
        "1 where the database could be read for this answer, 0 where what is in it is missing here.",
        Value::default(),
    );
    reachable.set(f64::from(u8::from(census.is_some())));
    let empty = Census::default();
    let census = census.unwrap_or(&empty);
    counts(&mut book, census);
    queue(&mut book, census);
    limits(&mut book, census);
    book
}

fn counts(book: &mut Book, census: &Census) {
    let runs: By<Status> = book.add("runs", "Runs by stored status.", Family::default());
    for (status, count) in &census.runs {
        runs.get_or_create(&Status { status: status.to_string() }).set(*count as f64);
    }
    let probes = census.probes;
    let ended = probes.succeeded + probes.failed + probes.cancelled;
    let by_status: By<Status> = book.add("probes", "Probes of all runs by status.", Family::default());
    for (status, count) in [
        ("queued", (probes.planned - ended - probes.running).max(0)),
        ("running", probes.running),
        ("succeeded", probes.succeeded),
        ("failed", probes.failed),
        ("cancelled", probes.cancelled),
    ] {
        by_status.get_or_create(&Status { status: status.into() }).set(count as f64);
    }
    let outcomes: By<Outcome> =
        book.add("probe_outcomes", "Probes of all runs that succeeded, by outcome.", Family::default());
    for (outcome, count) in [
        ("decided", probes.decided),
        ("unreadable", probes.unreadable),
        ("refused", probes.refused),
        ("content_filter", probes.content_filter),
        ("truncated", probes.truncated),
        ("empty", probes.empty),
    ] {
        outcomes.get_or_create(&Outcome { outcome: outcome.into() }).set(count as f64);
    }
    let online: Value = book.add("workers_online", "Workers heard of within three beats.", Value::default());
    online.set(census.workers_online as f64);
    let gates: Value = book.add("gates_open", "Gates that wait for a decision.", Value::default());
    gates.set(census.gates_open as f64);
    let cost: By<Provider> = book.add(
        "cost_usd",
        "What all answers cost so far, in US dollars, where a price is known.",
        Family::default(),
    );
    for (provider, micros) in &census.cost_usd_micros {
        cost.get_or_create(&of(provider)).set(*micros as f64 / 1e6);
    }
}

fn queue(book: &mut Book, census: &Census) {
    let depth: By<Provider> = book.add(
        "queue_depth",
        "Probes that are not in flight and have not ended, those of paused runs among them.",
        Family::default(),
    );
    let ready: By<Provider> = book.add(
        "queue_ready",
        "Probes in the queue that nobody has paused, held or gated.",
        Family::default(),
    );
    let oldest: By<Provider> = book.add(
        "queue_oldest_seconds",
        "For how long the first of those that are ready could have been claimed, in seconds.",
        Family::default(),
    );
    let rate: By<Provider> = book.add(
        "queue_ended_per_minute",
        "Probes that ended per minute, over the last five.",
        Family::default(),
    );
    for lane in &census.queue.lanes {
        let provider = of(&lane.lane);
        depth.get_or_create(&provider).set(lane.queued as f64);
        ready.get_or_create(&provider).set(lane.ready as f64);
        let age = lane.oldest_at.map_or(0.0, |at| (census.queue.counted_at - at).as_seconds_f64());
        oldest.get_or_create(&provider).set(age.max(0.0));
        rate.get_or_create(&provider).set(lane.ended_per_minute.unwrap_or(0.0));
    }
    let jobs: Value = book.add("jobs_queued", "Jobs that are not probes and wait.", Value::default());
    jobs.set(census.queue.jobs_queued as f64);
}

fn limits(book: &mut Book, census: &Census) {
    let limit: By<Limit> = book.add(
        "limit",
        "Limits in force, by who set them: calls in flight, requests and tokens per minute, requests per day.",
        Family::default(),
    );
    let backlog: By<Provider> = book.add(
        "limiter_backlog_seconds",
        "How long the line at the rate limiter is, in seconds.",
        Family::default(),
    );
    let cooldown: By<Provider> =
        book.add("cooldown_seconds", "For how long nothing is sent any more, in seconds.", Family::default());
    let cuts: By<Provider> =
        book.add("limit_cuts", "How often refusals have cut a limit so far.", Family::default());
    let breaker: By<Model> = book.add(
        "breaker_state",
        "Whether calls to a model go through: 0 they do, 1 one probe tries, 2 none does.",
        Family::default(),
    );
    for lane in &census.lanes {
        let (provider, limits) = (of(&lane.row.lane), lane.limits());
        for (name, found) in [
            ("parallel", limits.parallel),
            ("requests_per_minute", limits.requests_per_minute),
            ("tokens_per_minute", limits.tokens_per_minute),
            ("requests_per_day", limits.requests_per_day),
        ] {
            if let Some(found) = found {
                let source = found.source.as_str().into();
                let labels = Limit { provider: lane.row.lane.clone(), limit: name.into(), source };
                limit.get_or_create(&labels).set(found.value);
            }
        }
        backlog.get_or_create(&provider).set(lane.backlog_seconds());
        let pause =
            lane.cooldown().map_or(0.0, |(until, ..)| until.timestamp_millis() as f64 / 1e3 - lane.now);
        cooldown.get_or_create(&provider).set(pause.max(0.0));
        cuts.get_or_create(&provider).set(lane.row.cut_count.into());
        for model in &lane.models {
            let labels = Model { provider: lane.row.lane.clone(), model: model.wire_model.clone() };
            breaker.get_or_create(&labels).set(match model.breaker {
                entity::BreakerState::Closed => 0.0,
                entity::BreakerState::HalfOpen => 1.0,
                entity::BreakerState::Open => 2.0,
            });
        }
    }
}

fn of(provider: &str) -> Provider {
    Provider { provider: provider.to_owned() }
}
