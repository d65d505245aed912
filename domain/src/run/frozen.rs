//! What a run froze when it was made: read once by a worker, then kept.

use std::collections::HashMap;

use entity::{Origin, definition_version, model, run, run_model};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::OptionOrders;
use crate::{
    db::Db,
    definition::{DefinitionContent, Expansion, Prompts, from_stored, option_values},
    error::{Error, Result},
    judging,
    reading::Reader,
    registry::{Tariff, Tariffs},
    scoring::{self, CompiledScorer},
    values::ValueReader,
};

/// One model of a frozen run.
#[derive(Clone, Debug)]
pub struct FrozenModel {
    /// Its row, with counters as they were when it was read.
    pub row: run_model::Model,
    /// The price that was in effect when the run was made; None where none is known.
    pub price: Option<Tariff>,
    /// What the registry knows of the model; None for one that it knows by its name only.
    pub model: Option<model::Model>,
}

/// A run as its probes need it.
pub struct FrozenRun {
    /// The run's row; its status may have moved on.
    pub run: run::Model,
    /// What is asked.
    pub content: DefinitionContent,
    /// The content's scenarios.
    pub expansion: Expansion,
    /// Reads decisions.
    pub reader: Reader,
    /// What else is judged about every answer.
    pub scorers: Vec<CompiledScorer>,
    /// Reads what answers do with the definition's values.
    pub values: ValueReader,
    /// True where a judge is asked about what the reader cannot read.
    pub has_judge: bool,
    /// In which order probes list the decisions; None: as they are written.
    pub option_orders: Option<OptionOrders>,
    /// By the id of their row.
    pub models: HashMap<Uuid, FrozenModel>,
}

impl FrozenRun {
    /// Reads a run with its definition version.
    ///
    /// # Errors
    /// `NotFound`, `Unavailable` or `Database`.
    pub async fn load(db: &Db, run_id: Uuid) -> Result<Self> {
        let run = super::find(db, run_id).await?;
        let content = content_of(db, run.definition_version_id).await?;
        let expansion = Expansion::new(&content).map_err(|_| {
            Error::Internal(format!("the frozen definition of run {run_id} cannot be expanded"))
        })?;
        let reader = Reader::new(&content.decision);
        // Every worker finds the same ones, whenever it looks.
        let tariffs = Tariffs::at(db.read(), run.created_at).await?;
        let rows =
            run_model::Entity::find().filter(run_model::Column::RunId.eq(run_id)).all(db.read()).await?;
        let ids = rows.iter().map(|row| row.model_id.clone());
        let known = model::Entity::find().filter(model::Column::Id.is_in(ids)).all(db.read()).await?;
        let models = rows.into_iter().map(|row| {
            let price = tariffs.of(&row.provider_id, &row.model_id).cloned();
            let of_row = |model: &&model::Model| {
                model.provider_id == row.provider_id
                    && model.id == row.model_id
                    && model.origin != Origin::Used
            };
            let model = known.iter().find(of_row).cloned();
            (row.id, FrozenModel { row, price, model })
        });
        let has_judge = judging::of_run(db.read(), run_id).await?.is_some();
        let scorers = scoring::compiled(&content.scorers, &content.decision);
        let values = ValueReader::new(&content.values);
        let option_orders = OptionOrders::of(&run, &content.decision)?;
        let models = models.collect();
        Ok(Self { models, run, content, expansion, reader, scorers, values, has_judge, option_orders })
    }

    /// What the probe at this place of the run (its `seq`) asks about its scenario.
    pub fn prompts(&self, scenario_id: Uuid, seq: i64) -> Prompts {
        let combination = combination_of(scenario_id);
        match &self.option_orders {
            None => self.expansion.prompts(combination),
            Some(orders) => self.expansion.prompts_in_order(combination, &orders.at(seq)),
        }
    }

    /// The decisions in the order in which the probe at this place lists them; None: as the definition does.
    pub fn option_order(&self, seq: i64) -> Option<Vec<String>> {
        let (orders, values) = (self.option_orders.as_ref()?, option_values(&self.content.decision));
        Some(orders.at(seq).into_iter().filter_map(|place| values.get(place).cloned()).collect())
    }
}

pub(super) async fn content_of(db: &Db, version_id: Option<Uuid>) -> Result<DefinitionContent> {
    let id = version_id.ok_or_else(|| Error::Internal("a run without a definition version".into()))?;
    let version = definition_version::Entity::find_by_id(id)
        .one(db.read())
        .await?
        .ok_or_else(|| Error::not_found("definition version", id))?;
    Ok(from_stored(version.content)?)
}

/// The id of a scenario: made from its version and its combination, so that expanding twice
/// makes the same rows, and rows of a version lie together in every index. A UUID of version 8
/// (RFC 9562 §5.8): 62 bits of the version's id hashed, then the combination.
pub fn scenario_id(version_id: Uuid, combination: u64) -> Uuid {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(version_id.as_bytes());
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&digest[..8]);
    bytes[8..].copy_from_slice(&combination.to_be_bytes());
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The combination that a scenario's id was made of.
pub fn combination_of(scenario_id: Uuid) -> u64 {
    // The two highest bits are the UUID's variant; combinations stay far below 2^62.
    scenario_id.as_u64_pair().1 & (u64::MAX >> 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_id_tells_its_combination() {
        let version = Uuid::now_v7();
        for combination in [0, 1, 124, 9_999_999] {
            assert_eq!(combination_of(scenario_id(version, combination)), combination);
        }
        assert_ne!(scenario_id(version, 1), scenario_id(Uuid::nil(), 1));
    }
}
