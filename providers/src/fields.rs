//! Reading JSON objects that came from outside: what is needed, tolerant of the rest.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// The fields of one JSON object, each still unparsed.
///
/// An answer was paid for, so a field of an unexpected type must cost that field and not
/// the answer, which derived structs cannot do. A key that comes twice counts as its last.
#[derive(Debug, Default)]
pub(crate) struct Fields<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Fields<'a> {
    /// `None` when the text is not one JSON object.
    pub(crate) fn of(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok().map(Self)
    }

    /// The field's JSON; `None` when it is absent or null.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).map(|value| value.get()).filter(|json| *json != "null")
    }

    pub(crate) fn string(&self, name: &str) -> Option<String> {
        string(self.raw(name)?)
    }

    /// A string, or a number or boolean in its own spelling: error codes come as any of them.
    pub(crate) fn word(&self, name: &str) -> Option<String> {
        let json = self.raw(name)?;
        string(json).or_else(|| (!json.starts_with(['"', '{', '['])).then(|| json.to_owned()))
    }

    /// A number of something; some servers write whole numbers as `12.0`, or as texts.
    pub(crate) fn count(&self, name: &str) -> Option<u64> {
        let json = self.raw(name)?;
        let text = json.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let json = text.unwrap_or(json).trim();
        json.parse().ok().or_else(|| {
            let number: f64 = json.parse().ok()?;
            // Beyond 2^53 a float no longer holds whole numbers.
            ((0.0..=9_007_199_254_740_992.0).contains(&number) && number.fract() == 0.0)
                .then_some(number as u64)
        })
    }

    /// An inner object; empty when it is absent or something else.
    pub(crate) fn object(&self, name: &str) -> Self {
        self.raw(name).and_then(Self::of).unwrap_or_default()
    }

    /// The elements of an array; `None` when it is absent or something else.
    pub(crate) fn array(&self, name: &str) -> Option<Vec<&'a str>> {
        array(self.raw(name)?)
    }
}

/// A JSON string's text; `None` when the JSON is something else.
pub(crate) fn string(json: &str) -> Option<String> {
    serde_json::from_str(json).ok()
}

/// A JSON array's elements; `None` when the JSON is something else.
pub(crate) fn array(json: &str) -> Option<Vec<&str>> {
    let elements: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    Some(elements.into_iter().map(RawValue::get).collect())
}
