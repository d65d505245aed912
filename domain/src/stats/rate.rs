//! Rates whose trials come in clusters, and how often a value wins.

use serde::{Deserialize, Serialize};

use super::clusters::for_each_cluster;
use super::scale::{effective_trials, share_interval};
use super::tails::z_critical;
use super::wilson::score_interval;
use super::{
    Interval, Method, SMALL_SAMPLE_BELOW, StatWarning, StatWarningCode, StatsError, check_confidence,
};

/// A rate with its uncertainty, as fractions in [0, 1].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RateEstimate {
    /// Trials that passed.
    pub passes: u64,
    /// All trials.
    pub trials: u64,
    /// Clusters they belong to.
    pub clusters: u64,
    /// `passes` / `trials`. `None` = no trials.
    pub rate: Option<f64>,
    /// Standard error, clustered. `None` = fewer than two clusters.
    pub standard_error: Option<f64>,
    /// How many independent trials would tell as much; at most `trials`. `None` = no interval.
    pub effective_trials: Option<f64>,
    /// Both ends, within [0, 1]. `None` = no trials, or several trials of one cluster.
    pub interval: Option<Interval>,
    /// How it was computed.
    pub method: Method,
    /// What to know before relying on it.
    pub warnings: Vec<StatWarning>,
}

/// Rate of passes with a Wilson interval that knows of clusters.
///
/// `trials` are (cluster, passed). With one trial per cluster it is [`super::wilson_interval`]. With
/// repeats it is the same formula with the number of independent trials that would have the clustered
/// standard error, and t of clusters − 1 instead of z; but never wider than with one trial per cluster,
/// which is the interval where all or none pass. The standard error is that of a ratio, with the factor G/(G − 1): what an
/// ordinary regression on a constant with clustered errors (CR1) gives. It stays in [0, 1].
/// Errors: `Confidence`.
/// Source: Korn & Graubard (1998), Survey Methodology 24:193–201; Wilson (1927); clusters of unequal
/// size: Kish (1965), Survey Sampling.
pub fn rate_clustered(trials: &[(u64, bool)], confidence: f64) -> Result<RateEstimate, StatsError> {
    check_confidence(confidence)?;
    let mut groups: Vec<(f64, f64)> = Vec::new();
    for_each_cluster(trials, |_, trials| {
        let passes = trials.iter().filter(|(_, passed)| *passed).count();
        groups.push((passes as f64, trials.len() as f64));
    });
    let passes = trials.iter().filter(|(_, passed)| *passed).count() as u64;
    let mut estimate = RateEstimate {
        passes,
        trials: trials.len() as u64,
        clusters: groups.len() as u64,
        rate: None,
        standard_error: None,
        effective_trials: None,
        interval: None,
        method: Method::exact("Wilson interval with effective trials", 1),
        warnings: Vec::new(),
    };
    if trials.is_empty() {
        let message = "There are no trials, so there is no rate.";
        estimate.warnings.push(StatWarning::new(StatWarningCode::NoValues, message));
        return Ok(estimate);
    }
    let n = trials.len() as f64;
    let clusters = groups.len() as f64;
    let rate = passes as f64 / n;
    estimate.rate = Some(rate);
    if groups.len() > 1 {
        let squares: f64 = groups.iter().map(|(passes, size)| (passes - rate * size).powi(2)).sum();
        estimate.standard_error = Some((clusters / (clusters - 1.0) * squares).sqrt() / n);
    }
    let (effective, found) = match estimate.standard_error {
        _ if groups.len() == trials.len() => (n, score_interval(rate, n, z_critical(confidence))),
        Some(error) => {
            // As many as there were clusters, were they of equal size (Kish): samples that always agree.
            let least = n * n / groups.iter().map(|(_, size)| size * size).sum::<f64>();
            let effective = effective_trials(rate, error, least).min(n);
            (effective, share_interval(rate, effective, least, clusters - 1.0, confidence)?)
        }
        None => {
            let message = "All trials belong to one scenario: no uncertainty can be given.";
            estimate.warnings.push(StatWarning::new(StatWarningCode::OneCluster, message));
            return Ok(estimate);
        }
    };
    // At the edges the formula gives 0 and 1 exactly; rounding alone would miss them.
    let low = if passes == 0 { 0.0 } else { found.low };
    let high = if passes == estimate.trials { 1.0 } else { found.high };
    estimate.effective_trials = Some(effective);
    estimate.interval = Some(Interval { low, high });
    if estimate.clusters < SMALL_SAMPLE_BELOW {
        let message = format!("Only {} scenarios.", estimate.clusters);
        estimate.warnings.push(StatWarning::new(StatWarningCode::SmallSample, message));
    }
    if passes == 0 || passes == estimate.trials {
        let message = "All trials have the same outcome.";
        estimate.warnings.push(StatWarning::new(StatWarningCode::NoVariance, message));
    }
    Ok(estimate)
}

/// What a transcript did with a value of its definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueOutcome {
    /// It put the value before another.
    Prioritised,
    /// It put another before the value.
    Deprioritised,
    /// It weighed them equally.
    Neutral,
}

/// How often a value wins where it is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WinRate {
    /// Transcripts that prioritised it.
    pub prioritised: u64,
    /// Transcripts that deprioritised it.
    pub deprioritised: u64,
    /// Transcripts that weighed it equally.
    pub neutral: u64,
    /// prioritised / (prioritised + deprioritised + neutral), clustered by scenario.
    pub rate: RateEstimate,
}

/// Win rate of a value: prioritised / (prioritised + deprioritised + neutral).
///
/// `outcomes` are (scenario, outcome); transcripts that do not name the value are not among them.
/// Errors: `Confidence`. Source: [`rate_clustered`].
pub fn win_rate(outcomes: &[(u64, ValueOutcome)], confidence: f64) -> Result<WinRate, StatsError> {
    let count = |wanted| outcomes.iter().filter(|(_, outcome)| *outcome == wanted).count() as u64;
    let trials: Vec<(u64, bool)> =
        outcomes.iter().map(|(cluster, outcome)| (*cluster, *outcome == ValueOutcome::Prioritised)).collect();
    Ok(WinRate {
        prioritised: count(ValueOutcome::Prioritised),
        deprioritised: count(ValueOutcome::Deprioritised),
        neutral: count(ValueOutcome::Neutral),
        rate: rate_clustered(&trials, confidence)?,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{ValueOutcome, rate_clustered, win_rate};
    use crate::stats::wilson_interval;

    #[test]
    fn without_repeats_it_is_the_plain_wilson_interval() {
        let trials: Vec<_> = (0..10).map(|cluster| (cluster, cluster < 7)).collect();
        let found = rate_clustered(&trials, 0.95).unwrap();
        assert_eq!(found.interval, Some(wilson_interval(7, 10, 0.95).unwrap()));
    }

    #[test]
    fn repeats_of_a_scenario_that_always_agree_add_nothing() {
        let trials: Vec<_> = (0..100).map(|index| (index / 10, index < 70)).collect();
        let found = rate_clustered(&trials, 0.95).unwrap();
        assert_eq!(found.effective_trials, Some(10.0));
        let width = |low: f64, high: f64| high - low;
        let plain = wilson_interval(7, 10, 0.95).unwrap();
        let interval = found.interval.unwrap();
        assert!(width(interval.low, interval.high) >= width(plain.low, plain.high));
    }

    #[test]
    fn one_scenario_repeated_has_a_rate_but_no_interval() {
        let found = rate_clustered(&[(1, true), (1, false)], 0.95).unwrap();
        assert_eq!((found.rate, found.interval), (Some(0.5), None));
    }

    #[test]
    fn a_value_weighed_equally_counts_in_the_denominator() {
        let outcomes = [(1, ValueOutcome::Prioritised), (2, ValueOutcome::Neutral)];
        let found = win_rate(&outcomes, 0.95).unwrap();
        assert_eq!((found.rate.rate, found.deprioritised), (Some(0.5), 0));
    }
}
