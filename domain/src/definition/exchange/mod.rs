//! Definitions as files, in and out.

mod bytes;
mod dataset;
mod document;
mod format;
mod json;
mod locations;
mod markdown;
mod scalar;
mod source;
mod yaml;

pub use dataset::{to_csv, to_jsonl};
pub use format::Format;
pub use json::{from_json, to_json};
pub use markdown::{from_markdown, to_markdown};
pub use source::{DecisionChoice, ReadSource, Source, left_out, read_checked, read_source, write};
pub use yaml::{from_yaml, to_yaml};
