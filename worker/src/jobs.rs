//! Jobs that are not probes.

use std::{sync::Arc, time::Duration};

use domain::{
    Result,
    config::Config,
    db::Db,
    queue::{self, ClaimedJob, JobEnding, JobKind},
    run,
};
use tokio::{task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Jobs at once: they are bulk writes, and more of them would only wait for each other.
const PARALLEL: usize = 2;

/// Works on jobs until shutdown; jobs under way stop between two transactions.
pub(crate) async fn work(db: Db, config: Arc<Config>, worker_id: Uuid, shutdown: CancellationToken) {
    let poll = Duration::from_millis(config.poll_ms.max(1));
    let mut under_way = JoinSet::new();
    loop {
        while under_way.try_join_next().is_some() {}
        if under_way.len() < PARALLEL {
            let free = (PARALLEL - under_way.len()) as u64;
            match queue::claim_jobs(&db, worker_id, free, config.lease()).await {
                Ok(claimed) => {
                    for job in claimed {
                        under_way.spawn(perform(db.clone(), job));
                    }
                }
                Err(error) if error.is_outage() => {}
                Err(error) => tracing::warn!(%error, "cannot claim jobs"),
            }
        }
        let pause = async {
            tokio::select! {
                Some(_) = under_way.join_next() => {}
                () = sleep(poll) => {}
            }
        };
        if shutdown.run_until_cancelled(pause).await.is_none() {
            break;
        }
    }
    while under_way.join_next().await.is_some() {}
}

async fn perform(db: Db, job: ClaimedJob) {
    let ending = match attempt(&db, &job).await {
        Ok(ending) => ending,
        Err(error) => {
            tracing::warn!(job_id = %job.id, kind = job.kind.as_str(), run_id = %job.run_id, %error, "a job failed");
            JobEnding::Retry { delay: Duration::from_secs(5), message: error.to_string() }
        }
    };
    // Where this cannot be written, the lease lapses and the job is done again: jobs are safe
    // to repeat.
    if let Err(error) = queue::finish_job(&db, &job, ending).await {
        tracing::warn!(job_id = %job.id, %error, "a job's end could not be written");
    }
}

async fn attempt(db: &Db, job: &ClaimedJob) -> Result<JobEnding> {
    match job.kind {
        JobKind::FanOutRun => run::fan_out(db, job.run_id).await?,
        JobKind::CancelProbes => {
            // Probes that are still being queued are marked once they are.
            if run::find(db, job.run_id).await?.queued_at.is_none() {
                return Ok(JobEnding::Snooze(Duration::from_millis(500)));
            }
            while !run::cancel_probes(db, job.run_id).await? {}
        }
        JobKind::RetryProbes => while !run::retry_probes(db, job.run_id).await? {},
    }
    Ok(JobEnding::Succeeded)
}
