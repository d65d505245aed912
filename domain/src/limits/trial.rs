//! The half-open breaker: one probe over all workers finds out whether the provider is back.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{
    db::{execute, sql_now},
    error::Result,
};

/// Reserves the trial for this transaction, by compare-and-set: true for exactly one of those
/// that ask at once. `dead`: the probe that tried last and is not running any more; None: the
/// breaker is open. The caller follows up with `name_trial` in the same transaction.
pub(crate) async fn reserve_trial(
    tx: &impl ConnectionTrait,
    lane: &str,
    wire_model: &str,
    dead: Option<Uuid>,
) -> Result<bool> {
    // The dead trial is compared by its id: whoever waited here for another claim to commit
    // finds another id, where a look at the probes would still see the state of before.
    let sql = format!(
        "UPDATE provider_model_states SET breaker = 'half_open', updated_at = {now}
         WHERE lane = $1 AND wire_model = $2
           AND (breaker = 'open' AND retry_at <= {now} OR breaker = 'half_open' AND trial_probe_id = $3)",
        now = sql_now(tx.get_database_backend()),
    );
    Ok(execute(tx, sql, [lane.into(), wire_model.into(), dead.into()]).await? == 1)
}

/// Names the probe that tries; None: there was none to be had, and the breaker stays open.
pub(crate) async fn name_trial(
    tx: &impl ConnectionTrait,
    lane: &str,
    wire_model: &str,
    probe_id: Option<Uuid>,
) -> Result<()> {
    let sql = "UPDATE provider_model_states
        SET breaker = CASE WHEN $3 IS NULL THEN 'open' ELSE 'half_open' END, trial_probe_id = $3
        WHERE lane = $1 AND wire_model = $2";
    execute(tx, sql, [lane.into(), wire_model.into(), probe_id.into()]).await.map(drop)
}
