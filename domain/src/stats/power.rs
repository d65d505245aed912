//! How small a difference a paired comparison can detect.

use serde::{Deserialize, Serialize};

use super::error::check_probability;
use super::tails::{normal_below, t_critical};
use super::{Method, StatsError};

/// The usual power: a real difference is found four times of five.
pub const DEFAULT_POWER: f64 = 0.8;
/// The usual significance level, two-sided.
pub const DEFAULT_ALPHA: f64 = 0.05;

/// The smallest true mean difference that a test would find with the power asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DetectableDifference {
    /// Shared scenarios.
    pub pairs: u64,
    /// In the unit of the values, at least 0. `None` = fewer than two pairs.
    pub difference: Option<f64>,
    /// In standard deviations of the differences (d_z). `None` = fewer than two pairs.
    pub effect_size: Option<f64>,
    /// Standard deviation of the differences that was assumed or found.
    pub sd: f64,
    /// Two-sided significance level.
    pub alpha: f64,
    /// Chance of finding it.
    pub power: f64,
    /// How it was computed.
    pub method: Method,
}

/// Smallest mean difference that the two-sided paired t test on `pairs` scenarios finds with `power`
/// at level `alpha`, where differences have standard deviation `sd` ≥ 0 and are roughly normal.
///
/// Errors: `Probability` unless 0 < alpha < power < 1; `NotFinite` for a bad `sd`.
/// Source: Cohen (1988), Statistical Power Analysis, ch. 2, with the noncentral t distribution.
pub fn detectable_difference(
    pairs: u64,
    sd: f64,
    alpha: f64,
    power: f64,
) -> Result<DetectableDifference, StatsError> {
    check_probability("alpha", alpha)?;
    check_probability("power", power)?;
    if power <= alpha {
        return Err(StatsError::Probability("power less alpha"));
    }
    if !(sd.is_finite() && sd >= 0.0) {
        return Err(StatsError::NotFinite);
    }
    let effect_size = if pairs < 2 { None } else { Some(solve(pairs, alpha, power)?) };
    Ok(DetectableDifference {
        pairs,
        difference: effect_size.map(|effect| effect * sd),
        effect_size,
        sd,
        alpha,
        power,
        method: Method::exact("power of the paired t test", 1),
    })
}

/// Chance that the two-sided paired t test at level `alpha` rejects where the true effect is
/// `effect_size` (d_z). `None` = fewer than two pairs. Errors: `Probability`, `NotFinite`.
pub fn paired_power(effect_size: f64, pairs: u64, alpha: f64) -> Result<Option<f64>, StatsError> {
    check_probability("alpha", alpha)?;
    if !effect_size.is_finite() {
        return Err(StatsError::NotFinite);
    }
    if pairs < 2 {
        return Ok(None);
    }
    let freedom = (pairs - 1) as f64;
    let rule = ChiRule::new(freedom);
    Ok(Some(rule.rejects(t_critical(1.0 - alpha, freedom)?, effect_size * (pairs as f64).sqrt())))
}

fn solve(pairs: u64, alpha: f64, power: f64) -> Result<f64, StatsError> {
    let freedom = (pairs - 1) as f64;
    let rule = ChiRule::new(freedom);
    let critical = t_critical(1.0 - alpha, freedom)?;
    let (mut low, mut high) = (0.0, 1.0);
    while rule.rejects(critical, high) < power {
        low = high;
        high *= 2.0;
        if high > 1e12 {
            return Err(StatsError::NotConverged("the detectable difference"));
        }
    }
    // Power rises with the shift; halving until no number lies between costs about 50 steps.
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return Ok(middle / (pairs as f64).sqrt());
        }
        if rule.rejects(critical, middle) < power { low = middle } else { high = middle }
    }
}

/// Points and weights that average over u = √(χ²(ν)/ν), which a noncentral t is divided by.
struct ChiRule(Vec<(f64, f64)>);

/// Five-point Gauss–Legendre rule on [−1, 1].
const GAUSS: [(f64, f64); 5] = [
    (-0.906_179_845_938_664, 0.236_926_885_056_189_08),
    (-0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
    (0.0, 0.568_888_888_888_888_9),
    (0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
    (0.906_179_845_938_664, 0.236_926_885_056_189_08),
];
const PANELS: usize = 600;

impl ChiRule {
    fn new(freedom: f64) -> Self {
        // The density is negligible beyond 14 standard deviations, 1/√(2ν) each, of its centre.
        let reach = 14.0 / (2.0 * freedom).sqrt();
        let (low, high) = ((1.0 - reach).max(0.0), 1.0 + reach);
        let half = (high - low) / (2.0 * PANELS as f64);
        let points = (0..PANELS).flat_map(|panel| {
            let centre = low + half * (2 * panel + 1) as f64;
            GAUSS.iter().map(move |(place, weight)| (centre + half * place, weight))
        });
        // Relative to its value at 1, so that nothing overflows; the sum below makes it a density.
        let density = |u: f64| ((freedom - 1.0) * u.ln() - freedom * (u * u - 1.0) / 2.0).exp();
        let mut rule: Vec<(f64, f64)> = points.map(|(u, weight)| (u, weight * density(u))).collect();
        let total: f64 = rule.iter().map(|(_, weight)| weight).sum();
        rule.iter_mut().for_each(|(_, weight)| *weight /= total);
        Self(rule)
    }

    /// Chance that |T| exceeds `critical` where T is noncentral t with this shift.
    fn rejects(&self, critical: f64, shift: f64) -> f64 {
        let beyond = |u: f64| normal_below(shift - critical * u) + normal_below(-shift - critical * u);
        self.0.iter().map(|(u, weight)| weight * beyond(*u)).sum()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{detectable_difference, paired_power};

    // Expected: statsmodels 0.15.0, TTestPower().power(0.5, 34, 0.05).
    #[test]
    fn the_power_is_the_published_one() {
        let found = paired_power(0.5, 34, 0.05).unwrap().unwrap();
        assert!((found - 0.807_777_501_279_273_7).abs() < 1e-9, "{found}");
    }

    #[test]
    fn what_is_detectable_is_detected_with_just_that_power() {
        for pairs in [2, 3, 10, 1_000, 1_000_000] {
            let found = detectable_difference(pairs, 2.0, 0.05, 0.8).unwrap();
            let effect = found.effect_size.unwrap();
            assert!((paired_power(effect, pairs, 0.05).unwrap().unwrap() - 0.8).abs() < 1e-9);
            assert!((found.difference.unwrap() - 2.0 * effect).abs() < 1e-12);
        }
        assert_eq!(detectable_difference(1, 1.0, 0.05, 0.8).unwrap().difference, None);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(detectable_difference(10, 1.0, 0.05, 0.01).is_err());
        assert!(detectable_difference(10, -1.0, 0.05, 0.8).is_err());
        assert!(detectable_difference(10, 1.0, 5.0, 0.8).is_err());
    }
}
