//! Intervals for the mean of a scale whose ends are known.

use super::tails::{t_critical, z_critical};
use super::wilson::score_interval;
use super::{Interval, MeanEstimate, StatsError, check_confidence};

/// Interval for a mean on a scale from `low` to `high`, which stays on the scale.
///
/// A mean near an end of its scale is skewed, and there its standard error goes with it: a t interval
/// of few scenarios then misses on the far side (docs/statistics.md has the measurement). This
/// one asks which means μ would have come this close, with a variance that falls towards the ends as
/// (μ − low)(high − μ), scaled to the variance that was found. It is Wilson's interval with the
/// trials that would have the standard error found, and t of clusters − 1 instead of z. It never is
/// wider than Wilson's with one trial per scenario, which no spread on the scale can exceed; that is the
/// interval where scenarios do not differ at all.
///
/// `None` = fewer than two clusters. Errors: `Confidence`, `Scale` where `low` is not below `high` or
/// the mean lies outside.
/// Source: Korn & Graubard (1998), Survey Methodology 24:193–201 (effective size with t), on Wilson
/// (1927); the variance function: Wedderburn (1974), Biometrika 61:439–447.
pub fn scale_interval(
    estimate: &MeanEstimate,
    low: f64,
    high: f64,
    confidence: f64,
) -> Result<Option<Interval>, StatsError> {
    check_confidence(confidence)?;
    let (Some(mean), Some(error)) = (estimate.mean, estimate.standard_error) else { return Ok(None) };
    let width = high - low;
    // Rounding may put the mean of equal values a digit beyond the end.
    let slack = 1e-12 * width;
    if !(width > 0.0 && width.is_finite() && mean >= low - slack && mean <= high + slack) {
        return Err(StatsError::Scale);
    }
    let share = ((mean - low) / width).clamp(0.0, 1.0);
    let clusters = estimate.clusters as f64;
    let trials = effective_trials(share, error / width, clusters);
    let found = share_interval(share, trials, clusters, clusters - 1.0, confidence)?;
    Ok(Some(Interval { low: low + width * found.low, high: low + width * found.high }))
}

/// How many independent yes-or-no trials would have this standard error; at least `least`, and that
/// where there is no error at all.
pub(super) fn effective_trials(share: f64, error: f64, least: f64) -> f64 {
    // What rounding leaves of no error is none.
    if error > 1e-12 { (share * (1.0 - share) / (error * error)).max(least) } else { least }
}

/// Wilson's interval with `trials` and t, but no wider than with `least` trials and z: there the
/// variance is the largest possible and nothing about it is estimated.
pub(super) fn share_interval(
    share: f64,
    trials: f64,
    least: f64,
    freedom: f64,
    confidence: f64,
) -> Result<Interval, StatsError> {
    let found = score_interval(share, trials, t_critical(confidence, freedom)?);
    let widest = score_interval(share, least, z_critical(confidence));
    Ok(Interval { low: found.low.max(widest.low), high: found.high.min(widest.high) })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::scale_interval;
    use crate::stats::{StatsError, mean_clustered};

    #[test]
    fn the_interval_stays_on_the_scale_and_reaches_further_from_the_near_end() {
        let values = [(1, 1.0), (2, 1.0), (3, 1.0), (4, 1.0), (5, 3.0)];
        let mean = mean_clustered(&values, 0.95).unwrap();
        let found = scale_interval(&mean, 1.0, 5.0, 0.95).unwrap().unwrap();
        assert!(mean.interval.unwrap().0 < 1.0, "the t interval leaves the scale");
        assert!(found.low >= 1.0 && found.high - 1.4 > 1.4 - found.low, "{found:?}");
    }

    #[test]
    fn equal_values_do_not_pass_for_certainty() {
        let mean = mean_clustered(&[(1, 1.0), (2, 1.0), (3, 1.0)], 0.95).unwrap();
        let found = scale_interval(&mean, 1.0, 5.0, 0.95).unwrap().unwrap();
        assert!((found.low - 1.0).abs() < 1e-9 && found.high > 2.5, "{found:?}");
    }

    #[test]
    fn a_mean_off_its_scale_is_refused() {
        let mean = mean_clustered(&[(1, 6.0), (2, 7.0)], 0.95).unwrap();
        assert_eq!(scale_interval(&mean, 1.0, 5.0, 0.95), Err(StatsError::Scale));
        assert_eq!(scale_interval(&mean, 5.0, 5.0, 0.95), Err(StatsError::Scale));
    }
}
