//! Claims probes and jobs, and puts the probes to the providers.
//!
//! One process is one worker: a lane per provider, each with its own slots, so that a provider
//! that hangs fills none but its own. The rules of the queue are in `domain::queue`.

mod assessing;
mod backend;
mod check;
mod execute;
mod finisher;
mod jobs;
mod judging;
mod lane;
mod monitor;
mod pacer;
pub mod process;
mod pulse;
mod retry;
mod runs;
mod seen;
mod serving;
mod turns;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use domain::{
    config::Config,
    db::Db,
    fleet::{self, NewWorker},
    limits,
    queue::{self, JobLane},
};
use tokio_util::sync::CancellationToken;

pub use crate::check::{Checked, check_providers};
use crate::{
    finisher::Finisher,
    jobs::{Served, Workshop},
    lane::Lane,
    pacer::Pacer,
    pulse::Vital,
    runs::RunCache,
    serving::{Serving, Servings},
};

/// Works until `shutdown` is cancelled: then claims stop, calls in flight have the grace period
/// to finish, and what is left is given back at once.
///
/// # Errors
/// Where the worker cannot be registered.
pub async fn run(db: Db, config: Arc<Config>, name: &str, shutdown: CancellationToken) -> anyhow::Result<()> {
    let Servings { ready: servings, unusable } = serving::servings(&config);
    let provider_ids: Vec<String> = servings.iter().map(|serving| serving.id.clone()).collect();
    for (id, reason) in &unusable {
        tracing::warn!(provider = id, reason, "this provider is not configured and cannot be served");
    }
    limits::sync_configured(&db, &config, &provider_ids).await?;
    let checks =
        unusable.iter().map(|(id, reason)| (id.clone(), check::not_configured(Some(reason)))).collect();
    // An address that cannot be had is said before anything is claimed.
    let monitor = monitor::listen(&config).await?;
    let new =
        NewWorker { name, host: Some(process::machine()), restart_command: Some(process::restart_command()) };
    let worker_id = fleet::register_with(&db, &new, &provider_ids, checks).await?;
    if provider_ids.is_empty() {
        tracing::warn!("no provider has a key: set e.g. OPENAI_API_KEY, or use simulated models");
    } else {
        tracing::info!(%worker_id, providers = provider_ids.join(", "), "worker started");
    }

    // Claims stop first; the pulse beats until the last answer is written.
    let abort = CancellationToken::new();
    let pulse_stop = CancellationToken::new();
    let vital = Arc::new(Vital::new());
    let monitored = monitor.map(|listener| {
        tokio::spawn(monitor::serve(listener, db.clone(), config.lease(), vital.clone(), pulse_stop.clone()))
    });
    let pulse = pulse::beat_and_sweep(db.clone(), config.clone(), worker_id, vital, pulse_stop.clone());
    let pulse = tokio::spawn(pulse);
    let finisher = Finisher::start(db.clone(), &config);
    let runs = RunCache::new(db.clone());
    let mut lanes = tokio::task::JoinSet::new();
    let mut providers: HashMap<String, Served> = HashMap::new();
    for Serving { id, provider, parallel } in servings {
        let pacer = Arc::new(Pacer::new(db.clone(), id.clone()));
        providers.insert(id.clone(), Served { provider: Arc::clone(&provider), pacer: Arc::clone(&pacer) });
        let lane = Lane {
            id,
            provider,
            parallel,
            worker_id,
            db: db.clone(),
            config: config.clone(),
            runs: runs.clone(),
            finisher: finisher.clone(),
            pacer,
            abort: abort.clone(),
        };
        lanes.spawn(lane.run(shutdown.clone()));
    }
    let shop = Arc::new(Workshop {
        db: db.clone(),
        config: config.clone(),
        worker_id,
        providers,
        runs: runs.clone(),
        abort: abort.clone(),
        unusable,
    });
    for lane in [JobLane::Short, JobLane::Calls] {
        lanes.spawn(jobs::work(Arc::clone(&shop), lane, shutdown.clone()));
    }

    shutdown.cancelled().await;
    let grace = std::time::Duration::from_secs_f64(config.grace_seconds);
    let drained = async { while lanes.join_next().await.is_some() {} };
    if tokio::time::timeout(grace, drained).await.is_err() {
        tracing::warn!(
            ?grace,
            "calls are still in flight after the grace period; their probes are given back"
        );
        abort.cancel();
        while lanes.join_next().await.is_some() {}
    }
    finisher.drained().await;
    pulse_stop.cancel();
    drop(pulse.await);
    if let Some(monitored) = monitored {
        drop(monitored.await);
    }
    queue::release(&db, worker_id).await?;
    fleet::deregister(&db, worker_id).await?;
    tracing::info!(%worker_id, "worker stopped");
    Ok(())
}

/// The providers that a worker with this configuration and environment could serve.
pub fn served_providers(config: &Config) -> Vec<String> {
    serving::servings(config).ready.into_iter().map(|serving| serving.id).collect()
}

/// Why the other ones that were set up cannot be served, by id.
pub fn unusable_providers(config: &Config) -> BTreeMap<String, String> {
    serving::servings(config).unusable
}
