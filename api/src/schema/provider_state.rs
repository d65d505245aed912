//! What may be sent to each provider now, and why not more.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    auth::Resource,
    limits::{self, InForce, LaneState, SetLimits},
    run::Commanded,
};
use entity::provider_model_state;

use super::{
    access::{actor, api, may_read},
    ids::{parse_count, parse_id},
    run::Run,
};

/// Who set a limit.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "limits::LimitSource")]
pub(crate) enum LimitSource {
    /// `probity.toml` or the environment.
    Configured,
    /// An admin, with `setProviderLimits`.
    Admin,
    /// The provider, in the headers of its answers.
    Stated,
    /// Learned from answers and refusals.
    Learned,
}

/// Whether calls to a model go through.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::BreakerState")]
pub(crate) enum BreakerState {
    /// They do.
    Closed,
    /// The provider is failing: its probes wait, which costs no try.
    Open,
    /// One probe finds out whether it is back.
    HalfOpen,
}

/// A limit that is in force.
#[derive(SimpleObject)]
pub(crate) struct ProviderLimit {
    /// How much.
    value: f64,
    /// Who set it.
    source: LimitSource,
}

/// What all workers together may ask of a provider now. Limits that are null do not exist.
#[derive(SimpleObject)]
pub(crate) struct ProviderState {
    /// The provider, e.g. `openai`.
    provider_id: String,
    /// Calls in flight.
    parallel: Option<ProviderLimit>,
    /// Requests per minute.
    requests_per_minute: Option<ProviderLimit>,
    /// Tokens per minute, of questions and answers.
    tokens_per_minute: Option<ProviderLimit>,
    /// Requests per day (UTC).
    requests_per_day: Option<ProviderLimit>,
    /// True while the number of calls in flight doubles until a limit shows.
    is_slow_start: bool,
    /// How often refusals have cut a limit so far.
    cut_count: i32,
    /// Nothing is sent before this time; null: now.
    cooldown_until: Option<DateTime<Utc>>,
    /// Why: `rate_limited` (refused) or `exhausted` (the headers state that nothing is left).
    cooldown_reason: Option<String>,
    /// What the provider said; null: nothing.
    cooldown_message: Option<String>,
    /// How long the line at the rate limiter is, in milliseconds; 0: a call may go at once.
    backlog_ms: i64,
    /// Calls in flight over all workers.
    in_flight: i64,
    /// The models that had faults, or that wait.
    models: Vec<ProviderModelState>,
}

/// How calls to one model of a provider go.
#[derive(SimpleObject)]
pub(crate) struct ProviderModelState {
    /// What the provider is asked for.
    wire_model: String,
    /// Whether calls go through.
    breaker: BreakerState,
    /// Since when they do not; null: they do.
    opened_at: Option<DateTime<Utc>>,
    /// When one probe may try; null: they go through.
    retry_at: Option<DateTime<Utc>>,
    /// Faults in a row, over all workers.
    fault_streak: i32,
    /// The category of the last fault; null: there was none.
    fault_category: Option<String>,
    /// The words of the last fault; null: there was none.
    fault_message: Option<String>,
    /// The model's quota of the day is used up until then; null: it is not.
    quota_until: Option<DateTime<Utc>>,
    /// What the provider said of the quota; null: nothing.
    quota_message: Option<String>,
}

fn limit_of(limit: Option<InForce>) -> Option<ProviderLimit> {
    limit.map(|limit| ProviderLimit { value: limit.value, source: limit.source.into() })
}

impl ProviderState {
    /// A lane as it is shown.
    pub(crate) fn of(state: LaneState, in_flight: i64) -> Self {
        let limits = state.limits();
        let backlog_ms = (state.backlog_seconds() * 1_000.0).ceil() as i64;
        let (until, reason, message) = match state.cooldown() {
            Some((until, reason, message)) => {
                (Some(until), Some(reason.to_owned()), message.map(str::to_owned))
            }
            None => (None, None, None),
        };
        Self {
            parallel: limit_of(limits.parallel),
            requests_per_minute: limit_of(limits.requests_per_minute),
            tokens_per_minute: limit_of(limits.tokens_per_minute),
            requests_per_day: limit_of(limits.requests_per_day),
            is_slow_start: state.row.is_slow_start,
            cut_count: state.row.cut_count,
            cooldown_until: until,
            cooldown_reason: reason,
            cooldown_message: message,
            backlog_ms,
            in_flight,
            provider_id: state.row.lane,
            models: state.models.into_iter().map(|row| ProviderModelState::of(row, state.now)).collect(),
        }
    }
}

impl ProviderModelState {
    fn of(row: provider_model_state::Model, now: f64) -> Self {
        let is_ahead = |at: &DateTime<Utc>| at.timestamp_millis() as f64 / 1_000.0 > now;
        let quota_until = row.cooldown_until.filter(is_ahead);
        Self {
            wire_model: row.wire_model,
            breaker: row.breaker.into(),
            opened_at: row.opened_at,
            retry_at: row.retry_at,
            fault_streak: row.fault_streak,
            fault_category: row.fault_category,
            fault_message: row.fault_message,
            quota_message: quota_until.and(row.cooldown_message),
            quota_until,
        }
    }
}

/// What may be sent to each provider now.
#[derive(Default)]
pub(crate) struct ProviderStateQuery;

/// Everything that can be read.
#[Object]
impl ProviderStateQuery {
    /// What all workers together may ask of each provider now, by id: limits and where they come
    /// from, pauses, breakers. Providers that no worker ever served are left out.
    #[graphql(complexity = "50 * child_complexity")]
    async fn provider_states(&self, ctx: &Context<'_>) -> Result<Vec<ProviderState>> {
        may_read(ctx, Resource::Registry)?;
        let db = &api(ctx).db;
        let in_flight = limits::in_flight(db).await?;
        let count = |lane: &str| in_flight.get(lane).copied().unwrap_or(0);
        let states = limits::states(db).await?;
        Ok(states
            .into_iter()
            .map(|state| {
                let count = count(&state.row.lane);
                ProviderState::of(state, count)
            })
            .collect())
    }
}

/// Limits to be set. Each that is null goes back to what is configured.
#[derive(InputObject)]
pub(crate) struct SetProviderLimitsInput {
    /// The provider, e.g. `openai`.
    provider_id: String,
    /// Calls in flight over all workers.
    parallel: Option<i32>,
    /// Requests per minute over all workers.
    requests_per_minute: Option<i32>,
    /// Tokens per minute over all workers, of questions and answers.
    tokens_per_minute: Option<i32>,
    /// Requests per day (UTC) over all workers.
    requests_per_day: Option<i32>,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// A provider whose limits were set.
#[derive(SimpleObject)]
pub(crate) struct SetProviderLimitsPayload {
    /// What is in force now.
    provider_state: ProviderState,
}

/// A run whose held models are to go on or to be given up.
#[derive(InputObject)]
pub(crate) struct HeldModelsInput {
    /// Which run.
    run_id: ID,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// A run whose held models were decided on.
#[derive(SimpleObject)]
pub(crate) struct HeldModelsPayload {
    /// The run as it is now.
    run: Run,
}

/// What can be done about limits and holds.
#[derive(Default)]
pub(crate) struct ProviderStateMutation;

/// Everything that can be changed.
#[Object]
impl ProviderStateMutation {
    /// Sets a provider's limits for all workers, also for runs under way. For admins.
    async fn set_provider_limits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which provider, and its limits.")] input: SetProviderLimitsInput,
    ) -> Result<SetProviderLimitsPayload> {
        let set = SetLimits {
            parallel: parse_count("parallel", input.parallel)?,
            requests_per_minute: parse_count("requestsPerMinute", input.requests_per_minute)?,
            tokens_per_minute: parse_count("tokensPerMinute", input.tokens_per_minute)?.map(u64::from),
            requests_per_day: parse_count("requestsPerDay", input.requests_per_day)?.map(u64::from),
        };
        let (api, token) = (api(ctx), input.client_token.as_deref());
        let state = limits::set(&api.db, actor(ctx)?, &input.provider_id, set, token).await?;
        let in_flight = limits::in_flight(&api.db).await?.get(&input.provider_id).copied().unwrap_or(0);
        Ok(SetProviderLimitsPayload { provider_state: ProviderState::of(state, in_flight) })
    }

    /// Lets the held models of a run go on, once what stood in the way is mended.
    async fn retry_held_models(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which run.")] input: HeldModelsInput,
    ) -> Result<HeldModelsPayload> {
        let run = limits::retry_held_models(&api(ctx).db, commanded(ctx, &input)?).await?;
        Ok(HeldModelsPayload { run: Run(run) })
    }

    /// Fails what is left of the held models of a run. Probes in flight finish and count.
    async fn fail_held_models(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which run.")] input: HeldModelsInput,
    ) -> Result<HeldModelsPayload> {
        let run = limits::fail_held_models(&api(ctx).db, commanded(ctx, &input)?).await?;
        Ok(HeldModelsPayload { run: Run(run) })
    }
}

fn commanded<'a>(ctx: &'a Context<'_>, input: &'a HeldModelsInput) -> domain::Result<Commanded<'a>> {
    Ok(Commanded {
        actor: actor(ctx)?,
        run_id: parse_id("runId", &input.run_id)?,
        client_token: input.client_token.as_deref(),
    })
}
