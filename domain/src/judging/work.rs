//! What there is to judge of a run, and with what.

use std::{collections::HashMap, sync::Arc};

use entity::{AiCallKind, ProbeOutcome, ai_call, model, run_judge, transcript, turn};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::{
    PROMPT_VERSION, Verdict,
    answer::{AnswerReader, for_providers},
    prompt::{self, Names, Spoken},
    terms::{Question, Terms, Work, left_by, price_of},
};
use crate::{
    db::{Db, execute, rows},
    decision::{lock, move_outcomes},
    definition::DecisionSpec,
    error::{Error, Result},
    event,
    lifecycle::NewEvent,
    lost_race::past_lost_races,
    probe,
    registry::Tariffs,
    run::FrozenRun,
};

/// Why a paused run is not judged.
pub(super) const PAUSED: &str = "The run is paused; resume it to have it judged.";
/// Probes of one transaction.
const CHUNK: u64 = 500;

/// A run's judge, ready to be asked.
pub struct Judging {
    /// The run, with its definition.
    pub frozen: Arc<FrozenRun>,
    /// The judge.
    pub row: run_judge::Model,
    /// Who is asked, on what terms; with the run's row as it is now.
    pub terms: Terms,
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
    /// What the judge is asked.
    pub question: Question,
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
    let terms = Terms {
        kind: AiCallKind::Judge,
        work: Work::Decisions(row.id),
        run,
        provider_id: row.provider_id.clone(),
        wire_model: row.wire_model.clone(),
        prompt_version: PROMPT_VERSION,
        calls_max: row.calls_max,
        price: price_of(&tariffs, &row.provider_id, &row.model_id),
        model,
        schema: for_providers(&answers.schema),
    };
    Ok(Some(Judging { names: names_of(&frozen), answers, frozen, row, terms }))
}

/// What each model of a run is called, to be blotted out.
pub(crate) fn names_of(frozen: &FrozenRun) -> HashMap<Uuid, Names> {
    let names = frozen.models.iter().map(|(id, frozen)| {
        let row = &frozen.row;
        let tail = row.model_id.rsplit('/').next();
        let shown = frozen.model.as_ref().map(|model| model.display_name.as_str());
        let names = [Some(row.model_id.as_str()), Some(row.wire_model.as_str()), tail, shown];
        (*id, Names::of(names.into_iter().flatten()))
    });
    names.collect()
}

impl Judging {
    /// Why nothing is to be asked at the moment, though the judge goes on later; None: it may be.
    pub fn waits_because(&self) -> Option<&'static str> {
        self.terms.run.paused_at.is_some().then_some(PAUSED)
    }

    /// Why nothing is to be asked any more, as a word and a sentence; None: it is.
    pub fn stopped_because(&self) -> Option<(&'static str, String)> {
        if self.row.stopped_at.is_some() {
            let why = self.row.stop_message.clone().unwrap_or_default();
            return Some(("stopped", why));
        }
        // Somebody who has a cancelled run judged afterwards means it.
        let cancelled = self.terms.run.cancelled_at.filter(|at| *at >= self.row.created_at);
        cancelled.map(|_| ("cancelled", "The run was cancelled.".to_owned()))
    }

    /// Reads a judge's answer.
    ///
    /// # Errors
    /// What is wrong with it, as sentences.
    pub fn read(&self, answer: &str) -> Result<Verdict, Vec<String>> {
        self.answers.read(answer)
    }

    fn case(&self, transcript: transcript::Model, turns: Vec<turn::Model>, calls: &[ai_call::Model]) -> Case {
        let spoken: Vec<Spoken<'_>> =
            turns.iter().map(|turn| Spoken { question: &turn.prompt, answer: &turn.answer }).collect();
        let unnamed = Names::default();
        let names = self.names.get(&transcript.run_model_id).unwrap_or(&unnamed);
        let text = prompt::ask(&self.frozen.content.decision, &self.answers.none, &spoken, names);
        let mine = calls.iter().filter(|call| {
            call.transcript_id == Some(transcript.id) && call.run_judge_id == Some(self.row.id)
        });
        let (invalid, try_count) = left_by(mine, |answer| self.read(answer).err());
        let question = Question {
            id: transcript.id,
            transcript_id: transcript.id,
            probe_id: transcript.probe_id,
            system: prompt::SYSTEM,
            text,
            invalid,
            try_count,
        };
        Case { transcript, turns, question }
    }
}

/// Bytes of a call but for the conversation: what the judge is told, and what wraps it.
pub(crate) fn framing_bytes(decision: &DecisionSpec) -> u64 {
    let told = prompt::ask(decision, "unreadable", &[], &Names::default());
    (prompt::SYSTEM.len() + told.len()) as u64 + super::terms::WRAPPING_TOKENS
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
    let found: Vec<Found> = rows(db.read(), sql, [judging.terms.run.id.into(), limit.into()]).await?;
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
    event::append(&tx, judging.terms.run.id, None, vec![NewEvent { kind: "decisions.judged", payload }])
        .await?;
    tx.commit().await?;
    Ok(())
}
