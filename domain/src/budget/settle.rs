//! Settling: what was reserved becomes what was spent.

use std::collections::{BTreeSet, HashMap, HashSet};

use entity::{QueueStatus, budget_reservation, probe, run_budget};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    sea_query::OnConflict,
};
use uuid::Uuid;

use super::{Bounds, Changes};
use crate::{
    db::execute,
    error::Result,
    queue::{Ending, ProbeWrite},
};

/// Settles writes that stand, in their transaction. Changes nothing for runs without a budget.
pub(crate) async fn settle(tx: &DatabaseTransaction, writes: &[&ProbeWrite]) -> Result<()> {
    let budgeted = budgeted(tx, writes.iter().map(|write| write.probe.run_id)).await?;
    let writes: Vec<&&ProbeWrite> =
        writes.iter().filter(|write| budgeted.contains(&write.probe.run_id)).collect();
    if writes.is_empty() {
        return Ok(());
    }
    let held = reservations(tx, writes.iter().map(|write| write.probe.id)).await?;
    let bounds = Bounds::read(tx, writes.iter().map(|write| write.probe.run_model_id)).await?;
    let mut changes = Changes::default();
    for write in writes {
        settle_one(tx, write, &held, &bounds, &mut changes).await?;
    }
    changes.write(tx).await
}

/// Settles an answer that came after its lease had lapsed; `now`: the probe's row, before this
/// answer is used for it. `is_used`: it takes the probe from whoever holds it.
pub(crate) async fn settle_late(
    tx: &DatabaseTransaction,
    write: &ProbeWrite,
    now: &probe::Model,
    is_used: bool,
) -> Result<()> {
    if budgeted(tx, [write.probe.run_id]).await?.is_empty() {
        return Ok(());
    }
    super::lock(tx, write.probe.run_id).await?;
    let held = reservations(tx, [write.probe.id]).await?;
    let bounds = Bounds::read(tx, [write.probe.run_model_id]).await?;
    let mut changes = Changes::default();
    settle_one(tx, write, &held, &bounds, &mut changes).await?;
    let holder = held.get(&(now.id, now.fence)).filter(|row| !row.is_presumed);
    if let (true, QueueStatus::Running, Some(row)) = (is_used, now.status, holder) {
        // Whoever holds it now has asked too, and will come late.
        let worst_case = bounds.of_call(now.run_model_id, now.turn_count);
        replace(tx, row, Some((worst_case, true))).await?;
        changes.add(row.run_id, -row.usd_micros, worst_case);
    }
    changes.write(tx).await
}

/// The runs among these that have a budget.
async fn budgeted(
    tx: &impl ConnectionTrait,
    run_ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashSet<Uuid>> {
    let run_ids: BTreeSet<Uuid> = run_ids.into_iter().collect();
    let found = run_budget::Entity::find()
        .filter(run_budget::Column::RunId.is_in(run_ids))
        .filter(run_budget::Column::LimitUsdMicros.is_not_null())
        .all(tx)
        .await?;
    Ok(found.into_iter().map(|row| row.run_id).collect())
}

type Held = HashMap<(Uuid, i64), budget_reservation::Model>;

async fn reservations(tx: &impl ConnectionTrait, probe_ids: impl IntoIterator<Item = Uuid>) -> Result<Held> {
    let found = budget_reservation::Entity::find()
        .filter(budget_reservation::Column::ProbeId.is_in(probe_ids))
        .all(tx)
        .await?;
    Ok(found.into_iter().map(|row| ((row.probe_id, row.fence), row)).collect())
}

async fn settle_one(
    tx: &DatabaseTransaction,
    write: &ProbeWrite,
    held: &Held,
    bounds: &Bounds,
    changes: &mut Changes,
) -> Result<()> {
    let probe = &write.probe;
    let paid: i64 = write.turns.iter().filter_map(|turn| turn.cost_usd_micros).sum();
    changes.add(probe.run_id, 0, paid);
    // A turn that nobody counted the tokens of was answered all the same.
    for turn in write.turns.iter().filter(|turn| turn.cost_usd_micros.is_none()) {
        let worst_case = bounds.of_call(probe.run_model_id, turn.turn_index);
        if presume_turn(tx, write, turn.turn_index, worst_case).await? {
            changes.add(probe.run_id, 0, worst_case);
        }
    }
    let Some(row) = held.get(&(probe.id, probe.fence)) else { return Ok(()) };
    let next_turn = probe.turn_count + i32::try_from(write.turns.len()).unwrap_or(0);
    let kept = match &write.ending {
        Ending::Continues if write.attempt.is_none() => {
            Some((bounds.from(probe.run_model_id, next_turn), row.is_presumed))
        }
        _ if is_unheard(write) => Some((bounds.of_call(probe.run_model_id, next_turn), true)),
        _ => None,
    };
    replace(tx, row, kept).await?;
    let mut add = |amount: i64, is_presumed: bool| match is_presumed {
        true => changes.add(probe.run_id, 0, amount),
        false => changes.add(probe.run_id, amount, 0),
    };
    add(-row.usd_micros, row.is_presumed);
    if let Some((amount, is_presumed)) = kept {
        add(amount, is_presumed);
    }
    Ok(())
}

/// Whether a call was, or may have been, served without anybody knowing what it cost.
fn is_unheard(write: &ProbeWrite) -> bool {
    /// What an adapter says where not even a connection came about: nothing was asked then.
    const NOT_ASKED: &str = "no connection";
    let Some(attempt) = &write.attempt else { return false };
    let is_told = |message: &Option<String>| message.as_ref().is_some_and(|text| text.contains(NOT_ASKED));
    matches!(attempt.error_category.as_deref(), Some("timeout" | "connection" | "malformed" | "storage"))
        && !is_told(&attempt.error_message)
}

/// Notes the worst case of a turn without a known cost; false where that was done before.
async fn presume_turn(
    tx: &impl ConnectionTrait,
    write: &ProbeWrite,
    turn_index: i32,
    worst_case: i64,
) -> Result<bool> {
    let row = budget_reservation::ActiveModel {
        probe_id: Set(write.probe.id),
        // No claim has a number below 0: this one stands beside the claim's own row.
        fence: Set(-1 - i64::from(turn_index)),
        run_id: Set(write.probe.run_id),
        run_model_id: Set(write.probe.run_model_id),
        usd_micros: Set(worst_case),
        is_presumed: Set(true),
    };
    let nothing = OnConflict::new().do_nothing().to_owned();
    let inserted =
        budget_reservation::Entity::insert(row).on_conflict(nothing).exec_without_returning(tx).await?;
    Ok(inserted == 1)
}

/// Changes a reservation, or removes it.
pub(super) async fn replace(
    tx: &impl ConnectionTrait,
    row: &budget_reservation::Model,
    by: Option<(i64, bool)>,
) -> Result<()> {
    let key = [row.probe_id.into(), row.fence.into()];
    let condition = "WHERE probe_id = $1 AND fence = $2";
    match by {
        None => execute(tx, format!("DELETE FROM budget_reservations {condition}"), key).await?,
        Some((amount, is_presumed)) => {
            let sql = format!("UPDATE budget_reservations SET usd_micros = $3, is_presumed = $4 {condition}");
            let [probe_id, fence] = key;
            execute(tx, sql, [probe_id, fence, amount.into(), is_presumed.into()]).await?
        }
    };
    Ok(())
}
