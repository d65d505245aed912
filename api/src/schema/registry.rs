//! What can be evaluated, and who is at work.

use std::collections::HashSet;

use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    auth::Resource,
    fleet,
    page::{Page, number_cursor},
    registry,
};
use entity::worker;
use uuid::Uuid;

use super::{
    access::{api, may_read, page, rows},
    connection::connection,
    ids::usd,
    limits,
    loaders::ProvidersOf,
};

/// A model that runs can be started with.
#[derive(SimpleObject)]
pub(crate) struct AvailableModel {
    /// Who serves it, e.g. `openai`.
    provider_id: String,
    /// Who serves it, as people know it.
    provider_name: String,
    /// The model, e.g. `gemini-1.5-pro`.
    model_id: String,
    /// The model, as people know it.
    display_name: String,
    /// Dated versions.
    versions: Vec<String>,
    /// What is asked for where a run names no version; null: the bare model.
    default_version: Option<String>,
    /// The longest conversation, in tokens; null: not known.
    context_tokens: Option<i64>,
    /// Whether it takes a system prompt.
    has_system_prompt: bool,
    /// Whether it can be held to a JSON schema.
    has_structured_output: bool,
    /// What it costs; null: no price is known.
    price: Option<Price>,
    /// True where a worker that is online can serve it: it holds the key, or none is needed.
    is_key_configured: bool,
}

/// A price in US dollars per million tokens.
#[derive(SimpleObject)]
pub(crate) struct Price {
    /// Input tokens.
    input_usd: f64,
    /// Input tokens read from the provider's cache; null: as input.
    cached_input_usd: Option<f64>,
    /// Output tokens, reasoning among them.
    output_usd: f64,
    /// Since when it holds.
    effective_from: DateTime<Utc>,
}

/// A process that claims probes.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct Worker {
    /// The worker's id; each start of a process has its own.
    id: ID,
    /// Unique per start.
    name: String,
    /// The version of Probity it runs.
    version: String,
    /// False: it has not been heard of for three beats.
    is_online: bool,
    /// When it started.
    started_at: DateTime<Utc>,
    /// When it was last heard of.
    last_beat_at: DateTime<Utc>,
    #[graphql(skip)]
    row_id: Uuid,
}

#[ComplexObject]
impl Worker {
    /// The ids of the providers it can serve: it holds their key, or they need none.
    async fn provider_ids(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        Ok(rows(ctx).load_one(ProvidersOf(self.row_id)).await?.unwrap_or_default())
    }
}

connection! {
    /// A page of workers, latest first.
    WorkerConnection,
    /// A worker with its place in the list.
    WorkerEdge of Worker
}

/// What can be evaluated, and who is at work.
#[derive(Default)]
pub(crate) struct RegistryQuery;

/// Everything that can be read.
#[Object]
impl RegistryQuery {
    /// The models that runs can be started with, by provider and name. The list is extended in
    /// `probity.toml`.
    #[graphql(complexity = "50 * child_complexity")]
    async fn available_models(&self, ctx: &Context<'_>) -> Result<Vec<AvailableModel>> {
        may_read(ctx, Resource::Registry)?;
        let api = api(ctx);
        let found = registry::available_models(&api.db, api.config.beat()).await?;
        Ok(found.into_iter().map(AvailableModel::from).collect())
    }

    /// The workers that have not stopped, latest first; also those that went silent.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    async fn workers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<WorkerConnection> {
        may_read(ctx, Resource::Registry)?;
        let api = api(ctx);
        let request = page(ctx, first, after)?;
        // By the start's time: a worker that stops meanwhile shifts nothing.
        let behind = request.after_number()?;
        let started = |row: &worker::Model| row.started_at.timestamp_millis();
        let known = fleet::known_workers(&api.db).await?;
        let total = known.len() as u64;
        let online: HashSet<Uuid> =
            fleet::online_workers(&api.db, api.config.beat()).await?.into_iter().map(|row| row.id).collect();
        let wanted = known.into_iter().filter(|row| behind.is_none_or(|behind| started(row) < behind));
        let found = Page::of(wanted.collect(), request.first, total, |row| number_cursor(started(row)));
        Ok(WorkerConnection::of(found, behind.is_some(), |row| Ok(Worker::of(row, &online)))?)
    }
}

impl Worker {
    fn of(row: worker::Model, online: &HashSet<Uuid>) -> Self {
        Self {
            id: row.id.into(),
            is_online: online.contains(&row.id),
            name: row.name,
            version: row.version,
            started_at: row.started_at,
            last_beat_at: row.beat_at,
            row_id: row.id,
        }
    }
}

impl From<registry::AvailableModel> for AvailableModel {
    fn from(found: registry::AvailableModel) -> Self {
        let price = found.price.map(|price| Price {
            input_usd: usd(price.input_usd_micros_per_million),
            cached_input_usd: price.cached_input_usd_micros_per_million.map(usd),
            output_usd: usd(price.output_usd_micros_per_million),
            effective_from: price.effective_from,
        });
        Self {
            provider_name: found.provider_name,
            provider_id: found.model.provider_id,
            model_id: found.model.id,
            display_name: found.model.display_name,
            versions: found.versions,
            default_version: found.model.default_version,
            context_tokens: found.model.context_tokens,
            has_system_prompt: found.model.has_system_prompt,
            has_structured_output: found.model.has_structured_output,
            price,
            is_key_configured: found.is_key_configured,
        }
    }
}
