//! An answer that is a JSON object: the value of its decision key is the decision.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::value::RawValue;

/// Keys that hold a decision, the most telling first; compared without case, `_`, `-` and spaces.
const KEYS: [&str; 33] = [
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
];
/// Objects within objects that are followed.
const DEPTH: usize = 3;

/// The bytes of `within` that hold the value of the decision key, without quotes.
///
/// `None` = no JSON object with such a key. A value that is `null` or a list is returned as well:
/// it is then unreadable, and no prose beside it is asked.
pub(super) fn decision(text: &str, within: Range<usize>) -> Option<Range<usize>> {
    let part = text.get(within.clone())?;
    let trimmed = part.trim_end().trim_end_matches('`').trim_end();
    if !trimmed.ends_with('}') {
        return None;
    }
    // Of all the braces only the first one and the one after the last fence can open the object.
    let fence = trimmed.rfind("```").and_then(|fence| Some(fence + trimmed.get(fence..)?.find('{')?));
    let starts = [trimmed.find('{'), fence];
    starts.into_iter().flatten().find_map(|start| {
        let object = trimmed.get(start..)?;
        let found = value_of(object, &KEYS, DEPTH)?;
        let base = within.start + start;
        Some(base + found.start..base + found.end)
    })
}

fn value_of(object: &str, keys: &[&str], depth: usize) -> Option<Range<usize>> {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(object).ok()?;
    let fields: BTreeMap<String, &str> =
        fields.into_iter().map(|(key, raw)| (normal(&key), raw.get())).collect();
    let raw = keys.iter().find_map(|key| fields.get(*key))?;
    // `raw` is a part of `object`, so the difference of their addresses is its place in it.
    let start = (raw.as_ptr() as usize).checked_sub(object.as_ptr() as usize)?;
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
