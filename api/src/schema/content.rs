//! The content of a definition, as objects.

use async_graphql::SimpleObject;
use domain::definition as asked;

/// Everything a definition asks. All texts are kept exactly as given.
#[derive(Clone, SimpleObject)]
pub(crate) struct DefinitionContent {
    /// What it is called.
    name: String,
    /// What it is for, for people only; models never see it.
    description: Option<String>,
    /// Words to find it by.
    tags: Vec<String>,
    /// The system prompt, with placeholders. Null or blank: none is sent.
    preamble: Option<String>,
    /// The first question: `[name]` stands for the wording of the dimension `name`, `[scale]` or
    /// `[choices]` for the possible decisions, `[[` and `]]` for literal brackets.
    template: String,
    /// The variables of the template. None: one scenario.
    dimensions: Vec<Dimension>,
    /// Questions asked after the first answer, in order.
    follow_ups: Vec<String>,
    /// Combinations to leave out, e.g. `exclude: victims=1 AND action=5`.
    rules: Vec<String>,
    /// How the decision is read from the conversation.
    decision: DecisionSpec,
    /// The most turns a conversation may take. Null: 1 + the number of follow-ups.
    max_turns: Option<u32>,
    /// What a model must be able to do.
    requires: Requirements,
}

/// One variable of the template.
#[derive(Clone, SimpleObject)]
pub(crate) struct Dimension {
    /// The placeholder's name and the middle of the CSV columns `dim_<name>`.
    name: String,
    /// What it varies, for people only.
    description: Option<String>,
    /// Its values.
    levels: Vec<Level>,
}

/// One value of a dimension.
#[derive(Clone, SimpleObject)]
pub(crate) struct Level {
    /// Its number in statistics and rules. Null: not ordered.
    score: Option<f64>,
    /// Its name in scenario keys, rules and the CSV.
    label: String,
    /// What the model reads; each wording is a variant of its own.
    wordings: Vec<String>,
    /// The name of the choice that is right when this level is shown. Null: it decides nothing.
    target: Option<String>,
}

/// How the decision is read: from a scale or from named choices, one of the two.
#[derive(Clone, SimpleObject)]
pub(crate) struct DecisionSpec {
    /// The points of the scale; null where the decision is one of named choices.
    scale: Option<Vec<ScalePoint>>,
    /// The named choices; null where the decision is a number on a scale.
    choices: Option<Vec<Choice>>,
}

/// One point of a scale.
#[derive(Clone, SimpleObject)]
pub(crate) struct ScalePoint {
    /// The number a model answers with.
    value: i64,
    /// What it means.
    label: String,
}

/// One named choice.
#[derive(Clone, SimpleObject)]
pub(crate) struct Choice {
    /// What a model answers with, and what the CSV holds.
    name: String,
    /// What it means. Null: the name says it all.
    label: Option<String>,
    /// Other spellings that are read as this choice.
    aliases: Vec<String>,
    /// Its number in statistics. Null: the choices are not ordered.
    score: Option<f64>,
}

/// What a model must be able to do; a run with a model that cannot is refused by name.
#[derive(Clone, SimpleObject)]
pub(crate) struct Requirements {
    /// The least context length, in tokens. Null: any.
    context_tokens: Option<u32>,
    /// Whether it must take a system prompt.
    system_prompt: bool,
    /// Whether it must be able to answer in a given JSON schema.
    structured_output: bool,
}

impl From<asked::DefinitionContent> for DefinitionContent {
    fn from(content: asked::DefinitionContent) -> Self {
        let dimension = |dimension: asked::Dimension| Dimension {
            name: dimension.name,
            description: dimension.description,
            levels: dimension.levels.into_iter().map(Level::from).collect(),
        };
        Self {
            name: content.name,
            description: content.description,
            tags: content.tags,
            preamble: content.preamble,
            template: content.template,
            dimensions: content.dimensions.into_iter().map(dimension).collect(),
            follow_ups: content.follow_ups,
            rules: content.rules,
            decision: content.decision.into(),
            max_turns: content.max_turns,
            requires: Requirements {
                context_tokens: content.requires.context_tokens,
                system_prompt: content.requires.system_prompt,
                structured_output: content.requires.structured_output,
            },
        }
    }
}

impl From<asked::Level> for Level {
    fn from(level: asked::Level) -> Self {
        Self { score: level.score, label: level.label, wordings: level.wordings, target: level.target }
    }
}

impl From<asked::DecisionSpec> for DecisionSpec {
    fn from(spec: asked::DecisionSpec) -> Self {
        let point = |point: asked::ScalePoint| ScalePoint { value: point.value, label: point.label };
        let choice = |choice: asked::Choice| Choice {
            name: choice.name,
            label: choice.label,
            aliases: choice.aliases,
            score: choice.score,
        };
        match spec {
            asked::DecisionSpec::Scale { points } => {
                Self { scale: Some(points.into_iter().map(point).collect()), choices: None }
            }
            asked::DecisionSpec::Choice { choices } => {
                Self { scale: None, choices: Some(choices.into_iter().map(choice).collect()) }
            }
        }
    }
}
