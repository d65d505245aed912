//! What a claim may draw from: the models of open runs with something left to do.

use entity::RunStatus;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::{
    db::{Db, rows, sql_now},
    error::Result,
};

/// Models of runs looked at by one claim; those behind have their turn when earlier ones are done.
const OPEN_MODELS_MAX: u64 = 400;

/// A model of a run that is not held.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub(super) struct OpenModel {
    pub(super) run_id: Uuid,
    pub(super) run_model_id: Uuid,
    pub(super) wire_model: String,
    pub(super) status: RunStatus,
    pub(super) priority: i32,
    /// Calls that its run may have in flight at once. None: what its providers allow.
    pub(super) parallel: Option<i32>,
    /// True where the breaker is open, and one probe may try.
    pub(super) is_trial: bool,
    /// The probe that tried last and is not running any more.
    pub(super) dead_trial: Option<Uuid>,
}

/// The open models of a lane, highest priority first, oldest run first. Runs that are paused,
/// models that are held, that wait for another day, or whose breaker is open, are left out: their
/// probes are never visited.
pub(super) async fn open_models(db: &Db, lane: &str) -> Result<Vec<OpenModel>> {
    let sql = format!(
        "SELECT runs.id AS run_id, run_models.id AS run_model_id, run_models.wire_model, runs.status,
             run_limits.priority, run_limits.parallel, COALESCE(state.breaker <> 'closed', FALSE) AS is_trial,
             CASE WHEN state.breaker = 'half_open' THEN state.trial_probe_id END AS dead_trial
         FROM runs
         JOIN run_limits ON run_limits.run_id = runs.id
         JOIN run_models ON run_models.run_id = runs.id AND run_models.lane = $1 AND run_models.held_at IS NULL
             AND run_models.succeeded_count + run_models.failed_count + run_models.cancelled_count
                 < run_models.planned_count
         LEFT JOIN provider_model_states AS state
             ON state.lane = run_models.lane AND state.wire_model = run_models.wire_model
         WHERE runs.status IN ('pending', 'running') AND runs.paused_at IS NULL AND runs.cancelled_at IS NULL
           AND (state.cooldown_until IS NULL OR state.cooldown_until <= {now})
           AND (state.breaker IS NULL OR state.breaker = 'closed'
                OR state.breaker = 'open' AND state.retry_at <= {now}
                OR state.breaker = 'half_open' AND NOT EXISTS (
                    SELECT 1 FROM probes WHERE probes.id = state.trial_probe_id AND probes.status = 'running'))
         ORDER BY run_limits.priority DESC, runs.created_at, runs.id, run_models.ordinal LIMIT {OPEN_MODELS_MAX}",
        now = sql_now(db.read().get_database_backend()),
    );
    rows(db.read(), sql, [lane.into()]).await
}
