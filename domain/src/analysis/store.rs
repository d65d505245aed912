//! Computed results as rows: found by what they were computed from, kept when they no longer hold.

use std::collections::HashMap;

use entity::{analysis, run};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult,
    IntoActiveModel, QueryFilter, QueryOrder, sea_query::Expr,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    db::{Db, locked, now, placeholders, rows},
    error::{Error, Result},
};

/// What a computed result is; a stored word, which is never renamed.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What one run found ([`super::RunAnalysis`]).
    Run,
    /// The parts of it that are drawn at random ([`super::ResampledAnalysis`]).
    Resampled,
    /// Two runs, or models of one, against each other.
    Comparison,
    /// Words about what was computed.
    Summary,
}

impl Kind {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Resampled => "resampled",
            Self::Comparison => "comparison",
            Self::Summary => "summary",
        }
    }
}

/// Raised when the same decisions give other figures than before.
const COMPUTATION_VERSION: u32 = 1;

/// The version of Probity and of its computations, with which a result is kept.
pub fn code_version() -> String {
    format!("{}+{COMPUTATION_VERSION}", env!("CARGO_PKG_VERSION"))
}

/// What a result is about, and what it was computed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// What it is.
    pub kind: Kind,
    /// The run it is about; that which is locked while it is written.
    pub run_id: Uuid,
    /// A second run.
    pub other_run_id: Option<Uuid>,
    /// Unique among results of the kind.
    pub subject: String,
    /// From [`inputs_of`], of all runs concerned and whatever was asked of them.
    pub input_sha256: String,
}

impl Key {
    /// The result of a kind that there is one of per run.
    pub fn of_run(kind: Kind, run_id: Uuid, input_sha256: String) -> Self {
        Self { kind, run_id, other_run_id: None, subject: run_id.to_string(), input_sha256 }
    }
}

/// Whether a row was computed from this input by this version.
pub fn is_fresh(row: &analysis::Model, input_sha256: &str) -> bool {
    row.input_sha256 == input_sha256 && row.code_version == code_version()
}

/// A hash of everything that statistics of these runs depend on, from a few rows each: the version that was
/// asked, and of each model its counters, which move with every transcript and outcome, and the number of
/// changes of decisions and scores after their first reading.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn inputs_of(connection: &impl ConnectionTrait, run_ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    #[derive(FromQueryResult)]
    struct Input {
        run_id: Uuid,
        definition_version_id: Option<Uuid>,
        #[sea_orm(nested)]
        model: Counted,
    }
    #[derive(FromQueryResult)]
    struct Counted {
        run_model_id: Uuid,
        planned_count: i64,
        succeeded_count: i64,
        failed_count: i64,
        cancelled_count: i64,
        decided_count: i64,
        unreadable_count: i64,
        refused_count: i64,
        content_filter_count: i64,
        truncated_count: i64,
        empty_count: i64,
        reading_revision: i64,
    }
    if run_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT runs.id AS run_id, runs.definition_version_id, m.id AS run_model_id, m.planned_count,
                m.succeeded_count, m.failed_count, m.cancelled_count, m.decided_count, m.unreadable_count,
                m.refused_count, m.content_filter_count, m.truncated_count, m.empty_count, m.reading_revision
         FROM runs JOIN run_models AS m ON m.run_id = runs.id
         WHERE runs.id IN ({}) ORDER BY runs.id, m.ordinal",
        placeholders(1, run_ids.len())
    );
    let found: Vec<Input> = rows(connection, sql, run_ids.iter().map(|id| (*id).into())).await?;
    let mut digests: HashMap<Uuid, Sha256> = HashMap::new();
    for Input { run_id, definition_version_id, model } in found {
        let digest = digests.entry(run_id).or_default();
        digest.update(run_id.as_bytes());
        digest.update(definition_version_id.unwrap_or_default().as_bytes());
        digest.update(model.run_model_id.as_bytes());
        for count in [
            model.planned_count,
            model.succeeded_count,
            model.failed_count,
            model.cancelled_count,
            model.decided_count,
            model.unreadable_count,
            model.refused_count,
            model.content_filter_count,
            model.truncated_count,
            model.empty_count,
            model.reading_revision,
        ] {
            digest.update(count.to_le_bytes());
        }
    }
    Ok(digests.into_iter().map(|(run_id, digest)| (run_id, hex::encode(digest.finalize()))).collect())
}

/// The last result of a kind about each of these runs alone, by run; whether it is fresh is to be asked.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn latest_of(db: &Db, kind: Kind, run_ids: &[Uuid]) -> Result<HashMap<Uuid, analysis::Model>> {
    let found = analysis::Entity::find()
        .filter(analysis::Column::RunId.is_in(run_ids.iter().copied()))
        .filter(analysis::Column::Kind.eq(kind.as_str()))
        .filter(analysis::Column::SupersededAt.is_null())
        .filter(analysis::Column::OtherRunId.is_null())
        .all(db.read())
        .await?;
    Ok(found
        .into_iter()
        .filter(|row| row.subject == row.run_id.to_string())
        .map(|row| (row.run_id, row))
        .collect())
}

/// The last result about a subject, by the connection that writes.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn latest(db: &Db, kind: Kind, subject: &str) -> Result<Option<analysis::Model>> {
    let found = analysis::Entity::find()
        .filter(analysis::Column::Kind.eq(kind.as_str()))
        .filter(analysis::Column::Subject.eq(subject))
        .filter(analysis::Column::SupersededAt.is_null());
    Ok(found.one(db.write()).await?)
}

/// The results about a subject that no longer hold, newest first.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn superseded(db: &Db, kind: Kind, subject: &str) -> Result<Vec<analysis::Model>> {
    Ok(analysis::Entity::find()
        .filter(analysis::Column::Kind.eq(kind.as_str()))
        .filter(analysis::Column::Subject.eq(subject))
        .filter(analysis::Column::SupersededAt.is_not_null())
        .order_by_desc(analysis::Column::SupersededAt)
        .order_by_desc(analysis::Column::Id)
        .all(db.read())
        .await?)
}

/// Keeps a result, a document or why there is none; the one before is superseded. One from the same input by
/// the same version takes the place of what it was.
///
/// # Errors
/// `NotFound`, `Unavailable` or `Database`.
pub async fn keep(
    db: &Db,
    key: &Key,
    result: std::result::Result<String, String>,
    computed_ms: i64,
) -> Result<analysis::Model> {
    let tx = db.begin().await?;
    // Two at once would both be the last one.
    let query = locked(run::Entity::find_by_id(key.run_id), &tx);
    query.one(&tx).await?.ok_or_else(|| Error::not_found("run", key.run_id))?;
    let of_subject = || {
        analysis::Entity::find()
            .filter(analysis::Column::Kind.eq(key.kind.as_str()))
            .filter(analysis::Column::Subject.eq(&*key.subject))
    };
    let same = of_subject()
        .filter(analysis::Column::InputSha256.eq(&*key.input_sha256))
        .filter(analysis::Column::CodeVersion.eq(code_version()))
        .one(&tx)
        .await?;
    analysis::Entity::update_many()
        .col_expr(analysis::Column::SupersededAt, Expr::value(now()))
        .filter(analysis::Column::Kind.eq(key.kind.as_str()))
        .filter(analysis::Column::Subject.eq(&*key.subject))
        .filter(analysis::Column::SupersededAt.is_null())
        .exec(&tx)
        .await?;
    let (document, failure_reason) = match result {
        Ok(document) => (Some(document), None),
        Err(reason) => (None, Some(reason)),
    };
    let row = analysis::Model {
        id: same.as_ref().map_or_else(Uuid::now_v7, |row| row.id),
        kind: key.kind.as_str().into(),
        subject: key.subject.clone(),
        run_id: key.run_id,
        other_run_id: key.other_run_id,
        input_sha256: key.input_sha256.clone(),
        code_version: code_version(),
        document,
        failure_reason,
        computed_ms,
        created_at: now(),
        superseded_at: None,
    };
    let mut active = row.clone().into_active_model().reset_all();
    active.id = Set(row.id);
    match same {
        Some(_) => drop(active.update(&tx).await?),
        None => drop(active.insert(&tx).await?),
    }
    tx.commit().await?;
    Ok(row)
}
