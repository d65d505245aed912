//! The plan of a run: what it would do, cost and take, before it is started.

use std::{collections::BTreeMap, time::Duration};

use entity::SamplePlan;

use super::{
    Assumption, Detectable, Estimate, JudgePlan, NewRun,
    create::{Prepared, prepare},
    detectable,
    estimate::{self, Past},
    judge_plan,
    model_choice::Chosen,
    plan_hash,
    sample_plan::{self, SampleDesign},
};
use crate::{
    auth::{Action, Actor, Resource, authorize},
    budget::{CallPrice, call_bounds, output_cap},
    config::Config,
    db::{Db, now},
    error::Result,
    registry::Tariffs,
};

/// A run of so many scenarios is worth a second look.
const SCENARIOS_MANY: u64 = 1_000;

/// What a run would do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Of its inputs alone: `createRun` with it runs exactly this.
    pub hash: String,
    /// The seed; a random one where none was asked for.
    pub sample_seed: u32,
    /// The number of the definition's version.
    pub version: i32,
    /// Which scenarios are asked.
    pub sample_plan: SamplePlan,
    /// The fraction of the scenarios; None: all are asked, or a random share.
    pub design: Option<SampleDesign>,
    /// Scenarios of the sample.
    pub scenario_count: u64,
    /// Scenarios × models × repetitions.
    pub probe_count: u64,
    /// In the order in which they were asked for.
    pub models: Vec<ModelPlan>,
    /// Of the models with a known price; None: of none.
    pub cost: Option<Estimate>,
    /// What the judge may cost, which is not in `cost`; None: there is none.
    pub judge: Option<JudgePlan>,
    /// The smallest difference between models that it would find; None: decisions are no numbers.
    pub detectable: Option<Detectable>,
    /// Under the limits in force, all providers side by side.
    pub wall_clock: Duration,
    /// Why it would wait for approval; None: it would not.
    pub needs_approval: Option<String>,
    /// What its maker should know.
    pub warnings: Vec<String>,
}

/// One model's part of a plan.
#[derive(Clone, Debug)]
pub struct ModelPlan {
    /// Who serves it.
    pub provider_id: String,
    /// The model.
    pub model_id: String,
    /// What is asked for; None: the bare model.
    pub version: Option<String>,
    /// Its probes.
    pub probe_count: u64,
    /// Expected tokens, all probes together.
    pub input_tokens: u64,
    /// See `input_tokens`.
    pub output_tokens: u64,
    /// True where that is how this model has answered so far; false: as models usually do.
    pub is_measured: bool,
    /// None: it has no price.
    pub cost: Option<Estimate>,
    /// Under the limits in force, alone.
    pub wall_clock: Duration,
}

/// Plans a run. Reads only. `assumed`: for the smallest difference that it would find.
///
/// # Errors
/// Everything that `create` would refuse about the input, and an assumption that is none.
pub async fn plan(
    db: &Db,
    config: &Config,
    actor: &Actor,
    new: &NewRun,
    assumed: &Assumption,
) -> Result<Plan> {
    authorize(actor, Action::Read, Resource::Run(None))?;
    let prepared = prepare(db, config, new).await?;
    let mut plan = of(db, config, new, &prepared).await?;
    let Prepared { definition, content, .. } = &prepared;
    plan.detectable = detectable::find(db, definition.id, content, plan.scenario_count, assumed).await?;
    Ok(plan)
}

/// Whether this is the plan that was made.
///
/// # Errors
/// As `plan_hash::check`.
pub(super) fn check_hash(planned: &str, now: &str, seed: Option<u32>) -> Result<()> {
    plan_hash::check(planned, now, seed)
}

/// The plan, but for the smallest difference that it would find.
pub(super) async fn of(db: &Db, config: &Config, new: &NewRun, prepared: &Prepared) -> Result<Plan> {
    let (expansion, seed) = (&prepared.expansion, prepared.seed);
    let design = prepared.design.as_ref();
    let prompts = match design {
        Some(design) => estimate::prompts_of(expansion, &design.combinations),
        None => estimate::sampled_prompts(expansion, prepared.scenario_count, seed),
    };
    let tariffs = Tariffs::at(db.read(), now()).await?;
    let prices: Vec<_> = prepared
        .models
        .iter()
        .map(|chosen| tariffs.of(&chosen.model.provider_id, &chosen.model.id))
        .collect();
    let probes = prepared.planned_count / (prepared.models.len().max(1) as u64);
    let turns = expansion.prompt_bytes_max().len() as u64;
    let (mut models, mut pasts) = (Vec::new(), Vec::new());
    for (chosen, price) in prepared.models.iter().zip(&prices) {
        let past = estimate::past(db.read(), &chosen.model.provider_id, &chosen.model.id).await?;
        let cap = output_cap(new.max_tokens, &chosen.model);
        let past =
            Past { output_tokens: cap.map_or(past.output_tokens, |cap| cap.min(past.output_tokens)), ..past };
        pasts.push(past);
        let cost = price.map(|price| {
            let price = CallPrice::worst(price);
            let bounds = cap.map(|cap| call_bounds(expansion, price, cap));
            estimate::cost(price, &prompts, probes, past, bounds.as_deref())
        });
        models.push(ModelPlan {
            provider_id: chosen.model.provider_id.clone(),
            model_id: chosen.model.id.clone(),
            version: chosen.version.clone(),
            probe_count: probes,
            input_tokens: probes * estimate::mean_input_tokens(&prompts, past.output_tokens),
            output_tokens: probes * turns * past.output_tokens,
            is_measured: past.is_measured,
            cost,
            wall_clock: wall_clock(config, new, &chosen.model.provider_id, probes * turns, past),
        });
    }
    let cost = total(&models);
    let tokens = judge_plan::answer_tokens(&pasts);
    let judge = judge_plan::of(db, new, prepared, &prompts, &tariffs, tokens).await?;
    let of_judge = judge.as_ref().and_then(|judge| judge.cost);
    let needs_approval = approval(config, new, prepared.scenario_count, cost, of_judge);
    Ok(Plan {
        hash: plan_hash::of(new, prepared, seed, &prices),
        sample_seed: seed,
        version: prepared.version.number,
        sample_plan: sample_plan::plan_of(new),
        design: prepared.design.clone(),
        scenario_count: prepared.scenario_count,
        probe_count: prepared.planned_count,
        wall_clock: longest_lane(&models),
        warnings: warnings(new, prepared, &models, cost, needs_approval.as_deref()),
        models,
        cost,
        judge,
        detectable: None,
        needs_approval,
    })
}

fn wall_clock(config: &Config, new: &NewRun, provider_id: &str, calls: u64, past: Past) -> Duration {
    let provider = config.providers.get(provider_id);
    let of_provider = provider.and_then(|provider| provider.parallel);
    let parallel = of_provider.unwrap_or(config.parallel);
    let parallel = new.parallel.map_or(parallel, |most| most.min(parallel));
    estimate::wall_clock(
        calls,
        past.latency,
        parallel,
        provider.and_then(|provider| provider.requests_per_minute),
    )
}

/// Models of one provider share its slots; providers work side by side.
fn longest_lane(models: &[ModelPlan]) -> Duration {
    let mut lanes: BTreeMap<&str, Duration> = BTreeMap::new();
    for model in models {
        *lanes.entry(&model.provider_id).or_default() += model.wall_clock;
    }
    lanes.into_values().max().unwrap_or_default()
}

fn total(models: &[ModelPlan]) -> Option<Estimate> {
    let is_bounded = models.iter().all(|model| model.cost.is_some());
    let sum = models.iter().filter_map(|model| model.cost).reduce(|a, b| Estimate {
        low: a.low.saturating_add(b.low),
        expected: a.expected.saturating_add(b.expected),
        high: a.high.zip(b.high).map(|(a, b)| a.saturating_add(b)),
    })?;
    Some(Estimate { high: sum.high.filter(|_| is_bounded), ..sum })
}

/// Why a run has to be approved before it starts.
fn approval(
    config: &Config,
    new: &NewRun,
    scenarios: u64,
    cost: Option<Estimate>,
    judge: Option<Estimate>,
) -> Option<String> {
    let mut reasons = Vec::new();
    // Where the run does not bound its answers, the longest that a model can give says little:
    // what is expected has to do. A budget bounds the cost in any case.
    let high = |cost: Estimate| cost.high.filter(|_| new.max_tokens.is_some());
    let most = |cost: Estimate| high(cost).unwrap_or(cost.expected);
    // A judge counts as the models do: every answer asked where answers are bounded, else as expected.
    let most = cost.map(most).into_iter().chain(judge.map(most)).reduce(i64::saturating_add);
    let most = most.map(|most| new.budget_usd_micros.map_or(most, |budget| budget.min(most)));
    if let Some(most) = most.filter(|most| *most > config.approval_threshold_usd_micros()) {
        reasons.push(format!(
            "it can cost {:.2} USD, more than {} USD",
            most as f64 / 1e6,
            config.approval_threshold_usd
        ));
    }
    if scenarios > config.approval_threshold_scenarios {
        reasons
            .push(format!("it has {scenarios} scenarios, more than {}", config.approval_threshold_scenarios));
    }
    (!reasons.is_empty())
        .then(|| format!("The run has to be approved before it starts: {}.", reasons.join(", and ")))
}

fn warnings(
    new: &NewRun,
    prepared: &Prepared,
    models: &[ModelPlan],
    cost: Option<Estimate>,
    needs_approval: Option<&str>,
) -> Vec<String> {
    let mut warnings = prepared.warnings.clone();
    if !prepared.is_worker_online {
        warnings.push(
            "No worker is online: the run waits until one is started (`probity worker`, or `probity serve`)."
                .into(),
        );
    }
    warnings.extend(needs_approval.map(Into::into));
    if prepared.scenario_count >= SCENARIOS_MANY && needs_approval.is_none() {
        warnings.push(format!("The run has {} scenarios; a sample may do.", prepared.scenario_count));
    }
    let names = |wanted: &dyn Fn(&ModelPlan) -> bool| {
        let named = models.iter().filter(|model| wanted(model));
        named.map(|model| format!("{}/{}", model.provider_id, model.model_id)).collect::<Vec<_>>().join(", ")
    };
    // Of a model that nobody knows it was said already.
    let is_new = |model: &ModelPlan| {
        let of_plan = |chosen: &&Chosen| {
            chosen.model.provider_id == model.provider_id && chosen.model.id == model.model_id
        };
        prepared.models.iter().find(of_plan).is_some_and(|chosen| chosen.is_new)
    };
    let unpriced = names(&|model| model.cost.is_none() && !is_new(model));
    if !unpriced.is_empty() {
        warnings.push(format!("What these models cost is not known, for want of a price: {unpriced}."));
    }
    if let (Some(budget), Some(cost)) = (new.budget_usd_micros, cost)
        && cost.expected > budget
    {
        warnings.push(format!(
            "The run will probably cost {:.2} USD and stop at its budget of {:.2} USD.",
            cost.expected as f64 / 1e6,
            budget as f64 / 1e6
        ));
    }
    warnings
}
