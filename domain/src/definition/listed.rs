//! Scenarios that are written out one by one, instead of being made from dimensions.

use std::{fmt, ops::Deref, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, Error, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::Value;

use super::similar;

/// One prompt of a definition that lists its scenarios.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListedScenario {
    /// Its name among the scenarios; one line of 1–200 bytes.
    pub key: String,
    /// The prompt: what the placeholder `[body]` stands for.
    pub body: String,
    /// A system prompt of its own, in place of the preamble. `None` = the preamble is sent.
    pub system: Option<String>,
    /// The right answer: the name of a choice, or a text where answers are free. `None` = none.
    pub target: Option<String>,
    /// Whatever else is known of it, in order, each with its JSON type.
    pub fields: Vec<(String, Value)>,
}

impl ListedScenario {
    /// The value of a further key. `None` = it has no such key.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }
}

/// The listed scenarios of a definition, in order. Copies share the same memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed(Arc<Vec<ListedScenario>>);

impl Deref for Listed {
    type Target = [ListedScenario];

    fn deref(&self) -> &[ListedScenario] {
        &self.0
    }
}

impl From<Vec<ListedScenario>> for Listed {
    fn from(scenarios: Vec<ListedScenario>) -> Self {
        Self(Arc::new(scenarios))
    }
}

impl Serialize for Listed {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_map(self.iter().map(|scenario| (&scenario.key, Entry(scenario))))
    }
}

/// A scenario without its key.
struct Entry<'a>(&'a ListedScenario);

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut map = out.serialize_map(None)?;
        map.serialize_entry("body", &self.0.body)?;
        if let Some(system) = &self.0.system {
            map.serialize_entry("system", system)?;
        }
        if let Some(target) = &self.0.target {
            map.serialize_entry("target", target)?;
        }
        for (name, value) in &self.0.fields {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Listed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ListVisitor).map(Self::from)
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = Vec<ListedScenario>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("scenarios by their keys")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut scenarios = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            let scenario = map.next_value_seed(EntrySeed(&key))?;
            scenarios.push(ListedScenario { key, ..scenario });
        }
        Ok(scenarios)
    }
}

/// A scenario under the key that complaints name.
struct EntrySeed<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for EntrySeed<'_> {
    type Value = ListedScenario;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ListedScenario, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for EntrySeed<'_> {
    type Value = ListedScenario;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a scenario with its `body`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ListedScenario, A::Error> {
        let mut scenario = ListedScenario::default();
        let mut body = None;
        while let Some(name) = map.next_key::<String>()? {
            let twice = match name.as_str() {
                "body" => body.replace(map.next_value()?).is_some(),
                "system" => std::mem::replace(&mut scenario.system, map.next_value()?).is_some(),
                "target" => std::mem::replace(&mut scenario.target, map.next_value()?).is_some(),
                _ => {
                    let is_known = scenario.field(&name).is_some();
                    scenario.fields.push((name, map.next_value()?));
                    is_known
                }
            };
            if twice {
                return Err(A::Error::custom("a key of a scenario stands twice; keep one of them"));
            }
        }
        scenario.body = body.ok_or_else(|| A::Error::custom(no_body(self.0, &scenario)))?;
        Ok(scenario)
    }
}

fn no_body(key: &str, scenario: &ListedScenario) -> String {
    let names = scenario.fields.iter().map(|(name, _)| name.as_str());
    let fix = match similar::closest("body", names) {
        Some(near) => format!("`{near}` stands there: did you mean `body`?"),
        None => "add the prompt as `body`".to_owned(),
    };
    format!("the scenario `{key}` has no `body`; {fix}")
}
