//! What is wrong with a configuration, in words of whoever wrote it.

use figment::{
    Source,
    error::{Actual, Kind},
};

use crate::{
    definition::similar,
    error::{Error, Fault},
};

/// figment's complaints, each with the file, the line where it can be found, the key, and what is
/// expected there.
pub(super) fn invalid(error: figment::Error) -> Error {
    Error::Invalid(error.into_iter().map(|error| fault(&error)).collect())
}

fn fault(error: &figment::Error) -> Fault {
    let file = match error.metadata.as_ref().and_then(|metadata| metadata.source.as_ref()) {
        Some(Source::File(path)) => Some(path),
        _ => None,
    };
    let mut path = error.path.clone();
    // The field itself stands one further down.
    if let Kind::UnknownField(name, _) = &error.kind
        && path.last() != Some(name)
    {
        path.push(name.clone());
    }
    let line =
        file.and_then(|file| std::fs::read_to_string(file).ok()).and_then(|text| line_of(&text, &path));
    let place = match (file, line) {
        (Some(file), Some(line)) => format!("{}, line {line}: ", file.display()),
        (Some(file), None) => format!("{}: ", file.display()),
        (None, _) if error.path.is_empty() => String::new(),
        (None, _) => format!("PROBITY_{} in the environment: ", error.path.join("__").to_uppercase()),
    };
    Fault {
        code: "INVALID".into(),
        path: if path.is_empty() { "config".into() } else { path.join(".") },
        // It is the line of a file that only the message names.
        line: None,
        column: None,
        message: format!("{place}{}", sentence(&error.kind, &path)),
    }
}

fn sentence(kind: &Kind, path: &[String]) -> String {
    let is_date = path.last().is_some_and(|key| key == "from");
    match kind {
        Kind::UnknownField(name, known) => match similar::closest(name, known.iter().copied()) {
            Some(near) => format!("There is no setting {name} here. Did you mean {near}?"),
            None => format!("There is no setting {name} here; there are {}.", known.join(", ")),
        },
        Kind::MissingField(name) => format!("{name} is missing; add it."),
        _ if is_date => "This is no date; write the day as \"2026-01-31\", in quotes.".into(),
        Kind::InvalidType(found, wanted) | Kind::InvalidValue(found, wanted) => {
            format!("Expected {}, found {}.", plain(wanted), shown(found))
        }
        Kind::Message(message) => {
            format!("The value cannot be read: {}.", message.trim_end().trim_end_matches('.'))
        }
        other => format!("The value cannot be used: {other}."),
    }
}

/// What Rust calls a thing, as people do.
fn plain(wanted: &str) -> String {
    match wanted {
        "a boolean" | "bool" => "true or false".into(),
        "u16" | "u32" | "u64" | "usize" => "a whole number from 0".into(),
        "i64" | "i32" => "a whole number".into(),
        "f64" | "f32" => "a number".into(),
        "a string" | "str" | "path string" => "a text in quotes".into(),
        "a sequence" => "a list".into(),
        "a map" => "a table".into(),
        "socket address" => "an address such as 127.0.0.1:4400".into(),
        other if other.starts_with("struct ") => "a table".into(),
        other => other.into(),
    }
}

fn shown(found: &Actual) -> String {
    match found {
        Actual::Str(text) => format!("the text {text:?}"),
        Actual::Bool(is) => is.to_string(),
        Actual::Unsigned(number) => number.to_string(),
        Actual::Signed(number) => number.to_string(),
        Actual::Float(number) => number.to_string(),
        Actual::Seq => "a list".into(),
        Actual::Map => "a table".into(),
        other => other.to_string(),
    }
}

/// The line on which a key of TOML is set, or the table or longest part of it that is; None where
/// nothing of it is found.
fn line_of(text: &str, path: &[String]) -> Option<usize> {
    let mut table: Vec<String> = Vec::new();
    let mut best = (0, None);
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        let keys = if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_start_matches('[').split("]").next().unwrap_or_default();
            table = keys(header);
            table.clone()
        } else if let Some((key, _)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
            table.iter().cloned().chain(keys(key)).collect()
        } else {
            continue;
        };
        if path.starts_with(&keys) && keys.len() > best.0 {
            best = (keys.len(), Some(number));
        }
    }
    best.1
}

/// The parts of a dotted key, some of them in quotes.
fn keys(text: &str) -> Vec<String> {
    let mut keys = vec![String::new()];
    let mut quote = None;
    for letter in text.trim().chars() {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, '.') => keys.push(String::new()),
            (None, letter) if letter.is_whitespace() => {}
            (_, letter) => {
                if let Some(key) = keys.last_mut() {
                    key.push(letter);
                }
            }
        }
    }
    keys
}
