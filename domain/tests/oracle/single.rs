//! What is said of one model.

use domain::stats::{
    Interval, MeanEstimate, PassK, StatsError, mean_clustered, rate_clustered, retest_agreement,
    scale_interval,
};
use serde_json::Value;

use super::compare::{Check, trials, values};

/// Trials, k and confidence.
type PassKOf = fn(&[(u64, bool)], u64, f64) -> Result<PassK, StatsError>;

pub(crate) fn estimate(found: &MeanEstimate, check: &mut Check<'_>) {
    check.is("mean", found.mean);
    check.is("sd", found.sd);
    check.is("standard_error", found.standard_error);
    check.interval("interval", found.interval.map(|(low, high)| Interval { low, high }));
}

pub(crate) fn mean(given: &Value, check: &mut Check<'_>) {
    let confidence = given["confidence"].as_f64().unwrap();
    estimate(&mean_clustered(&values(&given["values"]), confidence).unwrap(), check);
}

pub(crate) fn scale(given: &Value, check: &mut Check<'_>) {
    let number = |key: &str| given[key].as_f64().unwrap();
    let found = mean_clustered(&values(&given["values"]), number("confidence")).unwrap();
    let interval = scale_interval(&found, number("low"), number("high"), number("confidence")).unwrap();
    check.interval("interval", interval);
}

pub(crate) fn rate(given: &Value, check: &mut Check<'_>) {
    let found = rate_clustered(&trials(&given["trials"]), 0.95).unwrap();
    check.is("rate", found.rate);
    check.is("standard_error", found.standard_error);
    check.interval("interval", found.interval);
}

pub(crate) fn retest(given: &Value, check: &mut Check<'_>) {
    let decisions: Vec<(u64, i64)> =
        values(&given["values"]).into_iter().map(|(cluster, value)| (cluster, value as i64)).collect();
    let found = retest_agreement(&decisions, 0.95).unwrap();
    estimate(&found.agreement, check);
    check.interval("scale", found.interval);
}

pub(crate) fn pass_k(given: &Value, check: &mut Check<'_>, compute: PassKOf) {
    let found = compute(&trials(&given["trials"]), given["k"].as_u64().unwrap(), 0.95).unwrap();
    estimate(&found.estimate, check);
    check.interval("scale", found.interval);
}
