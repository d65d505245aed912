//! A lane: one provider's slots, filled by claims.

use std::{sync::Arc, time::Duration};

use apalis_core::worker::builder::WorkerBuilder;
use domain::{
    config::Config,
    db::Db,
    limits::Leave,
    meter::meter,
    queue::{self, ClaimRequest, Claimed, ProbeWrite, Written},
};
use providers::Provider;
use tokio::{
    sync::{Notify, Semaphore, mpsc},
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    backend::{Held, LaneBackend, Place},
    execute,
    finisher::Finisher,
    pacer::Pacer,
    runs::RunCache,
};

/// Slots that become free within this time are filled by one claim: a claim each would cost
/// more than the probes.
const GATHER: Duration = Duration::from_millis(2);
/// Probes of one claim: a transaction that is over quickly.
const CLAIM_MAX: usize = 1_000;
/// The longest sleep between two looks at a limiter: a limit that was raised is noticed.
const LIMIT_SLEEP_MAX: Duration = Duration::from_secs(1);
/// Calls of other workers end unseen: a lane whose calls are all in flight looks this often.
const FULL_POLL: Duration = Duration::from_millis(100);

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
    pub(crate) pacer: Arc<Pacer>,
    /// Cancelled when the grace period is over.
    pub(crate) abort: CancellationToken,
}

impl Lane {
    /// Commits a write, and counts the try that it ends.
    pub(crate) async fn write(&self, write: ProbeWrite) -> Written {
        let ended = write.attempt.as_ref().map(|attempt| {
            let category = attempt.error_category.clone().unwrap_or_default();
            (attempt.result.as_str(), category, attempt.cost_usd_micros)
        });
        let written = self.finisher.write(write).await;
        if let Some((result, category, cost)) = ended {
            let result = if written == Written::Late { "late" } else { result };
            meter().attempt(&self.id, result, &category, cost);
        }
        written
    }

    /// Claims and executes until `shutdown`, then until everything in flight is written.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        let (send, claimed) = mpsc::channel(self.parallel);
        let claimer = tokio::spawn(self.clone().claim(send, shutdown.clone()));
        let pacer = self.pacer.clone();
        let reports = tokio::spawn(async move { pacer.report_now_and_then().await });
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
        reports.abort();
    }

    /// Fills free slots until shutdown; dropping the sender then ends the apalis worker once
    /// what is in flight is done.
    async fn claim(self, send: mpsc::Sender<Held>, shutdown: CancellationToken) {
        let slots = Arc::new(Semaphore::new(self.parallel));
        // What is answered but not written yet is bounded too: where the database is the slower
        // part, claims wait for it.
        let places = Arc::new(Semaphore::new(self.parallel.saturating_mul(2).min(Semaphore::MAX_PERMITS)));
        let written = Arc::new(Notify::new());
        let mut is_out = false;
        // Only waits are cut short: what a claim has committed is always handed over.
        while shutdown.run_until_cancelled(self.room(&slots, &places)).await.is_some() {
            // Answers come in swarms: the first free slot waits for those right behind it.
            if slots.available_permits() < self.parallel {
                sleep(GATHER).await;
            }
            let Filled { pause, is_run_full } =
                self.fill(&slots, &places, &written, &send, &mut is_out).await;
            let pause = async {
                tokio::select! {
                    () = sleep(pause) => {}
                    () = written.notified(), if is_run_full => {}
                    () = self.pacer.changed(), if !pause.is_zero() => {}
                }
            };
            if shutdown.run_until_cancelled(pause).await.is_none() {
                break;
            }
        }
    }

    /// Waits until there is room for a probe.
    async fn room(&self, slots: &Semaphore, places: &Semaphore) {
        // The semaphores are never closed, and only this task takes from them.
        drop(slots.acquire().await);
        drop(places.acquire().await);
        self.pacer.refresh().await;
    }

    /// One claim.
    async fn fill(
        &self,
        slots: &Arc<Semaphore>,
        places: &Arc<Semaphore>,
        written: &Arc<Notify>,
        send: &mpsc::Sender<Held>,
        is_out: &mut bool,
    ) -> Filled {
        let poll = Duration::from_millis(self.config.poll_ms.max(1));
        let open = slots.available_permits();
        let free = open.min(places.available_permits()).min(CLAIM_MAX);
        let request = ClaimRequest {
            worker_id: self.worker_id,
            lane: &self.id,
            free: free as u64,
            in_flight: self.parallel.saturating_sub(open) as u64,
            lease: self.config.lease(),
            is_governed: self.pacer.is_governed(),
        };
        let Claimed { probes, leave, is_run_full } = match queue::claim(&self.db, &request).await {
            Ok(claimed) => claimed,
            Err(error) => {
                if !std::mem::replace(is_out, true) {
                    tracing::warn!(lane = self.id, %error, "cannot claim; trying again until it works");
                }
                return Filled { pause: Duration::from_secs(1), is_run_full: false };
            }
        };
        *is_out = false;
        let mut pause = pause_after(&leave, probes.len(), free, poll);
        if is_run_full {
            pause = pause.min(FULL_POLL);
        }
        let filled = Filled { pause, is_run_full };
        if let Some(state) = leave.state {
            self.pacer.learn_row(state);
        }
        let reserved_tokens = self.pacer.reserved_tokens();
        for probe in probes {
            let (Ok(slot), Ok(place)) =
                (slots.clone().acquire_owned().await, places.clone().acquire_owned().await)
            else {
                return filled;
            };
            let place = Place { _permit: place, written: written.clone() };
            if send.send(Held { probe, slot, place, reserved_tokens }).await.is_err() {
                return filled;
            }
        }
        filled
    }
}

/// What came of a claim.
struct Filled {
    /// How long to wait before the next.
    pause: Duration,
    /// True where a run has as much in flight as it may: whatever ends makes room.
    is_run_full: bool,
}

/// How long to wait after a claim: until the limiter gives leave again, or for new work.
fn pause_after(leave: &Leave, claimed: usize, free: usize, poll: Duration) -> Duration {
    if claimed == free {
        return Duration::ZERO;
    }
    let is_limited = leave.state.is_some() && claimed as u64 >= leave.count && leave.count < free as u64;
    match leave.wait {
        // Workers that wake together would ask for the same slice: all but one in vain.
        Some(wait) if is_limited => wait.min(LIMIT_SLEEP_MAX).mul_f64(1.0 + fastrand::f64() * 0.1),
        None if is_limited => poll.min(FULL_POLL),
        _ => poll,
    }
}
