//! What a call costs.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{Origin, price};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::error::Result;

/// Tokens of one call. Parts are contained in their whole; None: the provider did not count.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenCounts {
    /// All tokens of the prompt.
    pub input: Option<i64>,
    /// Those of `input` that were read from the provider's cache.
    pub cached_input: Option<i64>,
    /// Those of `input` that were written to the provider's cache.
    pub cache_write: Option<i64>,
    /// All tokens of the answer, reasoning among them.
    pub output: Option<i64>,
}

/// What a call costs, and by which price.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// The tier that was used.
    pub price_id: Uuid,
    /// Micro-dollars, rounded up once.
    pub usd_micros: i64,
}

/// The price of a model at a moment, tier by tier.
#[derive(Clone, Debug, PartialEq)]
pub struct Tariff {
    base: price::Model,
    /// Above the base, ascending by `above_input_tokens`.
    higher: Vec<price::Model>,
}

impl Tariff {
    /// A tariff out of the rows of its tiers; None where there is no base tier.
    pub fn of(mut tiers: Vec<price::Model>) -> Option<Self> {
        tiers.sort_by_key(|tier| tier.above_input_tokens);
        let mut tiers = tiers.into_iter();
        let base = tiers.next().filter(|base| base.above_input_tokens == 0)?;
        Some(Self { base, higher: tiers.collect() })
    }

    /// The tier of calls whose prompt is not long.
    pub fn base(&self) -> &price::Model {
        &self.base
    }

    /// All tiers, the base first.
    pub fn tiers(&self) -> impl Iterator<Item = &price::Model> {
        std::iter::once(&self.base).chain(&self.higher)
    }

    /// The tier of a call with a prompt of so many tokens: it holds for the whole call.
    pub fn tier_of(&self, input_tokens: i64) -> &price::Model {
        let applies = |tier: &&price::Model| input_tokens > tier.above_input_tokens;
        self.higher.iter().rev().find(applies).unwrap_or(&self.base)
    }

    /// What a call costs; None where the provider did not count the input or the output.
    pub fn cost_of(&self, tokens: &TokenCounts) -> Option<Cost> {
        let tier = self.tier_of(tokens.input?);
        Some(Cost { price_id: tier.id, usd_micros: cost_usd_micros(tier, tokens)? })
    }
}

/// Exact: whole numbers of micro-dollars per million tokens, divided and rounded at the end.
fn cost_usd_micros(tier: &price::Model, tokens: &TokenCounts) -> Option<i64> {
    let (input, output) = (tokens.input?, tokens.output?);
    // A provider that counts more in a part than in the whole must not make the rest negative.
    let cached = tokens.cached_input.unwrap_or(0).clamp(0, input.max(0));
    let written = tokens.cache_write.unwrap_or(0).clamp(0, input.max(0) - cached);
    let input_price = tier.input_usd_micros_per_million;
    let parts = [
        (input - cached - written, input_price),
        (cached, tier.cached_input_usd_micros_per_million.unwrap_or(input_price)),
        (written, tier.cache_write_usd_micros_per_million.unwrap_or(input_price)),
        (output, tier.output_usd_micros_per_million),
    ];
    let per_million: i128 = parts.iter().map(|(count, price)| i128::from(*count) * i128::from(*price)).sum();
    i64::try_from((per_million + 999_999).div_euclid(1_000_000)).ok()
}

/// The tariffs of all models at a moment.
#[derive(Clone, Debug, Default)]
pub struct Tariffs(HashMap<(String, String), Tariff>);

impl Tariffs {
    /// The prices that hold for what is made at `at`, whatever is set later: an admin's before
    /// built-in and configured ones, and of those the latest to have come into effect.
    ///
    /// # Errors
    /// `Unavailable` or `Database`.
    pub async fn at(connection: &impl ConnectionTrait, at: DateTime<Utc>) -> Result<Self> {
        let holds = Condition::any()
            .add(price::Column::SupersededAt.is_null())
            .add(price::Column::SupersededAt.gt(at));
        let rows = price::Entity::find()
            .filter(price::Column::EffectiveFrom.lte(at))
            .filter(holds)
            .all(connection)
            .await?;
        let mut by_model: HashMap<(String, String), Vec<price::Model>> = HashMap::new();
        for row in rows {
            by_model.entry((row.provider_id.clone(), row.model_id.clone())).or_default().push(row);
        }
        let tariffs = by_model.into_iter().filter_map(|(key, rows)| Some((key, in_effect(rows, at)?)));
        Ok(Self(tariffs.collect()))
    }

    /// A model's tariff; None where none is known.
    pub fn of(&self, provider_id: &str, model_id: &str) -> Option<&Tariff> {
        self.0.get(&(provider_id.to_owned(), model_id.to_owned()))
    }
}

/// The tariff in effect, of rows that have all come into effect.
pub(super) fn in_effect(rows: Vec<price::Model>, at: DateTime<Utc>) -> Option<Tariff> {
    let (admins, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.origin == Origin::Admin);
    let admins: Vec<_> = admins.into_iter().filter(|row| row.recorded_at <= at).collect();
    let candidates = if admins.is_empty() { others } else { admins };
    let latest = candidates.iter().map(|row| row.effective_from).max()?;
    let of_latest = || candidates.iter().filter(|row| row.effective_from == latest);
    // The tiers of a tariff are recorded together. What was recorded after `at` holds only where
    // nothing was before.
    let recorded = of_latest().map(|row| row.recorded_at).min()?;
    Tariff::of(of_latest().filter(|row| row.recorded_at == recorded).cloned().collect())
}
