//! Leases: renewed by a beat, lapsed by the database's clock. For probes and jobs alike.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend};
use uuid::Uuid;

use crate::{
    budget,
    db::{Db, execute, sql_now, sql_now_plus},
    error::Result,
};

/// The tables whose rows are leased.
pub(super) const LEASED_TABLES: [&str; 2] = ["probes", "jobs"];

/// Says that a worker lives and extends all its leases, in one transaction.
///
/// # Errors
/// `Unavailable` during an outage: the caller tries again at the next beat.
pub async fn beat(db: &Db, worker_id: Uuid, lease: Duration) -> Result<()> {
    let tx = db.begin_queue().await?;
    let backend = tx.get_database_backend();
    let sql = format!(
        "UPDATE workers SET beat = beat + 1, beat_at = {}, stopped_at = NULL WHERE id = $1",
        sql_now(backend)
    );
    execute(&tx, sql, [worker_id.into()]).await?;
    for table in LEASED_TABLES {
        // A row that is being finished needs no longer lease, and waiting for it could be waiting
        // for somebody who waits for a row that this beat has locked already.
        let mine = match backend {
            DbBackend::Postgres => format!(
                "id IN (SELECT id FROM {table} WHERE leased_by = $1 AND status = 'running' FOR UPDATE SKIP LOCKED)"
            ),
            _ => "leased_by = $1 AND status = 'running'".to_owned(),
        };
        let sql = format!("UPDATE {table} SET lease_until = {} WHERE {mine}", sql_now_plus(backend, "$2"));
        execute(&tx, sql, [worker_id.into(), lease.as_secs_f64().into()]).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Gives back whatever a worker that stops still holds, so that nobody waits for its leases to
/// lapse. No try is consumed.
///
/// # Errors
/// `Unavailable` or `Database`: the leases lapse then.
pub async fn release(db: &Db, worker_id: Uuid) -> Result<u64> {
    let mut released = 0;
    let tx = db.begin_queue().await?;
    budget::free_unasked(&tx, worker_id).await?;
    for table in LEASED_TABLES {
        let sql = format!(
            "UPDATE {table} SET status = 'queued', leased_by = NULL, lease_until = NULL
             WHERE leased_by = $1 AND status = 'running'"
        );
        released += execute(&tx, sql, [worker_id.into()]).await?;
    }
    tx.commit().await?;
    Ok(released)
}
