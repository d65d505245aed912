//! What a judge answers: held to a schema, and read. Pure.

use jsonschema::{PatternOptions, Validator};
use serde_json::{Value, json};

use crate::{
    decision::read_value,
    definition::DecisionSpec,
    error::{Error, Result},
    reading::DecisionValue,
};

/// The schema that every answer of a judge fits, as it is published in `docs/`.
pub const PUBLISHED_SCHEMA: &str = include_str!("../../../docs/judge.schema.json");
/// What a judge says where nothing is decided.
const UNREADABLE: &str = "unreadable";
/// Faults that are told to a judge.
const FAULTS_MAX: usize = 5;

/// What a judge read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// None: the answers state no decision.
    pub decision: Option<DecisionValue>,
    /// The words that state it, as the judge copied them; may be empty, or not there.
    pub quote: String,
    /// Why, in the judge's words.
    pub reason: String,
}

/// Reads the answers of judges about one definition.
pub(super) struct AnswerReader {
    spec: DecisionSpec,
    /// What stands for "no decision": a word that no choice has.
    pub(super) none: String,
    /// The published schema, with the decisions of this definition.
    pub(super) schema: Value,
    validator: Validator,
}

impl AnswerReader {
    pub(super) fn new(spec: &DecisionSpec) -> Result<Self> {
        let mut names: Vec<String> = match spec {
            DecisionSpec::Scale { points } => points.iter().map(|point| point.value.to_string()).collect(),
            DecisionSpec::Choice { choices } => choices.iter().map(|choice| choice.name.clone()).collect(),
            DecisionSpec::FreeText => Vec::new(),
        };
        let mut none = UNREADABLE.to_owned();
        while names.iter().any(|name| name.trim().eq_ignore_ascii_case(&none)) {
            none.insert_str(0, "is ");
        }
        let mut schema = published()?;
        if !names.is_empty() {
            names.push(none.clone());
            schema["properties"]["decision"]["enum"] = json!(names);
        }
        let options = jsonschema::options().with_pattern_options(PatternOptions::regex());
        let validator = options.build(&schema).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Self { spec: spec.clone(), none, schema, validator })
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// What is wrong with it, as sentences for the judge.
    pub(super) fn read(&self, text: &str) -> Result<Verdict, Vec<String>> {
        let value: Value = serde_json::from_str(object_in(text))
            .map_err(|error| vec![format!("It is not one JSON object ({error}).")])?;
        let faults = faults_of(&self.validator, &value);
        if !faults.is_empty() {
            return Err(faults);
        }
        let part = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let stated = part("decision");
        let decision = match stated == self.none {
            true => None,
            false => {
                Some(read_value(&self.spec, &stated).map_err(|error| vec![format!("`/decision`: {error}")])?)
            }
        };
        Ok(Verdict { decision, quote: part("quote"), reason: part("reason") })
    }
}

/// What is wrong with an answer, as sentences for a judge.
pub(crate) fn faults_of(validator: &Validator, value: &Value) -> Vec<String> {
    let told = |error: jsonschema::ValidationError<'_>| {
        let place = error.instance_path().to_string();
        let place = if place.is_empty() { "The object".to_owned() } else { format!("`{place}`") };
        format!("{place}: {}.", shortened(&error.to_string()))
    };
    validator.iter_errors(value).take(FAULTS_MAX).map(told).collect()
}

fn published() -> Result<Value> {
    serde_json::from_str(PUBLISHED_SCHEMA).map_err(|error| Error::Internal(error.to_string()))
}

/// What providers take of the schema: they know no `$schema` and its like.
pub(crate) fn for_providers(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(object) = schema.as_object_mut() {
        object.retain(|key, _| !key.starts_with('$') && key != "title" && key != "description");
    }
    schema
}

/// The answer without a code fence around it.
pub(crate) fn object_in(text: &str) -> &str {
    let text = text.trim();
    let fenced = text.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    let inner = fenced.map(|inner| inner.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric()));
    inner.unwrap_or(text).trim()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(300) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::{Choice, ScalePoint};

    fn scale() -> AnswerReader {
        let points = (1..=5).map(|value| ScalePoint { value, label: String::new() }).collect();
        AnswerReader::new(&DecisionSpec::Scale { points }).unwrap()
    }

    fn choices(names: &[&str]) -> AnswerReader {
        let choice =
            |name: &&str| Choice { name: (*name).into(), label: None, aliases: Vec::new(), score: None };
        AnswerReader::new(&DecisionSpec::Choice { choices: names.iter().map(choice).collect() }).unwrap()
    }

    #[test]
    fn an_answer_that_fits_is_read_also_in_a_code_fence() {
        let text = r#"{"decision": "4", "quote": "rather yes", "reason": "It says so."}"#;
        let verdict = scale().read(text).unwrap();
        assert_eq!(verdict.decision, Some(DecisionValue::Point(4)));
        assert_eq!((verdict.quote.as_str(), verdict.reason.as_str()), ("rather yes", "It says so."));
        assert_eq!(scale().read(&format!("```json\n{text}\n```")), Ok(verdict));
        let none = r#"{"decision": "unreadable", "quote": "", "reason": "Two at once."}"#;
        assert_eq!(scale().read(none).unwrap().decision, None);
    }

    #[test]
    fn what_does_not_fit_is_named_and_never_mended_silently() {
        for (text, named) in [
            ("I think it is 4.", "not one JSON object"),
            (r#"{"decision": 4, "quote": "", "reason": ""}"#, "/decision"),
            (r#"{"decision": "6", "quote": "", "reason": ""}"#, "/decision"),
            (r#"{"decision": "4", "quote": ""}"#, "reason"),
            (r#"{"decision": "4", "quote": "", "reason": "", "sure": true}"#, "sure"),
            (r#"{"decision": "4", "quote": "", "reason": ""} {}"#, "not one JSON object"),
            ("[]", "The object"),
            ("", "not one JSON object"),
        ] {
            let faults = scale().read(text).unwrap_err().join("\n");
            assert!(faults.contains(named), "{text}: {faults}");
        }
    }

    #[test]
    fn the_word_for_no_decision_is_none_of_the_choices() {
        let reader = choices(&["Unreadable", "Readable"]);
        assert_eq!(reader.none, "is unreadable");
        let read = |decision: &str| {
            reader
                .read(&json!({"decision": decision, "quote": "", "reason": ""}).to_string())
                .unwrap()
                .decision
        };
        assert_eq!(read("Unreadable"), Some(DecisionValue::Choice("Unreadable".into())));
        assert_eq!(read("is unreadable"), None);
    }

    #[test]
    fn the_published_schema_is_one_and_takes_what_every_definition_takes() {
        let schema = published().unwrap();
        jsonschema::draft202012::meta::validate(&schema).unwrap();
        let general = jsonschema::validator_for(&schema).unwrap();
        for reader in [scale(), choices(&["A", "B"])] {
            for decision in reader.schema["properties"]["decision"]["enum"].as_array().unwrap() {
                let answer = json!({"decision": decision, "quote": "q", "reason": "r"});
                assert!(general.is_valid(&answer) && reader.read(&answer.to_string()).is_ok());
            }
        }
        let sent = for_providers(&scale().schema);
        assert_eq!(sent["additionalProperties"], false);
        assert!(sent.get("$schema").is_none());
    }
}
