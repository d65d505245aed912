//! Assessments at work: the next cases, and what becomes of them.

use std::{collections::HashMap, sync::Arc};

use entity::{
    AiCallKind, AssessmentKind, CaseState, RankingState, ai_call, assessment, assessment_call,
    assessment_case, model, transcript, turn,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, EntityTrait,
    FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    Found, PROMPT_VERSION,
    ask::{AnswerReader, Wanted},
    question,
    terms::wanted,
};
use crate::{
    db::{Db, execute, locked, now, rows},
    definition::from_stored,
    error::{Error, Result},
    event,
    judging::{
        Conclusion, Ended, Names, Question, Spoken, Terms, Work, for_providers, left_by, names_of, price_of,
        settle_call,
    },
    lifecycle::NewEvent,
    lost_race::past_lost_races,
    probe,
    queue::{Job, enqueue_job},
    registry::Tariffs,
    run::FrozenRun,
    scoring::{self, Score},
    values::{self, ReadBy, ValueReading},
};

/// An assessment, ready to be worked on.
pub struct Assessing {
    /// The assessment.
    pub row: assessment::Model,
    /// Who is asked, on what terms.
    pub terms: Terms,
    wanted: Wanted,
    answers: AnswerReader,
    names: HashMap<Uuid, Names>,
}

/// One case, with what it is about.
#[derive(Clone, Debug)]
pub struct AssessedCase {
    row: assessment_case::Model,
    turns: Vec<turn::Model>,
    /// What the judge is asked.
    pub question: Question,
}

/// The oldest assessment of a run that this provider serves and that is not done; None: all are.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn next_open(db: &Db, run_id: Uuid, provider_id: &str) -> Result<Option<assessment::Model>> {
    let open = Condition::any()
        .add(assessment::Column::FinishedAt.is_null())
        .add(assessment::Column::RankingState.eq(RankingState::Wanted));
    Ok(assessment::Entity::find()
        .filter(assessment::Column::RunId.eq(run_id))
        .filter(assessment::Column::ProviderId.eq(provider_id))
        .filter(open)
        .order_by_asc(assessment::Column::Attempt)
        .one(db.write())
        .await?)
}

/// Reads what an assessment needs.
///
/// # Errors
/// `NotFound`, `Unavailable` or `Database`.
pub async fn load(db: &Db, frozen: &Arc<FrozenRun>, row: assessment::Model) -> Result<Assessing> {
    let run = crate::run::find(db, row.run_id).await?;
    let version = crate::lookup::versions(db, &[row.definition_version_id]).await?.into_values().next();
    let version = version.ok_or_else(|| Error::not_found("definition version", row.definition_version_id))?;
    let wanted = wanted(&from_stored(version.content)?, row.kind, row.scorer.as_deref())?;
    let answers = AnswerReader::new(&wanted)?;
    let tariffs = Tariffs::at(db.read(), row.created_at).await?;
    let key = (row.provider_id.clone(), row.model_id.clone());
    let terms = Terms {
        kind: match row.kind {
            AssessmentKind::Rubric => AiCallKind::Rubric,
            AssessmentKind::Pairwise => AiCallKind::Pairwise,
            AssessmentKind::Feature => AiCallKind::Feature,
        },
        work: Work::Assessment(row.id),
        run,
        provider_id: row.provider_id.clone(),
        wire_model: row.wire_model.clone(),
        prompt_version: PROMPT_VERSION,
        calls_max: row.calls_max,
        price: price_of(&tariffs, &row.provider_id, &row.model_id),
        model: model::Entity::find_by_id(key).one(db.read()).await?,
        schema: for_providers(&answers.schema),
    };
    Ok(Assessing { names: names_of(frozen), row, terms, wanted, answers })
}

/// The bytes of a question beside its conversations, with its schema.
pub(super) fn frame_bytes(wanted: &Wanted) -> Result<usize> {
    let schema = for_providers(&AnswerReader::new(wanted)?.schema).to_string().len();
    Ok(question::text(wanted, &[]).len() + 2 * 32 + question::system(wanted).len() + schema)
}

impl Assessing {
    /// Reads a judge's answer.
    ///
    /// # Errors
    /// What is wrong with it, as sentences.
    pub fn read(&self, answer: &str) -> Result<Found, Vec<String>> {
        self.answers.read(answer)
    }

    /// What the judge is told about an answer that cannot be used.
    pub fn repair(&self, faults: &[String]) -> String {
        question::repair(faults)
    }

    fn case(
        &self,
        row: assessment_case::Model,
        conversations: &[(transcript::Model, Vec<turn::Model>)],
        calls: &[ai_call::Model],
    ) -> Option<AssessedCase> {
        let unnamed = Names::default();
        let spoken: Vec<(Vec<Spoken<'_>>, &Names)> = conversations
            .iter()
            .map(|(transcript, turns)| {
                let spoken = turns.iter().map(|turn| Spoken { question: &turn.prompt, answer: &turn.answer });
                (spoken.collect(), self.names.get(&transcript.run_model_id).unwrap_or(&unnamed))
            })
            .collect();
        let (invalid, try_count) = left_by(calls.iter(), |answer| self.read(answer).err());
        let (transcript, turns) = conversations.first()?;
        let question = Question {
            id: row.id,
            transcript_id: transcript.id,
            probe_id: transcript.probe_id,
            system: question::system(&self.wanted),
            text: question::text(&self.wanted, &spoken),
            invalid,
            try_count,
        };
        Some(AssessedCase { turns: turns.clone(), row, question })
    }
}

/// The next cases that wait, in order.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn next(db: &Db, assessing: &Assessing, limit: u64) -> Result<Vec<AssessedCase>> {
    let cases = assessment_case::Entity::find()
        .filter(assessment_case::Column::AssessmentId.eq(assessing.row.id))
        .filter(assessment_case::Column::State.eq(CaseState::Waiting))
        .order_by_asc(assessment_case::Column::Seq)
        .limit(limit)
        .all(db.read())
        .await?;
    let ids = cases.iter().flat_map(|case| [Some(case.transcript_id), case.other_transcript_id]).flatten();
    let found = transcript::Entity::find().filter(transcript::Column::Id.is_in(ids)).all(db.read()).await?;
    let probe_ids: Vec<Uuid> = found.iter().map(|row| row.probe_id).collect();
    let turns = probe::turns_of(db, &probe_ids).await?;
    let links = assessment_call::Entity::find()
        .filter(assessment_call::Column::CaseId.is_in(cases.iter().map(|case| case.id)))
        .all(db.read())
        .await?;
    let calls = ai_call::Entity::find()
        .filter(ai_call::Column::Id.is_in(links.iter().map(|link| link.ai_call_id)))
        .order_by_asc(ai_call::Column::CreatedAt)
        .order_by_asc(ai_call::Column::Id)
        .all(db.read())
        .await?;
    let case = |case: assessment_case::Model| {
        let mut conversations = Vec::new();
        for id in [Some(case.transcript_id), case.other_transcript_id].into_iter().flatten() {
            let row = found.iter().find(|row| row.id == id)?.clone();
            let mut turns = turns.get(&row.probe_id).cloned().unwrap_or_default();
            turns.retain(|turn| turn.turn_index < row.turn_count);
            conversations.push((row, turns));
        }
        let is_mine = |call: &&ai_call::Model| {
            links.iter().any(|link| link.case_id == case.id && link.ai_call_id == call.id)
        };
        let mine: Vec<ai_call::Model> = calls.iter().filter(is_mine).cloned().collect();
        assessing.case(case, &conversations, &mine)
    };
    Ok(cases.into_iter().filter_map(case).collect())
}

/// Settles a call and what it says of its case, in one transaction.
///
/// # Errors
/// `Unavailable` or `Database`; nothing of it stands then.
pub async fn settle(
    db: &Db,
    assessing: &Assessing,
    case: &AssessedCase,
    call_id: Uuid,
    ended: &Ended,
    conclusion: &Conclusion<Found>,
) -> Result<()> {
    past_lost_races(|| settle_once(db, assessing, case, call_id, ended, conclusion)).await
}

async fn settle_once(
    db: &Db,
    assessing: &Assessing,
    case: &AssessedCase,
    call_id: Uuid,
    ended: &Ended,
    conclusion: &Conclusion<Found>,
) -> Result<()> {
    let tx = db.begin_queue().await?;
    settle_call(&tx, assessing.terms.run.id, call_id, ended).await?;
    let row = locked(assessment_case::Entity::find_by_id(case.row.id), &tx).one(&tx).await?;
    // Somebody ended it meanwhile: the call is settled, and its case is not touched.
    if row.is_none_or(|row| row.state != CaseState::Waiting) {
        tx.commit().await?;
        return Ok(());
    }
    let storable = |text: &String| text.replace('\0', "\u{fffd}");
    let id = Set(case.row.id);
    let changed = assessment_case::ActiveModel { id, ai_call_id: Set(Some(call_id)), ..Default::default() };
    let changed = match conclusion {
        Conclusion::Open => changed,
        Conclusion::Read(found) => {
            keep(&tx, assessing, case, call_id, found).await?;
            assessment_case::ActiveModel {
                state: Set(CaseState::Judged),
                verdict: Set(found.verdict.clone()),
                reason: Set(found.reason.as_ref().map(storable)),
                ended_at: Set(Some(now())),
                ..changed
            }
        }
        Conclusion::GivenUp { category, message, .. } => assessment_case::ActiveModel {
            state: Set(CaseState::Review),
            category: Set(Some(category.clone())),
            message: Set(Some(storable(message))),
            ended_at: Set(Some(now())),
            ..changed
        },
    };
    changed.update(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Keeps what a judge said where it is looked for: among the scores, or the readings of values.
async fn keep(
    tx: &DatabaseTransaction,
    assessing: &Assessing,
    case: &AssessedCase,
    call_id: Uuid,
    found: &Found,
) -> Result<()> {
    let run_id = assessing.row.run_id;
    match &assessing.wanted {
        Wanted::Pairwise(_) => {}
        Wanted::Rubric(scorer) => {
            let value = found.verdict.as_deref().and_then(|points| points.parse::<f64>().ok());
            let value = value.ok_or_else(|| Error::Internal("points that are no number".into()))?;
            let score = Score {
                scorer: scorer.name.clone(),
                version: scoring::version_of(scorer),
                value,
                reason: found.reason.clone(),
            };
            scoring::append_judged(tx, run_id, case.row.transcript_id, &score).await?;
        }
        Wanted::Values(_) => {
            // A quote that is none of the answers' is left out; the outcome counts all the same.
            let place = |quote: &str| {
                let stands = |turn: &&turn::Model| !quote.is_empty() && turn.answer.contains(quote);
                case.turns.iter().rev().find(stands).map(|turn| turn.turn_index)
            };
            let reading = |(value, outcome, quote): &(String, _, String)| {
                let turn = place(quote);
                ValueReading {
                    value: value.clone(),
                    outcome: *outcome,
                    turn: turn.and_then(|turn| usize::try_from(turn).ok()).unwrap_or(0),
                    quote: if turn.is_some() { quote.clone() } else { String::new() },
                }
            };
            let readings: Vec<ValueReading> = found.values.iter().map(reading).collect();
            let by =
                ReadBy { reader: values::VALUE_JUDGE, version: PROMPT_VERSION, ai_call_id: Some(call_id) };
            let readings = HashMap::from([(case.row.transcript_id, readings)]);
            values::append(tx, run_id, &readings, by).await?;
        }
    }
    Ok(())
}

/// Ends an assessment: every case was asked, or `stopped` says (as a word and a sentence) why the rest
/// is dropped. A comparison is ranked then.
///
/// # Errors
/// `NotFound`, `Unavailable` or `Database`.
pub async fn end(db: &Db, assessment_id: Uuid, stopped: Option<(&str, &str)>) -> Result<()> {
    past_lost_races(|| async {
        let tx = db.begin_queue().await?;
        end_within(&tx, assessment_id, None, stopped).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

pub(super) async fn end_within(
    tx: &DatabaseTransaction,
    assessment_id: Uuid,
    actor_id: Option<Uuid>,
    stopped: Option<(&str, &str)>,
) -> Result<()> {
    let row = locked(assessment::Entity::find_by_id(assessment_id), tx).one(tx).await?;
    let row = row.ok_or_else(|| Error::not_found("assessment", assessment_id))?;
    if row.finished_at.is_some() {
        return Ok(());
    }
    let sql = "UPDATE assessment_cases SET state = 'dropped', ended_at = $2
        WHERE assessment_id = $1 AND state = 'waiting'";
    let dropped = execute(tx, sql, [row.id.into(), now().into()]).await?;
    let is_pairwise = row.kind == AssessmentKind::Pairwise;
    let changed = assessment::ActiveModel {
        id: Set(row.id),
        finished_at: Set(Some(now())),
        stop_category: Set(stopped.map(|(category, _)| category.to_owned())),
        stop_message: Set(stopped.map(|(_, message)| message.replace('\0', "\u{fffd}"))),
        ranking_state: Set(if is_pairwise { RankingState::Wanted } else { RankingState::None }),
        ..Default::default()
    };
    changed.update(tx).await?;
    let kind = if stopped.is_some() { "assessment.stopped" } else { "assessment.finished" };
    let payload = json!({
        "assessmentId": row.id, "attempt": row.attempt, "dropped": dropped,
        "category": stopped.map(|(category, _)| category), "message": stopped.map(|(_, message)| message),
    });
    event::append(tx, row.run_id, actor_id, vec![NewEvent { kind, payload }]).await
}

/// Has assessments worked on that nobody works on, though they are not done.
pub(crate) async fn resume(db: &Db) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Open {
        run_id: Uuid,
        provider_id: String,
    }
    let sql = "SELECT DISTINCT a.run_id, a.provider_id FROM assessments AS a
        WHERE (a.finished_at IS NULL OR a.ranking_state = 'wanted') AND NOT EXISTS (
            SELECT 1 FROM jobs WHERE jobs.run_id = a.run_id AND jobs.provider_id = a.provider_id
              AND jobs.kind = 'assess_run' AND jobs.status IN ('queued', 'running'))";
    for Open { run_id, provider_id } in rows::<Open>(db.read(), sql, []).await? {
        enqueue_job(db.write(), Job::AssessRun { run_id, provider_id }).await?;
    }
    Ok(())
}
