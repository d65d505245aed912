//! Holds: a model of a run whose account is refused three times in a row waits for a person
//! instead of burning the rest of the run.

use entity::run;
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use crate::{
    db::{Db, locked, row, rows, sql_now},
    error::Result,
    gate,
    lifecycle::NewEvent,
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

/// Has the run wait at a gate where every model of it that has something left to do is held. Under
/// the run's lock, so that of two models that are held at once the later one sees the hold of both.
/// Returns true where the gate was opened just now.
pub(crate) async fn ask_if_all_held(tx: &impl ConnectionTrait, run_id: Uuid) -> Result<bool> {
    Ok(all_models_held(tx, run_id).await? && gate::open_provider_gate(tx, run_id).await?)
}

/// Asks about every run whose models are all held and that waits at no gate: one that was paused
/// when the last of them was held, or whose other models have ended since.
///
/// # Errors
/// `Unavailable` or `Database`.
pub(crate) async fn ask_about_held(db: &Db) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Id {
        run_id: Uuid,
    }
    let sql = "SELECT run_models.run_id FROM run_models JOIN runs ON runs.id = run_models.run_id
        WHERE runs.status IN ('pending', 'running') AND runs.gate_actions IS NULL AND runs.paused_at IS NULL
          AND runs.cancelled_at IS NULL AND runs.stopped_at IS NULL
          AND run_models.succeeded_count + run_models.failed_count + run_models.cancelled_count
              < run_models.planned_count
        GROUP BY run_models.run_id HAVING COUNT(run_models.held_at) = COUNT(*) AND COUNT(run_models.given_up_at) = 0";
    for found in rows::<Id>(db.read(), sql, []).await? {
        let tx = db.begin().await?;
        let query = locked(run::Entity::find_by_id(found.run_id), &tx);
        if query.one(&tx).await?.is_some() && ask_if_all_held(&tx, found.run_id).await? {
            tx.commit().await?;
        }
    }
    Ok(())
}

/// True where every model of the run that has something left to do is held: nothing moves until
/// somebody decides, and nobody has yet.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn all_models_held(tx: &impl ConnectionTrait, run_id: Uuid) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Counts {
        held: i64,
        open: i64,
    }
    // What was given up is decided: its probes are failing.
    let sql = "SELECT COUNT(CASE WHEN given_up_at IS NULL THEN held_at END) AS held, COUNT(*) AS open FROM run_models
        WHERE run_id = $1 AND succeeded_count + failed_count + cancelled_count < planned_count";
    let counts: Option<Counts> = row(tx, sql, [run_id.into()]).await?;
    Ok(counts.is_some_and(|counts| counts.open > 0 && counts.held == counts.open))
}
