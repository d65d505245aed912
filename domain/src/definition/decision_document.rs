//! How a decision is written in files: `scale: […]`, `choices: […]`, or `free_text`.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};

use super::{Choice, DecisionSpec, ScalePoint};

/// The one word of a decision that needs no more.
const FREE_TEXT: &str = "free_text";

/// A decision as it stands in a file.
pub(super) struct DecisionDocument(DecisionSpec);

impl From<DecisionDocument> for DecisionSpec {
    fn from(document: DecisionDocument) -> Self {
        document.0
    }
}

impl From<DecisionSpec> for DecisionDocument {
    fn from(spec: DecisionSpec) -> Self {
        Self(spec)
    }
}

impl Serialize for DecisionDocument {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut map = match &self.0 {
            DecisionSpec::FreeText => return out.serialize_str(FREE_TEXT),
            _ => out.serialize_map(Some(1))?,
        };
        match &self.0 {
            DecisionSpec::Scale { points } => map.serialize_entry("scale", points)?,
            DecisionSpec::Choice { choices } => map.serialize_entry("choices", choices)?,
            DecisionSpec::FreeText => {}
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for DecisionDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DecisionVisitor).map(Self)
    }
}

/// A type of its own, so that an unknown kind is an error at its place.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Scale,
    Choices,
    FreeText,
}

struct DecisionVisitor;

impl<'de> Visitor<'de> for DecisionVisitor {
    type Value = DecisionSpec;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("`scale: […]`, `choices: […]` or `free_text`")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<DecisionSpec, E> {
        match word {
            FREE_TEXT => Ok(DecisionSpec::FreeText),
            _ => Err(E::unknown_variant(word, &["scale", "choices", FREE_TEXT])),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<DecisionSpec, A::Error> {
        let spec = match map.next_key::<Kind>()? {
            Some(Kind::Scale) => DecisionSpec::Scale { points: map.next_value::<Vec<ScalePoint>>()? },
            Some(Kind::Choices) => DecisionSpec::Choice { choices: map.next_value::<Vec<Choice>>()? },
            Some(Kind::FreeText) => {
                map.next_value::<IgnoredAny>()?;
                DecisionSpec::FreeText
            }
            None => return Err(A::Error::custom("a decision needs a `scale`, `choices` or `free_text`")),
        };
        match map.next_key::<Kind>()? {
            None => Ok(spec),
            Some(_) => Err(A::Error::custom(
                "a decision is read from a `scale`, from `choices` or as `free_text`, not from both",
            )),
        }
    }
}
