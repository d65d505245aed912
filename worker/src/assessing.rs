//! Having judges mark, compare or read the answers of a run.

use domain::{
    Result,
    assessing::{self, AssessedCase, Assessing, Found},
    db::Db,
    judging::{Conclusion, Ended, Question, Terms},
    queue::{ClaimedJob, JobEnding},
};
use uuid::Uuid;

use crate::{
    jobs::Workshop,
    judging::{Asking, IDLE, Task},
};

impl Task for Assessing {
    type Case = AssessedCase;
    type Found = Found;

    fn terms(&self) -> &Terms {
        &self.terms
    }

    fn question(case: &AssessedCase) -> &Question {
        &case.question
    }

    fn read(&self, _case: &AssessedCase, answer: &str) -> Result<Found, Vec<String>> {
        Assessing::read(self, answer)
    }

    fn repair(&self, faults: &[String]) -> String {
        Assessing::repair(self, faults)
    }

    fn is_decided(_found: &Found) -> bool {
        true
    }

    async fn next(&self, db: &Db, limit: u64) -> Result<Vec<AssessedCase>> {
        assessing::next(db, self, limit).await
    }

    async fn settle(
        &self,
        db: &Db,
        case: &AssessedCase,
        call_id: Uuid,
        ended: &Ended,
        conclusion: &Conclusion<Found>,
    ) -> Result<()> {
        assessing::settle(db, self, case, call_id, ended, conclusion).await
    }
}

/// Works on the assessments of a run that a provider serves, one after the other, a while at a time.
pub(crate) async fn assess(
    shop: &Workshop,
    job: &ClaimedJob,
    run_id: Uuid,
    provider_id: &str,
) -> Result<JobEnding> {
    let db = &shop.db;
    // What an earlier claim of this job had in flight when its worker died.
    domain::judging::resume(db).await?;
    while let Some(row) = assessing::next_open(db, run_id, provider_id).await? {
        if row.finished_at.is_some() {
            assessing::rank(db, &row).await?;
            continue;
        }
        let Some(served) = shop.providers.get(provider_id) else {
            return Ok(JobEnding::Snooze(IDLE));
        };
        while !assessing::write_cases(db, row.id).await? {}
        let id = row.id;
        let task = assessing::load(db, &shop.runs.get(run_id).await?, row).await?;
        if task.terms.run.paused_at.is_some() {
            return Ok(JobEnding::Snooze(IDLE));
        }
        let tally = Asking { shop, served, task: &task, job }.turn().await;
        if let Some((category, message)) = &tally.stop {
            assessing::end(db, id, Some((category, message))).await?;
            continue;
        }
        match tally.ending()? {
            // The run was paused or cancelled in between: what waits is asked later.
            JobEnding::Succeeded if !assessing::next(db, &task, 1).await?.is_empty() => {
                return Ok(JobEnding::Snooze(IDLE));
            }
            JobEnding::Succeeded => assessing::end(db, id, None).await?,
            later => return Ok(later),
        }
    }
    Ok(JobEnding::Succeeded)
}
