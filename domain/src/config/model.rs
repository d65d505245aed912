//! Models and prices as they are configured.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A model as configured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelConfig {
    /// As people know it; the id where None.
    pub display_name: Option<String>,
    /// Dated versions.
    pub versions: Vec<String>,
    /// What is asked for where a run names no version; None: the bare id.
    pub default_version: Option<String>,
    /// The longest conversation, answer included, in tokens.
    pub context_tokens: Option<u32>,
    /// The longest answer, in tokens.
    pub output_tokens_max: Option<u32>,
    /// Takes a system prompt.
    pub has_system_prompt: bool,
    /// Can be held to a JSON Schema; None: not known.
    pub has_structured_output: Option<bool>,
    /// Takes a temperature.
    pub has_temperature: bool,
    /// Takes a seed.
    pub has_seed: bool,
    /// Thinks before it answers, and can be told how much; None: not known, so it is told.
    pub has_reasoning: Option<bool>,
    /// False: runs are not started with it.
    pub is_offered: bool,
    /// Prices in effect from a date on, tier by tier.
    pub prices: Vec<PriceConfig>,
}

impl Default for ModelConfig {
    fn default() -> Self {
        Self {
            display_name: None,
            versions: Vec::new(),
            default_version: None,
            context_tokens: None,
            output_tokens_max: None,
            has_system_prompt: true,
            has_structured_output: None,
            has_temperature: true,
            has_seed: true,
            has_reasoning: None,
            is_offered: true,
            prices: Vec::new(),
        }
    }
}

/// A tier of a price, in US dollars per million tokens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceConfig {
    /// The first day it holds (UTC).
    pub from: NaiveDate,
    /// The tier: holds for the whole call where the prompt has more tokens than this; 0 = the base.
    #[serde(default)]
    pub above_input_tokens: u32,
    /// Input tokens.
    pub input_usd: f64,
    /// Input tokens read from the provider's cache; None: as input.
    #[serde(default)]
    pub cached_input_usd: Option<f64>,
    /// Input tokens written to the provider's cache; None: as input.
    #[serde(default)]
    pub cache_write_usd: Option<f64>,
    /// Output tokens, reasoning among them.
    pub output_usd: f64,
}

/// Micro-dollars out of dollars; None where it is no price: negative, not a number, a million
/// dollars and more, or finer than a micro-dollar.
#[expect(clippy::cast_possible_truncation, reason = "checked to be below 10^12")]
pub fn usd_micros(usd: f64) -> Option<i64> {
    let micros = usd * 1e6;
    let is_price = (0.0..1e12).contains(&micros) && (micros - micros.round()).abs() < 1e-3;
    is_price.then(|| micros.round() as i64)
}

impl ModelConfig {
    pub(super) fn check(&self, name: &str) -> Result<()> {
        let path = format!("models.\"{name}\"");
        if let Some(default) =
            self.default_version.as_ref().filter(|default| !self.versions.contains(*default))
        {
            let message = format!(
                "{default} is none of the versions ({}); add it to them, or name one of them.",
                self.versions.join(", ")
            );
            return Err(Error::invalid(format!("{path}.default_version"), message));
        }
        let mut tiers = BTreeSet::new();
        for price in &self.prices {
            let parts = [
                ("input_usd", Some(price.input_usd)),
                ("cached_input_usd", price.cached_input_usd),
                ("cache_write_usd", price.cache_write_usd),
                ("output_usd", Some(price.output_usd)),
            ];
            for (part, usd) in parts {
                if usd.is_some_and(|usd| usd_micros(usd).is_none()) {
                    let message = format!(
                        "{part} is no price; give US dollars per million tokens, from 0, with at most six decimals."
                    );
                    return Err(Error::invalid(format!("{path}.prices"), message));
                }
            }
            if !tiers.insert((price.from, price.above_input_tokens)) {
                let message = format!(
                    "There are two prices from {} on above {} input tokens; take one out.",
                    price.from, price.above_input_tokens
                );
                return Err(Error::invalid(format!("{path}.prices"), message));
            }
        }
        let without_base = self.prices.iter().find(|price| !tiers.contains(&(price.from, 0)));
        if let Some(price) = without_base {
            let message = format!(
                "The prices from {} on lack the base tier; add one without above_input_tokens.",
                price.from
            );
            return Err(Error::invalid(format!("{path}.prices"), message));
        }
        Ok(())
    }
}
