//! What open runs need, and what of them waits for a person.

use std::collections::{BTreeSet, HashSet};

use entity::{GateState, gate};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{HealthReason, HealthStatus, HealthTopic};
use crate::{
    db::{Db, rows},
    error::Result,
    limits,
};

/// Gates and holds that are named one by one.
const NAMED_MAX: u64 = 20;

/// See the module.
pub(super) struct Needs {
    /// Providers that runs could go on with, were they well.
    pub(super) lanes: BTreeSet<String>,
    /// Runs that have something left that nobody has stopped.
    pub(super) run_count: usize,
    gates: Vec<gate::Model>,
    held: Vec<Open>,
}

#[derive(FromQueryResult)]
struct Open {
    run_id: Uuid,
    lane: String,
    wire_model: String,
    held_category: Option<String>,
}

impl Needs {
    pub(super) async fn read(db: &Db) -> Result<Self> {
        let gates = gate::Entity::find()
            .filter(gate::Column::State.eq(GateState::Open))
            .order_by_asc(gate::Column::OpenedAt)
            .limit(NAMED_MAX)
            .all(db.read())
            .await?;
        // As many rows as active runs have models.
        let sql = "SELECT m.run_id, m.lane, m.wire_model, m.held_category FROM runs
            JOIN run_models AS m ON m.run_id = runs.id AND m.given_up_at IS NULL
                AND m.succeeded_count + m.failed_count + m.cancelled_count < m.planned_count
            WHERE runs.status IN ('pending', 'running') AND runs.paused_at IS NULL AND runs.cancelled_at IS NULL
                AND runs.stopped_at IS NULL ORDER BY runs.created_at, m.ordinal";
        let open: Vec<Open> = rows(db.read(), sql, []).await?;
        let run_count = open.iter().map(|row| row.run_id).collect::<HashSet<_>>().len();
        let (held, going): (Vec<Open>, Vec<Open>) =
            open.into_iter().partition(|row| row.held_category.is_some());
        Ok(Self { lanes: going.into_iter().map(|row| row.lane).collect(), run_count, gates, held })
    }

    /// What waits for a person: gates, and held models of runs without one.
    pub(super) fn waiting_for_somebody(&self) -> Vec<HealthReason> {
        let gated: HashSet<Uuid> = self.gates.iter().map(|gate| gate.run_id).collect();
        let gates = self.gates.iter().map(|gate| HealthReason {
            run_id: Some(gate.run_id),
            ..HealthReason::new(HealthStatus::Amber, HealthTopic::Gate, gate.reason.clone())
        });
        let held =
            self.held.iter().filter(|row| !gated.contains(&row.run_id)).take(NAMED_MAX as usize).map(|row| {
                let advice = limits::advice(row.held_category.as_deref().unwrap_or_default());
                HealthReason {
                    run_id: Some(row.run_id),
                    provider_id: Some(row.lane.clone()),
                    ..HealthReason::new(
                        HealthStatus::Amber,
                        HealthTopic::Hold,
                        format!("{}/{} is held. {advice}", row.lane, row.wire_model),
                    )
                }
            });
        gates.chain(held).collect()
    }
}
