//! The words of comparisons.

use async_graphql::{Enum, SimpleObject};
use domain::analysis::compare;

/// How p values of a family are adjusted for how many there are.
#[derive(Copy, Clone, Default, PartialEq, Eq, Enum)]
pub(crate) enum ComparisonAdjustment {
    /// Holm–Bonferroni: one false finding or more in the family with probability at most α.
    #[default]
    Holm,
    /// Benjamini–Hochberg: the expected share of false findings among the findings is at most α.
    Bh,
}

impl From<ComparisonAdjustment> for compare::Adjustment {
    fn from(word: ComparisonAdjustment) -> Self {
        match word {
            ComparisonAdjustment::Holm => Self::Holm,
            ComparisonAdjustment::Bh => Self::BenjaminiHochberg,
        }
    }
}

impl From<compare::Adjustment> for ComparisonAdjustment {
    fn from(adjustment: compare::Adjustment) -> Self {
        match adjustment {
            compare::Adjustment::Holm => Self::Holm,
            compare::Adjustment::BenjaminiHochberg => Self::Bh,
        }
    }
}

/// What kind of number is compared.
#[derive(Copy, Clone, PartialEq, Eq, Enum)]
pub(crate) enum ComparisonMeasureKind {
    /// The score of the decision.
    Score,
    /// Whether the decision is one choice, or one point of a scale.
    Choice,
    /// What one scorer says.
    Scorer,
}

/// The number that a comparison is about.
#[derive(SimpleObject)]
pub(crate) struct ComparisonMeasure {
    /// Its kind.
    kind: ComparisonMeasureKind,
    /// The choice's or the scorer's name; null for a score.
    name: Option<String>,
    /// What people call it.
    label: String,
}

impl From<compare::Measure> for ComparisonMeasure {
    fn from(measure: compare::Measure) -> Self {
        let label = measure.label();
        let (kind, name) = match measure {
            compare::Measure::Score => (ComparisonMeasureKind::Score, None),
            compare::Measure::Choice(name) => (ComparisonMeasureKind::Choice, Some(name)),
            compare::Measure::Scorer(name) => (ComparisonMeasureKind::Scorer, Some(name)),
        };
        Self { kind, name, label }
    }
}

/// What a comparison says at its level, after adjustment.
#[derive(Copy, Clone, PartialEq, Eq, Enum)]
pub(crate) enum ComparisonVerdict {
    /// The candidate's mean is higher, and chance alone would rarely do that.
    CandidateHigher,
    /// The candidate's mean is lower, and chance alone would rarely do that.
    CandidateLower,
    /// Chance alone may have done that. It does not say that the two are equal.
    NoDetectableDifference,
    /// These data have no test.
    NotTestable,
}

impl From<compare::Verdict> for ComparisonVerdict {
    fn from(verdict: compare::Verdict) -> Self {
        match verdict {
            compare::Verdict::CandidateHigher => Self::CandidateHigher,
            compare::Verdict::CandidateLower => Self::CandidateLower,
            compare::Verdict::NoDetectableDifference => Self::NoDetectableDifference,
            compare::Verdict::NotTestable => Self::NotTestable,
        }
    }
}

/// What the candidate does beside the baseline on a scenario. Whether higher is better is for
/// whoever wrote the definition to say.
#[derive(Copy, Clone, PartialEq, Eq, Enum)]
pub(crate) enum ScenarioChange {
    /// Higher.
    Improved,
    /// Lower.
    Regressed,
    /// The same.
    Equal,
    /// Only one of the two has a value.
    Unpaired,
}

impl From<ScenarioChange> for compare::Change {
    fn from(change: ScenarioChange) -> Self {
        match change {
            ScenarioChange::Improved => Self::Improved,
            ScenarioChange::Regressed => Self::Regressed,
            ScenarioChange::Equal => Self::Equal,
            ScenarioChange::Unpaired => Self::Unpaired,
        }
    }
}

impl From<compare::Change> for ScenarioChange {
    fn from(change: compare::Change) -> Self {
        match change {
            compare::Change::Improved => Self::Improved,
            compare::Change::Regressed => Self::Regressed,
            compare::Change::Equal => Self::Equal,
            compare::Change::Unpaired => Self::Unpaired,
        }
    }
}
