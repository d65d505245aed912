//! The sweep: what a crash or an outage left behind is put right. Idempotent, in every process.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use entity::{AttemptResult, attempt};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use super::{ModelDelta, add_to_counters, clock, lease::LEASED_TABLES};
use crate::{
    budget,
    db::{Db, execute, now, placeholders, rows, sql_now},
    error::Result,
    event, judging,
    lifecycle::NewEvent,
    limits,
    meter::meter,
    report, run,
};

/// Watches the beats of all workers and takes back what dead ones hold.
///
/// A worker is dead when its beat number has not changed for a lease's length of this
/// process's monotonic time: neither a clock that jumps nor one that differs between machines
/// can kill a worker that lives.
#[derive(Debug)]
pub struct Sweeper {
    lease: Duration,
    attempts_max: u32,
    seen: HashMap<Uuid, (i64, Instant)>,
    looked_at: Instant,
}

#[derive(FromQueryResult)]
struct Holder {
    id: Uuid,
    beat: i64,
    stopped_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Lapsed {
    id: Uuid,
    run_id: Uuid,
    run_model_id: Uuid,
    fence: i64,
    turn_count: i32,
    attempt_count: i32,
    started_at: DateTime<Utc>,
}

impl Sweeper {
    /// A sweeper that has seen nothing yet: it waits one lease before it takes anything back.
    pub fn new(lease: Duration, attempts_max: u32) -> Self {
        Self { lease, attempts_max, seen: HashMap::new(), looked_at: Instant::now() }
    }

    /// Forgets all beats: after an outage everyone waits one lease before reaping, because
    /// nobody could beat meanwhile.
    pub fn forget(&mut self) {
        self.seen.clear();
    }

    /// One sweep. Returns how many probes and jobs went back to the queue.
    ///
    /// # Errors
    /// `Unavailable` during an outage: call `forget` and sweep again later.
    pub async fn sweep(&mut self, db: &Db) -> Result<u64> {
        let mut taken_back = 0;
        for worker_id in self.dead_holders(db).await? {
            taken_back += reap_probes(db, worker_id, self.lease, self.attempts_max).await?;
            let sql = format!(
                "UPDATE jobs SET status = 'queued', leased_by = NULL, lease_until = NULL
                 WHERE leased_by = $1 AND status = 'running' AND {}",
                clock::has_lapsed(db.write())
            );
            let values = [worker_id.into(), self.lease.as_secs_f64().into()];
            taken_back += execute(db.write(), sql, values).await?;
        }
        clock::mend(db).await?;
        run::stop_overdue(db).await?;
        run::end_stragglers(db).await?;
        run::finish_retries(db).await?;
        run::settle_ended(db).await?;
        limits::ask_about_held(db).await?;
        budget::free_forgotten(db).await?;
        report::ask_for_missing(db).await?;
        judging::resume(db).await?;
        Ok(taken_back)
    }

    async fn dead_holders(&mut self, db: &Db) -> Result<Vec<Uuid>> {
        let held = LEASED_TABLES
            .map(|table| format!("SELECT leased_by FROM {table} WHERE status = 'running'"))
            .join(" UNION ");
        let sql = format!("SELECT id, beat, stopped_at FROM workers WHERE id IN ({held})");
        let holders: Vec<Holder> = rows(db.read(), sql, []).await?;
        // A look that had to wait for the database, as through an outage, shows no missed beat:
        // meanwhile nobody could beat.
        if std::mem::replace(&mut self.looked_at, Instant::now()).elapsed() >= self.lease {
            self.forget();
        }
        self.seen.retain(|id, _| holders.iter().any(|holder| holder.id == *id));
        let mut dead = Vec::new();
        for holder in holders {
            let (beat, since) = self.seen.entry(holder.id).or_insert((holder.beat, Instant::now()));
            if *beat != holder.beat {
                (*beat, *since) = (holder.beat, Instant::now());
            }
            if holder.stopped_at.is_some() || since.elapsed() >= self.lease {
                dead.push(holder.id);
            }
        }
        Ok(dead)
    }
}

/// Gives the lapsed probes of a dead worker back, recording each lost try. A probe that has
/// taken down that many workers fails instead of taking down the next.
async fn reap_probes(db: &Db, worker_id: Uuid, lease: Duration, attempts_max: u32) -> Result<u64> {
    let tx = db.begin_queue().await?;
    // They keep their place in the queue: put at its end, they and the conversations they are in the
    // middle of would wait until the rest of the run is done.
    let sql = format!(
        "UPDATE probes SET status = 'queued', leased_by = NULL, lease_until = NULL, attempt_count = attempt_count + 1
         WHERE leased_by = $1 AND status = 'running' AND {}
         RETURNING id, run_id, run_model_id, fence, turn_count, attempt_count, started_at",
        clock::has_lapsed(&tx),
    );
    let lapsed: Vec<Lapsed> = rows(&tx, sql, [worker_id.into(), lease.as_secs_f64().into()]).await?;
    for chunk in lapsed.chunks(500) {
        let attempts = chunk.iter().map(|probe| attempt::ActiveModel {
            id: Set(Uuid::now_v7()),
            probe_id: Set(probe.id),
            run_id: Set(probe.run_id),
            run_model_id: Set(Some(probe.run_model_id)),
            fence: Set(probe.fence),
            worker_id: Set(worker_id),
            result: Set(AttemptResult::Lost),
            error_category: Set(Some("worker_lost".into())),
            error_message: Set(Some(LOST.into())),
            first_turn_index: Set(probe.turn_count),
            turn_count: Set(0),
            started_at: Set(probe.started_at),
            finished_at: Set(now()),
            ..Default::default()
        });
        attempt::Entity::insert_many(attempts).exec_without_returning(&tx).await?;
    }
    // Nobody knows whether the provider was asked: the money counts as spent until it is heard of.
    let lost: Vec<_> = lapsed.iter().map(|probe| (probe.id, probe.fence, probe.turn_count)).collect();
    budget::presume_spent(&tx, &lost).await?;
    let losses_max = attempts_max.saturating_mul(LOSSES_PER_TRY);
    let given_up: Vec<&Lapsed> = lapsed
        .iter()
        .filter(|probe| u32::try_from(probe.attempt_count).is_ok_and(|count| count >= losses_max))
        .collect();
    let done = fail(&tx, &given_up).await?;
    tx.commit().await?;
    meter().leases_lost(lapsed.len() as u64);
    for run_id in done {
        run::settle(db, run_id).await?;
    }
    Ok(lapsed.len() as u64)
}

/// Workers die of their own accord far more often than over a probe: with one loss for each try,
/// fifty kills in a minute and a half failed two of 5,000 probes that nothing was wrong with.
const LOSSES_PER_TRY: u32 = 3;

const LOST: &str = "The worker that held this probe stopped answering; its lease lapsed.";

async fn fail(tx: &sea_orm::DatabaseTransaction, probes: &[&Lapsed]) -> Result<Vec<Uuid>> {
    let mut deltas: BTreeMap<Uuid, ModelDelta> = BTreeMap::new();
    let mut events: BTreeMap<Uuid, Vec<NewEvent>> = BTreeMap::new();
    for chunk in probes.chunks(500) {
        let sql = format!(
            "UPDATE probes SET status = 'failed', error_category = 'worker_lost', error_message = $1,
                 finished_at = {} WHERE id IN ({})",
            sql_now(tx.get_database_backend()),
            placeholders(2, chunk.len())
        );
        let values = std::iter::once(LOST.into()).chain(chunk.iter().map(|probe| probe.id.into()));
        execute(tx, sql, values).await?;
    }
    for probe in probes {
        deltas.entry(probe.run_model_id).or_default().failed += 1;
        events.entry(probe.run_id).or_default().push(NewEvent {
            kind: "probe.failed",
            payload: json!({"probeId": probe.id, "category": "worker_lost", "message": LOST}),
        });
    }
    let done = add_to_counters(tx, &deltas).await?;
    for (run_id, events) in events {
        event::append(tx, run_id, None, events).await?;
    }
    Ok(done)
}
