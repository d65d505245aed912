//! The job that judges a run: asked for where there is something to judge, and again where a crash
//! left something behind.

use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use super::{call::lose_orphans, of_run};
use crate::{
    db::{Db, rows},
    error::Result,
    queue::{Job, enqueue_job},
};

/// Has a run judged, in the transaction that makes something to be judged. Where it is being judged
/// already, that goes on.
pub(crate) async fn enqueue(tx: &impl ConnectionTrait, run_id: Uuid) -> Result<()> {
    let Some(judge) = of_run(tx, run_id).await? else { return Ok(()) };
    enqueue_job(tx, Job::JudgeTranscripts { run_id, provider_id: judge.provider_id }).await
}

/// Gives up calls whose worker died, and has every run judged that nobody judges though it waits.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn resume(db: &Db) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Id {
        run_id: Uuid,
    }
    lose_orphans(db).await?;
    let sql = "SELECT run_id FROM (
            SELECT DISTINCT run_id FROM probes WHERE outcome = 'reading'
            UNION SELECT run_id FROM run_judges WHERE NOT is_reopened) AS waiting
        WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.run_id = waiting.run_id
            AND jobs.kind = 'judge_transcripts' AND jobs.status IN ('queued', 'running'))";
    for Id { run_id } in rows::<Id>(db.read(), sql, []).await? {
        enqueue(db.write(), run_id).await?;
    }
    crate::assessing::resume(db).await
}
