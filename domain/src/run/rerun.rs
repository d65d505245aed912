//! Running again what was run: a run of its own that points at the one it repeats.

use std::collections::HashMap;

use entity::{RunType, SamplePlan, definition_version, run, run_model};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{Created, ModelChoice, NewRun, create, find_written};
use crate::{
    access::AccessLog,
    auth::{Action, Actor, Resource, authorize},
    config::Config,
    db::Db,
    error::{Error, Result},
    judging,
};

/// What is other than in the run that is repeated; None: as it was there.
#[derive(Clone, Debug, Default)]
pub struct Rerun {
    /// The run that is repeated.
    pub run_id: Uuid,
    /// Other models, or other versions of them.
    pub models: Option<Vec<ModelChoice>>,
    /// Another version of the definition.
    pub version: Option<i32>,
    /// Another way of choosing the scenarios.
    pub sample_plan: Option<SamplePlan>,
    /// Another number of scenarios of a fraction.
    pub sample_scenarios: Option<u64>,
    /// Another share of the scenarios.
    pub sample_percentage: Option<f64>,
    /// Another sample.
    pub sample_seed: Option<u32>,
    /// Other repetitions.
    pub samples_per_scenario: Option<u32>,
    /// Whether the order of the options changes from probe to probe.
    pub counterbalance: Option<bool>,
    /// A budget; None: none, whatever the other had.
    pub budget_usd_micros: Option<i64>,
    /// Start even if the same is being run already.
    pub allow_duplicate: bool,
    /// The same token makes no second run.
    pub client_token: Option<String>,
}

/// Makes a run like another one: the same version, models and their versions, sample and
/// parameters, unless others are given.
///
/// # Errors
/// `NotFound`, `Invalid` where the run has no definition, and all that `create` says.
pub async fn rerun(
    db: &Db,
    config: &Config,
    access: &AccessLog,
    actor: &Actor,
    again: &Rerun,
) -> Result<Created> {
    authorize(actor, Action::Create, Resource::Run(None))?;
    let parent = find_written(db, again.run_id).await?;
    let missing = || Error::invalid("runId", "This run has no definition that could be run again.");
    let definition_id = parent.definition_id.ok_or_else(missing)?;
    let version_id = parent.definition_version_id.ok_or_else(missing)?;
    let version = definition_version::Entity::find_by_id(version_id).one(db.read()).await?;
    let models = match &again.models {
        Some(models) => models.clone(),
        None => models_of(db, parent.id).await?,
    };
    let sample = sample_of(&parent, again);
    let new = NewRun {
        definition_id,
        version: again.version.or(version.map(|version| version.number)),
        models,
        sample_plan: Some(sample.plan),
        sample_scenarios: sample.scenarios,
        sample_percentage: sample.percentage,
        sample_seed: again.sample_seed.or(u32::try_from(parent.sample_seed).ok()),
        samples_per_scenario: again
            .samples_per_scenario
            .unwrap_or(u32::try_from(parent.samples_per_scenario).unwrap_or(1)),
        counterbalance: again.counterbalance.unwrap_or(parent.option_orders.is_some()),
        temperature: parent.temperature,
        top_p: parent.top_p,
        stop: parent.stop_texts(),
        reasoning_effort: parent.reasoning_effort,
        max_tokens: parent.max_tokens.and_then(|tokens| u32::try_from(tokens).ok()),
        is_test: parent.run_type == RunType::Test,
        allow_duplicate: again.allow_duplicate,
        budget_usd_micros: again.budget_usd_micros,
        judge: judging::asked_of(db, parent.id).await?,
        parent_run_id: Some(parent.id),
        client_token: again.client_token.clone(),
        ..NewRun::default()
    };
    create(db, config, access, actor, &new).await
}

/// How the scenarios of a repetition are chosen.
struct Sample {
    plan: SamplePlan,
    scenarios: Option<u64>,
    percentage: f64,
}

/// As in the run that is repeated, but for what is asked for otherwise.
fn sample_of(parent: &run::Model, again: &Rerun) -> Sample {
    let asked = again.sample_plan.or(match again {
        Rerun { sample_scenarios: Some(_), .. } => Some(SamplePlan::Fractional),
        Rerun { sample_percentage: Some(_), .. } => Some(SamplePlan::Random),
        _ => None,
    });
    let plan = asked.unwrap_or(parent.sample_plan);
    let is_same = plan == parent.sample_plan;
    let of_parent = |of: SamplePlan| is_same && plan == of;
    let scenarios = of_parent(SamplePlan::Fractional).then_some(parent.scenario_count.unsigned_abs());
    let percentage = if of_parent(SamplePlan::Random) { parent.sample_percentage } else { 100.0 };
    Sample {
        plan,
        scenarios: again.sample_scenarios.or(scenarios),
        percentage: again.sample_percentage.unwrap_or(percentage),
    }
}

async fn models_of(db: &Db, run_id: Uuid) -> Result<Vec<ModelChoice>> {
    let rows = run_model::Entity::find()
        .filter(run_model::Column::RunId.eq(run_id))
        .order_by_asc(run_model::Column::Ordinal)
        .all(db.read())
        .await?;
    let choice = |row: run_model::Model| ModelChoice {
        provider: Some(row.provider_id),
        model: row.model_id,
        version: row.model_version,
    };
    Ok(rows.into_iter().map(choice).collect())
}

/// Repetitions of one run that are shown with it.
const CHILDREN_MAX: usize = 100;

/// The repetitions of several runs, each newest first and at most 100, in one statement.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn children_of(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<run::Model>>> {
    let found = run::Entity::find()
        .filter(run::Column::ParentRunId.is_in(run_ids.iter().copied()))
        .order_by_desc(run::Column::CreatedAt)
        .order_by_desc(run::Column::Id)
        .all(db.read())
        .await?;
    let mut children: HashMap<Uuid, Vec<run::Model>> = HashMap::new();
    for row in found {
        let of_parent = children.entry(row.parent_run_id.unwrap_or_default()).or_default();
        if of_parent.len() < CHILDREN_MAX {
            of_parent.push(row);
        }
    }
    Ok(children)
}
