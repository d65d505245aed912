//! Answers as JSON objects that fit a schema.

use serde_json::{Map, Value, json};

// Schemas may name themselves inside themselves.
const DEPTH_MAX: usize = 8;

/// Whether a property of this name holds what was decided.
pub(crate) fn is_decision(name: &str) -> bool {
    let name = name.to_lowercase();
    ["decision", "choice", "answer", "score", "rating", "verdict", "option", "level"]
        .iter()
        .any(|word| name.contains(word))
}

/// What a model answers that was asked for JSON without being told which.
pub(crate) fn any_object(decision: Option<&str>, text: &str) -> Value {
    let decision = decision.map_or(Value::Null, literal);
    json!({ "decision": decision, "reasoning": text })
}

/// An object that fits the schema, in the order of its properties. `lean` (0–1) places what the
/// prompt did not ask for on the range or in the list the schema gives.
pub(crate) fn fit(schema: &Value, decision: Option<&str>, lean: f64, text: &str) -> Value {
    let fit = Fit { root: schema, decision, lean, text };
    fit.value(schema, is_closed(schema), 0)
}

/// The same decision in an object that nobody asked for.
pub(crate) fn misfit(text: &str) -> Value {
    let asked: Value = serde_json::from_str(text).unwrap_or_default();
    let object = asked.as_object();
    let decision = object.and_then(|object| object.iter().find(|(name, _)| is_decision(name)));
    let decision = decision.map_or(Value::Null, |(_, value)| value.clone());
    json!({ "answer": decision, "is_sure": true })
}

struct Fit<'a> {
    root: &'a Value,
    decision: Option<&'a str>,
    lean: f64,
    text: &'a str,
}

impl Fit<'_> {
    fn value(&self, schema: &Value, is_decision: bool, depth: usize) -> Value {
        let schema = self.resolved(schema, depth);
        if let Some(constant) = schema.get("const") {
            return constant.clone();
        }
        if let Some(Value::Array(allowed)) = schema.get("enum") {
            return self.one_of(allowed, is_decision);
        }
        match kind_of(schema).as_str() {
            _ if depth > DEPTH_MAX => Value::Null,
            "integer" => self.number(schema, is_decision, true),
            "number" => self.number(schema, is_decision, false),
            "boolean" => Value::from(self.lean >= 0.5),
            "null" => Value::Null,
            "array" => self.array(schema, is_decision, depth),
            "string" => self.string(schema, is_decision),
            _ => self.object(schema, depth),
        }
    }

    fn object(&self, schema: &Value, depth: usize) -> Value {
        let Some(Value::Object(properties)) = schema.get("properties") else {
            return json!({});
        };
        let decider = self.decider(properties, depth);
        let fields = properties.iter().map(|(name, property)| {
            let is_decision = decider == Some(name.as_str());
            (name.clone(), self.value(property, is_decision, depth + 1))
        });
        Value::Object(fields.collect::<Map<_, _>>())
    }

    /// The property that holds the decision: by its name, else the first that has few values.
    fn decider<'p>(&self, properties: &'p Map<String, Value>, depth: usize) -> Option<&'p str> {
        let names = || properties.iter().map(|(name, _)| name.as_str());
        names().find(|name| is_decision(name)).or_else(|| {
            let closed = |(_, property): &(&String, &Value)| is_closed(self.resolved(property, depth));
            properties.iter().find(closed).map(|(name, _)| name.as_str())
        })
    }

    fn one_of(&self, allowed: &[Value], is_decision: bool) -> Value {
        let decided = self.decision.filter(|_| is_decision);
        let same = |value: &&Value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            decided.is_some_and(|decision| text.eq_ignore_ascii_case(decision))
        };
        let last = allowed.len().saturating_sub(1);
        let leaned = (self.lean.clamp(0.0, 1.0) * last as f64).round() as usize;
        allowed.iter().find(same).or(allowed.get(leaned)).cloned().unwrap_or(Value::Null)
    }

    fn number(&self, schema: &Value, is_decision: bool, is_whole: bool) -> Value {
        let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
        let low = bound("minimum").or(bound("exclusiveMinimum").map(|low| low + 1.0)).unwrap_or(0.0);
        let high = bound("maximum").or(bound("exclusiveMaximum").map(|high| high - 1.0));
        let high = high.unwrap_or(low + if is_whole { 10.0 } else { 1.0 }).max(low);
        let decided = self.decision.filter(|_| is_decision).and_then(|text| text.parse::<f64>().ok());
        let has_range = bound("minimum").is_some() || bound("maximum").is_some();
        let number = match decided {
            Some(decided) if has_range => decided.clamp(low, high),
            Some(decided) => decided,
            None => low + self.lean.clamp(0.0, 1.0) * (high - low),
        };
        if is_whole { Value::from(number.round() as i64) } else { Value::from(number) }
    }

    fn array(&self, schema: &Value, is_decision: bool, depth: usize) -> Value {
        let count = schema.get("minItems").and_then(Value::as_u64).unwrap_or(1).min(100);
        let item = schema.get("items").map(|items| self.value(items, is_decision, depth + 1));
        let items = item.into_iter().flat_map(|item| (0..count).map(move |_| item.clone()));
        Value::Array(items.collect())
    }

    fn string(&self, schema: &Value, is_decision: bool) -> Value {
        let text = self.decision.filter(|_| is_decision).unwrap_or(self.text);
        let length_max = schema.get("maxLength").and_then(Value::as_u64).unwrap_or(u64::MAX);
        Value::from(text.chars().take(usize::try_from(length_max).unwrap_or(usize::MAX)).collect::<String>())
    }

    /// Follows `$ref`, and takes the first of several that is not null.
    fn resolved<'s>(&'s self, schema: &'s Value, depth: usize) -> &'s Value {
        let named = schema.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix('#'));
        if let Some(found) = named.and_then(|pointer| self.root.pointer(pointer))
            && depth <= DEPTH_MAX
        {
            return self.resolved(found, depth + 1);
        }
        let several = ["anyOf", "oneOf", "allOf"].iter().find_map(|name| schema.get(name)?.as_array());
        let first = several.and_then(|all| all.iter().find(|one| kind_of(one) != "null"));
        match first {
            Some(first) if depth <= DEPTH_MAX => self.resolved(first, depth + 1),
            _ => schema,
        }
    }
}

/// The type in lower case: Google writes `OBJECT`.
fn kind_of(schema: &Value) -> String {
    let kind = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().find(|kind| *kind != "null"),
        kind => kind,
    };
    kind.and_then(Value::as_str).unwrap_or_default().to_lowercase()
}

fn is_closed(schema: &Value) -> bool {
    schema.get("enum").is_some() || kind_of(schema) == "integer"
}

fn literal(decision: &str) -> Value {
    decision.parse::<i64>().map_or_else(|_| Value::from(decision), Value::from)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::fit;

    #[test]
    fn the_decision_stands_where_the_schema_wants_it() {
        let schema = json!({ "type": "object", "required": ["why", "decision"], "properties": {
            "why": { "type": "string", "maxLength": 4 },
            "decision": { "type": "integer", "minimum": 1, "maximum": 5 },
        }});
        assert_eq!(fit(&schema, Some("4"), 0.0, "because"), json!({ "why": "beca", "decision": 4 }));
        assert_eq!(fit(&schema, Some("9"), 0.0, "")["decision"], 5);
        assert_eq!(fit(&schema, None, 0.5, "")["decision"], 3);
    }

    #[test]
    fn a_list_of_values_decides_where_no_name_does() {
        let schema = json!({ "type": "OBJECT", "properties": {
            "note": { "type": "STRING" },
            "act": { "type": "STRING", "enum": ["TELL", "WAIT"] },
            "more": { "type": "ARRAY", "items": { "$ref": "#/$defs/more" } },
        }, "$defs": { "more": { "anyOf": [{ "type": "null" }, { "type": "boolean" }] } } });
        let answer = fit(&schema, Some("wait"), 0.0, "so");
        assert_eq!(answer, json!({ "note": "so", "act": "WAIT", "more": [false] }));
    }

    #[test]
    fn a_schema_that_holds_itself_comes_to_an_end() {
        let schema = json!({ "type": "object", "properties": { "next": { "$ref": "#" } } });
        assert!(fit(&schema, None, 0.0, "").is_object());
        let turning = json!({ "$ref": "#" });
        assert!(fit(&turning, None, 0.0, "").is_object());
    }
}
