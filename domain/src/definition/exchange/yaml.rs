//! Definitions as YAML.

use serde::{Serialize, de::DeserializeOwned};
use serde_saphyr::{Error, options, ser_options};

use super::super::{
    DefinitionContent, Problem, ProblemCode,
    limits::{EXPANDED_BYTES_MAX, LISTED_FILE_BYTES_MAX},
};
use super::{
    Format, bytes,
    document::DefinitionDocument,
    locations,
    scalar::{self, Part},
};

/// Reads a definition, without checking what it means. Errors: one problem with its line and
/// column.
///
/// Anchors and aliases work, but a file that grows too much by them is refused.
pub fn from_yaml(bytes: &[u8]) -> Result<DefinitionContent, Vec<Problem>> {
    let text = bytes::text(bytes, Format::Yaml)?;
    let content = read(text, None)?;
    bytes::check_size(text, Format::Yaml, &content)?;
    Ok(content)
}

/// Reads a text; `file_name` names a definition of listed scenarios that has no name.
pub(super) fn read(text: &str, file_name: Option<&str>) -> Result<DefinitionContent, Vec<Problem>> {
    // JSON is YAML, and its own reader keeps every number as it is.
    if text.trim_start().starts_with('{')
        && let Ok(document) = serde_json::from_str::<DefinitionDocument>(text)
    {
        return document.into_content(file_name);
    }
    let is_empty = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    if text.lines().all(is_empty) {
        return Err(vec![empty()]);
    }
    parse::<DefinitionDocument>(text, Part::Scenarios)?.into_content(file_name)
}

/// Reads YAML into any type; values in `part` that would change by it stay the texts they are.
/// Errors: one problem with its line and column.
pub(super) fn parse<T: DeserializeOwned>(text: &str, part: Part) -> Result<T, Vec<Problem>> {
    locations::check_growth(text)?;
    if let Some(quoted) = scalar::quoted(text, part)
        && let Ok(read) = parse_plain(&quoted)
    {
        return Ok(read);
    }
    // Without the quotes what is wrong is found in its own column.
    parse_plain(text)
}

fn parse_plain<T: DeserializeOwned>(text: &str) -> Result<T, Vec<Problem>> {
    // Our own check of growth is stricter than the ratio of aliases to anchors, which refuses
    // harmless files that use one anchor often; and 100,000 scenarios have many nodes.
    let options = options! {
        budget: serde_saphyr::budget! {
            enforce_alias_anchor_ratio: false,
            max_nodes: NODE_COUNT_MAX,
            max_events: 2 * NODE_COUNT_MAX,
            max_total_scalar_bytes: LISTED_FILE_BYTES_MAX + EXPANDED_BYTES_MAX,
        },
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let found = problem(&error);
        if matches!(found.code, ProblemCode::Syntax | ProblemCode::TooLarge) {
            return vec![found];
        }
        // A bracket that is never closed shows as a wrong type first.
        vec![locations::syntax_problem(text).unwrap_or(found)]
    })
}

/// Scalars, lists and maps of a YAML file.
const NODE_COUNT_MAX: usize = 8_000_000;

/// The definition as YAML, texts of several lines as blocks where they survive that.
///
/// Reads back as the same content: it is read back to be sure, and texts that a block would
/// change (odd line breaks, spaces at line ends) are quoted instead.
pub fn to_yaml(content: &DefinitionContent) -> String {
    // JSON is YAML, and can hold every text.
    written(content, |text| read(text, None).as_ref() == Ok(content))
        .unwrap_or_else(|| super::to_json(content))
}

/// Any value as YAML that `is_same` accepts. `None` = no spelling of it does.
pub(super) fn written<T: Serialize>(value: &T, is_same: impl Fn(&str) -> bool) -> Option<String> {
    let plain = ser_options! { compact_list_indent: true, folded_wrap_chars: 100_000 };
    let quoted = ser_options! { quote_all: true, prefer_block_scalars: false };
    [plain, quoted].into_iter().find_map(|options| {
        serde_saphyr::to_string_with_options(value, options).ok().filter(|text| is_same(text))
    })
}

/// What to do about YAML that cannot be read.
pub(super) const SYNTAX_FIX: &str =
    "Correct the YAML; a text with `: `, `#`, `[` or quotes is safest in quotes or as a block after `|`.";

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
            Problem::new("", ProblemCode::Syntax, format!("The YAML cannot be read: {msg}."), SYNTAX_FIX)
        }
        Error::Eof { .. } => empty(),
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
        other => plain_words(&other.to_string()),
    };
    let location = error.location().filter(|location| location.line() > 0);
    problem.line = location.map(|location| location.line());
    problem.column = location.map(|location| location.column());
    problem
}

fn empty() -> Problem {
    let fix = "Write at least `name`, `template` and `decision`.";
    Problem::new("", ProblemCode::Syntax, "The file is empty or ends too early.", fix)
}

/// The parser's message without the location, which the problem has, and in a user's words.
fn plain_words(message: &str) -> Problem {
    let message = message.lines().next().unwrap_or_default();
    let message = message.split(" at line ").next().unwrap_or(message).trim_end_matches('.');
    bytes::wrong_type(match message {
        "expected string scalar" => "Expected a text.".to_owned(),
        "expected mapping start" => "Expected fields (`name: value`).".to_owned(),
        "expected sequence start" => "Expected a list (`- entry`).".to_owned(),
        other => return bytes::in_words(other),
    })
}
