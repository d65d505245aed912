//! An answer's sentences, and how they are spelled for comparison.

use std::ops::Range;

use crate::reading::spoken;

/// The sentences that are said to the reader: without thinking and without quoted lines.
pub(super) fn sentences(answer: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for part in spoken(answer) {
        let mut start = part.start;
        for line in answer.get(part).unwrap_or_default().split_inclusive('\n') {
            if !line.trim_start().starts_with('>') {
                of_line(line, start, &mut found);
            }
            start += line.len();
        }
    }
    found
}

fn of_line(line: &str, offset: usize, found: &mut Vec<Range<usize>>) {
    let mut start = 0;
    let mut letters = line.char_indices().peekable();
    let mut push = |start: usize, end: usize| {
        let text = line.get(start..end).unwrap_or_default();
        let from = offset + start + (text.len() - text.trim_start().len());
        if !text.trim().is_empty() {
            found.push(from..from + text.trim().len());
        }
    };
    while let Some((at, letter)) = letters.next() {
        // A mark within a word or a number ends nothing.
        let is_end = ".!?;。！？".contains(letter)
            && letters.peek().is_none_or(|(_, next)| !next.is_alphanumeric() || !letter.is_ascii());
        if is_end {
            push(start, at + letter.len_utf8());
            start = at + letter.len_utf8();
        }
    }
    push(start, line.len());
}

/// A text in lower case, without marks of emphasis, with plain apostrophes and single spaces.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '*' | '_' | '#' | '`' | '"' | '“' | '”' | '„' | '«' | '»' | '‹' | '›' | '◊' => {}
            '’' | '‘' | 'ʼ' => folded.push('\''),
            _ if letter.is_whitespace() => {
                if !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            _ => folded.extend(letter.to_lowercase()),
        }
    }
    folded.trim().to_owned()
}
