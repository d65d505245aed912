//! Means whose repeats are averaged before they count.

use serde::{Deserialize, Serialize};

use super::clusters::{are_all_equal, cluster_means, mean_and_sd};
use super::tails::t_critical;
use super::{Method, SMALL_SAMPLE_BELOW, StatWarning, StatWarningCode, StatsError, check_confidence};

/// A mean over clusters with its uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeanEstimate {
    /// Values that went in.
    pub n: u64,
    /// Clusters they belong to; the number of independent observations.
    pub clusters: u64,
    /// Mean of the cluster means. `None` = no values.
    pub mean: Option<f64>,
    /// Standard deviation of the cluster means (divisor clusters − 1). `None` = fewer than two.
    pub sd: Option<f64>,
    /// `sd` / √clusters. `None` = fewer than two clusters.
    pub standard_error: Option<f64>,
    /// Lower and upper end. `None` = fewer than two clusters.
    pub interval: Option<(f64, f64)>,
    /// How it was computed.
    pub method: Method,
    /// What to know before relying on it.
    pub warnings: Vec<StatWarning>,
}

/// Mean with a standard error clustered by scenario: the repeats of a cluster are averaged first
/// and each cluster mean counts once, so repeats never pass for independent observations.
///
/// `values` are (cluster, value); `confidence` lies in (0, 1), e.g. 0.95. The interval is
/// mean ± t(clusters − 1) · standard error. It does not depend on the order of the clusters.
/// Errors: `Confidence`, `NotFinite`.
/// Source: the summary-measures t interval, Student (1908), Biometrika 6:1–25, on cluster means as in
/// Donner & Klar (2000), Design and Analysis of Cluster Randomization Trials, ch. 6.
pub fn mean_clustered(values: &[(u64, f64)], confidence: f64) -> Result<MeanEstimate, StatsError> {
    check_confidence(confidence)?;
    let means: Vec<f64> = cluster_means(values)?.iter().map(|cluster| cluster.mean).collect();
    estimate_of(values.len() as u64, &means, confidence)
}

/// The estimate from what is left of each cluster. `n` says how many values that was.
pub(super) fn estimate_of(n: u64, means: &[f64], confidence: f64) -> Result<MeanEstimate, StatsError> {
    let clusters = means.len() as u64;
    let mut estimate = MeanEstimate {
        n,
        clusters,
        mean: None,
        sd: None,
        standard_error: None,
        interval: None,
        method: Method::exact("t interval over cluster means", 1),
        warnings: Vec::new(),
    };
    let Some((mean, sd)) = mean_and_sd(means) else {
        estimate.warn(StatWarningCode::NoValues, "There are no values, so there is no mean.");
        return Ok(estimate);
    };
    estimate.mean = Some(mean);
    let Some(sd) = sd else {
        let message = "All values belong to one scenario: no uncertainty can be given.";
        estimate.warn(StatWarningCode::OneCluster, message);
        return Ok(estimate);
    };
    let error = sd / (clusters as f64).sqrt();
    let reach = t_critical(confidence, (clusters - 1) as f64)? * error;
    estimate.sd = Some(sd);
    estimate.standard_error = Some(error);
    estimate.interval = Some((mean - reach, mean + reach));
    if clusters < SMALL_SAMPLE_BELOW {
        let message = format!("Only {clusters} scenarios: the interval assumes roughly normal values.");
        estimate.warn(StatWarningCode::SmallSample, message);
    }
    if are_all_equal(means) {
        let message = "All scenarios have the same mean: the interval has no width.";
        estimate.warn(StatWarningCode::NoVariance, message);
    }
    Ok(estimate)
}

impl MeanEstimate {
    fn warn(&mut self, code: StatWarningCode, message: impl Into<String>) {
        self.warnings.push(StatWarning::new(code, message));
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{MeanEstimate, mean_clustered};
    use crate::stats::{StatWarningCode, StatsError};

    fn close(found: Option<f64>, expected: f64) {
        let found = found.unwrap();
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    fn codes(estimate: &MeanEstimate) -> Vec<StatWarningCode> {
        estimate.warnings.iter().map(|warning| warning.code).collect()
    }

    // Expected: scipy 1.17.1, numpy.std(m, ddof=1), stats.sem(m) and
    // stats.t.interval(0.95, 3, mean(m), sem(m)) with m = [4.5, 2, 7/3, 5].
    #[test]
    fn repeats_are_averaged_before_they_count() {
        let values = [(1, 4.0), (1, 5.0), (2, 2.0), (3, 3.0), (3, 3.0), (3, 1.0), (4, 5.0)];
        let found = mean_clustered(&values, 0.95).unwrap();
        assert_eq!((found.n, found.clusters), (7, 4));
        close(found.mean, 3.458_333_333_333_333_5);
        close(found.sd, 1.511_529_762_268_087_7);
        close(found.standard_error, 0.755_764_881_134_043_8);
        close(found.interval.map(|interval| interval.0), 1.053_152_179_705_115);
        close(found.interval.map(|interval| interval.1), 5.863_514_486_961_552);
        assert_eq!(codes(&found), [StatWarningCode::SmallSample]);
    }

    // Expected: scipy 1.17.1, stats.t.interval(0.9, 1, 1.5, stats.sem([1, 2])).
    #[test]
    fn two_clusters_have_a_wide_interval() {
        let found = mean_clustered(&[(7, 1.0), (9, 2.0)], 0.9).unwrap();
        close(found.standard_error, 0.5);
        close(found.interval.map(|interval| interval.0), -1.656_875_757_337_522_3);
        close(found.interval.map(|interval| interval.1), 4.656_875_757_337_518);
    }

    #[test]
    fn no_values_have_no_mean_and_not_the_mean_zero() {
        let found = mean_clustered(&[], 0.95).unwrap();
        assert_eq!((found.n, found.mean, found.interval), (0, None, None));
        assert_eq!(codes(&found), [StatWarningCode::NoValues]);
    }

    #[test]
    fn repeats_of_one_scenario_have_a_mean_but_no_uncertainty() {
        for values in [&[(1, 4.0)][..], &[(1, 3.0), (1, 5.0)][..]] {
            let found = mean_clustered(values, 0.95).unwrap();
            assert_eq!((found.mean, found.sd, found.standard_error), (Some(4.0), None, None));
            assert_eq!(codes(&found), [StatWarningCode::OneCluster]);
        }
    }

    #[test]
    fn equal_values_have_an_interval_without_width_and_a_warning() {
        let values: Vec<_> = (0..40).map(|cluster| (cluster, 3.0)).collect();
        let found = mean_clustered(&values, 0.95).unwrap();
        assert_eq!(found.interval, Some((3.0, 3.0)));
        assert_eq!(codes(&found), [StatWarningCode::NoVariance]);
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(mean_clustered(&[(1, f64::NAN)], 0.95), Err(StatsError::NotFinite));
        for confidence in [0.0, 1.0, 95.0, f64::NAN] {
            assert_eq!(mean_clustered(&[(1, 1.0)], confidence), Err(StatsError::Confidence));
        }
    }
}
