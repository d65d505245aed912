//! Two models, or two runs, on the scenarios they share.

use serde::{Deserialize, Serialize};
use statrs::function::gamma::ln_gamma;

use super::clusters::{are_all_equal, cluster_means};
use super::mean::estimate_of;
use super::tails::t_two_sided;
use super::{MeanEstimate, Method, StatWarning, StatWarningCode, StatsError, check_confidence};

/// The shared scenarios of two models, repeats averaged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pairs {
    /// The scenarios, ascending.
    pub scenarios: Vec<u64>,
    /// Candidate − baseline, one per scenario; what only rounding tells from 0 is 0.
    pub differences: Vec<f64>,
    /// Scenarios of the baseline alone.
    pub only_baseline: u64,
    /// Scenarios of the candidate alone.
    pub only_candidate: u64,
    /// Values that went into the pairs, of both.
    pub values: u64,
}

/// Pairs the values, (scenario, value) each, of a baseline and a candidate by scenario.
///
/// Repeats are averaged first. Errors: `NotFinite`.
pub fn pair(baseline: &[(u64, f64)], candidate: &[(u64, f64)]) -> Result<Pairs, StatsError> {
    let (first, second) = (cluster_means(baseline)?, cluster_means(candidate)?);
    let (mut scenarios, mut differences, mut values) = (Vec::new(), Vec::new(), 0);
    let mut rest = second.iter().peekable();
    for left in &first {
        while rest.next_if(|right| right.cluster < left.cluster).is_some() {}
        if let Some(right) = rest.next_if(|right| right.cluster == left.cluster) {
            let difference = right.mean - left.mean;
            // Averages of repeats that are equal on paper may differ in their last digit.
            let noise = 1e-12 * left.mean.abs().max(right.mean.abs());
            scenarios.push(left.cluster);
            differences.push(if difference.abs() <= noise { 0.0 } else { difference });
            values += left.count + right.count;
        }
    }
    let shared = scenarios.len() as u64;
    let (only_baseline, only_candidate) = (first.len() as u64 - shared, second.len() as u64 - shared);
    Ok(Pairs { scenarios, differences, only_baseline, only_candidate, values })
}

/// Mean difference on shared scenarios, with its uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairedComparison {
    /// Candidate − baseline: `clusters` are the shared scenarios, the standard error is the paired one.
    pub difference: MeanEstimate,
    /// t of the paired test. `None` = fewer than two pairs, or no variance.
    pub t: Option<f64>,
    /// Two-sided p of the paired t test. `None` as `t`.
    pub p_value: Option<f64>,
    /// Cohen's d_z: mean difference / standard deviation of the differences. `None` as `t`.
    pub d_z: Option<f64>,
    /// Hedges' g_z: d_z without its bias in small samples. `None` as `t`.
    pub g_z: Option<f64>,
    /// Scenarios on which the candidate is higher.
    pub improved: u64,
    /// Scenarios on which the candidate is lower.
    pub regressed: u64,
    /// Scenarios on which both are the same.
    pub equal: u64,
    /// Scenarios of the baseline alone.
    pub only_baseline: u64,
    /// Scenarios of the candidate alone.
    pub only_candidate: u64,
}

/// Paired comparison of a baseline and a candidate on the scenarios they share.
///
/// The interval is mean difference ± t(pairs − 1) · standard error. Effect sizes are in standard
/// deviations *of the differences* (d_z), so they grow where the two go together; they are not
/// Cohen's d of two groups. "Improved" means a higher value: whoever calls knows what is better.
/// Errors: `Confidence`. Warns: those of a mean, `ManyMissing` for scenarios without a partner.
/// Source: Student (1908), Biometrika 6:1–25; d_z: Cohen (1988), Statistical Power Analysis, p. 48;
/// g: Hedges (1981), J. Educational Statistics 6:107–128.
pub fn compare_paired(pairs: &Pairs, confidence: f64) -> Result<PairedComparison, StatsError> {
    check_confidence(confidence)?;
    let differences = &pairs.differences;
    let mut difference = estimate_of(pairs.values, differences, confidence)?;
    difference.method = Method::exact("paired t interval over shared scenarios", 1);
    let alone = pairs.only_baseline + pairs.only_candidate;
    let all = alone + differences.len() as u64;
    difference.warnings.extend(StatWarning::if_many_missing(alone, all, "scenarios (without a partner)"));
    let freedom = differences.len() as f64 - 1.0;
    let (mut t, mut p_value, mut d_z) = (None, None, None);
    if let (Some(mean), Some(sd), Some(error)) = (difference.mean, difference.sd, difference.standard_error)
        && !are_all_equal(differences)
    {
        t = Some(mean / error);
        p_value = Some(t_two_sided(mean / error, freedom)?);
        d_z = Some(mean / sd);
    }
    let count = |is_such: fn(f64) -> bool| differences.iter().filter(|value| is_such(**value)).count() as u64;
    Ok(PairedComparison {
        difference,
        t,
        p_value,
        d_z,
        g_z: d_z.map(|d| d * small_sample_factor(freedom)).filter(|g| g.is_finite()),
        improved: count(|value| value > 0.0),
        regressed: count(|value| value < 0.0),
        equal: count(|value| value == 0.0),
        only_baseline: pairs.only_baseline,
        only_candidate: pairs.only_candidate,
    })
}

/// Γ(ν/2) / (√(ν/2) Γ((ν − 1)/2)): 0 for one degree of freedom, towards 1 for many.
fn small_sample_factor(freedom: f64) -> f64 {
    let half = freedom / 2.0;
    if freedom <= 1.0 { 0.0 } else { (ln_gamma(half) - ln_gamma(half - 0.5)).exp() / half.sqrt() }
}

/// `TooFewToReject` where even the clearest outcome of `pairs` pairs has p above `alpha`.
pub(super) fn if_too_few_to_reject(pairs: u64, alpha: f64) -> Option<StatWarning> {
    let least = 2.0 * 0.5_f64.powi(i32::try_from(pairs).unwrap_or(i32::MAX));
    (least > alpha).then(|| {
        let message = format!("With {pairs} differing pairs p cannot fall below {:.3}.", least.min(1.0));
        StatWarning::new(StatWarningCode::TooFewToReject, message)
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{compare_paired, pair};
    use crate::stats::StatWarningCode;

    #[test]
    fn only_shared_scenarios_are_compared_and_the_others_counted() {
        let baseline = [(1, 1.0), (1, 3.0), (2, 2.0), (4, 5.0), (5, 0.1 + 0.2)];
        let candidate = [(5, 0.3), (4, 4.0), (3, 9.0), (1, 4.0)];
        let pairs = pair(&baseline, &candidate).unwrap();
        assert_eq!((&pairs.scenarios[..], &pairs.differences[..]), (&[1, 4, 5][..], &[2.0, -1.0, 0.0][..]));
        let found = compare_paired(&pairs, 0.95).unwrap();
        assert_eq!((found.improved, found.regressed, found.equal), (1, 1, 1));
        assert_eq!((found.only_baseline, found.only_candidate, found.difference.n), (1, 1, 7));
        assert!(found.difference.warnings.iter().any(|warning| warning.code == StatWarningCode::ManyMissing));
    }

    #[test]
    fn the_same_difference_everywhere_has_no_test() {
        let pairs = pair(&[(1, 1.0), (2, 2.0)], &[(1, 2.0), (2, 3.0)]).unwrap();
        let found = compare_paired(&pairs, 0.95).unwrap();
        assert_eq!((found.difference.mean, found.p_value, found.d_z), (Some(1.0), None, None));
    }

    #[test]
    fn models_that_share_nothing_have_no_difference() {
        let found = compare_paired(&pair(&[(1, 1.0)], &[(2, 1.0)]).unwrap(), 0.95).unwrap();
        assert_eq!((found.difference.mean, found.improved, found.only_baseline), (None, 0, 1));
    }
}
