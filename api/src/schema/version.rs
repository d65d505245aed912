//! Versions of definitions.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use domain::{
    definition::{to_json, to_markdown, to_yaml},
    library,
};
use uuid::Uuid;

use super::{
    access::{page, present, rows, visible_definition},
    connection::connection,
    content::DefinitionContent,
    definition::Definition,
    frozen_version::FrozenVersion,
    limits,
    loaders::{DefinitionKey, VersionKey},
    scenario::{Scenario, ScenarioConnection},
    user::{User, user_of},
};

/// Which scenarios are wanted; what is left out does not matter.
#[derive(InputObject)]
pub(crate) struct ScenarioFilterInput {
    /// In the key, or in what a model is sent, whatever the case.
    text: Option<String>,
    /// Only these levels of the dimensions that are named.
    #[graphql(default)]
    levels: Vec<LevelFilterInput>,
}

/// Levels of one dimension.
#[derive(InputObject)]
pub(crate) struct LevelFilterInput {
    /// The dimension's name.
    dimension: String,
    /// The labels of the levels that are wanted.
    labels: Vec<String>,
}

impl From<ScenarioFilterInput> for library::ScenarioFilter {
    fn from(filter: ScenarioFilterInput) -> Self {
        let levels = filter.levels.into_iter().map(|level| (level.dimension, level.labels));
        Self { text: filter.text, levels: levels.collect() }
    }
}

/// One immutable content of a definition.
#[derive(Clone)]
pub(crate) struct DefinitionVersion(pub(crate) Arc<FrozenVersion>);

/// One immutable content of a definition. A change of the definition is a new version.
#[Object]
impl DefinitionVersion {
    /// The version's id.
    async fn id(&self) -> ID {
        self.0.row.id.into()
    }

    /// 1, 2, 3 … within the definition.
    async fn number(&self) -> i32 {
        self.0.row.number
    }

    /// The definition it is a version of.
    async fn definition(&self, ctx: &Context<'_>) -> Result<Definition> {
        let found = rows(ctx).load_one(DefinitionKey(self.0.row.definition_id)).await?;
        Ok(visible_definition(ctx, present(found, "definition")?)?)
    }

    /// What it asks, as objects.
    async fn content(&self) -> DefinitionContent {
        self.0.content.clone().into()
    }

    /// What it asks, as a YAML file that imports as the same content.
    async fn yaml(&self) -> String {
        to_yaml(&self.0.content)
    }

    /// What it asks, as a JSON file that imports as the same content.
    async fn json(&self) -> String {
        to_json(&self.0.content)
    }

    /// What it asks, as a Markdown file that imports as the same content.
    async fn markdown(&self) -> String {
        to_markdown(&self.0.content)
    }

    /// SHA-256 of the content, as 64 hexadecimal digits: equal contents have equal sums.
    async fn sha256(&self) -> &str {
        &self.0.row.sha256
    }

    /// How many scenarios it expands into.
    async fn scenario_count(&self) -> i64 {
        self.0.row.scenario_count
    }

    /// Its scenarios, each with what a model is sent.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 10")]
    async fn scenarios(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which are wanted; null: all. Every scenario is looked at, 200,000 at most.")]
        filter: Option<ScenarioFilterInput>,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<ScenarioConnection> {
        let request = page(ctx, first, after)?;
        let is_continued = request.after.is_some();
        let expansion = self.0.expansion().await?;
        let found = match filter {
            Some(filter) => self.0.scenarios_like(filter.into(), request).await?,
            None => self.0.scenarios(request).await?,
        };
        let version_id = Some(self.0.row.id);
        Ok(ScenarioConnection::of(found, is_continued, |scenario| {
            Ok(Scenario { version_id, combination: scenario.combination, expansion: Arc::clone(&expansion) })
        })?)
    }

    /// Who saved it.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<User> {
        user_of(ctx, self.0.row.created_by).await
    }

    /// When it was saved.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.row.created_at
    }
}

/// A version by its id.
pub(crate) async fn version_of(ctx: &Context<'_>, id: Uuid) -> Result<DefinitionVersion> {
    let found = rows(ctx).load_one(VersionKey(id)).await?;
    Ok(DefinitionVersion(present(found, "definition version")?))
}

connection! {
    /// A page of the versions of a definition, latest first.
    DefinitionVersionConnection,
    /// A version with its place in the list.
    DefinitionVersionEdge of DefinitionVersion
}
