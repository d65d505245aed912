//! Making a run: everything is checked before a row is written.

use entity::{
    RunStatus, RunType, SamplePlan, definition, definition_version, model, run, run_budget, run_limit,
    run_model,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, sea_query::OnConflict,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    NewRun, admission,
    checked::{checked_numbers, order_faults},
    model_choice::{self, Chosen},
    plan::{self, Plan},
    sample_plan::{self, SampleDesign},
};
use crate::{
    access::{AccessLog, Accessed},
    auth::{Action, Actor, Resource, authorize},
    budget,
    config::Config,
    db::{Db, now},
    definition::{DefinitionContent, Expansion, from_stored},
    error::{Error, Fault, Result},
    event, fleet, gate, judging,
    lifecycle::NewEvent,
    queue::{Job, enqueue_job},
    receipt::{self, Token},
    registry, sampling,
    stats::COUNTERBALANCE_METHOD,
};

/// The most probes of one run.
const PROBES_MAX: u64 = 10_000_000;

/// A run that was made.
#[derive(Clone, Debug)]
pub struct Created {
    /// The run.
    pub run: run::Model,
    /// What its maker should know, e.g. that no worker is online.
    pub warnings: Vec<String>,
}

/// Makes a run and queues its probes, in this transaction where they are few, else by a job.
///
/// # Errors
/// `Invalid` with everything that is wrong, `NotFound`, `ActiveRun`, `Conflict` (
/// `TOO_MANY_RUNS`, a token used for another input), `Forbidden`, `Unavailable`.
pub async fn create(
    db: &Db,
    config: &Config,
    access: &AccessLog,
    actor: &Actor,
    new: &NewRun,
) -> Result<Created> {
    authorize(actor, Action::Create, Resource::Run(None))?;
    let token =
        Token { client_token: new.client_token.as_deref(), command: "createRun", input: format!("{new:?}") };
    if let Some(run_id) = receipt::find(db.write(), actor, &token).await? {
        return Ok(Created { run: super::find(db, run_id).await?, warnings: Vec::new() });
    }

    let prepared = prepare(db, config, new).await?;
    let plan = plan::of(db, config, new, &prepared).await?;
    if let Some(hash) = &new.plan_hash {
        plan::check_hash(hash, &plan.hash, new.sample_seed)?;
    }
    let Prepared { definition, version, content, models, planned_count, .. } = &prepared;
    let planned_count = *planned_count;
    let row = run_row(actor, new, &prepared, &plan);
    let is_small = planned_count <= config.inline_fan_out_max;
    let tx = db.begin().await?;
    admission::lock_admission(&tx).await?;
    // Seen again under the lock: the same command may have been sent twice at once, and the run
    // that the first one made must not be what the second one is refused for.
    if let Some(run_id) = receipt::find(&tx, actor, &token).await? {
        tx.rollback().await?;
        return Ok(Created { run: super::find_written(db, run_id).await?, warnings: Vec::new() });
    }
    admission::admit(&tx, config, actor, new, version, models).await?;
    let run = row.insert(&tx).await?;
    insert_models(&tx, config, &run, new, models).await?;
    if let Some(design) = &prepared.design {
        sample_plan::insert(&tx, run.id, design).await?;
    }
    if let (Some(judge), Some(new)) = (&prepared.judge, &new.judge) {
        judging::insert(&tx, run.id, actor, judge, new.calls_max, true).await?;
    }
    let created = NewEvent {
        kind: "run.created",
        payload: json!({"planned": planned_count, "scenarios": prepared.scenario_count, "models": models.len()}),
    };
    event::append(&tx, run.id, Some(actor.id), vec![created]).await?;
    if let Some(limit) = new.budget_usd_micros {
        budget::set_limit(&tx, &run, limit).await?;
    }
    if let Some(reason) = &plan.needs_approval {
        gate::open_approval_gate(&tx, run.id, reason.clone()).await?;
    }
    if !is_small {
        enqueue_job(&tx, Job::FanOutRun(run.id)).await?;
    }
    receipt::keep(&tx, actor, &token, run.id).await?;
    if is_small {
        super::fan_out::fan_out_within(&tx, &run, content, prepared.design.as_ref()).await?;
    }
    tx.commit().await?;
    access.note(Accessed::Definition(definition.id));

    Ok(Created { run: super::find_written(db, run.id).await?, warnings: plan.warnings })
}

/// What was asked, checked and looked up.
pub(super) struct Prepared {
    pub(super) definition: definition::Model,
    pub(super) version: definition_version::Model,
    pub(super) content: DefinitionContent,
    pub(super) expansion: Expansion,
    /// The fraction of the scenarios that is asked; None: all, or a share.
    pub(super) design: Option<SampleDesign>,
    pub(super) models: Vec<Chosen>,
    /// The model that judges; None: the run has no judge.
    pub(super) judge: Option<Chosen>,
    /// The seed; a random one where none was asked for.
    pub(super) seed: u32,
    pub(super) scenario_count: u64,
    pub(super) planned_count: u64,
    pub(super) is_worker_online: bool,
    /// What is worth knowing of the models as they were named.
    pub(super) warnings: Vec<String>,
}

/// Checks what is asked and looks up what it names; reads only.
///
/// # Errors
/// As `create`, for what does not depend on other runs.
pub(super) async fn prepare(db: &Db, config: &Config, new: &NewRun) -> Result<Prepared> {
    let (definition, mut version) = version_of(db, new).await?;
    // Taken, not copied: a list of scenarios may be large.
    let content = from_stored(std::mem::take(&mut version.content))?;
    let expansion = Expansion::new(&content)
        .map_err(|_| Error::Internal("a stored definition cannot be expanded".into()))?;
    let mut faults = checked_numbers(new);
    faults.extend(sample_plan::faults(new));
    faults.extend(order_faults(new, &expansion));
    let is_worker_online = !fleet::online_workers(db, config.beat()).await?.is_empty();
    let mut warnings = Vec::new();
    let models = model_choice::resolve(
        db,
        config,
        &content,
        &new.models,
        is_worker_online,
        &mut faults,
        &mut warnings,
    )
    .await?;
    let judge = judge_of(db, config, new, is_worker_online, &mut faults, &mut warnings).await?;
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let seed = new.sample_seed.unwrap_or_else(|| fastrand::u32(0..=i32::MAX.unsigned_abs()));
    let (expansion, design) = designed(expansion, new, seed).await?;
    let scenario_count = match &design {
        _ if new.is_test => 1,
        Some(design) => design.combinations.len() as u64,
        None => sampling::sample_size(version.scenario_count.unsigned_abs(), new.sample_percentage),
    };
    let planned_count = scenario_count * models.len() as u64 * u64::from(new.samples_per_scenario);
    if planned_count > PROBES_MAX {
        return Err(Error::invalid(
            "samplePercentage",
            format!(
                "The run would have {planned_count} probes; at most {PROBES_MAX} are allowed. Take a sample."
            ),
        ));
    }
    warnings.extend(model_choice::left_out(new, &models));
    warnings.extend(design.iter().flat_map(|design| design.warnings.iter().cloned()));
    Ok(Prepared {
        definition,
        version,
        content,
        expansion,
        design,
        models,
        judge,
        seed,
        scenario_count,
        planned_count,
        is_worker_online,
        warnings,
    })
}

/// The fraction that is asked for, found apart from what else this thread does.
async fn designed(
    expansion: Expansion,
    new: &NewRun,
    seed: u32,
) -> Result<(Expansion, Option<SampleDesign>)> {
    if sample_plan::plan_of(new) != SamplePlan::Fractional {
        return Ok((expansion, None));
    }
    let size = new.sample_scenarios;
    let found = tokio::task::spawn_blocking(move || {
        let design = sample_plan::design(&expansion, size, seed)?;
        Ok((expansion, Some(design)))
    });
    found.await.map_err(|error| Error::Internal(format!("the design was not finished: {error}")))?
}

/// The model that judges, where one is asked for.
async fn judge_of(
    db: &Db,
    config: &Config,
    new: &NewRun,
    is_worker_online: bool,
    faults: &mut Vec<Fault>,
    warnings: &mut Vec<String>,
) -> Result<Option<Chosen>> {
    let Some(judge) = &new.judge else { return Ok(None) };
    let mut fault = |error: Error| match error {
        Error::Invalid(found) => faults.extend(found),
        error => tracing::error!(%error, "a fault that is none"),
    };
    if judge.calls_max == Some(0) {
        fault(Error::invalid("judge.maxCalls", "A judge makes at least one call."));
    }
    match model_choice::resolve_judge(db, config, &judge.model, is_worker_online, warnings).await? {
        Err(message) => fault(Error::invalid("judge.model", message)),
        Ok(chosen) => {
            if new.budget_usd_micros.is_some() && !judging::has_price(db.read(), &chosen).await? {
                fault(judging::no_price(&chosen));
            }
            return Ok(Some(chosen));
        }
    }
    Ok(None)
}

async fn version_of(db: &Db, new: &NewRun) -> Result<(definition::Model, definition_version::Model)> {
    let definition = definition::Entity::find_by_id(new.definition_id)
        .filter(definition::Column::DeletedAt.is_null())
        .one(db.read())
        .await?
        .ok_or_else(|| Error::not_found("definition", new.definition_id))?;
    let query = definition_version::Entity::find();
    let query = match new.version {
        None => query.filter(definition_version::Column::Id.eq(definition.latest_version_id)),
        Some(number) => query
            .filter(definition_version::Column::DefinitionId.eq(definition.id))
            .filter(definition_version::Column::Number.eq(number)),
    };
    let version = query.one(db.read()).await?.ok_or_else(|| {
        Error::invalid("version", format!("{} has no version {}.", definition.name, new.version.unwrap_or(0)))
    })?;
    Ok((definition, version))
}

fn run_row(actor: &Actor, new: &NewRun, prepared: &Prepared, plan: &Plan) -> run::ActiveModel {
    let Prepared { definition, version, scenario_count, planned_count, .. } = prepared;
    let run_type = match new {
        NewRun { parent_run_id: Some(_), .. } => RunType::Rerun,
        NewRun { is_test: true, .. } => RunType::Test,
        new if sample_plan::plan_of(new) != SamplePlan::Full => RunType::Sample,
        _ => RunType::Full,
    };
    // Of a fraction, the share that it turns out to be.
    let share = match &prepared.design {
        Some(_) => (*scenario_count as f64 * 100.0 / version.scenario_count.max(1) as f64).min(100.0),
        None => new.sample_percentage,
    };
    run::ActiveModel {
        id: Set(Uuid::now_v7()),
        definition_id: Set(Some(definition.id)),
        definition_version_id: Set(Some(version.id)),
        parent_run_id: Set(new.parent_run_id),
        run_type: Set(run_type),
        status: Set(RunStatus::Pending),
        sample_plan: Set(sample_plan::plan_of(new)),
        sample_percentage: Set(share),
        sample_seed: Set(plan.sample_seed.into()),
        option_orders: Set(new.counterbalance.then(|| COUNTERBALANCE_METHOD.to_owned())),
        samples_per_scenario: Set(i32::try_from(new.samples_per_scenario).unwrap_or(1)),
        temperature: Set(new.temperature),
        top_p: Set(new.top_p),
        stop: Set(json!(new.stop)),
        reasoning_effort: Set(new.reasoning_effort),
        max_tokens: Set(new.max_tokens.and_then(|tokens| i32::try_from(tokens).ok())),
        scenario_count: Set(i64::try_from(*scenario_count).unwrap_or(i64::MAX)),
        planned_count: Set(i64::try_from(*planned_count).unwrap_or(i64::MAX)),
        fanned_out_count: Set(0),
        event_seq: Set(0),
        created_by: Set(actor.id),
        created_at: Set(now()),
        paused_at: Set(None),
        cancelled_at: Set(None),
        stopped_at: Set(None),
        stop_reason: Set(None),
        gate_actions: Set(None),
        plan_hash: Set(Some(plan.hash.clone())),
        cost_high_usd_micros: Set(plan.cost.and_then(|cost| cost.high)),
        queued_at: Set(None),
        started_at: Set(None),
        completed_at: Set(None),
        ending_count: Set(0),
        last_accessed_at: Set(None),
    }
}

async fn insert_models(
    tx: &DatabaseTransaction,
    config: &Config,
    run: &run::Model,
    new: &NewRun,
    models: &[Chosen],
) -> Result<()> {
    run_limit::ActiveModel {
        run_id: Set(run.id),
        priority: Set(new.priority),
        deadline_at: Set(Some(new.deadline_at.unwrap_or_else(|| now() + config.run_deadline()))),
        parallel: Set(new.parallel.and_then(|calls| i32::try_from(calls).ok())),
    }
    .insert(tx)
    .await?;
    run_budget::ActiveModel { run_id: Set(run.id), ..Default::default() }.insert(tx).await?;
    let planned = run.planned_count / i64::try_from(models.len()).unwrap_or(1);
    add_used_models(tx, models).await?;
    let rows = models.iter().zip(0..).map(|(chosen, ordinal)| run_model::ActiveModel {
        id: Set(Uuid::now_v7()),
        run_id: Set(run.id),
        ordinal: Set(ordinal),
        provider_id: Set(chosen.model.provider_id.clone()),
        model_id: Set(chosen.model.id.clone()),
        model_version: Set(chosen.version.clone()),
        asked_for: Set(Some(chosen.asked_for.clone())),
        wire_model: Set(chosen.version.clone().unwrap_or_else(|| chosen.model.id.clone())),
        lane: Set(chosen.model.provider_id.clone()),
        planned_count: Set(planned),
        ..Default::default()
    });
    run_model::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// A model that was named with its provider, and is not in the registry, gets its row on first use.
async fn add_used_models(tx: &DatabaseTransaction, models: &[Chosen]) -> Result<()> {
    let new = models.iter().filter(|chosen| chosen.is_new);
    let rows: Vec<_> = new.map(|chosen| chosen.model.clone().into_active_model()).collect();
    if rows.is_empty() {
        return Ok(());
    }
    registry::lock(tx).await?;
    // Another run may have used it a moment ago.
    let nothing = OnConflict::new().do_nothing().to_owned();
    model::Entity::insert_many(rows).on_conflict(nothing).exec_without_returning(tx).await?;
    Ok(())
}
