//! The content of a definition, as objects.

use async_graphql::{ComplexObject, Context, Json, Result, SimpleObject};
use domain::{
    definition as asked,
    page::{Page, number_cursor},
};
use serde_json::Value;

use super::{
    access::page,
    connection::connection,
    limits,
    scorer::{NamedValue, Scorer},
};

/// Everything a definition asks. All texts are kept exactly as given.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub(crate) struct DefinitionContent {
    /// What it is called.
    name: String,
    /// What it is for, for people only; models never see it.
    description: Option<String>,
    /// Words to find it by.
    tags: Vec<String>,
    /// The system prompt, with placeholders. Null or blank: none is sent.
    preamble: Option<String>,
    /// The first question: `[name]` stands for the wording of the dimension `name` or for the further
    /// key `name` of a listed scenario, `[body]` for the body of a listed scenario, `[scale]` or
    /// `[choices]` for the possible decisions, `[[` and `]]` for literal brackets. Empty with listed
    /// scenarios: `[body]`.
    template: String,
    /// The variables of the template. None, and no listed scenarios: one scenario.
    dimensions: Vec<Dimension>,
    #[graphql(skip)]
    listed: asked::Listed,
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
    /// What else is judged about every answer, beside the decision.
    scorers: Vec<Scorer>,
    /// What an answer may put first or last: looked for in the words of the answers.
    values: Vec<NamedValue>,
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

#[ComplexObject]
impl DefinitionContent {
    /// The scenarios that are written out one by one, in place of dimensions, as they are written;
    /// what models are sent is in the version's own `scenarios`.
    #[graphql(complexity = "limits::rows(first) * child_complexity + 1")]
    async fn scenarios(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows wanted; 1 to 500, else 50.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on behind.")] after: Option<String>,
    ) -> Result<ListedScenarioConnection> {
        let request = page(ctx, first, after)?;
        let begin = request.after_number()?.map_or(0, |after| after.unsigned_abs().saturating_add(1));
        let begin = usize::try_from(begin).unwrap_or(usize::MAX).min(self.listed.len());
        let wanted = usize::try_from(request.first).unwrap_or(usize::MAX).saturating_add(1);
        let found = self.listed.iter().enumerate().skip(begin).take(wanted).collect();
        let total = self.listed.len() as u64;
        let cursor = |(index, _): &(usize, _)| number_cursor(i64::try_from(*index).unwrap_or(i64::MAX));
        let found = Page::of(found, request.first, total, cursor);
        Ok(ListedScenarioConnection::of(found, request.after.is_some(), |(_, scenario)| Ok(scenario.into()))?)
    }
}

/// One scenario that is written out.
#[derive(Clone, SimpleObject)]
pub(crate) struct ListedScenario {
    /// Its name among the scenarios.
    key: String,
    /// The prompt: what `[body]` stands for.
    body: String,
    /// A system prompt of its own, in place of the preamble. Null: the preamble is sent.
    system: Option<String>,
    /// The right answer: the name of a choice, or a text where answers are free. Null: none is.
    target: Option<String>,
    /// Whatever else is known of it, in order.
    fields: Vec<ScenarioField>,
}

/// A further key of a listed scenario.
#[derive(Clone, SimpleObject)]
pub(crate) struct ScenarioField {
    /// The key; the CSV has it as `scenario_<name>`.
    name: String,
    /// Its value, with its JSON type.
    value: Json<Value>,
}

impl From<&asked::ListedScenario> for ListedScenario {
    fn from(scenario: &asked::ListedScenario) -> Self {
        let asked::ListedScenario { key, body, system, target, .. } = scenario.clone();
        Self { key, body, system, target, fields: fields_of(scenario) }
    }
}

/// The further keys of a listed scenario.
pub(super) fn fields_of(scenario: &asked::ListedScenario) -> Vec<ScenarioField> {
    let fields = scenario.fields.iter().cloned();
    fields.map(|(name, value)| ScenarioField { name, value: Json(value) }).collect()
}

connection! {
    /// A page of the listed scenarios of a definition, in their order.
    ListedScenarioConnection,
    /// A listed scenario with its place in the list.
    ListedScenarioEdge of ListedScenario
}

/// How the decision is read: from a scale, from named choices or in free words, one of the three.
#[derive(Clone, SimpleObject)]
pub(crate) struct DecisionSpec {
    /// The points of the scale; null where the decision is read otherwise.
    scale: Option<Vec<ScalePoint>>,
    /// The named choices; null where the decision is read otherwise.
    choices: Option<Vec<Choice>>,
    /// True where whatever is answered is the decision, compared with the scenario's target.
    is_free_text: bool,
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
            listed: content.scenarios,
            follow_ups: content.follow_ups,
            rules: content.rules,
            decision: content.decision.into(),
            max_turns: content.max_turns,
            scorers: content.scorers.iter().cloned().map(Into::into).collect(),
            values: content.values.iter().cloned().map(Into::into).collect(),
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
        let none = Self { scale: None, choices: None, is_free_text: false };
        match spec {
            asked::DecisionSpec::Scale { points } => {
                Self { scale: Some(points.into_iter().map(point).collect()), ..none }
            }
            asked::DecisionSpec::Choice { choices } => {
                Self { choices: Some(choices.into_iter().map(choice).collect()), ..none }
            }
            asked::DecisionSpec::FreeText => Self { is_free_text: true, ..none },
        }
    }
}
