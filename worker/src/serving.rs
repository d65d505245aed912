//! Which providers this process can serve: those it has an address and, where one is needed, a
//! key for. Keys are read here and live in memory only.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use domain::config::{Config, ProviderConfig};
use providers::{
    Provider, ProviderSettings, Quirks, WireFormat,
    presets::{self, Preset},
};
use secrecy::SecretString;
use url::Url;

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
    let kind = match &settings.wire_format {
        Some(word) => wire_format(word)?,
        None => preset.map_or(WireFormat::OpenAiChat, |preset| preset.kind),
    };
    let Some(base_url) = base_url(kind, settings, preset)? else { return Ok(None) };
    let api_key = key(settings, preset.map(|preset| preset.key_variable.as_str()))?;
    let is_key_required =
        settings.is_key_required.unwrap_or_else(|| preset.is_none_or(|preset| preset.is_key_required));
    if is_key_required && api_key.is_none() && kind != WireFormat::Command {
        return Ok(None);
    }
    let quirks = match &settings.quirks {
        Some(quirks) => serde_json::from_value(quirks.clone()).context("quirks")?,
        None => preset.map_or_else(Quirks::default, |preset| preset.quirks.clone()),
    };
    let provider = providers::connect(ProviderSettings {
        id: id.into(),
        kind,
        base_url,
        api_key,
        key_file: settings.key_file.clone(),
        connect_timeout: Duration::from_secs_f64(config.connect_timeout_seconds),
        proxy: None,
        extra_certificates: None,
        command: None,
        quirks,
        // The envelope and escapes take up to three times the answer.
        body_limit: config.answer_max_bytes.saturating_mul(3).saturating_add(1 << 20),
    })?;
    Ok(Some(provider))
}

fn wire_format(word: &str) -> anyhow::Result<WireFormat> {
    WireFormat::ALL.into_iter().find(|format| format.as_str() == word).with_context(|| {
        let known = WireFormat::ALL.map(WireFormat::as_str).join(", ");
        format!("wire_format {word} is unknown; there are {known}")
    })
}

/// Where the provider is reached; `None` where nobody said so.
fn base_url(
    kind: WireFormat,
    settings: &ProviderConfig,
    preset: Option<&Preset>,
) -> anyhow::Result<Option<Url>> {
    if kind == WireFormat::Command {
        // Never called: programs have no address.
        return Ok(Some(Url::parse("command:local")?));
    }
    let url = match (&settings.base_url, preset) {
        (Some(url), _) => Some(url.parse().with_context(|| format!("base_url {url} is no URL"))?),
        // A local server is served only where somebody says that it is there.
        (None, Some(preset)) if preset.is_key_required => preset.base_url.clone(),
        (None, _) => None,
    };
    Ok(url)
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
