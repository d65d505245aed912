//! What can be evaluated, and who can serve it at the moment.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use entity::{model, model_version, provider, worker_provider};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{ModelKey, Tariff, Tariffs};
use crate::{
    db::{Db, now},
    definition::similar,
    error::{Error, Result},
    fleet, health,
};

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
    pub price: Option<Tariff>,
    /// True where a worker that is online can serve it: it holds the key, or none is needed.
    pub is_key_configured: bool,
}

/// Who serves models.
#[derive(Clone, Debug)]
pub struct KnownProvider {
    /// The provider's row.
    pub row: provider::Model,
    /// True where a worker that is online can serve it.
    pub is_key_configured: bool,
    /// Why a worker that is online cannot use its settings, as "not configured: …"; None where
    /// it can, or none has any.
    pub unusable_because: Option<String>,
}

/// The whole registry.
#[derive(Clone, Debug)]
pub struct Known {
    /// By id.
    pub providers: Vec<KnownProvider>,
    /// By provider and name; also those that are not offered.
    pub models: Vec<AvailableModel>,
}

/// Reads the registry.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn known(db: &Db, beat: Duration) -> Result<Known> {
    let models = model::Entity::find()
        .order_by_asc(model::Column::ProviderId)
        .order_by_asc(model::Column::Id)
        .all(db.read())
        .await?;
    let served = served_providers(db, beat).await?;
    let mut unusable = health::unusable_because(db, beat).await?;
    let providers: Vec<KnownProvider> = provider::Entity::find()
        .order_by_asc(provider::Column::Id)
        .all(db.read())
        .await?
        .into_iter()
        .map(|row| {
            let is_key_configured = served.contains(&row.id);
            let unusable_because = unusable.remove(&row.id).filter(|_| !is_key_configured);
            KnownProvider { is_key_configured, unusable_because, row }
        })
        .collect();
    let mut versions: HashMap<(String, String), Vec<String>> = HashMap::new();
    for row in
        model_version::Entity::find().order_by_asc(model_version::Column::Version).all(db.read()).await?
    {
        versions.entry((row.provider_id, row.model_id)).or_default().push(row.version);
    }
    let tariffs = Tariffs::at(db.read(), now()).await?;
    let names: HashMap<&str, &str> =
        providers.iter().map(|known| (known.row.id.as_str(), known.row.display_name.as_str())).collect();
    let of = |model: model::Model| AvailableModel {
        provider_name: names
            .get(model.provider_id.as_str())
            .map_or(model.provider_id.as_str(), |name| name)
            .into(),
        versions: versions.remove(&(model.provider_id.clone(), model.id.clone())).unwrap_or_default(),
        price: tariffs.of(&model.provider_id, &model.id).cloned(),
        is_key_configured: served.contains(&model.provider_id),
        model,
    };
    let models = models.into_iter().map(of).collect();
    Ok(Known { providers, models })
}

/// The models that are offered, by provider and name.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn available_models(db: &Db, beat: Duration) -> Result<Vec<AvailableModel>> {
    let mut models = known(db, beat).await?.models;
    models.retain(|entry| entry.model.is_offered);
    Ok(models)
}

/// One model, offered or not.
///
/// # Errors
/// `NotFound`, `Unavailable` or `Database`.
pub async fn available_model(
    db: &Db,
    beat: Duration,
    provider_id: &str,
    model_id: &str,
) -> Result<AvailableModel> {
    let models = known(db, beat).await?.models;
    let is_meant =
        |entry: &AvailableModel| entry.model.provider_id == provider_id && entry.model.id == model_id;
    models
        .into_iter()
        .find(is_meant)
        .ok_or_else(|| Error::not_found("model", format!("{provider_id}/{model_id}")))
}

/// What to say to an admin who is about to add a model: whether there is one of that name, only its
/// provider knows. None where it is known already.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn unknown_model_warning(db: &Db, beat: Duration, key: &ModelKey) -> Result<Option<String>> {
    let known = known(db, beat).await?;
    let of_provider = known.models.iter().filter(|entry| entry.model.provider_id == key.provider_id);
    let ids: Vec<&str> = of_provider.map(|entry| entry.model.id.as_str()).collect();
    if ids.contains(&key.model_id.as_str()) {
        return Ok(None);
    }
    let near = similar::closest(&key.model_id, ids.iter().copied())
        .map_or(String::new(), |near| format!(" Did you mean {near}?"));
    Ok(Some(format!(
        "{}/{} was not known before, and whether its provider serves it shows in the first run.{near} \
         `retireModel` takes it out of what runs are started with.",
        key.provider_id, key.model_id
    )))
}

/// A provider's row; None where there is none with this id.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn find_provider(db: &Db, id: &str) -> Result<Option<provider::Model>> {
    Ok(provider::Entity::find_by_id(id).one(db.read()).await?)
}

/// The providers that workers which are online can serve.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn served_providers(db: &Db, beat: Duration) -> Result<HashSet<String>> {
    let online: Vec<Uuid> =
        fleet::online_workers(db, beat).await?.into_iter().map(|worker| worker.id).collect();
    let rows = worker_provider::Entity::find()
        .filter(worker_provider::Column::WorkerId.is_in(online))
        .all(db.read())
        .await?;
    Ok(rows.into_iter().map(|row| row.provider_id).collect())
}
