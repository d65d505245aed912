//! Jobs that are not probes: written in the transaction that asks for them, claimed, renewed
//! and reaped like probes.

use std::time::Duration;

use entity::{QueueStatus, job};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::{
    db::{Db, execute, now, row, rows, sql_now, sql_now_plus},
    error::Result,
};

/// What a job does. Stored words are never renamed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// Queues the probes of a run.
    FanOutRun,
    /// Ends the queued probes of a run that was cancelled or stopped, in chunks.
    CancelProbes,
    /// Queues failed probes of a run again, in chunks.
    RetryProbes,
}

impl JobKind {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FanOutRun => "fan_out_run",
            Self::CancelProbes => "cancel_probes",
            Self::RetryProbes => "retry_probes",
        }
    }

    const ALL: [Self; 3] = [Self::FanOutRun, Self::CancelProbes, Self::RetryProbes];

    fn parse(kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == kind)
    }
}

/// A job that a worker holds under a fence.
#[derive(Clone, Debug)]
pub struct ClaimedJob {
    /// The job.
    pub id: Uuid,
    /// What it does.
    pub kind: JobKind,
    /// For which run.
    pub run_id: Uuid,
    /// What the holder's writes are checked against.
    pub fence: i64,
}

/// How a job ended.
#[derive(Clone, Debug)]
pub enum JobEnding {
    /// Done.
    Succeeded,
    /// To be tried again after a pause; after the last try it fails.
    Retry {
        /// The pause.
        delay: Duration,
        /// Why, in words.
        message: String,
    },
    /// Not yet: waiting consumes no try.
    Snooze(Duration),
}

/// Tries at a job before it fails. Jobs are few and safe to repeat.
const ATTEMPTS_MAX: i32 = 20;

/// Writes a job, in the transaction that asks for it.
///
/// # Errors
/// `Database`.
pub async fn enqueue_job(tx: &impl ConnectionTrait, kind: JobKind, run_id: Uuid) -> Result<()> {
    job::ActiveModel {
        id: Set(Uuid::now_v7()),
        kind: Set(kind.as_str().into()),
        run_id: Set(Some(run_id)),
        lane: Set("jobs".into()),
        seq: Set(now().timestamp_millis()),
        status: Set(QueueStatus::Queued),
        run_at: Set(now()),
        attempt_count: Set(0),
        fence: Set(0),
        leased_by: Set(None),
        lease_until: Set(None),
        error_message: Set(None),
        created_at: Set(now()),
        started_at: Set(None),
        finished_at: Set(None),
    }
    .insert(tx)
    .await?;
    Ok(())
}

/// Claims up to `free` jobs for a worker.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn claim_jobs(db: &Db, worker_id: Uuid, free: u64, lease: Duration) -> Result<Vec<ClaimedJob>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        kind: String,
        run_id: Uuid,
        fence: i64,
    }
    // Most of the time there is none: a read finds that out without the writer's lock.
    let backend = db.read().get_database_backend();
    let now = sql_now(backend);
    let waiting = format!("SELECT id FROM jobs WHERE status = 'queued' AND run_at <= {now} LIMIT 1");
    if db.read().query_one_raw(crate::db::statement(db.read(), waiting, [])).await?.is_none() {
        return Ok(Vec::new());
    }
    let skip_locked = if db.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
    let tx = db.begin_queue().await?;
    let sql = format!(
        "UPDATE jobs SET status = 'running', fence = fence + 1, leased_by = $1, lease_until = {until},
             started_at = COALESCE(started_at, {now})
         WHERE id IN (SELECT id FROM jobs WHERE status = 'queued' AND run_at <= {now} AND kind IN ({kinds})
                      ORDER BY run_at, seq LIMIT $3{skip_locked})
         RETURNING id, kind, run_id, fence",
        until = sql_now_plus(backend, "$2"),
        // A kind that only a newer version knows is left to a newer worker.
        kinds = JobKind::ALL.map(|kind| format!("'{}'", kind.as_str())).join(", "),
    );
    let free = i64::try_from(free).unwrap_or(i64::MAX);
    let claimed: Vec<Row> =
        rows(&tx, sql, [worker_id.into(), lease.as_secs_f64().into(), free.into()]).await?;
    tx.commit().await?;
    let known = claimed.into_iter().filter_map(|row| {
        Some(ClaimedJob {
            id: row.id,
            kind: JobKind::parse(&row.kind)?,
            run_id: row.run_id,
            fence: row.fence,
        })
    });
    Ok(known.collect())
}

/// Writes how a job ended; false where its lease had lapsed.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn finish_job(db: &Db, job: &ClaimedJob, ending: JobEnding) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Status {
        status: QueueStatus,
    }
    let tx = db.begin_queue().await?;
    let backend = tx.get_database_backend();
    let (status, tries, delay, message) = match ending {
        JobEnding::Succeeded => ("'succeeded'".to_owned(), 0, Duration::ZERO, None),
        JobEnding::Snooze(delay) => ("'queued'".to_owned(), 0, delay, None),
        JobEnding::Retry { delay, message } => (
            format!("CASE WHEN attempt_count + 1 >= {ATTEMPTS_MAX} THEN 'failed' ELSE 'queued' END"),
            1,
            delay,
            Some(message),
        ),
    };
    let sql = format!(
        "UPDATE jobs SET status = {status}, attempt_count = attempt_count + $3, run_at = {run_at},
             error_message = COALESCE($5, error_message), leased_by = NULL, lease_until = NULL
         WHERE id = $1 AND fence = $2 AND status = 'running' RETURNING status",
        run_at = sql_now_plus(backend, "$4"),
    );
    let values = [job.id.into(), job.fence.into(), tries.into(), delay.as_secs_f64().into(), message.into()];
    let after: Option<Status> = row(&tx, sql, values).await?;
    if let Some(Status { status: QueueStatus::Succeeded | QueueStatus::Failed }) = after {
        let sql = format!("UPDATE jobs SET finished_at = {} WHERE id = $1", sql_now(backend));
        execute(&tx, sql, [job.id.into()]).await?;
    }
    tx.commit().await?;
    Ok(after.is_some())
}
