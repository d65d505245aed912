//! Claiming: only what may be sent now, fairly between the runs that are open.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::RunStatus;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::{
    open_models::{OpenModel, open_models},
    run_room::RunRoom,
    take::Taking,
};
use crate::{
    budget,
    db::Db,
    error::Result,
    lifecycle::Command,
    limits::{self, Asking, Leave},
    lost_race::past_lost_races,
    run,
};

/// A probe that a worker holds under a fence.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct ClaimedProbe {
    /// The probe.
    pub id: Uuid,
    /// Its run.
    pub run_id: Uuid,
    /// Its model.
    pub run_model_id: Uuid,
    /// Its scenario.
    pub scenario_id: Uuid,
    /// Which repetition, from 0.
    pub sample_index: i32,
    /// Its place in the run.
    pub seq: i64,
    /// Failed tries so far.
    pub attempt_count: i32,
    /// Turns that were answered and committed by earlier tries.
    pub turn_count: i32,
    /// What the holder's writes are checked against.
    pub fence: i64,
    /// When it was first claimed.
    pub started_at: DateTime<Utc>,
}

/// What a worker wants to claim.
#[derive(Copy, Clone, Debug)]
pub struct ClaimRequest<'a> {
    /// The worker.
    pub worker_id: Uuid,
    /// The lane.
    pub lane: &'a str,
    /// Probes wanted.
    pub free: u64,
    /// Calls of this worker in the lane that are in flight, those it has claimed among them.
    pub in_flight: u64,
    /// How long the lease lasts.
    pub lease: Duration,
    /// False: the lane is known to have no limit, and nobody is asked for leave.
    pub is_governed: bool,
}

/// What was claimed.
#[derive(Clone, Debug, Default)]
pub struct Claimed {
    /// The probes, by run and place.
    pub probes: Vec<ClaimedProbe>,
    /// What the limiter said. Where nobody asked it, nothing stood in the way.
    pub leave: Leave,
    /// True where a run has as many calls in flight as it may: the next claim is worth a look as
    /// soon as one of them has ended.
    pub is_run_full: bool,
}

/// Claims up to `free` probes of a lane for a worker that has nothing in flight.
///
/// # Errors
/// As `claim`.
pub async fn claim_probes(
    db: &Db,
    worker_id: Uuid,
    lane: &str,
    free: u64,
    lease: Duration,
) -> Result<Vec<ClaimedProbe>> {
    let request = ClaimRequest { worker_id, lane, free, in_flight: 0, lease, is_governed: true };
    Ok(claim(db, &request).await?.probes)
}

/// Claims as many probes as may be sent now, by priority, evenly between runs within a priority
/// and between the models of a run. Models that are held, or whose breaker is open, are left out.
///
/// The rows are committed as running before this returns: a call to a provider never happens
/// under an open transaction.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn claim(db: &Db, request: &ClaimRequest<'_>) -> Result<Claimed> {
    past_lost_races(|| claim_once(db, request)).await
}

async fn claim_once(db: &Db, request: &ClaimRequest<'_>) -> Result<Claimed> {
    let open = open_models(db, request.lane).await?;
    if open.is_empty() || request.free == 0 {
        return Ok(Claimed::default());
    }
    let tx = db.begin_queue().await?;
    let mut leave = Leave { count: request.free, ..Leave::default() };
    if request.is_governed {
        let asking = Asking {
            worker_id: request.worker_id,
            lane: request.lane,
            wanted: request.free,
            in_flight: request.in_flight,
        };
        leave = limits::ask(&tx, &asking).await?;
    }
    let room = RunRoom::read(&tx, &open).await?;
    let mut taking = Taking { tx: &tx, request, left: leave.count, room, claimed: Vec::new() };
    if leave.count > 0 {
        taking.try_broken(&open).await?;
        let whole: Vec<OpenModel> = open.iter().filter(|model| !model.is_trial).cloned().collect();
        for models in whole.chunk_by(|a, b| a.priority == b.priority) {
            taking.take_evenly(models).await?;
        }
    }
    let (taken, is_run_full) = (taking.claimed.len() as u64, taking.room.has_full_run());
    limits::took(&tx, &mut leave, taken).await?;
    let mut probes = budget::reserve(&tx, taking.claimed).await?;
    let mut pending: Vec<Uuid> =
        open.iter().filter(|model| model.status == RunStatus::Pending).map(|model| model.run_id).collect();
    pending.dedup();
    for run_id in pending {
        if probes.iter().any(|probe| probe.run_id == run_id) {
            run::apply(&tx, run_id, None, Command::Start).await?;
        }
    }
    tx.commit().await?;
    probes.sort_unstable_by_key(|probe| (probe.run_id, probe.seq));
    Ok(Claimed { probes, leave, is_run_full })
}
