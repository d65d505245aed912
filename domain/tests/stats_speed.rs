//! How long the statistics of 100,000 transcripts take. A measurement, not a test:
//!
//! ```text
//! cargo test --release -p domain --test stats_speed -- --ignored --nocapture
//! ```

#![expect(clippy::unwrap_used, reason = "tests")]
#![expect(clippy::print_stdout, reason = "what was measured is to be read")]

use std::time::Instant;

use domain::stats::{
    AlphaMetric, Coding, Comparison, Distance, Draws, Factor, KappaWeights, Observations, PairOutcome,
    Rating, bradley_terry, compare_paired, disagreement, distribution, krippendorff_alpha, mcnemar_exact,
    mean_clustered, pair, pass_at_k, pass_hat_k, permutation_test, rate_clustered, regress, retest_agreement,
    scale_interval, spearman, weighted_kappa,
};

/// 10 models × 1,000 scenarios × 10 samples; dimensions of 5, 5, 4 and 10 levels.
const MODELS: u32 = 10;
const SCENARIOS: u64 = 1_000;
const SAMPLES: u64 = 10;

fn timed<T>(what: &str, total: &mut f64, call: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let made = call();
    let seconds = start.elapsed().as_secs_f64();
    *total += seconds;
    println!("{:>8.1} ms  {what}", seconds * 1_000.0);
    made
}

fn decision(model: u32, scenario: u64, sample: u64) -> f64 {
    let mixed = (scenario * 31 + u64::from(model) * 17 + sample * 7 + scenario * sample % 13) * 2_654_435_761;
    ((mixed >> 7) % 5 + 1) as f64
}

#[test]
#[ignore = "a measurement"]
fn the_statistics_of_100_000_transcripts() {
    let runs: Vec<Vec<(u64, f64)>> = (0..MODELS)
        .map(|model| {
            let scenarios =
                (0..SCENARIOS).flat_map(|scenario| (0..SAMPLES).map(move |sample| (scenario, sample)));
            scenarios.map(|(scenario, sample)| (scenario, decision(model, scenario, sample))).collect()
        })
        .collect();
    let passes: Vec<Vec<(u64, bool)>> = runs
        .iter()
        .map(|run| run.iter().map(|(scenario, value)| (*scenario, *value > 2.0)).collect())
        .collect();
    let pairs = || (0..MODELS as usize).flat_map(|a| (a + 1..MODELS as usize).map(move |b| (a, b)));
    let mut plain = 0.0;
    timed("10 means, intervals on the scale, distributions", &mut plain, || {
        for run in &runs {
            let mean = mean_clustered(run, 0.95).unwrap();
            scale_interval(&mean, 1.0, 5.0, 0.95).unwrap();
            distribution(run.iter().map(|(_, value)| *value as i64));
        }
    });
    timed("10 test-retest agreements, rates, pass@3, pass^3", &mut plain, || {
        for (run, passes) in runs.iter().zip(&passes) {
            let codes: Vec<(u64, i64)> =
                run.iter().map(|(scenario, value)| (*scenario, *value as i64)).collect();
            retest_agreement(&codes, 0.95).unwrap();
            rate_clustered(passes, 0.95).unwrap();
            pass_at_k(passes, 3, 0.95).unwrap();
            pass_hat_k(passes, 3, 0.95).unwrap();
        }
    });
    let compared = timed("45 paired comparisons, McNemar, Spearman, kappa", &mut plain, || {
        pairs()
            .map(|(a, b)| {
                let paired = pair(&runs[a], &runs[b]).unwrap();
                compare_paired(&paired, 0.95).unwrap();
                mcnemar_exact(&passes[a], &passes[b]).unwrap();
                let values = |run: &[(u64, f64)]| -> Vec<f64> {
                    run.iter().step_by(SAMPLES as usize).map(|(_, value)| *value).collect()
                };
                let (first, second) = (values(&runs[a]), values(&runs[b]));
                spearman(&first, &second, 0.95).unwrap();
                let both: Vec<(usize, usize)> =
                    first.iter().zip(&second).map(|(a, b)| (*a as usize - 1, *b as usize - 1)).collect();
                weighted_kappa(&both, 5, KappaWeights::Quadratic, 0.95).unwrap();
                paired.differences
            })
            .collect::<Vec<_>>()
    });
    let all: Vec<(u64, f64)> = runs.iter().flatten().copied().collect();
    timed("Krippendorff's alpha, three metrics", &mut plain, || {
        for metric in [AlphaMetric::Nominal, AlphaMetric::Ordinal, AlphaMetric::Interval] {
            krippendorff_alpha(&all, metric, 0.95, None).unwrap();
        }
    });
    timed("contested scenarios and outlier models, both distances", &mut plain, || {
        let ratings: Vec<Rating> = (0..MODELS)
            .zip(&runs)
            .flat_map(|(model, run)| {
                run.iter().map(move |(scenario, value)| Rating { scenario: *scenario, model, value: *value })
            })
            .collect();
        disagreement(&ratings, Distance::Scale).unwrap();
        disagreement(&ratings, Distance::Choice).unwrap();
    });
    let counts = [5_u32, 5, 4, 10];
    let mut factors: Vec<Factor> = counts
        .iter()
        .enumerate()
        .map(|(index, count)| Factor {
            name: index.to_string(),
            levels: (0..*count).map(|level| level.to_string()).collect(),
            coding: Coding::Levels,
        })
        .collect();
    let row = |scenario: u64| {
        [scenario % 5, scenario / 5 % 5, scenario / 25 % 4, scenario / 100].map(|level| level as u32)
    };
    let clusters: Vec<u64> = (0..SCENARIOS).collect();
    let levels: Vec<u32> = clusters.iter().flat_map(|scenario| row(*scenario)).collect();
    timed("10 regressions of four dimensions, 21 coefficients each", &mut plain, || {
        for run in &runs {
            let values: Vec<(u32, f64)> =
                run.iter().map(|(scenario, value)| (*scenario as u32, *value)).collect();
            let observations = Observations { levels: &levels, clusters: &clusters, values: &values };
            regress(&factors, observations, 0.95).unwrap();
        }
    });
    factors.push(Factor {
        name: "model".into(),
        levels: (0..MODELS).map(|model| model.to_string()).collect(),
        coding: Coding::Levels,
    });
    timed("one regression of all models together, 30 coefficients", &mut plain, || {
        let cells = || clusters.iter().flat_map(|scenario| (0..MODELS).map(move |model| (*scenario, model)));
        let levels: Vec<u32> =
            cells().flat_map(|(scenario, model)| row(scenario).into_iter().chain([model])).collect();
        let owners: Vec<u64> = cells().map(|(scenario, _)| scenario).collect();
        let values: Vec<(u32, f64)> = (0..MODELS)
            .zip(&runs)
            .flat_map(|(model, run)| {
                run.iter().map(move |(scenario, value)| (*scenario as u32 * MODELS + model, *value))
            })
            .collect();
        let observations = Observations { levels: &levels, clusters: &owners, values: &values };
        regress(&factors, observations, 0.95).unwrap();
    });
    println!("{:>8.1} ms  together, for 100,000 transcripts", plain * 1_000.0);
    let mut drawn = 0.0;
    timed("45 permutation tests of 9,999 rounds", &mut drawn, || {
        for differences in &compared {
            permutation_test(differences, Draws::new(9_999, 1)).unwrap();
        }
    });
    timed("alpha's bootstrap of 1,000 rounds", &mut drawn, || {
        krippendorff_alpha(&all, AlphaMetric::Ordinal, 0.95, Some(Draws::new(1_000, 1))).unwrap();
    });
    timed("Bradley-Terry of 45,000 comparisons, 1,000 rounds", &mut drawn, || {
        let names: Vec<String> = (0..MODELS).map(|model| model.to_string()).collect();
        let comparisons: Vec<Comparison> = (0..SCENARIOS)
            .flat_map(|cluster| pairs().map(move |(first, second)| (cluster, first, second)))
            .map(|(cluster, first, second)| Comparison {
                cluster,
                first: first as u32,
                second: second as u32,
                outcome: match decision(first as u32, cluster, second as u64) as i64 {
                    1 | 2 => PairOutcome::First,
                    3 => PairOutcome::Tie,
                    _ => PairOutcome::Second,
                },
            })
            .collect();
        bradley_terry(&names, &comparisons, 0.95, Draws::new(1_000, 1)).unwrap();
    });
    println!("{:>8.1} ms  together, what is drawn", drawn * 1_000.0);
}
