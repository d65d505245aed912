//! Which runs are let in.

use entity::{RunStatus, definition_version, model, run};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, PaginatorTrait,
    QueryFilter,
};
use uuid::Uuid;

use super::{NewRun, model_choice::Chosen};
use crate::{
    auth::Actor,
    config::Config,
    db::{placeholders, row},
    error::{Error, Result},
};

/// One admission at a time: SQLite's writer is alone anyway.
pub(super) async fn lock_admission(tx: &DatabaseTransaction) -> Result<()> {
    if tx.get_database_backend() == sea_orm::DbBackend::Postgres {
        tx.execute_unprepared("SELECT pg_advisory_xact_lock(7020111)").await?;
    }
    Ok(())
}

/// Refuses an accidental second run and one too many. Under the admission lock, so that two at
/// once do not slip through.
pub(super) async fn admit(
    tx: &DatabaseTransaction,
    config: &Config,
    actor: &Actor,
    new: &NewRun,
    version: &definition_version::Model,
    models: &[Chosen],
) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Id {
        id: Uuid,
    }
    let active = [RunStatus::Pending, RunStatus::AwaitingApproval, RunStatus::Running, RunStatus::Scoring];
    let is_active = || {
        run::Entity::find()
            .filter(run::Column::Status.is_in(active))
            .filter(run::Column::CancelledAt.is_null())
    };
    let count = is_active().count(tx).await?;
    if count >= u64::from(config.max_active_runs) {
        return Err(Error::Conflict {
            code: "TOO_MANY_RUNS",
            message: format!(
                "{count} runs are active, and at most {} may be; cancel one or wait until one is over.",
                config.max_active_runs
            ),
        });
    }
    if new.allow_duplicate {
        return Ok(());
    }
    let wanted: Vec<String> = models.iter().map(Chosen::key).collect();
    let sql = format!(
        "SELECT runs.id FROM runs
         WHERE runs.status IN ('pending', 'awaiting_approval', 'running', 'scoring') AND runs.cancelled_at IS NULL
           AND runs.definition_version_id = $1 AND runs.created_by = $2 AND runs.run_type <> 'test'
           AND (SELECT COUNT(*) FROM run_models WHERE run_id = runs.id) = {count}
           AND (SELECT COUNT(*) FROM run_models WHERE run_id = runs.id
                AND provider_id || '/' || wire_model IN ({keys})) = {count}
         ORDER BY runs.created_at LIMIT 1",
        count = wanted.len(),
        keys = placeholders(3, wanted.len())
    );
    let values =
        [version.id.into(), actor.id.into()].into_iter().chain(wanted.into_iter().map(sea_orm::Value::from));
    match row::<Id>(tx, sql, values).await? {
        Some(Id { id }) if !new.is_test => Err(Error::ActiveRun {
            run_id: id,
            message: format!(
                "Run {id} of the same definition with the same models is active; look at that one, or set allowDuplicate."
            ),
        }),
        _ => Ok(()),
    }
}

impl Chosen {
    fn key(&self) -> String {
        let model::Model { provider_id, id, .. } = &self.model;
        format!("{provider_id}/{}", self.version.as_ref().unwrap_or(id))
    }
}
