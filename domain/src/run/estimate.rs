//! What a run will probably cost, and how long it will probably take.

use std::time::Duration;

use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::{
    budget::CallPrice,
    db::row,
    definition::{Expansion, Prompts},
    error::Result,
    sampling,
};

/// Scenarios whose prompts are looked at.
const SAMPLED_MAX: u64 = 200;
/// English text has about four bytes per token; tables, code and other scripts have fewer.
pub(super) const BYTES_PER_TOKEN: u64 = 4;
/// The least of an answer worth the name.
const OUTPUT_TOKENS_LOW: u64 = 16;
/// An answer of a model that nothing is known of: some paragraphs.
const OUTPUT_TOKENS_USUAL: u64 = 300;
/// The time to such an answer.
const LATENCY_USUAL: Duration = Duration::from_secs(8);
/// Past transcripts that say how a model answers.
const PAST_MAX: u32 = 1_000;

/// What something costs, in micro-dollars.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Short answers.
    pub low: i64,
    /// Answers as long as this model's were so far, or as answers usually are.
    pub expected: i64,
    /// Never more, unless a provider exceeds its own limits; None: nothing bounds the answers.
    pub high: Option<i64>,
}

/// How a model has answered so far, per call.
#[derive(Copy, Clone, Debug, PartialEq)]
pub(super) struct Past {
    pub(super) output_tokens: u64,
    pub(super) latency: Duration,
    /// False: nothing is known, and the usual is assumed.
    pub(super) is_measured: bool,
}

/// Reads how a model has answered in its latest runs.
pub(super) async fn past(
    connection: &impl ConnectionTrait,
    provider_id: &str,
    model_id: &str,
) -> Result<Past> {
    #[derive(FromQueryResult)]
    struct Sums {
        output_tokens: Option<i64>,
        latency_ms: Option<i64>,
        turns: Option<i64>,
    }
    // The latest runs first, so that neither a long history nor an unknown model costs a scan.
    let sql = format!(
        "SELECT CAST(SUM(output_tokens) AS bigint) AS output_tokens, CAST(SUM(latency_ms) AS bigint) AS latency_ms,
             CAST(SUM(turn_count) AS bigint) AS turns
         FROM (SELECT t.output_tokens, t.latency_ms, t.turn_count
               FROM (SELECT id, run_id FROM run_models
                     WHERE provider_id = $1 AND model_id = $2 AND succeeded_count > 0 ORDER BY id DESC LIMIT 5) AS m
               JOIN transcripts AS t ON t.run_id = m.run_id AND t.run_model_id = m.id
               WHERE t.is_complete AND t.output_tokens IS NOT NULL LIMIT {PAST_MAX}) AS past"
    );
    let sums: Option<Sums> = row(connection, sql, [provider_id.into(), model_id.into()]).await?;
    Ok(match sums {
        Some(Sums { output_tokens: Some(tokens), latency_ms: Some(ms), turns: Some(turns @ 1..) }) => Past {
            output_tokens: tokens.unsigned_abs().div_ceil(turns.unsigned_abs()),
            latency: Duration::from_millis(ms.unsigned_abs() / turns.unsigned_abs()),
            is_measured: true,
        },
        _ => Past { output_tokens: OUTPUT_TOKENS_USUAL, latency: LATENCY_USUAL, is_measured: false },
    })
}

/// The prompts of these scenarios, or of 200 spread evenly among them.
pub(super) fn prompts_of(expansion: &Expansion, combinations: &[u64]) -> Vec<Prompts> {
    let step = combinations.len().div_ceil(SAMPLED_MAX as usize).max(1);
    combinations.iter().step_by(step).map(|combination| expansion.prompts(*combination)).collect()
}

/// The prompts of scenarios of the run: all, or 200 of them. Those that a seed draws first are
/// among those that it draws later, so these are scenarios that will be run.
pub(super) fn sampled_prompts(expansion: &Expansion, scenario_count: u64, seed: u32) -> Vec<Prompts> {
    let total = expansion.scenario_count();
    let positions = sampling::sample(total, scenario_count.min(SAMPLED_MAX), seed.into());
    if total == expansion.combination_count() {
        return positions.into_iter().map(|combination| expansion.prompts(combination)).collect();
    }
    let mut wanted = positions.into_iter().peekable();
    let mut prompts = Vec::new();
    for (position, combination) in (0..).zip(expansion.iter()) {
        if wanted.next_if_eq(&position).is_some() {
            prompts.push(expansion.prompts(combination));
        }
        if wanted.peek().is_none() {
            break;
        }
    }
    prompts
}

/// The mean tokens that a probe sends, all turns together, where each answer has so many tokens.
pub(super) fn mean_input_tokens(prompts: &[Prompts], output_tokens: u64) -> u64 {
    let of_probe = |prompts: &Prompts| {
        let tokens = |text: &str| (text.len() as u64).div_ceil(BYTES_PER_TOKEN);
        let mut sent = prompts.system.as_deref().map_or(0, tokens) + tokens(&prompts.first);
        let mut sum = sent;
        for follow_up in &prompts.follow_ups {
            sent += output_tokens + tokens(follow_up);
            sum += sent;
        }
        sum
    };
    let sum: u64 = prompts.iter().map(of_probe).sum();
    sum.div_ceil(prompts.len().max(1) as u64)
}

/// What so many probes of a model cost. `bounds`: the most that each call can; None: nothing
/// bounds them.
pub(super) fn cost(
    price: CallPrice,
    prompts: &[Prompts],
    probes: u64,
    past: Past,
    bounds: Option<&[i64]>,
) -> Estimate {
    let turns = prompts.first().map_or(1, |prompts| 1 + prompts.follow_ups.len() as u64);
    let all = |output: u64| price.cost(probes * mean_input_tokens(prompts, output), probes * turns * output);
    let of_probe = bounds.map(|bounds| bounds.iter().fold(0, |sum: i64, bound| sum.saturating_add(*bound)));
    let high = of_probe.map(|bound| bound.saturating_mul(i64::try_from(probes).unwrap_or(i64::MAX)));
    let within = |estimate: i64| high.map_or(estimate, |high| estimate.min(high));
    let expected = within(all(past.output_tokens));
    Estimate { low: all(OUTPUT_TOKENS_LOW.min(past.output_tokens)).min(expected), expected, high }
}

/// How long so many calls take under the limits in force: `parallel` at once, and at most so many
/// requests per minute; None: no such limit.
pub(super) fn wall_clock(calls: u64, latency: Duration, parallel: u32, per_minute: Option<u32>) -> Duration {
    let by_parallel = latency.as_secs_f64() * calls.div_ceil(parallel.max(1).into()) as f64;
    let by_rate = per_minute.map_or(0.0, |rate| calls as f64 * 60.0 / f64::from(rate.max(1)));
    // A plan for centuries is as good as one for a century.
    Duration::from_secs_f64(by_parallel.max(by_rate).min(3.2e9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slower_limit_decides_how_long_it_takes() {
        let second = Duration::from_secs(1);
        assert_eq!(wall_clock(600, second, 10, None), Duration::from_secs(60));
        assert_eq!(wall_clock(600, second, 600, Some(600)), Duration::from_secs(60));
        assert_eq!(wall_clock(601, second, 600, None), Duration::from_secs(2));
    }

    #[test]
    fn an_estimate_is_ordered_and_counts_what_is_sent_again() {
        let prompts = Prompts { system: None, first: "a".repeat(400), follow_ups: vec!["b".repeat(40)] };
        assert_eq!(mean_input_tokens(std::slice::from_ref(&prompts), 50), 100 + (100 + 50 + 10));
        let past = Past { output_tokens: 300, latency: LATENCY_USUAL, is_measured: false };
        let price = CallPrice { input: 1_000_000, output: 1_000_000 };
        let found = cost(price, &[prompts], 10, past, Some(&[1_000, 2_000]));
        assert_eq!(found.high, Some(30_000));
        assert_eq!(found.expected, 10 * (100 + 410) + 10 * 600);
        assert!(found.low < found.expected);
    }
}
