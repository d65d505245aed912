//! Where the parts of a definition stand in its file, found in a second look at its YAML events
//! (JSON is YAML too). Without success the report merely has no lines.

use std::collections::{HashMap, HashSet};

use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle};

use super::{
    super::{Problem, ProblemCode, Report, TextPosition, limits::EXPANDED_BYTES_MAX},
    bytes, yaml,
};

/// Where a value begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) line: u64,
    pub(super) column: u64,
    pub(super) inside: Inside,
}

/// How a position in a text becomes one in the file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Inside {
    /// It cannot be told: the text is folded, escaped or spread over lines.
    Unknown,
    /// Its lines are lines of the file, indented by who knows how much; the first one.
    Lines(u64),
    /// Its first letter stands at this line and column; further lines begin at column 1.
    Letters(u64, u64),
}

impl Place {
    /// A place whose text begins right there and is written as it is.
    pub(super) fn letters(line: u64, column: u64) -> Self {
        Self { line, column, inside: Inside::Letters(line, column) }
    }

    /// A place and no more.
    pub(super) fn at(line: u64, column: u64) -> Self {
        Self { line, column, inside: Inside::Unknown }
    }
}

/// The places of values by path, e.g. `dimensions[1].levels[0].label`.
#[derive(Clone, Debug, Default)]
pub(super) struct Locations {
    places: HashMap<String, Place>,
    /// In a table: the number of the column that holds a part of what stands on a row.
    columns: HashMap<String, u64>,
}

#[derive(Debug)]
pub(super) enum Container {
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
    /// The places that a report asks for. A file that is not YAML gives those up to the error.
    pub(super) fn of(text: &str, report: &Report) -> Self {
        let mut found = Self::default();
        let wanted = wanted(report);
        if !wanted.is_empty() {
            found.add_yaml(text, 0, Some(&wanted));
        }
        found
    }

    /// Notes a place; the first one of a path stands.
    pub(super) fn add(&mut self, path: impl Into<String>, place: Place) {
        self.places.entry(path.into()).or_insert(place);
    }

    /// Notes the column of a table by the name of what it holds.
    pub(super) fn add_column(&mut self, part: String, column: u64) {
        self.columns.entry(part).or_insert(column);
    }

    /// Notes the places of a YAML text that begins after `lines_before` lines of the file; all of
    /// them, or those that are wanted.
    pub(super) fn add_yaml(&mut self, text: &str, lines_before: u64, wanted: Option<&HashSet<String>>) {
        let mut open: Vec<Container> = Vec::new();
        let mut note = |path: String, place: Place| {
            if wanted.is_none_or(|wanted| wanted.contains(&path)) {
                self.places.insert(path, place);
            }
        };
        for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
            let line = span.start.line() as u64 + lines_before;
            let mut place = Place::at(line, span.start.col() as u64 + 1);
            match event {
                Event::Scalar(value, style, ..) => {
                    let width = span.end.col().saturating_sub(span.start.col());
                    let is_on_one_line = span.start.line() == span.end.line();
                    let letters = value.chars().count();
                    place.inside = match style {
                        ScalarStyle::Literal => {
                            // The parser points at the first line that is not empty.
                            let empty = value.chars().take_while(|letter| *letter == '\n').count();
                            Inside::Lines(line.saturating_sub(empty as u64))
                        }
                        ScalarStyle::Plain if is_on_one_line => Inside::Letters(line, place.column),
                        // Without escapes only the quotes come on top.
                        _ if is_on_one_line && width == letters + 2 => {
                            Inside::Letters(line, place.column + 1)
                        }
                        _ => Inside::Unknown,
                    };
                    if let Some(Container::Map { key: key @ None, .. }) = open.last_mut() {
                        *key = Some(value.into_owned());
                        continue;
                    }
                    note(next_path(&mut open), place);
                }
                Event::Alias(_) => note(next_path(&mut open), place),
                Event::SequenceStart(..) => {
                    let path = next_path(&mut open);
                    note(path.clone(), place);
                    open.push(Container::List { path, next: 0 });
                }
                Event::MappingStart(..) => {
                    let path = next_path(&mut open);
                    if path.starts_with("rules[") {
                        // `- exclude: a=1` is read as that very text.
                        place.inside = Inside::Letters(line, place.column);
                    }
                    note(path.clone(), place);
                    open.push(Container::Map { path, key: None });
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    open.pop();
                }
                _ => {}
            }
        }
    }

    /// Gives problems and warnings the line and column of their paths, or of what encloses them.
    pub(super) fn locate(&self, report: &mut Report) {
        for problem in report.problems.iter_mut().filter(|problem| problem.line.is_none()) {
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
        if let Some(place) = self.places.get(path) {
            return Some(match (within, place.inside) {
                // The column would need the block's indentation, which is not known.
                (Some(position), Inside::Lines(first)) => (first + position.line - 1, None),
                (Some(position), Inside::Letters(line, column)) => {
                    let before = if position.line == 1 { column - 1 } else { 0 };
                    (line + position.line - 1, Some(before + position.column))
                }
                _ => (place.line, Some(place.column)),
            });
        }
        // One wording may be written as `wording`, without a list.
        if let Some(level) = path.strip_suffix(".wordings[0]")
            && self.places.contains_key(&format!("{level}.wording"))
        {
            return self.find(&format!("{level}.wording"), within);
        }
        let end = path.rfind(['.', '['])?;
        let (line, column) = self.find(&path[..end], None)?;
        let cell = self.columns.get(&path[end + 1..]).copied();
        Some((line, cell.or(column)))
    }
}

/// The paths of a report and of all that encloses them.
fn wanted(report: &Report) -> HashSet<String> {
    let problems = report.problems.iter().map(|problem| problem.path.as_str());
    let warnings = report.warnings.iter().map(|warning| warning.path.as_str());
    let mut wanted = HashSet::new();
    for path in problems.chain(warnings) {
        if let Some(level) = path.strip_suffix(".wordings[0]") {
            wanted.insert(format!("{level}.wording"));
        }
        let mut rest = Some(path);
        while let Some(path) = rest {
            wanted.insert(path.to_owned());
            rest = path.rfind(['.', '[']).map(|end| &path[..end]);
        }
    }
    wanted
}

/// The first error of syntax. `None` = it is YAML.
pub(super) fn syntax_problem(text: &str) -> Option<Problem> {
    let error = Parser::new_from_str(text).find_map(Result::err)?;
    let (line, column) = (error.marker().line() as u64, error.marker().col() as u64 + 1);
    let message = format!("The YAML cannot be read: {}.", error.info());
    Some(bytes::syntax(line, column, message, yaml::SYNTAX_FIX))
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
    // What stands in the file is no growth.
    let most = EXPANDED_BYTES_MAX.max(text.len().saturating_add(EXPANDED_BYTES_MAX / 2));
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
        if total > most {
            let message = "The file's aliases (`*name`) make it too large.";
            let mut problem = Problem::new("", ProblemCode::TooLarge, message, "Write it out plainly.");
            problem.line = Some(span.start.line() as u64);
            problem.column = Some(span.start.col() as u64 + 1);
            return Err(vec![problem]);
        }
    }
    Ok(())
}
