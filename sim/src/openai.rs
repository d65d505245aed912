//! What OpenAI's two wire formats share: keys, headers and errors.

pub(crate) mod error_body;
mod headers;

use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) use headers::decorate;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{conversation::Shape, exchange::Head, rejection::Rejection};

pub(crate) fn key(head: &Head) -> Option<String> {
    // Azure's header; OpenAI's own is a bearer token.
    head.bearer().or_else(|| head.header("api-key")).map(str::to_owned)
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| time.as_secs())
}

pub(crate) fn model_list(names: &[String]) -> Value {
    let models: Vec<_> = names.iter().map(|name| model_entry(name)).collect();
    json!({ "object": "list", "data": models })
}

/// An entry of the list of models.
pub(crate) fn model_entry(name: &str) -> Value {
    json!({ "id": name, "object": "model", "created": 1_767_225_600, "owned_by": "probity-sim" })
}

/// `response_format` of one format, `text.format` of the other.
#[derive(Debug, Deserialize)]
pub(crate) struct TextFormat {
    #[serde(rename = "type")]
    kind: String,
    /// Where the Responses API has it.
    schema: Option<Value>,
    name: Option<String>,
    /// Where Chat Completions has it.
    json_schema: Option<NamedSchema>,
}

#[derive(Debug, Deserialize)]
struct NamedSchema {
    schema: Option<Value>,
    name: Option<String>,
}

impl TextFormat {
    /// `param` is where it stands in the request.
    pub(crate) fn read(self, param: &str) -> Result<Shape, Rejection> {
        let nested = self.json_schema;
        let under = if nested.is_some() { format!("{param}.json_schema") } else { param.to_owned() };
        let (schema, name) = match nested {
            Some(nested) => (nested.schema, nested.name),
            None => (self.schema, self.name),
        };
        match (self.kind.as_str(), schema, name) {
            ("text", ..) => Ok(Shape::Text),
            ("json_object", ..) => Ok(Shape::Json),
            ("json_schema", Some(schema), Some(_)) => Ok(Shape::Schema(schema)),
            ("json_schema", None, _) => Err(error_body::missing(&format!("{under}.schema"))),
            ("json_schema", ..) => Err(error_body::missing(&format!("{under}.name"))),
            (other, ..) => {
                let text = format!(
                    "Invalid value: '{other}'. Supported values are: 'json_object', 'json_schema', and 'text'."
                );
                Err(error_body::invalid(&text, Some(&format!("{param}.type")), "invalid_value"))
            }
        }
    }
}

/// A number that must lie in a range.
pub(crate) fn check_range(name: &str, value: Option<f64>, max: f64) -> Result<(), Rejection> {
    match value {
        Some(value) if !(0.0..=max).contains(&value) => {
            let text = format!("Invalid '{name}': expected a value between 0 and {max}.");
            Err(error_body::invalid(&text, Some(name), "decimal_out_of_range"))
        }
        _ => Ok(()),
    }
}
