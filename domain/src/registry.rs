//! Providers, models, versions and prices: synced from configuration into rows at start.

use chrono::{DateTime, NaiveTime, Utc};
use entity::{model, model_version, price, provider, worker, worker_provider};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};
use uuid::Uuid;

use crate::{
    config::{Config, ModelConfig},
    db::Db,
    error::Result,
    fleet,
};

/// Writes the configured providers and models into the database. What is no longer configured
/// stays, because runs point at it.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn sync(db: &Db, config: &Config) -> Result<()> {
    let tx = db.begin().await?;
    // The simulated models would only be in the way of whoever has no simulation.
    let is_offered =
        |id: &str| id != "sim" || config.providers.get("sim").is_some_and(|sim| sim.base_url.is_some());
    for (id, settings) in config.providers.iter().filter(|(id, _)| is_offered(id)) {
        provider::Entity::insert(provider::ActiveModel {
            id: Set(id.clone()),
            display_name: Set(settings.display_name.clone().unwrap_or_else(|| id.clone())),
            wire_format: Set(settings.wire_format.clone().unwrap_or_else(|| "openai_chat".into())),
            is_key_required: Set(settings.is_key_required.unwrap_or(true)),
        })
        .on_conflict(
            OnConflict::column(provider::Column::Id)
                .update_columns([
                    provider::Column::DisplayName,
                    provider::Column::WireFormat,
                    provider::Column::IsKeyRequired,
                ])
                .to_owned(),
        )
        .exec_without_returning(&tx)
        .await?;
    }
    for (name, settings) in &config.models {
        if let Some((provider_id, model_id)) = name.split_once('/')
            && is_offered(provider_id)
            && config.providers.contains_key(provider_id)
        {
            sync_model(&tx, provider_id, model_id, settings).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn sync_model(
    tx: &impl ConnectionTrait,
    provider_id: &str,
    model_id: &str,
    settings: &ModelConfig,
) -> Result<()> {
    model::Entity::insert(model::ActiveModel {
        provider_id: Set(provider_id.into()),
        id: Set(model_id.into()),
        display_name: Set(settings.display_name.clone().unwrap_or_else(|| model_id.into())),
        default_version: Set(settings.default_version.clone()),
        context_tokens: Set(settings.context_tokens.map(i64::from)),
        has_system_prompt: Set(settings.has_system_prompt),
        has_structured_output: Set(settings.has_structured_output),
    })
    .on_conflict(
        OnConflict::columns([model::Column::ProviderId, model::Column::Id])
            .update_columns([
                model::Column::DisplayName,
                model::Column::DefaultVersion,
                model::Column::ContextTokens,
                model::Column::HasSystemPrompt,
                model::Column::HasStructuredOutput,
            ])
            .to_owned(),
    )
    .exec_without_returning(tx)
    .await?;
    let versions = settings.versions.iter().map(|version| model_version::ActiveModel {
        provider_id: Set(provider_id.into()),
        model_id: Set(model_id.into()),
        version: Set(version.clone()),
    });
    if !settings.versions.is_empty() {
        model_version::Entity::insert_many(versions)
            .on_conflict(
                OnConflict::columns([
                    model_version::Column::ProviderId,
                    model_version::Column::ModelId,
                    model_version::Column::Version,
                ])
                .do_nothing()
                .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
    }
    for entry in &settings.prices {
        price::Entity::insert(price::ActiveModel {
            id: Set(Uuid::now_v7()),
            provider_id: Set(provider_id.into()),
            model_id: Set(model_id.into()),
            effective_from: Set(entry.from.and_time(NaiveTime::MIN).and_utc()),
            input_usd_micros_per_million: Set(usd_micros(entry.input_usd)),
            cached_input_usd_micros_per_million: Set(entry.cached_input_usd.map(usd_micros)),
            output_usd_micros_per_million: Set(usd_micros(entry.output_usd)),
        })
        .on_conflict(
            OnConflict::columns([
                price::Column::ProviderId,
                price::Column::ModelId,
                price::Column::EffectiveFrom,
            ])
            .update_columns([
                price::Column::InputUsdMicrosPerMillion,
                price::Column::CachedInputUsdMicrosPerMillion,
                price::Column::OutputUsdMicrosPerMillion,
            ])
            .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    }
    Ok(())
}

#[expect(clippy::cast_possible_truncation, reason = "prices are far below 2^63 micro-dollars")]
fn usd_micros(usd: f64) -> i64 {
    (usd * 1e6).round() as i64
}

/// A model that runs can be started with.
#[derive(Clone, Debug)]
pub struct AvailableModel {
    /// The model's row.
    pub model: model::Model,
    /// The name of who serves it.
    pub provider_name: String,
    /// Dated versions, oldest first by name.
    pub versions: Vec<String>,
    /// The price in effect; None where none is known.
    pub price: Option<price::Model>,
    /// True where a worker that is online can serve it: it holds the key, or none is needed.
    pub is_key_configured: bool,
}

/// All models of the registry, by provider and name.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn available_models(db: &Db, beat: std::time::Duration) -> Result<Vec<AvailableModel>> {
    let models = model::Entity::find()
        .order_by_asc(model::Column::ProviderId)
        .order_by_asc(model::Column::Id)
        .all(db.read())
        .await?;
    let providers = provider::Entity::find().all(db.read()).await?;
    let versions =
        model_version::Entity::find().order_by_asc(model_version::Column::Version).all(db.read()).await?;
    let prices = prices_in_effect(db.read(), crate::db::now()).await?;
    let served = served_providers(db, beat).await?;
    let of = |model: model::Model| AvailableModel {
        provider_name: providers
            .iter()
            .find(|provider| provider.id == model.provider_id)
            .map_or_else(|| model.provider_id.clone(), |provider| provider.display_name.clone()),
        versions: versions
            .iter()
            .filter(|row| row.provider_id == model.provider_id && row.model_id == model.id)
            .map(|row| row.version.clone())
            .collect(),
        price: price_of(&prices, &model.provider_id, &model.id).cloned(),
        is_key_configured: served.contains(&model.provider_id),
        model,
    };
    Ok(models.into_iter().map(of).collect())
}

/// The providers that workers which are online can serve.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn served_providers(
    db: &Db,
    beat: std::time::Duration,
) -> Result<std::collections::HashSet<String>> {
    let online: Vec<Uuid> =
        fleet::online_workers(db, beat).await?.into_iter().map(|worker: worker::Model| worker.id).collect();
    let rows = worker_provider::Entity::find()
        .filter(worker_provider::Column::WorkerId.is_in(online))
        .all(db.read())
        .await?;
    Ok(rows.into_iter().map(|row| row.provider_id).collect())
}

/// Every price that has come into effect, latest first.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn prices_in_effect(
    connection: &impl ConnectionTrait,
    at: DateTime<Utc>,
) -> Result<Vec<price::Model>> {
    Ok(price::Entity::find()
        .filter(price::Column::EffectiveFrom.lte(at))
        .order_by_desc(price::Column::EffectiveFrom)
        .all(connection)
        .await?)
}

/// The price of a model out of those in effect, latest first.
pub fn price_of<'a>(
    prices: &'a [price::Model],
    provider_id: &str,
    model_id: &str,
) -> Option<&'a price::Model> {
    prices.iter().find(|price| price.provider_id == provider_id && price.model_id == model_id)
}

/// What a call costs, in micro-dollars, rounded up: input counts cached tokens, which have
/// their own price where one is known. None where the provider counted no tokens.
pub fn cost_usd_micros(
    price: &price::Model,
    input_tokens: Option<i64>,
    cached_input_tokens: Option<i64>,
    output_tokens: Option<i64>,
) -> Option<i64> {
    let (input, output) = (input_tokens?, output_tokens?);
    let cached = cached_input_tokens.unwrap_or(0).clamp(0, input);
    let cached_price =
        price.cached_input_usd_micros_per_million.unwrap_or(price.input_usd_micros_per_million);
    let per_million = i128::from(input - cached) * i128::from(price.input_usd_micros_per_million)
        + i128::from(cached) * i128::from(cached_price)
        + i128::from(output) * i128::from(price.output_usd_micros_per_million);
    i64::try_from((per_million + 999_999).div_euclid(1_000_000)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(input: i64, cached: Option<i64>, output: i64) -> price::Model {
        price::Model {
            id: Uuid::nil(),
            provider_id: "p".into(),
            model_id: "m".into(),
            effective_from: Utc::now(),
            input_usd_micros_per_million: input,
            cached_input_usd_micros_per_million: cached,
            output_usd_micros_per_million: output,
        }
    }

    #[test]
    fn cached_tokens_have_their_own_price() {
        let tariff = price(2_500_000, Some(1_250_000), 10_000_000);
        // 600 × 2.50 + 400 × 1.25 + 100 × 10.00 = 3,000 micro-dollars.
        assert_eq!(cost_usd_micros(&tariff, Some(1_000), Some(400), Some(100)), Some(3_000));
    }

    #[test]
    fn a_fraction_of_a_micro_dollar_is_rounded_up() {
        assert_eq!(cost_usd_micros(&price(150_000, None, 600_000), Some(1), None, Some(0)), Some(1));
    }

    #[test]
    fn tokens_that_nobody_counted_cost_an_unknown_sum() {
        assert_eq!(cost_usd_micros(&price(1, None, 1), None, None, Some(5)), None);
    }
}
