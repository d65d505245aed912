//! A version of a definition with its scenarios, expanded at most once.

use std::sync::Arc;

use domain::{
    Error, Result,
    definition::{DefinitionContent, Expansion, Scenario, from_stored},
    library::{self, ScenarioFilter},
    page::{Page, PageRequest},
};
use entity::definition_version;
use tokio::sync::OnceCell;

/// One immutable version, as it is read again and again.
pub(crate) struct FrozenVersion {
    /// Its row, without the stored content.
    pub(crate) row: definition_version::Model,
    /// What it asks.
    pub(crate) content: DefinitionContent,
    expansion: OnceCell<Arc<Expansion>>,
}

impl FrozenVersion {
    /// Reads the stored content.
    pub(crate) fn of(mut row: definition_version::Model) -> Result<Self> {
        let content = from_stored(std::mem::take(&mut row.content))?;
        Ok(Self { row, content, expansion: OnceCell::new() })
    }

    /// Roughly the bytes that it keeps.
    pub(crate) fn weight(&self) -> usize {
        let listed = self.content.scenarios.iter();
        listed.map(|scenario| scenario.body.len() + 200 * (1 + scenario.fields.len())).sum::<usize>() + 10_000
    }

    /// Its scenarios.
    pub(crate) async fn expansion(&self) -> Result<Arc<Expansion>> {
        let expand = || async {
            let content = self.content.clone();
            // Rules are tried on every combination: up to ten million.
            let expanded = aside(move || Expansion::new(&content)).await?;
            let wrong = |_| Error::Internal(format!("the stored version {} cannot be expanded", self.row.id));
            expanded.map(Arc::new).map_err(wrong)
        };
        self.expansion.get_or_try_init(expand).await.cloned()
    }

    /// A page of those of its scenarios that a filter leaves.
    pub(crate) async fn scenarios_like(
        &self,
        filter: ScenarioFilter,
        request: PageRequest,
    ) -> Result<Page<Scenario>> {
        let expansion = self.expansion().await?;
        aside(move || library::scenarios_like(&expansion, &filter, &request)).await?
    }

    /// A page of its scenarios.
    pub(crate) async fn scenarios(&self, request: PageRequest) -> Result<Page<Scenario>> {
        let content = self.content.clone();
        aside(move || library::scenarios(&content, &request)).await?
    }
}

/// Computes on a thread that may take its time.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::Internal(format!("a computation ended early: {error}")))
}
