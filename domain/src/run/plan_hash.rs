//! The hash of a plan: over inputs alone, in parts, so that a difference can be named.

use sha2::{Digest, Sha256};

use super::{NewRun, create::Prepared, sample_plan};
use crate::{
    error::{Error, Result},
    registry::Tariff,
    stats::COUNTERBALANCE_METHOD,
};

/// How plans are made and hashed; another one makes other plans of the same inputs.
const ALGORITHM: &str = "p2";

/// What each part is of, in order.
const PARTS: [&str; 5] = [
    "the definition's version",
    "the models or their versions",
    "the prices or the bounds of the models' output",
    "the sample (plan, share or scenarios, seed, repetitions) or the order of the options",
    "the parameters of the calls, or the judge",
];

/// The hash of what is asked.
pub(super) fn of(new: &NewRun, prepared: &Prepared, seed: u32, prices: &[Option<&Tariff>]) -> String {
    let models = &prepared.models;
    let named: Vec<_> =
        models.iter().map(|chosen| (&chosen.model.provider_id, &chosen.model.id, &chosen.version)).collect();
    let priced: Vec<_> = models
        .iter()
        .zip(prices)
        .map(|(chosen, price)| {
            let tier = |tier: &entity::price::Model| {
                (
                    tier.above_input_tokens,
                    tier.input_usd_micros_per_million,
                    tier.cached_input_usd_micros_per_million,
                    tier.cache_write_usd_micros_per_million,
                    tier.output_usd_micros_per_million,
                )
            };
            let price = price.map(|tariff| tariff.tiers().map(tier).collect::<Vec<_>>());
            (price, crate::budget::output_cap(new.max_tokens, &chosen.model))
        })
        .collect();
    let share = new.sample_percentage.to_bits();
    let plan = sample_plan::plan_of(new);
    // Another method finds another fraction of the same inputs.
    let fraction = prepared.design.as_ref().map(|design| (&design.method, design.method_version));
    let orders = new.counterbalance.then_some(COUNTERBALANCE_METHOD);
    let count = prepared.scenario_count;
    let sample = (share, new.is_test, seed, new.samples_per_scenario, count, plan, fraction, orders);
    let share_of = |number: Option<f64>| number.map(f64::to_bits);
    let parameters =
        (share_of(new.temperature), share_of(new.top_p), new.max_tokens, &new.stop, new.reasoning_effort);
    let judge = prepared.judge.as_ref().map(|chosen| {
        let calls_max = new.judge.as_ref().and_then(|judge| judge.calls_max);
        (&chosen.model.provider_id, &chosen.model.id, &chosen.version, calls_max)
    });
    let parts = [
        digest(&prepared.version.sha256),
        digest(&format!("{named:?}")),
        digest(&format!("{priced:?}")),
        digest(&format!("{sample:?}")),
        match judge {
            None => digest(&format!("{parameters:?}")),
            Some(judge) => digest(&format!("{parameters:?}/{judge:?}")),
        },
    ];
    format!("{ALGORITHM}-{}", parts.join("-"))
}

/// 64 bits: enough to see a difference, short enough to be read out.
fn digest(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes())[..8])
}

/// Whether what would be run now is what was planned.
///
/// # Errors
/// `Conflict` (`PLAN_CHANGED`) naming what changed, `Invalid` where the text is no hash of a plan
/// or no seed is given.
pub(super) fn check(planned: &str, now: &str, seed: Option<u32>) -> Result<()> {
    if seed.is_none() {
        return Err(Error::invalid(
            "sampleSeed",
            "A plan is of one sample: give the seed that the plan shows together with its hash.",
        ));
    }
    if planned == now {
        return Ok(());
    }
    let split = |hash: &str| hash.split('-').map(str::to_owned).collect::<Vec<_>>();
    let (planned, now) = (split(planned), split(now));
    if planned.len() != now.len() || !planned[0].starts_with('p') {
        return Err(Error::invalid("planHash", "This is no hash of a plan; `planRun` gives one."));
    }
    let mut changed: Vec<&str> = (planned[1..].iter().zip(&now[1..]).zip(PARTS))
        .filter_map(|((planned, now), part)| (planned != now).then_some(part))
        .collect();
    if planned[0] != now[0] {
        changed = vec!["the way plans are made (another version of Probity)"];
    }
    Err(Error::Conflict {
        code: "PLAN_CHANGED",
        message: format!(
            "This is not what was planned; changed: {}. Nothing was started. Plan again, look, and start that.",
            changed.join(", ")
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(planned: &str, now: &str) -> String {
        check(planned, now, Some(1)).unwrap_err().to_string()
    }

    #[test]
    fn a_difference_is_named() {
        assert!(check("p1-a-b-c-d-e", "p1-a-b-c-d-e", Some(1)).is_ok());
        let message = refused("p1-a-b-c-d-e", "p1-a-x-y-d-e");
        assert!(message.contains(PARTS[1]) && message.contains(PARTS[2]), "{message}");
        assert!(!message.contains(PARTS[0]) && !message.contains(PARTS[3]), "{message}");
        assert!(refused("p0-a-b-c-d-e", "p1-v-w-x-y-z").contains("another version of Probity"));
        assert!(refused("nonsense", "p1-a-b-c-d-e").contains("no hash of a plan"));
    }

    #[test]
    fn a_plan_is_of_one_seed() {
        assert!(check("p1-a-b-c-d-e", "p1-a-b-c-d-e", None).unwrap_err().to_string().contains("seed"));
    }
}
