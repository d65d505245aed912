//! What there is, counted cheaply: for monitoring.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use entity::RunStatus;
use sea_orm::{EntityTrait, FromQueryResult, QuerySelect};

use crate::{
    config::Config,
    db::{Db, row, rows},
    error::Result,
    fleet,
    health::traffic_within,
    limits::{self, LaneState},
};

/// How far back the rate of the queue looks.
const RATE_WINDOW: Duration = Duration::from_secs(300);

/// Counts over the whole database.
#[derive(Clone, Debug, Default)]
pub struct Census {
    /// Runs by stored status; a status without runs is not there.
    pub runs: Vec<(RunStatus, i64)>,
    /// Probes of all runs, by where they stand.
    pub probes: ProbeCensus,
    /// What answers cost so far, by provider, in micro-dollars; those without a known price left
    /// out.
    pub cost_usd_micros: Vec<(String, i64)>,
    /// What waits.
    pub queue: QueueCensus,
    /// Limits and breakers, by provider.
    pub lanes: Vec<LaneState>,
    /// Workers heard of within three beats.
    pub workers_online: u64,
    /// Gates that wait for a decision.
    pub gates_open: i64,
}

/// Probes by where they stand, from the counters of the runs' models.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct ProbeCensus {
    /// All.
    pub planned: i64,
    /// In flight.
    pub running: i64,
    /// With a complete transcript.
    pub succeeded: i64,
    /// Given up.
    pub failed: i64,
    /// Not claimed because their run was cancelled.
    pub cancelled: i64,
    /// Succeeded, and a decision was read.
    pub decided: i64,
    /// Succeeded, and no decision could be read.
    pub unreadable: i64,
    /// Succeeded: the model declined.
    pub refused: i64,
    /// Succeeded: the provider's filter stopped the answer.
    pub content_filter: i64,
    /// Succeeded: the answer reached the token limit.
    pub truncated: i64,
    /// Succeeded: the answer holds no text.
    pub empty: i64,
}

/// What waits in the queue of probes, and of jobs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueCensus {
    /// By provider; those with nothing to do are left out.
    pub lanes: Vec<LaneQueue>,
    /// Jobs that are not probes and wait for a worker.
    pub jobs_queued: i64,
    /// When it was counted, by the database's clock.
    pub counted_at: DateTime<Utc>,
}

/// What waits for one provider.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneQueue {
    /// The provider.
    pub lane: String,
    /// Probes that are not in flight and have not ended, those of paused runs among them.
    pub queued: i64,
    /// Those of them that nobody has paused, held or gated.
    pub ready: i64,
    /// Probes in flight.
    pub running: i64,
    /// Since when the first of those that are ready could be claimed; None: none could.
    pub oldest_at: Option<DateTime<Utc>>,
    /// Probes that ended per minute, over the last five; None: none did.
    pub ended_per_minute: Option<f64>,
}

/// Counts what there is. Its cost grows with the number of runs, not of probes.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn take(db: &Db, config: &Config) -> Result<Census> {
    use entity::run;
    #[derive(FromQueryResult)]
    struct Cost {
        lane: String,
        micros: i64,
    }
    #[derive(FromQueryResult)]
    struct Total {
        total: i64,
    }
    let runs: Vec<(RunStatus, i64)> = run::Entity::find()
        .select_only()
        .column(run::Column::Status)
        .column_as(sea_orm::ColumnTrait::count(&run::Column::Id), "total")
        .group_by(run::Column::Status)
        .into_tuple()
        .all(db.read())
        .await?;
    // A sum of bigints is a numeric on PostgreSQL.
    let sum = |name: &str| format!("CAST(COALESCE(SUM({name}_count), 0) AS bigint) AS {name}");
    let sums = [
        "planned",
        "succeeded",
        "failed",
        "cancelled",
        "decided",
        "unreadable",
        "refused",
        "content_filter",
        "truncated",
        "empty",
    ]
    .map(sum)
    .join(", ");
    let sql = format!(
        "SELECT {sums}, (SELECT COUNT(*) FROM probes WHERE status = 'running') AS running FROM run_models"
    );
    let probes = row(db.read(), sql, []).await?.unwrap_or_default();
    let sql = "SELECT lane, CAST(SUM(cost_usd_micros) AS bigint) AS micros FROM run_models
        WHERE cost_usd_micros IS NOT NULL GROUP BY lane ORDER BY lane";
    let costs: Vec<Cost> = rows(db.read(), sql, []).await?;
    let gates: Option<Total> =
        row(db.read(), "SELECT COUNT(*) AS total FROM gates WHERE state = 'open'", []).await?;
    Ok(Census {
        runs,
        probes,
        cost_usd_micros: costs.into_iter().map(|cost| (cost.lane, cost.micros)).collect(),
        queue: queue(db).await?,
        lanes: limits::states(db).await?,
        workers_online: fleet::online_workers(db, config.beat()).await?.len() as u64,
        gates_open: gates.map_or(0, |gates| gates.total),
    })
}

/// Counts what waits. Its cost grows with the number of active runs.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn queue(db: &Db) -> Result<QueueCensus> {
    #[derive(FromQueryResult)]
    struct Waiting {
        lane: String,
        queued: i64,
        ready: i64,
        running: i64,
        oldest_at: Option<DateTime<Utc>>,
    }
    #[derive(FromQueryResult)]
    struct Jobs {
        total: i64,
        now: f64,
    }
    let backend = sea_orm::ConnectionTrait::get_database_backend(db.read());
    let sql = format!(
        "SELECT COUNT(*) AS total, {} AS now FROM jobs WHERE status = 'queued'",
        limits::sql_epoch(backend)
    );
    let jobs: Jobs = row(db.read(), sql, []).await?.unwrap_or(Jobs { total: 0, now: 0.0 });
    // The oldest and those in flight are short index scans of each open model.
    let sql = "SELECT lane, CAST(SUM(left_count - running) AS bigint) AS queued,
            CAST(SUM(CASE WHEN is_ready THEN left_count - running ELSE 0 END) AS bigint) AS ready,
            CAST(SUM(running) AS bigint) AS running, MIN(CASE WHEN is_ready THEN next_at END) AS oldest_at
        FROM (
            SELECT m.lane, m.planned_count - m.succeeded_count - m.failed_count - m.cancelled_count AS left_count,
                (SELECT COUNT(*) FROM probes WHERE probes.status = 'running' AND probes.run_id = m.run_id
                    AND probes.run_model_id = m.id) AS running,
                (SELECT probes.run_at FROM probes WHERE probes.status = 'queued' AND probes.run_id = m.run_id
                    AND probes.run_model_id = m.id ORDER BY probes.run_at LIMIT 1) AS next_at,
                runs.status IN ('pending', 'running') AND runs.paused_at IS NULL AND runs.cancelled_at IS NULL
                    AND runs.stopped_at IS NULL AND m.held_at IS NULL AS is_ready
            FROM runs JOIN run_models AS m ON m.run_id = runs.id
                AND m.succeeded_count + m.failed_count + m.cancelled_count < m.planned_count
            WHERE runs.status IN ('pending', 'awaiting_approval', 'running', 'scoring')) AS open_models
        GROUP BY lane";
    let waiting: Vec<Waiting> = rows(db.read(), sql, []).await?;
    let traffic = traffic_within(db, RATE_WINDOW).await?;
    let counted_at = DateTime::from_timestamp_millis((jobs.now * 1_000.0) as i64).unwrap_or_default();
    let mut lanes: BTreeMap<String, LaneQueue> = BTreeMap::new();
    for row in waiting {
        let lane = LaneQueue {
            lane: row.lane.clone(),
            // Counted a moment apart: never less than none.
            queued: row.queued.max(0),
            ready: row.ready.max(0),
            running: row.running,
            oldest_at: row.oldest_at.filter(|at| *at <= counted_at),
            ended_per_minute: None,
        };
        lanes.insert(row.lane, lane);
    }
    for (name, traffic) in traffic {
        let none = LaneQueue {
            lane: name.clone(),
            queued: 0,
            ready: 0,
            running: 0,
            oldest_at: None,
            ended_per_minute: None,
        };
        lanes.entry(name).or_insert(none).ended_per_minute = traffic.ended_per_minute;
    }
    Ok(QueueCensus { lanes: lanes.into_values().collect(), jobs_queued: jobs.total, counted_at })
}
