//! Whether the status of runs and probes agrees with what belongs to it.

use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::{
    db::{Db, rows},
    error::Result,
};

/// Each: what disagrees, and the probes or runs where it does, counted per run.
const CHECKS: [(&str, &str); 6] = [
    (
        "probes of a run that is over have not ended",
        "SELECT runs.id AS run_id, COUNT(*) AS count FROM runs JOIN probes ON probes.run_id = runs.id
         WHERE runs.completed_at IS NOT NULL AND probes.status IN ('queued', 'running') GROUP BY runs.id",
    ),
    (
        "probes succeeded without a complete transcript",
        "SELECT probes.run_id, COUNT(*) AS count FROM probes
         WHERE probes.status = 'succeeded'
           AND NOT EXISTS (SELECT 1 FROM transcripts WHERE transcripts.probe_id = probes.id AND transcripts.is_complete)
         GROUP BY probes.run_id",
    ),
    (
        "complete transcripts belong to probes that have not succeeded",
        "SELECT transcripts.run_id, COUNT(*) AS count FROM transcripts JOIN probes ON probes.id = transcripts.probe_id
         WHERE transcripts.is_complete AND probes.status <> 'succeeded' GROUP BY transcripts.run_id",
    ),
    (
        "probes are decided without a decision in force",
        "SELECT probes.run_id, COUNT(*) AS count FROM probes
         WHERE probes.outcome = 'decided'
           AND NOT EXISTS (SELECT 1 FROM transcripts JOIN decisions ON decisions.transcript_id = transcripts.id
                           WHERE transcripts.probe_id = probes.id AND transcripts.is_complete
                             AND decisions.is_in_force AND decisions.status = 'decided')
         GROUP BY probes.run_id",
    ),
    (
        "probes more or fewer are planned for a model than are queued for it",
        "SELECT m.run_id, CAST(ABS(SUM(m.planned_count) - SUM(COALESCE(p.count, 0))) AS bigint) AS count
         FROM run_models AS m JOIN runs ON runs.id = m.run_id AND runs.queued_at IS NOT NULL
         LEFT JOIN (SELECT run_model_id, COUNT(*) AS count FROM probes GROUP BY run_model_id) AS p ON p.run_model_id = m.id
         WHERE m.planned_count <> COALESCE(p.count, 0) GROUP BY m.run_id",
    ),
    (
        "more or fewer probes are planned for the run than for its models",
        "SELECT runs.id AS run_id, CAST(ABS(runs.planned_count - SUM(m.planned_count)) AS bigint) AS count
         FROM runs JOIN run_models AS m ON m.run_id = runs.id
         GROUP BY runs.id, runs.planned_count HAVING runs.planned_count <> SUM(m.planned_count)",
    ),
];

/// What disagrees, in words.
pub(super) async fn disagreements(db: &Db) -> Result<Vec<String>> {
    #[derive(FromQueryResult)]
    struct Found {
        run_id: Uuid,
        count: i64,
    }
    let mut faults = Vec::new();
    for (what, sql) in CHECKS {
        for Found { run_id, count } in rows::<Found>(db.read(), sql, []).await? {
            faults.push(format!("run {run_id}: {count} {what}"));
        }
    }
    Ok(faults)
}
