//! What can be done with runs.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::run::{self, Commanded, ModelChoice, NewRun};

use super::{
    access::{actor, api},
    ids::{parse_count, parse_id, parse_usd},
    judge_mutation::JudgeInput,
    run::Run,
    words::{ReasoningEffort, SamplePlan},
};

/// A run to be made.
#[derive(InputObject)]
pub(crate) struct CreateRunInput {
    /// The definition that is asked.
    definition_id: ID,
    /// The number of its version. Null: the latest.
    version: Option<i32>,
    /// The models that are asked: at least one, none twice.
    models: Vec<ModelChoiceInput>,
    /// Which scenarios are asked. Null: a random share where `samplePercentage` is below 100, else all.
    sample_plan: Option<SamplePlan>,
    /// With FRACTIONAL: how many scenarios. Null: the least from which main effects can be estimated.
    sample_scenarios: Option<i32>,
    /// With RANDOM: the share of the scenarios, above 0, up to 100.
    #[graphql(default = 100.0)]
    sample_percentage: f64,
    /// What the sample is drawn with: the same seed picks the same scenarios, on every platform.
    /// Null: a random one, which the run shows.
    sample_seed: Option<i32>,
    /// Repetitions of each scenario: 1 to 1,000.
    #[graphql(default = 1)]
    samples_per_scenario: i32,
    /// List the options (`[choices]`, `[scale]`) in another order from probe to probe, so that what order
    /// does can be told from what options say. All models see the same order of a scenario and sample.
    #[graphql(default)]
    counterbalance: bool,
    /// 0 to 2. Null: the provider's default.
    temperature: Option<f64>,
    /// Nucleus sampling: above 0, up to 1. Null: the provider's default.
    top_p: Option<f64>,
    /// Texts at which an answer ends: at most 4.
    #[graphql(default)]
    stop: Vec<String>,
    /// How much models that reason shall think. Null: the model's default.
    reasoning_effort: Option<ReasoningEffort>,
    /// The most output tokens of one answer. Null: the provider's default.
    max_tokens: Option<i32>,
    /// Runs of higher priority are served first; 0 is usual.
    #[graphql(default)]
    priority: i32,
    /// One scenario only, to prove the way end to end.
    #[graphql(default)]
    is_test: bool,
    /// Start it even where the same is being run already.
    #[graphql(default)]
    allow_duplicate: bool,
    /// What it may cost, in US dollars: no call is started whose worst case does not fit. Needs a
    /// price and a bound of the output (`maxTokens`) for each model. Null: no budget.
    budget_usd: Option<f64>,
    /// When it is ended: what is queued then fails. Null: after the configured time, 7 days.
    deadline_at: Option<DateTime<Utc>>,
    /// Calls in flight at once. Null: what its providers allow.
    parallel: Option<i32>,
    /// Reads the answers that the deterministic reader cannot. Its calls count against the budget.
    /// Null: nothing does, and they are unreadable.
    judge: Option<JudgeInput>,
    /// Run exactly this plan (`planRun`), or refuse and say what changed. Null: whatever is asked.
    plan_hash: Option<String>,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token makes no second run.
    client_token: Option<String>,
}

/// A model to be asked.
#[derive(InputObject)]
pub(crate) struct ModelChoiceInput {
    /// Who serves it; needed where several serve a model of that name, and for a model that
    /// `availableModels` does not list.
    provider: Option<String>,
    /// The model, as `availableModels` lists it, or as the provider calls it. Also
    /// `provider/model`, and each with `@version` or `@default`.
    model: String,
    /// One of its versions. Null or `default`: its default version.
    version: Option<String>,
}

/// A run to be paused, resumed or cancelled.
#[derive(InputObject)]
pub(crate) struct RunCommandInput {
    /// Which run.
    id: ID,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

impl From<ModelChoiceInput> for ModelChoice {
    fn from(choice: ModelChoiceInput) -> Self {
        Self { provider: choice.provider, model: choice.model, version: choice.version }
    }
}

/// A run that was made.
#[derive(SimpleObject)]
pub(crate) struct CreateRunPayload {
    /// The run.
    pub(crate) run: Run,
    /// What you should know, e.g. that no worker is online, or that it waits for approval.
    pub(crate) warnings: Vec<String>,
}

/// A run that was commanded.
#[derive(SimpleObject)]
pub(crate) struct RunCommandPayload {
    /// The run as it is now.
    pub(crate) run: Run,
}

impl CreateRunInput {
    pub(crate) fn decoded(self) -> domain::Result<NewRun> {
        let samples = parse_count("samplesPerScenario", Some(self.samples_per_scenario))?;
        Ok(NewRun {
            definition_id: parse_id("definitionId", &self.definition_id)?,
            version: self.version,
            models: self.models.into_iter().map(Into::into).collect(),
            sample_plan: self.sample_plan.map(Into::into),
            sample_scenarios: parse_count("sampleScenarios", self.sample_scenarios)?.map(u64::from),
            sample_percentage: self.sample_percentage,
            sample_seed: parse_count("sampleSeed", self.sample_seed)?,
            samples_per_scenario: samples.unwrap_or(1),
            counterbalance: self.counterbalance,
            temperature: self.temperature,
            top_p: self.top_p,
            stop: self.stop,
            reasoning_effort: self.reasoning_effort.map(Into::into),
            max_tokens: parse_count("maxTokens", self.max_tokens)?,
            priority: self.priority,
            is_test: self.is_test,
            allow_duplicate: self.allow_duplicate,
            budget_usd_micros: parse_usd("budgetUsd", self.budget_usd)?,
            deadline_at: self.deadline_at,
            parallel: parse_count("parallel", self.parallel)?,
            judge: self.judge.map(JudgeInput::decoded).transpose()?,
            plan_hash: self.plan_hash,
            parent_run_id: None,
            client_token: self.client_token,
        })
    }
}

/// What can be done with runs.
#[derive(Default)]
pub(crate) struct RunMutation;

/// Everything that can be changed.
#[Object]
impl RunMutation {
    /// Makes a run and queues its probes. Everything that is wrong is reported at once, and then
    /// nothing is written.
    async fn create_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be run.")] input: CreateRunInput,
    ) -> Result<CreateRunPayload> {
        let api = api(ctx);
        let created = run::create(&api.db, &api.config, &api.access, actor(ctx)?, &input.decoded()?).await?;
        Ok(CreateRunPayload { run: Run(created.run), warnings: created.warnings })
    }

    /// Stops handing out a run's probes. Probes in flight finish. Pausing twice changes nothing.
    async fn pause_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which run.")] input: RunCommandInput,
    ) -> Result<RunCommandPayload> {
        let run = run::pause(&api(ctx).db, commanded(ctx, &input)?).await?;
        Ok(RunCommandPayload { run: Run(run) })
    }

    /// Lets a paused run go on. Resuming twice changes nothing.
    async fn resume_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which run.")] input: RunCommandInput,
    ) -> Result<RunCommandPayload> {
        let run = run::resume(&api(ctx).db, commanded(ctx, &input)?).await?;
        Ok(RunCommandPayload { run: Run(run) })
    }

    /// Ends a run for good: probes in flight finish and count, queued ones are not asked any
    /// more. Cannot be taken back.
    async fn cancel_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which run.")] input: RunCommandInput,
    ) -> Result<RunCommandPayload> {
        let run = run::cancel(&api(ctx).db, commanded(ctx, &input)?).await?;
        Ok(RunCommandPayload { run: Run(run) })
    }
}

fn commanded<'a>(ctx: &'a Context<'_>, input: &'a RunCommandInput) -> domain::Result<Commanded<'a>> {
    Ok(Commanded {
        actor: actor(ctx)?,
        run_id: parse_id("id", &input.id)?,
        client_token: input.client_token.as_deref(),
    })
}
