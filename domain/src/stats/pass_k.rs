//! Success within k tries, and in all of k tries.

use serde::{Deserialize, Serialize};

use super::clusters::for_each_cluster;
use super::mean::estimate_of;
use super::{Interval, MeanEstimate, Method, StatWarning, StatsError, check_confidence, scale_interval};

/// A chance over k tries, averaged over scenarios.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PassK {
    /// How many tries.
    pub k: u64,
    /// The chance, in [0, 1], averaged over the scenarios with at least k samples.
    pub estimate: MeanEstimate,
    /// Interval within [0, 1] (see [`scale_interval`]). `None` = fewer than two scenarios.
    pub interval: Option<Interval>,
    /// Scenarios with fewer than k samples.
    pub left_out: u64,
}

/// pass@k: the chance that at least one of k samples passes, without bias, 1 − C(n − c, k) / C(n, k)
/// for c passes of n samples of a scenario, averaged over scenarios.
///
/// `trials` are (scenario, passed). Samples of a scenario must be independent of each other.
/// Errors: `Confidence`, `NoTrials` where `k` is 0. Warns: those of a mean, `ManyMissing` for
/// scenarios with fewer than k samples.
/// Source: Chen et al. (2021), arXiv:2107.03374, eq. 1.
pub fn pass_at_k(trials: &[(u64, bool)], k: u64, confidence: f64) -> Result<PassK, StatsError> {
    over_scenarios(trials, k, confidence, "pass@k, unbiased", any_of)
}

/// pass^k: the chance that all of k samples pass, without bias, C(c, k) / C(n, k), averaged over
/// scenarios. Input, errors and warnings as [`pass_at_k`].
/// Source: Yao et al. (2024), "τ-bench", arXiv:2406.12045.
pub fn pass_hat_k(trials: &[(u64, bool)], k: u64, confidence: f64) -> Result<PassK, StatsError> {
    over_scenarios(trials, k, confidence, "pass^k, unbiased", all_of)
}

/// Chance that k of n samples hold one of c passes. A product, since binomials would overflow.
fn any_of(n: u64, c: u64, k: u64) -> f64 {
    1.0 - all_of(n, n - c, k)
}

/// Chance that k of n samples are all among c passes.
fn all_of(n: u64, c: u64, k: u64) -> f64 {
    if c < k {
        return 0.0;
    }
    (0..k).map(|taken| (c - taken) as f64 / (n - taken) as f64).product()
}

fn over_scenarios(
    trials: &[(u64, bool)],
    k: u64,
    confidence: f64,
    name: &str,
    chance: fn(u64, u64, u64) -> f64,
) -> Result<PassK, StatsError> {
    check_confidence(confidence)?;
    if k == 0 {
        return Err(StatsError::NoTrials);
    }
    let (mut chances, mut samples, mut left_out) = (Vec::new(), 0, 0);
    for_each_cluster(trials, |_, trials| {
        let n = trials.len() as u64;
        if n < k {
            left_out += 1;
            return;
        }
        let passes = trials.iter().filter(|(_, passed)| *passed).count() as u64;
        chances.push(chance(n, passes, k));
        samples += n;
    });
    let mut estimate = estimate_of(samples, &chances, confidence)?;
    estimate.method = Method::exact(name, 1);
    let all = left_out + estimate.clusters;
    let what = format!("scenarios (with fewer than {k} samples)");
    estimate.warnings.extend(StatWarning::if_many_missing(left_out, all, &what));
    let interval = scale_interval(&estimate, 0.0, 1.0, confidence)?;
    Ok(PassK { k, estimate, interval, left_out })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{all_of, any_of, pass_at_k, pass_hat_k};

    #[test]
    fn chances_are_those_of_drawing_without_putting_back() {
        // 5 samples, 2 passes: of 10 pairs 7 hold a pass and 1 holds both.
        assert!((any_of(5, 2, 2) - 0.7).abs() < 1e-12);
        assert!((all_of(5, 2, 2) - 0.1).abs() < 1e-12);
        assert_eq!((any_of(5, 0, 3), any_of(5, 4, 2), all_of(5, 5, 5)), (0.0, 1.0, 1.0));
    }

    #[test]
    fn scenarios_with_too_few_samples_are_left_out_and_counted() {
        let trials = [(1, true), (1, false), (2, true), (2, true), (3, true)];
        let found = pass_at_k(&trials, 2, 0.95).unwrap();
        assert_eq!((found.estimate.mean, found.left_out), (Some(1.0), 1));
        assert_eq!(pass_hat_k(&trials, 2, 0.95).unwrap().estimate.mean, Some(0.5));
        assert!(pass_at_k(&trials, 0, 0.95).is_err());
    }
}
