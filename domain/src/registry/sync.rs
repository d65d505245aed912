//! From configuration into rows, at every start.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use entity::{Origin, model, model_version, price, provider};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, QueryFilter, sea_query::Expr,
};
use uuid::Uuid;

use crate::{
    config::{BuiltIn, Config, ModelConfig, PriceConfig, ProviderConfig, built_in, usd_micros},
    db::{Db, insert_all, now},
    error::{Error, Result},
};

/// Writes the configured providers and models into the database, as far as they differ. What
/// is no longer configured stays, because runs point at it; what an admin set stays as it is.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn sync(db: &Db, config: &Config) -> Result<()> {
    let tx = db.begin().await?;
    super::lock(&tx).await?;
    let offered: Vec<(&str, &str, &ModelConfig)> = config
        .models
        .iter()
        .filter_map(|(name, settings)| {
            let (provider_id, model_id) = name.split_once('/')?;
            let is_meant = is_offered(config, provider_id) && config.providers.contains_key(provider_id);
            is_meant.then_some((provider_id, model_id, settings))
        })
        .collect();
    sync_providers(&tx, config).await?;
    sync_models(&tx, &offered).await?;
    sync_versions(&tx, &offered).await?;
    sync_prices(&tx, &offered).await?;
    tx.commit().await?;
    Ok(())
}

/// The simulated models would only be in the way of whoever has no simulation.
fn is_offered(config: &Config, provider_id: &str) -> bool {
    provider_id != "sim" || config.providers.get("sim").is_some_and(|sim| sim.base_url.is_some())
}

async fn sync_providers(tx: &DatabaseTransaction, config: &Config) -> Result<()> {
    let known: HashMap<String, provider::Model> =
        provider::Entity::find().all(tx).await?.into_iter().map(|row| (row.id.clone(), row)).collect();
    let mut new = Vec::new();
    for (id, settings) in config.providers.iter().filter(|(id, _)| is_offered(config, id)) {
        let row = provider_row(id, settings);
        match known.get(id) {
            None => new.push(row.into_active_model()),
            Some(known) if *known != row => drop(row.into_active_model().reset_all().update(tx).await?),
            Some(_) => {}
        }
    }
    insert_all(tx, &new).await
}

/// A configured provider as it is stored: without its address, and without its key.
pub fn provider_row(id: &str, settings: &ProviderConfig) -> provider::Model {
    provider::Model {
        id: id.into(),
        display_name: settings.display_name.clone().unwrap_or_else(|| id.into()),
        wire_format: settings.wire_format.clone().unwrap_or_else(|| "openai_chat".into()),
        // A program is started, not signed in to.
        is_key_required: settings
            .is_key_required
            .unwrap_or_else(|| settings.wire_format.as_deref() != Some("command")),
        key_variable: settings.key_variable.clone(),
    }
}

async fn sync_models(tx: &DatabaseTransaction, offered: &[(&str, &str, &ModelConfig)]) -> Result<()> {
    let known: HashMap<(String, String), model::Model> = model::Entity::find()
        .all(tx)
        .await?
        .into_iter()
        .map(|row| ((row.provider_id.clone(), row.id.clone()), row))
        .collect();
    let mut new = Vec::new();
    for (provider_id, model_id, settings) in offered {
        let is_built_in = built_in_model(provider_id, model_id) == Some(*settings);
        let row = model::Model {
            provider_id: (*provider_id).into(),
            id: (*model_id).into(),
            display_name: settings.display_name.clone().unwrap_or_else(|| (*model_id).into()),
            default_version: settings.default_version.clone(),
            context_tokens: settings.context_tokens.map(i64::from),
            output_tokens_max: settings.output_tokens_max.map(i64::from),
            has_system_prompt: settings.has_system_prompt,
            has_structured_output: settings.has_structured_output,
            has_temperature: settings.has_temperature,
            has_seed: settings.has_seed,
            has_reasoning: settings.has_reasoning,
            is_offered: settings.is_offered,
            origin: if is_built_in { Origin::Builtin } else { Origin::Config },
        };
        match known.get(&(row.provider_id.clone(), row.id.clone())) {
            None => new.push(row.into_active_model()),
            Some(known) if known.origin == Origin::Admin || *known == row => {}
            Some(_) => drop(row.into_active_model().reset_all().update(tx).await?),
        }
    }
    insert_all(tx, &new).await
}

async fn sync_versions(tx: &DatabaseTransaction, offered: &[(&str, &str, &ModelConfig)]) -> Result<()> {
    let mut known: HashSet<(String, String, String)> = model_version::Entity::find()
        .all(tx)
        .await?
        .into_iter()
        .map(|row| (row.provider_id, row.model_id, row.version))
        .collect();
    let mut new = Vec::new();
    for (provider_id, model_id, settings) in offered {
        let built_in = built_in_model(provider_id, model_id);
        for version in &settings.versions {
            if !known.insert(((*provider_id).into(), (*model_id).into(), version.clone())) {
                continue;
            }
            let is_built_in = built_in.is_some_and(|model| model.versions.contains(version));
            new.push(model_version::ActiveModel {
                provider_id: Set((*provider_id).into()),
                model_id: Set((*model_id).into()),
                version: Set(version.clone()),
                origin: Set(if is_built_in { Origin::Builtin } else { Origin::Config }),
            });
        }
    }
    insert_all(tx, &new).await
}

async fn sync_prices(tx: &DatabaseTransaction, offered: &[(&str, &str, &ModelConfig)]) -> Result<()> {
    let mut holding: HashMap<(String, String, DateTime<Utc>), Vec<price::Model>> = HashMap::new();
    for row in price::Entity::find().filter(price::Column::SupersededAt.is_null()).all(tx).await? {
        let key = (row.provider_id.clone(), row.model_id.clone(), row.effective_from);
        holding.entry(key).or_default().push(row);
    }
    let recorded_at = now();
    let mut new = Vec::new();
    for (provider_id, model_id, settings) in offered {
        let built_in = built_in_model(provider_id, model_id);
        let mut tariffs: BTreeMap<NaiveDate, Vec<&PriceConfig>> = BTreeMap::new();
        for tier in &settings.prices {
            tariffs.entry(tier.from).or_default().push(tier);
        }
        for (from, tiers) in tariffs {
            let effective_from = from.and_time(NaiveTime::MIN).and_utc();
            let rows = tiers
                .into_iter()
                .map(|tier| {
                    let is_built_in = built_in.is_some_and(|model| model.prices.contains(tier));
                    row_of(provider_id, model_id, tier, is_built_in, recorded_at)
                })
                .collect::<Result<Vec<price::Model>>>()?;
            let key = ((*provider_id).to_owned(), (*model_id).to_owned(), effective_from);
            match holding.get(&key) {
                Some(held) if held.iter().any(|row| row.origin == Origin::Admin) => continue,
                Some(held) if same_numbers(held, &rows) => continue,
                Some(_) => supersede(tx, provider_id, model_id, effective_from, recorded_at).await?,
                None => {}
            }
            new.extend(rows.into_iter().map(IntoActiveModel::into_active_model));
        }
    }
    insert_all(tx, &new).await
}

fn row_of(
    provider_id: &str,
    model_id: &str,
    tier: &PriceConfig,
    is_built_in: bool,
    recorded_at: DateTime<Utc>,
) -> Result<price::Model> {
    let micros = |usd: f64| {
        let refuse = || {
            Error::invalid(
                format!("models.\"{provider_id}/{model_id}\".prices"),
                format!("{usd} is no price."),
            )
        };
        usd_micros(usd).ok_or_else(refuse)
    };
    Ok(price::Model {
        id: Uuid::now_v7(),
        provider_id: provider_id.into(),
        model_id: model_id.into(),
        effective_from: tier.from.and_time(NaiveTime::MIN).and_utc(),
        above_input_tokens: tier.above_input_tokens.into(),
        input_usd_micros_per_million: micros(tier.input_usd)?,
        cached_input_usd_micros_per_million: tier.cached_input_usd.map(micros).transpose()?,
        cache_write_usd_micros_per_million: tier.cache_write_usd.map(micros).transpose()?,
        output_usd_micros_per_million: micros(tier.output_usd)?,
        origin: if is_built_in { Origin::Builtin } else { Origin::Config },
        recorded_at,
        superseded_at: None,
    })
}

/// Takes the tiers of a date out of effect, from `at` on. They stay, because turns point at them.
pub(super) async fn supersede(
    tx: &impl ConnectionTrait,
    provider_id: &str,
    model_id: &str,
    effective_from: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<()> {
    price::Entity::update_many()
        .col_expr(price::Column::SupersededAt, Expr::value(at))
        .filter(price::Column::ProviderId.eq(provider_id))
        .filter(price::Column::ModelId.eq(model_id))
        .filter(price::Column::EffectiveFrom.eq(effective_from))
        .filter(price::Column::SupersededAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Whether two tariffs of one date say the same.
pub(super) fn same_numbers(held: &[price::Model], wanted: &[price::Model]) -> bool {
    let numbers = |tiers: &[price::Model]| {
        let mut numbers: Vec<_> = tiers
            .iter()
            .map(|tier| {
                (
                    tier.above_input_tokens,
                    tier.input_usd_micros_per_million,
                    tier.cached_input_usd_micros_per_million,
                    tier.cache_write_usd_micros_per_million,
                    tier.output_usd_micros_per_million,
                )
            })
            .collect();
        numbers.sort_unstable();
        numbers
    };
    numbers(held) == numbers(wanted)
}

fn built_in_model(provider_id: &str, model_id: &str) -> Option<&'static ModelConfig> {
    let BuiltIn { models, .. } = built_in();
    models.get(&format!("{provider_id}/{model_id}"))
}
