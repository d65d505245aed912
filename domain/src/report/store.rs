//! Writing reports, and finding them.

use std::collections::HashMap;

use entity::{report, run};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{collect, markdown};
use crate::{
    auth::{Action, Actor, Resource, authorize},
    db::{Db, locked, now, rows, sql_now_plus},
    diagnosis,
    error::{Error, Result},
    export::csv::short_id,
    lookup,
    queue::{Job, enqueue_job},
    run as runs,
};

/// Runs of one sweep whose report is missing: after an update there may be thousands.
const ASKED_PER_SWEEP: i64 = 20;
/// Before a job that has failed for good is written anew.
const FAILED_PAUSE_SECONDS: f64 = 3_600.0;

/// Writes the report of a run that is over. Changes nothing where it is written already, or where
/// the run has been reopened.
///
/// # Errors
/// `NotFound`, `Unavailable` or `Database`.
pub async fn write(db: &Db, run_id: Uuid) -> Result<()> {
    let run = runs::find_written(db, run_id).await?;
    if !run.status.is_terminal() || find_revision(db, run_id, run.ending_count).await?.is_some() {
        return Ok(());
    }
    diagnosis::keep(db, &run).await?;
    let report = build(db, &run).await?;
    save(db, &report).await
}

async fn build(db: &Db, run: &run::Model) -> Result<report::Model> {
    let document = collect::document(db, run).await?;
    let mut json = serde_json::to_string_pretty(&document)?;
    json.push('\n');
    Ok(report::Model {
        id: Uuid::now_v7(),
        run_id: run.id,
        revision: run.ending_count,
        markdown: markdown::write(&document),
        sha256: hex::encode(Sha256::digest(&json)),
        json,
        code_version: env!("CARGO_PKG_VERSION").into(),
        created_at: now(),
    })
}

/// Of two writers at once the first one's report stands; they have written the same.
async fn save(db: &Db, report: &report::Model) -> Result<()> {
    let tx = db.begin().await?;
    let query = locked(run::Entity::find_by_id(report.run_id), &tx);
    let run = query.one(&tx).await?.ok_or_else(|| Error::not_found("run", report.run_id))?;
    // What was read while the run was reopened is of no ending.
    if !run.status.is_terminal() || run.ending_count != report.revision {
        return Ok(());
    }
    let once = OnConflict::columns([report::Column::RunId, report::Column::Revision]).do_nothing().to_owned();
    report::Entity::insert(report.clone().into_active_model().reset_all())
        .on_conflict(once)
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

async fn find_revision(db: &Db, run_id: Uuid, revision: i32) -> Result<Option<report::Model>> {
    let wanted = report::Entity::find()
        .filter(report::Column::RunId.eq(run_id))
        .filter(report::Column::Revision.eq(revision));
    Ok(wanted.one(db.write()).await?)
}

/// The latest report of several runs; one that is missing is written. A run that has never ended
/// has none.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn latest_of_runs(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, report::Model>> {
    let mut found: HashMap<Uuid, report::Model> = HashMap::new();
    for (run_id, mut reports) in of_runs(db, run_ids).await? {
        found.extend(reports.pop().map(|last| (run_id, last)));
    }
    Ok(found)
}

/// All reports of several runs, each in order of revision; the latest one is written where it is
/// missing.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn of_runs(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<report::Model>>> {
    let mut found: HashMap<Uuid, Vec<report::Model>> = HashMap::new();
    let kept = report::Entity::find()
        .filter(report::Column::RunId.is_in(run_ids.iter().copied()))
        .order_by_asc(report::Column::Revision)
        .all(db.read())
        .await?;
    for report in kept {
        found.entry(report.run_id).or_default().push(report);
    }
    for (run_id, run) in lookup::runs(db, run_ids).await? {
        let reports = found.entry(run_id).or_default();
        let is_there = reports.iter().any(|report| report.revision == run.ending_count);
        if run.status.is_terminal() && !is_there {
            reports.push(made_now(db, &run).await?);
        }
    }
    Ok(found)
}

/// Writes a missing report; where nothing can be written it is made all the same, and not kept.
async fn made_now(db: &Db, run: &run::Model) -> Result<report::Model> {
    match write(db, run.id).await {
        Err(Error::Unavailable(_)) => build(db, run).await,
        Err(error) => Err(error),
        Ok(()) => match find_revision(db, run.id, run.ending_count).await? {
            Some(report) => Ok(report),
            // Reopened a moment ago: what is there now is the best there is.
            None => build(db, run).await,
        },
    }
}

/// The latest report of a run, or the one of a revision.
///
/// # Errors
/// `NotFound`, or `Conflict` where the run has never ended; `Unavailable` or `Database`.
pub async fn find(db: &Db, run_id: Uuid, revision: Option<i32>) -> Result<report::Model> {
    let run = runs::find(db, run_id).await?;
    let mut reports = of_runs(db, &[run.id]).await?.remove(&run.id).unwrap_or_default();
    let last = reports.last().map(|report| report.revision);
    match (revision, last) {
        (_, None) => Err(Error::conflict("The run is not over: its report is written when it ends.")),
        (None, Some(_)) => reports.pop().ok_or_else(|| Error::not_found("report", run_id)),
        (Some(wanted), Some(last)) => {
            reports.into_iter().find(|report| report.revision == wanted).ok_or_else(|| {
                Error::invalid("revision", format!("The run has no report {wanted}; its latest is {last}."))
            })
        }
    }
}

/// How a report is wanted.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// For people.
    Markdown,
    /// For programs.
    Json,
}

/// A report as a file.
#[derive(Clone, Debug)]
pub struct Download {
    /// `run_<short id>_<date>_report.md`; later revisions are numbered.
    pub file_name: String,
    /// Strong: the bytes are always the same.
    pub etag: String,
    /// The file's text.
    pub text: String,
}

/// A report as a file, for whoever may export the run.
///
/// # Errors
/// As [`find`], and `Forbidden`.
pub async fn download(
    db: &Db,
    actor: &Actor,
    run_id: Uuid,
    kind: Kind,
    revision: Option<i32>,
) -> Result<Download> {
    let run = runs::find(db, run_id).await?;
    authorize(actor, Action::Export, Resource::Run(Some(run.created_by)))?;
    let report = find(db, run_id, revision).await?;
    let date = run.completed_at.unwrap_or(report.created_at).format("%Y-%m-%d");
    let number = if report.revision > 1 { format!("-{}", report.revision) } else { String::new() };
    let (ending, text) = match kind {
        Kind::Markdown => ("md", report.markdown),
        Kind::Json => ("json", report.json),
    };
    Ok(Download {
        file_name: format!("run_{}_{date}_report{number}.{ending}", short_id(run_id)),
        etag: format!("\"{}-{ending}\"", report.sha256),
        text,
    })
}

/// Runs that are over and whose report is missing, oldest first.
///
/// # Errors
/// `Unavailable` or `Database`.
pub(crate) async fn missing(db: &Db) -> Result<Vec<Uuid>> {
    ids(db, "", i64::MAX).await
}

/// Asks for the reports that are missing though their runs are over: what asked for them has
/// failed, or was lost.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn ask_for_missing(db: &Db) -> Result<()> {
    let nobody_is_at_it = format!(
        "AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.run_id = runs.id AND jobs.kind = 'write_report'
             AND (jobs.status IN ('queued', 'running') OR jobs.status = 'failed' AND jobs.finished_at > {}))",
        sql_now_plus(db.read().get_database_backend(), &format!("-{FAILED_PAUSE_SECONDS}"))
    );
    for run_id in ids(db, &nobody_is_at_it, ASKED_PER_SWEEP).await? {
        enqueue_job(db.write(), Job::WriteReport(run_id)).await?;
    }
    Ok(())
}

async fn ids(db: &Db, condition: &str, limit: i64) -> Result<Vec<Uuid>> {
    #[derive(FromQueryResult)]
    struct Id {
        id: Uuid,
    }
    let sql = format!(
        "SELECT runs.id FROM runs WHERE runs.status IN ('completed', 'completed_with_errors', 'failed', 'cancelled')
           AND NOT EXISTS (SELECT 1 FROM reports WHERE reports.run_id = runs.id AND reports.revision = runs.ending_count)
           {condition} ORDER BY runs.id LIMIT $1"
    );
    Ok(rows::<Id>(db.read(), sql, [limit.into()]).await?.into_iter().map(|row| row.id).collect())
}
