//! Commands on a run: one row update each, whatever the size of the run.

use std::collections::BTreeMap;

use entity::run;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult};
use uuid::Uuid;

use crate::{
    auth::{Action, Actor, Resource, authorize},
    db::{Db, locked, now, rows, sql_now},
    error::{Error, Result},
    event,
    lifecycle::{Command, RunState, transition},
    queue::{Job, ModelDelta, add_to_counters, enqueue_job},
    receipt::{self, Token},
};

/// Applies a command inside the caller's transaction. The only place that writes `runs.status`.
///
/// # Errors
/// `NotFound`, or `Conflict` where the run's state refuses the command.
pub(crate) async fn apply(
    tx: &impl ConnectionTrait,
    run_id: Uuid,
    actor_id: Option<Uuid>,
    command: Command,
) -> Result<run::Model> {
    let query = locked(run::Entity::find_by_id(run_id), tx);
    let row = query.one(tx).await?.ok_or_else(|| Error::not_found("run", run_id))?;
    let before = RunState::of(&row);
    let (after, events) = transition(before, command).map_err(|refusal| Error::conflict(refusal.reason))?;
    if after == before && events.is_empty() {
        return Ok(row);
    }
    let latch = |is_set: bool, at| if is_set { Some(at) } else { None };
    let changed = run::ActiveModel {
        id: Set(run_id),
        status: Set(after.status),
        paused_at: Set(latch(after.is_paused, row.paused_at.unwrap_or_else(now))),
        cancelled_at: Set(latch(after.is_cancelled, row.cancelled_at.unwrap_or_else(now))),
        started_at: Set(row.started_at.or_else(|| (command == Command::Start).then(now))),
        completed_at: Set(row.completed_at.or_else(|| after.status.is_terminal().then(now))),
        ..Default::default()
    };
    run::Entity::update(changed).exec(tx).await?;
    event::append(tx, run_id, actor_id, events).await?;
    run::Entity::find_by_id(run_id).one(tx).await?.ok_or_else(|| Error::not_found("run", run_id))
}

/// A command as somebody gave it.
#[derive(Copy, Clone, Debug)]
pub struct Commanded<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// On which run.
    pub run_id: Uuid,
    /// The same token has no second effect.
    pub client_token: Option<&'a str>,
}

/// Stops handing out a run's probes; those in flight finish. Pausing twice changes nothing.
///
/// # Errors
/// `NotFound`, `Forbidden`, or `Conflict` where the run is over or cancelled.
pub async fn pause(db: &Db, commanded: Commanded<'_>) -> Result<run::Model> {
    obey(db, commanded, "pauseRun", Command::Pause).await
}

/// Lets a paused run go on.
///
/// # Errors
/// As `pause`.
pub async fn resume(db: &Db, commanded: Commanded<'_>) -> Result<run::Model> {
    obey(db, commanded, "resumeRun", Command::Resume).await
}

/// Ends a run for good: probes in flight finish and count, queued ones are marked in the
/// background. Cannot be taken back.
///
/// # Errors
/// As `pause`.
pub async fn cancel(db: &Db, commanded: Commanded<'_>) -> Result<run::Model> {
    obey(db, commanded, "cancelRun", Command::Cancel).await
}

async fn obey(db: &Db, commanded: Commanded<'_>, name: &'static str, command: Command) -> Result<run::Model> {
    let Commanded { actor, run_id, client_token } = commanded;
    let token = Token { client_token, command: name, input: run_id.to_string() };
    let tx = db.begin().await?;
    let found =
        run::Entity::find_by_id(run_id).one(&tx).await?.ok_or_else(|| Error::not_found("run", run_id))?;
    authorize(actor, Action::Control, Resource::Run(Some(found.created_by)))?;
    if receipt::find(&tx, actor, &token).await?.is_some() {
        return Ok(found);
    }
    let after = apply(&tx, run_id, Some(actor.id), command).await?;
    if after.cancelled_at.is_some() && found.cancelled_at.is_none() {
        enqueue_job(&tx, Job::CancelProbes(run_id)).await?;
    }
    receipt::keep(&tx, actor, &token, run_id).await?;
    tx.commit().await?;
    Ok(after)
}

/// Marks a chunk of a cancelled run's queued probes. Returns true when none is left, after
/// which the run ends as soon as nothing is in flight.
///
/// # Errors
/// `Unavailable` or `Database`; the next call goes on where this one stopped.
pub async fn cancel_probes(db: &Db, run_id: Uuid) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Marked {
        run_model_id: Uuid,
    }
    const CHUNK: i64 = 5_000;
    let tx = db.begin_queue().await?;
    let (skip_locked, backend) = match tx.get_database_backend() {
        DbBackend::Postgres => (" FOR UPDATE SKIP LOCKED", DbBackend::Postgres),
        other => ("", other),
    };
    let sql = format!(
        "UPDATE probes SET status = 'cancelled', finished_at = {}
         WHERE id IN (SELECT id FROM probes WHERE run_id = $1 AND status = 'queued' LIMIT $2{skip_locked})
         RETURNING run_model_id",
        sql_now(backend)
    );
    let marked: Vec<Marked> = rows(&tx, sql, [run_id.into(), CHUNK.into()]).await?;
    let mut deltas: BTreeMap<Uuid, ModelDelta> = BTreeMap::new();
    for row in &marked {
        deltas.entry(row.run_model_id).or_default().cancelled += 1;
    }
    add_to_counters(&tx, &deltas).await?;
    tx.commit().await?;
    if marked.is_empty() {
        super::settle(db, run_id).await?;
    }
    Ok(marked.is_empty())
}
