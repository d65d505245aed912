//! How often a model decides the same when it is asked again.

use serde::{Deserialize, Serialize};

use super::clusters::for_each_cluster;
use super::mean::estimate_of;
use super::{Interval, MeanEstimate, Method, StatWarning, StatsError, check_confidence, scale_interval};

/// Agreement of a model with itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RetestAgreement {
    /// Chance that two samples of a scenario agree, in [0, 1], averaged over scenarios; its `n` are
    /// the samples compared.
    pub agreement: MeanEstimate,
    /// Interval within [0, 1] (see [`scale_interval`]). `None` = fewer than two scenarios.
    pub interval: Option<Interval>,
    /// Scenarios whose samples all agree.
    pub unanimous: u64,
    /// Scenarios with a single sample, which say nothing about it.
    pub left_out: u64,
}

/// Test–retest agreement: per scenario the share of pairs of samples that decided the same, averaged
/// over the scenarios with two samples and more.
///
/// `decisions` are (scenario, decision); only equality counts, so any code of a decision will do. It
/// is not corrected for chance: a model that always says the same agrees perfectly.
/// Errors: `Confidence`. Warns: those of a mean, `ManyMissing` for scenarios with a single sample.
/// Source: the observed agreement of Fleiss (1971), Psychological Bulletin 76:378–382.
pub fn retest_agreement<T: Ord + Copy>(
    decisions: &[(u64, T)],
    confidence: f64,
) -> Result<RetestAgreement, StatsError> {
    check_confidence(confidence)?;
    let (mut shares, mut samples, mut unanimous, mut left_out) = (Vec::new(), 0, 0, 0);
    for_each_cluster(decisions, |_, decisions| {
        let n = decisions.len();
        if n < 2 {
            left_out += 1;
            return;
        }
        let mut given: Vec<T> = decisions.iter().map(|(_, decision)| *decision).collect();
        given.sort_unstable();
        let pairs: usize = given.chunk_by(|a, b| a == b).map(|same| same.len() * (same.len() - 1)).sum();
        shares.push(pairs as f64 / (n * (n - 1)) as f64);
        samples += n as u64;
        unanimous += u64::from(pairs == n * (n - 1));
    });
    let mut agreement = estimate_of(samples, &shares, confidence)?;
    agreement.method = Method::exact("test-retest agreement of sample pairs", 1);
    let all = left_out + agreement.clusters;
    agreement.warnings.extend(StatWarning::if_many_missing(left_out, all, "scenarios (with one sample)"));
    let interval = scale_interval(&agreement, 0.0, 1.0, confidence)?;
    Ok(RetestAgreement { agreement, interval, unanimous, left_out })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::retest_agreement;
    use crate::stats::StatWarningCode;

    #[test]
    fn pairs_of_samples_are_compared_within_scenarios() {
        let found =
            retest_agreement(&[(1, 'a'), (1, 'a'), (1, 'b'), (2, 'c'), (2, 'c'), (3, 'a')], 0.95).unwrap();
        assert!((found.agreement.mean.unwrap() - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!((found.unanimous, found.left_out, found.agreement.n), (1, 1, 5));
        assert!(found.agreement.warnings.iter().any(|warning| warning.code == StatWarningCode::ManyMissing));
    }

    #[test]
    fn single_samples_have_no_agreement_rather_than_a_perfect_one() {
        let found = retest_agreement(&[(1, 3), (2, 3)], 0.95).unwrap();
        assert_eq!((found.agreement.mean, found.left_out), (None, 2));
    }
}
