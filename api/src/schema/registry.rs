//! What can be evaluated, and who is at work.

use std::collections::HashSet;

use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    auth::Resource,
    fleet,
    health::{self, ProviderHealth},
    page::{Page, number_cursor},
    registry,
};
use entity::worker;
use uuid::Uuid;

use super::{
    access::{api, may_read, page, rows},
    connection::connection,
    limits,
    loaders::{InFlightOf, ProvidersOf},
    model::AvailableModel,
    provider::{Provider, ProviderConnection},
};

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
    /// The machine it runs on; null: it did not say.
    host: Option<String>,
    /// False: it has not been heard of for three beats.
    is_online: bool,
    /// What starts it again on its machine, without anything secret; null: it did not say.
    restart_command: Option<String>,
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

    /// Probes that it has in flight; those of one that went silent wait for their lease to lapse.
    async fn in_flight(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(rows(ctx).load_one(InFlightOf(self.row_id)).await?.unwrap_or(0))
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
    /// The models that runs can be started with, by provider and name. The list is extended by
    /// `setModel` and in `probity.toml`; any other model can be asked by naming its provider.
    #[graphql(complexity = "100 * child_complexity")]
    async fn available_models(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Also models that are not offered any more.", default)] with_retired: bool,
    ) -> Result<Vec<AvailableModel>> {
        may_read(ctx, Resource::Registry)?;
        let api = api(ctx);
        let found = registry::known(&api.db, api.config.beat()).await?.models.into_iter();
        Ok(found.filter(|entry| with_retired || entry.model.is_offered).map(AvailableModel::from).collect())
    }

    /// Who serves models, by id, and how they are.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    async fn providers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<ProviderConnection> {
        may_read(ctx, Resource::Registry)?;
        let api = api(ctx);
        let request = page(ctx, first, after)?;
        let behind = request.after_number()?;
        let found: Vec<(i64, ProviderHealth)> =
            (0..).zip(health::providers(&api.db, &api.config).await?).collect();
        let total = found.len() as u64;
        let wanted = found.into_iter().filter(|(place, _)| behind.is_none_or(|behind| *place > behind));
        let found = Page::of(wanted.collect(), request.first, total, |(place, _)| number_cursor(*place));
        Ok(ProviderConnection::of(found, behind.is_some(), |(_, row)| Ok(Provider::from(row)))?)
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
    pub(crate) fn of(row: worker::Model, online: &HashSet<Uuid>) -> Self {
        Self {
            id: row.id.into(),
            is_online: online.contains(&row.id),
            name: row.name,
            version: row.version,
            host: row.host,
            restart_command: row.restart_command,
            started_at: row.started_at,
            last_beat_at: row.beat_at,
            row_id: row.id,
        }
    }
}
