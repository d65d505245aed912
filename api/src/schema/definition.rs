//! Definitions.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use domain::auth::{Action, Resource, authorize};
use entity::definition;

use super::{
    access::{actor, page_of, present, rows, visible_definition},
    connection::connection,
    frozen_version::FrozenVersion,
    limits,
    loaders::{AllVersions, DefinitionKey, RunCountOf, VersionKey},
    user::{User, user_of},
    version::{DefinitionVersion, DefinitionVersionConnection, version_of},
};

/// What is asked of models: a dilemma or a task with its dimensions.
#[derive(Clone)]
pub(crate) struct Definition(pub(crate) definition::Model);

/// What is asked of models: a dilemma or a task with its dimensions. Versioned; a fork points at
/// its parent.
#[Object]
impl Definition {
    /// The definition's id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What it is called; unique among those that are not removed.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is for, for people only.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Words to find it by.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        let found = rows(ctx).load_one(VersionKey(self.0.latest_version_id)).await?;
        Ok(present(found, "definition version")?.content.tags.clone())
    }

    /// How many runs there are of it, of any version.
    async fn run_count(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(rows(ctx).load_one(RunCountOf(self.0.id)).await?.unwrap_or_default())
    }

    /// The version that new runs ask.
    async fn latest_version(&self, ctx: &Context<'_>) -> Result<DefinitionVersion> {
        version_of(ctx, self.0.latest_version_id).await
    }

    /// Its versions, latest first.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<DefinitionVersionConnection> {
        let (found, is_continued) = page_of(ctx, self.0.id, AllVersions, first, after).await?;
        Ok(DefinitionVersionConnection::of(found, is_continued, |row| {
            Ok(DefinitionVersion(Arc::new(FrozenVersion::of(row)?)))
        })?)
    }

    /// The definition it was forked from; null where it was not.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Definition>> {
        let Some(id) = self.0.parent_id else { return Ok(None) };
        let found = rows(ctx).load_one(DefinitionKey(id)).await?;
        Ok(Some(visible_definition(ctx, present(found, "definition")?)?))
    }

    /// The version it was forked from; null where it was not.
    async fn forked_from_version(&self, ctx: &Context<'_>) -> Result<Option<DefinitionVersion>> {
        match self.0.forked_from_version_id {
            Some(id) => Ok(Some(version_of(ctx, id).await?)),
            None => Ok(None),
        }
    }

    /// Why you cannot change or delete it, as a sentence; null: you can.
    async fn change_blocked_because(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let owner = Resource::Definition(Some(self.0.created_by));
        let refusal = authorize(actor(ctx)?, Action::Change, owner).err();
        let removed = self.0.deleted_at.map(|_| "The definition was deleted.".to_owned());
        Ok(refusal.map(|error| error.to_string()).or(removed))
    }

    /// Who made it.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<User> {
        user_of(ctx, self.0.created_by).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When its latest version was saved.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// When it was deleted; null: it was not. Runs still show what they asked.
    async fn deleted_at(&self) -> Option<DateTime<Utc>> {
        self.0.deleted_at
    }

    /// When a run of it was last started; null: never.
    async fn last_accessed_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_accessed_at
    }
}

connection! {
    /// A page of definitions, last changed first.
    DefinitionConnection,
    /// A definition with its place in the list.
    DefinitionEdge of Definition
}
