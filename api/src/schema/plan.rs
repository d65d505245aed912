//! The plan of a run, before it is started.

use async_graphql::{Context, Object, Result, SimpleObject};
use domain::run;

use super::{
    access::{actor, api},
    detectable::{AssumptionInput, DetectableByPlan},
    ids::usd,
    run_mutation::CreateRunInput,
    sample_design::SampleDesign,
    words::SamplePlan,
};

/// What a run would do, cost and take.
#[derive(SimpleObject)]
pub(crate) struct RunPlan {
    /// Of the inputs alone: the version's hash, models, prices, sample and parameters. Give it to
    /// `createRun` together with `sampleSeed` to run exactly this.
    plan_hash: String,
    /// The seed; a random one where none was asked for.
    sample_seed: i64,
    /// The number of the definition's version.
    version: i32,
    /// Which scenarios are asked.
    sample_plan: SamplePlan,
    /// The fraction of the scenarios; null: all are asked, or a random share.
    design: Option<SampleDesign>,
    /// Scenarios of the sample.
    scenario_count: u64,
    /// Scenarios × models × repetitions.
    probe_count: u64,
    /// In the order in which they were asked for.
    models: Vec<ModelPlan>,
    /// What it costs, models without a known price left out; null where none has one.
    cost: Option<CostEstimate>,
    /// What the judge may cost, which is not in `cost`; null: there is none.
    judge: Option<JudgePlan>,
    /// The smallest difference between two models that it would find; null: the decisions are texts, and
    /// nothing says which are right.
    detectable_difference: Option<DetectableByPlan>,
    /// How long it takes under the limits in force, in seconds. A rough estimate.
    wall_clock_seconds: f64,
    /// Why it would wait for approval before it starts; null: it would not.
    needs_approval_because: Option<String>,
    /// What you should know.
    warnings: Vec<String>,
}

/// One model's part of a plan.
#[derive(SimpleObject)]
pub(crate) struct ModelPlan {
    /// Who serves it.
    provider_id: String,
    /// The model.
    model_id: String,
    /// What is asked for; null: the bare model.
    model_version: Option<String>,
    /// Its probes.
    probe_count: u64,
    /// Expected input tokens. A whole number; a Float, because it can be larger than an Int.
    input_tokens: f64,
    /// Expected output tokens. A whole number; a Float, because it can be larger than an Int.
    output_tokens: f64,
    /// Whether that is how this model has answered so far, or how models usually do.
    is_measured: bool,
    /// What it costs; null: it has no price.
    cost: Option<CostEstimate>,
    /// How long it takes alone, in seconds.
    wall_clock_seconds: f64,
}

/// A judge's part of a plan.
#[derive(SimpleObject)]
pub(crate) struct JudgePlan {
    /// Who serves it.
    provider_id: String,
    /// The model.
    model_id: String,
    /// What is asked for; null: the bare model.
    model_version: Option<String>,
    /// Calls that are expected.
    calls_expected: u64,
    /// Calls where every answer is asked about, and once more for an answer that cannot be used.
    calls_max: u64,
    /// Whether as many answers are expected to be asked about as in earlier runs of the definition, or as
    /// usually are (one in ten).
    is_measured: bool,
    /// From no answer asked about (low) to every one (high); null: it has no price.
    cost: Option<CostEstimate>,
}

impl From<run::JudgePlan> for JudgePlan {
    fn from(plan: run::JudgePlan) -> Self {
        Self {
            provider_id: plan.provider_id,
            model_id: plan.model_id,
            model_version: plan.version,
            calls_expected: plan.calls_expected,
            calls_max: plan.calls_max,
            is_measured: plan.is_measured,
            cost: plan.cost.map(Into::into),
        }
    }
}

/// What something costs, in US dollars.
#[derive(SimpleObject)]
pub(crate) struct CostEstimate {
    /// With short answers.
    low_usd: f64,
    /// With answers as this model's were so far, or as answers usually are.
    expected_usd: f64,
    /// It costs no more, unless a provider exceeds its own limits; null: nothing bounds it (set
    /// `maxTokens`).
    high_usd: Option<f64>,
}

impl From<run::Estimate> for CostEstimate {
    fn from(cost: run::Estimate) -> Self {
        Self { low_usd: usd(cost.low), expected_usd: usd(cost.expected), high_usd: cost.high.map(usd) }
    }
}

impl From<run::ModelPlan> for ModelPlan {
    fn from(plan: run::ModelPlan) -> Self {
        Self {
            provider_id: plan.provider_id,
            model_id: plan.model_id,
            model_version: plan.version,
            probe_count: plan.probe_count,
            input_tokens: plan.input_tokens as f64,
            output_tokens: plan.output_tokens as f64,
            is_measured: plan.is_measured,
            cost: plan.cost.map(Into::into),
            wall_clock_seconds: plan.wall_clock.as_secs_f64(),
        }
    }
}

impl From<run::Plan> for RunPlan {
    fn from(plan: run::Plan) -> Self {
        Self {
            plan_hash: plan.hash,
            sample_seed: plan.sample_seed.into(),
            version: plan.version,
            sample_plan: plan.sample_plan.into(),
            design: plan.design.map(Into::into),
            scenario_count: plan.scenario_count,
            probe_count: plan.probe_count,
            models: plan.models.into_iter().map(Into::into).collect(),
            cost: plan.cost.map(Into::into),
            judge: plan.judge.map(Into::into),
            detectable_difference: plan.detectable.map(Into::into),
            wall_clock_seconds: plan.wall_clock.as_secs_f64(),
            needs_approval_because: plan.needs_approval,
            warnings: plan.warnings,
        }
    }
}

/// What can be known before a run is started.
#[derive(Default)]
pub(crate) struct PlanQuery;

/// Everything that can be read.
#[Object]
impl PlanQuery {
    /// What a run would do, cost and take. Nothing is written.
    #[graphql(complexity = "100 + child_complexity * 5")]
    async fn plan_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What would be run.")] input: CreateRunInput,
        #[graphql(desc = "For the smallest difference that it would find; null: as usual.")]
        assumption: Option<AssumptionInput>,
    ) -> Result<RunPlan> {
        let api = api(ctx);
        let assumed = assumption.unwrap_or_default().into();
        Ok(run::plan(&api.db, &api.config, actor(ctx)?, &input.decoded()?, &assumed).await?.into())
    }
}
