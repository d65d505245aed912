//! What comes of a judge's call: a decision, a line on the review list, or another call.

use entity::{GateKind, GateState, ProbeOutcome, ReviewState, gate, review, run_judge};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, FromQueryResult,
    PaginatorTrait, QueryFilter,
};
use serde_json::json;
use uuid::Uuid;

use super::{Case, Ended, Judging, PROMPT_VERSION, Verdict, call::settle_call};
use crate::{
    db::{Db, locked, now, rows},
    decision::{JUDGE, Revision, Standing, append, decided, lock, move_outcomes, unreadable},
    error::{Error, Result},
    event,
    lifecycle::NewEvent,
    lost_race::past_lost_races,
    queue::NewDecision,
    reading::{DecisionValue, Reading},
    run::combination_of,
};

/// What a call settles about its question.
#[derive(Clone, Debug)]
pub enum Conclusion<V = Verdict> {
    /// Nothing yet: another call follows.
    Open,
    /// The judge has said what was asked for.
    Read(V),
    /// The judge brings nothing of use, and a person is asked.
    GivenUp {
        /// As a word, e.g. `invalid_answer`.
        category: String,
        /// In words.
        message: String,
        /// What the judge answered, where it did.
        answer: Option<String>,
    },
}

/// Settles a call and what it says of its transcript, in one transaction.
///
/// # Errors
/// `Unavailable` or `Database`; nothing of it stands then.
pub async fn settle(
    db: &Db,
    judging: &Judging,
    case: &Case,
    call_id: Uuid,
    ended: &Ended,
    conclusion: &Conclusion,
) -> Result<()> {
    past_lost_races(|| settle_once(db, judging, case, call_id, ended, conclusion)).await
}

async fn settle_once(
    db: &Db,
    judging: &Judging,
    case: &Case,
    call_id: Uuid,
    ended: &Ended,
    conclusion: &Conclusion,
) -> Result<()> {
    let tx = db.begin_queue().await?;
    let standing = lock(&tx, &[case.transcript.id]).await?.into_iter().next();
    settle_call(&tx, judging.terms.run.id, call_id, ended).await?;
    let Some(standing) = standing else {
        tx.commit().await?;
        return Ok(());
    };
    // Somebody was faster: what the judge read is kept beside it.
    let is_in_force = standing.probe.outcome == Some(ProbeOutcome::Reading);
    let append_one = async |decision: NewDecision| {
        let ai_call_id = Some(call_id);
        let revision = Revision { of: &standing, decision, decided_by: None, ai_call_id, is_in_force };
        append(&tx, &[revision]).await.map(drop)
    };
    match conclusion {
        Conclusion::Open => {}
        Conclusion::Read(verdict) => append_one(decision_of(judging, case, verdict)).await?,
        Conclusion::GivenUp { category, message, answer } => {
            let reason = Some(format!("The judge brought nothing of use ({category}): {message}"));
            append_one(NewDecision { reason, ..unreadable(JUDGE, PROMPT_VERSION) }).await?;
            if is_in_force {
                let value = answer.as_ref().and_then(|answer| raw_value(judging, answer));
                ask_for_review(&tx, &standing, call_id, category, message, value).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

fn decision_of(judging: &Judging, case: &Case, verdict: &Verdict) -> NewDecision {
    let frozen = &judging.frozen;
    let spec = &frozen.content.decision;
    let reason = Some(verdict.reason.replace('\0', "\u{fffd}"));
    let Some(value) = verdict.decision.clone() else {
        return NewDecision { reason, ..unreadable(JUDGE, PROMPT_VERSION) };
    };
    let target = frozen.expansion.target_of(combination_of(case.transcript.scenario_id));
    // The last place where the words stand; a quote that is none of the answers' is left out.
    let place = case.turns.iter().rev().find_map(|turn| {
        let start = (!verdict.quote.is_empty()).then(|| turn.answer.rfind(&verdict.quote)).flatten()?;
        Some((turn.turn_index, start..start + verdict.quote.len()))
    });
    let (turn_index, quote) = place.unzip();
    NewDecision { reason, turn_index, quote, ..decided(value, spec, target, JUDGE, PROMPT_VERSION) }
}

/// What the deterministic reader finds in an answer of a judge that does not fit the schema.
fn raw_value(judging: &Judging, answer: &str) -> Option<String> {
    match judging.frozen.reader.read(answer) {
        Reading::Decided { value: DecisionValue::Point(point), .. } => Some(point.to_string()),
        Reading::Decided { value: DecisionValue::Choice(name), .. } => Some(name),
        // Anything is an answer in free words.
        Reading::Decided { value: DecisionValue::Text(_), .. } | Reading::Unreadable { .. } => None,
    }
}

/// Puts a transcript on the review list, and opens the gate where it is the first.
async fn ask_for_review(
    tx: &DatabaseTransaction,
    standing: &Standing,
    call_id: Uuid,
    category: &str,
    message: &str,
    value: Option<String>,
) -> Result<()> {
    let run_id = standing.transcript.run_id;
    // Two at once open one gate: the run's row is what they wait for.
    let run = locked(entity::run::Entity::find_by_id(run_id), tx).one(tx).await?;
    run.ok_or_else(|| Error::not_found("run", run_id))?;
    let gates = || {
        let of_run = gate::Entity::find().filter(gate::Column::RunId.eq(run_id));
        of_run.filter(gate::Column::Kind.eq(GateKind::Judge))
    };
    let open = gates().filter(gate::Column::State.eq(GateState::Open)).one(tx).await?;
    let gate_id = match open {
        Some(open) => open.id,
        None => {
            let attempt = i32::try_from(gates().count(tx).await?).unwrap_or(i32::MAX - 1) + 1;
            open_gate(tx, run_id, attempt).await?
        }
    };
    review::ActiveModel {
        id: Set(Uuid::now_v7()),
        run_id: Set(run_id),
        gate_id: Set(gate_id),
        transcript_id: Set(standing.transcript.id),
        ai_call_id: Set(call_id),
        category: Set(category.into()),
        message: Set(message.replace('\0', "\u{fffd}")),
        value: Set(value),
        state: Set(ReviewState::Open),
        decided_by: Set(None),
        decided_at: Set(None),
        created_at: Set(now()),
    }
    .insert(tx)
    .await?;
    Ok(())
}

async fn open_gate(tx: &DatabaseTransaction, run_id: Uuid, attempt: i32) -> Result<Uuid> {
    let id = Uuid::now_v7();
    let allowed = crate::gate::JUDGE_ACTIONS.to_string();
    let reason = "Answers of the judge could not be used. Look through the review list: approve what it says, set the \
                  decision by hand, or leave it unreadable. The run does not wait for it.";
    gate::ActiveModel {
        id: Set(id),
        run_id: Set(run_id),
        kind: Set(GateKind::Judge),
        state: Set(GateState::Open),
        attempt: Set(attempt),
        allowed_actions: Set(allowed.clone()),
        reason: Set(reason.into()),
        opened_at: Set(now()),
        closed_at: Set(None),
    }
    .insert(tx)
    .await?;
    let payload = json!({
        "gateId": id, "kind": GateKind::Judge.as_str(), "attempt": attempt, "reason": reason,
        "allowedActions": allowed,
    });
    event::append(tx, run_id, None, vec![NewEvent { kind: "gate.opened", payload }]).await?;
    Ok(id)
}

/// Transcripts of one transaction.
const CHUNK: i64 = 500;

/// Ends a run's judge before everything is judged, for a reason that the next call would meet too.
/// What was not judged is unreadable, as it was read first; having the run judged again takes it up.
///
/// # Errors
/// `Unavailable` or `Database`; the next call goes on where this one stopped.
pub async fn stop(db: &Db, judging: &Judging, category: &str, message: &str) -> Result<()> {
    past_lost_races(|| note_stop(db, judging, category, message)).await?;
    while past_lost_races(|| end_reading(db, judging.terms.run.id)).await? {}
    Ok(())
}

async fn note_stop(db: &Db, judging: &Judging, category: &str, message: &str) -> Result<()> {
    let tx = db.begin_queue().await?;
    let query = locked(run_judge::Entity::find_by_id(judging.row.id), &tx);
    let row = query.one(&tx).await?.ok_or_else(|| Error::not_found("judge", judging.row.id))?;
    if row.stopped_at.is_some() {
        return Ok(());
    }
    let stopped = run_judge::ActiveModel {
        id: Set(row.id),
        is_reopened: Set(true),
        stopped_at: Set(Some(now())),
        stop_category: Set(Some(category.into())),
        stop_message: Set(Some(message.replace('\0', "\u{fffd}"))),
        ..Default::default()
    };
    stopped.update(&tx).await?;
    let payload = json!({"attempt": row.attempt, "category": category, "message": message});
    event::append(&tx, row.run_id, None, vec![NewEvent { kind: "judge.stopped", payload }]).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends a chunk of what waits to be judged; true where there may be more.
async fn end_reading(db: &Db, run_id: Uuid) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Id {
        id: Uuid,
    }
    let sql = "SELECT t.id FROM probes AS p JOIN transcripts AS t ON t.probe_id = p.id AND t.is_complete
        WHERE p.run_id = $1 AND p.outcome = 'reading' ORDER BY p.seq LIMIT $2";
    let tx = db.begin_queue().await?;
    let found: Vec<Id> = rows(&tx, sql, [run_id.into(), CHUNK.into()]).await?;
    let ids: Vec<Uuid> = found.into_iter().map(|row| row.id).collect();
    let standing = lock(&tx, &ids).await?;
    let moved: Vec<_> = standing
        .iter()
        .filter(|of| of.probe.outcome == Some(ProbeOutcome::Reading))
        .map(|of| (&of.probe, ProbeOutcome::Unreadable))
        .collect();
    move_outcomes(&tx, &moved).await?;
    tx.commit().await?;
    Ok(!ids.is_empty())
}
