//! A lane: one provider's slots, filled by claims.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use apalis_core::worker::builder::WorkerBuilder;
use domain::{config::Config, db::Db, queue};
use providers::Provider;
use tokio::{
    sync::{Semaphore, mpsc},
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    backend::{Held, LaneBackend},
    execute,
    finisher::Finisher,
    runs::RunCache,
};

/// Slots that become free within this time are filled by one claim: a claim each would cost
/// more than the probes.
const GATHER: Duration = Duration::from_millis(2);
/// Probes of one claim: a transaction that is over quickly.
const CLAIM_MAX: usize = 1_000;
/// The longest that a rate limit stops the claims of a lane in one go.
const COOLDOWN_MAX: Duration = Duration::from_secs(60);

/// One provider as this worker serves it.
#[derive(Clone)]
pub(crate) struct Lane {
    pub(crate) id: String,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) parallel: usize,
    pub(crate) worker_id: Uuid,
    pub(crate) db: Db,
    pub(crate) config: Arc<Config>,
    pub(crate) runs: RunCache,
    pub(crate) finisher: Finisher,
    pub(crate) pace: Arc<Pace>,
    /// Cancelled when the grace period is over.
    pub(crate) abort: CancellationToken,
}

/// What the provider's rate limit has told this lane.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<PaceState>);

#[derive(Debug, Default)]
struct PaceState {
    until: Option<Instant>,
    waits_in_a_row: u32,
}

impl Pace {
    /// Notes a rate limit; returns how many there were since the last answer.
    pub(crate) fn limited(&self, wait: impl FnOnce(u32) -> Duration) -> Duration {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = wait(state.waits_in_a_row);
        // Answers to calls that were in flight together count once.
        if state.until.is_none_or(|until| until <= Instant::now()) {
            state.waits_in_a_row = state.waits_in_a_row.saturating_add(1);
        }
        let until = Instant::now() + wait.min(COOLDOWN_MAX);
        state.until = Some(state.until.map_or(until, |before| before.max(until)));
        wait
    }

    /// Notes an answer.
    pub(crate) fn answered(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.waits_in_a_row = 0;
    }

    fn until(&self) -> Option<Instant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).until.filter(|until| *until > Instant::now())
    }
}

impl Lane {
    /// Claims and executes until `shutdown`, then until everything in flight is written.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        let (send, claimed) = mpsc::channel(self.parallel);
        let claimer = tokio::spawn(self.clone().claim(send, shutdown.clone()));
        let name = format!("{}:{}", self.id, self.worker_id);
        let lane = self.clone();
        let worker =
            WorkerBuilder::new(name.as_str()).backend(LaneBackend::new(claimed)).build(move |held: Held| {
                let lane = lane.clone();
                // A task of its own, so that the lane uses every core.
                async move { drop(tokio::spawn(execute::execute(lane, held)).await) }
            });
        if let Err(error) = worker.run().await {
            tracing::error!(lane = self.id, %error, "the lane stopped");
        }
        drop(claimer.await);
    }

    /// Fills free slots until shutdown; dropping the sender then ends the apalis worker once
    /// what is in flight is done.
    async fn claim(self, send: mpsc::Sender<Held>, shutdown: CancellationToken) {
        let slots = Arc::new(Semaphore::new(self.parallel));
        // What is answered but not written yet is bounded too: where the database is the slower
        // part, claims wait for it.
        let places = Arc::new(Semaphore::new(self.parallel.saturating_mul(2).min(Semaphore::MAX_PERMITS)));
        let mut is_out = false;
        // Only waits are cut short: what a claim has committed is always handed over.
        while shutdown.run_until_cancelled(self.room(&slots, &places)).await.is_some() {
            // Answers come in swarms: the first free slot waits for those right behind it.
            if slots.available_permits() < self.parallel {
                sleep(GATHER).await;
            }
            let pause = self.fill(&slots, &places, &send, &mut is_out).await;
            if shutdown.run_until_cancelled(sleep(pause)).await.is_none() {
                break;
            }
        }
    }

    /// Waits until there is room for a probe and no rate limit holds.
    async fn room(&self, slots: &Semaphore, places: &Semaphore) {
        if let Some(until) = self.pace.until() {
            sleep_until(until).await;
        }
        // The semaphores are never closed, and only this task takes from them.
        drop(slots.acquire().await);
        drop(places.acquire().await);
    }

    /// One claim; returns how long to wait before the next.
    async fn fill(
        &self,
        slots: &Arc<Semaphore>,
        places: &Arc<Semaphore>,
        send: &mpsc::Sender<Held>,
        is_out: &mut bool,
    ) -> Duration {
        let poll = Duration::from_millis(self.config.poll_ms.max(1));
        let free = slots.available_permits().min(places.available_permits()).min(CLAIM_MAX);
        let claimed =
            queue::claim_probes(&self.db, self.worker_id, &self.id, free as u64, self.config.lease()).await;
        let claimed = match claimed {
            Ok(claimed) => claimed,
            Err(error) => {
                if !std::mem::replace(is_out, true) {
                    tracing::warn!(lane = self.id, %error, "cannot claim; trying again until it works");
                }
                return Duration::from_secs(1);
            }
        };
        *is_out = false;
        let is_full = claimed.len() == free;
        for probe in claimed {
            let (Ok(slot), Ok(place)) =
                (slots.clone().acquire_owned().await, places.clone().acquire_owned().await)
            else {
                return poll;
            };
            if send.send(Held { probe, slot, place }).await.is_err() {
                return poll;
            }
        }
        if is_full { Duration::ZERO } else { poll }
    }
}
