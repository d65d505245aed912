//! Whether two models pass equally often on the same scenarios.

use serde::{Deserialize, Serialize};

use super::clusters::cluster_means;
use super::paired::if_too_few_to_reject;
use super::tails::fair_coin_at_most;
use super::{Method, StatWarning, StatWarningCode, StatsError};

/// Outcomes of two models on shared scenarios, and whether they differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct McNemarTest {
    /// Scenarios that both pass.
    pub both: u64,
    /// Scenarios that neither passes.
    pub neither: u64,
    /// Scenarios that the baseline alone passes.
    pub only_baseline: u64,
    /// Scenarios that the candidate alone passes.
    pub only_candidate: u64,
    /// Shared scenarios whose samples are split evenly, which decide neither way.
    pub undecided: u64,
    /// Scenarios of one of them alone.
    pub unpaired: u64,
    /// Two-sided p, in (0, 1]; 1 where no scenario tells them apart. `None` = no shared scenario.
    pub p_value: Option<f64>,
    /// How it was computed.
    pub method: Method,
    /// What to know before relying on it.
    pub warnings: Vec<StatWarning>,
}

/// Exact McNemar test of a baseline and a candidate, (scenario, passed) each.
///
/// Repeats of a scenario count as one: what most of them did. Only scenarios on which the two differ
/// tell anything: under the null hypothesis they are throws of a fair coin.
/// Errors: none but `NotFinite` of the distribution. Warns: `TooFewToReject` (at 0.05), `ManyMissing`.
/// Source: McNemar (1947), Psychometrika 12:153–157, with binomial instead of chi-squared tails.
pub fn mcnemar_exact(baseline: &[(u64, bool)], candidate: &[(u64, bool)]) -> Result<McNemarTest, StatsError> {
    let shares = |trials: &[(u64, bool)]| {
        let values: Vec<_> =
            trials.iter().map(|(cluster, passed)| (*cluster, f64::from(u8::from(*passed)))).collect();
        cluster_means(&values)
    };
    let (first, second) = (shares(baseline)?, shares(candidate)?);
    let (mut counts, mut undecided, mut shared) = ([0_u64; 4], 0, 0);
    let mut rest = second.iter().peekable();
    for left in &first {
        while rest.next_if(|right| right.cluster < left.cluster).is_some() {}
        let Some(right) = rest.next_if(|right| right.cluster == left.cluster) else { continue };
        shared += 1;
        if left.mean == 0.5 || right.mean == 0.5 {
            undecided += 1;
            continue;
        }
        let kind = 2 * usize::from(left.mean > 0.5) + usize::from(right.mean > 0.5);
        counts.iter_mut().skip(kind).take(1).for_each(|count| *count += 1);
    }
    let [neither, only_candidate, only_baseline, both] = counts;
    let differing = only_baseline + only_candidate;
    let p = (2.0 * fair_coin_at_most(only_baseline.min(only_candidate), differing)?).min(1.0);
    let unpaired = (first.len() + second.len()) as u64 - 2 * shared;
    let mut warnings: Vec<StatWarning> =
        StatWarning::if_many_missing(unpaired + undecided, shared + unpaired, "scenarios")
            .into_iter()
            .collect();
    if shared == 0 {
        let message = "No scenario is shared, so there is nothing to test.";
        warnings.push(StatWarning::new(StatWarningCode::NoValues, message));
    } else {
        warnings.extend(if_too_few_to_reject(differing, 0.05));
    }
    Ok(McNemarTest {
        both,
        neither,
        only_baseline,
        only_candidate,
        undecided,
        unpaired,
        p_value: (shared > 0).then_some(p),
        method: Method::exact("exact McNemar test", 1),
        warnings,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::mcnemar_exact;

    #[test]
    fn only_scenarios_on_which_they_differ_tell_anything() {
        let baseline: Vec<_> = (0..20).map(|scenario| (scenario, scenario < 10)).collect();
        let candidate: Vec<_> = (0..20).map(|scenario| (scenario, scenario < 17)).collect();
        let found = mcnemar_exact(&baseline, &candidate).unwrap();
        assert_eq!((found.both, found.neither, found.only_baseline, found.only_candidate), (10, 3, 0, 7));
        assert!((found.p_value.unwrap() - 2.0 / 128.0).abs() < 1e-12);
    }

    #[test]
    fn repeats_vote_and_a_split_vote_is_left_out() {
        let baseline = [(1, true), (1, true), (1, false), (2, true), (2, false), (3, true)];
        let candidate = [(1, false), (2, true), (4, true)];
        let found = mcnemar_exact(&baseline, &candidate).unwrap();
        assert_eq!((found.only_baseline, found.undecided, found.unpaired), (1, 1, 2));
        assert!((found.p_value.unwrap() - 1.0).abs() < 1e-12);
        assert_eq!(mcnemar_exact(&[], &[]).unwrap().p_value, None);
    }
}
