//! The lines of a message that show why.

use super::{Rule, redact::without_secrets, words::Text};

const LINES_MAX: usize = 5;
const CHARS_MAX: usize = 300;
/// Lines looked at: the first and the last ones of a long output.
const LINES_READ: usize = 400;
/// Bytes of a line that are looked at.
const BYTES_OF_LINE: usize = 4_000;

/// Words that a line which says why often has.
const TELLING: [&str; 12] = [
    "error*",
    "exception*",
    "failed",
    "failure",
    "fatal",
    "panicked*",
    "expected",
    "actual",
    "got",
    "received",
    "caused by",
    "refused",
];

/// The lines that matter, in their order, at most five: first those with the rule's own words,
/// then those that look like errors, then the last one, which is where programs say why.
pub(super) fn lines(message: &str, rule: &Rule) -> Vec<String> {
    let all: Vec<&str> = message.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let read: Vec<&str> = match all.len() {
        0..=LINES_READ => all,
        count => [&all[..LINES_READ / 2], &all[count - LINES_READ / 2..]].concat(),
    };
    let last = read.len().saturating_sub(1);
    let mut ranked: Vec<(u8, usize)> = read
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let text = Text::of(head(line, BYTES_OF_LINE));
            let rank = match index {
                _ if rule.words.iter().any(|words| text.says(words)) => 0,
                _ if index == last => 1,
                _ if TELLING.iter().any(|words| text.says(words)) => 2,
                _ => 3,
            };
            (rank, index)
        })
        .collect();
    let has_telling = ranked.iter().any(|(rank, _)| *rank < 3);
    // Lines that tell nothing stand only for messages of nothing else.
    ranked.retain(|(rank, _)| *rank < 3 || !has_telling || read.len() <= 2);
    ranked.sort_unstable();
    ranked.truncate(LINES_MAX);
    ranked.sort_unstable_by_key(|(_, index)| *index);
    ranked.into_iter().filter_map(|(_, index)| read.get(index)).map(|line| shown(line)).collect()
}

/// A line as it may be shown: no secret, no control character, not too long.
fn shown(line: &str) -> String {
    let clean: String = head(line, BYTES_OF_LINE)
        .chars()
        .map(|c| if c.is_control() || is_reordering(c) { ' ' } else { c })
        .collect();
    // Cut last: half a secret is not recognised.
    let safe = without_secrets(clean.trim());
    if safe.chars().count() <= CHARS_MAX {
        return safe;
    }
    let mut kept: String = safe.chars().take(CHARS_MAX - 1).collect();
    kept.push('…');
    kept
}

fn head(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// Marks that change the order in which other text is shown.
pub(crate) fn is_reordering(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What lines of the same kind have in common: numbers and ids are left out.
pub(super) fn shape(line: &str) -> String {
    let mut shape = String::with_capacity(line.len());
    for word in line.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let end = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).len();
        if word[..end].bytes().any(|byte| byte.is_ascii_digit()) {
            if !shape.ends_with('#') && !shape.ends_with("#-") {
                shape.push('#');
            }
            shape.push_str(&word[end..]);
        } else {
            shape.push_str(word);
        }
    }
    shape
}
