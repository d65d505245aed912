//! Intervals for rates.

use serde::{Deserialize, Serialize};

use super::tails::z_critical;
use super::{StatsError, check_confidence};

/// Both ends of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Wilson score interval for a rate, as fractions in [0, 1] (not percent).
///
/// Unlike mean ± z·SE it stays inside [0, 1], also at 0 or all passes. `confidence` lies in
/// (0, 1), e.g. 0.95. Trials must be independent; repeats of one scenario are not.
/// Errors: `NoTrials` when `trials` is 0, `TooManyPasses`, `Confidence`. Never returns NaN.
/// Source: Wilson (1927), J. Am. Stat. Assoc. 22:209–212,
/// <https://doi.org/10.1080/01621459.1927.10502953>.
pub fn wilson_interval(passes: u64, trials: u64, confidence: f64) -> Result<Interval, StatsError> {
    check_confidence(confidence)?;
    if trials == 0 {
        return Err(StatsError::NoTrials);
    }
    if passes > trials {
        return Err(StatsError::TooManyPasses);
    }
    let reached = score_interval(passes as f64 / trials as f64, trials as f64, z_critical(confidence));
    // At the edges the formula gives 0 and 1 exactly; rounding alone would miss them.
    let low = if passes == 0 { 0.0 } else { reached.low };
    let high = if passes == trials { 1.0 } else { reached.high };
    Ok(Interval { low, high })
}

/// All rates from which `rate` lies at most `quantile` standard errors away, where the error is that
/// of `n` trials at the rate asked about (n need not be whole).
pub(super) fn score_interval(rate: f64, n: f64, quantile: f64) -> Interval {
    let square = quantile * quantile;
    let shrink = 1.0 + square / n;
    let centre = (rate + square / (2.0 * n)) / shrink;
    let reach = quantile / shrink * (rate * (1.0 - rate) / n + square / (4.0 * n * n)).sqrt();
    Interval { low: (centre - reach).max(0.0), high: (centre + reach).min(1.0) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::wilson_interval;
    use crate::stats::StatsError;

    // Expected: scipy 1.17.1, stats.binomtest(k, n).proportion_ci(confidence, method="wilson").
    #[test]
    fn the_interval_is_the_published_one() {
        let cases = [
            (0, 10, 0.95, 0.0, 0.277_532_799_862_889_26),
            (10, 10, 0.95, 0.722_467_200_137_110_7, 1.0),
            (7, 10, 0.95, 0.396_778_147_461_145_26, 0.892_208_732_593_699),
            (1, 1, 0.95, 0.206_549_314_377_237_45, 1.0),
            (130, 1000, 0.99, 0.105_026_905_837_245_64, 0.159_850_556_191_275_44),
        ];
        for (passes, trials, confidence, low, high) in cases {
            let found = wilson_interval(passes, trials, confidence).unwrap();
            assert!((found.low - low).abs() < 1e-9, "{passes}/{trials}: {found:?}");
            assert!((found.high - high).abs() < 1e-9, "{passes}/{trials}: {found:?}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(wilson_interval(0, 0, 0.95), Err(StatsError::NoTrials));
        assert_eq!(wilson_interval(2, 1, 0.95), Err(StatsError::TooManyPasses));
        assert_eq!(wilson_interval(1, 2, 95.0), Err(StatsError::Confidence));
    }
}
