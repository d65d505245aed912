//! The part of an answer that is said to the reader: not the model's thinking, and line by line.

use std::ops::Range;

use super::fold::circled;

const OPEN: [&[u8]; 2] = [b"<think>", b"<thinking>"];
const CLOSE: [&[u8]; 2] = [b"</think>", b"</thinking>"];

/// The lines with at least one letter or digit, without blocks of thinking.
///
/// A block that is never closed reaches to the end (the answer was cut off while thinking); a
/// closing tag without an opening one ends a block that began with the answer, because some
/// servers put the opening tag into the prompt.
pub(super) fn lines(text: &str) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    for part in spoken(text) {
        let mut start = part.start;
        for line in text.get(part).unwrap_or_default().split('\n') {
            if line.chars().any(|c| c.is_alphanumeric() || circled(c).is_some()) {
                lines.push(start..start + line.len());
            }
            start += line.len() + 1;
        }
    }
    lines
}

/// The byte ranges outside blocks of thinking.
pub(crate) fn spoken(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let mut from = Some(0);
    let mut at = 0;
    while let Some(step) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| *b == b'<')) {
        at += step;
        if let Some(length) = tag(bytes, at, &OPEN) {
            if let Some(start) = from.take() {
                parts.push(start..at);
            }
            at += length;
        } else if let Some(length) = tag(bytes, at, &CLOSE) {
            if from.is_some() {
                parts.clear();
            }
            at += length;
            from = Some(at);
        } else {
            at += 1;
        }
    }
    if let Some(start) = from {
        parts.push(start..text.len());
    }
    parts
}

fn tag(bytes: &[u8], at: usize, tags: &[&[u8]]) -> Option<usize> {
    tags.iter()
        .find(|tag| bytes.get(at..at + tag.len()).is_some_and(|found| found.eq_ignore_ascii_case(tag)))
        .map(|tag| tag.len())
}
