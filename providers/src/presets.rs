//! Providers that need no configuration but a key, as data.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Quirks, WireFormat};

/// What is known of a provider before anybody configures it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// The wire format it speaks.
    #[serde(default = "openai_chat")]
    pub kind: WireFormat,
    /// Where its API begins; `None` where every customer has an address of their own.
    #[serde(default)]
    pub base_url: Option<Url>,
    /// The environment variable its key comes from.
    pub key_variable: String,
    /// False for servers that by default run on one's own machine without a key.
    #[serde(default = "yes")]
    pub is_key_required: bool,
    /// How it differs from the rest of its wire format.
    #[serde(default)]
    pub quirks: Quirks,
}

fn openai_chat() -> WireFormat {
    WireFormat::OpenAiChat
}

fn yes() -> bool {
    true
}

// The file is part of the binary, and a test reads it: the fallback is never seen.
static PRESETS: LazyLock<BTreeMap<String, Preset>> =
    LazyLock::new(|| toml::from_str(include_str!("presets.toml")).unwrap_or_default());

/// Every preset with its provider's id, in the order of the ids.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Preset)> {
    PRESETS.iter().map(|(id, preset)| (id.as_str(), preset))
}

/// The preset of a provider; `None` for one that has to be configured in full.
pub fn of(id: &str) -> Option<&'static Preset> {
    PRESETS.get(id)
}

#[cfg(test)]
mod tests {
    use super::{Preset, all, of};
    use crate::{Parameter, SeedField, SystemRole};

    #[test]
    fn the_presets_are_read_and_name_the_whole_family() {
        let file: Result<std::collections::BTreeMap<String, Preset>, _> =
            toml::from_str(include_str!("presets.toml"));
        assert_eq!(file.err(), None);
        let ids: Vec<_> = all().map(|(id, _)| id).collect();
        assert_eq!(
            ids,
            [
                "anthropic",
                "azure",
                "cerebras",
                "deepseek",
                "google",
                "groq",
                "huggingface",
                "litellm",
                "mistral",
                "ollama",
                "openai",
                "openai-responses",
                "openrouter",
                "together",
                "vertex",
                "vllm",
                "xai",
            ]
        );
    }

    #[test]
    fn models_of_openai_differ_by_their_names() {
        let quirks = &of("openai").unwrap().quirks;
        let behaviour = |model| {
            let behaviour = quirks.of_model(model);
            (!behaviour.refuses.contains(&Parameter::Temperature), behaviour.system_role)
        };
        assert_eq!(behaviour("gpt-4o-mini"), (true, SystemRole::System));
        assert_eq!(behaviour("gpt-5-mini"), (false, SystemRole::Developer));
        assert_eq!(behaviour("gpt-5-chat-latest"), (true, SystemRole::System));
        assert_eq!(behaviour("o1-mini-2024-09-12"), (false, SystemRole::User));
        let takes = |model| {
            let refused = of("anthropic").unwrap().quirks.of_model(model).refuses;
            (!refused.contains(&Parameter::Temperature), !refused.contains(&Parameter::ReasoningEffort))
        };
        assert_eq!(takes("claude-opus-5-5"), (false, true));
        assert_eq!(takes("claude-opus-4-7"), (false, true));
        assert_eq!(takes("claude-sonnet-4-5-20250929"), (true, true));
        assert_eq!(takes("claude-3-5-haiku-20241022"), (true, false));
        assert_eq!(of("mistral").unwrap().quirks.seed_field, SeedField::RandomSeed);
    }
}
