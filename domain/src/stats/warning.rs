//! What a reader of a statistic must know before relying on it.

use serde::{Deserialize, Serialize};

/// Why a statistic is to be read with care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StatWarningCode {
    /// There are no values.
    NoValues,
    /// All values belong to one cluster: nothing can be said about the spread between clusters.
    OneCluster,
    /// Fewer independent observations than [`SMALL_SAMPLE_BELOW`].
    SmallSample,
    /// Fewer clusters than [`FEW_CLUSTERS_BELOW`]: a robust standard error is itself uncertain.
    FewClusters,
    /// All values are equal: an interval has no width, which overstates what is known.
    NoVariance,
    /// More than [`MANY_MISSING_ABOVE`] of what was asked for could not be used.
    ManyMissing,
    /// Groups are of very different sizes: the smallest has less than a third of the largest.
    Unbalanced,
    /// Some effects cannot be told apart in these data; the message names them.
    Collinear,
    /// Too many resamples had no answer: an interval would be too narrow and is not given.
    UnstableResampling,
    /// The data cannot reach significance however they fall: there are too few of them.
    TooFewToReject,
    /// A sample cannot estimate what it should without loss; the message says how much is lost.
    LowEfficiency,
}

impl StatWarningCode {
    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoValues => "NO_VALUES",
            Self::OneCluster => "ONE_CLUSTER",
            Self::SmallSample => "SMALL_SAMPLE",
            Self::FewClusters => "FEW_CLUSTERS",
            Self::NoVariance => "NO_VARIANCE",
            Self::ManyMissing => "MANY_MISSING",
            Self::Unbalanced => "UNBALANCED",
            Self::Collinear => "COLLINEAR",
            Self::UnstableResampling => "UNSTABLE_RESAMPLING",
            Self::TooFewToReject => "TOO_FEW_TO_REJECT",
            Self::LowEfficiency => "LOW_EFFICIENCY",
        }
    }
}

/// Below this many independent observations an interval leans on the values being roughly normal.
/// Source: the usual rule of thumb for the central limit theorem.
pub const SMALL_SAMPLE_BELOW: u64 = 30;

/// Below this many clusters the plain cluster-robust standard error (CR1) is too small.
/// Source: Angrist & Pischke (2009), Mostly Harmless Econometrics, ch. 8, for the number; Cameron & Miller
/// (2015), J. Human Resources 50:317–372, section VI, for why.
pub const FEW_CLUSTERS_BELOW: u64 = 42;

/// Above this share of missing values a warning says so: who is missing may not be chance.
pub const MANY_MISSING_ABOVE: f64 = 0.1;

/// A warning with its sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatWarning {
    /// Stable code.
    pub code: StatWarningCode,
    /// For people; the wording may change.
    pub message: String,
}

impl StatWarning {
    pub(super) fn new(code: StatWarningCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// `ManyMissing` where more than [`MANY_MISSING_ABOVE`] of `all` are missing.
    pub(super) fn if_many_missing(missing: u64, all: u64, what: &str) -> Option<Self> {
        let is_many = all > 0 && missing as f64 / all as f64 > MANY_MISSING_ABOVE;
        is_many.then(|| {
            Self::new(StatWarningCode::ManyMissing, format!("{missing} of {all} {what} could not be used."))
        })
    }

    /// `Unbalanced` where the smallest group has less than a third of the largest.
    pub(super) fn if_unbalanced(sizes: impl IntoIterator<Item = u64>, what: &str) -> Option<Self> {
        let (low, high) =
            sizes.into_iter().fold((u64::MAX, 0), |(low, high), size| (low.min(size), high.max(size)));
        (high > 0 && low.saturating_mul(3) < high).then(|| {
            Self::new(StatWarningCode::Unbalanced, format!("{what} have between {low} and {high} values."))
        })
    }
}
