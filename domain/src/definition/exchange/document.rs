//! A definition as it stands in a file, where more may be left out than in a content.

use serde::{Deserialize, Deserializer};

use super::{
    super::{
        DecisionSpec, DefinitionContent, Dimension, Listed, NamedValue, Problem, ProblemCode, Requirements,
        Scorer,
    },
    bytes,
};

/// The fields of a file; what each means is said at `DefinitionContent`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DefinitionDocument {
    #[serde(default, deserialize_with = "present")]
    name: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    preamble: Option<String>,
    #[serde(default, deserialize_with = "present")]
    template: Option<String>,
    #[serde(default)]
    dimensions: Vec<Dimension>,
    #[serde(default, deserialize_with = "present")]
    scenarios: Option<Listed>,
    #[serde(default)]
    follow_ups: Vec<String>,
    #[serde(default, deserialize_with = "super::super::rule_text::read")]
    rules: Vec<String>,
    #[serde(default, deserialize_with = "present")]
    decision: Option<DecisionSpec>,
    #[serde(default)]
    max_turns: Option<u32>,
    #[serde(default)]
    requires: Requirements,
    #[serde(default)]
    scorers: Vec<Scorer>,
    #[serde(default)]
    values: Vec<NamedValue>,
}

/// A value that may be absent but not null.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl DefinitionDocument {
    /// The content. A file that lists scenarios may leave out its name (the file's is taken), the
    /// template and the decision. Errors: what is missing.
    pub(super) fn into_content(self, file_name: Option<&str>) -> Result<DefinitionContent, Vec<Problem>> {
        let is_empty = self.scenarios.as_ref().is_some_and(|scenarios| scenarios.is_empty());
        if is_empty && self.template.is_none() {
            let fix = "List at least one, e.g. `peru: {body: What is the capital of Peru?}`, or write a `template`.";
            let message = "`scenarios` is empty.";
            return Err(vec![Problem::new("scenarios", ProblemCode::MissingField, message, fix)]);
        }
        let scenarios = self.scenarios.unwrap_or_default();
        let is_listed = !scenarios.is_empty();
        let missing = |field: &str| {
            let mut problem = bytes::missing_field(field);
            problem.line = Some(1);
            problem.column = Some(1);
            problem
        };
        let mut problems = Vec::new();
        let name = self.name.or_else(|| file_name.filter(|_| is_listed).map(str::to_owned));
        if name.is_none() {
            problems.push(missing("name"));
        }
        if self.template.is_none() && !is_listed {
            problems.push(missing("template"));
        }
        let decision = self.decision.or_else(|| is_listed.then_some(DecisionSpec::FreeText));
        match (name, decision) {
            (Some(name), Some(decision)) if problems.is_empty() => Ok(DefinitionContent {
                name,
                description: self.description,
                tags: self.tags,
                preamble: self.preamble,
                template: self.template.unwrap_or_default(),
                dimensions: self.dimensions,
                scenarios,
                follow_ups: self.follow_ups,
                rules: self.rules,
                decision,
                max_turns: self.max_turns,
                requires: self.requires,
                scorers: self.scorers,
                values: self.values,
            }),
            (_, Some(_)) => Err(problems),
            (_, None) => {
                problems.push(missing("decision"));
                Err(problems)
            }
        }
    }
}
