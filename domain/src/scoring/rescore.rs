//! Scores as rows: read, and added by scoring a finished run again.

use std::collections::{BTreeSet, HashMap};

use entity::{run, run_model, run_rescore, score, transcript};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde_json::json;
use uuid::Uuid;

use super::{Score, compiled, score_all};
use crate::{
    analysis,
    db::{Db, execute, in_powers_of_two, insert_all, locked, now, placeholders},
    definition::{Expansion, from_stored},
    error::{Error, Result},
    event,
    lifecycle::NewEvent,
    lookup,
    lost_race::past_lost_races,
    probe,
    queue::{Job, ModelDelta, add_to_counters, enqueue_job},
    receipt,
    run::{self as runs, Commanded, Locks, combination_of},
    values::{self, ReadBy, ValueReader, ValueReading},
};

/// What was found, by transcript.
type OfTranscripts<T> = HashMap<Uuid, Vec<T>>;

/// Transcripts of one transaction.
const CHUNK: u64 = 200;

/// The rows of what scorers said of a transcript when it was written.
pub(crate) fn first_rows(transcript_id: Uuid, run_id: Uuid, scores: &[Score]) -> Vec<score::ActiveModel> {
    scores.iter().map(|score| row_of(transcript_id, run_id, score, 1)).collect()
}

fn row_of(transcript_id: Uuid, run_id: Uuid, score: &Score, revision: i32) -> score::ActiveModel {
    score::ActiveModel {
        id: Set(Uuid::now_v7()),
        transcript_id: Set(transcript_id),
        run_id: Set(run_id),
        scorer: Set(score.scorer.clone()),
        scorer_version: Set(score.version.clone()),
        revision: Set(revision),
        is_in_force: Set(true),
        value: Set(score.value),
        reason: Set(score.reason.as_ref().map(|reason| reason.replace('\0', "\u{fffd}"))),
        created_at: Set(now()),
    }
}

/// Has a run that is over scored again, in the background: by its own scorers, or by those of another
/// version of its definition (`number`). Scores are added; what was scored before stays.
///
/// # Errors
/// `Conflict` where the run goes on, `Invalid` where the version is none of its definition's or has no
/// scorers, `NotFound`, `Forbidden`.
pub async fn rescore(db: &Db, commanded: Commanded<'_>, number: Option<i32>) -> Result<run::Model> {
    past_lost_races(|| rescore_once(db, commanded, number)).await
}

async fn rescore_once(db: &Db, commanded: Commanded<'_>, number: Option<i32>) -> Result<run::Model> {
    let token = commanded.token("rescoreRun", format!("/{number:?}"));
    let (tx, run, receipt) = runs::begin(db, &commanded, &token, Locks::Run).await?;
    if receipt.is_some() {
        return Ok(run);
    }
    if !run.status.is_terminal() {
        return Err(Error::conflict(
            "The run goes on: its answers are scored as they come. Wait until it is over.",
        ));
    }
    let version = lookup::version_of_run(&tx, &run, number).await?;
    let content = from_stored(version.content)?;
    if content.scorers.iter().all(|scorer| scorer.kind.is_judged()) && content.values.is_empty() {
        let message = format!(
            "Version {} of the definition has no scorers that need no judge, and no values; add some, and give that \
             version.",
            version.number
        );
        return Err(Error::invalid("version", message));
    }
    let row = run_rescore::ActiveModel {
        id: Set(Uuid::now_v7()),
        run_id: Set(run.id),
        definition_version_id: Set(version.id),
        requested_by: Set(commanded.actor.id),
        created_at: Set(now()),
        done_seq: Set(-1),
        finished_at: Set(None),
    };
    row.insert(&tx).await?;
    enqueue_job(&tx, Job::RescoreRun(run.id)).await?;
    let asked = NewEvent { kind: "rescore.requested", payload: json!({"version": version.number}) };
    event::append(&tx, run.id, Some(commanded.actor.id), vec![asked]).await?;
    receipt::keep(&tx, commanded.actor, &token, run.id).await?;
    let after = runs::read(&tx, run.id).await?;
    tx.commit().await?;
    Ok(after)
}

/// Scores a chunk of what somebody wants scored again. Returns true when all is.
///
/// # Errors
/// `Unavailable` or `Database`; the next call goes on where this one stopped.
pub async fn rescore_chunk(db: &Db, run_id: Uuid) -> Result<bool> {
    let open = run_rescore::Entity::find()
        .filter(run_rescore::Column::RunId.eq(run_id))
        .filter(run_rescore::Column::FinishedAt.is_null())
        .order_by_asc(run_rescore::Column::Id)
        .one(db.read())
        .await?;
    let Some(wanted) = open else { return Ok(true) };
    let versions = crate::lookup::versions(db, &[wanted.definition_version_id]).await?;
    let version = versions.into_values().next();
    let version =
        version.ok_or_else(|| Error::not_found("definition version", wanted.definition_version_id))?;
    let content = from_stored(version.content)?;
    let scorers = compiled(&content.scorers, &content.decision);
    let reader = ValueReader::new(&content.values);
    // Targets are those of what was asked, whatever another version says of its own scenarios.
    let run = runs::find(db, run_id).await?;
    let asked = crate::lookup::versions(db, run.definition_version_id.as_slice()).await?;
    let asked = asked.into_values().next().ok_or_else(|| Error::not_found("definition version", run_id))?;
    let expansion = Expansion::new(&from_stored(asked.content)?)
        .map_err(|_| Error::Internal(format!("the definition of run {run_id} cannot be expanded")))?;
    let found = transcript::Entity::find()
        .filter(transcript::Column::RunId.eq(run_id))
        .filter(transcript::Column::IsComplete.eq(true))
        .filter(transcript::Column::Seq.gt(wanted.done_seq))
        .order_by_asc(transcript::Column::Seq)
        .limit(CHUNK)
        .all(db.read())
        .await?;
    let probe_ids: Vec<Uuid> = found.iter().map(|row| row.probe_id).collect();
    let turns = probe::turns_of(db, &probe_ids).await?;
    let mut scores: HashMap<Uuid, Vec<Score>> = HashMap::new();
    let mut readings: HashMap<Uuid, Vec<ValueReading>> = HashMap::new();
    for row in found.iter().filter(|row| row.outcome == entity::TranscriptOutcome::Answered) {
        let turns = turns.get(&row.probe_id).map(Vec::as_slice).unwrap_or_default();
        let of_transcript = turns.iter().filter(|turn| turn.turn_index < row.turn_count);
        let answers: Vec<&str> = of_transcript.map(|turn| turn.answer.as_str()).collect();
        let target = expansion.target_of(combination_of(row.scenario_id));
        scores.insert(row.id, score_all(&scorers, &answers, target));
        if !reader.is_empty() {
            readings.insert(row.id, reader.read_turns(&answers));
        }
    }
    let is_last = (found.len() as u64) < CHUNK;
    let last = found.last().map_or(wanted.done_seq, |row| row.seq);
    past_lost_races(|| write(db, &wanted, (&scores, &readings), last, is_last)).await?;
    Ok(false)
}

async fn write(
    db: &Db,
    wanted: &run_rescore::Model,
    (scores, readings): (&OfTranscripts<Score>, &OfTranscripts<ValueReading>),
    last: i64,
    is_last: bool,
) -> Result<()> {
    let tx = db.begin_queue().await?;
    // Two jobs at once wait for each other here, and the later one finds the chunk done.
    let row = locked(run_rescore::Entity::find_by_id(wanted.id), &tx).one(&tx).await?;
    if row.is_none_or(|row| row.done_seq != wanted.done_seq || row.finished_at.is_some()) {
        return Ok(());
    }
    let added = add(&tx, wanted.run_id, scores).await?;
    let named = values::append(&tx, wanted.run_id, readings, ReadBy::RULES).await?;
    let changed = run_rescore::ActiveModel {
        id: Set(wanted.id),
        done_seq: Set(last),
        finished_at: Set(is_last.then(now)),
        ..Default::default()
    };
    changed.update(&tx).await?;
    if added + named > 0 || is_last {
        let models = run_model::Entity::find().filter(run_model::Column::RunId.eq(wanted.run_id));
        let revised = ModelDelta { reading_revisions: 1, ..ModelDelta::default() };
        let revised = models.all(&tx).await?.into_iter().map(|row| (row.id, revised.clone())).collect();
        add_to_counters(&tx, &revised).await?;
        analysis::ask_again(&tx, wanted.run_id).await?;
        let payload =
            json!({"rescoreId": wanted.id, "added": added, "valuesAdded": named, "isDone": is_last});
        event::append(&tx, wanted.run_id, None, vec![NewEvent { kind: "scores.added", payload }]).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Adds scores where another scorer is in force, or none. Returns how many.
async fn add(tx: &DatabaseTransaction, run_id: Uuid, scores: &HashMap<Uuid, Vec<Score>>) -> Result<usize> {
    let known = score::Entity::find()
        .filter(score::Column::TranscriptId.is_in(scores.keys().copied()))
        .all(tx)
        .await?;
    let (mut replaced, mut rows) = (Vec::new(), Vec::new());
    for (transcript_id, scores) in scores {
        for score in scores {
            let same =
                known.iter().filter(|row| row.transcript_id == *transcript_id && row.scorer == score.scorer);
            let in_force = same.clone().find(|row| row.is_in_force);
            // The same code with the same settings says the same of the same answer.
            if in_force.is_some_and(|row| row.scorer_version == score.version) {
                continue;
            }
            replaced.extend(in_force.map(|row| row.id));
            let of_version = same.filter(|row| row.scorer_version == score.version);
            let revision = of_version.map(|row| row.revision).max().unwrap_or(0) + 1;
            rows.push(row_of(*transcript_id, run_id, score, revision));
        }
    }
    for chunk in in_powers_of_two(&replaced, 512) {
        let sql =
            format!("UPDATE scores SET is_in_force = false WHERE id IN ({})", placeholders(1, chunk.len()));
        execute(tx, sql, chunk.iter().map(|id| (*id).into())).await?;
    }
    insert_all(tx, &rows).await?;
    Ok(rows.len())
}

/// Appends what a judge or a person said, in force; what was said before stays.
pub(crate) async fn append_judged(
    tx: &DatabaseTransaction,
    run_id: Uuid,
    transcript_id: Uuid,
    score: &Score,
) -> Result<()> {
    let known = score::Entity::find()
        .filter(score::Column::TranscriptId.eq(transcript_id))
        .filter(score::Column::Scorer.eq(&score.scorer))
        .all(tx)
        .await?;
    for row in known.iter().filter(|row| row.is_in_force) {
        let sql = "UPDATE scores SET is_in_force = false WHERE id = $1";
        execute(tx, sql, [row.id.into()]).await?;
    }
    let of_version = known.iter().filter(|row| row.scorer_version == score.version);
    let revision = of_version.map(|row| row.revision).max().unwrap_or(0) + 1;
    row_of(transcript_id, run_id, score, revision).insert(tx).await?;
    let answered = transcript::Entity::find_by_id(transcript_id).one(tx).await?;
    let revised = ModelDelta { reading_revisions: 1, ..ModelDelta::default() };
    let revised = answered.into_iter().map(|row| (row.run_model_id, revised.clone())).collect();
    add_to_counters(tx, &revised).await?;
    analysis::ask_again(tx, run_id).await
}

/// What scorers said of several transcripts, by name and then in the order in which they said it, in
/// one statement.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn scores_of(db: &Db, transcript_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<score::Model>>> {
    let found = score::Entity::find()
        .filter(score::Column::TranscriptId.is_in(transcript_ids.iter().copied()))
        .order_by_asc(score::Column::Scorer)
        .order_by_asc(score::Column::CreatedAt)
        .order_by_asc(score::Column::Id)
        .all(db.read())
        .await?;
    let mut scores: HashMap<Uuid, Vec<score::Model>> = HashMap::new();
    for row in found {
        scores.entry(row.transcript_id).or_default().push(row);
    }
    Ok(scores)
}

/// The names of the scorers of several runs: of what was asked, and then of what they were scored again
/// with. Runs without any are left out.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn scorers_of_runs(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<String>>> {
    let runs = crate::lookup::runs(db, run_ids).await?;
    let again = run_rescore::Entity::find()
        .filter(run_rescore::Column::RunId.is_in(run_ids.iter().copied()))
        .order_by_asc(run_rescore::Column::Id)
        .all(db.read())
        .await?;
    let own = runs.values().filter_map(|run| Some((run.id, run.definition_version_id?)));
    let pairs: Vec<(Uuid, Uuid)> =
        own.chain(again.iter().map(|row| (row.run_id, row.definition_version_id))).collect();
    let version_ids: BTreeSet<Uuid> = pairs.iter().map(|(_, version_id)| *version_id).collect();
    let version_ids: Vec<Uuid> = version_ids.into_iter().collect();
    let versions = crate::lookup::versions(db, &version_ids).await?;
    let mut names: HashMap<Uuid, Vec<String>> = HashMap::new();
    for (run_id, version_id) in pairs {
        let Some(version) = versions.get(&version_id) else { continue };
        for name in scorer_names(&version.content) {
            let of_run = names.entry(run_id).or_default();
            if !of_run.contains(&name) {
                of_run.push(name);
            }
        }
    }
    Ok(names)
}

/// The names of the scorers of a stored content, without reading all of it.
fn scorer_names(content: &serde_json::Value) -> Vec<String> {
    let scorers = content.get("scorers").and_then(serde_json::Value::as_array);
    let name = |scorer: &serde_json::Value| {
        // What is compared in pairs gives no scores.
        let is_pairwise = scorer.get("kind").and_then(serde_json::Value::as_str) == Some("pairwise");
        scorer.get("name").filter(|_| !is_pairwise)?.as_str().map(str::to_owned)
    };
    scorers.into_iter().flatten().filter_map(name).collect()
}
