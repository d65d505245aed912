//! Claiming: only what may be sent now, fairly between the runs that are open.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::RunStatus;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult};
use uuid::Uuid;

use crate::{
    budget,
    db::{Db, placeholders, rows, sql_now, sql_now_plus},
    error::Result,
    lifecycle::Command,
    run,
};

/// Runs looked at by one claim; those behind have their turn when earlier ones are done.
const OPEN_RUNS_MAX: u64 = 200;

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

#[derive(FromQueryResult)]
struct OpenRun {
    id: Uuid,
    status: RunStatus,
    priority: i32,
}

/// Claims up to `free` probes of a lane for a worker, by priority, evenly within a priority.
///
/// The rows are committed as running before this returns: a call to a provider never happens
/// under an open transaction.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn claim_probes(
    db: &Db,
    worker_id: Uuid,
    lane: &str,
    free: u64,
    lease: Duration,
) -> Result<Vec<ClaimedProbe>> {
    let open = open_runs(db, lane).await?;
    if open.is_empty() || free == 0 {
        return Ok(Vec::new());
    }
    let claim = Claim { worker_id, lane, lease };
    let tx = db.begin_queue().await?;
    let mut claimed = Vec::new();
    for runs in open.chunk_by(|a, b| a.priority == b.priority) {
        let left = |claimed: &[ClaimedProbe]| free - claimed.len() as u64;
        // The first pass gives each run its share; what they leave goes to whoever has more.
        let share = left(&claimed).div_ceil(runs.len() as u64);
        claim.take(&tx, runs, share, left(&claimed), &mut claimed).await?;
        if left(&claimed) > 0 && runs.len() > 1 {
            claim.take(&tx, runs, left(&claimed), left(&claimed), &mut claimed).await?;
        }
        if left(&claimed) == 0 {
            break;
        }
    }
    let mut claimed = budget::reserve(&tx, claimed).await?;
    for run in open.iter().filter(|run| run.status == RunStatus::Pending) {
        if claimed.iter().any(|probe| probe.run_id == run.id) {
            run::apply(&tx, run.id, None, Command::Start).await?;
        }
    }
    tx.commit().await?;
    claimed.sort_unstable_by_key(|probe| (probe.run_id, probe.seq));
    Ok(claimed)
}

/// The runs with something left to do in a lane, highest priority first, oldest first.
async fn open_runs(db: &Db, lane: &str) -> Result<Vec<OpenRun>> {
    let sql = format!(
        "SELECT runs.id, runs.status, run_limits.priority
         FROM runs JOIN run_limits ON run_limits.run_id = runs.id
         WHERE runs.status IN ('pending', 'running') AND runs.paused_at IS NULL AND runs.cancelled_at IS NULL
           AND EXISTS (SELECT 1 FROM run_models WHERE run_models.run_id = runs.id AND run_models.lane = $1
                       AND succeeded_count + failed_count + cancelled_count < planned_count)
         ORDER BY run_limits.priority DESC, runs.created_at, runs.id LIMIT {OPEN_RUNS_MAX}"
    );
    rows(db.read(), sql, [lane.into()]).await
}

struct Claim<'a> {
    worker_id: Uuid,
    lane: &'a str,
    lease: Duration,
}

const COLUMNS: &str = "probes.id, probes.run_id, probes.run_model_id, probes.scenario_id, probes.sample_index, \
                       probes.seq, probes.attempt_count, probes.turn_count, probes.fence, probes.started_at";

impl Claim<'_> {
    /// Takes up to `share` probes of each run, `most` in all.
    async fn take(
        &self,
        tx: &DatabaseTransaction,
        runs: &[OpenRun],
        share: u64,
        most: u64,
        claimed: &mut Vec<ClaimedProbe>,
    ) -> Result<()> {
        match tx.get_database_backend() {
            DbBackend::Postgres => claimed.extend(self.take_lateral(tx, runs, share, most).await?),
            _ => {
                let mut left = most;
                for run in runs {
                    let taken = self.take_of_run(tx, run.id, share.min(left)).await?;
                    left -= taken.len() as u64;
                    claimed.extend(taken);
                    if left == 0 {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn set_running(&self, backend: DbBackend) -> String {
        format!(
            "status = 'running', fence = fence + 1, leased_by = $1, lease_until = {},
             started_at = COALESCE(started_at, {})",
            sql_now_plus(backend, "$2"),
            sql_now(backend)
        )
    }

    /// One index scan per run, each ending at its share: rows of paused runs are never visited.
    async fn take_lateral(
        &self,
        tx: &DatabaseTransaction,
        runs: &[OpenRun],
        share: u64,
        most: u64,
    ) -> Result<Vec<ClaimedProbe>> {
        let open = placeholders(6, runs.len()).replace(", ", "), (");
        // MATERIALIZED: the planner must not run the locking subquery twice.
        let sql = format!(
            "WITH next AS MATERIALIZED (
                 SELECT queued.id FROM (VALUES ({open})) AS open_run (id)
                 JOIN runs ON runs.id = open_run.id AND runs.paused_at IS NULL AND runs.cancelled_at IS NULL
                 CROSS JOIN LATERAL (
                     SELECT probes.id FROM probes
                     WHERE probes.run_id = open_run.id AND probes.lane = $3 AND probes.status = 'queued'
                       AND probes.run_at <= {now}
                     ORDER BY probes.run_at, probes.seq LIMIT $4 FOR UPDATE SKIP LOCKED) AS queued
                 LIMIT $5)
             UPDATE probes SET {set} FROM next WHERE probes.id = next.id RETURNING {COLUMNS}",
            now = "now()",
            set = self.set_running(DbBackend::Postgres),
        );
        let mut values = vec![
            self.worker_id.into(),
            self.lease.as_secs_f64().into(),
            self.lane.into(),
            signed(share).into(),
            signed(most).into(),
        ];
        values.extend(runs.iter().map(|run| run.id.into()));
        rows(tx, sql, values).await
    }

    async fn take_of_run(
        &self,
        tx: &DatabaseTransaction,
        run_id: Uuid,
        share: u64,
    ) -> Result<Vec<ClaimedProbe>> {
        let sql = format!(
            "UPDATE probes SET {set} WHERE id IN (
                 SELECT id FROM probes
                 WHERE run_id = $3 AND lane = $4 AND status = 'queued' AND run_at <= {now}
                   AND EXISTS (SELECT 1 FROM runs WHERE id = $3 AND paused_at IS NULL AND cancelled_at IS NULL)
                 ORDER BY run_at, seq LIMIT $5)
             RETURNING {COLUMNS}",
            now = sql_now(DbBackend::Sqlite),
            set = self.set_running(DbBackend::Sqlite),
        );
        let values = [
            self.worker_id.into(),
            self.lease.as_secs_f64().into(),
            run_id.into(),
            self.lane.into(),
            signed(share).into(),
        ];
        rows(tx, sql, values).await
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
