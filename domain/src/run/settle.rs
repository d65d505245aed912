//! Moving a run on when its probes have ended.

use entity::{run, run_retry};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use crate::{
    db::{Db, locked, row, rows},
    error::Result,
    lifecycle::{Command, Endings},
    limits,
};

/// Ends a run whose probes have all ended; changes nothing otherwise. Returns true when the run
/// is over.
///
/// # Errors
/// `Unavailable` or `Database`; the sweep tries again.
pub async fn settle(db: &Db, run_id: Uuid) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Sums {
        left_count: i64,
        succeeded: i64,
        failed: i64,
        cancelled: i64,
    }
    let tx = db.begin().await?;
    // Under the run's lock: of two batches that finish the last probes of two models, the later
    // one sees the counters of both.
    let query = locked(run::Entity::find_by_id(run_id), &tx);
    let Some(found) = query.one(&tx).await? else { return Ok(false) };
    if found.status.is_terminal() {
        return Ok(true);
    }
    // Failed probes that are about to be queued again are not the end.
    if run_retry::Entity::find()
        .filter(run_retry::Column::RunId.eq(run_id))
        .filter(run_retry::Column::FinishedAt.is_null())
        .one(&tx)
        .await?
        .is_some()
    {
        return Ok(false);
    }
    let sql = "SELECT CAST(SUM(planned_count - succeeded_count - failed_count - cancelled_count) AS bigint) AS left_count,
            CAST(SUM(succeeded_count) AS bigint) AS succeeded, CAST(SUM(failed_count) AS bigint) AS failed,
            CAST(SUM(cancelled_count) AS bigint) AS cancelled
        FROM run_models WHERE run_id = $1";
    let Some(sums) = row::<Sums>(&tx, sql, [run_id.into()]).await? else { return Ok(false) };
    if sums.left_count > 0 {
        // Of several models the one that was not held may have ended just now.
        if limits::ask_if_all_held(&tx, run_id).await? {
            tx.commit().await?;
        }
        return Ok(false);
    }
    let count = |sum: i64| u64::try_from(sum).unwrap_or(0);
    let endings = Endings {
        succeeded: count(sums.succeeded),
        failed: count(sums.failed),
        cancelled: count(sums.cancelled),
    };
    super::apply(&tx, run_id, None, Command::Settle(endings)).await?;
    tx.commit().await?;
    Ok(true)
}

/// Ends every run whose probes have ended while nobody was there to notice.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn settle_ended(db: &Db) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Id {
        id: Uuid,
    }
    let sql = "SELECT runs.id FROM runs
        WHERE runs.status IN ('pending', 'awaiting_approval', 'running', 'scoring')
          AND NOT EXISTS (SELECT 1 FROM run_models WHERE run_models.run_id = runs.id
                          AND succeeded_count + failed_count + cancelled_count < planned_count)";
    for ended in rows::<Id>(db.read(), sql, []).await? {
        settle(db, ended.id).await?;
    }
    Ok(())
}
