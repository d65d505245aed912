//! The content of a definition, as it is sent.

use async_graphql::{InputObject, Json, OneofObject};
use domain::{Error, definition as asked};
use serde_json::Value;

use super::scorer::{NamedValue, Scorer};

/// Everything a definition asks. All texts are kept exactly as given.
#[derive(InputObject)]
pub(crate) struct DefinitionContentInput {
    /// What it is called; one line of 1 to 200 characters.
    name: String,
    /// What it is for, for people only; models never see it.
    description: Option<String>,
    /// Words to find it by.
    #[graphql(default)]
    tags: Vec<String>,
    /// The system prompt, with placeholders. Null or blank: none is sent.
    preamble: Option<String>,
    /// The first question: `[name]` stands for the wording of the dimension `name` or for the further
    /// key `name` of a listed scenario, `[body]` for the body of a listed scenario, `[scale]` or
    /// `[choices]` for the possible decisions, `[[` and `]]` for literal brackets. Left out with
    /// listed scenarios: `[body]`.
    #[graphql(default)]
    template: String,
    /// The variables of the template. None, and no listed scenarios: one scenario.
    #[graphql(default)]
    dimensions: Vec<DimensionInput>,
    /// Scenarios that are written out one by one, in place of dimensions. Large lists are better
    /// imported as a file.
    #[graphql(default)]
    scenarios: Vec<ListedScenarioInput>,
    /// Questions asked after the first answer, in order, with the same placeholders.
    #[graphql(default)]
    follow_ups: Vec<String>,
    /// Combinations to leave out, e.g. `exclude: victims=1 AND action=5`.
    #[graphql(default)]
    rules: Vec<String>,
    /// How the decision is read from the conversation.
    decision: DecisionSpecInput,
    /// The most turns a conversation may take. Null: 1 + the number of follow-ups.
    max_turns: Option<u32>,
    /// What a model must be able to do. Null: nothing in particular.
    requires: Option<RequirementsInput>,
    /// What else is judged about every answer, beside the decision.
    #[graphql(default)]
    scorers: Vec<Scorer>,
    /// What an answer may put first or last: looked for in the words of the answers.
    #[graphql(default)]
    values: Vec<NamedValue>,
}

/// One variable of the template.
#[derive(InputObject)]
pub(crate) struct DimensionInput {
    /// The placeholder's name and the middle of the CSV columns `dim_<name>`; an identifier.
    name: String,
    /// What it varies, for people only.
    description: Option<String>,
    /// Its values, at least one.
    levels: Vec<LevelInput>,
}

/// One value of a dimension.
#[derive(InputObject)]
pub(crate) struct LevelInput {
    /// Its number in statistics and rules. Null: not ordered.
    score: Option<f64>,
    /// Its name in scenario keys, rules and the CSV; one line.
    label: String,
    /// What the model reads, at least one; each wording is a variant of its own.
    wordings: Vec<String>,
    /// The name of the choice that is right when this level is shown. Null: it decides nothing.
    target: Option<String>,
}

/// One scenario that is written out.
#[derive(InputObject)]
pub(crate) struct ListedScenarioInput {
    /// Its name among the scenarios; one line of 1 to 200 bytes.
    key: String,
    /// The prompt: what `[body]` stands for.
    body: String,
    /// A system prompt of its own, in place of the preamble. Null: the preamble is sent.
    system: Option<String>,
    /// The right answer: the name of a choice, or a text where answers are free. Null: none is.
    target: Option<String>,
    /// Whatever else is known of it, in order.
    #[graphql(default)]
    fields: Vec<ScenarioFieldInput>,
}

/// A further key of a listed scenario.
#[derive(InputObject)]
pub(crate) struct ScenarioFieldInput {
    /// The key; the CSV has it as `scenario_<name>`.
    name: String,
    /// Its value, with its JSON type. Null is a value too.
    value: Option<Json<Value>>,
}

fn field_of(field: ScenarioFieldInput) -> (String, Value) {
    (field.name, field.value.map_or(Value::Null, |value| value.0))
}

/// How the decision is read: give exactly one of the three.
#[derive(OneofObject)]
pub(crate) enum DecisionSpecInput {
    /// A number on a scale of at least two points.
    Scale(Vec<ScalePointInput>),
    /// One of at least two named choices.
    Choices(Vec<ChoiceInput>),
    /// Whatever is answered, compared with the scenario's target: give true.
    FreeText(bool),
}

/// One point of a scale.
#[derive(InputObject)]
pub(crate) struct ScalePointInput {
    /// The number a model answers with.
    value: i64,
    /// What it means.
    #[graphql(default)]
    label: String,
}

/// One named choice.
#[derive(InputObject)]
pub(crate) struct ChoiceInput {
    /// What a model answers with, and what the CSV holds.
    name: String,
    /// What it means. Null: the name says it all.
    label: Option<String>,
    /// Other spellings that are read as this choice.
    #[graphql(default)]
    aliases: Vec<String>,
    /// Its number in statistics. Null: the choices are not ordered.
    score: Option<f64>,
}

/// What a model must be able to do; a run with a model that cannot is refused by name.
#[derive(InputObject)]
pub(crate) struct RequirementsInput {
    /// The least context length, in tokens. Null: any.
    context_tokens: Option<u32>,
    /// Whether it must take a system prompt.
    #[graphql(default)]
    system_prompt: bool,
    /// Whether it must be able to answer in a given JSON schema.
    #[graphql(default)]
    structured_output: bool,
}

impl From<DefinitionContentInput> for asked::DefinitionContent {
    fn from(input: DefinitionContentInput) -> Self {
        let level = |level: LevelInput| asked::Level {
            score: level.score,
            label: level.label,
            wordings: level.wordings,
            target: level.target,
        };
        let dimension = |dimension: DimensionInput| asked::Dimension {
            name: dimension.name,
            description: dimension.description,
            levels: dimension.levels.into_iter().map(level).collect(),
        };
        let scenario = |scenario: ListedScenarioInput| asked::ListedScenario {
            key: scenario.key,
            body: scenario.body,
            system: scenario.system,
            target: scenario.target,
            fields: scenario.fields.into_iter().map(field_of).collect(),
        };
        let requires = input.requires.map(|requires| asked::Requirements {
            context_tokens: requires.context_tokens,
            system_prompt: requires.system_prompt,
            structured_output: requires.structured_output,
        });
        Self {
            name: input.name,
            description: input.description,
            tags: input.tags,
            preamble: input.preamble,
            template: input.template,
            dimensions: input.dimensions.into_iter().map(dimension).collect(),
            scenarios: input.scenarios.into_iter().map(scenario).collect::<Vec<_>>().into(),
            follow_ups: input.follow_ups,
            rules: input.rules,
            decision: input.decision.into(),
            max_turns: input.max_turns,
            requires: requires.unwrap_or_default(),
            scorers: input.scorers.into_iter().map(Into::into).collect(),
            values: input.values.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<DecisionSpecInput> for asked::DecisionSpec {
    fn from(input: DecisionSpecInput) -> Self {
        let point = |point: ScalePointInput| asked::ScalePoint { value: point.value, label: point.label };
        let choice = |choice: ChoiceInput| asked::Choice {
            name: choice.name,
            label: choice.label,
            aliases: choice.aliases,
            score: choice.score,
        };
        match input {
            DecisionSpecInput::Scale(points) => {
                Self::Scale { points: points.into_iter().map(point).collect() }
            }
            DecisionSpecInput::Choices(choices) => {
                Self::Choice { choices: choices.into_iter().map(choice).collect() }
            }
            DecisionSpecInput::FreeText(_) => Self::FreeText,
        }
    }
}

/// The same error with the paths of the schema: files spell their fields `follow_ups`, inputs
/// `followUps`.
pub(crate) fn in_input_words(error: Error) -> Error {
    match error {
        Error::Invalid(mut faults) => {
            for fault in &mut faults {
                fault.path = input_path(&fault.path);
            }
            Error::Invalid(faults)
        }
        other => other,
    }
}

/// A path of the content in the words of the input.
pub(crate) fn input_path(path: &str) -> String {
    // The keys of listed scenarios are the user's own words.
    if path.starts_with("scenarios.") {
        return path.to_owned();
    }
    let mut words = path.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut path, word| {
        let mut letters = word.chars();
        path.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        path.push_str(letters.as_str());
        path
    })
}

#[cfg(test)]
mod tests {
    use super::input_path;

    #[test]
    fn a_path_is_spelled_as_the_input_spells_it() {
        assert_eq!(input_path("follow_ups[2]"), "followUps[2]");
        assert_eq!(input_path("requires.context_tokens"), "requires.contextTokens");
        assert_eq!(input_path("dimensions[1].levels[0].wordings"), "dimensions[1].levels[0].wordings");
        assert_eq!(input_path(""), "");
    }
}
