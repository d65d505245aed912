//! Where the parts of a definition stand in its file, found in a second look at its YAML events
//! (JSON is YAML too). Without success the report merely has no lines.

use std::collections::HashMap;

use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle};

use super::super::{Problem, ProblemCode, Report, TextPosition, limits::EXPANDED_BYTES_MAX};

/// Where a value begins.
#[derive(Clone, Copy)]
struct Place {
    line: u64,
    column: u64,
    /// Where its text begins, if that is a block after `|`, whose lines are lines of the file.
    block_line: Option<u64>,
}

/// The places of all values by path, e.g. `dimensions[1].levels[0].label`.
#[derive(Default)]
pub(super) struct Locations(HashMap<String, Place>);

enum Container {
    List {
        path: String,
        next: usize,
    },
    /// `key` = read, its value is still to come.
    Map {
        path: String,
        key: Option<String>,
    },
}

impl Locations {
    /// Reads what it can: a file that is not YAML gives the places up to the error.
    pub(super) fn of(text: &str) -> Self {
        let mut places = HashMap::new();
        let mut open: Vec<Container> = Vec::new();
        for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
            let mut place = Place {
                line: span.start.line() as u64,
                column: span.start.col() as u64 + 1,
                block_line: None,
            };
            match event {
                Event::Scalar(value, style, ..) => {
                    if style == ScalarStyle::Literal {
                        // The parser points at the first line that is not empty.
                        let empty = value.chars().take_while(|letter| *letter == '\n').count();
                        place.block_line = Some(place.line.saturating_sub(empty as u64));
                    }
                    if let Some(Container::Map { key: key @ None, .. }) = open.last_mut() {
                        *key = Some(value.into_owned());
                        continue;
                    }
                    places.insert(next_path(&mut open), place);
                }
                Event::Alias(_) => {
                    places.insert(next_path(&mut open), place);
                }
                Event::SequenceStart(..) => {
                    let path = next_path(&mut open);
                    places.insert(path.clone(), place);
                    open.push(Container::List { path, next: 0 });
                }
                Event::MappingStart(..) => {
                    let path = next_path(&mut open);
                    places.insert(path.clone(), place);
                    open.push(Container::Map { path, key: None });
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    open.pop();
                }
                _ => {}
            }
        }
        Self(places)
    }

    /// Gives problems and warnings the line and column of their paths, or of what encloses them.
    pub(super) fn locate(&self, report: &mut Report) {
        for problem in &mut report.problems {
            if let Some((line, column)) = self.find(&problem.path, problem.within) {
                problem.line = Some(line);
                problem.column = column;
            }
        }
        for warning in &mut report.warnings {
            if let Some((line, column)) = self.find(&warning.path, None) {
                warning.line = Some(line);
                warning.column = column;
            }
        }
    }

    fn find(&self, path: &str, within: Option<TextPosition>) -> Option<(u64, Option<u64>)> {
        if let Some(place) = self.0.get(path) {
            return Some(match (within, place.block_line) {
                // The column would need the block's indentation, which is not known.
                (Some(position), Some(first)) => (first + position.line - 1, None),
                _ => (place.line, Some(place.column)),
            });
        }
        // One wording may be written as `wording`, without a list.
        if let Some(level) = path.strip_suffix(".wordings[0]")
            && self.0.contains_key(&format!("{level}.wording"))
        {
            return self.find(&format!("{level}.wording"), within);
        }
        let parent = path.rfind(['.', '[']).map(|end| &path[..end])?;
        self.find(parent, None)
    }
}

/// The path of the value that begins now.
fn next_path(open: &mut [Container]) -> String {
    match open.last_mut() {
        None => String::new(),
        Some(Container::List { path, next }) => {
            *next += 1;
            format!("{path}[{}]", *next - 1)
        }
        Some(Container::Map { path, key }) => {
            // A key that is not a scalar has no name; definitions have none.
            let key = key.take().unwrap_or_default();
            if path.is_empty() { key } else { format!("{path}.{key}") }
        }
    }
}

/// Refuses a file whose aliases would blow it up ("billion laughs"), before anything is built.
pub(super) fn check_growth(text: &str) -> Result<(), Vec<Problem>> {
    // Sizes of anchored nodes, and of those still open with their start.
    let mut sizes: HashMap<usize, usize> = HashMap::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut total = 0_usize;
    for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
        match event {
            Event::Scalar(value, _, anchor, _) => {
                sizes.insert(anchor, value.len() + 1);
                total = total.saturating_add(value.len() + 1);
            }
            Event::SequenceStart(_, anchor, _) | Event::MappingStart(_, anchor, _) => {
                open.push((anchor, total));
                total = total.saturating_add(1);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((anchor, start)) = open.pop() {
                    sizes.insert(anchor, total - start);
                }
            }
            Event::Alias(anchor) => {
                total = total.saturating_add(sizes.get(&anchor).copied().unwrap_or_default());
            }
            _ => {}
        }
        if total > EXPANDED_BYTES_MAX {
            let message = "The file's aliases (`*name`) make it too large.";
            let mut problem = Problem::new("", ProblemCode::TooLarge, message, "Write it out plainly.");
            problem.line = Some(span.start.line() as u64);
            problem.column = Some(span.start.col() as u64 + 1);
            return Err(vec![problem]);
        }
    }
    Ok(())
}
