//! What this process does, counted for Prometheus.
//!
//! One meter per process: whatever happens in it is counted where it happens, and shown by
//! whichever address the process serves. What concerns all processes is no business of this: that
//! is `census`, read from the database.

mod book;

use std::sync::{
    LazyLock,
    atomic::{AtomicI64, AtomicU64},
};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
};

pub use book::{Book, CONTENT_TYPE, text};

use crate::db::Db;

/// Seconds of calls to a provider: from answers of simulated models to the longest deadlines.
const CALL_SECONDS: [f64; 14] =
    [0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Provider {
    provider: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Attempt {
    provider: String,
    result: &'static str,
    /// Empty where nothing went wrong.
    category: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Transition {
    provider: String,
    model: String,
    to: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Pool {
    pool: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Connections {
    pool: &'static str,
    state: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Build {
    version: &'static str,
}

type Seconds = Family<Provider, Histogram, fn() -> Histogram>;

/// The counters of this process.
pub struct Meter {
    book: Book,
    attempts: Family<Attempt, Counter>,
    call_seconds: Seconds,
    in_flight: Family<Provider, Gauge>,
    rate_limited: Family<Provider, Counter>,
    cost_usd: Family<Provider, Counter<f64, AtomicU64>>,
    breaker_transitions: Family<Transition, Counter>,
    leases_lost: Counter,
    database_unavailable: Counter,
    connections: Family<Connections, Gauge>,
    waiting: Family<Pool, Gauge<i64, AtomicI64>>,
}

static METER: LazyLock<Meter> = LazyLock::new(Meter::new);

/// The meter of this process.
pub fn meter() -> &'static Meter {
    &METER
}

fn call_histogram() -> Histogram {
    Histogram::new(CALL_SECONDS)
}

fn of(provider: &str) -> Provider {
    Provider { provider: provider.to_owned() }
}

impl Meter {
    fn new() -> Self {
        let mut book = Book::default();
        let build = Family::<Build, Gauge>::default();
        build.get_or_create(&Build { version: env!("CARGO_PKG_VERSION") }).set(1);
        book.add("build_info", "The version of Probity that this process runs.", build);
        Self {
            attempts: book.add(
                "attempts",
                "Tries at probes that this process has written, by how they ended and by category of error.",
                Family::default(),
            ),
            call_seconds: book.add(
                "provider_call_seconds",
                "Time from sending a call to its answer or error, in seconds, as this process saw it.",
                Seconds::new_with_constructor(call_histogram),
            ),
            in_flight: book.add(
                "provider_calls_in_flight",
                "Calls that this process waits for.",
                Family::default(),
            ),
            rate_limited: book.add(
                "provider_rate_limited",
                "Calls that were refused because there were too many (429, 529).",
                Family::default(),
            ),
            cost_usd: book.add(
                "spent_usd",
                "What answers cost that this process has written, in US dollars, where a price is known.",
                Family::default(),
            ),
            breaker_transitions: book.add(
                "breaker_transitions",
                "How often this process saw a breaker open or close.",
                Family::default(),
            ),
            leases_lost: book.add(
                "leases_lost",
                "Probes that this process took back from a worker that had died.",
                Counter::default(),
            ),
            database_unavailable: book.add(
                "database_unavailable",
                "Statements that failed because the database could not be reached or had no connection free.",
                Counter::default(),
            ),
            connections: book.add(
                "database_connections",
                "Connections of this process to the database: idle, in use, and the most there may be.",
                Family::default(),
            ),
            waiting: book.add(
                "database_transactions_waiting",
                "Transactions of this process that wait for a connection.",
                Family::default(),
            ),
            book,
        }
    }

    /// A try was written. `category`: empty where nothing went wrong; `cost`: micro-dollars, None
    /// where nobody knows.
    pub fn attempt(&self, provider: &str, result: &'static str, category: &str, cost: Option<i64>) {
        let labels = Attempt { provider: provider.to_owned(), result, category: category.to_owned() };
        self.attempts.get_or_create(&labels).inc();
        if category == "rate_limited" {
            self.rate_limited.get_or_create(&of(provider)).inc();
        }
        if let Some(cost) = cost.filter(|cost| *cost > 0) {
            self.cost_usd.get_or_create(&of(provider)).inc_by(cost as f64 / 1e6);
        }
    }

    /// A call is under way until what is returned is dropped, which notes how long it took.
    pub fn call(&self, provider: &str) -> CallTimer {
        let in_flight = self.in_flight.get_or_create_owned(&of(provider));
        in_flight.inc();
        CallTimer {
            in_flight,
            seconds: self.call_seconds.get_or_create_owned(&of(provider)),
            sent_at: std::time::Instant::now(),
        }
    }

    /// A breaker has opened or closed.
    pub(crate) fn breaker(&self, provider: &str, model: &str, to: &'static str) {
        let labels = Transition { provider: provider.to_owned(), model: model.to_owned(), to };
        self.breaker_transitions.get_or_create(&labels).inc();
    }

    /// Probes were taken back from a dead worker.
    pub(crate) fn leases_lost(&self, count: u64) {
        self.leases_lost.inc_by(count);
    }

    /// The database could not be reached, or had no connection free.
    pub(crate) fn database_unavailable(&self) {
        self.database_unavailable.inc();
    }

    /// Everything that is counted here. The pools are looked at now.
    pub fn read(&self, db: &Db) -> &Book {
        for pool in db.pools() {
            let set = |state, count: u64| {
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                self.connections.get_or_create(&Connections { pool: pool.name, state }).set(count);
            };
            set("idle", pool.idle);
            set("in_use", pool.open.saturating_sub(pool.idle));
            set("max", pool.most);
            self.waiting.get_or_create(&Pool { pool: pool.name }).set(pool.waiting);
        }
        &self.book
    }

    /// The names of all metrics, as they are shown.
    pub fn names(&self) -> &[String] {
        self.book.names()
    }
}

/// A call under way.
pub struct CallTimer {
    in_flight: Gauge,
    seconds: Histogram,
    sent_at: std::time::Instant,
}

impl Drop for CallTimer {
    fn drop(&mut self) {
        self.in_flight.dec();
        self.seconds.observe(self.sent_at.elapsed().as_secs_f64());
    }
}
