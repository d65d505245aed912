//! Reads rules as people write them in YAML, where `- exclude: a=1` is a mapping, not a text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

struct RuleText(String);

impl<'de> Deserialize<'de> for RuleText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RuleVisitor).map(Self)
    }
}

struct RuleVisitor;

impl<'de> Visitor<'de> for RuleVisitor {
    type Value = String;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a rule such as \"exclude: victims=1 AND action=5\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
        let Some((verb, condition)) = map.next_entry::<String, String>()? else {
            return Err(A::Error::custom("a rule is empty; write `exclude: victims=1`"));
        };
        if map.next_entry::<String, String>()?.is_some() {
            return Err(A::Error::custom("one list entry holds two rules; start each with its own `- `"));
        }
        Ok(format!("{verb}: {condition}"))
    }
}

/// A list of rules, each a text or a mapping with one entry.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let rules = Vec::<RuleText>::deserialize(deserializer)?;
    Ok(rules.into_iter().map(|rule| rule.0).collect())
}
