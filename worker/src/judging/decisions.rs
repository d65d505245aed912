//! Judging what could not be read: the job, and what is asked about one transcript.

use domain::{
    Result,
    db::Db,
    judging::{self, Case, Conclusion, Ended, Judging, Question, Terms, Verdict},
    queue::{ClaimedJob, JobEnding},
};
use uuid::Uuid;

use super::{Asking, IDLE, Task};
use crate::jobs::Workshop;

impl Task for Judging {
    type Case = Case;
    type Found = Verdict;

    fn terms(&self) -> &Terms {
        &self.terms
    }

    fn question(case: &Case) -> &Question {
        &case.question
    }

    fn read(&self, _case: &Case, answer: &str) -> Result<Verdict, Vec<String>> {
        Judging::read(self, answer)
    }

    fn repair(&self, faults: &[String]) -> String {
        Case::repair(faults)
    }

    fn is_decided(found: &Verdict) -> bool {
        found.decision.is_some()
    }

    async fn next(&self, db: &Db, limit: u64) -> Result<Vec<Case>> {
        judging::next(db, self, limit).await
    }

    async fn settle(
        &self,
        db: &Db,
        case: &Case,
        call_id: Uuid,
        ended: &Ended,
        conclusion: &Conclusion,
    ) -> Result<()> {
        judging::settle(db, self, case, call_id, ended, conclusion).await
    }
}

/// Judges what waits of a run, a chunk at a time.
pub(crate) async fn judge(
    shop: &Workshop,
    job: &ClaimedJob,
    run_id: Uuid,
    provider_id: &str,
) -> Result<JobEnding> {
    let db = &shop.db;
    // What an earlier claim of this job had in flight when its worker died.
    judging::resume(db).await?;
    let Some(judging) = judging::load(db, shop.runs.get(run_id).await?).await? else {
        return Ok(JobEnding::Succeeded);
    };
    if judging.row.provider_id != provider_id {
        // Another judge was named since: its job is for who can serve it, once this one has ended.
        return Ok(JobEnding::Succeeded);
    }
    if let Some((category, message)) = judging.stopped_because() {
        judging::stop(db, &judging, category, &message).await?;
        return Ok(JobEnding::Succeeded);
    }
    if judging.waits_because().is_some() {
        return Ok(JobEnding::Snooze(IDLE));
    }
    let Some(served) = shop.providers.get(&judging.row.provider_id) else {
        return Ok(JobEnding::Snooze(IDLE));
    };
    while !judging::reopen(db, &judging).await? {}
    let asking = Asking { shop, served, task: &judging, job };
    let tally = asking.turn().await;
    judging::note(db, &judging, tally.decided, tally.unreadable, tally.given_up).await?;
    if let Some((category, message)) = &tally.stop {
        judging::stop(db, &judging, category, message).await?;
        return Ok(JobEnding::Succeeded);
    }
    tally.ending()
}
