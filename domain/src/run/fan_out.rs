//! Fanning out: one queued probe per model × scenario × sample, in bulk statements.

use entity::{QueueStatus, probe, run, run_model, scenario};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter,
    QueryOrder, Value, sea_query::OnConflict,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    SampleDesign,
    frozen::{content_of, scenario_id},
    sample_plan,
};
use crate::{
    db::{Db, execute, in_powers_of_two, insert_all, locked, now},
    definition::{DefinitionContent, Expansion},
    error::{Error, Result},
    event,
    lifecycle::NewEvent,
};

/// Scenarios of one statement.
const ROWS_PER_STATEMENT: usize = 128;
/// Probes of one transaction: small enough that the first are claimed at once.
const PROBES_PER_TRANSACTION: usize = 20_000;

/// Queues the probes of a run, going on where an earlier try stopped. Each transaction moves
/// the run's cursor together with the rows it inserts, so that no scenario is queued twice.
///
/// # Errors
/// `Unavailable` or `Database`; what is committed stands, and the next call goes on behind it.
pub async fn fan_out(db: &Db, run_id: Uuid) -> Result<()> {
    let run = super::find_written(db, run_id).await?;
    let content = content_of(db, run.definition_version_id).await?;
    let design = sample_plan::stored(db, &run).await?;
    let plan = Plan::of(&run, &content, design.as_deref())?;
    loop {
        let tx = db.begin_queue().await?;
        let is_done = fan_out_chunk(&tx, &plan, run_id, PROBES_PER_TRANSACTION).await?;
        tx.commit().await?;
        if is_done {
            return Ok(());
        }
    }
}

/// Queues all probes of a small run inside the transaction that makes it.
pub(super) async fn fan_out_within(
    tx: &DatabaseTransaction,
    run: &run::Model,
    content: &DefinitionContent,
    design: Option<&SampleDesign>,
) -> Result<()> {
    let plan = Plan::of(run, content, design.map(|design| design.combinations.as_slice()))?;
    while !fan_out_chunk(tx, &plan, run.id, PROBES_PER_TRANSACTION).await? {}
    Ok(())
}

/// Which scenarios a run has, in their order.
struct Plan {
    expansion: Expansion,
    version_id: Uuid,
    combinations: Vec<u32>,
    samples_per_scenario: i32,
}

impl Plan {
    fn of(run: &run::Model, content: &DefinitionContent, design: Option<&[u64]>) -> Result<Self> {
        let expansion = Expansion::new(content)
            .map_err(|_| Error::Internal(format!("the definition of run {} cannot be expanded", run.id)))?;
        let combinations = sample_plan::combinations(&expansion, run, design).map(narrow).collect();
        Ok(Self {
            expansion,
            version_id: run
                .definition_version_id
                .ok_or_else(|| Error::Internal("a run without a definition version".into()))?,
            combinations,
            samples_per_scenario: run.samples_per_scenario,
        })
    }
}

/// Definitions have at most 10,000,000 combinations; half the memory of `u64`.
fn narrow(combination: u64) -> u32 {
    u32::try_from(combination).unwrap_or(u32::MAX)
}

/// Queues the next scenarios of a run; true when there are no more.
async fn fan_out_chunk(
    tx: &DatabaseTransaction,
    plan: &Plan,
    run_id: Uuid,
    probes_max: usize,
) -> Result<bool> {
    let query = locked(run::Entity::find_by_id(run_id), tx);
    let run = query.one(tx).await?.ok_or_else(|| Error::not_found("run", run_id))?;
    if run.queued_at.is_some() {
        return Ok(true);
    }
    let models = run_model::Entity::find()
        .filter(run_model::Column::RunId.eq(run_id))
        .order_by_asc(run_model::Column::Ordinal)
        .all(tx)
        .await?;
    let per_scenario = models.len() * usize::try_from(plan.samples_per_scenario).unwrap_or(1);
    let first = usize::try_from(run.fanned_out_count).unwrap_or(usize::MAX).min(plan.combinations.len());
    let last = plan.combinations.len().min(first + (probes_max / per_scenario.max(1)).max(1));
    let chunk = &plan.combinations[first..last];

    insert_scenarios(tx, plan, chunk).await?;
    insert_probes(tx, &run, units(plan, &models, first, chunk)).await?;

    let is_done = last == plan.combinations.len();
    let sql = "UPDATE runs SET fanned_out_count = $2, queued_at = CASE WHEN $3 THEN $4 ELSE queued_at END WHERE id = $1";
    let count = i64::try_from(last).unwrap_or(i64::MAX);
    execute(tx, sql, [run_id.into(), count.into(), is_done.into(), now().into()]).await?;
    if is_done {
        let queued = NewEvent { kind: "run.queued", payload: json!({"probes": run.planned_count}) };
        event::append(tx, run_id, None, vec![queued]).await?;
    }
    Ok(is_done)
}

async fn insert_scenarios(tx: &DatabaseTransaction, plan: &Plan, combinations: &[u32]) -> Result<()> {
    for chunk in in_powers_of_two(combinations, ROWS_PER_STATEMENT) {
        let rows = chunk.iter().map(|&combination| scenario::ActiveModel {
            id: Set(scenario_id(plan.version_id, combination.into())),
            definition_version_id: Set(plan.version_id),
            combination: Set(combination.into()),
            key: Set(plan.expansion.scenario(combination.into()).key),
        });
        scenario::Entity::insert_many(rows)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// A probe to be queued.
struct Unit<'a> {
    seq: i64,
    scenario_id: Uuid,
    sample_index: i32,
    model: &'a run_model::Model,
}

/// Which sample of its scenario a place in the run is: the inverse of what [`units`] does.
pub(crate) fn sample_index_of(run: &run::Model, model_count: usize, seq: i64) -> u32 {
    let (models, samples) = (i64::try_from(model_count).unwrap_or(1), i64::from(run.samples_per_scenario));
    u32::try_from(seq / models.max(1) % samples.max(1)).unwrap_or(0)
}

/// The probes of some scenarios: scenario by scenario, all models side by side, so that what is
/// complete early can be compared.
fn units<'a>(
    plan: &Plan,
    models: &'a [run_model::Model],
    first: usize,
    combinations: &[u32],
) -> Vec<Unit<'a>> {
    let per_scenario = i64::try_from(models.len()).unwrap_or(1) * i64::from(plan.samples_per_scenario);
    let mut seqs = i64::try_from(first).unwrap_or(0) * per_scenario..;
    let mut units = Vec::new();
    for &combination in combinations {
        let scenario_id = scenario_id(plan.version_id, combination.into());
        for sample_index in 0..plan.samples_per_scenario {
            let of_model = models.iter().zip(seqs.by_ref());
            units.extend(of_model.map(|(model, seq)| Unit { seq, scenario_id, sample_index, model }));
        }
    }
    units
}

async fn insert_probes(tx: &DatabaseTransaction, run: &run::Model, units: Vec<Unit<'_>>) -> Result<()> {
    let run_at = now();
    if tx.get_database_backend() == DbBackend::Postgres {
        // A column as an array: one short statement, whatever the number of rows.
        let sql = "INSERT INTO probes (id, run_id, run_model_id, scenario_id, sample_index, seq, lane, status, run_at)
            SELECT id, $1, run_model_id, scenario_id, sample_index, seq, lane, 'queued', $2
            FROM unnest($3, $4, $5, $6, $7, $8) AS unit (id, run_model_id, scenario_id, sample_index, seq, lane)";
        let values: [Value; 8] = [
            run.id.into(),
            run_at.into(),
            units.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>().into(),
            units.iter().map(|unit| unit.model.id).collect::<Vec<_>>().into(),
            units.iter().map(|unit| unit.scenario_id).collect::<Vec<_>>().into(),
            units.iter().map(|unit| unit.sample_index).collect::<Vec<_>>().into(),
            units.iter().map(|unit| unit.seq).collect::<Vec<_>>().into(),
            units.iter().map(|unit| unit.model.lane.clone()).collect::<Vec<_>>().into(),
        ];
        return execute(tx, sql, values).await.map(drop);
    }
    let row = |unit: &Unit<'_>| probe::ActiveModel {
        id: Set(Uuid::now_v7()),
        run_id: Set(run.id),
        run_model_id: Set(unit.model.id),
        scenario_id: Set(unit.scenario_id),
        sample_index: Set(unit.sample_index),
        seq: Set(unit.seq),
        lane: Set(unit.model.lane.clone()),
        status: Set(QueueStatus::Queued),
        run_at: Set(run_at),
        ..Default::default()
    };
    let rows: Vec<probe::ActiveModel> = units.iter().map(row).collect();
    insert_all(tx, &rows).await
}
