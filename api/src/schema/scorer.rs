//! The scorers of a definition.

use async_graphql::{Enum, InputObject, SimpleObject};
use domain::definition as asked;

/// How a scorer judges.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "asked::ScorerKind")]
pub(crate) enum ScorerKind {
    /// The same letter by letter, but for white space around it.
    Exact,
    /// The same but for case, white space and a full stop at the end.
    Normalized,
    /// What is expected stands somewhere in it.
    Includes,
    /// A pattern is found.
    Regex,
    /// The last number in it is the one that is expected, within a tolerance.
    Numeric,
    /// It is JSON that fits a schema.
    JsonSchema,
    /// It chooses what is expected among the choices of the definition.
    MultipleChoice,
    /// A judge model marks it by criteria, once it is stored.
    Rubric,
    /// A judge model says which of two models' answers fits criteria better. It gives no score.
    Pairwise,
}

/// What a scorer looks at.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "asked::ScoredText")]
pub(crate) enum ScoredText {
    /// The last answer.
    LastAnswer,
    /// All answers, an empty line between them.
    AllAnswers,
}

/// One thing that is judged about every answer, beside the decision: it passes or it does not, or it is
/// given points.
#[derive(Clone, SimpleObject, InputObject)]
#[graphql(input_name = "ScorerInput")]
pub(crate) struct Scorer {
    /// Its name, unique in the definition: the end of the CSV column `score_<name>`.
    name: String,
    /// How it judges.
    kind: ScorerKind,
    /// What it looks at.
    #[graphql(default_with = "ScoredText::LastAnswer")]
    of: ScoredText,
    /// What the answer must be. Null: the scenario's target; scenarios without one have no score. A
    /// `REGEX` compares what it captured with it, where it is given; a `JSON_SCHEMA` takes none.
    expected: Option<String>,
    /// Of a `REGEX`: what must be found.
    pattern: Option<String>,
    /// Of a `JSON_SCHEMA`: the schema, as JSON.
    schema: Option<String>,
    /// Of `NUMERIC`: how far a number may be off. Null: not at all.
    tolerance: Option<f64>,
    /// Of `NUMERIC`: whether the tolerance is a share of what is expected.
    #[graphql(default)]
    is_relative: bool,
    /// Of `INCLUDES` and `REGEX`: whether upper and lower case count as the same.
    #[graphql(default)]
    ignore_case: bool,
    /// Of `RUBRIC` and `PAIRWISE`: what makes an answer good, in words for a judge.
    criteria: Option<String>,
    /// Of `RUBRIC`: the points that a judge gives. Empty: it passes (1) or it does not (0).
    #[graphql(default)]
    scale: Vec<RubricPoint>,
}

/// A point of a rubric.
#[derive(Clone, SimpleObject, InputObject)]
#[graphql(input_name = "RubricPointInput")]
pub(crate) struct RubricPoint {
    /// The number of the point: the score.
    value: i64,
    /// What it means.
    #[graphql(default)]
    label: String,
}

/// A value that answers may name, and put before others or behind them.
#[derive(Clone, SimpleObject, InputObject)]
#[graphql(input_name = "NamedValueInput")]
pub(crate) struct NamedValue {
    /// What it is called in findings; read as a word of the answers.
    name: String,
    /// Other words that name it.
    #[graphql(default)]
    aliases: Vec<String>,
}

impl From<asked::NamedValue> for NamedValue {
    fn from(value: asked::NamedValue) -> Self {
        Self { name: value.name, aliases: value.aliases }
    }
}

impl From<NamedValue> for asked::NamedValue {
    fn from(value: NamedValue) -> Self {
        Self { name: value.name, aliases: value.aliases }
    }
}

impl From<asked::Scorer> for Scorer {
    fn from(scorer: asked::Scorer) -> Self {
        Self {
            name: scorer.name,
            kind: scorer.kind.into(),
            of: scorer.of.into(),
            expected: scorer.expected,
            pattern: scorer.pattern,
            schema: scorer.schema,
            tolerance: scorer.tolerance,
            is_relative: scorer.is_relative,
            ignore_case: scorer.ignore_case,
            criteria: scorer.criteria,
            scale: scorer
                .scale
                .into_iter()
                .map(|point| RubricPoint { value: point.value, label: point.label })
                .collect(),
        }
    }
}

impl From<Scorer> for asked::Scorer {
    fn from(scorer: Scorer) -> Self {
        Self {
            name: scorer.name,
            kind: scorer.kind.into(),
            of: scorer.of.into(),
            expected: scorer.expected,
            pattern: scorer.pattern,
            schema: scorer.schema,
            tolerance: scorer.tolerance,
            is_relative: scorer.is_relative,
            ignore_case: scorer.ignore_case,
            criteria: scorer.criteria,
            scale: scorer
                .scale
                .into_iter()
                .map(|point| asked::ScalePoint { value: point.value, label: point.label })
                .collect(),
        }
    }
}
