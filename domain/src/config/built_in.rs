//! What Probity knows of providers, models and prices without being told.

use std::{collections::BTreeMap, sync::LazyLock};

use figment::{
    Figment,
    providers::{Format, Toml},
};
use serde::Deserialize;

use super::{ModelConfig, ProviderConfig};

const FILES: [&str; 8] = [
    include_str!("registry/openai.toml"),
    include_str!("registry/anthropic.toml"),
    include_str!("registry/google.toml"),
    include_str!("registry/xai.toml"),
    include_str!("registry/deepseek.toml"),
    include_str!("registry/mistral.toml"),
    include_str!("registry/others.toml"),
    include_str!("registry/sim.toml"),
];

/// Providers and models, as `probity.toml` would name them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BuiltIn {
    /// By id.
    pub providers: BTreeMap<String, ProviderConfig>,
    /// By `provider/model`.
    pub models: BTreeMap<String, ModelConfig>,
}

/// What is built in, on top of a configuration's other defaults.
pub(super) fn over(defaults: Figment) -> Figment {
    FILES.into_iter().fold(defaults, |figment, file| figment.merge(Toml::string(file)))
}

// The files are part of the binary, and a test reads them: the fallback is never seen.
static BUILT_IN: LazyLock<BuiltIn> = LazyLock::new(|| over(Figment::new()).extract().unwrap_or_default());

/// What is built in, without anything configured.
pub fn built_in() -> &'static BuiltIn {
    &BUILT_IN
}

#[cfg(test)]
mod tests {
    use super::{super::PriceConfig, *};

    #[test]
    fn every_file_is_read_and_none_of_its_models_is_without_a_provider() {
        for file in FILES {
            let read: Result<BuiltIn, _> = Figment::from(Toml::string(file)).extract();
            let read = read.unwrap_or_else(|error| panic!("{error}\n{file:.80}"));
            for (id, provider) in &read.providers {
                provider.check(id).unwrap();
            }
            for (name, model) in &read.models {
                model.check(name).unwrap();
                let (provider, _) = name.split_once('/').unwrap();
                assert!(read.providers.contains_key(provider), "{name}");
            }
        }
        let count: usize =
            FILES.iter().map(|file| file.lines().filter(|line| line.starts_with("[models.")).count()).sum();
        assert_eq!(built_in().models.len(), count);
    }

    #[test]
    fn every_built_in_price_is_plausible_and_its_tiers_ascend() {
        for (name, model) in &built_in().models {
            assert!(!model.prices.is_empty(), "{name} has no price");
            for price in &model.prices {
                let PriceConfig { input_usd, cached_input_usd, cache_write_usd, output_usd, .. } = *price;
                assert!(input_usd > 0.0 && output_usd > 0.0, "{name}");
                assert!(input_usd <= 100.0 && output_usd <= 500.0, "{name}: dollars per thousand?");
                assert!(output_usd >= input_usd, "{name}");
                assert!(cached_input_usd.is_none_or(|cached| 0.0 < cached && cached <= input_usd), "{name}");
                assert!(
                    cache_write_usd.is_none_or(|write| (input_usd..=output_usd).contains(&write)),
                    "{name}"
                );
                let later = model.prices.iter().filter(|other| {
                    other.from == price.from && other.above_input_tokens > price.above_input_tokens
                });
                for higher in later {
                    assert!(higher.input_usd > input_usd && higher.output_usd > output_usd, "{name}");
                }
            }
        }
    }

    #[test]
    fn every_built_in_default_is_one_of_the_versions_and_every_limit_fits() {
        for (name, model) in &built_in().models {
            if let Some(default) = &model.default_version {
                assert!(model.versions.contains(default), "{name}: {default}");
            }
            let context = model.context_tokens.unwrap();
            assert!((4_000..=10_000_000).contains(&context), "{name}");
            assert!(model.output_tokens_max.is_none_or(|output| output < context), "{name}");
            // What is not said is sent, and a vendor may refuse the whole call for it.
            let is_said = model.has_reasoning.is_some() && model.has_structured_output.is_some();
            assert!(is_said || name.starts_with("sim/"), "{name}");
        }
    }
}
