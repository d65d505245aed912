//! Definitions as JSON.

use serde_json::error::Category;

use super::super::{DefinitionContent, Problem, ProblemCode};
use super::{Format, bytes, document::DefinitionDocument};

/// Reads a definition, without checking what it means. Errors: one problem with its line and
/// column.
pub fn from_json(bytes: &[u8]) -> Result<DefinitionContent, Vec<Problem>> {
    let text = bytes::text(bytes, Format::Json)?;
    let content = read(text, None)?;
    bytes::check_size(text, Format::Json, &content)?;
    Ok(content)
}

/// Reads a text; `file_name` names a definition of listed scenarios that has no name.
pub(super) fn read(text: &str, file_name: Option<&str>) -> Result<DefinitionContent, Vec<Problem>> {
    if text.trim_start().starts_with('[') {
        let fix = "A data set is a CSV or JSON lines, one object per line without brackets around them; a definition \
                   is one object with `name`, `template` or `scenarios`, and `decision`.";
        let problem = bytes::syntax(1, 1, "This is a list, not a definition.", fix);
        return Err(vec![Problem { code: ProblemCode::WrongType, ..problem }]);
    }
    let document: DefinitionDocument = serde_json::from_str(text).map_err(|error| vec![problem(&error)])?;
    document.into_content(file_name)
}

/// The definition as indented JSON with a line break at its end.
///
/// Reads back as the same content. A score that is not finite is written as null.
pub fn to_json(content: &DefinitionContent) -> String {
    // Only a map with keys other than texts, or a failing Serialize, can fail; there is neither.
    let mut text = serde_json::to_string_pretty(content).unwrap_or_default();
    text.push('\n');
    text
}

/// serde_json's complaint, with its line and column.
pub(super) fn problem(error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    // serde_json tells its kinds apart in words only.
    let message = text.split(" at line ").next().unwrap_or(&text);
    let mut named = message.split('`').skip(1).step_by(2);
    let named = |prefix: &str| message.starts_with(prefix).then(|| named.next()).flatten();
    let mut problem = match error.classify() {
        Category::Data => data_problem(message, named),
        _ => Problem::new("", ProblemCode::Syntax, bytes::sentence(message), "Correct the JSON."),
    };
    problem.line = Some(error.line() as u64);
    problem.column = Some(error.column().max(1) as u64);
    problem
}

fn data_problem<'a>(message: &'a str, mut named: impl FnMut(&str) -> Option<&'a str>) -> Problem {
    if let Some(field) = named("unknown field").or_else(|| named("unknown variant")) {
        let expected = message.split('`').skip(3).step_by(2).collect::<Vec<_>>();
        return bytes::unknown_field(field, expected);
    }
    if let Some(field) = named("missing field") {
        return bytes::missing_field(field);
    }
    match named("duplicate field") {
        Some(field) => bytes::duplicate_field(field),
        None => bytes::in_words(message),
    }
}
