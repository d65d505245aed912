//! How many calls a run may still start: its own limit of calls in flight, over all workers.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult};
use uuid::Uuid;

use super::open_models::OpenModel;
use crate::{
    db::{placeholders, rows},
    error::Result,
};

/// What is left of the runs' own limits during one claim; runs without one are not in it.
#[derive(Debug, Default)]
pub(super) struct RunRoom(HashMap<Uuid, u64>);

impl RunRoom {
    /// Counts what these runs have in flight. Their budgets' rows stay locked for the rest of the
    /// transaction, in the order of their ids: of two claims at once the later one counts what the
    /// earlier one took. (A claim takes probes with SKIP LOCKED, so that it never waits for one
    /// while it holds these.)
    pub(super) async fn read(tx: &DatabaseTransaction, open: &[OpenModel]) -> Result<Self> {
        #[derive(FromQueryResult)]
        struct InFlight {
            run_id: Uuid,
            total: i64,
        }
        let limits: HashMap<Uuid, i32> =
            open.iter().filter_map(|model| Some((model.run_id, model.parallel?))).collect();
        if limits.is_empty() {
            return Ok(Self::default());
        }
        let ids: BTreeSet<Uuid> = limits.keys().copied().collect();
        let wanted = placeholders(1, ids.len());
        let values = || ids.iter().map(|id| (*id).into());
        if tx.get_database_backend() == DbBackend::Postgres {
            let sql = format!(
                "SELECT run_id, 0::bigint AS total FROM run_budgets WHERE run_id IN ({wanted}) ORDER BY run_id FOR UPDATE"
            );
            rows::<InFlight>(tx, sql, values()).await?;
        }
        let sql = format!(
            "SELECT run_id, COUNT(*) AS total FROM probes WHERE run_id IN ({wanted}) AND status = 'running'
             GROUP BY run_id"
        );
        let mut room: HashMap<Uuid, u64> =
            limits.into_iter().map(|(run_id, limit)| (run_id, u64::from(limit.unsigned_abs()))).collect();
        for running in rows::<InFlight>(tx, sql, values()).await? {
            if let Some(left) = room.get_mut(&running.run_id) {
                *left = left.saturating_sub(running.total.unsigned_abs());
            }
        }
        Ok(Self(room))
    }

    /// Shares cut to what their runs may still start.
    pub(super) fn cut(&self, models: &[OpenModel], shares: Vec<u64>) -> Vec<u64> {
        let mut room = self.0.clone();
        let cut = |(model, share): (&OpenModel, u64)| match room.get_mut(&model.run_id) {
            None => share,
            Some(left) => {
                let share = share.min(*left);
                *left -= share;
                share
            }
        };
        models.iter().zip(shares).map(cut).collect()
    }

    /// Notes a probe that was taken.
    pub(super) fn took(&mut self, run_id: Uuid) {
        if let Some(left) = self.0.get_mut(&run_id) {
            *left = left.saturating_sub(1);
        }
    }

    /// True where a run has as much in flight as it may.
    pub(super) fn has_full_run(&self) -> bool {
        self.0.values().any(|left| *left == 0)
    }
}
