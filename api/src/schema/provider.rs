//! Providers and how they are.

use std::collections::HashSet;

use async_graphql::{ComplexObject, Context, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    health::{ProviderHealth, not_configured, what_to_do},
    waiting::WAIT_BRIEF,
};
use entity::{provider, provider_check};

use super::{
    connection::connection,
    provider_health::{ProviderTraffic, lane_of, state_of, traffic_of},
    provider_state::ProviderState,
    registry::Worker,
};

/// Who serves models.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct Provider {
    /// E.g. `openai`.
    id: String,
    /// As people know it.
    display_name: String,
    /// How requests and answers are written, e.g. `anthropic_messages`.
    wire_format: String,
    /// False: it answers without a key.
    is_key_required: bool,
    /// The environment variable that a worker takes the key from, by name; null: not known.
    key_variable: Option<String>,
    /// True where a check has been asked for that no worker has done yet.
    is_check_pending: bool,
    /// What the latest check showed; null: there was none. `checkProvider` asks for one.
    last_check: Option<ProviderCheck>,
    #[graphql(skip)]
    row: provider::Model,
    #[graphql(skip)]
    is_in_configuration: bool,
    #[graphql(skip)]
    workers: Vec<entity::worker::Model>,
}

#[ComplexObject]
impl Provider {
    /// True where a worker that is online can serve it: it holds the key, or none is needed.
    async fn is_configured(&self) -> bool {
        !self.workers.is_empty()
    }

    /// How it is set up, as a sentence; null: it is configured.
    async fn not_configured_because(&self) -> Option<String> {
        if self.workers.is_empty() && !self.is_in_configuration {
            return Some("It is not in the configuration any more.".into());
        }
        let found = self.last_check.as_ref().filter(|check| !check.is_configured);
        let reason = found.and_then(|check| check.error_message.clone());
        self.workers.is_empty().then(|| reason.unwrap_or_else(|| not_configured(&self.row)))
    }

    /// Whether anything answers: as calls of the last hour show, else the latest check; null:
    /// nobody knows.
    #[graphql(complexity = "5")]
    async fn is_reachable(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        let seen = traffic_of(ctx, &self.id).await?.and_then(|traffic| traffic.is_reachable);
        Ok(seen.or(self.last_check.as_ref().and_then(|check| check.is_reachable)))
    }

    /// Whether the key is taken: as calls of the last hour show, else the latest check; null:
    /// nobody knows, or none is needed.
    #[graphql(complexity = "5")]
    async fn is_key_accepted(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        if !self.is_key_required {
            return Ok(None);
        }
        let seen = traffic_of(ctx, &self.id).await?.and_then(|traffic| traffic.is_key_accepted);
        Ok(seen.or(self.last_check.as_ref().and_then(|check| check.is_key_accepted)))
    }

    /// Until when nothing may be sent to it; null: something may, now or in a moment.
    #[graphql(complexity = "5")]
    async fn limited_until(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        let Some(lane) = lane_of(ctx, &self.id).await? else { return Ok(None) };
        let pause = lane.cooldown().map(|(until, ..)| until);
        // A rate that is used to the full waits a part of a second again and again.
        let pace = lane.pace().filter(|pace| pace.wait >= WAIT_BRIEF.as_seconds_f64()).map(|pace| pace.until);
        Ok(pause.max(pace))
    }

    /// What may be sent to it now: limits in force and who set them, pauses, breakers; null: no
    /// worker ever served it.
    #[graphql(complexity = "5 + child_complexity")]
    async fn state(&self, ctx: &Context<'_>) -> Result<Option<ProviderState>> {
        state_of(ctx, &self.id).await
    }

    /// Calls of the last hour, as they really went; null: there was none.
    #[graphql(complexity = "20 + child_complexity")]
    async fn last_hour(&self, ctx: &Context<'_>) -> Result<Option<ProviderTraffic>> {
        Ok(traffic_of(ctx, &self.id).await?.as_ref().map(ProviderTraffic::from))
    }

    /// The workers that are online and can serve it.
    async fn workers(&self) -> Vec<Worker> {
        let online: HashSet<_> = self.workers.iter().map(|worker| worker.id).collect();
        self.workers.iter().map(|worker| Worker::of(worker.clone(), &online)).collect()
    }
}

/// What asking a provider's free endpoint showed.
#[derive(SimpleObject)]
pub(crate) struct ProviderCheck {
    /// When it was asked.
    checked_at: DateTime<Utc>,
    /// False: no worker that was online held a key, so nothing was asked.
    is_configured: bool,
    /// Whether anything answered; null: nothing was asked.
    is_reachable: Option<bool>,
    /// Whether the key was taken; null: none is needed, or the answer does not tell.
    is_key_accepted: Option<bool>,
    /// How long the answer took, in milliseconds; null: nothing was asked.
    latency_ms: Option<i64>,
    /// How many models it says it serves; null: it does not say.
    model_count: Option<i64>,
    /// What went wrong, as a word of the taxonomy, e.g. `auth`; null: nothing.
    error_category: Option<String>,
    /// What went wrong, in the vendor's words; null: nothing.
    error_message: Option<String>,
    /// What to do, in ours; null: nothing is wrong.
    what_to_do: Option<String>,
}

connection! {
    /// A page of providers, by id.
    ProviderConnection,
    /// A provider with its place in the list.
    ProviderEdge of Provider
}

impl From<ProviderHealth> for Provider {
    fn from(found: ProviderHealth) -> Self {
        let row = found.provider;
        Self {
            id: row.id.clone(),
            display_name: row.display_name.clone(),
            wire_format: row.wire_format.clone(),
            is_key_required: row.is_key_required,
            key_variable: row.key_variable.clone(),
            is_check_pending: found.is_check_pending,
            last_check: found.last_check.map(|check| ProviderCheck::of(&row, check)),
            is_in_configuration: found.is_in_configuration,
            workers: found.served_by,
            row,
        }
    }
}

impl ProviderCheck {
    fn of(provider: &provider::Model, check: provider_check::Model) -> Self {
        Self {
            what_to_do: what_to_do(provider, check.is_configured, check.error_category.as_deref()),
            checked_at: check.checked_at,
            is_configured: check.is_configured,
            is_reachable: check.is_reachable,
            is_key_accepted: check.is_key_accepted,
            latency_ms: check.latency_ms,
            model_count: check.model_count,
            error_category: check.error_category,
            error_message: check.error_message,
        }
    }
}
