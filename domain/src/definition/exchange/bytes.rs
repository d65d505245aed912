//! From bytes to text, and from serde's complaints to problems with a fix.

use super::{
    super::{
        DefinitionContent, Problem, ProblemCode,
        limits::{FILE_BYTES_MAX, LISTED_FILE_BYTES_MAX},
        problem::position_at,
        similar,
    },
    Format,
};

/// The text of a file, without a byte order mark. Errors: too large, or not UTF-8.
pub(super) fn text(bytes: &[u8], format: Format) -> Result<&str, Vec<Problem>> {
    let lists = format.is_dataset() || bytes.len() <= FILE_BYTES_MAX || may_list_scenarios(bytes);
    let most = if lists { LISTED_FILE_BYTES_MAX } else { FILE_BYTES_MAX };
    if bytes.len() > most {
        return Err(vec![too_large(bytes.len(), most)]);
    }
    match str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let offset = error.valid_up_to();
            // What stands before the offset was just found to be valid.
            let before = str::from_utf8(&bytes[..offset]).unwrap_or_default();
            let position = position_at(before, offset);
            let message = format!("Byte {offset} (counted from 0) is not valid UTF-8.");
            let mut problem = Problem::new("", ProblemCode::InvalidUtf8, message, "Save the file as UTF-8.");
            problem.line = Some(position.line);
            problem.column = Some(position.column);
            Err(vec![problem])
        }
    }
}

/// Before a large file is parsed: only one with a list of scenarios may be large.
fn may_list_scenarios(bytes: &[u8]) -> bool {
    const WORD: &[u8] = b"cenarios";
    bytes.windows(WORD.len()).any(|window| window == WORD)
}

/// Refuses a file that is large for another reason than its scenarios.
pub(super) fn check_size(
    text: &str,
    format: Format,
    content: &DefinitionContent,
) -> Result<(), Vec<Problem>> {
    if format.is_dataset() || !content.scenarios.is_empty() || text.len() <= FILE_BYTES_MAX {
        return Ok(());
    }
    Err(vec![too_large(text.len(), FILE_BYTES_MAX)])
}

fn too_large(size: usize, most: usize) -> Problem {
    let message = format!("The file has {size} bytes; at most {most} are allowed.");
    Problem::new("", ProblemCode::TooLarge, message, "Shorten its texts, or split it.")
}

/// A problem of syntax at a place in a file.
pub(super) fn syntax(line: u64, column: u64, message: impl Into<String>, fix: impl Into<String>) -> Problem {
    let problem = Problem::new("", ProblemCode::Syntax, message, fix);
    Problem { line: Some(line), column: Some(column), ..problem }
}

pub(super) fn unknown_field<'a>(field: &str, expected: impl IntoIterator<Item = &'a str> + Clone) -> Problem {
    let fix = match similar::closest(field, expected.clone()) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => format!("The fields here are {}.", similar::listed(expected).replace('"', "`")),
    };
    let message = format!("There is no field `{field}` here.");
    Problem::new("", ProblemCode::UnknownField, message, fix)
}

pub(super) fn missing_field(field: &str) -> Problem {
    let message = format!("The field `{field}` is missing.");
    Problem::new("", ProblemCode::MissingField, message, format!("Add `{field}`."))
}

pub(super) fn duplicate_field(field: &str) -> Problem {
    let message = format!("The field `{field}` stands twice.");
    Problem::new("", ProblemCode::DuplicateField, message, "Keep one of them.")
}

pub(super) fn wrong_type(message: String) -> Problem {
    let fix = "See the sample definitions for how it is written.";
    Problem::new("", ProblemCode::WrongType, message, fix)
}

/// A complaint in our own words: what is wrong, and behind a semicolon what to do.
pub(super) fn in_words(message: &str) -> Problem {
    match message.split_once("; ") {
        Some((message, fix)) if message.ends_with(NO_BODY) => {
            Problem::new("", ProblemCode::MissingField, sentence(message), sentence(fix))
        }
        _ => wrong_type(sentence(message)),
    }
}

/// How the complaint about a scenario without a body ends.
const NO_BODY: &str = "has no `body`";

/// A capital letter at the front and a full stop at the end.
pub(super) fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str().trim_end_matches('.'))
}
