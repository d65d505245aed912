//! What there is to know about what waits, read in a fixed number of statements.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use chrono::{DateTime, Utc};
use entity::{GateState, RunStatus, StopReason, gate};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use crate::{
    budget::Bounds,
    db::{Db, placeholders, rows},
    error::Result,
    fleet,
    limits::{self, LaneState, sql_epoch},
};

/// A model of a run with its run: what decides whether its probes are claimed.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct ModelScene {
    pub(crate) id: Uuid,
    pub(crate) run_id: Uuid,
    pub(crate) lane: String,
    pub(crate) wire_model: String,
    pub(crate) held_at: Option<DateTime<Utc>>,
    pub(crate) held_category: Option<String>,
    pub(crate) held_message: Option<String>,
    pub(crate) given_up_at: Option<DateTime<Utc>>,
    /// Probes that have not ended, in flight or not.
    pub(crate) open_count: i64,
    /// Those of them in flight.
    pub(crate) running_count: i64,
    /// When the first of those that are queued may be claimed; None: none is.
    pub(crate) next_at: Option<DateTime<Utc>>,
    pub(crate) status: RunStatus,
    pub(crate) paused_at: Option<DateTime<Utc>>,
    pub(crate) cancelled_at: Option<DateTime<Utc>>,
    pub(crate) stopped_at: Option<DateTime<Utc>>,
    pub(crate) stop_reason: Option<StopReason>,
    pub(crate) priority: i32,
    /// The run's own limit of calls in flight, and those in flight where there is one.
    pub(crate) parallel: Option<i32>,
    pub(crate) run_running_count: Option<i64>,
    pub(crate) limit_usd_micros: Option<i64>,
    pub(crate) reserved_usd_micros: Option<i64>,
    pub(crate) spent_usd_micros: Option<i64>,
    /// The database's clock, in seconds since 1970.
    pub(crate) now: f64,
}

impl ModelScene {
    /// Probes that are not claimed, whether their rows are there already or not.
    pub(crate) fn queued_count(&self) -> i64 {
        self.open_count - self.running_count
    }
}

/// A lane as all runs share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct LaneScene {
    /// None: no worker ever served it.
    pub(crate) state: Option<LaneState>,
    /// Calls in flight over all workers.
    pub(crate) in_flight: i64,
    /// Workers that are online and can serve it.
    pub(crate) worker_count: usize,
    /// The highest priority of runs with something queued; None: there is none.
    pub(crate) priority_max: Option<i32>,
}

/// All of it.
pub(crate) struct Scene {
    /// In the order of their runs.
    pub(crate) models: Vec<ModelScene>,
    pub(super) by_id: HashMap<Uuid, usize>,
    /// Open gates, by run.
    pub(super) gates: HashMap<Uuid, gate::Model>,
    pub(super) bounds: Bounds,
    lanes: HashMap<String, LaneScene>,
    nobody: LaneScene,
}

impl Scene {
    /// What there is to know about models of runs.
    pub(crate) async fn of_models(db: &Db, beat: Duration, ids: &[Uuid]) -> Result<Self> {
        Self::read(db, beat, "m.id", ids).await
    }

    /// What there is to know about all models of runs.
    pub(crate) async fn of_runs(db: &Db, beat: Duration, run_ids: &[Uuid]) -> Result<Self> {
        Self::read(db, beat, "m.run_id", run_ids).await
    }

    async fn read(db: &Db, beat: Duration, column: &str, ids: &[Uuid]) -> Result<Self> {
        let models = models(db, column, ids).await?;
        let is_open = models.iter().any(|model| model.open_count > 0);
        let of_budget = models.iter().filter(|model| model.limit_usd_micros.is_some()).map(|model| model.id);
        let of_budget: Vec<Uuid> = of_budget.collect();
        let bounds = match of_budget.is_empty() {
            true => Bounds::default(),
            false => Bounds::read(db.read(), of_budget).await?,
        };
        Ok(Self {
            // Of runs that are over nobody asks why they wait.
            gates: if is_open { gates(db, &models).await? } else { HashMap::new() },
            lanes: if is_open { lanes(db, beat).await? } else { HashMap::new() },
            by_id: models.iter().enumerate().map(|(place, model)| (model.id, place)).collect(),
            models,
            bounds,
            nobody: LaneScene::default(),
        })
    }

    /// A lane; one that nobody ever served is empty.
    pub(crate) fn lane(&self, name: &str) -> &LaneScene {
        self.lanes.get(name).unwrap_or(&self.nobody)
    }
}

async fn models(db: &Db, column: &str, ids: &[Uuid]) -> Result<Vec<ModelScene>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    // What is in flight and what is next are index scans of a few rows.
    let sql = format!(
        "SELECT m.id, m.run_id, m.lane, m.wire_model, m.held_at, m.held_category, m.held_message, m.given_up_at,
             m.planned_count - m.succeeded_count - m.failed_count - m.cancelled_count AS open_count,
             (SELECT COUNT(*) FROM probes WHERE probes.status = 'running' AND probes.run_id = m.run_id
                 AND probes.run_model_id = m.id) AS running_count,
             (SELECT probes.run_at FROM probes WHERE probes.status = 'queued' AND probes.run_id = m.run_id
                 AND probes.run_model_id = m.id ORDER BY probes.run_at LIMIT 1) AS next_at,
             runs.status, runs.paused_at, runs.cancelled_at, runs.stopped_at, runs.stop_reason,
             run_limits.priority, run_limits.parallel,
             CASE WHEN run_limits.parallel IS NOT NULL THEN (SELECT COUNT(*) FROM probes
                 WHERE probes.status = 'running' AND probes.run_id = m.run_id) END AS run_running_count,
             run_budgets.limit_usd_micros, run_budgets.reserved_usd_micros, run_budgets.spent_usd_micros,
             {epoch} AS now
         FROM run_models AS m JOIN runs ON runs.id = m.run_id JOIN run_limits ON run_limits.run_id = m.run_id
         LEFT JOIN run_budgets ON run_budgets.run_id = m.run_id
         WHERE {column} IN ({ids}) ORDER BY m.run_id, m.ordinal",
        epoch = sql_epoch(db.read().get_database_backend()),
        ids = placeholders(1, ids.len()),
    );
    rows(db.read(), sql, ids.iter().map(|id| (*id).into())).await
}

async fn gates(db: &Db, models: &[ModelScene]) -> Result<HashMap<Uuid, gate::Model>> {
    let run_ids: HashSet<Uuid> = models.iter().map(|model| model.run_id).collect();
    let open = gate::Entity::find()
        .filter(gate::Column::State.eq(GateState::Open))
        .filter(gate::Column::RunId.is_in(run_ids))
        .all(db.read())
        .await?;
    Ok(open.into_iter().map(|gate| (gate.run_id, gate)).collect())
}

async fn lanes(db: &Db, beat: Duration) -> Result<HashMap<String, LaneScene>> {
    #[derive(FromQueryResult)]
    struct Priority {
        lane: String,
        priority: i32,
    }
    let mut lanes: HashMap<String, LaneScene> = HashMap::new();
    for state in limits::states(db).await? {
        let lane = state.row.lane.clone();
        lanes.entry(lane).or_default().state = Some(state);
    }
    for (lane, count) in limits::in_flight(db).await? {
        lanes.entry(lane).or_default().in_flight = count;
    }
    for (lane, count) in fleet::serving_counts(db, beat).await? {
        lanes.entry(lane).or_default().worker_count = count;
    }
    let sql = "SELECT m.lane, MAX(run_limits.priority) AS priority FROM runs
        JOIN run_limits ON run_limits.run_id = runs.id
        JOIN run_models AS m ON m.run_id = runs.id AND m.held_at IS NULL
            AND m.succeeded_count + m.failed_count + m.cancelled_count < m.planned_count
        WHERE runs.status IN ('pending', 'running') AND runs.paused_at IS NULL AND runs.cancelled_at IS NULL
        GROUP BY m.lane";
    for Priority { lane, priority } in rows::<Priority>(db.read(), sql, []).await? {
        lanes.entry(lane).or_default().priority_max = Some(priority);
    }
    Ok(lanes)
}
