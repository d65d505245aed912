//! An answer that is a JSON object: the value of its decision key is the decision.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::value::RawValue;

/// Keys that hold a decision, the most telling first; compared without case, `_`, `-` and spaces.
const KEYS: [&str; 44] = [
    "decision",
    "finaldecision",
    "mydecision",
    "answer",
    "finalanswer",
    "myanswer",
    "choice",
    "finalchoice",
    "mychoice",
    "selection",
    "selected",
    "selectedoption",
    "chosen",
    "chosenoption",
    "verdict",
    "finalverdict",
    "judgment",
    "judgement",
    "rating",
    "finalrating",
    "overallrating",
    "score",
    "finalscore",
    "overallscore",
    "vote",
    "response",
    "reply",
    "pick",
    "option",
    "entscheidung",
    "antwort",
    "respuesta",
    "réponse",
    "agreement",
    "level",
    "grade",
    "mark",
    "classification",
    "ruling",
    "winner",
    "value",
    "result",
    "output",
    "final",
];
/// Objects within objects that are followed.
const DEPTH: usize = 3;

/// The bytes of `within` that hold the value of the decision key, without quotes.
///
/// `None` = no JSON object with such a key. A value that is `null` or a list is returned as well:
/// it is then unreadable, and no prose beside it is asked.
pub(super) fn decision(text: &str, within: Range<usize>) -> Option<Range<usize>> {
    objects(text, &within).find_map(|(base, object)| {
        let found = value_of(object, &KEYS, DEPTH)?;
        Some(base + found.start..base + found.end)
    })
}

/// The strings that the object holds by themselves, without their quotes: in some answers the label of a
/// point stands under a key of its own making.
pub(super) fn strings(text: &str, within: Range<usize>) -> Vec<Range<usize>> {
    let held = objects(text, &within).find_map(|(base, object)| {
        let fields: BTreeMap<String, &RawValue> = serde_json::from_str(object).ok()?;
        let strings =
            fields.values().map(|raw| raw.get()).filter(|raw| raw.len() >= 2 && raw.starts_with('"'));
        let places = strings.filter_map(|raw| {
            let start = base + place(raw, object)?;
            Some(start + 1..start + raw.len() - 1)
        });
        Some(places.collect())
    });
    held.unwrap_or_default()
}

/// What may be the object that the text ends in, with the byte it begins at.
fn objects<'a>(text: &'a str, within: &Range<usize>) -> impl Iterator<Item = (usize, &'a str)> {
    let part = text.get(within.clone()).unwrap_or_default();
    let trimmed = part.trim_end().trim_end_matches('`').trim_end();
    let trimmed = if trimmed.ends_with('}') { trimmed } else { "" };
    // Of all the braces only the first one and the one after the last fence can open the object.
    let fence = trimmed.rfind("```").and_then(|fence| Some(fence + trimmed.get(fence..)?.find('{')?));
    let base = within.start;
    [trimmed.find('{'), fence]
        .into_iter()
        .flatten()
        .filter_map(move |start| Some((base + start, trimmed.get(start..)?)))
}

/// The byte of `object` at which its part `raw` begins: the difference of their addresses.
fn place(raw: &str, object: &str) -> Option<usize> {
    (raw.as_ptr() as usize).checked_sub(object.as_ptr() as usize)
}

fn value_of(object: &str, keys: &[&str], depth: usize) -> Option<Range<usize>> {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(object).ok()?;
    let fields: BTreeMap<String, &str> =
        fields.into_iter().map(|(key, raw)| (normal(&key), raw.get())).collect();
    let raw = keys.iter().find_map(|key| fields.get(*key))?;
    let start = place(raw, object)?;
    if raw.starts_with('{') && depth > 0 {
        let mut inner = vec!["value", "point", "name"];
        inner.extend(KEYS);
        if let Some(found) = value_of(raw, &inner, depth - 1) {
            return Some(start + found.start..start + found.end);
        }
    }
    let quoted = raw.len() >= 2 && raw.starts_with('"');
    let quote = usize::from(quoted);
    Some(start + quote..start + raw.len() - quote)
}

fn normal(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
