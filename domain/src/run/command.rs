//! Commands on a run: one row update each, whatever the size of the run.

//! Commands on a run: one row update each, whatever the size of the run.

use entity::{run, run_model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    auth::{Action, Actor, Resource, authorize},
    budget,
    db::{Db, locked, now},
    error::{Error, Result},
    event, gate,
    lifecycle::{Command, NewEvent, RunState, transition},
    limits,
    lost_race::past_lost_races,
    queue::{Job, enqueue_job},
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
    apply_noting(tx, run_id, actor_id, command, Value::Null).await
}

/// As `apply`; the fields of `note` are added to the command's event.
///
/// # Errors
/// As `apply`.
pub(crate) async fn apply_noting(
    tx: &impl ConnectionTrait,
    run_id: Uuid,
    actor_id: Option<Uuid>,
    command: Command,
    note: Value,
) -> Result<run::Model> {
    let query = locked(run::Entity::find_by_id(run_id), tx);
    let row = query.one(tx).await?.ok_or_else(|| Error::not_found("run", run_id))?;
    let before = RunState::of(&row);
    let (after, mut events) =
        transition(before, command).map_err(|refusal| Error::conflict(refusal.reason))?;
    if after == before && events.is_empty() {
        return Ok(row);
    }
    if let (Some(NewEvent { payload: Value::Object(payload), .. }), Value::Object(note)) =
        (events.first_mut(), note)
    {
        payload.extend(note);
    }
    // What closes a gate without deciding about it aborts it.
    let is_decision =
        matches!(command, Command::Approve | Command::Reject | Command::RejectHeld | Command::RequestChanges);
    if before.gate.is_some() && after.gate.is_none() && !is_decision {
        events.extend(gate::abort(tx, run_id).await?);
    }
    let has_ended = after.status.is_terminal() && !before.status.is_terminal();
    let latch = |is_set: bool, at: Option<_>| is_set.then(|| at.unwrap_or_else(now));
    let changed = run::ActiveModel {
        id: Set(run_id),
        status: Set(after.status),
        paused_at: Set(latch(after.is_paused, row.paused_at)),
        cancelled_at: Set(latch(after.is_cancelled, row.cancelled_at)),
        stopped_at: Set(latch(after.stopped.is_some(), row.stopped_at)),
        stop_reason: Set(after.stopped),
        gate_actions: Set(after.gate.map(|allowed| allowed.to_string())),
        started_at: Set(latch(after.is_started, row.started_at)),
        completed_at: Set(latch(after.status.is_terminal(), row.completed_at)),
        ending_count: Set(row.ending_count + i32::from(has_ended)),
        ..Default::default()
    };
    run::Entity::update(changed).exec(tx).await?;
    event::append(tx, run_id, actor_id, events).await?;
    if has_ended {
        enqueue_job(tx, Job::AnalyzeRun(run_id)).await?;
        enqueue_job(tx, Job::WriteReport(run_id)).await?;
    }
    read(tx, run_id).await
}

/// A run as it is within a transaction.
///
/// # Errors
/// `NotFound` or `Database`.
pub(crate) async fn read(tx: &impl ConnectionTrait, run_id: Uuid) -> Result<run::Model> {
    run::Entity::find_by_id(run_id).one(tx).await?.ok_or_else(|| Error::not_found("run", run_id))
}

/// A run, locked for the rest of the transaction.
///
/// # Errors
/// `NotFound` or `Database`.
pub(crate) async fn locked_row(tx: &impl ConnectionTrait, run_id: Uuid) -> Result<run::Model> {
    let query = locked(run::Entity::find_by_id(run_id), tx);
    query.one(tx).await?.ok_or_else(|| Error::not_found("run", run_id))
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

impl<'a> Commanded<'a> {
    /// The command's token; `rest`: the input beside the run, equal for equal inputs.
    pub(crate) fn token(&self, command: &'static str, rest: String) -> Token<'a> {
        Token { client_token: self.client_token, command, input: format!("{}{rest}", self.run_id) }
    }
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
    past_lost_races(|| obey_once(db, commanded, name, command)).await
}

async fn obey_once(
    db: &Db,
    commanded: Commanded<'_>,
    name: &'static str,
    command: Command,
) -> Result<run::Model> {
    let token = commanded.token(name, String::new());
    let (tx, before, receipt) = begin(db, &commanded, &token, Locks::Run).await?;
    if receipt.is_some() {
        return Ok(before);
    }
    let mut after = apply(&tx, before.id, Some(commanded.actor.id), command).await?;
    if after.cancelled_at.is_some() && before.cancelled_at.is_none() {
        enqueue_job(&tx, Job::CancelProbes(before.id)).await?;
    }
    if before.paused_at.is_some() && after.paused_at.is_none() {
        after = gate::ask_again(&tx, after).await?;
        if limits::ask_if_all_held(&tx, before.id).await? {
            after = read(&tx, before.id).await?;
        }
    }
    receipt::keep(&tx, commanded.actor, &token, before.id).await?;
    tx.commit().await?;
    Ok(after)
}

/// What a command holds on to.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum Locks {
    /// The run's row.
    Run,
    /// First the run's budget, in the order in which claims take them.
    BudgetAndRun,
    /// The run's budget, its models in the order of their ids, then the run.
    All,
}

/// Begins the transaction of a command: the run is locked, its owner or an admin asks, and an
/// earlier use of the same token is found, also one that was committed a moment ago.
///
/// # Errors
/// `NotFound`, `Forbidden`, or what `receipt::find` says.
pub(crate) async fn begin(
    db: &Db,
    commanded: &Commanded<'_>,
    token: &Token<'_>,
    locks: Locks,
) -> Result<(DatabaseTransaction, run::Model, Option<Uuid>)> {
    let Commanded { actor, run_id, .. } = *commanded;
    let tx = db.begin().await?;
    if locks != Locks::Run {
        budget::lock(&tx, run_id).await?;
    }
    if locks == Locks::All {
        let models = run_model::Entity::find().filter(run_model::Column::RunId.eq(run_id));
        locked(models.order_by_asc(run_model::Column::Id), &tx).all(&tx).await?;
    }
    let query = locked(run::Entity::find_by_id(run_id), &tx);
    let row = query.one(&tx).await?.ok_or_else(|| Error::not_found("run", run_id))?;
    authorize(actor, Action::Control, Resource::Run(Some(row.created_by)))?;
    let receipt = receipt::find(&tx, actor, token).await?;
    Ok((tx, row, receipt))
}
