//! Which providers this process can serve: those it has an address and, where one is needed, a
//! key for. Keys are read here and live in memory only.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use domain::config::{Config, ProviderConfig};
use providers::{Provider, ProviderSettings, Quirks, presets};
use secrecy::SecretString;

/// A provider that this process serves.
pub(crate) struct Serving {
    pub(crate) id: String,
    pub(crate) provider: Arc<dyn Provider>,
    /// Calls in flight at once.
    pub(crate) parallel: usize,
}

/// Connects every provider that can be served.
pub(crate) fn servings(config: &Config) -> anyhow::Result<Vec<Serving>> {
    let mut servings = Vec::new();
    for (id, settings) in &config.providers {
        if let Some(provider) = connect(config, id, settings).with_context(|| format!("provider {id}"))? {
            let parallel = usize::try_from(settings.parallel.unwrap_or(config.parallel))?.max(1);
            servings.push(Serving { id: id.clone(), provider, parallel });
        }
    }
    Ok(servings)
}

fn connect(
    config: &Config,
    id: &str,
    settings: &ProviderConfig,
) -> anyhow::Result<Option<Arc<dyn Provider>>> {
    let preset = presets::of(id);
    let base_url = match (&settings.base_url, preset) {
        (Some(url), _) => url.parse().with_context(|| format!("base_url {url} is no URL"))?,
        // A local server is served only where somebody says that it is there.
        (None, Some(preset)) if preset.is_key_required => preset.base_url.clone(),
        (None, _) => return Ok(None),
    };
    let api_key = key(settings, preset.map(|preset| preset.key_variable.as_str()))?;
    let is_key_required =
        settings.is_key_required.unwrap_or_else(|| preset.is_none_or(|preset| preset.is_key_required));
    if is_key_required && api_key.is_none() {
        return Ok(None);
    }
    let kind = match &settings.wire_format {
        Some(word) => serde_json::from_value(serde_json::Value::String(word.clone()))
            .with_context(|| format!("wire_format {word} is unknown; openai_chat is"))?,
        None => preset.map_or(providers::WireFormat::OpenAiChat, |preset| preset.kind),
    };
    let quirks = match &settings.quirks {
        Some(quirks) => serde_json::from_value(quirks.clone()).context("quirks")?,
        None => preset.map_or_else(Quirks::default, |preset| preset.quirks.clone()),
    };
    let provider = providers::connect(ProviderSettings {
        id: id.into(),
        kind,
        base_url,
        api_key,
        connect_timeout: Duration::from_secs_f64(config.connect_timeout_seconds),
        quirks,
        // The envelope and escapes take up to three times the answer.
        body_limit: config.answer_max_bytes.saturating_mul(3).saturating_add(1 << 20),
    })?;
    Ok(Some(provider))
}

fn key(settings: &ProviderConfig, preset_variable: Option<&str>) -> anyhow::Result<Option<SecretString>> {
    if let Some(path) = &settings.key_file {
        let key = std::fs::read_to_string(path)
            .with_context(|| format!("the key file {} cannot be read", path.display()))?;
        return Ok(Some(key.trim().to_owned().into()));
    }
    let variable = settings.key_variable.as_deref().or(preset_variable);
    let value = variable.and_then(|variable| std::env::var(variable).ok());
    Ok(value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).map(SecretString::from))
}
