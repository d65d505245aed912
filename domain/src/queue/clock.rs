//! What a clock that was set back has left in the future. Everybody goes by the database's clock;
//! where that is an hour behind what it was, what was queued before would wait for an hour.

use std::time::Duration;

use sea_orm::ConnectionTrait;

use crate::{
    db::{Db, execute, sql_now, sql_now_plus},
    error::Result,
};

/// Nothing queues a probe for later than this without saying why on its row.
const PROBE_DELAY_MAX: Duration = Duration::from_secs(60);
/// No job is put off for longer than this.
const JOB_DELAY_MAX: Duration = Duration::from_secs(600);
/// Rows of one transaction.
const CHUNK: u64 = 10_000;

/// Puts what waits for a time that no pause explains back to now. A probe that a provider told
/// to wait, or that waits for another try, has a reason on its row and goes on waiting.
///
/// # Errors
/// `Unavailable` or `Database`.
pub(super) async fn mend(db: &Db) -> Result<()> {
    let backend = db.write().get_database_backend();
    let (now, later) = (sql_now(backend), sql_now_plus(backend, "$1"));
    let skip_locked = if db.is_postgres() { " FOR UPDATE OF p SKIP LOCKED" } else { "" };
    // One short index scan per run and lane: what is due is not visited.
    let waiting = format!(
        "SELECT p.id FROM runs JOIN run_models AS m ON m.run_id = runs.id
         JOIN probes AS p ON p.run_id = runs.id AND p.lane = m.lane AND p.status = 'queued' AND p.run_at > {later}
         WHERE runs.status IN ('pending', 'running') AND p.error_category IS NULL AND p.error_message IS NULL
         LIMIT {CHUNK}{skip_locked}"
    );
    // Most of the time there is none: a read finds that out without the writer's lock.
    let look = format!("SELECT id FROM ({}) AS waiting LIMIT 1", waiting.replace(skip_locked, ""));
    let seconds = || [PROBE_DELAY_MAX.as_secs_f64().into()];
    if db.read().query_one_raw(crate::db::statement(db.read(), look, seconds())).await?.is_some() {
        tracing::warn!("the database's clock was set back; what was queued before is due now");
        let sql = format!("UPDATE probes SET run_at = {now} WHERE status = 'queued' AND id IN ({waiting})");
        while execute(db.write(), sql.clone(), seconds()).await? == CHUNK {}
    }
    let sql = format!("UPDATE jobs SET run_at = {now} WHERE status = 'queued' AND run_at > {later}");
    execute(db.write(), sql, [JOB_DELAY_MAX.as_secs_f64().into()]).await?;
    Ok(())
}

/// Whether a lease has lapsed, as SQL; `$2` is a lease's length in seconds. One that ends later
/// than any lease could was given before the clock was set back.
pub(super) fn has_lapsed(connection: &impl ConnectionTrait) -> String {
    let backend = connection.get_database_backend();
    format!("(lease_until < {} OR lease_until > {})", sql_now(backend), sql_now_plus(backend, "(2.0 * $2)"))
}
