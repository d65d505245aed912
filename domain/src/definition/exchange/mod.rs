//! Definitions as files: YAML and JSON in, YAML and JSON out.

mod bytes;
mod json;
mod locations;
mod yaml;

pub use json::{from_json, to_json};
pub use yaml::{from_yaml, to_yaml};

use super::{DefinitionContent, Problem, Report, validate};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML 1.2, one document.
    Yaml,
    /// JSON, one object.
    Json,
}

/// Reads a file and checks what it says; problems and warnings carry the line and column.
/// Errors: why it cannot be read at all.
pub fn read_checked(bytes: &[u8], format: Format) -> Result<(DefinitionContent, Report), Vec<Problem>> {
    let content = match format {
        Format::Yaml => from_yaml(bytes)?,
        Format::Json => from_json(bytes)?,
    };
    let mut report = validate(&content);
    if let Ok(text) = bytes::text(bytes) {
        locations::Locations::of(text).locate(&mut report);
    }
    Ok((content, report))
}
