//! Agreement of any number of models, with values missing.

use serde::{Deserialize, Serialize};

use super::clusters::for_each_cluster;
use super::draws::quantile_of_sorted;
use super::spearman::midranks;
use super::{
    Draws, Interval, Method, SMALL_SAMPLE_BELOW, StatWarning, StatWarningCode, StatsError, check_confidence,
};

/// What tells two values apart, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlphaMetric {
    /// Equal or not.
    Nominal,
    /// By how many values lie between them.
    Ordinal,
    /// By the square of their difference.
    Interval,
}

/// Krippendorff's alpha with its uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alpha {
    /// Scenarios with at least two values.
    pub units: u64,
    /// Values in them.
    pub values: u64,
    /// Scenarios with a single value, which say nothing about agreement.
    pub left_out: u64,
    /// 1 = perfect, 0 = as by chance. `None` = nothing to compare, or no value differs from another.
    pub alpha: Option<f64>,
    /// Percentile bootstrap over scenarios. `None` = not asked for, no alpha, or unstable.
    pub interval: Option<Interval>,
    /// How it was computed.
    pub method: Method,
    /// What to know before relying on it.
    pub warnings: Vec<StatWarning>,
}

/// What a scenario adds to the disagreement seen and to that expected.
struct Unit {
    size: f64,
    /// Pairs of its values, each by how much it differs, over size − 1.
    within: f64,
    /// How often each category occurs in it: for equality.
    counts: Vec<(usize, f64)>,
    /// Σ x and Σ x²: for squared differences.
    sums: (f64, f64),
}

/// Krippendorff's α of `values`, (scenario, value) each, by whichever models; missing ones are absent.
///
/// With `draws` an interval: scenarios are drawn with replacement and α is computed anew (ordinal
/// distances stay those of all the data). Errors: `Confidence`, `NotFinite`, `TooFewRounds` below
/// 1,000. Warns: `NoVariance`, `ManyMissing` for scenarios with one value, `UnstableResampling`.
/// Source: Krippendorff (2019), Content Analysis, 4th ed., ch. 12; an ordinal difference is that of the
/// mean ranks, so that no table of values by values is needed. The bootstrap over units follows Zapf
/// et al. (2016), BMC Medical Research Methodology 16:93.
pub fn krippendorff_alpha(
    values: &[(u64, f64)],
    metric: AlphaMetric,
    confidence: f64,
    draws: Option<Draws<'_>>,
) -> Result<Alpha, StatsError> {
    check_confidence(confidence)?;
    if values.iter().any(|(_, value)| !value.is_finite()) {
        return Err(StatsError::NotFinite);
    }
    if let Some(draws) = draws.filter(|draws| draws.rounds < 1_000) {
        return Err(StatsError::TooFewRounds { given: draws.rounds, least: 1_000 });
    }
    let (mut paired, mut left_out): (Vec<(u64, f64)>, u64) = (Vec::new(), 0);
    for_each_cluster(
        values,
        |_, values| {
            if values.len() > 1 { paired.extend(values) } else { left_out += 1 }
        },
    );
    let units = units_of(&paired, metric);
    let mut found = Alpha {
        units: units.len() as u64,
        values: paired.len() as u64,
        left_out,
        alpha: alpha_of(units.iter(), metric, &mut Vec::new()),
        interval: None,
        method: match draws {
            Some(draws) => Method::drawn(name(metric), 1, draws.seed, draws.rounds),
            None => Method::exact(name(metric), 1),
        },
        warnings: Vec::new(),
    };
    found.warnings.extend(StatWarning::if_many_missing(
        left_out,
        left_out + found.units,
        "scenarios (one value)",
    ));
    let mut warn = |code, message: String| found.warnings.push(StatWarning::new(code, message));
    if units.is_empty() {
        warn(StatWarningCode::NoValues, "No scenario has two values.".into());
    } else if found.alpha.is_none() {
        warn(StatWarningCode::NoVariance, "All values are equal: there was nothing to disagree on.".into());
    } else if found.units < SMALL_SAMPLE_BELOW {
        warn(StatWarningCode::SmallSample, format!("Only {} scenarios.", found.units));
    }
    let Some(draws) = draws.filter(|_| found.alpha.is_some()) else { return Ok(found) };
    let made = draws.run(Vec::new, |room, generator| {
        let drawn: Vec<&Unit> = (0..units.len())
            .filter_map(|_| units.get(generator.below(units.len() as u64) as usize))
            .collect();
        alpha_of(drawn.into_iter(), metric, room)
    });
    let mut alphas: Vec<f64> = made.into_iter().flatten().collect();
    alphas.sort_by(f64::total_cmp);
    let tail = (1.0 - confidence) / 2.0;
    let failed = draws.rounds - alphas.len() as u64;
    if failed as f64 / draws.rounds as f64 > tail {
        let message = format!("{failed} of {} resamples had no alpha.", draws.rounds);
        found.warnings.push(StatWarning::new(StatWarningCode::UnstableResampling, message));
    } else if let (Some(low), Some(high)) =
        (quantile_of_sorted(&alphas, tail), quantile_of_sorted(&alphas, 1.0 - tail))
    {
        found.interval = Some(Interval { low, high });
    }
    Ok(found)
}

fn name(metric: AlphaMetric) -> &'static str {
    match metric {
        AlphaMetric::Nominal => "Krippendorff's alpha, nominal",
        AlphaMetric::Ordinal => "Krippendorff's alpha, ordinal",
        AlphaMetric::Interval => "Krippendorff's alpha, interval",
    }
}

fn units_of(paired: &[(u64, f64)], metric: AlphaMetric) -> Vec<Unit> {
    let raw: Vec<f64> = paired.iter().map(|(_, value)| *value).collect();
    let mut placed = match metric {
        AlphaMetric::Interval => raw,
        AlphaMetric::Ordinal | AlphaMetric::Nominal => midranks(&raw),
    };
    // Differences do not depend on the origin; near it their squares keep their digits.
    let centre = placed.iter().sum::<f64>() / placed.len().max(1) as f64;
    let mut distinct = placed.clone();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    let category = |value: f64| distinct.partition_point(|other| *other < value);
    let is_nominal = metric == AlphaMetric::Nominal;
    let codes: Vec<usize> =
        if is_nominal { placed.iter().map(|value| category(*value)).collect() } else { Vec::new() };
    placed.iter_mut().for_each(|value| *value -= centre);
    let mut units = Vec::new();
    let mut from = 0;
    for values in paired.chunk_by(|a, b| a.0 == b.0) {
        let range = from..from + values.len();
        from = range.end;
        let size = values.len() as f64;
        let own = placed.get(range.clone()).unwrap_or_default();
        let mut sorted = codes.get(range).unwrap_or_default().to_vec();
        sorted.sort_unstable();
        let counts: Vec<(usize, f64)> = sorted
            .chunk_by(|a, b| a == b)
            .filter_map(|same| same.first().map(|code| (*code, same.len() as f64)))
            .collect();
        let mean = own.iter().sum::<f64>() / size;
        let apart = if is_nominal {
            size * size - counts.iter().map(|(_, count)| count * count).sum::<f64>()
        } else {
            // Over all ordered pairs, (x − y)² sums to 2 m Σ (x − mean)².
            2.0 * size * own.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
        };
        let squares = own.iter().map(|value| value * value).sum();
        units.push(Unit { size, within: apart / (size - 1.0), counts, sums: (own.iter().sum(), squares) });
    }
    units
}

/// 1 − seen / expected. `room` is for counts, so that rounds need not allocate.
fn alpha_of<'a>(
    units: impl Iterator<Item = &'a Unit>,
    metric: AlphaMetric,
    room: &mut Vec<f64>,
) -> Option<f64> {
    room.clear();
    let (mut n, mut seen, mut sum, mut squares) = (0.0, 0.0, 0.0, 0.0);
    for unit in units {
        n += unit.size;
        seen += unit.within;
        sum += unit.sums.0;
        squares += unit.sums.1;
        for (category, count) in &unit.counts {
            if room.len() <= *category {
                room.resize(category + 1, 0.0);
            }
            if let Some(total) = room.get_mut(*category) {
                *total += count;
            }
        }
    }
    let apart = match metric {
        AlphaMetric::Nominal => n * n - room.iter().map(|count| count * count).sum::<f64>(),
        AlphaMetric::Ordinal | AlphaMetric::Interval => 2.0 * (n * squares - sum * sum),
    };
    // What rounding leaves where all values are equal is no disagreement.
    (n > 1.0 && apart > 1e-12 * n * squares.max(f64::MIN_POSITIVE)).then(|| 1.0 - seen * (n - 1.0) / apart)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{AlphaMetric, krippendorff_alpha};
    use crate::stats::{Draws, StatWarningCode};

    #[test]
    fn scenarios_with_a_single_value_say_nothing() {
        let values = [(1, 1.0), (1, 1.0), (2, 3.0), (2, 3.0), (3, 5.0)];
        for metric in [AlphaMetric::Nominal, AlphaMetric::Ordinal, AlphaMetric::Interval] {
            let found = krippendorff_alpha(&values, metric, 0.95, None).unwrap();
            assert_eq!((found.alpha, found.units, found.left_out), (Some(1.0), 2, 1));
        }
    }

    #[test]
    fn where_nothing_differs_there_is_no_alpha() {
        for metric in [AlphaMetric::Nominal, AlphaMetric::Ordinal, AlphaMetric::Interval] {
            let found =
                krippendorff_alpha(&[(1, 0.1), (1, 0.1), (2, 0.1), (2, 0.1)], metric, 0.95, None).unwrap();
            assert_eq!(found.alpha, None);
            assert_eq!(found.warnings[0].code, StatWarningCode::NoVariance);
        }
    }

    #[test]
    fn the_interval_surrounds_alpha_and_repeats_with_its_seed() {
        let values: Vec<(u64, f64)> = (0..200).map(|i| (i / 4, ((i * 7 + i / 4 * 3) % 5) as f64)).collect();
        let draws = Draws::new(1_000, 5);
        let found = krippendorff_alpha(&values, AlphaMetric::Ordinal, 0.95, Some(draws)).unwrap();
        let (alpha, interval) = (found.alpha.unwrap(), found.interval.unwrap());
        assert!(interval.low < alpha && alpha < interval.high, "{found:?}");
        let alone = Draws { threads: 1, ..draws };
        assert_eq!(found, krippendorff_alpha(&values, AlphaMetric::Ordinal, 0.95, Some(alone)).unwrap());
        let few = Draws::new(10, 5);
        assert!(krippendorff_alpha(&values, AlphaMetric::Ordinal, 0.95, Some(few)).is_err());
    }
}
