//! What a call can cost at most.

use entity::{model, price};

use crate::definition::Expansion;

/// What wraps a message costs at most so many tokens.
const TOKENS_PER_MESSAGE: u64 = 16;

/// The highest price that any token of a call can have, in micro-dollars per million tokens.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct CallPrice {
    /// Of an input token.
    pub(crate) input: i64,
    /// Of an output token, reasoning among them.
    pub(crate) output: i64,
}

impl CallPrice {
    /// The worst of a price: what is read from a cache can be dearer than what is not.
    pub(crate) fn worst(price: &price::Model) -> Self {
        let cached = price.cached_input_usd_micros_per_million.unwrap_or(0);
        Self {
            input: price.input_usd_micros_per_million.max(cached),
            output: price.output_usd_micros_per_million,
        }
    }

    /// What so many tokens cost, in micro-dollars, rounded up.
    pub(crate) fn cost(self, input_tokens: u64, output_tokens: u64) -> i64 {
        let per_million = u128::from(input_tokens) * u128::from(self.input.unsigned_abs())
            + u128::from(output_tokens) * u128::from(self.output.unsigned_abs());
        i64::try_from(per_million.div_ceil(1_000_000)).unwrap_or(i64::MAX)
    }
}

/// The most output tokens of one answer, reasoning among them; None: nobody bounds them.
pub(crate) fn output_cap(max_tokens: Option<u32>, _model: &model::Model) -> Option<u64> {
    max_tokens.map(u64::from)
}

/// The most that each call of a conversation can cost, turn by turn. A token stands for at least
/// one byte, so the bytes of what is sent bound its tokens; answers are sent again with each
/// further question.
pub(crate) fn call_bounds(expansion: &Expansion, price: CallPrice, output_cap: u64) -> Vec<i64> {
    let mut sent = 0;
    let turns = expansion.prompt_bytes_max().into_iter().map(|bytes| {
        // A question and, from the second on, the answer before it; the first comes with the
        // system prompt.
        sent += bytes + 2 * TOKENS_PER_MESSAGE;
        let cost = price.cost(sent, output_cap);
        sent += output_cap;
        cost
    });
    turns.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::samples::SAMPLES;

    #[test]
    fn a_bound_counts_every_byte_that_any_scenario_can_send() {
        let (_, yaml) = SAMPLES.iter().find(|(file, _)| file.contains("wallet")).unwrap();
        let expansion = Expansion::new(&crate::definition::from_yaml(yaml.as_bytes()).unwrap()).unwrap();
        let bounds = call_bounds(&expansion, CallPrice { input: 1_000_000, output: 0 }, 100);
        let worst = expansion.iter().map(|combination| {
            let prompts = expansion.prompts(combination);
            let first = prompts.system.map_or(0, |system| system.len()) + prompts.first.len();
            let mut sent = first as u64;
            let mut calls = vec![sent];
            for follow_up in prompts.follow_ups {
                sent += 100 + follow_up.len() as u64;
                calls.push(sent);
            }
            calls
        });
        for calls in worst {
            assert_eq!(calls.len(), bounds.len());
            for (index, (sent, bound)) in calls.into_iter().zip(&bounds).enumerate() {
                let overhead = 32 * (index as u64 + 1);
                assert!(sent + overhead <= bound.unsigned_abs(), "turn {index}: {sent} > {bound}");
            }
        }
    }

    #[test]
    fn the_dearest_token_bounds_the_input() {
        let price = |cached| price::Model {
            id: uuid::Uuid::nil(),
            provider_id: "p".into(),
            model_id: "m".into(),
            effective_from: chrono::Utc::now(),
            input_usd_micros_per_million: 100,
            cached_input_usd_micros_per_million: cached,
            output_usd_micros_per_million: 7,
        };
        assert_eq!(CallPrice::worst(&price(Some(125))), CallPrice { input: 125, output: 7 });
        assert_eq!(CallPrice::worst(&price(Some(10))).input, 100);
        assert_eq!(CallPrice { input: 1, output: 1 }.cost(1, 0), 1, "rounded up");
    }
}
