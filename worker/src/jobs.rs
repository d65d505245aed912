//! Jobs that are not probes.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use domain::{
    Result, analysis, assessing,
    config::Config,
    db::Db,
    decision,
    health::record_check,
    limits,
    queue::{self, ClaimedJob, Job, JobEnding, JobLane},
    report,
    run::{self, FrozenRun},
    scoring,
};
use providers::Provider;
use tokio::{task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{check, judging, pacer::Pacer, runs::RunCache};

/// Jobs at once: most are bulk writes, of which more would only wait for each other, and a
/// provider that does not answer its check must not hold them up.
const PARALLEL: usize = 4;

/// A provider, and what this worker knows of its limits.
#[derive(Clone)]
pub(crate) struct Served {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) pacer: Arc<Pacer>,
}

/// What a worker brings to its jobs.
pub(crate) struct Workshop {
    pub(crate) db: Db,
    pub(crate) config: Arc<Config>,
    pub(crate) worker_id: Uuid,
    /// The providers it serves, by id.
    pub(crate) providers: HashMap<String, Served>,
    pub(crate) runs: RunCache,
    /// Cancelled when the grace period is over.
    pub(crate) abort: CancellationToken,
    /// Why others that were set up cannot be served, by id.
    pub(crate) unusable: BTreeMap<String, String>,
}

/// Works on jobs until shutdown; jobs under way stop between two transactions.
pub(crate) async fn work(shop: Arc<Workshop>, lane: JobLane, shutdown: CancellationToken) {
    let poll = Duration::from_millis(shop.config.poll_ms.max(1));
    let mut under_way = JoinSet::new();
    loop {
        while under_way.try_join_next().is_some() {}
        if under_way.len() < PARALLEL {
            let free = (PARALLEL - under_way.len()) as u64;
            match queue::claim_jobs(&shop.db, shop.worker_id, lane, free, shop.config.lease()).await {
                Ok(claimed) => {
                    for job in claimed {
                        under_way.spawn(perform(Arc::clone(&shop), job));
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

async fn perform(shop: Arc<Workshop>, job: ClaimedJob) {
    let ending = match shop.attempt(&job).await {
        Ok(ending) => ending,
        Err(error) => {
            tracing::warn!(job_id = %job.id, job = ?job.job, %error, "a job failed");
            JobEnding::Retry { delay: Duration::from_secs(5), message: error.to_string() }
        }
    };
    // Where this cannot be written, the lease lapses and the job is done again: jobs are safe
    // to repeat.
    let is_done = matches!(ending, JobEnding::Succeeded);
    if let Err(error) = queue::finish_job(&shop.db, &job, ending).await {
        tracing::warn!(job_id = %job.id, %error, "a job's end could not be written");
    }
    // Something may have come in between the job's last look and its end.
    if is_done
        && matches!(job.job, Job::JudgeTranscripts { .. } | Job::AssessRun { .. })
        && let Err(error) = domain::judging::resume(&shop.db).await
    {
        tracing::debug!(%error, "what waits for a judge waits for the next sweep");
    }
}

impl Workshop {
    async fn attempt(&self, claimed: &ClaimedJob) -> Result<JobEnding> {
        let db = &self.db;
        match &claimed.job {
            Job::FanOutRun(run_id) => run::fan_out(db, *run_id).await?,
            Job::CancelProbes(run_id) => {
                // Probes that are still being queued are marked once they are.
                if run::find(db, *run_id).await?.queued_at.is_none() {
                    return Ok(JobEnding::Snooze(Duration::from_millis(500)));
                }
                while !run::cancel_probes(db, *run_id).await? {}
            }
            Job::RetryProbes(run_id) => while !run::retry_probes(db, *run_id).await? {},
            Job::FailHeldModels(run_id) => {
                // A chunk at a time; probes in flight, or still being queued, are waited for.
                if !limits::fail_given_up(db, *run_id).await? {
                    return Ok(JobEnding::Snooze(Duration::from_millis(100)));
                }
            }
            Job::WriteReport(run_id) => {
                report::write(db, *run_id).await?;
                assessing::begin_by_itself(db, *run_id).await?;
            }
            Job::AnalyzeRun(run_id) => {
                // What is about to change again is not worth a look yet.
                if analysis::is_about_to_change(db, *run_id).await? {
                    return Ok(JobEnding::Snooze(Duration::from_secs(1)));
                }
                analysis::refresh(db, *run_id).await?;
            }
            Job::RereadDecisions(run_id) => {
                let frozen = FrozenRun::load(db, *run_id).await?;
                let mut after = Some(-1);
                while let Some(place) = after {
                    after = decision::reread_chunk(db, &frozen, place).await?.next;
                }
            }
            Job::RescoreRun(run_id) => while !scoring::rescore_chunk(db, *run_id).await? {},
            Job::JudgeTranscripts { run_id, provider_id } => {
                return judging::judge(self, claimed, *run_id, provider_id).await;
            }
            Job::AssessRun { run_id, provider_id } => {
                return crate::assessing::assess(self, claimed, *run_id, provider_id).await;
            }
            Job::CheckProvider(id) => {
                // Only where no worker serves it does the check come here.
                let check = match self.providers.get(id) {
                    Some(served) => {
                        check::check(served.provider.as_ref(), check::needs_key(&self.config, id)).await
                    }
                    None => check::not_configured(self.unusable.get(id)),
                };
                record_check(db, id, self.worker_id, check).await?;
            }
        }
        Ok(JobEnding::Succeeded)
    }
}
