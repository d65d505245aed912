//! Rates of one model, with repeats of its scenarios.

use domain::stats::rate_clustered;

use super::model::Dice;
use super::{assert_covers, percent};

/// Passes of scenarios that differ: a scenario's own rate is a power of a uniform value, the higher the
/// more skewed. The true rate is 1/(power + 1).
fn trials(power: i32, scenarios: u64, samples: u64, dice: &mut Dice) -> Vec<(u64, bool)> {
    let mut trials = Vec::new();
    for scenario in 0..scenarios {
        let rate = dice.uniform().powi(power);
        trials.extend((0..samples).map(|_| (scenario, dice.uniform() < rate)));
    }
    trials
}

fn table(scenario_counts: &[u64], sample_counts: &[u64], powers: &[i32], is_held: bool) {
    println!(
        "| true rate | samples | scenarios | Wilson with effective trials | Wilson, taking samples for independent |"
    );
    println!("|---:|---:|---:|---:|---:|");
    for power in powers {
        let truth = 1.0 / f64::from(power + 1);
        for samples in sample_counts {
            for scenarios in scenario_counts {
                let name = format!("rate {truth} {scenarios} {samples}");
                let [ours, plain] = percent(&name, |dice| {
                    let trials = trials(*power, *scenarios, *samples, dice);
                    let found = rate_clustered(&trials, 0.95).unwrap();
                    let plain = domain::stats::wilson_interval(found.passes, found.trials, 0.95).unwrap();
                    let ours = found.interval.unwrap();
                    [ours.low <= truth && truth <= ours.high, plain.low <= truth && truth <= plain.high]
                });
                println!("| {truth} | {samples} | {scenarios} | {ours:.1} | {plain:.1} |");
                // Rare passes in few scenarios take few values: too often right there.
                if is_held && *power == 1 {
                    assert_covers(&name, ours);
                } else if is_held {
                    assert!(ours >= 93.0, "{name}: {ours}");
                }
            }
        }
    }
}

#[test]
fn intervals_of_rates_know_of_repeats() {
    table(&[5, 20], &[5], &[1, 3], true);
}

#[test]
#[ignore = "the whole table of docs/statistics.md"]
fn the_whole_table_of_rates() {
    table(&[5, 8, 12, 20, 50], &[1, 3, 5, 10], &[1, 3, 9], false);
}
