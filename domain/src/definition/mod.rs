//! Definitions: what is asked, checked, and expanded into scenarios. Pure, without database.

mod code;
mod content;
mod decision_document;
mod exchange;
mod expansion;
mod fingerprint;
#[cfg(test)]
pub(crate) mod fixture;
mod level_space;
pub mod limits;
mod listed;
mod placeholder;
mod problem;
mod prompt_text;
mod rule;
mod rule_text;
pub mod samples;
mod scenario_key;
mod score;
mod scorer;
pub(crate) mod similar;
mod space;
mod stored;
#[cfg(test)]
mod tests;
mod validate;

pub use code::{ProblemCode, WarningCode};
pub use content::{
    Choice, DecisionSpec, DefinitionContent, Dimension, Level, NamedValue, Requirements, ScalePoint,
};
pub use exchange::{
    DecisionChoice, Format, ReadSource, Source, from_json, from_markdown, from_yaml, left_out, read_checked,
    read_source, to_csv, to_json, to_jsonl, to_markdown, to_yaml, write,
};
pub use expansion::{Expansion, LevelChoice, Prompts, Scenario};
pub use fingerprint::content_sha256;
pub use level_space::LevelSpace;
pub use listed::{Listed, ListedScenario};
pub use problem::{Problem, Report, TextPosition, Warning};
pub use prompt_text::{
    BODY_PLACEHOLDER, CHOICES_PLACEHOLDER, SCALE_PLACEHOLDER, decision_lines, option_count, option_values,
};
pub use scenario_key::BASE_KEY;
pub use scorer::{ScoredText, Scorer, ScorerKind};
pub use space::{Combinations, LevelDigits};
pub use stored::{from_stored, to_stored};
pub use validate::{csv_columns, field_column, validate};
