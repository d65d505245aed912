//! From bytes to text, and from serde's complaints to problems with a fix.

use super::super::{Problem, ProblemCode, limits::FILE_BYTES_MAX, problem::position_at, similar};

/// The text of a file, without a byte order mark. Errors: too large, or not UTF-8.
pub(super) fn text(bytes: &[u8]) -> Result<&str, Vec<Problem>> {
    if bytes.len() > FILE_BYTES_MAX {
        let message = format!("The file has {} bytes; at most {FILE_BYTES_MAX} are allowed.", bytes.len());
        return Err(vec![Problem::new(
            "",
            ProblemCode::TooLarge,
            message,
            "Shorten its texts, or split it.",
        )]);
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

/// A capital letter at the front and a full stop at the end.
pub(super) fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str().trim_end_matches('.'))
}
