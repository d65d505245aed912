//! What is wrong with the numbers and options of a run that is asked for.

use super::{NewRun, limits};
use crate::{
    definition::{Expansion, option_count},
    error::{Error, Fault},
};

/// As many as the strictest of the large providers takes.
const STOPS_MAX: usize = 4;

pub(super) fn checked_numbers(new: &NewRun) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut check = |is_right: bool, path: &str, message: String| {
        if !is_right && let Error::Invalid(found) = Error::invalid(path, message) {
            faults.extend(found);
        }
    };
    let percentage = new.sample_percentage;
    check(
        percentage > 0.0 && percentage <= 100.0,
        "samplePercentage",
        format!("{percentage} % is no share of the scenarios; give more than 0 and at most 100."),
    );
    check(
        (1..=1_000).contains(&new.samples_per_scenario),
        "samplesPerScenario",
        format!("{} samples per scenario cannot be run; give 1 to 1,000.", new.samples_per_scenario),
    );
    check(
        new.sample_seed.is_none_or(|seed| seed <= i32::MAX.unsigned_abs()),
        "sampleSeed",
        "A seed is a whole number from 0 to 2147483647.".into(),
    );
    check(
        new.temperature.is_none_or(|temperature| (0.0..=2.0).contains(&temperature)),
        "temperature",
        "A temperature lies between 0 and 2.".into(),
    );
    check(
        new.top_p.is_none_or(|share| share > 0.0 && share <= 1.0),
        "topP",
        "topP lies above 0 and at most at 1.".into(),
    );
    check(
        new.stop.len() <= STOPS_MAX && new.stop.iter().all(|text| (1..=200).contains(&text.len())),
        "stop",
        format!("Give at most {STOPS_MAX} texts of 1 to 200 bytes; providers take no more."),
    );
    check(
        new.max_tokens.is_none_or(|tokens| (1..=1_000_000).contains(&tokens)),
        "maxTokens",
        "Give 1 to 1,000,000 output tokens.".into(),
    );
    check(
        (-1_000..=1_000).contains(&new.priority),
        "priority",
        "A priority lies between -1000 and 1000; 0 is usual.".into(),
    );
    faults.extend(limits::checked(new.deadline_at, new.parallel, new.budget_usd_micros));
    faults
}

/// What is wrong with asking for another order of the decisions.
pub(super) fn order_faults(new: &NewRun, expansion: &Expansion) -> Vec<Fault> {
    let decision = &expansion.content().decision;
    let message = match () {
        () if !new.counterbalance => return Vec::new(),
        () if option_count(decision) < 2 => {
            "There are no two options whose order could change; leave it out."
        }
        () if !expansion.lists_decisions() => {
            "No text of the definition has [choices] or [scale], so nothing says where the options are listed; put the \
             placeholder where they stand, or leave it out."
        }
        () => return Vec::new(),
    };
    match Error::invalid("counterbalance", message) {
        Error::Invalid(faults) => faults,
        _ => Vec::new(),
    }
}
