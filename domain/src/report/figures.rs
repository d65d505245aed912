//! What is counted over all probes of a run: the database counts, so that a report of a million
//! probes holds as little in memory as one of ten.

use std::collections::HashMap;

use futures::TryStreamExt;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::document::{AnsweredBy, Attempts, ReaderPart};
use crate::{
    db::{Db, rows, statement},
    error::Result,
};

/// What there is to say of one model of a run, beside its counters.
#[derive(Clone, Debug, Default)]
pub(super) struct ModelFigures {
    pub(super) turns: i64,
    pub(super) attempts: Vec<Attempts>,
    pub(super) answered_by: Vec<AnsweredBy>,
    pub(super) without_cost: i64,
    pub(super) without_tokens: i64,
    pub(super) latency: Latency,
}

/// How long complete conversations took.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Latency {
    pub(super) n: i64,
    pub(super) p50_ms: Option<i64>,
    pub(super) p95_ms: Option<i64>,
    pub(super) max_ms: Option<i64>,
}

/// The figures of each model of a run.
///
/// # Errors
/// `Unavailable` or `Database`.
pub(super) async fn of_models(db: &Db, run_id: Uuid) -> Result<HashMap<Uuid, ModelFigures>> {
    let mut models: HashMap<Uuid, ModelFigures> = HashMap::new();
    count_turns(db, run_id, &mut models).await?;
    count_attempts(db, run_id, &mut models).await?;
    count_transcripts(db, run_id, &mut models).await?;
    measure_latency(db, run_id, &mut models).await?;
    Ok(models)
}

async fn count_turns(db: &Db, run_id: Uuid, models: &mut HashMap<Uuid, ModelFigures>) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Turns {
        run_model_id: Uuid,
        turns: i64,
    }
    let sql = "SELECT run_model_id, CAST(SUM(turn_count) AS bigint) AS turns FROM probes
        WHERE run_id = $1 GROUP BY run_model_id";
    for row in rows::<Turns>(db.read(), sql, [run_id.into()]).await? {
        models.entry(row.run_model_id).or_default().turns = row.turns;
    }
    Ok(())
}

async fn count_attempts(db: &Db, run_id: Uuid, models: &mut HashMap<Uuid, ModelFigures>) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Row {
        run_model_id: Uuid,
        result: String,
        category: Option<String>,
        count: i64,
    }
    let sql = "SELECT p.run_model_id, a.result, a.error_category AS category, COUNT(*) AS count
        FROM probes AS p JOIN attempts AS a ON a.probe_id = p.id
        WHERE p.run_id = $1 GROUP BY p.run_model_id, a.result, a.error_category
        ORDER BY COUNT(*) DESC, a.result, a.error_category";
    for Row { run_model_id, result, category, count } in rows(db.read(), sql, [run_id.into()]).await? {
        models.entry(run_model_id).or_default().attempts.push(Attempts { result, category, count });
    }
    Ok(())
}

async fn count_transcripts(db: &Db, run_id: Uuid, models: &mut HashMap<Uuid, ModelFigures>) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Row {
        run_model_id: Uuid,
        version: Option<String>,
        transcripts: i64,
        with_cost: i64,
        with_tokens: i64,
    }
    let sql = "SELECT run_model_id, model_version AS version, COUNT(*) AS transcripts,
            COUNT(cost_usd_micros) AS with_cost, COUNT(input_tokens + output_tokens) AS with_tokens
        FROM transcripts WHERE run_id = $1 AND is_complete GROUP BY run_model_id, model_version
        ORDER BY COUNT(*) DESC, model_version";
    for row in rows::<Row>(db.read(), sql, [run_id.into()]).await? {
        let model = models.entry(row.run_model_id).or_default();
        model.without_cost += row.transcripts - row.with_cost;
        model.without_tokens += row.transcripts - row.with_tokens;
        model.answered_by.push(AnsweredBy { version: row.version, transcripts: row.transcripts });
    }
    Ok(())
}

/// Exact percentiles by nearest rank, from how often each millisecond occurs: there are fewer
/// different ones than conversations, and they come one after the other.
async fn measure_latency(db: &Db, run_id: Uuid, models: &mut HashMap<Uuid, ModelFigures>) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Row {
        run_model_id: Uuid,
        latency_ms: i64,
        count: i64,
        total: i64,
    }
    let sql = "SELECT run_model_id, latency_ms, count, CAST(SUM(count) OVER (PARTITION BY run_model_id) AS bigint) AS total
        FROM (SELECT run_model_id, latency_ms, COUNT(*) AS count FROM transcripts
              WHERE run_id = $1 AND is_complete GROUP BY run_model_id, latency_ms) AS spans
        ORDER BY run_model_id, latency_ms";
    let query = Row::find_by_statement(statement(db.read(), sql, [run_id.into()]));
    let mut spans = query.stream(db.read()).await?;
    while let Some(row) = spans.try_next().await? {
        models.entry(row.run_model_id).or_default().latency.add(row.latency_ms, row.count, row.total);
    }
    Ok(())
}

impl Latency {
    /// Adds the next longer span, which occurs so often, of all.
    fn add(&mut self, latency_ms: i64, count: i64, total: i64) {
        self.n += count;
        let reached = |percent: i64| self.n * 100 >= total * percent;
        let (p50, p95) = (reached(50), reached(95));
        self.p50_ms = self.p50_ms.or(p50.then_some(latency_ms));
        self.p95_ms = self.p95_ms.or(p95.then_some(latency_ms));
        self.max_ms = Some(latency_ms);
    }
}

/// Who has read the decisions that are in force.
///
/// # Errors
/// `Unavailable` or `Database`.
pub(super) async fn readers(db: &Db, run_id: Uuid) -> Result<Vec<ReaderPart>> {
    #[derive(FromQueryResult)]
    struct Row {
        reader: String,
        version: String,
        readings: i64,
    }
    let sql = "SELECT d.reader, d.reader_version AS version, COUNT(*) AS readings
        FROM transcripts AS t JOIN decisions AS d ON d.transcript_id = t.id AND d.is_in_force
        WHERE t.run_id = $1 AND t.is_complete GROUP BY d.reader, d.reader_version
        ORDER BY COUNT(*) DESC, d.reader, d.reader_version";
    let part = |Row { reader, version, readings }| ReaderPart { reader, version, readings };
    Ok(rows(db.read(), sql, [run_id.into()]).await?.into_iter().map(part).collect())
}

#[cfg(test)]
mod tests {
    use super::Latency;

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let of = |spans: &[(i64, i64)]| {
            let total = spans.iter().map(|(_, count)| count).sum();
            let mut latency = Latency::default();
            spans.iter().for_each(|(ms, count)| latency.add(*ms, *count, total));
            (latency.n, latency.p50_ms, latency.p95_ms, latency.max_ms)
        };
        assert_eq!(of(&[]), (0, None, None, None));
        assert_eq!(of(&[(7, 1)]), (1, Some(7), Some(7), Some(7)));
        assert_eq!(of(&[(1, 50), (2, 45), (3, 5)]), (100, Some(1), Some(2), Some(3)));
        assert_eq!(of(&[(1, 49), (2, 45), (3, 6)]), (100, Some(2), Some(3), Some(3)));
        assert_eq!(of(&[(1, 1), (2, 1), (9, 1)]), (3, Some(2), Some(9), Some(9)));
    }
}
