//! What admins change of the registry, and checks of providers.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    Error,
    config::usd_micros,
    health,
    registry::{self, ModelChange, ModelKey, NewTier},
};

use super::{
    access::{actor, api},
    ids::parse_count,
    model::AvailableModel,
    provider::Provider,
};

/// A model to be added or changed. What is null stays as it is.
#[derive(InputObject)]
pub(crate) struct SetModelInput {
    /// Who serves it.
    provider_id: String,
    /// As the provider calls it.
    model_id: String,
    /// As people know it. A new model's is its id.
    display_name: Option<String>,
    /// Versions to add. None is ever taken out, because runs point at them.
    versions: Option<Vec<String>>,
    /// The version that is asked for where a run names none; an empty text: the bare model.
    default_version: Option<String>,
    /// The longest conversation, in tokens.
    context_tokens: Option<i32>,
    /// The longest answer, in tokens.
    output_tokens_max: Option<i32>,
    /// Whether it takes a system prompt. A new model does.
    has_system_prompt: Option<bool>,
    /// Whether it can be held to a JSON schema. Of a new model that is not known.
    has_structured_output: Option<bool>,
    /// Whether it takes a temperature. A new model does.
    has_temperature: Option<bool>,
    /// Whether it takes a seed. A new model does.
    has_seed: Option<bool>,
    /// Whether it thinks before it answers. Of a new model that is not known: it is told how much where a run
    /// says so.
    has_reasoning: Option<bool>,
    /// Whether runs can be started with it. A new model is offered.
    is_offered: Option<bool>,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// A model to be retired.
#[derive(InputObject)]
pub(crate) struct RetireModelInput {
    /// Who serves it.
    provider_id: String,
    /// As the provider calls it.
    model_id: String,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// What a model costs from a moment on.
#[derive(InputObject)]
pub(crate) struct SetPriceInput {
    /// Who serves it.
    provider_id: String,
    /// As the provider calls it.
    model_id: String,
    /// Since when it holds; also a moment in the past or the future.
    effective_from: DateTime<Utc>,
    /// All its tiers; one has `aboveInputTokens` 0.
    tiers: Vec<PriceTierInput>,
    /// Any text of up to 200 bytes, e.g. a UUID: the same token has no second effect.
    client_token: Option<String>,
}

/// A tier of a price, in US dollars per million tokens, with at most six decimals.
#[derive(InputObject)]
pub(crate) struct PriceTierInput {
    /// It holds for the whole call where the prompt has more tokens than this; 0 is the base tier.
    #[graphql(default)]
    above_input_tokens: i32,
    /// Input tokens.
    input_usd: f64,
    /// Input tokens read from the provider's cache. Null: as input.
    cached_input_usd: Option<f64>,
    /// Input tokens written to the provider's cache. Null: as input.
    cache_write_usd: Option<f64>,
    /// Output tokens, reasoning among them.
    output_usd: f64,
}

/// A provider to be checked.
#[derive(InputObject)]
pub(crate) struct CheckProviderInput {
    /// Which provider.
    provider_id: String,
}

/// A model that was changed.
#[derive(SimpleObject)]
pub(crate) struct SetModelPayload {
    /// The model as it is now.
    model: AvailableModel,
    /// What is allowed but suspicious, e.g. a model that was not known before.
    warnings: Vec<String>,
}

/// A provider that is checked.
#[derive(SimpleObject)]
pub(crate) struct CheckProviderPayload {
    /// The provider with its latest check. Ask `providers` again while `isCheckPending`.
    provider: Provider,
}

/// What can be changed of the registry.
#[derive(Default)]
pub(crate) struct RegistryMutation;

/// Everything that can be changed.
#[Object]
impl RegistryMutation {
    /// Adds a model or changes one; for admins. From then on no start of a process changes it.
    async fn set_model(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which model, and what of it.")] input: SetModelInput,
    ) -> Result<SetModelPayload> {
        let key = ModelKey { provider_id: input.provider_id, model_id: input.model_id };
        let change = ModelChange {
            display_name: input.display_name,
            versions: input.versions,
            default_version: input.default_version,
            context_tokens: parse_count("contextTokens", input.context_tokens)?,
            output_tokens_max: parse_count("outputTokensMax", input.output_tokens_max)?,
            has_system_prompt: input.has_system_prompt,
            has_structured_output: input.has_structured_output,
            has_temperature: input.has_temperature,
            has_seed: input.has_seed,
            has_reasoning: input.has_reasoning,
            is_offered: input.is_offered,
        };
        let db = &api(ctx).db;
        let warning = registry::unknown_model_warning(db, api(ctx).config.beat(), &key).await?;
        registry::set_model(db, actor(ctx)?, &key, &change, input.client_token.as_deref()).await?;
        Ok(SetModelPayload { warnings: warning.into_iter().collect(), ..payload(ctx, &key).await? })
    }

    /// Takes a model out of what runs can be started with; for admins. Runs with it go on, and
    /// `setModel` with `isOffered` takes it back.
    async fn retire_model(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which model.")] input: RetireModelInput,
    ) -> Result<SetModelPayload> {
        let key = ModelKey { provider_id: input.provider_id, model_id: input.model_id };
        registry::retire_model(&api(ctx).db, actor(ctx)?, &key, input.client_token.as_deref()).await?;
        payload(ctx, &key).await
    }

    /// Sets what a model costs from a moment on, all tiers at once; for admins. Such a price goes
    /// before built-in and configured ones. What was costed stays as it was, and runs that were
    /// made before keep their prices.
    async fn set_price(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which model, and its price.")] input: SetPriceInput,
    ) -> Result<SetModelPayload> {
        let key = ModelKey { provider_id: input.provider_id, model_id: input.model_id };
        let tiers = (0..).zip(input.tiers).map(|(index, tier)| tier.decoded(index));
        let tiers = tiers.collect::<domain::Result<Vec<NewTier>>>()?;
        let (db, token) = (&api(ctx).db, input.client_token.as_deref());
        registry::set_price(db, actor(ctx)?, &key, input.effective_from, &tiers, token).await?;
        payload(ctx, &key).await
    }

    /// Asks a worker to find out, by an endpoint that costs nothing, whether a provider answers and
    /// takes the key. One that was checked within a minute is not asked again.
    async fn check_provider(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which provider.")] input: CheckProviderInput,
    ) -> Result<CheckProviderPayload> {
        let api = api(ctx);
        health::request_check(&api.db, &api.config, actor(ctx)?, &input.provider_id).await?;
        let found = health::providers(&api.db, &api.config).await?;
        let found = found.into_iter().find(|health| health.provider.id == input.provider_id);
        let found = found.ok_or_else(|| Error::not_found("provider", &input.provider_id))?;
        Ok(CheckProviderPayload { provider: found.into() })
    }
}

async fn payload(ctx: &Context<'_>, key: &ModelKey) -> Result<SetModelPayload> {
    let api = api(ctx);
    let found =
        registry::available_model(&api.db, api.config.beat(), &key.provider_id, &key.model_id).await?;
    Ok(SetModelPayload { model: found.into(), warnings: Vec::new() })
}

impl PriceTierInput {
    fn decoded(self, index: usize) -> domain::Result<NewTier> {
        let micros = |name: &str, usd: f64| {
            let refuse = || {
                let message = format!(
                    "{usd} is no price; give US dollars per million tokens, from 0, with at most six decimals."
                );
                Error::invalid(format!("tiers[{index}].{name}"), message)
            };
            usd_micros(usd).ok_or_else(refuse)
        };
        let above = parse_count(&format!("tiers[{index}].aboveInputTokens"), Some(self.above_input_tokens))?;
        let optional = |name: &str, usd: Option<f64>| usd.map(|usd| micros(name, usd)).transpose();
        Ok(NewTier {
            above_input_tokens: above.unwrap_or(0),
            input_usd_micros_per_million: micros("inputUsd", self.input_usd)?,
            cached_input_usd_micros_per_million: optional("cachedInputUsd", self.cached_input_usd)?,
            cache_write_usd_micros_per_million: optional("cacheWriteUsd", self.cache_write_usd)?,
            output_usd_micros_per_million: micros("outputUsd", self.output_usd)?,
        })
    }
}
