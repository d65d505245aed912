//! What a comparison reads of a run: its models, what it asked, and one number per transcript.

use std::collections::HashMap;

use entity::{run, run_model};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::Measure;
use crate::{
    db::{Db, placeholders, rows},
    definition::{DefinitionContent, from_stored},
    error::{Error, Result},
    lookup,
    run::{self as runs, combination_of},
};

/// A run as it is compared.
pub(super) struct Loaded {
    pub(super) run: run::Model,
    /// In the order that the run was asked for them.
    pub(super) models: Vec<run_model::Model>,
    pub(super) version_id: Uuid,
    pub(super) content: DefinitionContent,
}

impl Loaded {
    pub(super) async fn of(db: &Db, run_id: Uuid) -> Result<Self> {
        let run = runs::find(db, run_id).await?;
        let models = run_model::Entity::find()
            .filter(run_model::Column::RunId.eq(run_id))
            .order_by_asc(run_model::Column::Ordinal)
            .all(db.read())
            .await?;
        let version_id = run.definition_version_id.ok_or_else(|| {
            Error::invalid("runId", "The run asked no definition, so there is nothing to compare it by.")
        })?;
        let version = lookup::versions(db, &[version_id]).await?.remove(&version_id);
        let version = version.ok_or_else(|| Error::not_found("definition version", version_id))?;
        Ok(Self { run, models, version_id, content: from_stored(version.content)? })
    }
}

/// The values of models of a run, by model: the combination, and the number that the measure makes of
/// a complete transcript. Ascending, so that sums are the same whatever order the database gives.
pub(super) async fn values_of(
    db: &Db,
    run_id: Uuid,
    run_model_ids: &[Uuid],
    measure: &Measure,
) -> Result<HashMap<Uuid, Vec<(u64, f64)>>> {
    #[derive(FromQueryResult)]
    struct Found {
        run_model_id: Uuid,
        scenario_id: Uuid,
        value: f64,
    }
    let (value, from, given) = match measure {
        Measure::Score => {
            ("d.score", "decisions AS d ON d.status = 'decided' AND d.score IS NOT NULL AND", None)
        }
        Measure::Choice(name) => (
            "CAST(CASE WHEN d.value = $2 THEN 1 ELSE 0 END AS double precision)",
            "decisions AS d ON d.status = 'decided' AND",
            Some(name),
        ),
        Measure::Scorer(name) => ("d.value", "scores AS d ON d.scorer = $2 AND", Some(name)),
    };
    let first = if given.is_some() { 3 } else { 2 };
    let sql = format!(
        "SELECT t.run_model_id, t.scenario_id, {value} AS value
         FROM transcripts AS t JOIN {from} d.transcript_id = t.id AND d.is_in_force
         WHERE t.run_id = $1 AND t.is_complete AND t.run_model_id IN ({})",
        placeholders(first, run_model_ids.len())
    );
    let values = std::iter::once(run_id.into())
        .chain(given.map(|name| name.as_str().into()))
        .chain(run_model_ids.iter().map(|id| (*id).into()));
    let mut found: HashMap<Uuid, Vec<(u64, f64)>> = HashMap::new();
    for row in rows::<Found>(db.read(), sql, values).await? {
        found.entry(row.run_model_id).or_default().push((combination_of(row.scenario_id), row.value));
    }
    for values in found.values_mut() {
        values.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    }
    Ok(found)
}

/// The names of the scenarios of a version that a run may have asked, by name.
pub(super) async fn keys_of(db: &Db, version_id: Uuid) -> Result<Vec<(String, u64)>> {
    #[derive(FromQueryResult)]
    struct Found {
        combination: i64,
        key: String,
    }
    let sql = "SELECT combination, key FROM scenarios WHERE definition_version_id = $1 ORDER BY key";
    let found: Vec<Found> = rows(db.read(), sql, [version_id.into()]).await?;
    Ok(found.into_iter().map(|row| (row.key, row.combination.unsigned_abs())).collect())
}

/// The names of some combinations of a version.
pub(super) async fn keys_of_some(
    db: &Db,
    version_id: Uuid,
    combinations: &[u64],
) -> Result<HashMap<u64, String>> {
    #[derive(FromQueryResult)]
    struct Found {
        combination: i64,
        key: String,
    }
    let mut keys = HashMap::with_capacity(combinations.len());
    // SQLite takes some thousand parameters.
    for chunk in combinations.chunks(500) {
        let sql = format!(
            "SELECT combination, key FROM scenarios WHERE definition_version_id = $1 AND combination IN ({})",
            placeholders(2, chunk.len())
        );
        let values = std::iter::once(version_id.into())
            .chain(chunk.iter().map(|number| i64::try_from(*number).unwrap_or(i64::MAX).into()));
        let found: Vec<Found> = rows(db.read(), sql, values).await?;
        keys.extend(found.into_iter().map(|row| (row.combination.unsigned_abs(), row.key)));
    }
    Ok(keys)
}
