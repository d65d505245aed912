//! The smallest difference between two models that a run would find.

use async_graphql::{Enum, ID, InputObject, SimpleObject};
use domain::run;

/// What to assume of how decisions spread. What is left out is as usual.
#[derive(Default, InputObject)]
pub(crate) struct AssumptionInput {
    /// Standard deviation of the scenarios' differences between two models, in the decisions' numbers.
    /// Null: that of earlier runs of the definition, else a usual one.
    sd: Option<f64>,
    /// Chance of finding the difference. Null: 0.8.
    power: Option<f64>,
    /// Two-sided significance level. Null: 0.05.
    alpha: Option<f64>,
}

impl From<AssumptionInput> for run::Assumption {
    fn from(input: AssumptionInput) -> Self {
        Self { sd: input.sd, power: input.power, alpha: input.alpha }
    }
}

/// Where a standard deviation comes from.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
pub(crate) enum SdSource {
    /// An earlier run of the definition, between its models.
    Measured,
    /// An earlier run of one model: of its scenarios' means, as if another model's were unrelated.
    MeasuredOfOne,
    /// Whoever asked.
    Stated,
    /// Nobody: a usual spread is assumed.
    Assumed,
}

/// The smallest true difference between two models that the paired test on a run's scenarios finds.
#[derive(SimpleObject)]
pub(crate) struct DetectableByPlan {
    /// Scenarios, each asked of both models.
    pairs: u64,
    /// In the decisions' numbers, or as a share of the answers; null with fewer than two scenarios.
    difference: Option<f64>,
    /// In standard deviations of the differences (d_z); null with fewer than two scenarios.
    effect_size: Option<f64>,
    /// Standard deviation of the differences.
    sd: f64,
    /// Where that comes from.
    sd_source: SdSource,
    /// The earlier run that it comes from; null: none.
    sd_run_id: Option<ID>,
    /// True: `difference` and `sd` are shares of answers, 0 to 1; false: decisions' numbers.
    is_share: bool,
    /// Two-sided significance level.
    alpha: f64,
    /// Chance of finding it.
    power: f64,
    /// How it was computed.
    method: String,
    /// All of it as a sentence.
    sentence: String,
}

impl From<run::Detectable> for DetectableByPlan {
    fn from(found: run::Detectable) -> Self {
        let (sd_source, run_id) = match found.sd_source {
            run::SdSource::Measured(id) => (SdSource::Measured, Some(id)),
            run::SdSource::MeasuredOfOne(id) => (SdSource::MeasuredOfOne, Some(id)),
            run::SdSource::Stated => (SdSource::Stated, None),
            run::SdSource::Assumed => (SdSource::Assumed, None),
        };
        Self {
            sentence: found.sentence(),
            pairs: found.pairs,
            difference: found.difference,
            effect_size: found.effect_size,
            sd: found.sd,
            sd_source,
            sd_run_id: run_id.map(Into::into),
            is_share: found.is_share,
            alpha: found.alpha,
            power: found.power,
            method: found.method.name,
        }
    }
}
