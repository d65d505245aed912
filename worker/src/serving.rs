//! Which providers this process can serve: those it has an address and, where one is needed, a
//! key for. Keys are read here and live in memory only.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use anyhow::Context;
use domain::config::{CommandConfig, Config, ProviderConfig};
use providers::{
    CommandSettings, Provider, ProviderSettings, Quirks, WireFormat,
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

/// The providers of a configuration, as this process finds them. Those that nobody set up are
/// in neither list.
pub(crate) struct Servings {
    /// Those that can be served.
    pub(crate) ready: Vec<Serving>,
    /// Why those that somebody did set up cannot be served, by id.
    pub(crate) unusable: BTreeMap<String, String>,
}

/// Connects every provider that can be served. One whose settings cannot be used is nobody's
/// trouble but its own.
pub(crate) fn servings(config: &Config) -> Servings {
    let mut servings = Servings { ready: Vec::new(), unusable: BTreeMap::new() };
    for (id, settings) in &config.providers {
        match connect(config, id, settings) {
            Ok(Some(provider)) => {
                let parallel = usize::try_from(settings.parallel.unwrap_or(config.parallel));
                let parallel = parallel.unwrap_or(usize::MAX).max(1);
                servings.ready.push(Serving { id: id.clone(), provider, parallel });
            }
            Ok(None) => {}
            Err(error) => {
                let words = format!("{error:#}");
                let reason = words.strip_prefix(&format!("provider {id}: ")).unwrap_or(&words);
                servings.unusable.insert(id.clone(), reason.to_owned());
            }
        }
    }
    servings
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
    let mut quirks = match &settings.quirks {
        Some(quirks) => serde_json::from_value(quirks.clone()).context("quirks")?,
        None => preset.map_or_else(Quirks::default, |preset| preset.quirks.clone()),
    };
    quirks.stream = settings.stream.unwrap_or(quirks.stream);
    let provider = providers::connect(ProviderSettings {
        id: id.into(),
        kind,
        base_url,
        api_key,
        key_file: settings.key_file.clone(),
        connect_timeout: Duration::from_secs_f64(config.connect_timeout_seconds),
        proxy: settings.proxy.as_deref().map(parsed("proxy")).transpose()?,
        extra_certificates: settings.ca_file.as_deref().map(certificates).transpose()?,
        command: settings.command.as_ref().map(|command| command_settings(config, command)).transpose()?,
        quirks,
        body_limit: body_limit(config),
    })
    // These errors hold the words of their sources already.
    .map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(Some(provider))
}

/// The envelope and escapes take up to three times the answer.
fn body_limit(config: &Config) -> usize {
    config.answer_max_bytes.saturating_mul(3).saturating_add(1 << 20)
}

fn parsed(key: &'static str) -> impl Fn(&str) -> anyhow::Result<Url> {
    move |text| text.parse().with_context(|| format!("{key} {text} is no URL"))
}

fn certificates(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("the ca_file {} cannot be read", path.display()))
}

fn command_settings(config: &Config, command: &CommandConfig) -> anyhow::Result<CommandSettings> {
    let seconds = command.timeout_seconds.unwrap_or(config.attempt_timeout_seconds);
    Ok(CommandSettings {
        program: command.program.clone(),
        arguments: command.arguments.clone(),
        working_directory: command.working_directory.clone(),
        environment: command.environment.clone(),
        timeout: Duration::try_from_secs_f64(seconds).context("command.timeout_seconds")?,
        output_bytes_max: command.output_max_bytes.unwrap_or_else(|| body_limit(config)),
    })
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
    let url = match (&settings.base_url, &settings.project, preset) {
        (Some(url), ..) => Some(parsed("base_url")(url)?),
        (None, Some(project), _) => {
            let location =
                settings.location.as_deref().context("a project needs its location, e.g. global")?;
            Some(vertex_url(project, location)?)
        }
        // A local server is served only where somebody says that it is there.
        (None, None, Some(preset)) if preset.is_key_required => preset.base_url.clone(),
        (None, None, _) => None,
    };
    Ok(url.map(|mut url| {
        if let Some(version) = &settings.api_version {
            url.query_pairs_mut().append_pair("api-version", version);
        }
        url
    }))
}

/// Source: <https://cloud.google.com/vertex-ai/docs/reference/rest>.
fn vertex_url(project: &str, location: &str) -> anyhow::Result<Url> {
    let region = if location == "global" { String::new() } else { format!("{location}-") };
    let text = format!(
        "https://{region}aiplatform.googleapis.com/v1/projects/{project}/locations/{location}/publishers/google"
    );
    parsed("the address made of project and location:")(&text)
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]

    use domain::config::{ProviderConfig, built_in};
    use providers::{WireFormat, presets};

    use super::{base_url, vertex_url};

    #[test]
    fn what_the_configuration_and_the_presets_say_of_a_provider_agrees() {
        for (id, settings) in &built_in().providers {
            let Some(preset) = presets::of(id) else {
                assert_eq!(id, "sim");
                continue;
            };
            let format = settings.wire_format.as_deref().unwrap_or("openai_chat");
            assert_eq!(format, preset.kind.as_str(), "{id}");
            assert_eq!(settings.key_variable.as_deref(), Some(preset.key_variable.as_str()), "{id}");
            assert_eq!(settings.is_key_required.unwrap_or(true), preset.is_key_required, "{id}");
        }
        for (id, _) in presets::all() {
            assert!(built_in().providers.contains_key(id), "{id} is not in the registry");
        }
    }

    #[test]
    fn an_address_is_made_of_what_vertex_and_azure_ask_for() {
        let global = vertex_url("p", "global").unwrap();
        assert_eq!(
            global.as_str(),
            "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google"
        );
        assert!(
            vertex_url("p", "europe-west4").unwrap().as_str().starts_with("https://europe-west4-aiplatform.")
        );
        let azure = ProviderConfig {
            base_url: Some("https://r.openai.azure.com/openai/deployments/{model}".into()),
            api_version: Some("2024-10-21".into()),
            ..ProviderConfig::default()
        };
        let url = base_url(WireFormat::OpenAiChat, &azure, None).unwrap().unwrap();
        assert!(url.as_str().ends_with("/%7Bmodel%7D?api-version=2024-10-21"), "{url}");
        let nowhere = ProviderConfig { project: Some("p".into()), ..ProviderConfig::default() };
        assert!(base_url(WireFormat::GoogleGenerateContent, &nowhere, None).is_err());
    }
}
