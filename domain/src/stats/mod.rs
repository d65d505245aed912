//! Statistics that carry their uncertainty and name their method. Missing is never 0: what cannot
//! be computed is `None`, with a warning that says why.

mod distribution;
mod mean;
mod wilson;

pub use distribution::distribution;
pub use mean::{MeanEstimate, mean_clustered};
pub use wilson::{Interval, wilson_interval};

use serde::{Deserialize, Serialize};

/// Why a statistic cannot be computed at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatsError {
    /// The confidence does not lie between 0 and 1.
    #[error("confidence must lie between 0 and 1, e.g. 0.95")]
    Confidence,
    /// A rate of nothing.
    #[error("a rate needs at least one trial")]
    NoTrials,
    /// More passes than trials.
    #[error("there cannot be more passes than trials")]
    TooManyPasses,
    /// A value is infinite or not a number.
    #[error("a value is infinite or not a number")]
    NotFinite,
}

/// What a reader of a statistic must know before relying on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StatWarningCode {
    /// There are no values.
    NoValues,
    /// All values belong to one cluster: nothing can be said about the spread between clusters.
    OneCluster,
    /// Fewer clusters than [`SMALL_SAMPLE_BELOW`].
    SmallSample,
    /// All cluster means are equal: the interval has no width, which overstates what is known.
    NoVariance,
}

impl StatWarningCode {
    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoValues => "NO_VALUES",
            Self::OneCluster => "ONE_CLUSTER",
            Self::SmallSample => "SMALL_SAMPLE",
            Self::NoVariance => "NO_VARIANCE",
        }
    }
}

/// Below this many clusters an interval leans on the values being roughly normal.
/// Source: the usual rule of thumb for the central limit theorem.
pub const SMALL_SAMPLE_BELOW: u64 = 30;

/// A warning with its sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatWarning {
    /// Stable code.
    pub code: StatWarningCode,
    /// For people; the wording may change.
    pub message: String,
}

/// Errors: `Confidence` unless 0 < `confidence` < 1.
fn check_confidence(confidence: f64) -> Result<(), StatsError> {
    if confidence > 0.0 && confidence < 1.0 { Ok(()) } else { Err(StatsError::Confidence) }
}
