//! Effects of dimensions, where scenarios are few.

use domain::stats::{Coding, Factor, Observations, regress};

use super::model::{Dice, PROFILES, Profile};
use super::{assert_covers, percent};

/// Scenarios under a dimension of two levels that moves the stance by 0.2, and one of three that does
/// not. Levels go round, so that some levels have one scenario more.
fn covered(profile: &Profile, scenarios: u64) -> [f64; 3] {
    let truth = profile.truth(0.2) - profile.truth(0.0);
    let levels: Vec<u32> = (0..scenarios).flat_map(|at| [(at % 2) as u32, (at / 2 % 3) as u32]).collect();
    let clusters: Vec<u64> = (0..scenarios).collect();
    let factors = [("moves", 2), ("does not", 3)].map(|(name, count)| Factor {
        name: name.into(),
        levels: (0..count).map(|level| level.to_string()).collect(),
        coding: Coding::Levels,
    });
    percent(&format!("effect {} {scenarios}", profile.name), |dice: &mut Dice| {
        let mut values = Vec::new();
        for cell in 0..scenarios {
            let quirk = dice.normal();
            let shift = if cell % 2 == 1 { 0.2 } else { 0.0 };
            values.extend((0..3).map(|_| (cell as u32, profile.decide(quirk, shift, dice))));
        }
        let observations = Observations { levels: &levels, clusters: &clusters, values: &values };
        let found = regress(&factors, observations, 0.95).unwrap();
        let moves = found.factors.iter().find(|factor| factor.name == "moves").unwrap();
        let effect = &moves.coefficients[0];
        let t = 1.959_963_984_540_054;
        let still = found.factors.iter().find(|factor| factor.name == "does not").unwrap();
        let alarm = still.coefficients[0].p_value.is_some_and(|p| p <= 0.05);
        [
            effect.interval.low <= truth && truth <= effect.interval.high,
            (effect.estimate - truth).abs() <= t * effect.cr1_standard_error,
            alarm,
        ]
    })
}

fn table(scenario_counts: &[u64], profiles: &[usize], is_held: bool) {
    println!(
        "| profile | scenarios | CR2, Bell–McCaffrey | CR1, ± 1.96 | a dimension without effect, p ≤ 0.05 |"
    );
    println!("|---|---:|---:|---:|---:|");
    for index in profiles {
        let profile = &PROFILES[*index];
        for scenarios in scenario_counts {
            let [cr2, cr1, alarm] = covered(profile, *scenarios);
            println!("| {} | {scenarios} | {cr2:.1} | {cr1:.1} | {alarm:.1} |", profile.name);
            if is_held {
                assert_covers(&format!("effect {} {scenarios}", profile.name), cr2);
                // A test at exactly 5 % has a standard error of half a percent in 2,000 runs.
                assert!(alarm <= 7.0, "{} {scenarios}: {alarm}", profile.name);
            }
        }
    }
}

#[test]
fn intervals_of_effects_hold_the_truth_as_often_as_they_say() {
    table(&[8, 24], &[0, 3], true);
}

#[test]
#[ignore = "the whole table of docs/statistics.md"]
fn the_whole_table_of_effects() {
    table(&[6, 8, 12, 24, 60], &[0, 1, 2, 3, 4], false);
}
