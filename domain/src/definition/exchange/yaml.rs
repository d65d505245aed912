//! Definitions as YAML.

use serde_saphyr::{Error, options, ser_options};

use super::super::{DefinitionContent, Problem, ProblemCode};
use super::{bytes, locations};

/// Reads a definition, without checking what it means. Errors: one problem with its line and
/// column.
///
/// Anchors and aliases work, but a file that grows too much by them is refused.
pub fn from_yaml(bytes: &[u8]) -> Result<DefinitionContent, Vec<Problem>> {
    let text = bytes::text(bytes)?;
    locations::check_growth(text)?;
    // Our own check of growth is stricter than the ratio of aliases to anchors, which refuses
    // harmless files that use one anchor often.
    let options = options! {
        budget: serde_saphyr::budget! { enforce_alias_anchor_ratio: false },
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| vec![problem(&error)])
}

/// The definition as YAML, texts of several lines as blocks where they survive that.
///
/// Reads back as the same content: it is read back to be sure, and texts that a block would
/// change (odd line breaks, spaces at line ends) are quoted instead.
pub fn to_yaml(content: &DefinitionContent) -> String {
    let plain = ser_options! { compact_list_indent: true, folded_wrap_chars: 100_000 };
    let quoted = ser_options! { quote_all: true, prefer_block_scalars: false };
    for options in [plain, quoted] {
        if let Ok(text) = serde_saphyr::to_string_with_options(content, options)
            && from_yaml(text.as_bytes()).as_ref() == Ok(content)
        {
            return text;
        }
    }
    // JSON is YAML, and can hold every text.
    super::to_json(content)
}

fn problem(error: &Error) -> Problem {
    let error = error.without_snippet();
    let mut problem = match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            bytes::unknown_field(field, expected.iter().copied())
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            bytes::unknown_field(variant, expected.iter().copied())
        }
        Error::SerdeMissingField { field, .. } => bytes::missing_field(field),
        Error::DuplicateMappingKey { key, .. } => bytes::duplicate_field(key.as_deref().unwrap_or("?")),
        Error::SerdeInvalidType { unexpected, expected, .. }
        | Error::SerdeInvalidValue { unexpected, expected, .. } => {
            bytes::wrong_type(format!("Expected {expected}, found {unexpected}."))
        }
        Error::ExternalMessage { msg, .. } => {
            let fix = "Correct the YAML; a text with `: `, `#`, `[` or quotes is safest in quotes or as a block after `|`.";
            Problem::new("", ProblemCode::Syntax, format!("The YAML cannot be read: {msg}."), fix)
        }
        Error::Eof { .. } => Problem::new(
            "",
            ProblemCode::Syntax,
            "The file is empty or ends too early.",
            "Write at least `name`, `template` and `decision`.",
        ),
        Error::MultipleDocuments { .. } => Problem::new(
            "",
            ProblemCode::Syntax,
            "The file holds more than one YAML document.",
            "Keep one definition per file; remove what begins with the second `---`.",
        ),
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => Problem::new(
            "",
            ProblemCode::TooLarge,
            "The YAML is nested too deeply or uses too many aliases.",
            "Write it out plainly.",
        ),
        Error::NullIntoString { .. } => {
            bytes::wrong_type("Expected a text, found nothing (null).".to_owned())
        }
        Error::InvalidScalar { ty, .. } => bytes::wrong_type(match *ty {
            "u32" => "Expected a whole number, 0 or more.".to_owned(),
            "i64" => "Expected a whole number.".to_owned(),
            "f64" | "floating point" => "Expected a number.".to_owned(),
            other => format!("Expected {other}."),
        }),
        Error::ExpectedMappingEndAfterEnumVariantValue { .. } => bytes::wrong_type(
            "A decision is read from a `scale` or from `choices`, not from both.".to_owned(),
        ),
        other => bytes::wrong_type(plain_words(&other.to_string())),
    };
    let location = error.location().filter(|location| location.line() > 0);
    problem.line = location.map(|location| location.line());
    problem.column = location.map(|location| location.column());
    problem
}

/// The parser's message without the location, which the problem has, and in a user's words.
fn plain_words(message: &str) -> String {
    let message = message.lines().next().unwrap_or_default();
    let message = message.split(" at line ").next().unwrap_or(message).trim_end_matches('.');
    match message {
        "expected string scalar" => "Expected a text.".to_owned(),
        "expected mapping start" => "Expected fields (`name: value`).".to_owned(),
        "expected sequence start" => "Expected a list (`- entry`).".to_owned(),
        other => bytes::sentence(other),
    }
}
