//! The fraction of the scenarios that a run asks.

use async_graphql::SimpleObject;
use domain::run;
use entity::run_design;

use super::words::SampleDesignKind;

/// A fraction of the scenarios from which the main effect of every dimension can be estimated.
#[derive(SimpleObject)]
pub(crate) struct SampleDesign {
    /// How it was found.
    kind: SampleDesignKind,
    /// Its scenarios.
    scenario_count: u64,
    /// In (0, 1]: 1 is balanced and orthogonal. Errors of effects are about 1/√efficiency of what as many
    /// scenarios could give at best.
    d_efficiency: f64,
    /// Effects that can be estimated, the constant included: the least scenarios.
    effect_count: u64,
    /// The nearest larger number of scenarios that is known to be orthogonal; null: none is.
    next_orthogonal_size: Option<u64>,
    /// How it was computed, with its version.
    method: String,
}

impl From<run::SampleDesign> for SampleDesign {
    fn from(design: run::SampleDesign) -> Self {
        Self {
            kind: design.kind.into(),
            scenario_count: design.combinations.len() as u64,
            d_efficiency: design.d_efficiency,
            effect_count: design.parameter_count,
            next_orthogonal_size: design.next_orthogonal_size,
            method: format!("{}, version {}", design.method, design.method_version),
        }
    }
}

impl From<run_design::Model> for SampleDesign {
    fn from(row: run_design::Model) -> Self {
        Self {
            kind: row.kind.into(),
            scenario_count: row.combinations.as_array().map_or(0, Vec::len) as u64,
            d_efficiency: row.d_efficiency,
            effect_count: row.parameter_count.unsigned_abs(),
            next_orthogonal_size: row.next_orthogonal_size.map(i64::unsigned_abs),
            method: format!("{}, version {}", row.method, row.method_version),
        }
    }
}
