//! What becomes of reservations whose holder does not come back.

use std::collections::HashMap;

use entity::budget_reservation;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use super::{Bounds, Changes, settle::replace};
use crate::{
    db::{Db, rows},
    error::Result,
};

/// Presumes that calls which were in flight at lost workers cost their worst case. `lost`: probe,
/// fence of the claim, turns answered before.
pub(crate) async fn presume_spent(tx: &DatabaseTransaction, lost: &[(Uuid, i64, i32)]) -> Result<()> {
    let turns: HashMap<(Uuid, i64), i32> =
        lost.iter().map(|(id, fence, turn)| ((*id, *fence), *turn)).collect();
    for chunk in lost.chunks(500) {
        let found = budget_reservation::Entity::find()
            .filter(budget_reservation::Column::ProbeId.is_in(chunk.iter().map(|(id, ..)| *id)))
            .filter(budget_reservation::Column::IsPresumed.eq(false))
            .all(tx)
            .await?;
        let bounds = Bounds::read(tx, found.iter().map(|row| row.run_model_id)).await?;
        let mut changes = Changes::default();
        for row in found {
            let Some(turn) = turns.get(&(row.probe_id, row.fence)) else { continue };
            let worst_case = bounds.of_call(row.run_model_id, *turn);
            replace(tx, &row, Some((worst_case, true))).await?;
            changes.add(row.run_id, -row.usd_micros, worst_case);
        }
        changes.write(tx).await?;
    }
    Ok(())
}

/// Frees what a worker that stops has reserved and not asked, before it gives its probes back.
pub(crate) async fn free_unasked(tx: &DatabaseTransaction, worker_id: Uuid) -> Result<()> {
    let sql = "SELECT * FROM budget_reservations AS r WHERE NOT r.is_presumed AND EXISTS (
        SELECT 1 FROM probes WHERE probes.id = r.probe_id AND probes.fence = r.fence
            AND probes.status = 'running' AND probes.leased_by = $1)";
    let mut changes = Changes::default();
    for row in rows::<budget_reservation::Model>(tx, sql, [worker_id.into()]).await? {
        replace(tx, &row, None).await?;
        changes.add(row.run_id, -row.usd_micros, 0);
    }
    changes.write(tx).await
}

/// Presumes spent what is held for claims that nobody holds any more, whatever became of them.
pub(crate) async fn free_forgotten(db: &Db) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Id {
        run_id: Uuid,
    }
    const FORGOTTEN: &str = "NOT r.is_presumed AND NOT EXISTS (
        SELECT 1 FROM probes WHERE probes.id = r.probe_id AND probes.fence = r.fence
            AND probes.status = 'running')";
    let sql = format!("SELECT DISTINCT r.run_id FROM budget_reservations AS r WHERE {FORGOTTEN}");
    for Id { run_id } in rows::<Id>(db.read(), sql, []).await? {
        let tx = db.begin_queue().await?;
        super::lock(&tx, run_id).await?;
        let sql = format!("SELECT r.* FROM budget_reservations AS r WHERE r.run_id = $1 AND {FORGOTTEN}");
        let mut changes = Changes::default();
        for row in rows::<budget_reservation::Model>(&tx, sql, [run_id.into()]).await? {
            replace(&tx, &row, Some((row.usd_micros, true))).await?;
            changes.add(run_id, -row.usd_micros, row.usd_micros);
        }
        changes.write(&tx).await?;
        tx.commit().await?;
    }
    Ok(())
}
