//! Scorers beside the decision: what else is judged about an answer.

use serde::{Deserialize, Serialize};

use super::{ScalePoint, score};

/// One thing that is judged about every answer: it passes or it does not, or it is given points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scorer {
    /// Its name, unique in the definition: the end of the CSV column `score_<name>`; an identifier.
    pub name: String,
    /// How it judges.
    pub kind: ScorerKind,
    /// What it looks at.
    #[serde(default, skip_serializing_if = "ScoredText::is_last")]
    pub of: ScoredText,
    /// What the answer must be. `None` = the scenario's target; scenarios without one have no score.
    /// A `regex` compares what it captured with it, where it is given; a `json_schema` takes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// Of a `regex`: what must be found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Of a `json_schema`: the schema, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Of `numeric`: how far a number may be off. `None` = not at all.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "score::write")]
    pub tolerance: Option<f64>,
    /// Of `numeric`: true = the tolerance is a share of what is expected, 0–1.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_relative: bool,
    /// Of `includes` and `regex`: true = upper and lower case count as the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ignore_case: bool,
    /// Of `rubric` and `pairwise`: what makes an answer good, in words for a judge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criteria: Option<String>,
    /// Of `rubric`: the points that a judge gives. Empty = it passes (1) or it does not (0).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scale: Vec<ScalePoint>,
}

/// How a scorer judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScorerKind {
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

impl ScorerKind {
    /// The word in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Normalized => "normalized",
            Self::Includes => "includes",
            Self::Regex => "regex",
            Self::Numeric => "numeric",
            Self::JsonSchema => "json_schema",
            Self::MultipleChoice => "multiple_choice",
            Self::Rubric => "rubric",
            Self::Pairwise => "pairwise",
        }
    }

    /// True where a judge model is asked, after the transcripts are stored.
    pub fn is_judged(self) -> bool {
        matches!(self, Self::Rubric | Self::Pairwise)
    }
}

/// What a scorer looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScoredText {
    /// The last answer.
    #[default]
    LastAnswer,
    /// All answers, an empty line between them.
    AllAnswers,
}

impl ScoredText {
    fn is_last(&self) -> bool {
        *self == Self::LastAnswer
    }
}
