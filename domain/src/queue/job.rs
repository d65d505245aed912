//! Jobs that are not probes: written in the transaction that asks for them, claimed, renewed
//! and reaped like probes.

use std::time::Duration;

use entity::{QueueStatus, job};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, FromQueryResult, sea_query::OnConflict};
use uuid::Uuid;

use crate::{
    db::{Db, execute, now, row, rows, sql_now, sql_now_plus},
    error::Result,
    lost_race::past_lost_races,
};

/// What a job does, and to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// Queues the probes of a run.
    FanOutRun(Uuid),
    /// Ends the queued probes of a run that was cancelled or stopped, in chunks.
    CancelProbes(Uuid),
    /// Queues failed probes of a run again, in chunks.
    RetryProbes(Uuid),
    /// Fails what is left of the models of a run that were given up, in chunks.
    FailHeldModels(Uuid),
    /// Writes the report of a run that has ended.
    WriteReport(Uuid),
    /// Computes what a run found, where it is not known yet.
    AnalyzeRun(Uuid),
    /// Reads the transcripts of a run again with the reader of today, in chunks.
    RereadDecisions(Uuid),
    /// Scores a run again, in chunks.
    RescoreRun(Uuid),
    /// Asks a run's judge about what could not be read, a few transcripts at a time.
    JudgeTranscripts {
        /// The run.
        run_id: Uuid,
        /// Who serves the judge.
        provider_id: String,
    },
    /// Has judges mark, compare or read the answers of a run, a few at a time.
    AssessRun {
        /// The run.
        run_id: Uuid,
        /// Who serves the judge.
        provider_id: String,
    },
    /// Asks a provider's free endpoint whether it answers and takes the key.
    CheckProvider(String),
}

impl Job {
    /// The stored word, which is never renamed.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::FanOutRun(_) => "fan_out_run",
            Self::CancelProbes(_) => "cancel_probes",
            Self::RetryProbes(_) => "retry_probes",
            Self::FailHeldModels(_) => "fail_held_models",
            Self::WriteReport(_) => "write_report",
            Self::AnalyzeRun(_) => "analyze_run",
            Self::RereadDecisions(_) => "reread_decisions",
            Self::RescoreRun(_) => "rescore_run",
            Self::JudgeTranscripts { .. } => "judge_transcripts",
            Self::AssessRun { .. } => "assess_run",
            Self::CheckProvider(_) => "check_provider",
        }
    }

    /// Which of a worker's slots it takes.
    fn lane(&self) -> JobLane {
        match self {
            Self::JudgeTranscripts { .. } | Self::AssessRun { .. } => JobLane::Calls,
            _ => JobLane::Short,
        }
    }

    fn run_id(&self) -> Option<Uuid> {
        match self {
            Self::FanOutRun(run_id)
            | Self::CancelProbes(run_id)
            | Self::RetryProbes(run_id)
            | Self::FailHeldModels(run_id)
            | Self::WriteReport(run_id)
            | Self::AnalyzeRun(run_id)
            | Self::RereadDecisions(run_id)
            | Self::RescoreRun(run_id)
            | Self::JudgeTranscripts { run_id, .. }
            | Self::AssessRun { run_id, .. } => Some(*run_id),
            Self::CheckProvider(_) => None,
        }
    }

    fn provider_id(&self) -> Option<String> {
        match self {
            Self::CheckProvider(provider_id)
            | Self::JudgeTranscripts { provider_id, .. }
            | Self::AssessRun { provider_id, .. } => Some(provider_id.clone()),
            _ => None,
        }
    }

    fn read(kind: &str, run_id: Option<Uuid>, provider_id: Option<String>) -> Option<Self> {
        match kind {
            "fan_out_run" => run_id.map(Self::FanOutRun),
            "cancel_probes" => run_id.map(Self::CancelProbes),
            "retry_probes" => run_id.map(Self::RetryProbes),
            "fail_held_models" => run_id.map(Self::FailHeldModels),
            "write_report" => run_id.map(Self::WriteReport),
            "analyze_run" => run_id.map(Self::AnalyzeRun),
            "reread_decisions" => run_id.map(Self::RereadDecisions),
            "rescore_run" => run_id.map(Self::RescoreRun),
            "judge_transcripts" => run_id
                .zip(provider_id)
                .map(|(run_id, provider_id)| Self::JudgeTranscripts { run_id, provider_id }),
            "assess_run" => {
                run_id.zip(provider_id).map(|(run_id, provider_id)| Self::AssessRun { run_id, provider_id })
            }
            "check_provider" => provider_id.map(Self::CheckProvider),
            _ => None,
        }
    }
}

/// What kind of slot a job takes: those that wait for models must not hold up the others.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum JobLane {
    /// Jobs that are soon done.
    Short,
    /// Jobs that ask models.
    Calls,
}

impl JobLane {
    /// The stored word, which is never renamed.
    fn as_str(self) -> &'static str {
        match self {
            Self::Short => "jobs",
            Self::Calls => "calls",
        }
    }
}

/// A kind that only a newer version knows is left to a newer worker.
const KINDS: &str = "'fan_out_run', 'cancel_probes', 'retry_probes', 'fail_held_models', 'write_report', \
                     'analyze_run', 'reread_decisions', 'rescore_run', 'judge_transcripts', 'assess_run', \
                     'check_provider'";

/// A job that a worker holds under a fence.
#[derive(Clone, Debug)]
pub struct ClaimedJob {
    /// The job.
    pub id: Uuid,
    /// What it does.
    pub job: Job,
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

/// Writes a job, in the transaction that asks for it. A provider that is being checked, or is
/// about to be, is not checked a second time.
///
/// # Errors
/// `Database`.
pub async fn enqueue_job(tx: &impl ConnectionTrait, wanted: Job) -> Result<()> {
    enqueue_job_in(tx, wanted, Duration::ZERO).await
}

/// As [`enqueue_job`]; it is done after a pause at the earliest.
pub(crate) async fn enqueue_job_in(tx: &impl ConnectionTrait, wanted: Job, pause: Duration) -> Result<()> {
    let row = job::ActiveModel {
        id: Set(Uuid::now_v7()),
        kind: Set(wanted.kind().into()),
        run_id: Set(wanted.run_id()),
        provider_id: Set(wanted.provider_id()),
        lane: Set(wanted.lane().as_str().into()),
        seq: Set(now().timestamp_millis()),
        status: Set(QueueStatus::Queued),
        run_at: Set(now() + pause),
        attempt_count: Set(0),
        fence: Set(0),
        leased_by: Set(None),
        lease_until: Set(None),
        error_message: Set(None),
        created_at: Set(now()),
        started_at: Set(None),
        finished_at: Set(None),
    };
    let insert = job::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    insert.exec_without_returning(tx).await?;
    Ok(())
}

/// Claims up to `free` jobs of a lane for a worker. The check of a provider is for a worker that serves
/// it, and where no such worker is alive for any: it says what is missing.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn claim_jobs(
    db: &Db,
    worker_id: Uuid,
    lane: JobLane,
    free: u64,
    lease: Duration,
) -> Result<Vec<ClaimedJob>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        kind: String,
        run_id: Option<Uuid>,
        provider_id: Option<String>,
        fence: i64,
    }
    // Most of the time there is none: a read finds that out without the writer's lock.
    let backend = db.read().get_database_backend();
    let now = sql_now(backend);
    let waiting =
        format!("SELECT id FROM jobs WHERE status = 'queued' AND run_at <= {now} AND lane = $1 LIMIT 1");
    let values = [lane.as_str().into()];
    if db.read().query_one_raw(crate::db::statement(db.read(), waiting, values)).await?.is_none() {
        return Ok(Vec::new());
    }
    let skip_locked = if db.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
    let tx = db.begin_queue().await?;
    let is_mine = "EXISTS (SELECT 1 FROM worker_providers
                           WHERE worker_id = $1 AND worker_providers.provider_id = jobs.provider_id)";
    // A lease outlives three beats: who was not heard of for so long is no better than nobody.
    let is_others = format!(
        "EXISTS (SELECT 1 FROM worker_providers JOIN workers ON workers.id = worker_providers.worker_id
                 WHERE worker_providers.provider_id = jobs.provider_id
                   AND workers.stopped_at IS NULL AND workers.beat_at > {since})",
        since = sql_now_plus(backend, "-$2")
    );
    let sql = format!(
        "UPDATE jobs SET status = 'running', fence = fence + 1, leased_by = $1, lease_until = {until},
             started_at = COALESCE(started_at, {now})
         WHERE id IN (SELECT id FROM jobs WHERE status = 'queued' AND run_at <= {now} AND lane = $4 AND kind IN ({KINDS})
                        AND (provider_id IS NULL OR {is_mine} OR NOT {is_others})
                      ORDER BY run_at, seq LIMIT $3{skip_locked})
         RETURNING id, kind, run_id, provider_id, fence",
        until = sql_now_plus(backend, "$2"),
    );
    let free = i64::try_from(free).unwrap_or(i64::MAX);
    let values = [worker_id.into(), lease.as_secs_f64().into(), free.into(), lane.as_str().into()];
    let claimed: Vec<Row> = rows(&tx, sql, values).await?;
    tx.commit().await?;
    let known = claimed.into_iter().filter_map(|row| {
        Some(ClaimedJob {
            id: row.id,
            job: Job::read(&row.kind, row.run_id, row.provider_id)?,
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
    // Who asks for the same job at that moment waits for its row, and may be waited for.
    past_lost_races(|| finish_once(db, job, ending.clone())).await
}

async fn finish_once(db: &Db, job: &ClaimedJob, ending: JobEnding) -> Result<bool> {
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

#[cfg(test)]
mod tests {
    use super::{Job, KINDS};
    use uuid::Uuid;

    #[test]
    fn every_job_is_claimed_and_read_back() {
        let id = Uuid::nil();
        for job in [
            Job::FanOutRun(id),
            Job::CancelProbes(id),
            Job::RetryProbes(id),
            Job::FailHeldModels(id),
            Job::WriteReport(id),
            Job::AnalyzeRun(id),
            Job::RereadDecisions(id),
            Job::RescoreRun(id),
            Job::JudgeTranscripts { run_id: id, provider_id: "openai".into() },
            Job::AssessRun { run_id: id, provider_id: "openai".into() },
            Job::CheckProvider("openai".into()),
        ] {
            assert!(KINDS.contains(&format!("'{}'", job.kind())), "{job:?} is claimed by nobody");
            let read = Job::read(job.kind(), job.run_id(), job.provider_id());
            assert_eq!(read, Some(job));
        }
    }
}
