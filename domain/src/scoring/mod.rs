//! Scorers: pure functions from the answers of a conversation to passed or not.
//!
//! Everything runs in time linear in the answer, patterns too: they know no look-around and no
//! back references.

mod rescore;

pub(crate) use rescore::{append_judged, first_rows};
pub use rescore::{rescore, rescore_chunk, scorers_of_runs, scores_of};

use jsonschema::{PatternOptions, Validator};
use regex::{Regex, RegexBuilder};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

use crate::{
    definition::{DecisionSpec, ScoredText, Scorer, ScorerKind},
    reading::{DecisionValue, Reader, Reading, is_same_answer},
};

/// How the version of a rubric begins that gives points, and not 1 or 0.
pub(crate) const POINTS: &str = "rubric_points-";

/// The version of the code: raised whenever some answer is scored differently.
const CODE_VERSION: &str = "1";
/// Bytes that a pattern may take when it is compiled.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// What a scorer said of a transcript.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The scorer's name.
    pub scorer: String,
    /// Its kind, the version of its code, and its settings' hash: `regex-1-89abcdef`.
    pub version: String,
    /// 1: passed, 0: not.
    pub value: f64,
    /// Why it did not pass; None: it did, or there is nothing more to say.
    pub reason: Option<String>,
}

/// A scorer that is ready.
pub struct CompiledScorer {
    scorer: Scorer,
    version: String,
    test: Test,
}

enum Test {
    Text,
    Pattern(Regex),
    Schema(Box<Validator>),
    Choice(Box<Reader>),
}

impl CompiledScorer {
    /// Prepares a scorer of a valid definition; None where it is not valid, or a judge has to be asked.
    pub fn new(scorer: &Scorer, decision: &DecisionSpec) -> Option<Self> {
        let test = match scorer.kind {
            ScorerKind::Exact | ScorerKind::Normalized | ScorerKind::Includes | ScorerKind::Numeric => {
                Test::Text
            }
            ScorerKind::Regex => Test::Pattern(pattern(scorer.pattern.as_deref()?, scorer.ignore_case).ok()?),
            ScorerKind::JsonSchema => Test::Schema(Box::new(schema(scorer.schema.as_deref()?).ok()?)),
            ScorerKind::MultipleChoice => Test::Choice(Box::new(Reader::new(decision))),
            // A judge is asked, after the transcript is stored.
            ScorerKind::Rubric | ScorerKind::Pairwise => return None,
        };
        Some(Self { version: version_of(scorer), scorer: scorer.clone(), test })
    }

    /// The scorer's name.
    pub fn name(&self) -> &str {
        &self.scorer.name
    }

    /// See `Score::version`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Scores a conversation; None where there is nothing to compare with.
    pub fn score(&self, answers: &[&str], target: Option<&str>) -> Option<Score> {
        let joined;
        let text = match self.scorer.of {
            ScoredText::LastAnswer => *answers.last()?,
            ScoredText::AllAnswers => {
                joined = answers.join("\n\n");
                &joined
            }
        };
        let expected = self.scorer.expected.as_deref();
        let verdict = match &self.test {
            Test::Text => self.compare(text, expected.or(target)?),
            Test::Pattern(pattern) => found(pattern, text, expected),
            Test::Schema(schema) => fits(schema, text),
            Test::Choice(reader) => chosen(reader, text, expected.or(target)?),
        };
        let (value, reason) = match verdict {
            Ok(()) => (1.0, None),
            Err(reason) => (0.0, reason),
        };
        Some(Score { scorer: self.scorer.name.clone(), version: self.version.clone(), value, reason })
    }

    fn compare(&self, text: &str, expected: &str) -> Result<(), Option<String>> {
        let is_right = match self.scorer.kind {
            ScorerKind::Exact => text.trim() == expected.trim(),
            ScorerKind::Normalized => is_same_answer(text, expected),
            ScorerKind::Includes if self.scorer.ignore_case => folded(text).contains(&folded(expected)),
            ScorerKind::Includes => text.contains(expected),
            _ => return self.near(text, expected),
        };
        is_right.then_some(()).ok_or(None)
    }

    fn near(&self, text: &str, expected: &str) -> Result<(), Option<String>> {
        let wanted =
            last_number(expected).ok_or_else(|| Some("What is expected is no number.".to_owned()))?;
        let number = last_number(text).ok_or_else(|| Some("There is no number in the answer.".to_owned()))?;
        let tolerance = self.scorer.tolerance.unwrap_or(0.0);
        let most = if self.scorer.is_relative { tolerance * wanted.abs() } else { tolerance };
        // What is written with decimals may miss the end of a tolerance by the last bit.
        let slack = 4.0 * f64::EPSILON * wanted.abs().max(number.abs());
        match (number - wanted).abs() <= most + if tolerance > 0.0 { slack } else { 0.0 } {
            true => Ok(()),
            false => Err(Some(format!("It says {number}."))),
        }
    }
}

/// All scorers of a definition, prepared.
pub fn compiled(scorers: &[Scorer], decision: &DecisionSpec) -> Vec<CompiledScorer> {
    scorers.iter().filter_map(|scorer| CompiledScorer::new(scorer, decision)).collect()
}

/// What scorers say of a conversation, in their order.
pub fn score_all(scorers: &[CompiledScorer], answers: &[&str], target: Option<&str>) -> Vec<Score> {
    scorers.iter().filter_map(|scorer| scorer.score(answers, target)).collect()
}

/// Another setting is another scorer, whatever it is called.
pub(crate) fn version_of(scorer: &Scorer) -> String {
    let settings =
        serde_json::to_string(&Scorer { name: String::new(), ..scorer.clone() }).unwrap_or_default();
    let hash = hex::encode(&Sha256::digest(settings.as_bytes())[..4]);
    let kind = if scorer.scale.is_empty() { scorer.kind.as_str() } else { POINTS.trim_end_matches('-') };
    format!("{kind}-{CODE_VERSION}-{hash}")
}

/// A pattern, if it is one.
pub(crate) fn pattern(pattern: &str, ignore_case: bool) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).case_insensitive(ignore_case).size_limit(PATTERN_BYTES_MAX).build()
}

/// A schema, if it is one. It refers to nothing outside itself.
pub(crate) fn schema(text: &str) -> Result<Validator, String> {
    let schema: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let options =
        jsonschema::options().with_pattern_options(PatternOptions::regex().size_limit(PATTERN_BYTES_MAX));
    options.build(&schema).map_err(|error| error.to_string())
}

fn found(pattern: &Regex, text: &str, expected: Option<&str>) -> Result<(), Option<String>> {
    let Some(last) = pattern.captures_iter(text).last() else {
        return Err(Some("The pattern is not found.".into()));
    };
    let Some(expected) = expected else { return Ok(()) };
    let found = last.get(1).or_else(|| last.get(0)).map_or("", |found| found.as_str());
    match is_same_answer(found, expected) {
        true => Ok(()),
        false => Err(Some(format!("It found {:?}.", shortened(found)))),
    }
}

fn fits(schema: &Validator, text: &str) -> Result<(), Option<String>> {
    let value: Value =
        serde_json::from_str(unfenced(text)).map_err(|error| Some(format!("It is no JSON ({error}).")))?;
    schema.validate(&value).map_err(|error| {
        let place = error.instance_path().to_string();
        Some(shortened(&format!("{place}: {error}")))
    })
}

fn chosen(reader: &Reader, text: &str, expected: &str) -> Result<(), Option<String>> {
    match reader.read(text) {
        Reading::Decided { value: DecisionValue::Choice(name), .. } if name == expected => Ok(()),
        Reading::Decided { value: DecisionValue::Choice(name), .. } => {
            Err(Some(format!("It chooses {name}.")))
        }
        Reading::Decided { .. } => Err(None),
        Reading::Unreadable { reason } => Err(Some(format!("No choice can be read: {reason}."))),
    }
}

/// The text without a code fence around it.
fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let fenced = text.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    let inner = fenced.and_then(|inner| inner.split_once('\n')).map(|(_, inner)| inner);
    inner.unwrap_or(text).trim()
}

fn folded(text: &str) -> String {
    text.to_uppercase().to_lowercase()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// A whole number or a decimal, with thousands in groups of three, in any usual spelling.
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"[-+−]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.\d+|\d+)(?:[eE][-+]?\d+)?").ok()
});

/// The last number in a text.
pub(crate) fn last_number(text: &str) -> Option<f64> {
    let last = NUMBER.as_ref()?.find_iter(text).last()?;
    // The sign of `2021-25` and `5-3` is none: it stands between digits.
    let before = text[..last.start()].chars().next_back();
    let written = match before {
        Some(before) if before.is_alphanumeric() => last.as_str().trim_start_matches(['-', '+', '−']),
        _ => last.as_str(),
    };
    let number: f64 = written.replace(',', "").replace('−', "-").parse().ok()?;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests;
