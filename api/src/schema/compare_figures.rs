//! The figures of a comparison.

use async_graphql::SimpleObject;
use domain::{analysis::compare::Tested, stats};

use super::findings::StatisticWarning;

/// A mean over scenarios with its uncertainty.
#[derive(SimpleObject)]
pub(crate) struct MeanComparison {
    /// The mean of the scenarios' means; null: no scenario.
    mean: Option<f64>,
    /// The standard error over scenarios; null with fewer than two.
    standard_error: Option<f64>,
    /// The t interval's lower end; null with fewer than two scenarios.
    interval_low: Option<f64>,
    /// The t interval's upper end; null with fewer than two scenarios.
    interval_high: Option<f64>,
    /// The standard deviation between scenarios; null with fewer than two.
    standard_deviation: Option<f64>,
    /// Samples that went in.
    n: u64,
    /// How it was computed.
    method: ComparisonMethod,
}

impl From<stats::MeanEstimate> for MeanComparison {
    fn from(found: stats::MeanEstimate) -> Self {
        Self {
            mean: found.mean,
            standard_error: found.standard_error,
            interval_low: found.interval.map(|(low, _)| low),
            interval_high: found.interval.map(|(_, high)| high),
            standard_deviation: found.sd,
            n: found.n,
            method: found.method.into(),
        }
    }
}

/// How a figure was computed: the same method on the same data gives the same number.
#[derive(SimpleObject)]
pub(crate) struct ComparisonMethod {
    /// Its name, for people.
    name: String,
    /// Raised whenever the same data would give another number.
    version: u32,
    /// The seed of its draws, as text because it may be larger than a Float holds exactly; null:
    /// nothing was drawn.
    seed: Option<String>,
    /// How many times it drew; null: nothing was drawn.
    rounds: Option<u64>,
}

impl From<stats::Method> for ComparisonMethod {
    fn from(method: stats::Method) -> Self {
        let stats::Method { name, version, seed, rounds } = method;
        Self { name, version, seed: seed.map(|seed| seed.to_string()), rounds }
    }
}

/// A test of one comparison in its family.
#[derive(SimpleObject)]
pub(crate) struct ComparisonTest {
    /// Two-sided p of this comparison alone; null: these data have no such test.
    p_value: Option<f64>,
    /// p adjusted for the family; null as `pValue`.
    p_adjusted: Option<f64>,
    /// How it was computed.
    method: ComparisonMethod,
    /// What to know before relying on it.
    warnings: Vec<StatisticWarning>,
}

/// The test as it is shown.
pub(super) fn tested(test: Tested) -> ComparisonTest {
    ComparisonTest {
        p_value: test.p_value,
        p_adjusted: test.p_adjusted,
        method: test.method.into(),
        warnings: test.warnings.into_iter().map(Into::into).collect(),
    }
}

/// Whether two models pass equally often on the same scenarios. Samples of a scenario vote.
#[derive(SimpleObject)]
pub(crate) struct McNemarTest {
    /// Scenarios that both pass.
    both_count: u64,
    /// Scenarios that neither passes.
    neither_count: u64,
    /// Scenarios that the baseline alone passes.
    only_baseline_count: u64,
    /// Scenarios that the candidate alone passes.
    only_candidate_count: u64,
    /// Scenarios whose samples are split evenly, which decide neither way.
    undecided_count: u64,
    /// Two-sided p.
    p_value: Option<f64>,
    /// p adjusted for the family.
    p_adjusted: Option<f64>,
    /// How it was computed.
    method: ComparisonMethod,
    /// What to know before relying on it.
    warnings: Vec<StatisticWarning>,
}

/// The test as it is shown.
pub(super) fn mcnemar_of(test: stats::McNemarTest, p_adjusted: Option<f64>) -> McNemarTest {
    McNemarTest {
        both_count: test.both,
        neither_count: test.neither,
        only_baseline_count: test.only_baseline,
        only_candidate_count: test.only_candidate,
        undecided_count: test.undecided,
        p_value: test.p_value,
        p_adjusted,
        method: test.method.into(),
        warnings: test.warnings.into_iter().map(Into::into).collect(),
    }
}

/// The smallest true mean difference that the paired t test would have found with this power.
#[derive(SimpleObject)]
pub(crate) struct DetectableDifference {
    /// In the unit of the values; null with fewer than two scenarios.
    difference: Option<f64>,
    /// In standard deviations of the differences; null with fewer than two scenarios.
    effect_size: Option<f64>,
    /// The level of the test: what is left of the confidence to 1, divided by the tests of the family.
    alpha: f64,
    /// The chance of finding it.
    power: f64,
    /// How it was computed.
    method: ComparisonMethod,
}

impl From<stats::DetectableDifference> for DetectableDifference {
    fn from(found: stats::DetectableDifference) -> Self {
        Self {
            difference: found.difference,
            effect_size: found.effect_size,
            alpha: found.alpha,
            power: found.power,
            method: found.method.into(),
        }
    }
}
