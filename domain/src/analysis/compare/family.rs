//! A family of paired comparisons: pure functions of numbers.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Adjustment, verdict::Verdict};
use crate::stats::{
    DEFAULT_POWER, DetectableDifference, Draws, McNemarTest, MeanEstimate, Method, PairedComparison,
    PermutationTest, StatWarning, StatsError, benjamini_hochberg, compare_paired, detectable_difference,
    holm, mcnemar_exact, mean_clustered, pair, permutation_test,
};

/// The values of one side: `(scenario, value)`, one per sample.
pub type Samples = [(u64, f64)];

/// How a family is compared.
#[derive(Copy, Clone, Debug)]
pub struct Settings<'a> {
    /// Of each interval, in (0, 1). What is left to 1 is the level α of the tests.
    pub confidence: f64,
    /// For how many comparisons there are.
    pub adjustment: Adjustment,
    /// Whether 1 is passed and 0 is not, where there is nothing between.
    pub is_binary: bool,
    /// Of the permutation test; `None` = it is left out, and the t test decides.
    pub draws: Option<Draws<'a>>,
}

/// A test of a family.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tested {
    /// Of this comparison alone. `None` = there is no test of these data.
    pub p_value: Option<f64>,
    /// Adjusted for the family.
    pub p_adjusted: Option<f64>,
    /// How it was computed.
    pub method: Method,
    /// What to know before relying on it.
    pub warnings: Vec<StatWarning>,
}

/// What a baseline and a candidate are beside each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairFindings {
    /// Difference, interval, effect sizes and counts.
    pub paired: PairedComparison,
    /// The baseline on the shared scenarios.
    pub baseline: MeanEstimate,
    /// The candidate on the shared scenarios.
    pub candidate: MeanEstimate,
    /// Paired t test.
    pub t_test: Tested,
    /// Sign-flip permutation test. `None` = it was not asked for.
    pub permutation: Option<Tested>,
    /// Exact McNemar test. `None` = the values are not all 0 or 1.
    pub mcnemar: Option<McNemarTest>,
    /// McNemar's p, adjusted for the family.
    pub mcnemar_p_adjusted: Option<f64>,
    /// The smallest true difference that the t test would have found with power 0.8, at α divided by the
    /// tests of the family. `None` = fewer than two shared scenarios, or all differences are equal.
    pub detectable: Option<DetectableDifference>,
    /// What it says: by the permutation test where there is one, else by the t test.
    pub verdict: Verdict,
}

impl PairFindings {
    /// The test that the verdict is by.
    pub fn deciding(&self) -> &Tested {
        self.permutation.as_ref().unwrap_or(&self.t_test)
    }
}

/// Compares each (baseline, candidate), and adjusts for all of them together.
///
/// Errors: `Confidence`, `NotFinite`, `TooFewRounds` below 999.
pub fn compare_family(
    pairs: &[(&Samples, &Samples)],
    settings: &Settings<'_>,
) -> Result<Vec<PairFindings>, StatsError> {
    let mut found = pairs.iter().map(|(a, b)| compare_one(a, b, settings)).collect::<Result<Vec<_>, _>>()?;
    let adjust = |p: &[Option<f64>]| match settings.adjustment {
        Adjustment::Holm => holm(p),
        Adjustment::BenjaminiHochberg => benjamini_hochberg(p),
    };
    let p_of = |of: fn(&PairFindings) -> Option<f64>| found.iter().map(of).collect::<Vec<_>>();
    let t = adjust(&p_of(|pair| pair.t_test.p_value))?;
    let permutation = adjust(&p_of(|pair| pair.permutation.as_ref()?.p_value))?;
    let mcnemar = adjust(&p_of(|pair| pair.mcnemar.as_ref()?.p_value))?;
    let alpha = 1.0 - settings.confidence;
    let tests = found.iter().filter(|pair| pair.deciding().p_value.is_some()).count().max(1);
    // The effect in standard deviations depends on the number of pairs alone, and finding it takes
    // longer than everything else about a small pair.
    let mut effects: HashMap<u64, DetectableDifference> = HashMap::new();
    for (pair, ((t, permutation), mcnemar)) in
        found.iter_mut().zip(t.into_iter().zip(permutation).zip(mcnemar))
    {
        pair.t_test.p_adjusted = t;
        if let Some(test) = &mut pair.permutation {
            test.p_adjusted = permutation;
        }
        pair.mcnemar_p_adjusted = mcnemar;
        pair.verdict = verdict_of(pair, alpha);
        let shared = pair.paired.difference.clusters;
        if let Some(sd) = pair.paired.difference.sd.filter(|sd| *sd > 0.0) {
            let unit = match effects.get(&shared) {
                Some(unit) => unit.clone(),
                None => detectable_difference(shared, 1.0, alpha / tests as f64, DEFAULT_POWER)?,
            };
            effects.insert(shared, unit.clone());
            pair.detectable = Some(DetectableDifference {
                difference: unit.effect_size.map(|effect| effect * sd),
                sd,
                ..unit
            });
        }
    }
    Ok(found)
}

fn compare_one(
    baseline: &Samples,
    candidate: &Samples,
    settings: &Settings<'_>,
) -> Result<PairFindings, StatsError> {
    let pairs = pair(baseline, candidate)?;
    let paired = compare_paired(&pairs, settings.confidence)?;
    let shared = |samples: &Samples| {
        let is_shared = |(scenario, _): &&(u64, f64)| pairs.scenarios.binary_search(scenario).is_ok();
        let values: Vec<(u64, f64)> = samples.iter().filter(is_shared).copied().collect();
        mean_clustered(&values, settings.confidence)
    };
    let permutation = settings.draws.map(|draws| permutation_test(&pairs.differences, draws)).transpose()?;
    let is_binary = settings.is_binary && are_binary(baseline) && are_binary(candidate);
    let mcnemar = is_binary
        .then(|| mcnemar_exact(&passed(baseline), &passed(candidate)))
        .transpose()?
        .filter(|found| found.p_value.is_some());
    let t_test = Tested {
        p_value: paired.p_value,
        p_adjusted: None,
        method: Method { name: "paired t test".into(), version: 1, seed: None, rounds: None },
        warnings: Vec::new(),
    };
    Ok(PairFindings {
        baseline: shared(baseline)?,
        candidate: shared(candidate)?,
        paired,
        t_test,
        permutation: permutation.map(Tested::from),
        mcnemar,
        mcnemar_p_adjusted: None,
        detectable: None,
        verdict: Verdict::NotTestable,
    })
}

impl From<PermutationTest> for Tested {
    fn from(test: PermutationTest) -> Self {
        let PermutationTest { p_value, method, warnings, .. } = test;
        Self { p_value, p_adjusted: None, method, warnings }
    }
}

fn are_binary(samples: &Samples) -> bool {
    samples.iter().all(|(_, value)| *value == 0.0 || *value == 1.0)
}

fn passed(samples: &Samples) -> Vec<(u64, bool)> {
    samples.iter().map(|(scenario, value)| (*scenario, *value == 1.0)).collect()
}

fn verdict_of(pair: &PairFindings, alpha: f64) -> Verdict {
    // Rounding must not turn 1 − 0.95 into less than 0.05.
    let is_found = |p: f64| p <= alpha * (1.0 + 1e-9);
    match (pair.deciding().p_adjusted, pair.paired.difference.mean) {
        (Some(p), Some(mean)) if is_found(p) && mean > 0.0 => Verdict::CandidateHigher,
        (Some(p), Some(mean)) if is_found(p) && mean < 0.0 => Verdict::CandidateLower,
        (Some(_), Some(_)) => Verdict::NoDetectableDifference,
        // All equal: no test, and nothing that one could find.
        (None, Some(_))
            if pair.paired.difference.clusters > 1 && pair.paired.improved + pair.paired.regressed == 0 =>
        {
            Verdict::NoDetectableDifference
        }
        _ => Verdict::NotTestable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::StatWarningCode;

    fn settings() -> Settings<'static> {
        Settings {
            confidence: 0.95,
            adjustment: Adjustment::Holm,
            is_binary: false,
            draws: Some(Draws::new(9_999, 7)),
        }
    }

    /// 40 scenarios with two samples each, around 3; `shift` on top of it.
    fn samples(shift: f64) -> Vec<(u64, f64)> {
        let value = |scenario: u64, sample: u64| 3.0 + (scenario * 7 % 5) as f64 / 5.0 + sample as f64 / 10.0;
        let jitter =
            |scenario: u64| if shift == 0.0 { 0.0 } else { (scenario * 13 % 11) as f64 / 20.0 - 0.25 };
        (0..80).map(|index| (index / 2, value(index / 2, index % 2) + shift + jitter(index / 2))).collect()
    }

    #[test]
    fn a_clear_difference_is_found_and_a_family_costs() {
        let (a, b, c) = (samples(0.0), samples(0.4), samples(0.02));
        let found = compare_family(&[(&a, &b), (&a, &c), (&b, &c)], &settings()).unwrap();
        assert_eq!(found[0].verdict, Verdict::CandidateHigher);
        assert_eq!(found[1].verdict, Verdict::NoDetectableDifference);
        assert_eq!(found[2].verdict, Verdict::CandidateLower);
        let (alone, together) = (compare_family(&[(&a, &c)], &settings()).unwrap(), &found[1]);
        let level = |pair: &PairFindings| pair.detectable.as_ref().unwrap().alpha;
        assert!((level(together) - 0.05 / 3.0).abs() < 1e-12 && (level(&alone[0]) - 0.05).abs() < 1e-12);
        assert!(
            together.detectable.as_ref().unwrap().difference
                > alone[0].detectable.as_ref().unwrap().difference
        );
        let alone: Vec<_> = found.iter().map(|pair| pair.t_test.p_value).collect();
        let adjusted: Vec<_> = found.iter().map(|pair| pair.t_test.p_adjusted).collect();
        assert_eq!(adjusted, holm(&alone).unwrap());
        let looser = Settings { adjustment: Adjustment::BenjaminiHochberg, ..settings() };
        let looser = compare_family(&[(&a, &b), (&a, &c), (&b, &c)], &looser).unwrap();
        let adjusted: Vec<_> = looser.iter().map(|pair| pair.t_test.p_adjusted).collect();
        assert_eq!(adjusted, benjamini_hochberg(&alone).unwrap());
        assert!(
            found[1].words().starts_with("no detectable difference; could have seen "),
            "{}",
            found[1].words()
        );
        assert!(found[0].words().starts_with("higher by 0."), "{}", found[0].words());
    }

    #[test]
    fn the_figures_are_those_of_the_statistics() {
        let (a, b) = (samples(0.0), samples(0.4));
        let found = &compare_family(&[(&a, &b)], &settings()).unwrap()[0];
        let pairs = pair(&a, &b).unwrap();
        assert_eq!(found.paired, compare_paired(&pairs, 0.95).unwrap());
        assert_eq!(found.t_test.p_value, found.paired.p_value);
        let permuted = permutation_test(&pairs.differences, Draws::new(9_999, 7)).unwrap();
        assert_eq!(found.permutation.as_ref().unwrap().p_value, permuted.p_value);
        assert_eq!(found.deciding().method.seed, Some(7));
        let whole = detectable_difference(40, found.paired.difference.sd.unwrap(), 0.05, 0.8).unwrap();
        let scaled = found.detectable.as_ref().unwrap();
        assert!((whole.difference.unwrap() - scaled.difference.unwrap()).abs() < 1e-12);
    }

    #[test]
    fn means_are_those_of_the_shared_scenarios() {
        let a = [(1, 1.0), (2, 2.0), (3, 9.0)];
        let b = [(1, 2.0), (2, 4.0), (4, 9.0)];
        let found = &compare_family(&[(&a, &b)], &settings()).unwrap()[0];
        assert_eq!((found.baseline.mean, found.candidate.mean), (Some(1.5), Some(3.0)));
        assert_eq!((found.paired.only_baseline, found.paired.only_candidate), (1, 1));
        assert_eq!(found.verdict, Verdict::NoDetectableDifference, "two pairs can never be significant");
        let codes: Vec<_> = found.deciding().warnings.iter().map(|warning| warning.code).collect();
        assert!(codes.contains(&StatWarningCode::TooFewToReject));
    }

    #[test]
    fn mcnemar_is_for_what_passes_or_fails_alone() {
        let a: Vec<_> = (0..20).map(|scenario| (scenario, f64::from(u8::from(scenario < 8)))).collect();
        let b: Vec<_> = (0..20).map(|scenario| (scenario, f64::from(u8::from(scenario < 17)))).collect();
        let binary = Settings { is_binary: true, ..settings() };
        let found = &compare_family(&[(&a, &b)], &binary).unwrap()[0];
        let mcnemar = found.mcnemar.as_ref().unwrap();
        assert_eq!((mcnemar.only_baseline, mcnemar.only_candidate), (0, 9));
        assert_eq!(found.mcnemar_p_adjusted, mcnemar.p_value);
        let graded: Vec<_> = a.iter().map(|(scenario, value)| (*scenario, value / 2.0)).collect();
        assert_eq!(compare_family(&[(&graded, &b)], &binary).unwrap()[0].mcnemar, None);
        assert_eq!(compare_family(&[(&a, &b)], &settings()).unwrap()[0].mcnemar, None);
    }

    #[test]
    fn what_cannot_be_tested_says_so() {
        let none: [(u64, f64); 0] = [];
        let found = compare_family(&[(&none, &[(1, 1.0)])], &settings()).unwrap();
        assert_eq!(
            (found[0].verdict, found[0].words().as_str()),
            (Verdict::NotTestable, "no scenario in common")
        );
        let found =
            compare_family(&[(&[(1, 1.0)], &[(1, 3.0)])], &Settings { draws: None, ..settings() }).unwrap();
        assert_eq!(found[0].verdict, Verdict::NotTestable);
        let equal: Vec<_> = (0..9).map(|scenario| (scenario, 2.0)).collect();
        let found = compare_family(&[(&equal, &equal)], &Settings { draws: None, ..settings() }).unwrap();
        assert_eq!(found[0].words(), "no detectable difference");
        assert_eq!(found[0].detectable, None, "no spread says nothing about what could be seen");
        assert!(compare_family(&[(&equal, &equal)], &Settings { confidence: 95.0, ..settings() }).is_err());
    }
}
