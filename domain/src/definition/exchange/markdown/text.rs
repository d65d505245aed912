//! A text as a block of Markdown, letter by letter.
//!
//! A text stands plainly where that is unambiguous: blank lines around it do not count, but two or
//! more behind it mean that it ends in a line break. Any other text stands in a fence: `text`
//! around the very letters, or `json` around a JSON string, for what editors like to change.

use super::lines::{Fence, Lines};

/// Words behind a fence that holds a whole text as it is.
const WORDS: [&str; 5] = ["", "text", "txt", "markdown", "md"];

/// Writes a text, and the blank lines behind it.
pub(super) fn write(out: &mut String, text: &str, heading_level: usize) {
    let body = text.strip_suffix('\n').unwrap_or(text);
    if can_stand_plainly(text, body, heading_level) {
        out.push_str(body);
        out.push_str(if body.len() < text.len() { "\n\n\n" } else { "\n\n" });
    } else if text.chars().any(|letter| letter.is_control() && !"\n\t".contains(letter)) {
        // A text can always be JSON.
        let json = serde_json::to_string(text).unwrap_or_default();
        out.push_str(&format!("```json\n{json}\n```\n\n"));
    } else {
        let ticks = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
        let mark = "`".repeat((ticks + 1).max(3));
        out.push_str(&format!("{mark}text\n{text}\n{mark}\n\n"));
    }
}

fn can_stand_plainly(text: &str, body: &str, heading_level: usize) -> bool {
    let lines: Vec<&str> = body.split('\n').collect();
    let has_edges =
        [lines.first(), lines.last()].iter().all(|line| line.is_some_and(|line| !line.trim().is_empty()));
    has_edges
        && !text.chars().any(|letter| letter.is_control() && !"\n\t".contains(letter))
        && lines.first().is_none_or(|line| Fence::of(line).is_none())
        // A table would follow a description.
        && !lines.iter().any(|line| line.trim_start().starts_with('|'))
        && Lines { all: &lines, first: 1 }.headings(heading_level).is_ok_and(|headings| headings.is_empty())
}

/// A text that was read, and the line and column of its first letter. `None` of those = it is
/// written in escapes.
pub(super) struct Block {
    pub(super) text: String,
    pub(super) begins: Option<u64>,
}

/// The text that stands on some lines. `None` = all of them are blank.
pub(super) fn read(lines: Lines<'_, '_>) -> Option<Block> {
    let (first, opening) = lines.written().next()?;
    let last = lines.written().last().map_or(first, |(index, _)| index);
    let line = lines.number(first);
    if let Some(fence) = Fence::of(opening).filter(|_| last > first)
        && let inner = lines.part(first + 1, last)
        && fence.is_closed_by(lines.all[last])
        && !inner.all.iter().any(|line| fence.is_closed_by(line))
    {
        let text = inner.all.join("\n");
        if WORDS.contains(&fence.word.to_lowercase().as_str()) {
            return Some(Block { text, begins: Some(line + 1) });
        }
        if fence.word.eq_ignore_ascii_case("json")
            && let Ok(text) = serde_json::from_str::<String>(&text)
        {
            return Some(Block { text, begins: None });
        }
    }
    let mut text = lines.part(first, last + 1).all.join("\n");
    if lines.all.len() - last > 2 {
        text.push('\n');
    }
    Some(Block { text, begins: Some(line) })
}
