//! Jobs that are not probes.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use domain::{
    Result,
    config::Config,
    db::Db,
    health::record_check,
    limits,
    queue::{self, ClaimedJob, Job, JobEnding},
    report, run,
};
use providers::Provider;
use tokio::{task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::check;

/// Jobs at once: most are bulk writes, of which more would only wait for each other, and a
/// provider that does not answer its check must not hold them up.
const PARALLEL: usize = 4;

/// What a worker brings to its jobs.
pub(crate) struct Workshop {
    pub(crate) db: Db,
    pub(crate) config: Arc<Config>,
    pub(crate) worker_id: Uuid,
    /// The providers it serves, by id.
    pub(crate) providers: HashMap<String, Arc<dyn Provider>>,
    /// Why others that were set up cannot be served, by id.
    pub(crate) unusable: BTreeMap<String, String>,
}

/// Works on jobs until shutdown; jobs under way stop between two transactions.
pub(crate) async fn work(shop: Workshop, shutdown: CancellationToken) {
    let shop = Arc::new(shop);
    let poll = Duration::from_millis(shop.config.poll_ms.max(1));
    let mut under_way = JoinSet::new();
    loop {
        while under_way.try_join_next().is_some() {}
        if under_way.len() < PARALLEL {
            let free = (PARALLEL - under_way.len()) as u64;
            match queue::claim_jobs(&shop.db, shop.worker_id, free, shop.config.lease()).await {
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
    let ending = match shop.attempt(&job.job).await {
        Ok(ending) => ending,
        Err(error) => {
            tracing::warn!(job_id = %job.id, job = ?job.job, %error, "a job failed");
            JobEnding::Retry { delay: Duration::from_secs(5), message: error.to_string() }
        }
    };
    // Where this cannot be written, the lease lapses and the job is done again: jobs are safe
    // to repeat.
    if let Err(error) = queue::finish_job(&shop.db, &job, ending).await {
        tracing::warn!(job_id = %job.id, %error, "a job's end could not be written");
    }
}

impl Workshop {
    async fn attempt(&self, job: &Job) -> Result<JobEnding> {
        let db = &self.db;
        match job {
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
            Job::WriteReport(run_id) => report::write(db, *run_id).await?,
            Job::CheckProvider(id) => {
                // Only where no worker serves it does the check come here.
                let check = match self.providers.get(id) {
                    Some(provider) => {
                        check::check(provider.as_ref(), check::needs_key(&self.config, id)).await
                    }
                    None => check::not_configured(self.unusable.get(id)),
                };
                record_check(db, id, self.worker_id, check).await?;
            }
        }
        Ok(JobEnding::Succeeded)
    }
}
