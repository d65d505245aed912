//! Whether two models order scenarios alike.

use serde::{Deserialize, Serialize};

use super::clusters::{are_all_equal, mean_and_sd};
use super::tails::{t_two_sided, z_critical};
use super::{
    Interval, Method, SMALL_SAMPLE_BELOW, StatWarning, StatWarningCode, StatsError, check_confidence,
};

/// A rank correlation with its uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RankCorrelation {
    /// Pairs that went in.
    pub n: u64,
    /// In [−1, 1]. `None` = fewer than two pairs, or one side does not vary.
    pub rho: Option<f64>,
    /// Two-sided p of no association. `None` = fewer than three pairs, or no `rho`.
    pub p_value: Option<f64>,
    /// Both ends, within [−1, 1]. `None` = fewer than four pairs, or a perfect correlation.
    pub interval: Option<Interval>,
    /// How it was computed.
    pub method: Method,
    /// What to know before relying on it.
    pub warnings: Vec<StatWarning>,
}

/// Spearman's ρ of paired values, such as two models' means of the scenarios they share.
///
/// Equal values share the mean of their ranks. p goes by t with n − 2 degrees of freedom, the interval
/// by Fisher's z with standard error √((1 + ρ²/2)/(n − 3)). Pairs must be independent: average
/// repeats first. Errors: `Lengths`, `NotFinite`, `Confidence`.
/// Source: Spearman (1904), Am. J. Psychology 15:72–101; interval: Bonett & Wright (2000),
/// Psychometrika 65:23–28.
pub fn spearman(first: &[f64], second: &[f64], confidence: f64) -> Result<RankCorrelation, StatsError> {
    check_confidence(confidence)?;
    if first.len() != second.len() {
        return Err(StatsError::Lengths("the two sides of a correlation"));
    }
    if first.iter().chain(second).any(|value| !value.is_finite()) {
        return Err(StatsError::NotFinite);
    }
    let n = first.len() as f64;
    let mut found = RankCorrelation {
        n: first.len() as u64,
        rho: None,
        p_value: None,
        interval: None,
        method: Method::exact("Spearman rank correlation", 1),
        warnings: Vec::new(),
    };
    let mut warn = |code, message: String| found.warnings.push(StatWarning::new(code, message));
    if first.is_empty() {
        warn(StatWarningCode::NoValues, "There are no pairs.".into());
        return Ok(found);
    }
    if found.n < SMALL_SAMPLE_BELOW {
        warn(StatWarningCode::SmallSample, format!("Only {} pairs.", found.n));
    }
    if are_all_equal(first) || are_all_equal(second) {
        warn(StatWarningCode::NoVariance, "One side does not vary, so it has no order.".into());
        return Ok(found);
    }
    let rho = pearson(&midranks(first), &midranks(second)).clamp(-1.0, 1.0);
    found.rho = Some(rho);
    if n > 2.0 {
        let t = rho * ((n - 2.0) / ((1.0 - rho) * (1.0 + rho)).max(0.0)).sqrt();
        found.p_value = Some(if t.is_finite() { t_two_sided(t, n - 2.0)? } else { 0.0 });
    }
    if n > 3.0 && rho.abs() < 1.0 - 1e-12 {
        let reach = z_critical(confidence) * ((1.0 + rho * rho / 2.0) / (n - 3.0)).sqrt();
        let (low, high) = ((rho.atanh() - reach).tanh(), (rho.atanh() + reach).tanh());
        found.interval = Some(Interval { low, high });
    }
    Ok(found)
}

/// Ranks from 1; equal values share the mean of theirs.
pub(super) fn midranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0;
    for equal in order.chunk_by(|a, b| a.0 == b.0) {
        let rank = below as f64 + (equal.len() as f64 + 1.0) / 2.0;
        for (_, index) in equal {
            if let Some(place) = ranks.get_mut(*index) {
                *place = rank;
            }
        }
        below += equal.len();
    }
    ranks
}

fn pearson(first: &[f64], second: &[f64]) -> f64 {
    let centre = |values: &[f64]| mean_and_sd(values).map_or(0.0, |(mean, _)| mean);
    let (a, b) = (centre(first), centre(second));
    let sums = first.iter().zip(second).fold((0.0, 0.0, 0.0), |(both, left, right), (x, y)| {
        (both + (x - a) * (y - b), left + (x - a).powi(2), right + (y - b).powi(2))
    });
    sums.0 / (sums.1 * sums.2).sqrt()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{midranks, spearman};

    #[test]
    fn equal_values_share_their_ranks() {
        assert_eq!(midranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
        assert_eq!(midranks(&[0.0, -0.0, 1.0]), [1.5, 1.5, 3.0]);
    }

    #[test]
    fn the_same_order_is_a_perfect_correlation_without_an_interval() {
        let found = spearman(&[1.0, 2.0, 3.0, 9.0], &[1.0, 4.0, 5.0, 6.0], 0.95).unwrap();
        assert_eq!((found.rho, found.p_value, found.interval), (Some(1.0), Some(0.0), None));
    }

    #[test]
    fn what_does_not_vary_has_no_order() {
        assert_eq!(spearman(&[1.0, 1.0], &[1.0, 2.0], 0.95).unwrap().rho, None);
        assert_eq!(spearman(&[], &[], 0.95).unwrap().rho, None);
        assert!(spearman(&[1.0], &[], 0.95).is_err());
    }
}
