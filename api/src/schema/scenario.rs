//! Concrete prompts.

use std::sync::Arc;

use async_graphql::{ID, Object, SimpleObject};
use domain::{definition::Expansion, run::scenario_id};
use uuid::Uuid;

use super::{
    connection::connection,
    content::{ScenarioField, fields_of},
};

/// One concrete prompt: one combination of levels of a definition version.
#[derive(Clone)]
pub(crate) struct Scenario {
    /// None: a definition that is only previewed.
    pub(crate) version_id: Option<Uuid>,
    /// Its number among all combinations.
    pub(crate) combination: u64,
    /// What makes its texts.
    pub(crate) expansion: Arc<Expansion>,
}

/// One concrete prompt: one combination of levels of a definition version.
#[Object]
impl Scenario {
    /// The scenario's id; null where the definition is only previewed.
    async fn id(&self) -> Option<ID> {
        self.version_id.map(|version| scenario_id(version, self.combination).into())
    }

    /// Unique in the definition, and the same in every version that has the same dimension names
    /// and labels, e.g. `relation=Stranger;victims=One person`; the key of a listed scenario.
    async fn key(&self) -> String {
        self.expansion.scenario(self.combination).key
    }

    /// Its number among all combinations of levels, from 0; those left out by rules count too. Its
    /// place in the list where it is a listed scenario.
    async fn combination(&self) -> u64 {
        self.combination
    }

    /// Its levels, one per dimension, in the order of the definition.
    async fn levels(&self) -> Vec<ScenarioLevel> {
        let content = self.expansion.content();
        let levels = self.expansion.levels_of(self.combination).into_iter();
        levels
            .map(|choice| {
                let dimension = &content.dimensions[choice.dimension];
                let level = &dimension.levels[choice.level];
                ScenarioLevel {
                    dimension: dimension.name.clone(),
                    label: level.label.clone(),
                    score: level.score,
                    wording: level.wordings[choice.wording].clone(),
                }
            })
            .collect()
    }

    /// What is sent to a model, exactly.
    async fn prompts(&self) -> Prompts {
        let prompts = self.expansion.prompts(self.combination);
        Prompts { system: prompts.system, first: prompts.first, follow_ups: prompts.follow_ups }
    }

    /// The further keys of a listed scenario, in order; none where it is made from dimensions.
    async fn fields(&self) -> Vec<ScenarioField> {
        self.expansion.listed(self.combination).map(fields_of).unwrap_or_default()
    }

    /// The right answer here: the name of a choice, or a text where answers are free; null where
    /// there is none.
    async fn target(&self) -> Option<&str> {
        self.expansion.target_of(self.combination)
    }
}

/// The level of one dimension in a scenario.
#[derive(SimpleObject)]
pub(crate) struct ScenarioLevel {
    /// The dimension's name.
    dimension: String,
    /// The level's label.
    label: String,
    /// The level's score; null where it has none.
    score: Option<f64>,
    /// What the model reads.
    wording: String,
}

/// What is sent to a model, exactly.
#[derive(SimpleObject)]
pub(crate) struct Prompts {
    /// The system prompt; null where none is sent.
    system: Option<String>,
    /// The first question.
    first: String,
    /// The questions after it, in order.
    follow_ups: Vec<String>,
}

connection! {
    /// A page of scenarios, in the order of the expansion: the first dimension varies slowest.
    ScenarioConnection,
    /// A scenario with its place in the list.
    ScenarioEdge of Scenario
}
