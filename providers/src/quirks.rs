//! How a provider or a model differs from the rest of its wire format: data, not code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Parameter, ProviderRequest};

/// Where the servers compatible with Chat Completions put reasoning. Those that fill several of
/// them say the same in each.
const REASONING_FIELDS: [&str; 6] =
    ["reasoning_content", "reasoning", "reasoning_text", "thinking", "reasoning_details", "thinking_blocks"];

/// Differences of a provider; the defaults describe the plain wire format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// What is not taken: it is left out and named in `omitted`.
    pub refuses: Vec<Parameter>,
    /// True where answers are streamed: a long one that breaks off is kept as far as it came,
    /// and the time to its first token is known.
    pub stream: bool,
    /// What the limit of output tokens is called.
    pub max_tokens_field: MaxTokensField,
    /// What the seed is called.
    pub seed_field: SeedField,
    /// How the reasoning effort is said.
    pub effort_field: EffortField,
    /// Who speaks the system prompt.
    pub system_role: SystemRole,
    /// Fields of a message that hold reasoning, as text, objects or lists of them; the first one
    /// that says something counts.
    pub reasoning_fields: Vec<String>,
    /// Fields of an answer's message that go back with it in the next turn, unchanged.
    pub returned_fields: Vec<String>,
    /// True where `<think>…</think>` at the beginning of a text is reasoning that the server
    /// left in it, as open models' servers do unless told otherwise. False keeps it as text.
    pub think_tags: bool,
    /// The header that carries the bare key (after `Bearer ` where it is `authorization`);
    /// `None` uses the wire format's own.
    pub key_header: Option<String>,
    /// Further headers of every request. They are configuration, not secrets.
    pub headers: BTreeMap<String, String>,
    /// Further fields of every request's body. In Responses an object is merged with the one that
    /// is there: `{reasoning: {summary: "auto"}}` asks for summaries beside the effort.
    pub body: Map<String, Value>,
    /// What is fetched to check the key, below the base URL; `None`: the list of models.
    pub check_path: Option<String>,
    /// False where that address answers anybody, so that it proves nothing about the key.
    pub check_proves_key: bool,
    /// Differences of single models: every entry that matches applies, later ones win.
    pub models: Vec<ModelQuirks>,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            refuses: Vec::new(),
            stream: false,
            max_tokens_field: MaxTokensField::default(),
            seed_field: SeedField::default(),
            effort_field: EffortField::default(),
            system_role: SystemRole::default(),
            reasoning_fields: REASONING_FIELDS.map(str::to_owned).to_vec(),
            returned_fields: Vec::new(),
            think_tags: true,
            key_header: None,
            headers: BTreeMap::new(),
            body: Map::new(),
            check_path: None,
            check_proves_key: true,
            models: Vec::new(),
        }
    }
}

/// What some models of a provider do differently; `None` leaves the provider's value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelQuirks {
    /// Which models: `*` stands for any characters, everything else for itself.
    pub pattern: String,
    /// What they do not take either.
    pub refuses: Vec<Parameter>,
    /// What they do take, unlike the provider's other models.
    pub takes: Vec<Parameter>,
    /// See [`Quirks::stream`].
    pub stream: Option<bool>,
    /// See [`Quirks::max_tokens_field`].
    pub max_tokens_field: Option<MaxTokensField>,
    /// See [`Quirks::effort_field`].
    pub effort_field: Option<EffortField>,
    /// See [`Quirks::system_role`].
    pub system_role: Option<SystemRole>,
    /// See [`Quirks::think_tags`].
    pub think_tags: Option<bool>,
    /// Further fields of the body; they win over the provider's.
    pub body: Map<String, Value>,
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

/// How the reasoning effort is said. Each wire format but Chat Completions has one way only,
/// apart from the two of Anthropic and of Google, whose older models count in tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffortField {
    /// In the wire format's own words: `reasoning_effort` in Chat Completions.
    #[default]
    Word,
    /// `reasoning: {effort: …}`, as OpenRouter has it.
    Object,
    /// As a number of tokens to think with, for older models of Anthropic and Google.
    Budget,
    /// `thinking: {type: enabled | disabled}`, for models that can only be told whether.
    Switch,
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
    /// A first user message, for models that take neither; `omitted` names `system`.
    User,
}

/// The quirks that hold for one model.
#[derive(Debug, Clone)]
pub(crate) struct Behaviour {
    pub(crate) refuses: Vec<Parameter>,
    pub(crate) stream: bool,
    pub(crate) max_tokens_field: MaxTokensField,
    pub(crate) seed_field: SeedField,
    pub(crate) effort_field: EffortField,
    pub(crate) system_role: SystemRole,
    pub(crate) reasoning_fields: Vec<String>,
    pub(crate) returned_fields: Vec<String>,
    pub(crate) think_tags: bool,
    pub(crate) body: Map<String, Value>,
}

impl Quirks {
    /// The quirks of the request's model, and what the request itself says it does not take.
    pub(crate) fn of_request(&self, request: &ProviderRequest) -> Behaviour {
        let mut behaviour = self.of_model(&request.model);
        behaviour.refuses.extend(&request.refuses);
        if behaviour.refuses.contains(&Parameter::System) {
            behaviour.system_role = SystemRole::User;
        }
        behaviour
    }

    pub(crate) fn of_model(&self, model: &str) -> Behaviour {
        let mut behaviour = Behaviour {
            refuses: self.refuses.clone(),
            stream: self.stream,
            max_tokens_field: self.max_tokens_field,
            seed_field: self.seed_field,
            effort_field: self.effort_field,
            system_role: self.system_role,
            reasoning_fields: self.reasoning_fields.clone(),
            returned_fields: self.returned_fields.clone(),
            think_tags: self.think_tags,
            body: self.body.clone(),
        };
        for rule in self.models.iter().filter(|rule| matches(&rule.pattern, model)) {
            behaviour.refuses.retain(|parameter| !rule.takes.contains(parameter));
            behaviour.refuses.extend(&rule.refuses);
            behaviour.stream = rule.stream.unwrap_or(behaviour.stream);
            behaviour.max_tokens_field = rule.max_tokens_field.unwrap_or(behaviour.max_tokens_field);
            behaviour.effort_field = rule.effort_field.unwrap_or(behaviour.effort_field);
            behaviour.system_role = rule.system_role.unwrap_or(behaviour.system_role);
            behaviour.think_tags = rule.think_tags.unwrap_or(behaviour.think_tags);
            behaviour.body.extend(rule.body.clone());
        }
        behaviour
    }
}

impl Behaviour {
    /// The value of a parameter where the model takes it; where it does not, it is noted as
    /// left out.
    pub(crate) fn taken<T>(
        &self,
        parameter: Parameter,
        value: Option<T>,
        omitted: &mut Vec<Parameter>,
    ) -> Option<T> {
        if value.is_some() && self.refuses.contains(&parameter) {
            omitted.push(parameter);
            return None;
        }
        value
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
    use crate::Parameter;

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
        let rule = |pattern: &str, refuses: &[Parameter], takes: &[Parameter], role| ModelQuirks {
            pattern: pattern.to_owned(),
            refuses: refuses.to_vec(),
            takes: takes.to_vec(),
            system_role: role,
            ..ModelQuirks::default()
        };
        let quirks = Quirks {
            refuses: vec![Parameter::Seed],
            models: vec![
                rule("o1*", &[Parameter::Temperature], &[], Some(SystemRole::Developer)),
                rule("o1-mini*", &[], &[Parameter::Seed], Some(SystemRole::User)),
            ],
            ..Quirks::default()
        };
        let mini = quirks.of_model("o1-mini");
        assert_eq!((mini.refuses, mini.system_role), (vec![Parameter::Temperature], SystemRole::User));
        let other = quirks.of_model("gpt-4o");
        assert_eq!((other.refuses, other.system_role), (vec![Parameter::Seed], SystemRole::System));
    }

    #[test]
    fn what_a_model_refuses_is_noted_only_where_it_was_asked_for() {
        let quirks = Quirks { refuses: vec![Parameter::Seed], ..Quirks::default() };
        let (behaviour, mut omitted) = (quirks.of_model("m"), Vec::new());
        assert_eq!(behaviour.taken(Parameter::Seed, None::<i64>, &mut omitted), None);
        assert!(omitted.is_empty());
        assert_eq!(behaviour.taken(Parameter::Seed, Some(1), &mut omitted), None);
        assert_eq!(behaviour.taken(Parameter::TopP, Some(1), &mut omitted), Some(1));
        assert_eq!(omitted, [Parameter::Seed]);
    }
}
