//! How a provider or a model differs from the rest of its wire format: data, not code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Differences of a provider; the defaults describe the plain wire format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// What the limit of output tokens is called.
    pub max_tokens_field: MaxTokensField,
    /// False where a seed is refused; it is then left out and named in `omitted`.
    pub supports_seed: bool,
    /// What the seed is called.
    pub seed_field: SeedField,
    /// False where a temperature is refused; it is then left out and named in `omitted`.
    pub supports_temperature: bool,
    /// Who speaks the system prompt.
    pub system_role: SystemRole,
    /// Fields of a message that hold reasoning; the first one that is there counts.
    pub reasoning_fields: Vec<String>,
    /// True where reasoning comes as `<think>…</think>` at the beginning of the text.
    pub think_tags: bool,
    /// The header that carries the bare key; `None` sends `Authorization: Bearer`.
    pub key_header: Option<String>,
    /// Further headers of every request. They are configuration, not secrets.
    pub headers: BTreeMap<String, String>,
    /// Differences of single models: every entry that matches applies, later ones win.
    pub models: Vec<ModelQuirks>,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            max_tokens_field: MaxTokensField::default(),
            supports_seed: true,
            seed_field: SeedField::default(),
            supports_temperature: true,
            system_role: SystemRole::default(),
            reasoning_fields: vec!["reasoning_content".to_owned(), "reasoning".to_owned()],
            think_tags: false,
            key_header: None,
            headers: BTreeMap::new(),
            models: Vec::new(),
        }
    }
}

/// What some models of a provider do differently; `None` leaves the provider's value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelQuirks {
    /// Which models: `*` stands for any characters, everything else for itself.
    pub pattern: String,
    /// See [`Quirks::max_tokens_field`].
    pub max_tokens_field: Option<MaxTokensField>,
    /// See [`Quirks::supports_seed`].
    pub supports_seed: Option<bool>,
    /// See [`Quirks::supports_temperature`].
    pub supports_temperature: Option<bool>,
    /// See [`Quirks::system_role`].
    pub system_role: Option<SystemRole>,
    /// See [`Quirks::think_tags`].
    pub think_tags: Option<bool>,
}

/// What the limit of output tokens is called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaxTokensField {
    /// The older name, which most compatible servers know.
    #[default]
    MaxTokens,
    /// The newer name, the only one reasoning models of OpenAI take.
    MaxCompletionTokens,
}

/// What the seed is called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeedField {
    /// OpenAI's name.
    #[default]
    Seed,
    /// Mistral's name; it refuses the other.
    RandomSeed,
}

/// Who speaks the system prompt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SystemRole {
    /// The role `system`.
    #[default]
    System,
    /// The role `developer`, for OpenAI's reasoning models.
    Developer,
    /// A first user message, for models that take neither; `omitted` names `system_role`.
    User,
}

/// The quirks that hold for one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Behaviour {
    pub(crate) max_tokens_field: MaxTokensField,
    pub(crate) supports_seed: bool,
    pub(crate) seed_field: SeedField,
    pub(crate) supports_temperature: bool,
    pub(crate) system_role: SystemRole,
    pub(crate) think_tags: bool,
}

impl Quirks {
    pub(crate) fn of_model(&self, model: &str) -> Behaviour {
        let provider = Behaviour {
            max_tokens_field: self.max_tokens_field,
            supports_seed: self.supports_seed,
            seed_field: self.seed_field,
            supports_temperature: self.supports_temperature,
            system_role: self.system_role,
            think_tags: self.think_tags,
        };
        self.models.iter().filter(|rule| matches(&rule.pattern, model)).fold(provider, |before, rule| {
            Behaviour {
                max_tokens_field: rule.max_tokens_field.unwrap_or(before.max_tokens_field),
                supports_seed: rule.supports_seed.unwrap_or(before.supports_seed),
                seed_field: before.seed_field,
                supports_temperature: rule.supports_temperature.unwrap_or(before.supports_temperature),
                system_role: rule.system_role.unwrap_or(before.system_role),
                think_tags: rule.think_tags.unwrap_or(before.think_tags),
            }
        })
    }
}

/// Whether a name fits a pattern in which `*` stands for any run of characters.
fn matches(pattern: &str, name: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(rest) = name.strip_prefix(head) else {
        return false;
    };
    // Middle parts are found leftmost first, so that what is left for the end is longest.
    let mut parts: Vec<&str> = tail.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    let mut rest = rest;
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::{ModelQuirks, Quirks, SystemRole, matches};

    #[test]
    fn a_star_stands_for_any_characters_also_for_none() {
        for (pattern, name) in [
            ("o1*", "o1"),
            ("o1*", "o1-mini"),
            ("*", ""),
            ("*-search-*", "gpt-4o-search-preview"),
            ("a*b*b", "abb"),
            ("gpt-4o", "gpt-4o"),
        ] {
            assert!(matches(pattern, name), "{pattern} should fit {name}");
        }
        for (pattern, name) in [("o1*", "gpt-o1"), ("a*b*b", "ab"), ("gpt", "gpt-4o"), ("", "x")] {
            assert!(!matches(pattern, name), "{pattern} should not fit {name}");
        }
    }

    #[test]
    fn a_later_rule_of_a_model_wins_over_an_earlier_one_and_over_the_provider() {
        let rule = |pattern: &str, temperature, role| ModelQuirks {
            pattern: pattern.to_owned(),
            supports_temperature: temperature,
            system_role: role,
            ..ModelQuirks::default()
        };
        let quirks = Quirks {
            models: vec![
                rule("o1*", Some(false), Some(SystemRole::Developer)),
                rule("o1-mini*", None, Some(SystemRole::User)),
            ],
            ..Quirks::default()
        };
        let mini = quirks.of_model("o1-mini");
        assert_eq!((mini.supports_temperature, mini.system_role), (false, SystemRole::User));
        let other = quirks.of_model("gpt-4o");
        assert_eq!((other.supports_temperature, other.system_role), (true, SystemRole::System));
    }
}
