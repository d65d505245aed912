//! What there is, counted cheaply: for monitoring.

use entity::RunStatus;
use sea_orm::{EntityTrait, FromQueryResult, QuerySelect};
use uuid::Uuid;

use crate::{
    config::Config,
    db::{Db, row},
    error::Result,
    fleet,
};

/// Counts over the whole database.
#[derive(Clone, Debug, Default)]
pub struct Census {
    /// Runs by stored status; a status without runs is not there.
    pub runs: Vec<(RunStatus, i64)>,
    /// Probes of all runs, by where they stand.
    pub probes: ProbeCensus,
    /// Workers heard of within three beats.
    pub workers_online: u64,
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
}

/// Counts what there is. Its cost grows with the number of runs, not of probes.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn take(db: &Db, config: &Config) -> Result<Census> {
    use entity::run;
    let runs: Vec<(RunStatus, i64)> = run::Entity::find()
        .select_only()
        .column(run::Column::Status)
        .column_as(sea_orm::ColumnTrait::count(&run::Column::Id), "total")
        .group_by(run::Column::Status)
        .into_tuple()
        .all(db.read())
        .await?;
    // A sum of bigints is a numeric on PostgreSQL.
    let sql = "SELECT CAST(COALESCE(SUM(planned_count), 0) AS bigint) AS planned,
            CAST(COALESCE(SUM(succeeded_count), 0) AS bigint) AS succeeded,
            CAST(COALESCE(SUM(failed_count), 0) AS bigint) AS failed,
            CAST(COALESCE(SUM(cancelled_count), 0) AS bigint) AS cancelled,
            (SELECT COUNT(*) FROM probes WHERE status = 'running') AS running
        FROM run_models";
    let probes = row(db.read(), sql, Vec::<sea_orm::Value>::new()).await?.unwrap_or_default();
    let online: Vec<Uuid> =
        fleet::online_workers(db, config.beat()).await?.into_iter().map(|worker| worker.id).collect();
    Ok(Census { runs, probes, workers_online: online.len() as u64 })
}
