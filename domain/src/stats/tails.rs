//! Quantiles and tail probabilities of the distributions that the tests need.

use statrs::distribution::{
    Binomial, Continuous, ContinuousCDF, DiscreteCDF, FisherSnedecor, Normal, StudentsT,
};

use super::StatsError;

/// The point below which a standard normal value lies with this probability.
pub(super) fn normal_quantile(probability: f64) -> f64 {
    Normal::standard().inverse_cdf(probability)
}

/// The probability of a standard normal value of at most `z`.
pub(super) fn normal_below(z: f64) -> f64 {
    Normal::standard().cdf(z)
}

/// The point that |z| stays below with probability `confidence`.
pub(super) fn z_critical(confidence: f64) -> f64 {
    normal_quantile(f64::midpoint(1.0, confidence))
}

/// The point below which a t value lies with this probability. `freedom` > 0, also fractional.
pub(super) fn t_quantile(probability: f64, freedom: f64) -> Result<f64, StatsError> {
    let t = students_t(freedom)?;
    let mut x = t.inverse_cdf(probability);
    // The library inverts to fewer digits than its distribution function has; Newton restores them.
    for _ in 0..3 {
        let step = (t.cdf(x) - probability) / t.pdf(x);
        if step.is_finite() {
            x -= step;
        }
    }
    Ok(x)
}

/// The point that |t| stays below with probability `confidence`.
pub(super) fn t_critical(confidence: f64, freedom: f64) -> Result<f64, StatsError> {
    t_quantile(f64::midpoint(1.0, confidence), freedom)
}

/// The probability of a t value at least as far from 0 as `t`.
pub(super) fn t_two_sided(t: f64, freedom: f64) -> Result<f64, StatsError> {
    Ok((2.0 * students_t(freedom)?.sf(t.abs())).min(1.0))
}

/// The probability of an F value of at least `f`.
pub(super) fn f_upper(f: f64, numerator: f64, denominator: f64) -> Result<f64, StatsError> {
    let distribution = FisherSnedecor::new(numerator, denominator).map_err(|_| StatsError::NotFinite)?;
    Ok(distribution.sf(f.max(0.0)).clamp(0.0, 1.0))
}

/// The probability of at most `count` heads in `trials` throws of a fair coin.
pub(super) fn fair_coin_at_most(count: u64, trials: u64) -> Result<f64, StatsError> {
    Ok(Binomial::new(0.5, trials).map_err(|_| StatsError::NotFinite)?.cdf(count))
}

fn students_t(freedom: f64) -> Result<StudentsT, StatsError> {
    StudentsT::new(0.0, 1.0, freedom).map_err(|_| StatsError::NotFinite)
}
