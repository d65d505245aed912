//! The pulse: leases are renewed and dead workers' leases taken back, in tasks that nothing
//! else delays.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{
    config::Config,
    db::Db,
    queue::{self, Sweeper},
};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The longest time between sweeps.
const SWEEP_MAX: Duration = Duration::from_secs(60);

/// When the last beat was committed.
#[derive(Debug)]
pub(crate) struct Vital(Mutex<Instant>);

impl Vital {
    /// Registering counts as a beat.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Instant::now()))
    }

    /// How long ago the last beat was committed.
    pub(crate) fn age(&self) -> Duration {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    fn beat(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// Beats and sweeps until it is told to stop.
pub(crate) async fn beat_and_sweep(
    db: Db,
    config: Arc<Config>,
    worker_id: Uuid,
    vital: Arc<Vital>,
    stop: CancellationToken,
) {
    let sweeps = tokio::spawn(sweep(db.clone(), config.clone(), stop.clone()));
    let mut ticks = interval(config.beat());
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        match queue::beat(&db, worker_id, config.lease()).await {
            Ok(()) => vital.beat(),
            Err(error) => {
                tracing::warn!(%error, "could not renew leases; trying again at the next beat");
            }
        }
    }
    drop(sweeps.await);
}

async fn sweep(db: Db, config: Arc<Config>, stop: CancellationToken) {
    let mut sweeper = Sweeper::new(config.lease(), config.attempts_max);
    let mut ticks = interval(config.beat().min(SWEEP_MAX));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        match sweeper.sweep(&db).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "took back what a dead worker held"),
            Err(error) => {
                tracing::warn!(%error, "could not sweep; waiting one lease once the database is back");
                sweeper.forget();
            }
        }
    }
}
