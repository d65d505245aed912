//! Deciding about held models: they are tried again, or what is left of them fails.

use entity::{GateAction, GateKind, QueueStatus, probe, run, run_model};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    auth::Actor,
    db::{Db, rows, sql_now},
    error::{Error, Result},
    event,
    gate::{self, Decision},
    lifecycle::NewEvent,
    lost_race::past_lost_races,
    queue::{Job, ModelDelta, add_to_counters, enqueue_job},
    receipt,
    run::{Commanded, Locks},
};

/// Lets the held models of a run go on; their probes are claimed again.
///
/// # Errors
/// `NotFound`, `Forbidden`, or `Conflict` where the run is over or no model is held.
pub async fn retry_held_models(db: &Db, commanded: Commanded<'_>) -> Result<run::Model> {
    decide(db, commanded, "retryHeldModels").await
}

/// Fails what is left of the held models of a run, in the background and in chunks; probes in
/// flight finish and count.
///
/// # Errors
/// As `retry_held_models`.
pub async fn fail_held_models(db: &Db, commanded: Commanded<'_>) -> Result<run::Model> {
    decide(db, commanded, "failHeldModels").await
}

async fn decide(db: &Db, commanded: Commanded<'_>, command: &'static str) -> Result<run::Model> {
    past_lost_races(|| decide_once(db, commanded, command)).await
}

async fn decide_once(db: &Db, commanded: Commanded<'_>, command: &'static str) -> Result<run::Model> {
    let token = commanded.token(command, String::new());
    let (tx, found, receipt) = crate::run::begin(db, &commanded, &token, Locks::All).await?;
    if receipt.is_some() {
        return Ok(found);
    }
    if found.status.is_terminal() || found.cancelled_at.is_some() {
        return Err(Error::conflict("The run is over or cancelled; its models are not asked any more."));
    }
    let (actor, run_id) = (commanded.actor, found.id);
    let is_retry = command == "retryHeldModels";
    let action = if is_retry { GateAction::Approve } else { GateAction::Reject };
    let after = match gate::open_of(&tx, run_id).await?.filter(|gate| gate.kind == GateKind::Provider) {
        // Whoever decides about the models decides about the gate that asks.
        Some(gate) => {
            let decision = Decision {
                actor,
                gate_id: gate.id,
                action,
                new_budget_usd_micros: None,
                comment: None,
                client_token: None,
            };
            gate::carry_out(&tx, &decision, &gate, &found).await?.0
        }
        None => {
            let decided = match is_retry {
                true => let_go(&tx, actor, run_id).await?,
                false => give_up(&tx, actor, run_id).await?,
            };
            if decided == 0 {
                return Err(Error::conflict("No model of this run is held; there is nothing to decide."));
            }
            found
        }
    };
    receipt::keep(&tx, actor, &token, run_id).await?;
    tx.commit().await?;
    Ok(after)
}

/// Lets the held models of a run go on, in the caller's transaction, which has locked them and the
/// run. Returns how many there were.
pub(crate) async fn let_go(tx: &impl ConnectionTrait, actor: &Actor, run_id: Uuid) -> Result<usize> {
    let set = "held_at = NULL, held_category = NULL, held_message = NULL, hold_streak = 0";
    change(tx, actor, run_id, set, "model.released").await
}

/// Gives the held models of a run up, as `let_go`: what is queued of them fails in the background.
pub(crate) async fn give_up(tx: &impl ConnectionTrait, actor: &Actor, run_id: Uuid) -> Result<usize> {
    let set = format!("given_up_at = {}", sql_now(tx.get_database_backend()));
    let count = change(tx, actor, run_id, &set, "model.given_up").await?;
    if count > 0 {
        enqueue_job(tx, Job::FailHeldModels(run_id)).await?;
    }
    Ok(count)
}

async fn change(
    tx: &impl ConnectionTrait,
    actor: &Actor,
    run_id: Uuid,
    set: &str,
    kind: &'static str,
) -> Result<usize> {
    #[derive(FromQueryResult)]
    struct Changed {
        id: Uuid,
        wire_model: String,
    }
    let sql = format!(
        "UPDATE run_models SET {set} WHERE run_id = $1 AND held_at IS NOT NULL AND given_up_at IS NULL
         RETURNING id, wire_model"
    );
    let changed: Vec<Changed> = rows(tx, sql, [run_id.into()]).await?;
    let events = changed
        .iter()
        .map(|model| NewEvent { kind, payload: json!({"runModelId": model.id, "model": model.wire_model}) });
    event::append(tx, run_id, Some(actor.id), events.collect()).await?;
    Ok(changed.len())
}

/// Fails the queued probes of a run's models that were given up, in chunks. Returns true when none
/// is left, not even in flight.
///
/// # Errors
/// `Unavailable` or `Database`; the next call goes on where this one stopped.
pub async fn fail_given_up(db: &Db, run_id: Uuid) -> Result<bool> {
    let given_up = run_model::Entity::find()
        .filter(run_model::Column::RunId.eq(run_id))
        .filter(run_model::Column::GivenUpAt.is_not_null())
        .all(db.write())
        .await?;
    for model in &given_up {
        while fail_chunk(db, model).await? {}
    }
    let left = probe::Entity::find()
        .filter(probe::Column::RunId.eq(run_id))
        .filter(probe::Column::RunModelId.is_in(given_up.iter().map(|model| model.id)))
        .filter(probe::Column::Status.is_in([QueueStatus::Running, QueueStatus::Queued]))
        .count(db.write())
        .await?;
    let is_queued = crate::run::find(db, run_id).await?.queued_at.is_some();
    let is_done = left == 0 && is_queued;
    if is_done {
        crate::run::settle(db, run_id).await?;
    }
    Ok(is_done)
}

/// Fails some queued probes of a model; false where there was none.
async fn fail_chunk(db: &Db, model: &run_model::Model) -> Result<bool> {
    const CHUNK: i64 = 1_000;
    #[derive(FromQueryResult)]
    struct Failed {
        id: Uuid,
    }
    let tx = db.begin_queue().await?;
    let backend = tx.get_database_backend();
    let sql = format!(
        "UPDATE probes SET status = 'failed', error_category = $4, error_message = $5, finished_at = {}
         WHERE id IN (SELECT id FROM probes WHERE run_id = $1 AND run_model_id = $2 AND status = 'queued'
                      ORDER BY run_at, seq LIMIT $3{})
         RETURNING id",
        sql_now(backend),
        if backend == DbBackend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" },
    );
    let category = model.held_category.clone().unwrap_or_else(|| "auth".into());
    let message = model.held_message.clone().unwrap_or_default();
    let values =
        [model.run_id.into(), model.id.into(), CHUNK.into(), category.clone().into(), message.clone().into()];
    let failed: Vec<Failed> = rows(&tx, sql, values).await?;
    let count = i64::try_from(failed.len()).unwrap_or(i64::MAX);
    add_to_counters(&tx, &[(model.id, ModelDelta { failed: count, ..ModelDelta::default() })].into()).await?;
    let event = |row: &Failed| NewEvent {
        kind: "probe.failed",
        payload: json!({"probeId": row.id, "category": category, "message": message}),
    };
    event::append(&tx, model.run_id, None, failed.iter().map(event).collect()).await?;
    tx.commit().await?;
    Ok(!failed.is_empty())
}
