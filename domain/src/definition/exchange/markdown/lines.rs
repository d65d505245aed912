//! Lines of Markdown: headings, fences, and where they stand.

use super::super::{super::Problem, bytes};

/// Some lines of a file, and the number of the first.
#[derive(Clone, Copy)]
pub(super) struct Lines<'a, 't> {
    pub(super) all: &'a [&'t str],
    pub(super) first: u64,
}

impl<'a, 't> Lines<'a, 't> {
    /// The lines from one index to before another.
    pub(super) fn part(self, from: usize, to: usize) -> Self {
        let to = to.min(self.all.len());
        let from = from.min(to);
        Self { all: &self.all[from..to], first: self.first + from as u64 }
    }

    /// The number of the line at an index.
    pub(super) fn number(self, index: usize) -> u64 {
        self.first + index as u64
    }

    /// Index and text of each line that is not blank.
    pub(super) fn written(self) -> impl Iterator<Item = (usize, &'t str)> + 'a {
        self.all.iter().copied().enumerate().filter(|(_, line)| !line.trim().is_empty())
    }

    /// Index, level and text of the headings up to a level, outside fences. Errors: a fence that
    /// is never closed.
    pub(super) fn headings(self, level_max: usize) -> Result<Vec<(usize, &'t str)>, Vec<Problem>> {
        let mut headings = Vec::new();
        let mut open: Option<(usize, Fence<'_>)> = None;
        for (index, line) in self.all.iter().copied().enumerate() {
            match &open {
                Some((_, fence)) => {
                    if fence.is_closed_by(line) {
                        open = None;
                    }
                }
                None => match Fence::of(line) {
                    Some(fence) => open = Some((index, fence)),
                    None => headings.extend(
                        heading(line).filter(|(level, _)| *level <= level_max).map(|(_, text)| (index, text)),
                    ),
                },
            }
        }
        match open {
            None => Ok(headings),
            Some((index, fence)) => {
                let message = format!("The fence {} is opened and never closed.", fence.mark);
                Err(vec![bytes::syntax(
                    self.number(index),
                    1,
                    message,
                    "Close it with the same characters on a line of their own.",
                )])
            }
        }
    }
}

/// A line that opens a fenced block.
pub(super) struct Fence<'a> {
    /// The backticks or tildes.
    pub(super) mark: &'a str,
    /// What stands behind them.
    pub(super) word: &'a str,
}

impl<'a> Fence<'a> {
    pub(super) fn of(line: &'a str) -> Option<Self> {
        let rest = unindented(line)?;
        let letter = rest.chars().next().filter(|letter| "`~".contains(*letter))?;
        let length = rest.len() - rest.trim_start_matches(letter).len();
        let (mark, word) = rest.split_at(length);
        // `` ```a` `` is code within a line.
        let is_fence = length >= 3 && !(letter == '`' && word.contains('`'));
        is_fence.then(|| Self { mark, word: word.trim() })
    }

    pub(super) fn is_closed_by(&self, line: &str) -> bool {
        unindented(line).is_some_and(|line| {
            let line = line.trim_end();
            line.len() >= self.mark.len()
                && line.starts_with(self.mark)
                && line.bytes().all(|b| Some(&b) == self.mark.as_bytes().first())
        })
    }
}

/// Level and text of a heading (`## text ##`).
fn heading(line: &str) -> Option<(usize, &str)> {
    let rest = unindented(line)?;
    let text = rest.trim_start_matches('#');
    let level = rest.len() - text.len();
    if !(1..=6).contains(&level) || !(text.is_empty() || text.starts_with([' ', '\t', '\r'])) {
        return None;
    }
    let text = text.trim();
    // Closing marks count as such behind a space only.
    let bare = text.trim_end_matches('#');
    Some((level, if bare.is_empty() || bare.ends_with([' ', '\t']) { bare.trim_end() } else { text }))
}

/// Four spaces and more make a line code.
fn unindented(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(' ');
    (line.len() - rest.len() < 4).then_some(rest)
}
