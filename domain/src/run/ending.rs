//! Ending what is queued of a run that was cancelled or stopped, in chunks behind the latch.

use std::collections::BTreeMap;

use entity::{StopReason, run};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use crate::{
    db::{Db, rows, sql_now},
    error::{Error, Result},
    event,
    lifecycle::{Command, NewEvent},
    queue::{Job, ModelDelta, add_to_counters, enqueue_job},
};

const CHUNK: i64 = 5_000;

/// Ends a chunk of the queued probes of a run that was cancelled or stopped. Returns true when
/// none is left, after which the run ends as soon as nothing is in flight.
///
/// # Errors
/// `Unavailable` or `Database`; the next call goes on where this one stopped.
pub async fn cancel_probes(db: &Db, run_id: Uuid) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Ended {
        run_model_id: Uuid,
    }
    let tx = db.begin_queue().await?;
    let run = run::Entity::find_by_id(run_id).one(&tx).await?;
    let run = run.ok_or_else(|| Error::not_found("run", run_id))?;
    let (status, category, message) = match (run.cancelled_at, run.stop_reason) {
        (Some(_), _) => ("cancelled", None, None),
        (None, Some(reason)) => ("failed", Some(reason.as_str()), Some(message_of(reason))),
        // Reopened meanwhile.
        (None, None) => return Ok(true),
    };
    let backend = tx.get_database_backend();
    let skip_locked = if backend == DbBackend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE probes SET status = '{status}', finished_at = {}, error_category = $3, error_message = $4
         WHERE id IN (SELECT id FROM probes WHERE run_id = $1 AND status = 'queued' LIMIT $2{skip_locked})
         RETURNING run_model_id",
        sql_now(backend)
    );
    let ended: Vec<Ended> =
        rows(&tx, sql, [run_id.into(), CHUNK.into(), category.into(), message.into()]).await?;
    let mut deltas: BTreeMap<Uuid, ModelDelta> = BTreeMap::new();
    for row in &ended {
        let delta = deltas.entry(row.run_model_id).or_default();
        *(if category.is_some() { &mut delta.failed } else { &mut delta.cancelled }) += 1;
    }
    add_to_counters(&tx, &deltas).await?;
    if let (Some(category), false) = (category, ended.is_empty()) {
        // One event for all: a stopped run may have a million of them.
        let payload = json!({"category": category, "message": message, "count": ended.len()});
        event::append(&tx, run_id, None, vec![NewEvent { kind: "probes.failed", payload }]).await?;
    }
    tx.commit().await?;
    if ended.is_empty() {
        super::settle(db, run_id).await?;
    }
    Ok(ended.is_empty())
}

fn message_of(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Rejected => "The run was rejected before this probe was asked.",
        StopReason::Deadline => "The run's deadline passed before this probe was asked.",
    }
}

/// Stops every run whose deadline has passed.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn stop_overdue(db: &Db) -> Result<()> {
    let sql = format!(
        "SELECT runs.id FROM run_limits JOIN runs ON runs.id = run_limits.run_id
         WHERE run_limits.deadline_at <= {}
           AND runs.status IN ('pending', 'awaiting_approval', 'running', 'scoring')
           AND runs.cancelled_at IS NULL AND runs.stopped_at IS NULL",
        sql_now(db.read().get_database_backend())
    );
    for overdue in rows::<Id>(db.read(), sql, []).await? {
        let tx = db.begin().await?;
        match super::apply(&tx, overdue.id, None, Command::Deadline).await {
            Ok(_) => {
                enqueue_job(&tx, Job::CancelProbes(overdue.id)).await?;
                tx.commit().await?;
            }
            // Somebody cancelled it, or it ended, a moment ago.
            Err(Error::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Ends what is queued of runs that were cancelled or stopped: a call in flight may have gone
/// back to the queue behind the job that ended the others.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn end_stragglers(db: &Db) -> Result<()> {
    let sql = "SELECT runs.id FROM runs
         WHERE runs.status IN ('pending', 'awaiting_approval', 'running', 'scoring')
           AND (runs.cancelled_at IS NOT NULL OR runs.stopped_at IS NOT NULL) AND runs.queued_at IS NOT NULL
           AND EXISTS (SELECT 1 FROM probes WHERE probes.run_id = runs.id AND probes.status = 'queued')
           AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.run_id = runs.id AND jobs.kind = 'cancel_probes'
                           AND jobs.status IN ('queued', 'running'))";
    for latched in rows::<Id>(db.read(), sql, []).await? {
        while !cancel_probes(db, latched.id).await? {}
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct Id {
    id: Uuid,
}
