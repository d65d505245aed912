//! The worker processes: who is alive, and which providers they can serve.

use std::{collections::HashMap, time::Duration};

use entity::{QueueStatus, probe, worker, worker_provider};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::{
    db::{Db, execute, now, rows, sql_now, sql_now_plus},
    error::Result,
    health::{self, NewCheck},
};

/// Beats without change after which a worker counts as offline.
const BEATS_MISSED_MAX: f64 = 3.0;

/// Registers a process that starts to work. Each start is a row of its own, so that leases of
/// an earlier start of the same machine are recognised as dead.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn register(db: &Db, name: &str, providers: &[String]) -> Result<Uuid> {
    register_with(db, &NewWorker { name, ..NewWorker::default() }, providers, Vec::new()).await
}

/// A process that starts to work.
#[derive(Clone, Debug, Default)]
pub struct NewWorker<'a> {
    /// For logs and lists; not unique.
    pub name: &'a str,
    /// The machine it runs on; None: it does not say.
    pub host: Option<String>,
    /// What starts it again there, without anything secret; None: it does not say.
    pub restart_command: Option<String>,
}

/// As [`register`], with what the process found of providers that it cannot serve: whoever sees
/// the worker online sees that too.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn register_with(
    db: &Db,
    new: &NewWorker<'_>,
    providers: &[String],
    unusable: Vec<(String, NewCheck)>,
) -> Result<Uuid> {
    let tx = db.begin().await?;
    let id = Uuid::now_v7();
    worker::ActiveModel {
        id: Set(id),
        name: Set(new.name.into()),
        version: Set(env!("CARGO_PKG_VERSION").into()),
        beat: Set(0),
        beat_at: Set(now()),
        started_at: Set(now()),
        stopped_at: Set(None),
        host: Set(new.host.clone()),
        restart_command: Set(new.restart_command.clone()),
    }
    .insert(&tx)
    .await?;
    if !providers.is_empty() {
        let rows = providers.iter().map(|provider_id| worker_provider::ActiveModel {
            worker_id: Set(id),
            provider_id: Set(provider_id.clone()),
        });
        worker_provider::Entity::insert_many(rows).exec_without_returning(&tx).await?;
    }
    for (provider_id, check) in unusable {
        health::write_check(&tx, &provider_id, id, check).await?;
    }
    let sql = format!("UPDATE workers SET beat_at = {} WHERE id = $1", sql_now(tx.get_database_backend()));
    execute(&tx, sql, [id.into()]).await?;
    tx.commit().await?;
    Ok(id)
}

/// Says that a worker has stopped and holds nothing any more.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn deregister(db: &Db, id: Uuid) -> Result<()> {
    let sql = format!("UPDATE workers SET stopped_at = {0}, beat_at = {0} WHERE id = $1", backend_now(db));
    execute(db.write(), sql, [id.into()]).await.map(drop)
}

/// The workers that have been heard of within three beats, oldest first.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn online_workers(db: &Db, beat: Duration) -> Result<Vec<worker::Model>> {
    let backend = db.read().get_database_backend();
    let since = sql_now_plus(backend, "$1");
    let sql = format!(
        "SELECT * FROM workers WHERE stopped_at IS NULL AND beat_at > {since} ORDER BY started_at, id"
    );
    rows(db.read(), sql, [(-BEATS_MISSED_MAX * beat.as_secs_f64()).into()]).await
}

/// How many workers that are online can serve each provider; those that none can are left out.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn serving_counts(db: &Db, beat: Duration) -> Result<HashMap<String, usize>> {
    #[derive(FromQueryResult)]
    struct Count {
        provider_id: String,
        total: i64,
    }
    let since = sql_now_plus(db.read().get_database_backend(), "$1");
    let sql = format!(
        "SELECT p.provider_id, COUNT(*) AS total FROM workers JOIN worker_providers AS p ON p.worker_id = workers.id
         WHERE workers.stopped_at IS NULL AND workers.beat_at > {since} GROUP BY p.provider_id"
    );
    let counts: Vec<Count> = rows(db.read(), sql, [(-BEATS_MISSED_MAX * beat.as_secs_f64()).into()]).await?;
    Ok(counts.into_iter().map(|row| (row.provider_id, usize::try_from(row.total).unwrap_or(0))).collect())
}

/// Probes that each worker has in flight; those that have none are left out.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn in_flight_of(db: &Db, worker_ids: &[Uuid]) -> Result<HashMap<Uuid, i64>> {
    let found: Vec<(Uuid, i64)> = probe::Entity::find()
        .select_only()
        .column(probe::Column::LeasedBy)
        .column_as(probe::Column::Id.count(), "total")
        .filter(probe::Column::Status.eq(QueueStatus::Running))
        .filter(probe::Column::LeasedBy.is_in(worker_ids.iter().copied()))
        .group_by(probe::Column::LeasedBy)
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(found.into_iter().collect())
}

/// Every worker that has not stopped, online or not, latest first.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn known_workers(db: &Db) -> Result<Vec<worker::Model>> {
    Ok(worker::Entity::find()
        .filter(worker::Column::StoppedAt.is_null())
        .order_by_desc(worker::Column::StartedAt)
        .all(db.read())
        .await?)
}

fn backend_now(db: &Db) -> &'static str {
    sql_now(db.write().get_database_backend())
}
