//! Configuration: defaults < `probity.toml` < `PROBITY_*` environment < flags.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use figment::{
    Figment, Provider,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};

use crate::{
    db::DbOptions,
    definition::similar,
    error::{Error, Result},
    limits::SetLimits,
};

mod built_in;
mod complaint;
mod model;
mod provider;

pub use built_in::{BuiltIn, built_in};
pub use model::{ModelConfig, PriceConfig, usd_micros};
pub use provider::{CommandConfig, ProviderConfig, WIRE_FORMATS};

/// Everything that can be configured. Spans are in seconds where the name says nothing else.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `postgres://…` or `sqlite:…`; empty: a SQLite file in the data directory.
    pub database_url: String,
    /// Where the embedded database lies.
    pub data_dir: PathBuf,
    /// Connections to PostgreSQL that a process opens for requests.
    pub database_request_connections: u32,
    /// Connections to PostgreSQL that a process opens for the queue.
    pub database_queue_connections: u32,
    /// A statement that has no connection after this time fails as unavailable.
    pub database_wait_seconds: f64,
    /// Where the API listens. Any address but loopback needs a token.
    pub bind: SocketAddr,
    /// A lease lapses after this time without renewal.
    pub lease_seconds: f64,
    /// Workers renew their leases and say that they live this often.
    pub beat_seconds: f64,
    /// Workers look for new work at least this often.
    pub poll_ms: u64,
    /// At SIGTERM, calls in flight have this long to finish.
    pub grace_seconds: f64,
    /// Answers that arrive within this time are written in one transaction.
    pub finish_batch_ms: u64,
    /// Tries at a probe before it fails; waits do not count.
    pub attempts_max: u32,
    /// The first pause before a repeated try; it doubles each time, with full jitter.
    pub backoff_base_ms: u64,
    /// The longest such pause.
    pub backoff_max_ms: u64,
    /// TCP and TLS.
    pub connect_timeout_seconds: f64,
    /// From sending a request to the first byte of the answer.
    pub first_byte_timeout_seconds: f64,
    /// One call to a provider, all in all.
    pub attempt_timeout_seconds: f64,
    /// All calls of a probe, of all its turns and tries; pauses and waits do not count.
    pub probe_timeout_seconds: f64,
    /// Calls in flight per provider and worker process, where the provider sets nothing else.
    pub parallel: u32,
    /// Active runs allowed at once.
    pub max_active_runs: u32,
    /// A run that may cost more than this waits for an admin's approval before it starts.
    pub approval_threshold_usd: f64,
    /// So does a run of more scenarios than this.
    pub approval_threshold_scenarios: u64,
    /// A run is ended when it is this old, unless it was given another deadline.
    pub run_deadline_seconds: f64,
    /// Runs up to this many probes are queued within `createRun`; larger ones by a worker.
    pub inline_fan_out_max: u64,
    /// How often a page should ask for progress.
    pub poll_after_ms: u32,
    /// Rows of a page where nothing is asked for.
    pub page_default: u32,
    /// The most rows of a page.
    pub page_max: u32,
    /// The largest request body of the API.
    pub body_max_bytes: usize,
    /// The largest definition file that is imported.
    pub import_max_bytes: usize,
    /// The largest answer of a provider.
    pub answer_max_bytes: usize,
    /// Requests that the API answers at once, downloads not among them.
    pub requests_max: usize,
    /// Requests that may wait for others to be answered; more are turned away at once.
    pub requests_waiting_max: usize,
    /// A request that has waited this long is turned away.
    pub requests_wait_seconds: f64,
    /// A request's body must have arrived within this time.
    pub body_timeout_seconds: f64,
    /// Where a worker shows its `/metrics` and `/healthz`, e.g. `127.0.0.1:9464`; empty: nowhere.
    pub worker_metrics_address: String,
    /// Downloads under way at once.
    pub downloads_max: usize,
    /// A provider that was checked within this time is not checked again.
    pub check_cache_seconds: f64,
    /// Who serves models, by id.
    pub providers: BTreeMap<String, ProviderConfig>,
    /// What they serve, by `provider/model`.
    pub models: BTreeMap<String, ModelConfig>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database_url: String::new(),
            data_dir: PathBuf::from("probity-data"),
            database_request_connections: 12,
            database_queue_connections: 8,
            database_wait_seconds: 10.0,
            bind: SocketAddr::from(([127, 0, 0, 1], 4400)),
            lease_seconds: 60.0,
            beat_seconds: 10.0,
            poll_ms: 500,
            grace_seconds: 120.0,
            finish_batch_ms: 5,
            attempts_max: 4,
            backoff_base_ms: 1_000,
            backoff_max_ms: 60_000,
            connect_timeout_seconds: 10.0,
            first_byte_timeout_seconds: 300.0,
            attempt_timeout_seconds: 300.0,
            probe_timeout_seconds: 3_600.0,
            parallel: 64,
            max_active_runs: 100,
            approval_threshold_usd: 50.0,
            approval_threshold_scenarios: 1_000,
            run_deadline_seconds: 604_800.0,
            inline_fan_out_max: 2_000,
            poll_after_ms: 2_000,
            page_default: 50,
            page_max: 500,
            body_max_bytes: 2 << 20,
            import_max_bytes: 64 << 20,
            answer_max_bytes: 10 << 20,
            requests_max: 64,
            requests_waiting_max: 512,
            requests_wait_seconds: 2.0,
            body_timeout_seconds: 30.0,
            worker_metrics_address: String::new(),
            downloads_max: 8,
            check_cache_seconds: 60.0,
            providers: BTreeMap::new(),
            models: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Reads the configuration.
    ///
    /// `file`: None = `probity.toml` where it exists. Unknown keys are refused, so that a
    /// misspelt one does not silently keep its default.
    ///
    /// # Errors
    /// `Invalid`, naming the key and where it was set.
    pub fn load(file: Option<&Path>) -> Result<Self> {
        if let Some(path) = file.filter(|path| !path.is_file()) {
            return Err(Error::invalid(
                "config",
                format!("There is no configuration file {}.", path.display()),
            ));
        }
        let defaults = built_in::over(Figment::from(Serialized::defaults(Self::default())));
        let known: Vec<String> = defaults
            .data()
            .map(|data| data.into_values().flat_map(|keys| keys.into_keys()).collect())
            .unwrap_or_default();
        let of_ours = move |key: &figment::value::UncasedStr| {
            let top = key.as_str().split("__").next().unwrap_or_default().to_ascii_lowercase();
            known.contains(&top)
        };
        let config: Self = defaults
            .merge(Toml::file(file.unwrap_or(Path::new("probity.toml"))))
            .merge(Env::prefixed("PROBITY_").filter(of_ours).split("__"))
            .extract()
            .map_err(complaint::invalid)?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        let positive = [
            ("lease_seconds", self.lease_seconds),
            ("beat_seconds", self.beat_seconds),
            ("connect_timeout_seconds", self.connect_timeout_seconds),
            ("first_byte_timeout_seconds", self.first_byte_timeout_seconds),
            ("attempt_timeout_seconds", self.attempt_timeout_seconds),
            ("probe_timeout_seconds", self.probe_timeout_seconds),
            ("run_deadline_seconds", self.run_deadline_seconds),
            ("database_wait_seconds", self.database_wait_seconds),
            ("requests_wait_seconds", self.requests_wait_seconds),
            ("body_timeout_seconds", self.body_timeout_seconds),
        ];
        for (name, seconds) in positive {
            if !(seconds.is_finite() && seconds > 0.0 && seconds < 1e8) {
                return Err(Error::invalid(
                    name,
                    format!("{seconds} is no span of time; give seconds above 0."),
                ));
            }
        }
        if self.lease_seconds < 3.0 * self.beat_seconds {
            return Err(Error::invalid(
                "lease_seconds",
                format!(
                    "A lease of {} s does not outlive three beats of {} s; raise the lease or shorten the beat.",
                    self.lease_seconds, self.beat_seconds
                ),
            ));
        }
        let counts = [
            ("database_request_connections", self.database_request_connections as usize),
            ("database_queue_connections", self.database_queue_connections as usize),
            ("requests_max", self.requests_max),
        ];
        if let Some((name, _)) = counts.into_iter().find(|(_, count)| !(1..=100_000).contains(count)) {
            return Err(Error::invalid(name, "Give a number from 1 to 100,000."));
        }
        self.worker_metrics_address()?;
        if !(self.grace_seconds.is_finite() && (0.0..1e8).contains(&self.grace_seconds)) {
            return Err(Error::invalid("grace_seconds", "The grace period is a number of seconds from 0."));
        }
        if !(self.approval_threshold_usd.is_finite() && (0.0..=1e9).contains(&self.approval_threshold_usd)) {
            let message = "The approval threshold is a number of US dollars from 0 to 1,000,000,000.";
            return Err(Error::invalid("approval_threshold_usd", message));
        }
        if !(self.check_cache_seconds.is_finite() && (0.0..1e8).contains(&self.check_cache_seconds)) {
            return Err(Error::invalid("check_cache_seconds", "This is a number of seconds from 0."));
        }
        for (id, provider) in &self.providers {
            provider.check(id)?;
            let keys = ["parallel", "requests_per_minute", "tokens_per_minute", "requests_per_day"];
            SetLimits::of(provider).check(&format!("providers.{id}."), keys)?;
        }
        for (name, model) in &self.models {
            if name.split_once('/').is_none_or(|(provider, model)| provider.is_empty() || model.is_empty()) {
                return Err(Error::invalid(
                    format!("models.\"{name}\""),
                    "A model is named provider/model, e.g. [models.\"openai/gpt-4o\"].",
                ));
            }
            let provider = name.split('/').next().unwrap_or_default();
            if !self.providers.contains_key(provider) {
                let known = self.providers.keys().map(String::as_str);
                let fix = match similar::closest(provider, known.clone()) {
                    Some(near) => format!("Did you mean {near}?"),
                    None => format!(
                        "Add [providers.{provider}], or take one of {}.",
                        known.collect::<Vec<_>>().join(", ")
                    ),
                };
                return Err(Error::invalid(
                    format!("models.\"{name}\""),
                    format!("There is no provider {provider}. {fix}"),
                ));
            }
            model.check(name)?;
        }
        Ok(())
    }

    /// The database's URL; makes the data directory for the embedded one.
    ///
    /// # Errors
    /// `Unavailable` where the data directory cannot be made.
    pub fn database_url(&self) -> Result<String> {
        if self.database_url.is_empty() {
            return crate::db::Db::embedded_url(&self.data_dir);
        }
        Ok(self.database_url.clone())
    }

    /// The bounds of the connections to the database.
    pub fn db_options(&self) -> DbOptions {
        DbOptions {
            request_connections: self.database_request_connections,
            queue_connections: self.database_queue_connections,
            wait: Duration::from_secs_f64(self.database_wait_seconds),
        }
    }

    /// Where a worker shows its metrics; None: nowhere.
    ///
    /// # Errors
    /// `Invalid` where it is no address.
    pub fn worker_metrics_address(&self) -> Result<Option<SocketAddr>> {
        let text = self.worker_metrics_address.trim();
        let address = (!text.is_empty()).then(|| text.parse()).transpose();
        address.map_err(|_| {
            let message = format!("{text} is no address with a port; give e.g. 127.0.0.1:9464.");
            Error::invalid("worker_metrics_address", message)
        })
    }

    /// The lease's length.
    pub fn lease(&self) -> Duration {
        Duration::from_secs_f64(self.lease_seconds)
    }

    /// What may be spent on a run without asking, in micro-dollars.
    #[expect(clippy::cast_possible_truncation, reason = "checked to be at most a billion dollars")]
    pub fn approval_threshold_usd_micros(&self) -> i64 {
        (self.approval_threshold_usd * 1e6).round() as i64
    }

    /// How old a run becomes where it is given no other deadline.
    pub fn run_deadline(&self) -> Duration {
        Duration::from_secs_f64(self.run_deadline_seconds)
    }

    /// The time between beats.
    pub fn beat(&self) -> Duration {
        Duration::from_secs_f64(self.beat_seconds)
    }
}

#[cfg(test)]
#[path = "config/tests.rs"]
mod refused;

#[cfg(test)]
#[path = "config/load_tests.rs"]
mod loaded;
