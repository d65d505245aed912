//! Reading failures, and keeping what they had in common.

use std::collections::{BTreeMap, HashMap};

use entity::{QueueStatus, diagnosis, probe, provider, run, run_model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    Diagnosis, Failure, Group, diagnose,
    group::{Cell, Counting, Failed, groups},
    rule_named,
};
use crate::{
    db::{Db, now, placeholders, rows},
    error::Result,
    lookup,
};

/// Failed probes of one read.
const PAGE: i64 = 500;

/// Why several probes failed; those that have not are not there.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn of_probes(db: &Db, probe_ids: &[Uuid]) -> Result<HashMap<Uuid, Diagnosis>> {
    let failed = probe::Entity::find()
        .filter(probe::Column::Id.is_in(probe_ids.iter().copied()))
        .filter(probe::Column::Status.eq(QueueStatus::Failed))
        .all(db.read())
        .await?;
    let model_ids: Vec<Uuid> = failed.iter().map(|probe| probe.run_model_id).collect();
    let models = lookup::run_models(db, &model_ids).await?;
    let providers = providers(db).await?;
    let mut tries = tries_of(db, &failed.iter().map(|probe| probe.id).collect::<Vec<_>>()).await?;
    let of = |probe: probe::Model| {
        let provider = models.get(&probe.run_model_id).and_then(|model| providers.get(&model.provider_id));
        let message = probe.error_message.unwrap_or_default();
        let failure = Failure { category: probe.error_category.as_deref(), message: &message };
        let mut diagnosis = diagnose(failure, provider);
        diagnosis.evidence.extend(tries.remove(&probe.id));
        (probe.id, diagnosis)
    };
    Ok(failed.into_iter().map(of).collect())
}

/// What became of the tries of probes that had more than one, as a line of evidence.
async fn tries_of(db: &Db, probe_ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    #[derive(FromQueryResult)]
    struct Tries {
        probe_id: Uuid,
        category: String,
        http_status: Option<i32>,
        count: i64,
    }
    let mut found: BTreeMap<Uuid, Vec<Tries>> = BTreeMap::new();
    for ids in probe_ids.chunks(500) {
        let sql = format!(
            "SELECT probe_id, error_category AS category, http_status, COUNT(*) AS count FROM attempts
             WHERE probe_id IN ({}) AND error_category IS NOT NULL
             GROUP BY probe_id, error_category, http_status
             ORDER BY probe_id, COUNT(*) DESC, error_category, http_status",
            placeholders(1, ids.len())
        );
        for tries in rows::<Tries>(db.read(), sql, ids.iter().map(|id| (*id).into())).await? {
            found.entry(tries.probe_id).or_default().push(tries);
        }
    }
    let line = |tries: Vec<Tries>| {
        let count: i64 = tries.iter().map(|tries| tries.count).sum();
        let of = |tries: &Tries| {
            let status = tries.http_status.map_or(String::new(), |status| format!(" (HTTP {status})"));
            format!("{} × {}{status}", tries.count, tries.category)
        };
        let words: Vec<String> = tries.iter().map(of).collect();
        (count > 1).then(|| format!("{count} tries: {}", words.join(", ")))
    };
    Ok(found.into_iter().filter_map(|(id, tries)| Some((id, line(tries)?))).collect())
}

/// Why probes of several runs failed, by cause, most frequent first: as kept when the run ended,
/// counted anew while it goes on.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn of_runs(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Group>>> {
    let runs = lookup::runs(db, run_ids).await?;
    let models = run_model::Entity::find()
        .filter(run_model::Column::RunId.is_in(run_ids.iter().copied()))
        .order_by_asc(run_model::Column::Ordinal)
        .all(db.read())
        .await?;
    let providers = providers(db).await?;
    let mut found = HashMap::new();
    let mut kept = kept(db, &runs).await?;
    for (run_id, run) in runs {
        let of_run: Vec<_> = models
            .iter()
            .filter(|model| model.run_id == run_id)
            .map(|model| (model.id, providers.get(&model.provider_id)))
            .collect();
        let has_failed = models.iter().any(|model| model.run_id == run_id && model.failed_count > 0);
        let cells = match kept.remove(&run_id) {
            Some(cells) => cells,
            None if has_failed => count(db, run.id).await?,
            None => Vec::new(),
        };
        found.insert(run_id, groups(&cells, &of_run));
    }
    Ok(found)
}

/// What was kept of the last endings of runs that are over, in one statement.
async fn kept(db: &Db, runs: &HashMap<Uuid, run::Model>) -> Result<HashMap<Uuid, Vec<Cell>>> {
    let over: Vec<Uuid> = runs.values().filter(|run| run.status.is_terminal()).map(|run| run.id).collect();
    let found = diagnosis::Entity::find()
        .filter(diagnosis::Column::SubjectType.eq("run"))
        .filter(diagnosis::Column::SubjectId.is_in(over))
        .all(db.read())
        .await?;
    let mut cells: HashMap<Uuid, Vec<Cell>> = HashMap::new();
    for row in found {
        if runs.get(&row.subject_id).is_some_and(|run| run.ending_count == row.revision) {
            cells.entry(row.subject_id).or_default().push(Cell {
                run_model_id: row.run_model_id,
                cause: row.cause,
                count: row.failed_count,
                evidence: serde_json::from_value(row.evidence)?,
                example_probe_ids: serde_json::from_value(row.example_probe_ids)?,
            });
        }
    }
    Ok(cells)
}

/// Looks at every failed probe of a run, page by page.
async fn count(db: &Db, run_id: Uuid) -> Result<Vec<Cell>> {
    #[derive(FromQueryResult)]
    struct Row {
        seq: i64,
        id: Uuid,
        run_model_id: Uuid,
        error_category: Option<String>,
        error_message: Option<String>,
    }
    let sql = "SELECT seq, id, run_model_id, error_category, error_message FROM probes
        WHERE run_id = $1 AND status = 'failed' AND seq > $2 ORDER BY seq LIMIT $3";
    let mut counting = Counting::default();
    let mut after = -1;
    loop {
        let page: Vec<Row> = rows(db.read(), sql, [run_id.into(), after.into(), PAGE.into()]).await?;
        let Some(last) = page.last() else { return Ok(counting.cells()) };
        after = last.seq;
        for row in page {
            counting.add(Failed {
                probe_id: row.id,
                run_model_id: row.run_model_id,
                category: row.error_category,
                message: row.error_message.unwrap_or_default(),
            });
        }
    }
}

/// Counts the failures of a run that has ended, and keeps them as of this ending, so that no later
/// look has to. Keeping them twice changes nothing.
///
/// # Errors
/// `Unavailable` or `Database`.
pub(crate) async fn keep(db: &Db, run: &run::Model) -> Result<()> {
    let rows = count(db, run.id).await?.into_iter().map(|cell| diagnosis::ActiveModel {
        id: Set(Uuid::now_v7()),
        subject_type: Set("run".into()),
        subject_id: Set(run.id),
        revision: Set(run.ending_count),
        run_model_id: Set(cell.run_model_id),
        category: Set(rule_named(&cell.cause).category.as_str().into()),
        cause: Set(cell.cause),
        failed_count: Set(cell.count),
        evidence: Set(json!(cell.evidence)),
        example_probe_ids: Set(json!(cell.example_probe_ids)),
        created_at: Set(now()),
    });
    let rows: Vec<_> = rows.collect();
    // A run has at most a hundred models, and there are some dozens of causes.
    for rows in rows.chunks(200) {
        diagnosis::Entity::insert_many(rows.to_vec())
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(db.write())
            .await?;
    }
    Ok(())
}

async fn providers(db: &Db) -> Result<HashMap<String, provider::Model>> {
    let all = provider::Entity::find().all(db.read()).await?;
    Ok(all.into_iter().map(|provider| (provider.id.clone(), provider)).collect())
}
