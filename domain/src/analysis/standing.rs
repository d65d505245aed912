//! Where the analysis of a run stands, and bringing it up to date.

use std::{collections::HashMap, time::Instant};

use entity::analysis;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    Kind, ROUNDS, ResampledAnalysis, RunAnalysis, RunColumns, SEED, columns, compute,
    store::{self, Key, inputs_of, is_fresh, latest, latest_of},
};
use crate::{
    auth::{Action, Resource, authorize},
    db::{Db, placeholders, row, rows},
    error::{Error, Result},
    lookup,
    queue::{Job, enqueue_job, enqueue_job_in},
    run::{self as runs, Commanded},
    stats::Draws,
};

/// How long what changed a decision is waited for more of the kind.
const GATHERING: std::time::Duration = std::time::Duration::from_secs(2);

/// Where an analysis stands.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// There is none, and nobody has asked for one.
    None,
    /// It is asked for.
    Queued,
    /// It is being computed.
    Running,
    /// It holds.
    Ready,
    /// Decisions have changed since.
    Stale,
    /// It could not be computed.
    Failed,
}

/// The analysis of a run, as it stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Where it stands.
    pub state: State,
    /// The hash of what an analysis of now would be computed from.
    pub input_sha256: String,
    /// The last one, whether or not it holds.
    pub row: Option<analysis::Model>,
    /// What it says; None where it failed, or an older version wrote it that cannot be read.
    pub found: Option<RunAnalysis>,
    /// The parts that are drawn at random; None where they are not of the same input, or not there yet.
    pub resampled: Option<ResampledAnalysis>,
}

/// The analyses of several runs. One that is missing or no longer holds is asked for, where the run is over.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn of_runs(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, Standing>> {
    let inputs = inputs_of(db.read(), run_ids).await?;
    let mut found = latest_of(db, Kind::Run, run_ids).await?;
    let mut resampled = latest_of(db, Kind::Resampled, run_ids).await?;
    let jobs = jobs_of(db, run_ids).await?;
    let mut standing = HashMap::new();
    for (run_id, run) in lookup::runs(db, run_ids).await? {
        let Some(input) = inputs.get(&run_id) else { continue };
        let row = found.remove(&run_id);
        let fresh = row.as_ref().filter(|row| is_fresh(row, input));
        let job = jobs.get(&run_id).map(String::as_str);
        let mut state = match (fresh, job, &row) {
            (Some(row), _, _) if row.document.is_some() => State::Ready,
            (Some(_), _, _) => State::Failed,
            (None, Some("running"), _) => State::Running,
            (None, Some(_), _) => State::Queued,
            (None, None, Some(_)) => State::Stale,
            (None, None, None) => State::None,
        };
        let is_wanted = matches!(state, State::None | State::Stale) && run.status.is_terminal();
        // A database that cannot be written shows what it has.
        if is_wanted && enqueue_job(db.write(), Job::AnalyzeRun(run_id)).await.is_ok() {
            state = State::Queued;
        }
        let of_same =
            |other: &analysis::Model| row.as_ref().is_some_and(|row| is_fresh(other, &row.input_sha256));
        let drawn = resampled.remove(&run_id).filter(of_same);
        standing.insert(
            run_id,
            Standing {
                state,
                input_sha256: input.clone(),
                found: row.as_ref().and_then(read),
                resampled: drawn.as_ref().and_then(read),
                row,
            },
        );
    }
    Ok(standing)
}

/// What an analysis of a run says; None where it failed, or cannot be read any more.
pub fn read_run(row: &analysis::Model) -> Option<RunAnalysis> {
    read(row)
}

/// What a row says.
pub(crate) fn read<T: DeserializeOwned>(row: &analysis::Model) -> Option<T> {
    serde_json::from_str(row.document.as_deref()?).ok()
}

async fn jobs_of(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    #[derive(FromQueryResult)]
    struct Found {
        run_id: Uuid,
        status: String,
    }
    if run_ids.is_empty() {
        return Ok(HashMap::new());
    }
    // One that is running may stand beside the next one.
    let sql = format!(
        "SELECT run_id, status FROM jobs WHERE kind = 'analyze_run' AND status IN ('queued', 'running')
         AND run_id IN ({}) ORDER BY status",
        placeholders(1, run_ids.len())
    );
    let found: Vec<Found> = rows(db.read(), sql, run_ids.iter().map(|id| (*id).into())).await?;
    Ok(found.into_iter().map(|job| (job.run_id, job.status)).collect())
}

/// Brings the analysis of a run up to date: first what is computed, then what is drawn at random. Changes
/// nothing where both hold. A computation that fails is kept with its reason.
///
/// # Errors
/// `NotFound`, `Unavailable` or `Database`.
pub async fn refresh(db: &Db, run_id: Uuid) -> Result<()> {
    let input = input_of(db, run_id).await?;
    let subject = run_id.to_string();
    let holds = |row: &analysis::Model| is_fresh(row, &input) && row.document.is_some();
    let is_analysed = latest(db, Kind::Run, &subject).await?.is_some_and(|row| holds(&row));
    let is_resampled = latest(db, Kind::Resampled, &subject).await?.is_some_and(|row| holds(&row));
    if is_analysed && is_resampled {
        return Ok(());
    }
    let began = Instant::now();
    let mut columns = columns::load(db, run_id).await?;
    if !is_analysed {
        let key = Key::of_run(Kind::Run, run_id, input.clone());
        columns = keep(db, &key, columns, began, compute::analyse).await?;
    }
    if !is_resampled {
        let key = Key::of_run(Kind::Resampled, run_id, input);
        let draw = |columns: &RunColumns| compute::resample(columns, Draws::new(ROUNDS, SEED));
        keep(db, &key, columns, Instant::now(), draw).await?;
    }
    Ok(())
}

/// What a run found, from the analysis that holds; one is made and kept where there is none. What is drawn
/// at random is part of it.
///
/// # Errors
/// `NotFound`, `Unavailable` or `Database`; `Internal` where it cannot be computed.
pub async fn current(db: &Db, run_id: Uuid) -> Result<(RunAnalysis, ResampledAnalysis)> {
    // A database that cannot be written is no reason to say nothing.
    match refresh(db, run_id).await {
        Ok(()) | Err(Error::Unavailable(_)) => {}
        Err(error) => return Err(error),
    }
    let standing = of_runs(db, &[run_id]).await?.remove(&run_id);
    if let Some(Standing { state: State::Ready, found: Some(found), resampled: Some(resampled), .. }) =
        standing
    {
        return Ok((found, resampled));
    }
    let columns = columns::load(db, run_id).await?;
    Ok((compute::analyse(&columns)?, compute::resample(&columns, Draws::new(ROUNDS, SEED))?))
}

async fn input_of(db: &Db, run_id: Uuid) -> Result<String> {
    let found = inputs_of(db.write(), &[run_id]).await?.remove(&run_id);
    found.ok_or_else(|| Error::not_found("run", run_id))
}

/// Computes on a thread of its own, and keeps what comes of it; gives the columns back.
async fn keep<T: Serialize + DeserializeOwned + Send + 'static>(
    db: &Db,
    key: &Key,
    columns: RunColumns,
    began: Instant,
    compute: impl FnOnce(&RunColumns) -> Result<T> + Send + 'static,
) -> Result<RunColumns> {
    let work = tokio::task::spawn_blocking(move || {
        let written = compute(&columns).and_then(|found| Ok(serde_json::to_string(&found)?));
        // A number that is none is written as null, and could not be read back.
        let read_back = written.and_then(|text| {
            serde_json::from_str::<T>(&text)?;
            Ok(text)
        });
        (columns, read_back.map_err(|error| error.to_string()))
    });
    let (columns, result) =
        work.await.map_err(|error| Error::Internal(format!("an analysis ended: {error}")))?;
    if let Err(reason) = &result {
        tracing::warn!(run_id = %key.run_id, kind = key.kind.as_str(), %reason, "an analysis failed");
    }
    let computed_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    store::keep(db, key, result, computed_ms).await?;
    Ok(columns)
}

/// Asks for an analysis after decisions or scores of a run have changed, once for all that change within a
/// moment. A run that goes on is analysed when it is over.
pub(crate) async fn ask_again(tx: &impl ConnectionTrait, run_id: Uuid) -> Result<()> {
    if runs::read(tx, run_id).await?.status.is_terminal() {
        enqueue_job_in(tx, Job::AnalyzeRun(run_id), GATHERING).await?;
    }
    Ok(())
}

/// Whether the run's decisions or scores are being read again.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn is_about_to_change(db: &Db, run_id: Uuid) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Busy {
        jobs: i64,
    }
    let sql = "SELECT COUNT(*) AS jobs FROM jobs WHERE run_id = $1 AND status IN ('queued', 'running')
               AND kind IN ('reread_decisions', 'rescore_run')";
    let busy: Option<Busy> = row(db.read(), sql, [run_id.into()]).await?;
    Ok(busy.is_some_and(|busy| busy.jobs > 0))
}

/// Has a run analysed in the background, also one that goes on; nothing happens where the analysis holds.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Unavailable` or `Database`.
pub async fn analyze(db: &Db, commanded: Commanded<'_>) -> Result<entity::run::Model> {
    let run = runs::find_written(db, commanded.run_id).await?;
    authorize(commanded.actor, Action::Control, Resource::Run(Some(run.created_by)))?;
    enqueue_job(db.write(), Job::AnalyzeRun(run.id)).await?;
    Ok(run)
}
