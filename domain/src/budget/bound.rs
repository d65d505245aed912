//! What a call can cost at most.

use entity::model;

use crate::{definition::Expansion, registry::Tariff};

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
    /// The worst of a tariff: of all tiers, and of what is read from a cache or written to one,
    /// which can be dearer than what is not.
    pub(crate) fn worst(tariff: &Tariff) -> Self {
        let input = |tier: &entity::price::Model| {
            let cached = tier.cached_input_usd_micros_per_million.unwrap_or(0);
            let written = tier.cache_write_usd_micros_per_million.unwrap_or(0);
            tier.input_usd_micros_per_million.max(cached).max(written)
        };
        Self {
            input: tariff.tiers().map(input).max().unwrap_or(0),
            output: tariff.tiers().map(|tier| tier.output_usd_micros_per_million).max().unwrap_or(0),
        }
    }

    /// What so many tokens cost, in micro-dollars, rounded up.
    pub(crate) fn cost(self, input_tokens: u64, output_tokens: u64) -> i64 {
        let per_million = u128::from(input_tokens) * u128::from(self.input.unsigned_abs())
            + u128::from(output_tokens) * u128::from(self.output.unsigned_abs());
        i64::try_from(per_million.div_ceil(1_000_000)).unwrap_or(i64::MAX)
    }
}

/// The most output tokens of one answer, reasoning among them: what the run asks for, else what
/// the model can give; None: nobody bounds them.
pub(crate) fn output_cap(max_tokens: Option<u32>, model: &model::Model) -> Option<u64> {
    let of_model = model.output_tokens_max.and_then(|most| u64::try_from(most).ok());
    max_tokens.map(u64::from).or(of_model)
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
        let tier = |above, input, cached, written, output| entity::price::Model {
            id: uuid::Uuid::nil(),
            provider_id: "p".into(),
            model_id: "m".into(),
            effective_from: chrono::Utc::now(),
            above_input_tokens: above,
            input_usd_micros_per_million: input,
            cached_input_usd_micros_per_million: cached,
            cache_write_usd_micros_per_million: written,
            output_usd_micros_per_million: output,
            origin: entity::Origin::Builtin,
            recorded_at: chrono::Utc::now(),
            superseded_at: None,
        };
        let worst = |tiers| CallPrice::worst(&Tariff::of(tiers).unwrap());
        assert_eq!(worst(vec![tier(0, 100, Some(10), Some(125), 7)]), CallPrice { input: 125, output: 7 });
        let tiers = vec![tier(0, 100, None, None, 7), tier(500, 200, Some(20), None, 9)];
        assert_eq!(worst(tiers), CallPrice { input: 200, output: 9 });
        assert_eq!(CallPrice { input: 1, output: 1 }.cost(1, 0), 1, "rounded up");
    }
}
