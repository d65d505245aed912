//! Values of YAML that stay as they are written.

use std::collections::HashSet;

use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle};

use super::locations::Container;

/// Which part of a file holds values of any type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Everything,
    /// What stands under the key `scenarios`.
    Scenarios,
}

/// A YAML text in which every plain value that would lose something as a number, or become true or
/// false where YAML 1.2 reads a text, stands in quotes: `007`, `1.50`, `on`. `None` = there is none.
pub(super) fn quoted(text: &str, part: Part) -> Option<String> {
    let mut open: Vec<Container> = Vec::new();
    let mut spans = Vec::new();
    let mut seen = HashSet::new();
    for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
        match event {
            Event::Scalar(value, style, _, tag) => {
                let is_key = matches!(open.last(), Some(Container::Map { key: None, .. }));
                let is_within = part == Part::Everything || is_in_scenarios(&open);
                let is_plain = style == ScalarStyle::Plain && tag.is_none();
                if is_plain
                    && is_within
                    && !is_kept(&value)
                    && let Some(range) = span.byte_range()
                    && text.get(range.clone()).is_some_and(|written| written.trim_end() == value)
                    && seen.insert(range.start)
                {
                    spans.push(range.start..range.start + value.len());
                }
                match open.last_mut() {
                    Some(Container::Map { key, .. }) if is_key => *key = Some(value.into_owned()),
                    Some(Container::Map { key, .. }) => *key = None,
                    _ => {}
                }
            }
            Event::Alias(_) => end_value(&mut open),
            Event::SequenceStart(..) => open.push(Container::List { path: String::new(), next: 0 }),
            Event::MappingStart(..) => open.push(Container::Map { path: String::new(), key: None }),
            Event::SequenceEnd | Event::MappingEnd => {
                open.pop();
                end_value(&mut open);
            }
            _ => {}
        }
    }
    if spans.is_empty() {
        return None;
    }
    let mut quoted = String::with_capacity(text.len() + 2 * spans.len());
    let mut done = 0;
    for span in spans {
        quoted.push_str(&text[done..span.start]);
        // Numbers and words: nothing to escape.
        quoted.push('\'');
        quoted.push_str(&text[span.clone()]);
        quoted.push('\'');
        done = span.end;
    }
    quoted.push_str(&text[done..]);
    Some(quoted)
}

fn is_in_scenarios(open: &[Container]) -> bool {
    matches!(open, [Container::Map { key: Some(key), .. }, _, ..] if key == "scenarios")
}

fn end_value(open: &mut [Container]) {
    if let Some(Container::Map { key, .. }) = open.last_mut() {
        *key = None;
    }
}

/// Whether a plain scalar is read without loss: a text that nobody takes for something else, or a
/// value of YAML 1.2's core schema that is written back as it stands there.
fn is_kept(value: &str) -> bool {
    match value {
        "" | "~" | "null" | "Null" | "NULL" | "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => true,
        _ if value.contains(['\'', '\n', ' ', '#', ':', ',']) => true,
        _ if is_word(value) => false,
        _ if !value.starts_with(|c: char| c.is_ascii_digit() || ['+', '-', '.'].contains(&c)) => true,
        _ => is_exact(value),
    }
}

/// What YAML 1.1 took for true, false or a number that no JSON holds.
fn is_word(value: &str) -> bool {
    let word = value.to_ascii_lowercase();
    let number = word.strip_prefix(['+', '-']).unwrap_or(&word);
    ["y", "n", "yes", "no", "on", "off"].contains(&word.as_str())
        || [".inf", ".nan", "inf", "nan", "infinity"].contains(&number)
        // Other spellings of the words above, which the core schema reads as texts.
        || ["true", "false", "null"].contains(&word.as_str())
}

/// Whether a number is written back in the same letters.
fn is_exact(value: &str) -> bool {
    let read = serde_json::from_str::<serde_json::Number>(value);
    read.is_ok_and(|number| number.to_string() == value)
}
