//! What is wrong with a definition, where, and what to do about it.

use std::fmt;

use serde::Serialize;

use super::{ProblemCode, WarningCode};

/// Everything found in one look at a definition, in the order of the content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Why the definition cannot be saved; empty = it can.
    pub problems: Vec<Problem>,
    /// What is legal but suspicious.
    pub warnings: Vec<Warning>,
}

/// Where in a text: both count from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TextPosition {
    /// The line.
    pub line: u64,
    /// The column.
    pub column: u64,
}

/// One reason to refuse a definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where in the content, e.g. `dimensions[1].levels[0].wordings`; empty = the whole.
    pub path: String,
    /// The line in the file, from 1. `None` = it did not come from a file.
    pub line: Option<u64>,
    /// The column in the file, in characters from 1. `None` = unknown.
    pub column: Option<u64>,
    /// Where in the text at `path`. `None` = the text as a whole.
    pub within: Option<TextPosition>,
    /// Stable name for programs.
    pub code: ProblemCode,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to do, as a sentence.
    pub fix: String,
}

impl Problem {
    /// A problem at a path of the content.
    pub fn new(
        path: impl Into<String>,
        code: ProblemCode,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            path: path.into(),
            line: None,
            column: None,
            within: None,
            code,
            message: message.into(),
            fix: fix.into(),
        }
    }

    /// The same problem at a position of its text.
    #[must_use]
    pub fn within(mut self, position: TextPosition) -> Self {
        self.within = Some(position);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(formatter, "line {line}, column {column}: ")?,
            (Some(line), None) => write!(formatter, "line {line}: ")?,
            _ => {}
        }
        if !self.path.is_empty() {
            write!(formatter, "{}: ", self.path)?;
        }
        if let (Some(position), None) = (self.within, self.line) {
            write!(formatter, "line {}, column {} of the text: ", position.line, position.column)?;
        }
        write!(formatter, "{} {}", self.message, self.fix)
    }
}

/// Something legal but suspicious.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Where in the content; empty = the whole.
    pub path: String,
    /// The line in the file, from 1. `None` = it did not come from a file.
    pub line: Option<u64>,
    /// The column in the file, in characters from 1. `None` = unknown.
    pub column: Option<u64>,
    /// Stable name for programs.
    pub code: WarningCode,
    /// What is suspicious and why it matters, as a sentence.
    pub message: String,
    /// What to do if it was not meant, as a sentence.
    pub fix: String,
}

impl Warning {
    /// A warning at a path of the content.
    pub fn new(
        path: impl Into<String>,
        code: WarningCode,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { path: path.into(), line: None, column: None, code, message: message.into(), fix: fix.into() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(formatter, "line {line}: ")?;
        }
        if !self.path.is_empty() {
            write!(formatter, "{}: ", self.path)?;
        }
        write!(formatter, "{} {}", self.message, self.fix)
    }
}

/// The position of a byte offset in a text.
pub(super) fn position_at(text: &str, offset: usize) -> TextPosition {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    TextPosition {
        line: before.matches('\n').count() as u64 + 1,
        column: before[line_start..].chars().count() as u64 + 1,
    }
}
