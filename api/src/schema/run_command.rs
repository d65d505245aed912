//! Commands on a run beside pause, resume and cancel.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use chrono::{DateTime, Utc};
use domain::{
    auth::{Action, Resource, authorize},
    lifecycle::{Command, RunState, blocked_because},
    run::{self, Commanded, LimitChanges, Rerun},
};

use super::{
    access::{actor, api},
    ids::{parse_count, parse_id, parse_usd},
    run::Run,
    run_mutation::{CreateRunPayload, ModelChoiceInput, RunCommandPayload},
    words::SamplePlan,
};

/// Failed probes to be tried again.
#[derive(InputObject)]
pub(crate) struct RetryFailedProbesInput {
    /// Of which run.
    run_id: ID,
    /// Only those that failed with one of these, e.g. `timeout`. Null or empty: all.
    categories: Option<Vec<String>>,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// A run to be repeated. What is left out is as it was there; limits are those of a new run.
#[derive(InputObject)]
pub(crate) struct RerunInput {
    /// Which run.
    run_id: ID,
    /// Other models, or other versions of them.
    models: Option<Vec<ModelChoiceInput>>,
    /// The number of another version of the definition.
    version: Option<i32>,
    /// Another way of choosing the scenarios.
    sample_plan: Option<SamplePlan>,
    /// Another number of scenarios of a fraction.
    sample_scenarios: Option<i32>,
    /// Another share of the scenarios.
    sample_percentage: Option<f64>,
    /// Another sample.
    sample_seed: Option<i32>,
    /// Other repetitions of each scenario.
    samples_per_scenario: Option<i32>,
    /// Whether the order of the options changes from probe to probe.
    counterbalance: Option<bool>,
    /// What it may cost, in US dollars. Null: no budget.
    budget_usd: Option<f64>,
    /// Start it even where the same is being run already.
    #[graphql(default)]
    allow_duplicate: bool,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token makes no second run.
    client_token: Option<String>,
}

/// New limits of a run. What is left out stays as it is.
#[derive(InputObject)]
pub(crate) struct SetRunLimitsInput {
    /// Of which run.
    run_id: ID,
    /// What it may cost, in US dollars. A budget can be raised and lowered, not taken away.
    budget_usd: Option<f64>,
    /// Runs of higher priority are served first; 0 is usual.
    priority: Option<i32>,
    /// When it is ended: what is queued then fails.
    deadline_at: Option<DateTime<Utc>>,
    /// Calls in flight at once. Null: what its providers allow.
    parallel: MaybeUndefined<i32>,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// Commands on a run.
#[derive(Default)]
pub(crate) struct RunCommandMutation;

/// Everything that can be changed.
#[Object]
impl RunCommandMutation {
    /// Has failed probes tried again in the same run, with all their tries; what they have been
    /// through stays. A run that is over reopens. Refused where no such probe has failed.
    async fn retry_failed_probes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which probes.")] input: RetryFailedProbesInput,
    ) -> Result<RunCommandPayload> {
        let api = api(ctx);
        let commanded = commanded(ctx, &input.run_id, input.client_token.as_deref())?;
        let categories = input.categories.unwrap_or_default();
        let run = run::retry_failed(&api.db, &api.config, commanded, &categories).await?;
        Ok(RunCommandPayload { run: Run(run) })
    }

    /// Makes a run like another one, which it points at.
    async fn rerun(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which run.")] input: RerunInput,
    ) -> Result<CreateRunPayload> {
        let api = api(ctx);
        let again = Rerun {
            run_id: parse_id("runId", &input.run_id)?,
            models: input.models.map(|models| models.into_iter().map(Into::into).collect()),
            version: input.version,
            sample_plan: input.sample_plan.map(Into::into),
            sample_scenarios: parse_count("sampleScenarios", input.sample_scenarios)?.map(u64::from),
            sample_percentage: input.sample_percentage,
            sample_seed: parse_count("sampleSeed", input.sample_seed)?,
            samples_per_scenario: parse_count("samplesPerScenario", input.samples_per_scenario)?,
            counterbalance: input.counterbalance,
            budget_usd_micros: parse_usd("budgetUsd", input.budget_usd)?,
            allow_duplicate: input.allow_duplicate,
            client_token: input.client_token,
        };
        let created = run::rerun(&api.db, &api.config, &api.access, actor(ctx)?, &again).await?;
        Ok(CreateRunPayload { run: Run(created.run), warnings: created.warnings })
    }

    /// Changes the limits of a run that is not over. Each change is an event.
    async fn set_run_limits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which limits.")] input: SetRunLimitsInput,
    ) -> Result<RunCommandPayload> {
        let api = api(ctx);
        let changes = LimitChanges {
            budget_usd_micros: parse_usd("budgetUsd", input.budget_usd)?,
            priority: input.priority,
            deadline_at: input.deadline_at,
            parallel: match input.parallel {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(calls) => Some(parse_count("parallel", Some(calls))?),
            },
        };
        let commanded = commanded(ctx, &input.run_id, input.client_token.as_deref())?;
        let run = run::set_limits(&api.db, &api.config, commanded, changes).await?;
        Ok(RunCommandPayload { run: Run(run) })
    }
}

fn commanded<'a>(
    ctx: &'a Context<'_>,
    run_id: &ID,
    client_token: Option<&'a str>,
) -> domain::Result<Commanded<'a>> {
    Ok(Commanded { actor: actor(ctx)?, run_id: parse_id("runId", run_id)?, client_token })
}

impl Run {
    /// Why whoever asks cannot give the run a command, as a sentence; None: they can.
    pub(super) fn blocked_because(&self, ctx: &Context<'_>, command: Command) -> Result<Option<String>> {
        let owner = Resource::Run(Some(self.0.created_by));
        let refusal = authorize(actor(ctx)?, Action::Control, owner).err();
        Ok(refusal.map(|error| error.to_string()).or_else(|| blocked_because(RunState::of(&self.0), command)))
    }
}
