//! A content as a database keeps it.

use serde_json::{Value, json};

use super::{DefinitionContent, Listed, ListedScenario};

/// The content as one JSON document that survives a database which sorts keys and respells
/// numbers (PostgreSQL's `jsonb`): listed scenarios are rows, their further keys a JSON text.
///
/// # Errors
/// None that a content can cause.
pub fn to_stored(content: &DefinitionContent) -> Result<Value, serde_json::Error> {
    let head = DefinitionContent { scenarios: Listed::default(), ..content.clone() };
    let mut stored = serde_json::to_value(head)?;
    if !content.scenarios.is_empty() {
        let rows = content.scenarios.iter().map(row).collect::<Result<Vec<_>, _>>()?;
        stored["scenarios"] = Value::Array(rows);
    }
    Ok(stored)
}

/// The content of a stored document.
///
/// # Errors
/// Where it is none that `to_stored` wrote.
pub fn from_stored(mut stored: Value) -> Result<DefinitionContent, serde_json::Error> {
    let rows = stored.as_object_mut().and_then(|fields| fields.remove("scenarios"));
    let mut content: DefinitionContent = serde_json::from_value(stored)?;
    if let Some(Value::Array(rows)) = rows {
        content.scenarios = rows.into_iter().map(scenario).collect::<Result<Vec<_>, _>>()?.into();
    }
    Ok(content)
}

fn row(scenario: &ListedScenario) -> Result<Value, serde_json::Error> {
    let ListedScenario { key, body, system, target, fields } = scenario;
    let fields = if fields.is_empty() { None } else { Some(serde_json::to_string(fields)?) };
    Ok(json!([key, body, system, target, fields]))
}

fn scenario(row: Value) -> Result<ListedScenario, serde_json::Error> {
    let (key, body, system, target, fields): (_, _, _, _, Option<String>) = serde_json::from_value(row)?;
    let fields = fields.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default();
    Ok(ListedScenario { key, body, system, target, fields })
}
