//! What there is to judge of a run, and with what.

use std::{collections::HashMap, sync::Arc};

use entity::{AiCallStatus, AiCallStep, ProbeOutcome, ai_call, model, run, run_judge, transcript, turn};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Verdict,
    answer::{AnswerReader, for_providers},
    prompt::{self, Names, Spoken},
};
use crate::{
    budget::CallPrice,
    db::{Db, execute, rows},
    decision::{lock, move_outcomes},
    definition::DecisionSpec,
    error::{Error, Result},
    event,
    lifecycle::NewEvent,
    lost_race::past_lost_races,
    probe,
    registry::{Tariff, Tariffs},
    run::FrozenRun,
};

/// The most output tokens of a judge's answer, its reasoning among them.
pub const OUTPUT_TOKENS_MAX: u32 = 4_096;
/// What wraps the messages of a call costs at most so many tokens.
const WRAPPING_TOKENS: u64 = 256;
/// Why a paused run is not judged.
pub(super) const PAUSED: &str = "The run is paused; resume it to have it judged.";
/// Probes of one transaction.
const CHUNK: u64 = 500;

/// A run's judge, ready to be asked.
pub struct Judging {
    /// The run, with its definition.
    pub frozen: Arc<FrozenRun>,
    /// The run's row as it is now.
    pub run: run::Model,
    /// The judge.
    pub row: run_judge::Model,
    /// The judge's price; None where none is known.
    pub price: Option<Tariff>,
    /// What the registry knows of the judge; None: nothing.
    pub model: Option<model::Model>,
    /// What its answers must look like, as providers take it.
    pub schema: Value,
    pub(super) answers: AnswerReader,
    /// What each model of the run is called.
    names: HashMap<Uuid, Names>,
}

/// One transcript to be judged.
#[derive(Clone, Debug)]
pub struct Case {
    /// The transcript.
    pub transcript: transcript::Model,
    /// Its turns, in order.
    pub turns: Vec<turn::Model>,
    /// The system prompt.
    pub system: &'static str,
    /// The question.
    pub question: String,
    /// An answer to it that could not be used, with what was wrong: the judge is asked to repair it.
    pub invalid: Option<(String, Vec<String>)>,
    /// Failed tries of this judge so far.
    pub try_count: i32,
}

/// Reads a run's judge; None: it has none.
///
/// # Errors
/// `NotFound`, `Unavailable` or `Database`.
pub async fn load(db: &Db, frozen: Arc<FrozenRun>) -> Result<Option<Judging>> {
    let run = crate::run::find(db, frozen.run.id).await?;
    let Some(row) = super::of_run(db.read(), run.id).await? else { return Ok(None) };
    let tariffs = Tariffs::at(db.read(), row.created_at).await?;
    let key = (row.provider_id.clone(), row.model_id.clone());
    let model = model::Entity::find_by_id(key).one(db.read()).await?;
    let answers = AnswerReader::new(&frozen.content.decision)?;
    let names = frozen.models.iter().map(|(id, frozen)| {
        let row = &frozen.row;
        let tail = row.model_id.rsplit('/').next();
        let shown = frozen.model.as_ref().map(|model| model.display_name.as_str());
        let names = [Some(row.model_id.as_str()), Some(row.wire_model.as_str()), tail, shown];
        (*id, Names::of(names.into_iter().flatten()))
    });
    Ok(Some(Judging {
        price: tariffs.of(&row.provider_id, &row.model_id).cloned(),
        schema: for_providers(&answers.schema),
        names: names.collect(),
        answers,
        frozen,
        run,
        row,
        model,
    }))
}

impl Judging {
    /// Why nothing is to be asked at the moment, though the judge goes on later; None: it may be.
    pub fn waits_because(&self) -> Option<&'static str> {
        self.run.paused_at.is_some().then_some(PAUSED)
    }

    /// Why nothing is to be asked any more, as a word and a sentence; None: it is.
    pub fn stopped_because(&self) -> Option<(&'static str, String)> {
        if self.row.stopped_at.is_some() {
            let why = self.row.stop_message.clone().unwrap_or_default();
            return Some(("stopped", why));
        }
        // Somebody who has a cancelled run judged afterwards means it.
        let cancelled = self.run.cancelled_at.filter(|at| *at >= self.row.created_at);
        cancelled.map(|_| ("cancelled", "The run was cancelled.".to_owned()))
    }

    /// Reads a judge's answer.
    ///
    /// # Errors
    /// What is wrong with it, as sentences.
    pub fn read(&self, answer: &str) -> Result<Verdict, Vec<String>> {
        self.answers.read(answer)
    }

    /// The most that a call with these bytes of text can cost, in micro-dollars; None: it has no price.
    pub fn cost_max(&self, bytes: usize) -> Option<i64> {
        let schema = self.schema.to_string().len();
        let tokens = (bytes + schema) as u64 + WRAPPING_TOKENS;
        let price = self.price.as_ref().map(CallPrice::worst);
        price.map(|price| price.cost(tokens, u64::from(OUTPUT_TOKENS_MAX)))
    }

    fn case(&self, transcript: transcript::Model, turns: Vec<turn::Model>, calls: &[ai_call::Model]) -> Case {
        let spoken: Vec<Spoken<'_>> =
            turns.iter().map(|turn| Spoken { question: &turn.prompt, answer: &turn.answer }).collect();
        let unnamed = Names::default();
        let names = self.names.get(&transcript.run_model_id).unwrap_or(&unnamed);
        let question = prompt::ask(&self.frozen.content.decision, &self.answers.none, &spoken, names);
        let mine = || {
            calls.iter().filter(|call| {
                call.transcript_id == Some(transcript.id) && call.run_judge_id == Some(self.row.id)
            })
        };
        let is_failed = |call: &&ai_call::Model| {
            call.status == AiCallStatus::Failed && call.failure_category.as_deref() != Some("rate_limited")
        };
        // What was paid for is not asked again: it goes on where an earlier claim stopped.
        let asked = mine().rfind(|call| call.status == AiCallStatus::Invalid && call.step == AiCallStep::Ask);
        let invalid = asked.map(|call| {
            let answer = call.answer.clone().unwrap_or_default();
            let faults = self.read(&answer).err();
            let faults = faults.unwrap_or_else(|| call.failure_message.clone().into_iter().collect());
            (answer, faults)
        });
        let try_count = i32::try_from(mine().filter(is_failed).count()).unwrap_or(i32::MAX);
        Case { system: prompt::SYSTEM, transcript, turns, question, invalid, try_count }
    }
}

/// Bytes of a call but for the conversation: what the judge is told, and what wraps it.
pub(crate) fn framing_bytes(decision: &DecisionSpec) -> u64 {
    let told = prompt::ask(decision, "unreadable", &[], &Names::default());
    (prompt::SYSTEM.len() + told.len()) as u64 + WRAPPING_TOKENS
}

impl Case {
    /// What the judge is told about an answer that cannot be used.
    pub fn repair(faults: &[String]) -> String {
        prompt::repair(faults)
    }
}

/// The next transcripts to be judged, in the order of the run.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn next(db: &Db, judging: &Judging, limit: u64) -> Result<Vec<Case>> {
    #[derive(FromQueryResult)]
    struct Found {
        #[sea_orm(nested)]
        row: transcript::Model,
    }
    let sql = "SELECT t.* FROM probes AS p JOIN transcripts AS t ON t.probe_id = p.id AND t.is_complete
        WHERE p.run_id = $1 AND p.outcome = 'reading' ORDER BY p.seq LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found: Vec<Found> = rows(db.read(), sql, [judging.run.id.into(), limit.into()]).await?;
    let probe_ids: Vec<Uuid> = found.iter().map(|found| found.row.probe_id).collect();
    let mut turns = probe::turns_of(db, &probe_ids).await?;
    let calls = ai_call::Entity::find()
        .filter(ai_call::Column::TranscriptId.is_in(found.iter().map(|found| found.row.id)))
        .order_by_asc(ai_call::Column::CreatedAt)
        .order_by_asc(ai_call::Column::Id)
        .all(db.read())
        .await?;
    let case = |Found { row }: Found| {
        let mut turns = turns.remove(&row.probe_id).unwrap_or_default();
        turns.retain(|turn| turn.turn_index < row.turn_count);
        judging.case(row, turns, &calls)
    };
    Ok(found.into_iter().map(case).collect())
}

/// Has a chunk of what was unreadable before judged; decisions by hand are left alone. Returns true
/// when there is none left.
///
/// # Errors
/// `Unavailable` or `Database`; the next call goes on where this one stopped.
pub async fn reopen(db: &Db, judging: &Judging) -> Result<bool> {
    past_lost_races(|| reopen_once(db, judging)).await
}

async fn reopen_once(db: &Db, judging: &Judging) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Unread {
        id: Uuid,
        seq: i64,
    }
    let tx = db.begin_queue().await?;
    let row = run_judge::Entity::find_by_id(judging.row.id).one(&tx).await?;
    let row = row.ok_or_else(|| Error::not_found("judge", judging.row.id))?;
    if row.is_reopened {
        return Ok(true);
    }
    let sql =
        "SELECT t.id, p.seq FROM probes AS p JOIN transcripts AS t ON t.probe_id = p.id AND t.is_complete
        WHERE p.run_id = $1 AND p.seq > $2 AND p.outcome = 'unreadable' ORDER BY p.seq LIMIT $3";
    let values = [row.run_id.into(), row.reopened_seq.into(), i64::try_from(CHUNK).unwrap_or(0).into()];
    let unread: Vec<Unread> = rows(&tx, sql, values).await?;
    let ids: Vec<Uuid> = unread.iter().map(|found| found.id).collect();
    let standing = lock(&tx, &ids).await?;
    let moved: Vec<_> = standing
        .iter()
        .filter(|of| of.probe.outcome == Some(ProbeOutcome::Unreadable) && !of.is_decided_by_hand())
        .map(|of| (&of.probe, ProbeOutcome::Reading))
        .collect();
    move_outcomes(&tx, &moved).await?;
    let is_done = (unread.len() as u64) < CHUNK;
    let last = unread.last().map_or(row.reopened_seq, |found| found.seq);
    let sql =
        "UPDATE run_judges SET is_reopened = $2, reopened_seq = $3 WHERE id = $1 AND reopened_seq <= $3";
    execute(&tx, sql, [row.id.into(), is_done.into(), last.into()]).await?;
    tx.commit().await?;
    Ok(is_done)
}

/// Notes in the run's history what came of some transcripts, all at once.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn note(db: &Db, judging: &Judging, decided: u64, unreadable: u64, failed: u64) -> Result<()> {
    if decided + unreadable + failed == 0 {
        return Ok(());
    }
    let tx = db.begin_queue().await?;
    let payload = json!({
        "attempt": judging.row.attempt, "decided": decided, "unreadable": unreadable, "failed": failed,
    });
    event::append(&tx, judging.run.id, None, vec![NewEvent { kind: "decisions.judged", payload }]).await?;
    tx.commit().await?;
    Ok(())
}
