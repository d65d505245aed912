//! What admins change at run time. Every change leaves a line in the audit trail.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{Origin, model, model_version, price, provider};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder,
};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{lock, sync::supersede};
use crate::{
    audit_event,
    auth::{Action, Actor, Resource, authorize},
    db::{Db, insert_all, now},
    error::{Error, Result},
    receipt::{self, Token},
    search::without_nul,
};

/// Which model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelKey {
    /// Who serves it.
    pub provider_id: String,
    /// As the provider calls it.
    pub model_id: String,
}

/// What is to be changed of a model; None leaves it as it is, or as a new model has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ModelChange {
    /// As people know it; a new model's is its id.
    pub display_name: Option<String>,
    /// Versions to add; none is ever taken out, because runs point at them.
    pub versions: Option<Vec<String>>,
    /// What is asked for where a run names no version; empty: the bare model.
    pub default_version: Option<String>,
    /// The longest conversation, in tokens.
    pub context_tokens: Option<u32>,
    /// The longest answer, in tokens.
    pub output_tokens_max: Option<u32>,
    /// Takes a system prompt; a new model does.
    pub has_system_prompt: Option<bool>,
    /// Can be held to a JSON Schema; of a new model that is not known.
    pub has_structured_output: Option<bool>,
    /// Takes a temperature; a new model does.
    pub has_temperature: Option<bool>,
    /// Takes a seed; a new model does.
    pub has_seed: Option<bool>,
    /// Thinks before it answers; of a new model that is not known, and it is told how much.
    pub has_reasoning: Option<bool>,
    /// Whether runs can be started with it; a new model is offered.
    pub is_offered: Option<bool>,
}

/// A tier of a new price, in micro-dollars per million tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewTier {
    /// Holds for the whole call where the prompt has more tokens than this; 0 = the base tier.
    pub above_input_tokens: u32,
    /// Input tokens.
    pub input_usd_micros_per_million: i64,
    /// Input tokens read from the cache; None: as input.
    pub cached_input_usd_micros_per_million: Option<i64>,
    /// Input tokens written to the cache; None: as input.
    pub cache_write_usd_micros_per_million: Option<i64>,
    /// Output tokens, reasoning among them.
    pub output_usd_micros_per_million: i64,
}

/// The longest name of a model or version, in bytes.
const NAME_BYTES_MAX: usize = 200;

/// Adds a model or changes one. From then on it is an admin's: no sync at start changes it.
///
/// # Errors
/// `Forbidden` for all but admins, `Invalid`, `Conflict` for a token used with another input.
pub async fn set_model(
    db: &Db,
    actor: &Actor,
    key: &ModelKey,
    change: &ModelChange,
    client_token: Option<&str>,
) -> Result<()> {
    commanded(db, actor, "setModel", key, change, client_token, async |tx, known| {
        change_model(tx, key, change, known).await
    })
    .await
}

/// Takes a model out of what is offered. Runs with it go on, and it can be offered again.
///
/// # Errors
/// As `set_model`; `NotFound` where there is no such model.
pub async fn retire_model(db: &Db, actor: &Actor, key: &ModelKey, client_token: Option<&str>) -> Result<()> {
    let change = ModelChange { is_offered: Some(false), ..ModelChange::default() };
    commanded(db, actor, "retireModel", key, &change, client_token, async |tx, known| {
        let known = known.ok_or_else(|| Error::not_found("model", key.name()))?;
        change_model(tx, key, &change, Some(known)).await
    })
    .await
}

/// Sets what a model costs from a moment on: all tiers at once, in place of those that were set
/// for the same moment. Calls that were made stay costed as they were, and runs that were made
/// before keep their prices.
///
/// # Errors
/// As `set_model`; `NotFound` where there is no such model.
pub async fn set_price(
    db: &Db,
    actor: &Actor,
    key: &ModelKey,
    effective_from: DateTime<Utc>,
    tiers: &[NewTier],
    client_token: Option<&str>,
) -> Result<()> {
    let effective_from = chrono::SubsecRound::trunc_subsecs(effective_from, 3);
    let input = json!({"effective_from": effective_from, "tiers": tiers});
    commanded(db, actor, "setPrice", key, &input, client_token, async |tx, known| {
        known.ok_or_else(|| Error::not_found("model", key.name()))?;
        check_tiers(tiers)?;
        let recorded_at = now();
        supersede(tx, &key.provider_id, &key.model_id, effective_from, recorded_at).await?;
        let rows = tiers.iter().map(|tier| price::ActiveModel {
            id: Set(Uuid::now_v7()),
            provider_id: Set(key.provider_id.clone()),
            model_id: Set(key.model_id.clone()),
            effective_from: Set(effective_from),
            above_input_tokens: Set(tier.above_input_tokens.into()),
            input_usd_micros_per_million: Set(tier.input_usd_micros_per_million),
            cached_input_usd_micros_per_million: Set(tier.cached_input_usd_micros_per_million),
            cache_write_usd_micros_per_million: Set(tier.cache_write_usd_micros_per_million),
            output_usd_micros_per_million: Set(tier.output_usd_micros_per_million),
            origin: Set(Origin::Admin),
            recorded_at: Set(recorded_at),
            superseded_at: Set(None),
        });
        insert_all(tx, &rows.collect::<Vec<_>>()).await
    })
    .await
}

/// What every change has in common: permission, token, lock and trail.
async fn commanded(
    db: &Db,
    actor: &Actor,
    command: &'static str,
    key: &ModelKey,
    input: &impl Serialize,
    client_token: Option<&str>,
    change: impl AsyncFnOnce(&sea_orm::DatabaseTransaction, Option<model::Model>) -> Result<()>,
) -> Result<()> {
    authorize(actor, Action::Administer, Resource::Registry)?;
    check_name("providerId", &key.provider_id)?;
    check_name("modelId", &key.model_id)?;
    let payload: Value = serde_json::to_value(input)?;
    let token = Token { client_token, command, input: format!("{} {payload}", key.name()) };
    let tx = db.begin().await?;
    lock(&tx).await?;
    if receipt::find(&tx, actor, &token).await?.is_some() {
        return Ok(tx.rollback().await?);
    }
    check_provider(&tx, &key.provider_id).await?;
    let known = model::Entity::find_by_id((key.provider_id.clone(), key.model_id.clone())).one(&tx).await?;
    change(&tx, known).await?;
    let event_id = audit_event::note(&tx, actor, command, format!("model {}", key.name()), payload).await?;
    receipt::keep(&tx, actor, &token, event_id).await?;
    tx.commit().await?;
    Ok(())
}

async fn change_model(
    tx: &impl ConnectionTrait,
    key: &ModelKey,
    change: &ModelChange,
    known: Option<model::Model>,
) -> Result<()> {
    let is_new = known.is_none();
    let mut row = known.unwrap_or_else(|| key.unknown_model());
    row.origin = Origin::Admin;
    if let Some(name) = &change.display_name {
        check_name("displayName", name)?;
        row.display_name.clone_from(name);
    }
    let set = |flag: &mut bool, wanted: Option<bool>| *flag = wanted.unwrap_or(*flag);
    set(&mut row.has_system_prompt, change.has_system_prompt);
    row.has_structured_output = change.has_structured_output.or(row.has_structured_output);
    set(&mut row.has_temperature, change.has_temperature);
    set(&mut row.has_seed, change.has_seed);
    row.has_reasoning = change.has_reasoning.or(row.has_reasoning);
    set(&mut row.is_offered, change.is_offered);
    for (path, tokens, column) in [
        ("contextTokens", change.context_tokens, &mut row.context_tokens),
        ("outputTokensMax", change.output_tokens_max, &mut row.output_tokens_max),
    ] {
        if tokens == Some(0) {
            return Err(Error::invalid(
                path,
                "No model has room for 0 tokens; leave it out where it is not known.",
            ));
        }
        *column = tokens.map(i64::from).or(*column);
    }
    let mut versions: BTreeSet<String> = model_version::Entity::find()
        .filter(model_version::Column::ProviderId.eq(&key.provider_id))
        .filter(model_version::Column::ModelId.eq(&key.model_id))
        .all(tx)
        .await?
        .into_iter()
        .map(|row| row.version)
        .collect();
    let mut new_versions = Vec::new();
    for (index, version) in change.versions.iter().flatten().enumerate() {
        check_name(&format!("versions[{index}]"), version)?;
        if versions.insert(version.clone()) {
            new_versions.push(model_version::ActiveModel {
                provider_id: Set(key.provider_id.clone()),
                model_id: Set(key.model_id.clone()),
                version: Set(version.clone()),
                origin: Set(Origin::Admin),
            });
        }
    }
    if let Some(default) = &change.default_version {
        row.default_version = Some(default.clone()).filter(|default| !default.is_empty());
    }
    if let Some(default) = row.default_version.as_ref().filter(|default| !versions.contains(*default)) {
        let message = format!(
            "{default} is none of the versions ({}); add it to them.",
            versions.into_iter().collect::<Vec<_>>().join(", ")
        );
        return Err(Error::invalid("defaultVersion", message));
    }
    let row = row.into_active_model();
    if is_new {
        row.insert(tx).await?;
    } else {
        row.reset_all().update(tx).await?;
    }
    insert_all(tx, &new_versions).await
}

async fn check_provider(tx: &impl ConnectionTrait, provider_id: &str) -> Result<()> {
    let known = provider::Entity::find().order_by_asc(provider::Column::Id).all(tx).await?;
    if known.iter().any(|row| row.id == provider_id) {
        return Ok(());
    }
    let ids: Vec<&str> = known.iter().map(|row| row.id.as_str()).collect();
    let message = format!(
        "There is no provider {provider_id}; there are {}. Providers are added in probity.toml.",
        ids.join(", ")
    );
    Err(Error::invalid("providerId", message))
}

fn check_name(path: &str, name: &str) -> Result<()> {
    without_nul(path, name)?;
    let is_name = !name.trim().is_empty()
        && name.trim() == name
        && name.len() <= NAME_BYTES_MAX
        && !name.chars().any(char::is_control);
    if is_name {
        return Ok(());
    }
    let message = format!("A name has 1 to {NAME_BYTES_MAX} bytes, and no white space around it.");
    Err(Error::invalid(path, message))
}

fn check_tiers(tiers: &[NewTier]) -> Result<()> {
    let bounds: BTreeSet<u32> = tiers.iter().map(|tier| tier.above_input_tokens).collect();
    if !bounds.contains(&0) {
        return Err(Error::invalid("tiers", "A price needs its base tier: one with aboveInputTokens 0."));
    }
    if bounds.len() != tiers.len() {
        return Err(Error::invalid("tiers", "Two tiers begin at the same aboveInputTokens; take one out."));
    }
    for (index, tier) in tiers.iter().enumerate() {
        let parts = [
            Some(tier.input_usd_micros_per_million),
            tier.cached_input_usd_micros_per_million,
            tier.cache_write_usd_micros_per_million,
            Some(tier.output_usd_micros_per_million),
        ];
        if parts.into_iter().flatten().any(|price| !(0..1_000_000_000_000).contains(&price)) {
            let message = "A price is 0 to 1,000,000 US dollars per million tokens.";
            return Err(Error::invalid(format!("tiers[{index}]"), message));
        }
    }
    Ok(())
}

impl ModelKey {
    /// `provider/model`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.provider_id, self.model_id)
    }

    /// The row of a model of which nothing but its name is known.
    pub(crate) fn unknown_model(&self) -> model::Model {
        model::Model {
            provider_id: self.provider_id.clone(),
            id: self.model_id.clone(),
            display_name: self.model_id.clone(),
            default_version: None,
            context_tokens: None,
            output_tokens_max: None,
            has_system_prompt: true,
            has_structured_output: None,
            has_temperature: true,
            has_seed: true,
            has_reasoning: None,
            is_offered: true,
            origin: Origin::Used,
        }
    }
}
