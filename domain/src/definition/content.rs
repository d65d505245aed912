//! What a researcher writes: the content of one definition version.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{Listed, Scorer, decision_document::DecisionDocument, prompt_text::BODY_PLACEHOLDER, score};

/// Everything a definition asks. All texts are kept exactly as given, without trimming.
///
/// The same field names (snake_case) stand in YAML and JSON. Fields that are absent, empty or
/// false are left out when written, so that a field added later changes no stored SHA-256.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefinitionContent {
    /// What it is called; one line of 1–200 characters.
    pub name: String,
    /// What it is for, for people only; models never see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Words to find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The system prompt, with placeholders. `None` or blank = no system prompt is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preamble: Option<String>,
    /// The first question, with placeholders: `[name]` stands for the wording of the dimension
    /// `name` or for the further key `name` of a listed scenario, `[body]` for the body of a
    /// listed scenario, `[scale]` or `[choices]` for the possible decisions one per line, and
    /// `[[` and `]]` for literal brackets. Empty with listed scenarios = `[body]`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub template: String,
    /// The variables of the template. None, and no listed scenarios = one scenario.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<Dimension>,
    /// Scenarios that are written out one by one, in place of dimensions.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub scenarios: Listed,
    /// Questions asked after the first answer, in order, with the same placeholders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follow_ups: Vec<String>,
    /// Combinations to leave out, e.g. `exclude: victims=1 AND action=5`.
    ///
    /// In YAML `- exclude: victims=1` without quotes is a mapping and is read as the same text.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "super::rule_text::read")]
    pub rules: Vec<String>,
    /// How the decision is read from the conversation.
    pub decision: DecisionSpec,
    /// The most turns a conversation may take. `None` = 1 + the number of follow-ups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_turns: Option<u32>,
    /// What a model must be able to do.
    #[serde(default, skip_serializing_if = "Requirements::is_empty")]
    pub requires: Requirements,
    /// What else is judged about every answer, beside the decision.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scorers: Vec<Scorer>,
    /// What an answer may put first or last, e.g. honesty: looked for in the words of the answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<NamedValue>,
}

/// A value that answers may name, and put before others or behind them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedValue {
    /// What it is called in findings; one line, unique in the definition. Read as a word of the answers.
    pub name: String,
    /// Other words that name it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}

/// One variable of the template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// The placeholder's name and the middle of the CSV columns `dim_<name>`; an identifier.
    pub name: String,
    /// What it varies, for people only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its values, at least one.
    #[serde(default)]
    pub levels: Vec<Level>,
}

/// One value of a dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "LevelDocument")]
pub struct Level {
    /// Its number in statistics and rules; finite. `None` = not ordered.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "score::write")]
    pub score: Option<f64>,
    /// Its name in scenario keys, rules and the CSV; one line.
    pub label: String,
    /// What the model reads, at least one; each is a variant of its own.
    pub wordings: Vec<String>,
    /// For tasks with right answers: the name of the choice that is right when this level is
    /// shown. `None` = the level decides nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// A level as people write it: one wording may stand alone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelDocument {
    #[serde(default)]
    score: Option<f64>,
    #[serde(default)]
    label: String,
    #[serde(default)]
    wording: Option<String>,
    #[serde(default)]
    wordings: Vec<String>,
    #[serde(default)]
    target: Option<String>,
}

impl TryFrom<LevelDocument> for Level {
    type Error = &'static str;

    fn try_from(document: LevelDocument) -> Result<Self, Self::Error> {
        let LevelDocument { score, label, wording, mut wordings, target } = document;
        match wording {
            Some(_) if !wordings.is_empty() => {
                return Err("a level has both `wording` and `wordings`; keep only `wordings`");
            }
            Some(only) => wordings.push(only),
            None => {}
        }
        Ok(Self { score, label, wordings, target })
    }
}

/// How the decision is read: a number on a scale, one of named choices, or whatever is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "DecisionDocument", into = "DecisionDocument")]
pub enum DecisionSpec {
    /// `decision: {scale: [{value: 1, label: Never}, …]}`
    Scale {
        /// At least two, with different values.
        points: Vec<ScalePoint>,
    },
    /// `decision: {choices: [{name: A}, …]}`
    Choice {
        /// At least two, with different names and aliases.
        choices: Vec<Choice>,
    },
    /// `decision: free_text`: what is answered is the decision, compared with the target.
    FreeText,
}

/// One point of a scale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScalePoint {
    /// The number a model answers with.
    pub value: i64,
    /// What it means.
    #[serde(default)]
    pub label: String,
}

/// One named choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What a model answers with, and what the CSV holds.
    pub name: String,
    /// What it means. `None` = the name says it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Other spellings that are read as this choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Its number in statistics; finite. `None` = the choices are not ordered.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "score::write")]
    pub score: Option<f64>,
}

/// What a model must be able to do; a run with a model that cannot is refused by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirements {
    /// The least context length, in tokens. `None` = any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_tokens: Option<u32>,
    /// Whether it must take a system prompt.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub system_prompt: bool,
    /// Whether it must be able to answer in a given JSON schema.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub structured_output: bool,
}

impl Requirements {
    /// Whether any model will do.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl DefinitionContent {
    /// The most turns a conversation takes: the stated maximum, or the first question
    /// and every follow-up.
    pub fn turn_count_max(&self) -> u32 {
        let asked = u32::try_from(self.follow_ups.len()).unwrap_or(u32::MAX).saturating_add(1);
        self.max_turns.unwrap_or(asked)
    }

    /// The first question as it is asked: the template, or `[body]` where listed scenarios do
    /// without one.
    pub fn first_question(&self) -> &str {
        if self.template.is_empty() && !self.scenarios.is_empty() { BODY_PLACEHOLDER } else { &self.template }
    }

    /// The further keys of all listed scenarios, in the order in which they first stand there.
    pub fn field_names(&self) -> Vec<String> {
        let mut known = HashSet::new();
        let names = self.scenarios.iter().flat_map(|scenario| &scenario.fields);
        names.filter(|(name, _)| known.insert(name)).map(|(name, _)| name.clone()).collect()
    }

    /// Preamble, template and follow-ups with their paths: the texts that hold placeholders.
    pub fn prompt_texts(&self) -> impl Iterator<Item = (String, &str)> {
        let preamble = self.preamble.iter().map(|text| ("preamble".to_owned(), text.as_str()));
        let template = std::iter::once(("template".to_owned(), self.first_question()));
        let follow_ups = self
            .follow_ups
            .iter()
            .enumerate()
            .map(|(index, text)| (format!("follow_ups[{index}]"), text.as_str()));
        preamble.chain(template).chain(follow_ups)
    }
}
