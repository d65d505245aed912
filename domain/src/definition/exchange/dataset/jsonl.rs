//! Data sets as lines of JSON objects.

use std::{collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use super::super::{
    super::{DefinitionContent, Problem},
    bytes, json,
};
use super::{REPORTED_MAX, Row, TARGET, Table, folded};

/// One row per line that is not blank. Errors: each line that is no object.
pub(super) fn rows(text: &str) -> Result<Table, Vec<Problem>> {
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    for (line, row) in (1..).zip(text.split('\n')) {
        if row.trim().is_empty() {
            continue;
        }
        if !row.trim_start().starts_with('{') && serde_json::from_str::<IgnoredAny>(row).is_ok() {
            let column = row.chars().take_while(|letter| letter.is_whitespace()).count() as u64 + 1;
            let mut problem = bytes::wrong_type("This line is no JSON object.".to_owned());
            problem.fix = "Write one JSON object per line, with its `prompt`.".to_owned();
            problems.push(Problem { line: Some(line), column: Some(column), ..problem });
            continue;
        }
        match serde_json::from_str::<Cells>(row) {
            Ok(Cells(cells)) => rows.push(Row { line, cells }),
            Err(error) => {
                let mut problem = json::problem(&error);
                problem.line = Some(line);
                problem.fix = "Write one JSON object per line.".to_owned();
                problems.push(problem);
            }
        }
        if problems.len() >= REPORTED_MAX {
            break;
        }
    }
    let mut known = HashSet::new();
    let names = rows.iter().flat_map(|row| &row.cells).map(|(name, _)| name);
    let names = names.filter(|name| known.insert(name.as_str())).cloned().collect();
    Ok(Table { names, rows, problems })
}

/// The keys of an object in their order, none twice.
struct Cells(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Cells {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(CellsVisitor).map(Self)
    }
}

struct CellsVisitor;

impl<'de> Visitor<'de> for CellsVisitor {
    type Value = Vec<(String, Value)>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut cells: Self::Value = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if cells.iter().any(|(other, _)| *other == name) {
                return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
            }
            cells.push((name, value));
        }
        Ok(cells)
    }
}

/// The listed scenarios, each a JSON object on a line: `key`, `prompt`, `system`, `target`, and
/// the further keys with their types. `None` = there are none. Reads back as the same scenarios.
pub fn to_jsonl(content: &DefinitionContent) -> Option<String> {
    if content.scenarios.is_empty() {
        return None;
    }
    // Else a further key called `answer` would be taken for the target.
    let is_ambiguous = content.field_names().iter().any(|name| TARGET.contains(&folded(name).as_str()));
    let mut text = String::new();
    for scenario in content.scenarios.iter() {
        let mut row = Map::new();
        row.insert("key".to_owned(), scenario.key.clone().into());
        row.insert("prompt".to_owned(), scenario.body.clone().into());
        row.extend(scenario.system.iter().map(|system| ("system".to_owned(), system.clone().into())));
        if scenario.target.is_some() || is_ambiguous {
            row.insert("target".to_owned(), scenario.target.clone().into());
        }
        row.extend(scenario.fields.iter().cloned());
        text.push_str(&Value::Object(row).to_string());
        text.push('\n');
    }
    Some(text)
}
