//! Decisions in free words: what stands behind the last marker, or the whole answer.

use std::{borrow::Cow, ops::Range};

use super::{json, lexicon::Lexicon, token::tokens, visible, vocabulary as words};
use crate::definition::limits::FREE_TEXT_CHARS_MAX;

/// Symbols that may stand around a marker, a colon or a value and are no part of them.
const MARKUP: &str = "*_`#>~|";

/// What was found: the value, its bytes in the answer, and by which rule.
type Found<'a> = (Cow<'a, str>, Range<usize>, &'static str);

/// What an answer states. Errors: why it states nothing, in words.
pub(super) fn read<'a>(text: &'a str, lexicon: &Lexicon) -> Result<Found<'a>, &'static str> {
    let mut spoken = visible::spoken(text);
    spoken.retain(|part| text.get(part.clone()).is_some_and(|part| !part.trim().is_empty()));
    if let [whole] = spoken.as_slice()
        && let Some(range) = json::decision(text, whole.clone())
    {
        let value = unescaped(text, &range);
        return checked(value, range, "json");
    }
    for line in visible::lines(text).into_iter().rev() {
        let Some(after) = after_marker(text, &line, lexicon) else { continue };
        let mut range = trimmed(text, after..line.end, true);
        if range.is_empty() {
            let end =
                spoken.iter().find(|part| part.contains(&line.start)).map_or(text.len(), |part| part.end);
            range = trimmed(text, after..end, true);
        }
        if !range.is_empty() {
            return checked(text.get(range.clone()).unwrap_or_default().into(), range, "marker");
        }
    }
    match spoken.as_slice() {
        [] => Err("the answer is empty"),
        [first, .., last] => whole(text, first.start..last.end, spoken.len() == 1),
        [only] => whole(text, only.clone(), true),
    }
}

fn whole(text: &str, within: Range<usize>, is_in_one_piece: bool) -> Result<Found<'_>, &'static str> {
    let range = trimmed(text, within, false);
    if range.is_empty() {
        return Err("the answer is empty");
    }
    if !is_in_one_piece {
        return Err(
            "thinking stands in the middle of the answer, and no line such as “Answer: …” states one",
        );
    }
    checked(text.get(range.clone()).unwrap_or_default().into(), range, "whole")
}

fn checked<'a>(
    value: Cow<'a, str>,
    range: Range<usize>,
    rule: &'static str,
) -> Result<Found<'a>, &'static str> {
    if value.trim().is_empty() {
        return Err("the answer is empty");
    }
    if value.chars().nth(FREE_TEXT_CHARS_MAX).is_some() {
        return Err("the answer has more than 1,000 characters, and no line such as “Answer: …” states one");
    }
    Ok((value, range, rule))
}

/// The byte behind the colon of a line such as “**Final answer:** Lima”. `None` = it is no such line.
fn after_marker(text: &str, line: &Range<usize>, lexicon: &Lexicon) -> Option<usize> {
    let found = tokens(text.get(line.clone())?, line.start, lexicon, false);
    let mut has_noun = false;
    for token in found.iter().take(12) {
        if has_noun && token.is_symbol(":") {
            return Some(token.end);
        }
        if !token.is_symbol(MARKUP) && !token.is(words::NOUN | words::DETERMINER | words::FILLER) {
            return None;
        }
        has_noun |= token.is(words::NOUN);
    }
    None
}

/// The range without white space at its ends, and without markup where asked.
fn trimmed(text: &str, range: Range<usize>, without_markup: bool) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or_default();
    let is_edge = |c: char| c.is_whitespace() || (without_markup && "*_`".contains(c));
    let start = range.start + (part.len() - part.trim_start_matches(is_edge).len());
    start..start + part.trim_matches(is_edge).len()
}

/// The text of a JSON value: a string without its escapes.
fn unescaped<'a>(text: &'a str, range: &Range<usize>) -> Cow<'a, str> {
    let raw = text.get(range.clone()).unwrap_or_default();
    let quoted = range.start.checked_sub(1).and_then(|start| text.get(start..range.end + 1));
    match quoted.and_then(|quoted| serde_json::from_str::<String>(quoted).ok()) {
        Some(value) => value.into(),
        None => raw.into(),
    }
}

/// Whether two texts say the same: but for case, white space and a full stop at the end.
pub fn is_same_answer(one: &str, other: &str) -> bool {
    normalised(one) == normalised(other)
}

fn normalised(text: &str) -> String {
    let text = text.trim();
    let text = text.strip_suffix('.').unwrap_or(text);
    // Upper case first: “ß” and “ẞ” fold to “ss” only on that way.
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_uppercase().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::is_same_answer;
    use crate::{
        definition::DecisionSpec,
        reading::{DecisionValue, Reader, Reading},
    };

    fn read(text: &str) -> Option<String> {
        match Reader::new(&DecisionSpec::FreeText).read(text) {
            Reading::Decided { value: DecisionValue::Text(value), quote, .. } => {
                assert!(text.get(quote).is_some());
                Some(value)
            }
            Reading::Decided { value, .. } => panic!("{value:?} is no text"),
            Reading::Unreadable { .. } => None,
        }
    }

    #[test]
    fn what_stands_behind_the_last_marker_is_the_decision() {
        let value = |text: &str| read(text).unwrap_or_default();
        assert_eq!(value("Answer: Lima"), "Lima");
        assert_eq!(value("Answer: Rome\nNo, wait.\n**Final answer:** Lima\nBye."), "Lima");
        assert_eq!(value("My decision: `42 km`"), "42 km");
        assert_eq!(value("Well.\nThe final answer is: the red one."), "the red one.");
        assert_eq!(value("The doctor's answer: no"), "The doctor's answer: no");
        assert_eq!(value("Final answer:\n\nfirst\nsecond\n"), "first\nsecond");
        assert_eq!(value("答案：利马"), "利马");
        assert_eq!(value("{\"answer\": \"a \\\"b\\\"\"}"), "a \"b\"");
    }

    #[test]
    fn a_short_answer_is_the_decision_as_a_whole() {
        assert_eq!(read("  Lima \n").as_deref(), Some("Lima"));
        assert_eq!(read("<think>Rome? Answer: Rome</think>\nLima").as_deref(), Some("Lima"));
        assert_eq!(read(&"é".repeat(1_000)).map(|value| value.chars().count()), Some(1_000));
        assert_eq!(read(&"é".repeat(1_001)), None);
        assert_eq!(read(&format!("{}\nAnswer: x", "é".repeat(1_001))).as_deref(), Some("x"));
        assert_eq!(read(" \n"), None);
        assert_eq!(read("<think>and so on"), None);
    }

    #[test]
    fn answers_are_compared_without_regard_to_case_space_and_a_full_stop() {
        assert!(is_same_answer(" New\u{a0} york. ", "new York"));
        assert!(is_same_answer("STRASSE", "straße"));
        assert!(!is_same_answer("Lima!", "Lima"));
        assert!(!is_same_answer("a..", "a"));
    }
}
