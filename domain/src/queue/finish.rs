//! Finishing: answers, attempts, transcripts, status and counters in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use entity::{ProbeOutcome, attempt, decision, transcript, turn};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DatabaseTransaction, FromQueryResult, Value};
use serde_json::json;
use uuid::Uuid;

use super::{
    AttemptRecord, Ending, ModelDelta, NewDecision, NewTranscript, NewTurn, ProbeWrite, Written,
    add_to_counters,
};
use crate::{
    budget,
    db::{Db, in_powers_of_two, insert_all, now, placeholders, rows, sql_now, sql_now_plus},
    error::Result,
    event, judging,
    lifecycle::NewEvent,
    limits,
    lost_race::past_lost_races,
    run, scoring, values,
};

/// Writes a batch in one transaction and says of each write what became of it, in order.
///
/// Writes whose lease has lapsed are not part of it: `finish_late` decides each on its own.
/// Afterwards, runs of which the last probe has ended are moved on.
///
/// # Errors
/// `Unavailable` during an outage, `Database` where a row cannot be stored. The same batch can
/// be written again, also where the commit's answer was lost: what stands already is not
/// written twice.
pub async fn finish(db: &Db, batch: &[ProbeWrite]) -> Result<Vec<Written>> {
    past_lost_races(|| finish_once(db, batch)).await
}

async fn finish_once(db: &Db, batch: &[ProbeWrite]) -> Result<Vec<Written>> {
    let tx = db.begin_queue().await?;
    let accepted = update_probes(&tx, batch).await?;
    let writes: Vec<&ProbeWrite> = batch.iter().filter(|write| accepted.contains(&write.probe.id)).collect();
    budget::settle(&tx, &writes).await?;
    let done = record(&tx, &writes).await?;
    tx.commit().await?;
    settle_all(db, done).await;
    let became = |write: &ProbeWrite| match accepted.contains(&write.probe.id) {
        true => Written::Accepted,
        false => Written::Lapsed,
    };
    Ok(batch.iter().map(became).collect())
}

/// Moves runs on. What fails here is put right by the sweep: the batch itself stands.
pub(super) async fn settle_all(db: &Db, runs: Vec<Uuid>) {
    for run_id in runs {
        if let Err(error) = run::settle(db, run_id).await {
            tracing::warn!(%run_id, %error, "the run's end waits for the next sweep");
        }
    }
}

/// Changes the probes that are still held under the fence of their write.
async fn update_probes(tx: &DatabaseTransaction, batch: &[ProbeWrite]) -> Result<HashSet<Uuid>> {
    #[derive(FromQueryResult)]
    struct Id {
        id: Uuid,
    }
    let backend = tx.get_database_backend();
    let mut accepted = HashSet::new();
    for chunk in in_powers_of_two(batch, batch.len()) {
        let tuples: Vec<String> =
            (0..chunk.len()).map(|row| format!("({})", placeholders(row * 10 + 1, 10))).collect();
        let values = chunk.iter().flat_map(probe_columns);
        let sql = format!(
            "UPDATE probes SET
                 status = v.column3, outcome = v.column4,
                 turn_count = probes.turn_count + v.column5, attempt_count = probes.attempt_count + v.column6,
                 run_at = CASE WHEN v.column3 = 'queued' THEN {run_at} ELSE probes.run_at END,
                 leased_by = CASE WHEN v.column3 = 'running' THEN probes.leased_by END,
                 lease_until = CASE WHEN v.column3 = 'running' THEN probes.lease_until END,
                 finished_at = CASE WHEN v.column3 IN ('succeeded', 'failed') THEN {now} END,
                 error_category = v.column8, error_message = v.column9
             FROM (VALUES {tuples}) AS v
             WHERE probes.id = v.column1 AND probes.fence = v.column2 AND probes.status = 'running'
               AND probes.turn_count = v.column10
             RETURNING probes.id",
            run_at = sql_now_plus(backend, "v.column7"),
            now = sql_now(backend),
            tuples = tuples.join(", "),
        );
        let ids: Vec<Id> = rows(tx, sql, values).await?;
        accepted.extend(ids.into_iter().map(|row| row.id));
    }
    Ok(accepted)
}

fn probe_columns(write: &ProbeWrite) -> [Value; 10] {
    let (status, outcome, tries, delay, category, message) = match &write.ending {
        Ending::Continues => ("running", None, 0, 0.0, None, None),
        Ending::Succeeded { outcome, .. } => ("succeeded", Some(outcome.as_str()), 0, 0.0, None, None),
        Ending::Failed { category, message, .. } => {
            ("failed", None, 1, 0.0, Some(category.clone()), Some(message.clone()))
        }
        Ending::Requeued { delay, counts_as_try, category, message } => (
            "queued",
            None,
            i32::from(*counts_as_try),
            delay.as_secs_f64(),
            category.clone(),
            message.clone(),
        ),
    };
    [
        write.probe.id.into(),
        write.probe.fence.into(),
        status.into(),
        outcome.map(str::to_owned).into(),
        i32::try_from(write.turns.len()).unwrap_or(i32::MAX).into(),
        tries.into(),
        delay.into(),
        category.into(),
        message.map(storable).into(),
        // A turn whose commit was not answered must not be written again.
        write.probe.turn_count.into(),
    ]
}

/// Records what belongs to probes whose status has been changed. Returns runs to look at.
pub(super) async fn record(tx: &DatabaseTransaction, writes: &[&ProbeWrite]) -> Result<Vec<Uuid>> {
    let turns: Vec<_> = writes
        .iter()
        .flat_map(|write| write.turns.iter().map(|turn| turn_row(write.probe.id, turn)))
        .collect();
    insert_all(tx, &turns).await?;
    let attempts: Vec<_> =
        writes.iter().filter_map(|write| Some(attempt_row(write, write.attempt.as_ref()?))).collect();
    insert_all(tx, &attempts).await?;
    let (mut transcripts, mut decisions, mut scores) = (Vec::new(), Vec::new(), Vec::new());
    let mut value_readings = Vec::new();
    let mut deltas: BTreeMap<Uuid, ModelDelta> = BTreeMap::new();
    let mut failures: BTreeMap<Uuid, Vec<NewEvent>> = BTreeMap::new();
    for write in writes {
        let delta = deltas.entry(write.probe.run_model_id).or_default();
        write.turns.iter().for_each(|turn| delta.add_turn(turn));
        match &write.ending {
            Ending::Continues => {}
            Ending::Requeued { category, message, .. } => {
                if let (Some(category), Some(message)) = (category, message) {
                    delta.add_error(category, &storable(message.clone()));
                }
            }
            Ending::Succeeded { transcript, decision, scores: scored, values: read, outcome } => {
                let id = Uuid::now_v7();
                delta.count(*outcome);
                transcripts.push(transcript_row(id, write, transcript, true));
                scores.extend(scoring::first_rows(id, write.probe.run_id, scored));
                value_readings.extend(values::first_rows(id, write.probe.run_id, read));
                decisions
                    .extend(decision.as_ref().map(|decision| decision_row(id, write.probe.run_id, decision)));
            }
            Ending::Failed { category, message, partial } => {
                delta.failed += 1;
                delta.add_error(category, &storable(message.clone()));
                transcripts.extend(
                    partial.as_ref().map(|partial| transcript_row(Uuid::now_v7(), write, partial, false)),
                );
                failures.entry(write.probe.run_id).or_default().push(NewEvent {
                    kind: "probe.failed",
                    payload: json!({"probeId": write.probe.id, "category": category, "message": storable(message.clone())}),
                });
            }
        }
    }
    insert_all(tx, &transcripts).await?;
    insert_all(tx, &decisions).await?;
    insert_all(tx, &scores).await?;
    insert_all(tx, &value_readings).await?;
    let done = add_to_counters(tx, &deltas).await?;
    for run_id in to_be_judged(writes) {
        judging::enqueue(tx, run_id).await?;
    }
    let mut held = BTreeSet::new();
    for (run_model_id, delta) in &deltas {
        if let Some((category, message)) = &delta.account_error
            && let Some((run_id, event)) = limits::hold(tx, *run_model_id, category, message).await?
        {
            failures.entry(run_id).or_default().push(event);
            held.insert(run_id);
        }
    }
    for (run_id, events) in failures {
        event::append(tx, run_id, None, events).await?;
        if held.contains(&run_id) {
            limits::ask_if_all_held(tx, run_id).await?;
        }
    }
    Ok(done)
}

/// The runs of which something waits for a judge now.
fn to_be_judged(writes: &[&ProbeWrite]) -> BTreeSet<Uuid> {
    let waits = |write: &&&ProbeWrite| {
        matches!(&write.ending, Ending::Succeeded { outcome: ProbeOutcome::Reading, .. })
    };
    writes.iter().filter(waits).map(|write| write.probe.run_id).collect()
}

/// Text that both databases can hold: PostgreSQL has no NUL in text.
fn storable(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

fn millis(span: std::time::Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

pub(super) fn attempt_row(write: &ProbeWrite, attempt: &AttemptRecord) -> attempt::ActiveModel {
    attempt::ActiveModel {
        id: Set(Uuid::now_v7()),
        probe_id: Set(write.probe.id),
        run_id: Set(write.probe.run_id),
        run_model_id: Set(Some(write.probe.run_model_id)),
        fence: Set(write.probe.fence),
        worker_id: Set(write.worker_id),
        result: Set(attempt.result),
        error_category: Set(attempt.error_category.clone()),
        error_message: Set(attempt.error_message.clone().map(storable)),
        http_status: Set(attempt.http_status.map(i32::from)),
        retry_after_ms: Set(attempt.retry_after.map(millis)),
        request_id: Set(attempt.request_id.clone().map(storable)),
        raw_body: Set(attempt.raw_body.clone()),
        partial_answer: Set(attempt.partial_answer.clone()),
        partial_reasoning: Set(attempt.partial_reasoning.clone()),
        first_turn_index: Set(attempt.first_turn_index),
        turn_count: Set(attempt.turn_count),
        input_tokens: Set(attempt.input_tokens),
        output_tokens: Set(attempt.output_tokens),
        cost_usd_micros: Set(attempt.cost_usd_micros),
        latency_ms: Set(Some(millis(attempt.latency))),
        started_at: Set(attempt.started_at),
        finished_at: Set(attempt.finished_at),
    }
}

fn turn_row(probe_id: Uuid, turn: &NewTurn) -> turn::ActiveModel {
    turn::ActiveModel {
        id: Set(Uuid::now_v7()),
        probe_id: Set(probe_id),
        turn_index: Set(turn.turn_index),
        prompt: Set(turn.prompt.clone()),
        answer: Set(turn.answer.clone()),
        reasoning: Set(turn.reasoning.clone()),
        finish: Set(turn.finish),
        finish_raw: Set(turn.finish_raw.clone().map(storable)),
        model_version: Set(turn.model_version.clone().map(storable)),
        request_id: Set(turn.request_id.clone().map(storable)),
        request_body: Set(turn.request_body.clone()),
        raw_body: Set(turn.raw_body.clone()),
        is_text_altered: Set(turn.is_text_altered),
        input_tokens: Set(turn.input_tokens),
        cached_input_tokens: Set(turn.cached_input_tokens),
        cache_write_tokens: Set(turn.cache_write_tokens),
        output_tokens: Set(turn.output_tokens),
        reasoning_tokens: Set(turn.reasoning_tokens),
        price_id: Set(turn.price_id),
        cost_usd_micros: Set(turn.cost_usd_micros),
        first_byte_ms: Set(millis(turn.first_byte)),
        first_token_ms: Set(turn.first_token.map(millis)),
        omitted: Set(serde_json::Value::from(turn.omitted.clone())),
        latency_ms: Set(millis(turn.latency)),
        started_at: Set(turn.started_at),
        finished_at: Set(turn.finished_at),
    }
}

fn transcript_row(
    id: Uuid,
    write: &ProbeWrite,
    transcript: &NewTranscript,
    is_complete: bool,
) -> transcript::ActiveModel {
    transcript::ActiveModel {
        id: Set(id),
        probe_id: Set(write.probe.id),
        run_id: Set(write.probe.run_id),
        run_model_id: Set(write.probe.run_model_id),
        scenario_id: Set(write.probe.scenario_id),
        seq: Set(write.probe.seq),
        is_complete: Set(is_complete),
        outcome: Set(transcript.outcome),
        model_version: Set(transcript.model_version.clone().map(storable)),
        turn_count: Set(transcript.turn_count),
        word_count: Set(transcript.word_count),
        input_tokens: Set(transcript.input_tokens),
        output_tokens: Set(transcript.output_tokens),
        cost_usd_micros: Set(transcript.cost_usd_micros),
        latency_ms: Set(millis(transcript.latency)),
        started_at: Set(transcript.started_at),
        finished_at: Set(transcript.finished_at),
        last_accessed_at: Set(None),
    }
}

/// The first revision of a transcript's decision, in force.
pub(crate) fn decision_row(
    transcript_id: Uuid,
    run_id: Uuid,
    decision: &NewDecision,
) -> decision::ActiveModel {
    let offset = |at: usize| i32::try_from(at).ok();
    decision::ActiveModel {
        id: Set(Uuid::now_v7()),
        transcript_id: Set(transcript_id),
        run_id: Set(run_id),
        revision: Set(1),
        is_in_force: Set(true),
        status: Set(decision.status),
        value: Set(decision.value.clone()),
        score: Set(decision.score),
        reader: Set(decision.reader.clone()),
        reader_version: Set(decision.reader_version.clone()),
        rule: Set(decision.rule.clone()),
        reason: Set(decision.reason.clone()),
        turn_index: Set(decision.turn_index),
        quote_start: Set(decision.quote.as_ref().and_then(|quote| offset(quote.start))),
        quote_end: Set(decision.quote.as_ref().and_then(|quote| offset(quote.end))),
        decided_by: Set(None),
        ai_call_id: Set(None),
        created_at: Set(now()),
    }
}
