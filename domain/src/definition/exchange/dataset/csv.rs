//! Data sets as CSV (RFC 4180), with a comma, a semicolon or a tab between cells.

use std::collections::HashMap;

use serde_json::Value;

use super::super::{
    super::{DefinitionContent, Problem, ProblemCode, problem::position_at},
    bytes,
};
use super::{REPORTED_MAX, Row, Table};

/// The rows below the header. An empty cell is no value. Errors: a quote that is never closed,
/// a header that is wrong, or rows with more or fewer cells than it.
pub(super) fn rows(text: &str) -> Result<Table, Vec<Problem>> {
    let delimiter = delimiter(text);
    if let Some(offset) = open_quote(text, delimiter) {
        let position = position_at(text, offset);
        let fix = "Close it; inside quotes a quote is written twice.";
        return Err(vec![bytes::syntax(
            position.line,
            position.column,
            "A quote is opened and never closed.",
            fix,
        )]);
    }
    let mut builder = ::csv::ReaderBuilder::new();
    let mut reader =
        builder.has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut records = reader.records();
    let header = match records.next() {
        Some(Ok(header)) => header,
        _ => {
            return Err(vec![bytes::syntax(
                1,
                1,
                "The file is empty.",
                "Add a header and at least one row.",
            )]);
        }
    };
    let names: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    check_header(&names)?;
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    for record in records {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, ::csv::Position::line);
                let message = format!("The row cannot be read: {error}.");
                return Err(vec![bytes::syntax(line, 1, message, "Save the file as CSV in UTF-8.")]);
            }
        };
        let line = record.position().map_or(1, ::csv::Position::line);
        if record.len() != names.len() {
            let message = format!("The row has {} cells, the header has {}.", record.len(), names.len());
            let fix = "Put a cell with the delimiter, a quote or a line break in it into quotes.";
            problems.push(bytes::syntax(line, record.len().min(names.len()) as u64, message, fix));
            if problems.len() >= REPORTED_MAX {
                break;
            }
            continue;
        }
        let filled = names.iter().zip(&record).filter(|(_, cell)| !cell.is_empty());
        let cells = filled.map(|(name, cell)| (name.clone(), Value::String(cell.to_owned()))).collect();
        rows.push(Row { line, cells });
    }
    Ok(Table { names, rows, problems })
}

fn check_header(names: &[String]) -> Result<(), Vec<Problem>> {
    let mut known: HashMap<&str, u64> = HashMap::new();
    for (column, name) in (1..).zip(names) {
        let (message, fix) = if name.is_empty() {
            (format!("Column {column} has no name."), "Name it in the first row, or remove it.")
        } else if let Some(first) = known.insert(name, column) {
            (format!("Columns {first} and {column} are both called {name:?}."), "Rename one of them.")
        } else {
            continue;
        };
        let problem = Problem::new("", ProblemCode::DuplicateField, message, fix);
        let code = if name.is_empty() { ProblemCode::MissingField } else { problem.code };
        return Err(vec![Problem { code, line: Some(1), column: Some(column), ..problem }]);
    }
    Ok(())
}

/// The delimiter that the header has most of, outside quotes.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    let mut is_quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' | b'\r' if !is_quoted => break,
            _ if is_quoted => {}
            other => counts.iter_mut().filter(|(each, _)| *each == other).for_each(|(_, count)| *count += 1),
        }
    }
    // The first of equals: a comma where there is one column.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

/// Where a quote opens that is never closed.
fn open_quote(text: &str, delimiter: u8) -> Option<usize> {
    let mut opened = None;
    let mut begins = true;
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((offset, byte)) = bytes.next() {
        match (opened, byte) {
            (Some(_), b'"') if bytes.next_if(|(_, next)| *next == b'"').is_some() => {}
            (Some(_), b'"') => opened = None,
            (Some(_), _) => {}
            (None, b'"') if begins => opened = Some(offset),
            (None, _) => begins = byte == delimiter || byte == b'\n' || byte == b'\r',
        }
    }
    opened
}

/// The listed scenarios as CSV: `key`, `prompt`, `system`, `target` and a column per further key,
/// texts as they are, other values as JSON. UTF-8 with a byte order mark. `None` = there are none.
///
/// Reads back as the same scenarios where all further keys hold texts that are not empty.
pub fn to_csv(content: &DefinitionContent) -> Option<String> {
    if content.scenarios.is_empty() {
        return None;
    }
    let names = content.field_names();
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    let header = ["key", "prompt", "system", "target"].into_iter().chain(names.iter().map(String::as_str));
    writer.write_record(header).ok()?;
    for scenario in content.scenarios.iter() {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let own =
            [scenario.key.clone(), scenario.body.clone(), text(&scenario.system), text(&scenario.target)];
        let cell = |name: &String| match scenario.field(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        writer.write_record(own.into_iter().chain(names.iter().map(cell))).ok()?;
    }
    // Writing to memory cannot fail, and what was written are texts.
    let text = String::from_utf8(writer.into_inner().ok()?).ok()?;
    Some(format!("\u{feff}{text}"))
}
