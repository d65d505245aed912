//! Holds: a model of a run whose account is refused three times in a row waits for a person
//! instead of burning the rest of the run.

use entity::{QueueStatus, probe, run, run_model};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    auth::{Action, Resource, authorize},
    db::{Db, row, rows, sql_now},
    error::{Error, Result},
    event,
    lifecycle::NewEvent,
    queue::{Job, ModelDelta, add_to_counters, enqueue_job},
    receipt::{self, Token},
    run::Commanded,
};

/// Errors of the account in a row, over all workers, that hold a model.
pub const HOLD_STREAK: i32 = 3;

/// True for the categories that another probe would meet just the same.
pub fn is_of_the_account(category: &str) -> bool {
    matches!(category, "auth" | "quota" | "billing")
}

/// What to do about a hold, in words.
pub fn advice(category: &str) -> &'static str {
    match category {
        "quota" => {
            "The account's quota is used up. Raise it with the provider or wait until it is renewed, then retry \
             the held models; or fail the rest."
        }
        "billing" => {
            "The account is not paid for. Settle it with the provider, then retry the held models; or fail the rest."
        }
        _ => {
            "The provider does not accept the key. Put a valid one where the workers read it, restart them, then \
             retry the held models; or fail the rest."
        }
    }
}

/// Holds a model of a run, once, where errors of the account came three times in a row; returns
/// the run and what its history is to say. In the transaction that counted them.
pub(crate) async fn hold(
    tx: &impl ConnectionTrait,
    run_model_id: Uuid,
    category: &str,
    message: &str,
) -> Result<Option<(Uuid, NewEvent)>> {
    #[derive(FromQueryResult)]
    struct Held {
        run_id: Uuid,
        provider_id: String,
        wire_model: String,
    }
    let sql = format!(
        "UPDATE run_models SET held_at = {}, held_category = $2, held_message = $3
         WHERE id = $1 AND held_at IS NULL AND hold_streak >= {HOLD_STREAK}
         RETURNING run_id, provider_id, wire_model",
        sql_now(tx.get_database_backend())
    );
    let held: Option<Held> = row(tx, sql, [run_model_id.into(), category.into(), message.into()]).await?;
    Ok(held.map(|held| {
        let payload = json!({
            "runModelId": run_model_id,
            "providerId": held.provider_id,
            "model": held.wire_model,
            "category": category,
            "message": message,
            "advice": advice(category),
        });
        (held.run_id, NewEvent { kind: "model.held", payload })
    }))
}

/// Says that a run is blocked, where it is. Under the run's lock, which appending the hold's own
/// event takes: of two models that are held at once, the later one sees the hold of both.
pub(crate) async fn say_if_blocked(tx: &impl ConnectionTrait, run_id: Uuid) -> Result<()> {
    if !all_models_held(tx, run_id).await? {
        return Ok(());
    }
    let reason = "Every model of the run that has something left to do is held.";
    event::append(
        tx,
        run_id,
        None,
        vec![NewEvent { kind: "run.blocked", payload: json!({"reason": reason}) }],
    )
    .await
}

/// True where every model of the run that has something left to do is held: nothing moves until
/// somebody decides. A gate hooks in here.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn all_models_held(tx: &impl ConnectionTrait, run_id: Uuid) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Counts {
        held: i64,
        open: i64,
    }
    let sql = "SELECT COUNT(held_at) AS held, COUNT(*) AS open FROM run_models
        WHERE run_id = $1 AND succeeded_count + failed_count + cancelled_count < planned_count";
    let counts: Option<Counts> = row(tx, sql, [run_id.into()]).await?;
    Ok(counts.is_some_and(|counts| counts.open > 0 && counts.held == counts.open))
}

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
    #[derive(FromQueryResult)]
    struct Decided {
        id: Uuid,
        wire_model: String,
    }
    let Commanded { actor, run_id, client_token } = commanded;
    let token = Token { client_token, command, input: run_id.to_string() };
    let tx = db.begin().await?;
    // Not locked: whoever writes answers locks the models before the run, and so does this.
    let found =
        run::Entity::find_by_id(run_id).one(&tx).await?.ok_or_else(|| Error::not_found("run", run_id))?;
    authorize(actor, Action::Control, Resource::Run(Some(found.created_by)))?;
    if receipt::find(&tx, actor, &token).await?.is_some() {
        return Ok(found);
    }
    if found.status.is_terminal() || found.cancelled_at.is_some() {
        return Err(Error::conflict("The run is over or cancelled; its models are not asked any more."));
    }
    let is_retry = command == "retryHeldModels";
    let set = match is_retry {
        true => "held_at = NULL, held_category = NULL, held_message = NULL, hold_streak = 0".to_owned(),
        false => format!("given_up_at = {}", sql_now(tx.get_database_backend())),
    };
    let sql = format!(
        "UPDATE run_models SET {set} WHERE run_id = $1 AND held_at IS NOT NULL AND given_up_at IS NULL
         RETURNING id, wire_model"
    );
    let decided: Vec<Decided> = rows(&tx, sql, [run_id.into()]).await?;
    if decided.is_empty() {
        return Err(Error::conflict("No model of this run is held; there is nothing to decide."));
    }
    let kind = if is_retry { "model.released" } else { "model.given_up" };
    let events = decided
        .iter()
        .map(|model| NewEvent { kind, payload: json!({"runModelId": model.id, "model": model.wire_model}) });
    event::append(&tx, run_id, Some(actor.id), events.collect()).await?;
    if !is_retry {
        enqueue_job(&tx, Job::FailHeldModels(run_id)).await?;
    }
    receipt::keep(&tx, actor, &token, run_id).await?;
    tx.commit().await?;
    Ok(found)
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
