//! Models and what they cost.

use async_graphql::{ID, SimpleObject};
use chrono::{DateTime, Utc};
use domain::registry;
use entity::price;

use super::{ids::usd, words::Origin};

/// A model that runs can be started with.
#[derive(SimpleObject)]
pub(crate) struct AvailableModel {
    /// Who serves it, e.g. `openai`.
    provider_id: String,
    /// Who serves it, as people know it.
    provider_name: String,
    /// The model, e.g. `gemini-1.5-pro`.
    model_id: String,
    /// The model, as people know it.
    display_name: String,
    /// Dated versions.
    versions: Vec<String>,
    /// What is asked for where a run names no version; null: the bare model.
    default_version: Option<String>,
    /// The longest conversation, in tokens; null: not known.
    context_tokens: Option<i64>,
    /// The longest answer, in tokens; null: not known.
    output_tokens_max: Option<i64>,
    /// Whether it takes a system prompt.
    has_system_prompt: bool,
    /// Whether it can be held to a JSON schema; null: not known.
    has_structured_output: Option<bool>,
    /// Whether it takes a temperature.
    has_temperature: bool,
    /// Whether it takes a seed.
    has_seed: bool,
    /// Whether it thinks before it answers; null: not known. A run's reasoning effort is left out only where
    /// this is false.
    has_reasoning: Option<bool>,
    /// Where it comes from.
    origin: Origin,
    /// False: it is retired, and runs are not started with it any more.
    is_offered: bool,
    /// What it costs in the base tier; null: no price is known.
    price: Option<Price>,
    /// What it costs, all tiers, the base first; empty: no price is known.
    price_tiers: Vec<Price>,
    /// True where a worker that is online can serve it: it holds the key, or none is needed.
    is_key_configured: bool,
}

/// A tier of a price, in US dollars per million tokens. It is never edited: a price that is set
/// anew is another one.
#[derive(SimpleObject)]
pub(crate) struct Price {
    /// The price's id.
    id: ID,
    /// The tier: it holds for the whole call where the prompt has more tokens; 0 is the base tier.
    above_input_tokens: i64,
    /// Input tokens.
    input_usd: f64,
    /// Input tokens read from the provider's cache; null: as input.
    cached_input_usd: Option<f64>,
    /// Input tokens written to the provider's cache; null: as input.
    cache_write_usd: Option<f64>,
    /// Output tokens, reasoning among them.
    output_usd: f64,
    /// Since when it holds.
    effective_from: DateTime<Utc>,
    /// Where it comes from.
    origin: Origin,
}

impl From<&price::Model> for Price {
    fn from(row: &price::Model) -> Self {
        Self {
            id: row.id.into(),
            above_input_tokens: row.above_input_tokens,
            input_usd: usd(row.input_usd_micros_per_million),
            cached_input_usd: row.cached_input_usd_micros_per_million.map(usd),
            cache_write_usd: row.cache_write_usd_micros_per_million.map(usd),
            output_usd: usd(row.output_usd_micros_per_million),
            effective_from: row.effective_from,
            origin: row.origin.into(),
        }
    }
}

impl From<registry::AvailableModel> for AvailableModel {
    fn from(found: registry::AvailableModel) -> Self {
        let tariff = found.price.as_ref();
        Self {
            price: tariff.map(|tariff| tariff.base().into()),
            price_tiers: tariff.into_iter().flat_map(|tariff| tariff.tiers()).map(Price::from).collect(),
            provider_name: found.provider_name,
            versions: found.versions,
            is_key_configured: found.is_key_configured,
            provider_id: found.model.provider_id,
            model_id: found.model.id,
            display_name: found.model.display_name,
            default_version: found.model.default_version,
            context_tokens: found.model.context_tokens,
            output_tokens_max: found.model.output_tokens_max,
            has_system_prompt: found.model.has_system_prompt,
            has_structured_output: found.model.has_structured_output,
            has_temperature: found.model.has_temperature,
            has_seed: found.model.has_seed,
            has_reasoning: found.model.has_reasoning,
            origin: found.model.origin.into(),
            is_offered: found.model.is_offered,
        }
    }
}
