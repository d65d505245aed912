//! The numbers that a measure makes of a run.

use uuid::Uuid;

use super::Measure;
use crate::{
    analysis::{ModelColumns, RunColumns},
    definition::Expansion,
};

/// The version that a run asked; nil where it asked none, which no columns are made of.
pub(super) fn version_of(columns: &RunColumns) -> Uuid {
    columns.run.definition_version_id.unwrap_or_default()
}

/// One number per transcript of a model that the measure says something of, by combination.
pub(super) fn samples_of(columns: &RunColumns, model: &ModelColumns, measure: &Measure) -> Vec<(u64, f64)> {
    match measure {
        Measure::Score => model.scores().collect(),
        Measure::Choice(name) => {
            let wanted = columns.values.iter().position(|value| value == name);
            let is_it = |value: u32| f64::from(u8::from(usize::try_from(value).ok() == wanted));
            model.cells.iter().map(|cell| (cell.combination, is_it(cell.value))).collect()
        }
        Measure::Scorer(name) => {
            let place = columns.scorers.iter().position(|scorer| scorer == name);
            let scored = place.and_then(|place| model.scored.get(place));
            scored.into_iter().flatten().map(|cell| (cell.combination, cell.value)).collect()
        }
    }
}

/// The key of each scenario that some model of a run has an answer of, with its combination.
pub(super) fn keys_of(columns: &RunColumns) -> Vec<(String, u64)> {
    let decided = columns.models.iter().flat_map(|model| &model.cells).map(|cell| cell.combination);
    let scored = columns.models.iter().flat_map(|model| model.scored.iter().flatten());
    let mut combinations: Vec<u64> = decided.chain(scored.map(|cell| cell.combination)).collect();
    combinations.sort_unstable();
    combinations.dedup();
    combinations.into_iter().map(|at| (key_of(&columns.expansion, at), at)).collect()
}

/// The key of a scenario.
pub(super) fn key_of(expansion: &Expansion, combination: u64) -> String {
    expansion.scenario(combination).key
}
