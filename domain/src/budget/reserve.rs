//! Reserving: what a claim may start.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use entity::{budget_reservation, run_model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult,
    QueryFilter,
};
use uuid::Uuid;

use super::{Bounds, Changes, for_each};
use crate::{
    db::{execute, in_powers_of_two, insert_all, placeholders, rows},
    error::Result,
    gate,
    queue::ClaimedProbe,
};

#[derive(FromQueryResult)]
struct Purse {
    run_id: Uuid,
    limit_usd_micros: i64,
    reserved_usd_micros: i64,
    spent_usd_micros: i64,
}

impl Purse {
    fn left(&self) -> i64 {
        self.limit_usd_micros.saturating_sub(self.spent_usd_micros).saturating_sub(self.reserved_usd_micros)
    }
}

/// Keeps of what was just claimed what may be started, and puts the rest back: probes whose worst
/// case fits their run's budget, which is reserved here, and those of runs without one. Where
/// nothing of a run is in flight and nothing fits any more, its budget gate opens.
///
/// Called in the claim's transaction, after the probes were taken: two claims at once wait for
/// each other here, and so never reserve more than there is.
pub(crate) async fn reserve(
    tx: &DatabaseTransaction,
    mut claimed: Vec<ClaimedProbe>,
) -> Result<Vec<ClaimedProbe>> {
    if claimed.is_empty() {
        return Ok(claimed);
    }
    // In the run's order, whatever the order in which the database returned them.
    claimed.sort_unstable_by_key(|probe| (probe.run_id, probe.seq));
    let run_ids: BTreeSet<Uuid> = claimed.iter().map(|probe| probe.run_id).collect();
    let mut purses = purses(tx, &run_ids).await?;
    let others: BTreeSet<Uuid> = run_ids.iter().copied().filter(|id| !purses.contains_key(id)).collect();
    let without_budget = without_budget(tx, &others).await?;
    let budgeted = claimed.iter().filter(|probe| purses.contains_key(&probe.run_id));
    let run_model_ids: HashSet<Uuid> = budgeted.map(|probe| probe.run_model_id).collect();
    let bounds = Bounds::read(tx, run_model_ids).await?;

    let (mut granted, mut refused, mut held) = (Vec::new(), Vec::new(), Vec::new());
    let mut changes = Changes::default();
    for probe in claimed {
        let Some(purse) = purses.get_mut(&probe.run_id) else {
            let list = if without_budget.contains(&probe.run_id) { &mut granted } else { &mut refused };
            list.push(probe);
            continue;
        };
        let worst_case = bounds.from(probe.run_model_id, probe.turn_count);
        if worst_case > purse.left() {
            refused.push(probe);
            continue;
        }
        purse.reserved_usd_micros += worst_case;
        changes.add(probe.run_id, worst_case, 0);
        held.push(budget_reservation::ActiveModel {
            probe_id: Set(probe.id),
            fence: Set(probe.fence),
            run_id: Set(probe.run_id),
            run_model_id: Set(probe.run_model_id),
            usd_micros: Set(worst_case),
            is_presumed: Set(false),
        });
        granted.push(probe);
    }
    insert_all(tx, &held).await?;
    changes.write(tx).await?;
    put_back(tx, &refused).await?;
    let stopped: BTreeSet<Uuid> = refused.iter().map(|probe| probe.run_id).collect();
    for purse in stopped.iter().filter_map(|id| purses.get(id)) {
        ask_where_nothing_fits(tx, purse).await?;
    }
    Ok(granted)
}

/// The budgets of these runs, locked in the order of their ids; runs that were stopped or wait
/// at a gate since somebody looked have none and are without one.
async fn purses(tx: &DatabaseTransaction, run_ids: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, Purse>> {
    let sql = format!(
        "SELECT b.run_id, b.limit_usd_micros, b.reserved_usd_micros, b.spent_usd_micros
         FROM run_budgets b JOIN runs ON runs.id = b.run_id
         WHERE b.run_id IN ({ids}) AND b.limit_usd_micros IS NOT NULL AND {OPEN}
         ORDER BY b.run_id{lock}",
        ids = placeholders(1, run_ids.len()),
        lock = for_each(tx, " FOR UPDATE OF b"),
    );
    let found: Vec<Purse> = rows(tx, sql, run_ids.iter().map(|id| (*id).into())).await?;
    Ok(found.into_iter().map(|purse| (purse.run_id, purse)).collect())
}

/// Which of these runs have no budget. Whoever sets one waits until these claims are committed.
async fn without_budget(tx: &DatabaseTransaction, run_ids: &BTreeSet<Uuid>) -> Result<HashSet<Uuid>> {
    #[derive(FromQueryResult)]
    struct Id {
        run_id: Uuid,
    }
    if run_ids.is_empty() {
        return Ok(HashSet::new());
    }
    let sql = format!(
        "SELECT b.run_id FROM run_budgets b JOIN runs ON runs.id = b.run_id
         WHERE b.run_id IN ({ids}) AND b.limit_usd_micros IS NULL AND {OPEN} ORDER BY b.run_id{lock}",
        ids = placeholders(1, run_ids.len()),
        lock = for_each(tx, " FOR SHARE OF b"),
    );
    let found: Vec<Id> = rows(tx, sql, run_ids.iter().map(|id| (*id).into())).await?;
    Ok(found.into_iter().map(|row| row.run_id).collect())
}

const OPEN: &str = "runs.stopped_at IS NULL AND runs.gate_actions IS NULL";

async fn put_back(tx: &DatabaseTransaction, refused: &[ClaimedProbe]) -> Result<()> {
    for chunk in in_powers_of_two(refused, 512) {
        let sql = format!(
            "UPDATE probes SET status = 'queued', leased_by = NULL, lease_until = NULL,
                 started_at = CASE WHEN attempt_count = 0 AND turn_count = 0 THEN NULL ELSE started_at END
             WHERE id IN ({})",
            placeholders(1, chunk.len())
        );
        execute(tx, sql, chunk.iter().map(|probe| probe.id.into())).await?;
    }
    Ok(())
}

/// Opens the budget gate where nothing is in flight and no model's next probe fits.
async fn ask_where_nothing_fits(tx: &DatabaseTransaction, purse: &Purse) -> Result<()> {
    if purse.reserved_usd_micros > 0 {
        return Ok(());
    }
    let smallest = smallest_next(tx, purse.run_id).await?;
    if smallest.is_none_or(|smallest| smallest <= purse.left()) {
        return Ok(());
    }
    let usd = |micros: i64| format!("{:.6}", micros as f64 / 1e6);
    let reason = format!(
        "Of the budget of {} USD, {} USD are spent, and the next probe can cost up to {} USD. Approve with a larger \
         budget, or reject to end the run.",
        usd(purse.limit_usd_micros),
        usd(purse.spent_usd_micros),
        usd(smallest.unwrap_or(0))
    );
    gate::open_budget_gate(tx, purse.run_id, reason).await
}

/// What the cheapest next probe of a run can cost; None where nothing is left to do.
pub(super) async fn smallest_next(tx: &impl ConnectionTrait, run_id: Uuid) -> Result<Option<i64>> {
    let models = run_model::Entity::find().filter(run_model::Column::RunId.eq(run_id)).all(tx).await?;
    let is_open = |row: &run_model::Model| {
        row.succeeded_count + row.failed_count + row.cancelled_count < row.planned_count
    };
    let open: Vec<Uuid> = models.iter().filter(|row| is_open(row)).map(|row| row.id).collect();
    let bounds = Bounds::read(tx, open.iter().copied()).await?;
    Ok(open.iter().map(|id| bounds.from(*id, 0)).min())
}
