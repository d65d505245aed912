//! Reading a run's transcripts again with the reader of today.

use std::collections::HashMap;

use entity::{DecisionStatus, transcript, turn};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use super::{JUDGE, Revision, append, lock};
use crate::{
    auth::{Action, Actor, Resource, authorize},
    conversation::decision_of,
    db::{Db, rows},
    error::{Error, Result},
    event,
    lifecycle::NewEvent,
    lost_race::past_lost_races,
    probe,
    queue::{Job, NewDecision, enqueue_job},
    reading::{READER, READER_VERSION},
    receipt,
    run::{self, Commanded, FrozenRun, Locks, combination_of},
};

/// Transcripts of one transaction.
const CHUNK: i64 = 200;

/// What reading again came to, of one chunk.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct ReadAgain {
    /// Where to go on; None: all are read.
    pub next: Option<i64>,
    /// Transcripts that were read.
    pub read: u64,
    /// Those of them of which another decision is in force now.
    pub changed: u64,
}

/// Transcripts that the reader of today has not read; `$1` the run, `$2` the reader's version.
const UNREAD: &str = "t.run_id = $1 AND t.is_complete AND t.outcome = 'answered' AND NOT EXISTS (
    SELECT 1 FROM decisions AS d WHERE d.transcript_id = t.id AND d.reader = 'deterministic' AND d.reader_version = $2)";

/// Has all transcripts of a run read again by the deterministic reader of this version, in the
/// background. What was read before stays; what somebody decided by hand stays in force, and so does
/// what a judge decided where the reader still reads nothing.
///
/// # Errors
/// `Conflict` where this version has read them all, `NotFound`, `Forbidden`.
pub async fn reread(db: &Db, commanded: Commanded<'_>) -> Result<entity::run::Model> {
    past_lost_races(|| reread_once(db, commanded)).await
}

/// Why somebody cannot have a run read again, as a sentence; None: they can.
///
/// Looks at every transcript of the run where all are read: not for what is asked often.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn reread_blocked_because(
    db: &Db,
    actor: &Actor,
    run: &entity::run::Model,
) -> Result<Option<String>> {
    if let Err(refusal) = authorize(actor, Action::Control, Resource::Run(Some(run.created_by))) {
        return Ok(Some(refusal.to_string()));
    }
    Ok(unread(db.read(), run.id, -1, 1).await?.is_empty().then(nothing_unread))
}

fn nothing_unread() -> String {
    format!(
        "Nothing is to be read again: version {READER_VERSION} of the reader has read every answer of this run, and it \
         always reads the same text alike."
    )
}

async fn reread_once(db: &Db, commanded: Commanded<'_>) -> Result<entity::run::Model> {
    let token = commanded.token("rereadDecisions", String::new());
    let (tx, mut run, receipt) = run::begin(db, &commanded, &token, Locks::Run).await?;
    if receipt.is_some() {
        return Ok(run);
    }
    if unread(&tx, run.id, -1, 1).await?.is_empty() {
        return Err(Error::conflict(nothing_unread()));
    }
    enqueue_job(&tx, Job::RereadDecisions(run.id)).await?;
    let payload = json!({"reader": READER, "readerVersion": READER_VERSION});
    let asked = NewEvent { kind: "reread.requested", payload };
    event::append(&tx, run.id, Some(commanded.actor.id), vec![asked]).await?;
    receipt::keep(&tx, commanded.actor, &token, run.id).await?;
    run.event_seq += 1;
    tx.commit().await?;
    Ok(run)
}

/// Reads a chunk again, behind a place in the run; -1: from the start. Repeating it changes nothing.
///
/// # Errors
/// `Unavailable` or `Database`; nothing of the chunk stands then.
pub async fn reread_chunk(db: &Db, frozen: &FrozenRun, after: i64) -> Result<ReadAgain> {
    let found = unread(db.read(), frozen.run.id, after, CHUNK).await?;
    let Some(last) = found.last() else { return Ok(ReadAgain { next: None, read: 0, changed: 0 }) };
    let next = Some(last.seq);
    let probe_ids: Vec<Uuid> = found.iter().map(|row| row.probe_id).collect();
    let turns = probe::turns_of(db, &probe_ids).await?;
    let read = |row: &transcript::Model| {
        let turns = turns.get(&row.probe_id).map(Vec::as_slice).unwrap_or_default();
        (row.id, decision_of_turns(frozen, row, turns))
    };
    let readings: HashMap<Uuid, NewDecision> = found.iter().map(read).collect();
    let (read, changed) = past_lost_races(|| write(db, frozen.run.id, &readings)).await?;
    Ok(ReadAgain { next, read, changed })
}

/// What the deterministic reader of today finds in a stored conversation.
pub(crate) fn decision_of_turns(
    frozen: &FrozenRun,
    transcript: &transcript::Model,
    turns: &[turn::Model],
) -> NewDecision {
    let of_transcript = turns.iter().filter(|turn| turn.turn_index < transcript.turn_count);
    let answers: Vec<&str> = of_transcript.map(|turn| turn.answer.as_str()).collect();
    let target = frozen.expansion.target_of(combination_of(transcript.scenario_id));
    decision_of(frozen.reader.read_turns(&answers), &frozen.content.decision, target)
}

async fn write(db: &Db, run_id: Uuid, readings: &HashMap<Uuid, NewDecision>) -> Result<(u64, u64)> {
    let tx = db.begin_queue().await?;
    let ids: Vec<Uuid> = readings.keys().copied().collect();
    let standing = lock(&tx, &ids).await?;
    let mut revisions = Vec::new();
    let mut changed = 0;
    for of in &standing {
        let Some(decision) = readings.get(&of.transcript.id) else { continue };
        // Two jobs at once read a transcript once.
        let is_read = |row: &entity::decision::Model| {
            row.reader == decision.reader && row.reader_version == decision.reader_version
        };
        if of.decisions.iter().any(is_read) {
            continue;
        }
        let before = of.in_force();
        let is_unread = decision.status == DecisionStatus::Unreadable;
        let is_judged = before.is_some_and(|row| row.reader == JUDGE);
        let other_stands = of.is_decided_by_hand() || is_judged && is_unread;
        let is_in_force = !other_stands;
        let is_other =
            before.is_none_or(|row| (row.status, &row.value) != (decision.status, &decision.value));
        changed += u64::from(is_in_force && is_other);
        revisions.push(Revision {
            of,
            decision: decision.clone(),
            decided_by: None,
            ai_call_id: None,
            is_in_force,
        });
    }
    append(&tx, &revisions).await?;
    let read = revisions.len() as u64;
    if read > 0 {
        let payload = json!({"readerVersion": READER_VERSION, "read": read, "changed": changed});
        let event = NewEvent { kind: "decisions.reread", payload };
        event::append(&tx, run_id, None, vec![event]).await?;
    }
    tx.commit().await?;
    Ok((read, changed))
}

async fn unread(
    connection: &impl ConnectionTrait,
    run_id: Uuid,
    after: i64,
    limit: i64,
) -> Result<Vec<transcript::Model>> {
    #[derive(FromQueryResult)]
    struct Found {
        #[sea_orm(nested)]
        row: transcript::Model,
    }
    let sql =
        format!("SELECT t.* FROM transcripts AS t WHERE {UNREAD} AND t.seq > $3 ORDER BY t.seq LIMIT $4");
    let values = [run_id.into(), READER_VERSION.into(), after.into(), limit.into()];
    let found: Vec<Found> = rows(connection, sql, values).await?;
    Ok(found.into_iter().map(|found| found.row).collect())
}
