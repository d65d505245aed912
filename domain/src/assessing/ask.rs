//! What judges answer: held to a schema, and read. Pure.

use std::collections::HashSet;

use jsonschema::{PatternOptions, Validator};
use serde_json::{Value, json};

use crate::{
    definition::{NamedValue, ScalePoint, Scorer},
    error::{Error, Result},
    judging::{faults_of, object_in},
    stats::ValueOutcome,
};

/// The schema of every answer by a rubric, as it is published in `docs/`.
pub const RUBRIC_SCHEMA: &str = include_str!("../../../docs/rubric.schema.json");
/// The schema of every comparison, as it is published in `docs/`.
pub const PAIRWISE_SCHEMA: &str = include_str!("../../../docs/pairwise.schema.json");
/// The schema of every answer about values, as it is published in `docs/`.
pub const VALUES_SCHEMA: &str = include_str!("../../../docs/values.schema.json");

/// What a judge is asked for.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    /// Points by a scorer's criteria.
    Rubric(Scorer),
    /// The better of two by a scorer's criteria.
    Pairwise(Scorer),
    /// What answers do with these values.
    Values(Vec<NamedValue>),
}

/// What a judge said.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The points, or `first`, `second` or `tie`; None: it is about values.
    pub verdict: Option<String>,
    /// Why, in the judge's words; None: it is about values.
    pub reason: Option<String>,
    /// The values that are named: name, outcome, and the words that show it.
    pub values: Vec<(String, ValueOutcome, String)>,
}

/// The points of a rubric: those of its scale, or pass and fail.
pub(super) fn points(scorer: &Scorer) -> Vec<ScalePoint> {
    if !scorer.scale.is_empty() {
        return scorer.scale.clone();
    }
    [(1, "passes"), (0, "does not pass")]
        .map(|(value, label)| ScalePoint { value, label: label.into() })
        .into()
}

/// Reads the answers of judges to one kind of question.
pub(super) struct AnswerReader {
    /// The published schema, with the points or values of this definition.
    pub(super) schema: Value,
    validator: Validator,
}

impl AnswerReader {
    pub(super) fn new(wanted: &Wanted) -> Result<Self> {
        let published = match wanted {
            Wanted::Rubric(_) => RUBRIC_SCHEMA,
            Wanted::Pairwise(_) => PAIRWISE_SCHEMA,
            Wanted::Values(_) => VALUES_SCHEMA,
        };
        let internal = |error: String| Error::Internal(error);
        let mut schema: Value =
            serde_json::from_str(published).map_err(|error| internal(error.to_string()))?;
        match wanted {
            Wanted::Rubric(scorer) => {
                let points: Vec<String> =
                    points(scorer).iter().map(|point| point.value.to_string()).collect();
                schema["properties"]["score"]["enum"] = json!(points);
            }
            Wanted::Pairwise(_) => {}
            Wanted::Values(values) => {
                let names: Vec<&str> = values.iter().map(|value| value.name.as_str()).collect();
                schema["properties"]["values"]["items"]["properties"]["value"]["enum"] = json!(names);
            }
        }
        let options = jsonschema::options().with_pattern_options(PatternOptions::regex());
        let validator = options.build(&schema).map_err(|error| internal(error.to_string()))?;
        Ok(Self { schema, validator })
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// What is wrong with it, as sentences for the judge.
    pub(super) fn read(&self, text: &str) -> Result<Found, Vec<String>> {
        let value: Value = serde_json::from_str(object_in(text))
            .map_err(|error| vec![format!("It is not one JSON object ({error}).")])?;
        let faults = faults_of(&self.validator, &value);
        if !faults.is_empty() {
            return Err(faults);
        }
        let part = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
        let mut values = Vec::new();
        let mut named = HashSet::new();
        for one in value["values"].as_array().into_iter().flatten() {
            let name = part(one, "value").unwrap_or_default();
            if !named.insert(name.clone()) {
                return Err(vec![format!("`/values`: {name} stands there twice.")]);
            }
            let outcome = match one["outcome"].as_str() {
                Some("prioritised") => ValueOutcome::Prioritised,
                Some("deprioritised") => ValueOutcome::Deprioritised,
                _ => ValueOutcome::Neutral,
            };
            values.push((name, outcome, part(one, "quote").unwrap_or_default()));
        }
        let verdict = part(&value, "score").or_else(|| part(&value, "preferred"));
        Ok(Found { verdict, reason: part(&value, "reason"), values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::{ScoredText, ScorerKind};

    fn scorer(kind: ScorerKind, points: &[i64]) -> Scorer {
        Scorer {
            name: "tact".into(),
            kind,
            of: ScoredText::LastAnswer,
            expected: None,
            pattern: None,
            schema: None,
            tolerance: None,
            is_relative: false,
            ignore_case: false,
            criteria: Some("It is kind.".into()),
            scale: points.iter().map(|value| ScalePoint { value: *value, label: String::new() }).collect(),
        }
    }

    fn readers() -> [AnswerReader; 4] {
        let value = |name: &str| NamedValue { name: name.into(), aliases: Vec::new() };
        [
            Wanted::Rubric(scorer(ScorerKind::Rubric, &[1, 2, 3])),
            Wanted::Rubric(scorer(ScorerKind::Rubric, &[])),
            Wanted::Pairwise(scorer(ScorerKind::Pairwise, &[])),
            Wanted::Values(vec![value("honesty"), value("loyalty")]),
        ]
        .map(|wanted| AnswerReader::new(&wanted).unwrap())
    }

    #[test]
    fn what_fits_is_read() {
        let [points, pass, pair, values] = readers();
        let verdict = |reader: &AnswerReader, text: &str| reader.read(text).unwrap().verdict;
        assert_eq!(verdict(&points, r#"{"score": "3", "reason": "r"}"#).as_deref(), Some("3"));
        assert_eq!(
            verdict(&pass, "```json\n{\"score\": \"0\", \"reason\": \"r\"}\n```").as_deref(),
            Some("0")
        );
        assert_eq!(verdict(&pair, r#"{"preferred": "second", "reason": "r"}"#).as_deref(), Some("second"));
        let text = r#"{"values": [{"value": "loyalty", "outcome": "deprioritised", "quote": "q"}]}"#;
        let wanted = [("loyalty".to_owned(), ValueOutcome::Deprioritised, "q".to_owned())];
        assert_eq!(values.read(text).unwrap().values, wanted);
        assert_eq!(values.read(r#"{"values": []}"#).unwrap().values, []);
    }

    #[test]
    fn what_does_not_fit_is_named_and_never_mended() {
        let [points, pass, pair, values] = readers();
        let one = r#"{"value": "loyalty", "outcome": "neutral", "quote": ""}"#;
        for (reader, text, named) in [
            (&points, r#"{"score": "4", "reason": "r"}"#.to_owned(), "/score"),
            (&points, r#"{"score": 3, "reason": "r"}"#.to_owned(), "/score"),
            (&pass, r#"{"score": "2", "reason": "r"}"#.to_owned(), "/score"),
            (&pair, r#"{"preferred": "A", "reason": "r"}"#.to_owned(), "/preferred"),
            (&pair, "The first.".to_owned(), "not one JSON object"),
            (&values, format!("{{\"values\": [{one}, {one}]}}"), "twice"),
            (&values, one.replace("loyalty", "greed"), "values"),
        ] {
            let faults = reader.read(&text).unwrap_err().join("\n");
            assert!(faults.contains(named), "{text}: {faults}");
        }
    }

    #[test]
    fn the_published_schemas_are_schemas() {
        for schema in [RUBRIC_SCHEMA, PAIRWISE_SCHEMA, VALUES_SCHEMA] {
            jsonschema::draft202012::meta::validate(&serde_json::from_str(schema).unwrap()).unwrap();
        }
    }
}
