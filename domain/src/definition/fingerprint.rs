//! The SHA-256 that identifies a content.

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{DefinitionContent, Listed, ListedScenario};

/// SHA-256 of the canonical JSON form, as 64 lowercase hex digits.
///
/// Canonical = what `to_json` says, with the keys of every object in ascending byte order, no
/// white space between tokens, characters beyond ASCII as UTF-8, whole scores without a decimal
/// point, and fields that are absent, empty or false left out. The order of listed scenarios and
/// of their keys counts: they are written as lists of pairs. In Python, of an exported file, as
/// UTF-8 (fractions below 0.0001 are spelled differently there):
///
/// ```python
/// if "scenarios" in content:
///     content["scenarios"] = [[key, list(map(list, each.items()))] for key, each in content["scenarios"].items()]
/// json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
/// ```
pub fn content_sha256(content: &DefinitionContent) -> String {
    hex::encode(Sha256::digest(canonical(content)))
}

/// The canonical form. Empty when the content cannot be JSON, which it always can: scores that
/// are not finite become null.
fn canonical(content: &DefinitionContent) -> String {
    let head = DefinitionContent { scenarios: Listed::default(), ..content.clone() };
    let Ok(mut value) = serde_json::to_value(&head) else { return String::new() };
    if !content.scenarios.is_empty() {
        value["scenarios"] = content.scenarios.iter().map(|each| json!([each.key, pairs(each)])).collect();
    }
    value.sort_all_objects();
    value.to_string()
}

fn pairs(scenario: &ListedScenario) -> Value {
    let mut pairs = vec![json!(["body", scenario.body])];
    pairs.extend(scenario.system.iter().map(|text| json!(["system", text])));
    pairs.extend(scenario.target.iter().map(|text| json!(["target", text])));
    pairs.extend(scenario.fields.iter().map(|(name, value)| json!([name, value])));
    Value::Array(pairs)
}

/// Bytes of the content as JSON: without its listed scenarios, and those alone.
pub(super) fn sizes(content: &DefinitionContent) -> (usize, usize) {
    let head = DefinitionContent { scenarios: Listed::default(), ..content.clone() };
    (json_bytes(&head), json_bytes(&content.scenarios))
}

fn json_bytes(value: &impl Serialize) -> usize {
    let mut counted = Counter(0);
    // Writing to a counter cannot fail, and neither type can fail to be JSON.
    let _ = serde_json::to_writer(&mut counted, value);
    counted.0
}

struct Counter(usize);

impl std::io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
