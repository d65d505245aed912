//! Statistics that carry their uncertainty and name their method. Missing is never 0: what cannot
//! be computed is `None`, with a warning that says why. `docs/statistics.md` describes all of them.

mod adjust;
mod alpha;
mod bradley_terry;
mod clusters;
mod counterbalance;
mod disagreement;
mod distribution;
mod draws;
mod error;
mod fractional;
mod kappa;
mod mcnemar;
mod mean;
mod method;
mod paired;
mod pass_k;
mod permutation;
mod power;
mod rate;
mod regression;
mod retest;
mod scale;
mod spearman;
mod tails;
mod warning;
mod wilson;

pub use adjust::{benjamini_hochberg, holm};
pub use alpha::{Alpha, AlphaMetric, krippendorff_alpha};
pub use bradley_terry::{BradleyTerry, Comparison, PairOutcome, Strength, bradley_terry};
pub use counterbalance::{COUNTERBALANCE_METHOD, Counterbalance, counterbalanced_orders};
pub use disagreement::{
    ContestedScenario, Disagreement, Distance, ModelDistance, OUTLIER_ABOVE, Rating, disagreement,
};
pub use distribution::distribution;
pub use draws::Draws;
pub use error::StatsError;
pub use fractional::{
    DesignKind, FractionalDesign, LOW_EFFICIENCY_BELOW, design_efficiency, fractional_design,
};
pub use kappa::{Kappa, KappaWeights, weighted_kappa};
pub use mcnemar::{McNemarTest, mcnemar_exact};
pub use mean::{MeanEstimate, mean_clustered};
pub use method::Method;
pub use paired::{PairedComparison, Pairs, compare_paired, pair};
pub use pass_k::{PassK, pass_at_k, pass_hat_k};
pub use permutation::{PERMUTATION_EXACT_MAX, PermutationTest, permutation_test};
pub use power::{DEFAULT_ALPHA, DEFAULT_POWER, DetectableDifference, detectable_difference, paired_power};
pub use rate::{RateEstimate, ValueOutcome, WinRate, rate_clustered, win_rate};
pub use regression::{Coding, Coefficient, Factor, FactorEffect, Observations, Regression, regress};
pub use retest::{RetestAgreement, retest_agreement};
pub use scale::scale_interval;
pub use spearman::{RankCorrelation, spearman};
pub use warning::{FEW_CLUSTERS_BELOW, MANY_MISSING_ABOVE, SMALL_SAMPLE_BELOW, StatWarning, StatWarningCode};
pub use wilson::{Interval, wilson_interval};

pub(crate) use clusters::{ClusterMean, cluster_means};
use error::check_confidence;
