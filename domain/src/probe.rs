//! Probes with what they produced: attempts, turns, transcripts, decisions, events.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use entity::{ProbeOutcome, QueueStatus, attempt, decision, probe, run_event, transcript, turn};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, Order, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SimpleExpr},
};
use uuid::Uuid;

use crate::{
    db::{Db, row, rows},
    definition::LevelDigits,
    error::{Error, Result},
    page::{Page, PageRequest, number_cursor},
};

/// Which probes of a run are wanted; None: all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ProbeFilter {
    /// In this status.
    pub status: Option<QueueStatus>,
    /// Of this model of the run.
    pub run_model_id: Option<Uuid>,
    /// Of this scenario.
    pub scenario_id: Option<Uuid>,
}

impl ProbeFilter {
    pub(crate) fn condition(&self) -> Condition {
        Condition::all()
            .add_option(self.status.map(|status| probe::Column::Status.eq(status)))
            .add_option(self.run_model_id.map(|id| probe::Column::RunModelId.eq(id)))
            .add_option(self.scenario_id.map(|id| probe::Column::ScenarioId.eq(id)))
    }
}

/// Probes of a run in their order.
///
/// # Errors
/// `Invalid` where the cursor is none of ours, `Unavailable` or `Database`.
pub async fn list(
    db: &Db,
    run_id: Uuid,
    filter: &ProbeFilter,
    request: &PageRequest,
) -> Result<Page<probe::Model>> {
    let wanted = filter.condition().add(probe::Column::RunId.eq(run_id));
    let total = probe::Entity::find().filter(wanted.clone()).count(db.read()).await?;
    let after = request.after_number()?;
    let found = probe::Entity::find()
        .filter(wanted.add_option(after.map(|seq| probe::Column::Seq.gt(seq))))
        .order_by_asc(probe::Column::Seq)
        .limit(request.first + 1)
        .all(db.read())
        .await?;
    Ok(Page::of(found, request.first, total, |row| number_cursor(row.seq)))
}

/// Which transcripts of a run are wanted; None: all complete ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TranscriptFilter {
    /// Of this model of the run.
    pub run_model_id: Option<Uuid>,
    /// Of this scenario.
    pub scenario_id: Option<Uuid>,
    /// Whose line in the ledger this is; none of those that broke off has one.
    pub outcome: Option<ProbeOutcome>,
    /// Whose reading in force found this decision.
    pub decision: Option<String>,
    /// Of scenarios with this level of a dimension.
    pub level: Option<LevelDigits>,
    /// Also conversations that broke off.
    pub with_partial: bool,
}

impl TranscriptFilter {
    pub(crate) fn condition(&self) -> Condition {
        Condition::all()
            .add_option((!self.with_partial).then(|| transcript::Column::IsComplete.eq(true)))
            .add_option(self.run_model_id.map(|id| transcript::Column::RunModelId.eq(id)))
            .add_option(self.scenario_id.map(|id| transcript::Column::ScenarioId.eq(id)))
            .add_option(self.outcome.map(ends_as))
            .add_option(self.decision.as_deref().map(decides))
            .add_option(self.level.map(has_level))
    }
}

fn ends_as(outcome: ProbeOutcome) -> Condition {
    let probe = Query::select()
        .expr(Expr::val(1))
        .from(probe::Entity)
        .and_where(
            Expr::col((probe::Entity, probe::Column::Id))
                .equals((transcript::Entity, transcript::Column::ProbeId)),
        )
        .and_where(probe::Column::Outcome.eq(outcome))
        .to_owned();
    Condition::all().add(transcript::Column::IsComplete.eq(true)).add(Expr::exists(probe))
}

fn has_level(level: LevelDigits) -> SimpleExpr {
    let LevelDigits { size, base, first, last } = level;
    Expr::cust(format!(
        "EXISTS (SELECT 1 FROM scenarios WHERE scenarios.id = transcripts.scenario_id
                 AND scenarios.combination / {size} % {base} BETWEEN {first} AND {last})"
    ))
}

fn decides(value: &str) -> SimpleExpr {
    let reading = Query::select()
        .expr(Expr::val(1))
        .from(decision::Entity)
        .and_where(
            Expr::col((decision::Entity, decision::Column::TranscriptId))
                .equals((transcript::Entity, transcript::Column::Id)),
        )
        .and_where(decision::Column::IsInForce.eq(true))
        .and_where(decision::Column::Value.eq(value))
        .to_owned();
    Expr::exists(reading)
}

/// Which of two neighbours.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one before.
    Previous,
    /// The one behind.
    Next,
}

/// The transcript beside `of`, among those of its run that are wanted; None: there is none.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn neighbour(
    db: &Db,
    of: &transcript::Model,
    filter: &TranscriptFilter,
    side: Side,
) -> Result<Option<transcript::Model>> {
    let (seq, id) = (transcript::Column::Seq, transcript::Column::Id);
    // Conversations of one probe that broke off share its place: their ids, which hold a clock, order them.
    let (behind, order) = match side {
        Side::Previous => {
            (Condition::any().add(seq.lt(of.seq)).add(seq.eq(of.seq).and(id.lt(of.id))), Order::Desc)
        }
        Side::Next => {
            (Condition::any().add(seq.gt(of.seq)).add(seq.eq(of.seq).and(id.gt(of.id))), Order::Asc)
        }
    };
    let found = transcript::Entity::find()
        .filter(filter.condition().add(transcript::Column::RunId.eq(of.run_id)).add(behind))
        .order_by(seq, order.clone())
        .order_by(id, order)
        .one(db.read())
        .await?;
    Ok(found)
}

/// Transcripts of a run in the order of their probes.
///
/// # Errors
/// `Invalid` where the cursor is none of ours, `Unavailable` or `Database`.
pub async fn transcripts(
    db: &Db,
    run_id: Uuid,
    filter: &TranscriptFilter,
    request: &PageRequest,
) -> Result<Page<transcript::Model>> {
    let wanted = filter.condition().add(transcript::Column::RunId.eq(run_id));
    let total = transcript::Entity::find().filter(wanted.clone()).count(db.read()).await?;
    let after = request.after_number()?;
    let found = transcript::Entity::find()
        .filter(wanted.add_option(after.map(|seq| transcript::Column::Seq.gt(seq))))
        .order_by_asc(transcript::Column::Seq)
        .order_by_asc(transcript::Column::Id)
        .limit(request.first + 1)
        .all(db.read())
        .await?;
    Ok(Page::of(found, request.first, total, |row| number_cursor(row.seq)))
}

/// One transcript.
///
/// # Errors
/// `NotFound`, `Unavailable` or `Database`.
pub async fn transcript(db: &Db, id: Uuid) -> Result<transcript::Model> {
    transcript::Entity::find_by_id(id).one(db.read()).await?.ok_or_else(|| Error::not_found("transcript", id))
}

/// A run's events, oldest first.
///
/// # Errors
/// `Invalid` where the cursor is none of ours, `Unavailable` or `Database`.
pub async fn events(db: &Db, run_id: Uuid, request: &PageRequest) -> Result<Page<run_event::Model>> {
    let all = || run_event::Entity::find().filter(run_event::Column::RunId.eq(run_id));
    let total = all().count(db.read()).await?;
    let found = all()
        .filter(run_event::Column::Seq.gt(request.after_number()?.unwrap_or(0)))
        .order_by_asc(run_event::Column::Seq)
        .limit(request.first + 1)
        .all(db.read())
        .await?;
    Ok(Page::of(found, request.first, total, |row| number_cursor(row.seq)))
}

/// The turns of several probes, each in order, in one statement.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn turns_of(db: &Db, probe_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<turn::Model>>> {
    let found = turn::Entity::find()
        .filter(turn::Column::ProbeId.is_in(probe_ids.iter().copied()))
        .order_by_asc(turn::Column::ProbeId)
        .order_by_asc(turn::Column::TurnIndex)
        .all(db.read())
        .await?;
    Ok(grouped(found, |turn| turn.probe_id))
}

/// How long the calls of a probe's failed tries took. What counted as no try, such as a wait for a
/// rate limit or for a provider that is failing, is not in it.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn call_time(db: &Db, probe_id: Uuid) -> Result<Duration> {
    #[derive(FromQueryResult)]
    struct Sum {
        total_ms: i64,
    }
    let sql = "SELECT CAST(COALESCE(SUM(latency_ms), 0) AS bigint) AS total_ms FROM attempts
        WHERE probe_id = $1 AND result = 'retried'";
    let sum: Option<Sum> = row(db.read(), sql, [probe_id.into()]).await?;
    Ok(Duration::from_millis(sum.map_or(0, |sum| sum.total_ms.unsigned_abs())))
}

/// The attempts of several probes, each in order of time, in one statement.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn attempts_of(db: &Db, probe_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<attempt::Model>>> {
    let found = attempt::Entity::find()
        .filter(attempt::Column::ProbeId.is_in(probe_ids.iter().copied()))
        .order_by_asc(attempt::Column::StartedAt)
        .order_by_asc(attempt::Column::Id)
        .all(db.read())
        .await?;
    Ok(grouped(found, |attempt| attempt.probe_id))
}

/// The decision in force of several transcripts, in one statement.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn decisions_of(db: &Db, transcript_ids: &[Uuid]) -> Result<HashMap<Uuid, decision::Model>> {
    let found = decision::Entity::find()
        .filter(decision::Column::TranscriptId.is_in(transcript_ids.iter().copied()))
        .filter(decision::Column::IsInForce.eq(true))
        .all(db.read())
        .await?;
    Ok(found.into_iter().map(|row| (row.transcript_id, row)).collect())
}

/// All that several transcripts were read as, each in the order of the readings, in one statement.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn revisions_of(db: &Db, transcript_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<decision::Model>>> {
    let found = decision::Entity::find()
        .filter(decision::Column::TranscriptId.is_in(transcript_ids.iter().copied()))
        .order_by_asc(decision::Column::Revision)
        .all(db.read())
        .await?;
    Ok(grouped(found, |row| row.transcript_id))
}

/// The complete transcripts of several probes, in one statement.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn transcripts_of(db: &Db, probe_ids: &[Uuid]) -> Result<HashMap<Uuid, transcript::Model>> {
    let found = transcript::Entity::find()
        .filter(transcript::Column::ProbeId.is_in(probe_ids.iter().copied()))
        .filter(transcript::Column::IsComplete.eq(true))
        .all(db.read())
        .await?;
    Ok(found.into_iter().map(|row| (row.probe_id, row)).collect())
}

/// Failed probes of one model of a run that failed for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Failures {
    /// The model's row.
    pub run_model_id: Uuid,
    /// As a word of the taxonomy.
    pub category: String,
    /// How many probes.
    pub count: i64,
    /// The message of one of them.
    pub example: String,
}

/// Why probes of a run failed, model by model in the order of the run, most frequent first.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn failures_of(db: &Db, run_id: Uuid) -> Result<Vec<Failures>> {
    let sql = "SELECT m.id AS run_model_id, p.error_category AS category, COUNT(*) AS count,
            MIN(p.error_message) AS example
        FROM probes AS p JOIN run_models AS m ON m.id = p.run_model_id
        WHERE p.run_id = $1 AND p.status = 'failed'
        GROUP BY m.id, m.ordinal, p.error_category ORDER BY m.ordinal, COUNT(*) DESC, p.error_category";
    rows(db.read(), sql, [run_id.into()]).await
}

/// What a run asked for and a model was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Omitted {
    /// Which model of the run.
    pub run_model_id: Uuid,
    /// The parameter, e.g. `temperature`.
    pub parameter: String,
    /// Turns that were asked without it.
    pub turn_count: i64,
}

/// What was not sent to the models of a run, by model and parameter.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn omitted_of(db: &Db, run_id: Uuid) -> Result<Vec<Omitted>> {
    #[derive(FromQueryResult)]
    struct Found {
        run_model_id: Uuid,
        omitted: serde_json::Value,
        count: i64,
    }
    let sql = "SELECT probes.run_model_id, turns.omitted, COUNT(*) AS count
        FROM turns JOIN probes ON probes.id = turns.probe_id
        WHERE probes.run_id = $1 AND turns.omitted <> '[]' GROUP BY probes.run_model_id, turns.omitted";
    let found: Vec<Found> = rows(db.read(), sql, [run_id.into()]).await?;
    let mut counts: BTreeMap<(Uuid, String), i64> = BTreeMap::new();
    for Found { run_model_id, omitted, count } in found {
        for parameter in omitted.as_array().into_iter().flatten().filter_map(|value| value.as_str()) {
            *counts.entry((run_model_id, parameter.to_owned())).or_default() += count;
        }
    }
    let of = |((run_model_id, parameter), turn_count)| Omitted { run_model_id, parameter, turn_count };
    Ok(counts.into_iter().map(of).collect())
}

fn grouped<T>(rows: Vec<T>, key: impl Fn(&T) -> Uuid) -> HashMap<Uuid, Vec<T>> {
    let mut groups: HashMap<Uuid, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
