//! Budgets: a wall, by reservation and settlement.
//!
//! A claim reserves the worst case of what it starts, under the lock of the run's budget; what
//! ends settles what it really cost. A call that nobody heard of is presumed to have cost its
//! worst case until its answer comes. So `reserved` is the sum of what is held, and `spent` that
//! of what was paid (as in the counters of the models) and of what is presumed.
//!
//! Locks are taken in this order everywhere: probes, budgets by id, counters, runs.

mod audit;
mod bound;
mod forget;
mod limit;
mod reserve;
mod settle;

use std::collections::{BTreeMap, HashMap};

use entity::{run_budget, run_model_bound};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    db::{Db, execute, locked},
    error::{Error, Result},
};

pub(crate) use audit::{disagreements, set_counted, wrong};
pub(crate) use bound::{CallPrice, call_bounds, output_cap};
pub(crate) use forget::{free_forgotten, free_unasked, presume_spent};
pub(crate) use limit::{check_next_fits, may_set, set_limit};
pub(crate) use reserve::reserve;
pub(crate) use settle::{settle, settle_late};

/// The largest budget: a billion dollars, far from where sums overflow.
pub const LIMIT_MAX_USD_MICROS: i64 = 1_000_000_000_000_000;

/// Locks a run's budget for the rest of the transaction.
///
/// # Errors
/// `NotFound` where there is no such run.
pub(crate) async fn lock(tx: &impl ConnectionTrait, run_id: Uuid) -> Result<run_budget::Model> {
    let query = locked(run_budget::Entity::find_by_id(run_id), tx);
    query.one(tx).await?.ok_or_else(|| Error::not_found("run", run_id))
}

/// The budgets of several runs, in one statement.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn of_runs(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, run_budget::Model>> {
    let wanted = run_budget::Column::RunId.is_in(run_ids.iter().copied());
    let found = run_budget::Entity::find().filter(wanted).all(db.read()).await?;
    Ok(found.into_iter().map(|row| (row.run_id, row)).collect())
}

/// The bounds of the calls of some models, by model, in the order of their turns.
#[derive(Default)]
pub(crate) struct Bounds(HashMap<Uuid, Vec<i64>>);

impl Bounds {
    pub(crate) async fn read(
        tx: &impl ConnectionTrait,
        run_model_ids: impl IntoIterator<Item = Uuid>,
    ) -> Result<Self> {
        let found = run_model_bound::Entity::find()
            .filter(run_model_bound::Column::RunModelId.is_in(run_model_ids))
            .order_by_asc(run_model_bound::Column::TurnIndex)
            .all(tx)
            .await?;
        let mut bounds: HashMap<Uuid, Vec<i64>> = HashMap::new();
        for row in found {
            bounds.entry(row.run_model_id).or_default().push(row.usd_micros);
        }
        Ok(Self(bounds))
    }

    /// The worst case of the call of one turn.
    fn of_call(&self, run_model_id: Uuid, turn_index: i32) -> i64 {
        let turn = usize::try_from(turn_index).unwrap_or(0);
        self.0.get(&run_model_id).and_then(|turns| turns.get(turn)).copied().unwrap_or(0)
    }

    /// The worst case of all calls from a turn on.
    pub(crate) fn from(&self, run_model_id: Uuid, turn_index: i32) -> i64 {
        let first = usize::try_from(turn_index).unwrap_or(0);
        let turns = self.0.get(&run_model_id).and_then(|turns| turns.get(first..)).unwrap_or_default();
        turns.iter().fold(0, |sum: i64, bound| sum.saturating_add(*bound))
    }
}

/// What is added to the budgets of runs.
#[derive(Default)]
struct Changes(BTreeMap<Uuid, (i64, i64)>);

impl Changes {
    fn add(&mut self, run_id: Uuid, reserved: i64, spent: i64) {
        let change = self.0.entry(run_id).or_default();
        change.0 += reserved;
        change.1 += spent;
    }

    /// Writes the changes, locking the rows in the order of their ids.
    async fn write(self, tx: &impl ConnectionTrait) -> Result<()> {
        for (run_id, (reserved, spent)) in self.0 {
            let sql = "UPDATE run_budgets SET reserved_usd_micros = reserved_usd_micros + $2,
                spent_usd_micros = spent_usd_micros + $3 WHERE run_id = $1";
            execute(tx, sql, [run_id.into(), reserved.into(), spent.into()]).await?;
        }
        Ok(())
    }
}

/// Adds to the budget of a run, whose row is locked.
///
/// # Errors
/// `Database`.
pub(crate) async fn change(tx: &impl ConnectionTrait, run_id: Uuid, reserved: i64, spent: i64) -> Result<()> {
    let mut changes = Changes::default();
    changes.add(run_id, reserved, spent);
    changes.write(tx).await
}

/// The clause that locks rows where the database locks rows.
fn for_each(tx: &impl ConnectionTrait, clause: &'static str) -> &'static str {
    if tx.get_database_backend() == DbBackend::Postgres { clause } else { "" }
}
