//! Whether what is stored agrees with itself.

use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::{
    budget,
    db::{Db, rows},
    error::Result,
    gate, judging,
};

/// Compares the counters of every run's models with a count over its probes, the run's events
/// with their numbers, its budget with what was paid, and its status with its gates. Returns what disagrees, in words; nothing when all is well.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn counters(db: &Db) -> Result<Vec<String>> {
    #[derive(FromQueryResult)]
    struct Wrong {
        run_id: Uuid,
        model_id: String,
        counted: String,
        stored: String,
    }
    #[derive(FromQueryResult)]
    struct Gap {
        id: Uuid,
        event_seq: i64,
        events: i64,
    }
    let statuses = ["succeeded", "failed", "cancelled"];
    let outcomes = ["decided", "unreadable", "refused", "content_filter", "truncated", "empty"];
    let count = |column: &str, word: &str| {
        format!("CAST(SUM(CASE WHEN p.{column} = '{word}' THEN 1 ELSE 0 END) AS bigint)")
    };
    let counted: Vec<String> = statuses
        .iter()
        .map(|word| count("status", word))
        .chain(outcomes.iter().map(|word| count("outcome", word)))
        .map(|sum| format!("CAST(COALESCE({sum}, 0) AS text)"))
        .collect();
    let stored: Vec<String> =
        statuses.iter().chain(&outcomes).map(|word| format!("CAST(m.{word}_count AS text)")).collect();
    let counted = counted.join(" || ' ' || ");
    let stored = stored.join(" || ' ' || ");
    let sql = format!(
        "SELECT * FROM (
             SELECT m.run_id, m.model_id, {counted} AS counted, {stored} AS stored
             FROM run_models AS m LEFT JOIN probes AS p ON p.run_model_id = m.id GROUP BY m.id) AS both_counts
         WHERE counted <> stored"
    );
    let mut faults: Vec<String> = rows::<Wrong>(db.read(), sql, [])
        .await?
        .into_iter()
        .map(|wrong| {
            format!(
                "run {}, {}: counters ({} {}) are {}, the probes say {}",
                wrong.run_id,
                wrong.model_id,
                statuses.join(" "),
                outcomes.join(" "),
                wrong.stored,
                wrong.counted
            )
        })
        .collect();
    let sql = "SELECT runs.id, runs.event_seq, COUNT(run_events.seq) AS events
        FROM runs LEFT JOIN run_events ON run_events.run_id = runs.id
        GROUP BY runs.id, runs.event_seq HAVING COUNT(run_events.seq) <> runs.event_seq";
    for gap in rows::<Gap>(db.read(), sql, []).await? {
        faults.push(format!("run {}: {} events of {} are there", gap.id, gap.events, gap.event_seq));
    }
    faults.extend(budget::disagreements(db).await?);
    faults.extend(gate::disagreements(db).await?);
    faults.extend(judging::disagreements(db).await?);
    Ok(faults)
}
