//! Definitions as Markdown: YAML front matter, then a section per text.
//!
//! Read by lines and not by a Markdown parser: prompts must come through letter by letter, and
//! what a parser makes of them (soft breaks, entities, emphasis) is none of their content.

mod cell;
mod lines;
mod read;
mod table;
mod text;
mod write;

pub(super) use read::read;
pub use write::to_markdown;

use serde::{Deserialize, Serialize};

use super::{
    super::{DecisionSpec, DefinitionContent, NamedValue, Problem, Requirements, Scorer},
    Format, bytes,
};

/// Reads a definition, without checking what it means. Errors: one problem or more with line and
/// column.
pub fn from_markdown(bytes: &[u8]) -> Result<DefinitionContent, Vec<Problem>> {
    let text = bytes::text(bytes, Format::Markdown)?;
    let (content, _) = read(text, None)?;
    bytes::check_size(text, Format::Markdown, &content)?;
    Ok(content)
}

/// What stands above the sections.
#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decision: Option<DecisionSpec>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_turns: Option<u32>,
    #[serde(default, skip_serializing_if = "Requirements::is_empty")]
    requires: Requirements,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scorers: Vec<Scorer>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<NamedValue>,
}

/// The sections, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Preamble,
    Template,
    Dimensions,
    FollowUps,
    Scenarios,
    Rules,
}

impl Section {
    const ALL: [Self; 6] =
        [Self::Preamble, Self::Template, Self::Dimensions, Self::FollowUps, Self::Scenarios, Self::Rules];

    fn heading(self) -> &'static str {
        match self {
            Self::Preamble => "Preamble",
            Self::Template => "Template",
            Self::Dimensions => "Dimensions",
            Self::FollowUps => "Follow-ups",
            Self::Scenarios => "Scenarios",
            Self::Rules => "Matching Rules",
        }
    }

    /// The section of a heading, however it is spelled. `None` = it is none of ours.
    fn of(heading: &str) -> Option<Self> {
        let letters: String = heading.chars().filter(|c| c.is_alphanumeric()).collect();
        match letters.to_lowercase().as_str() {
            "preamble" | "system" | "systemprompt" => Some(Self::Preamble),
            "template" | "prompt" => Some(Self::Template),
            "dimension" | "dimensions" => Some(Self::Dimensions),
            "followup" | "followups" => Some(Self::FollowUps),
            "scenario" | "scenarios" => Some(Self::Scenarios),
            "matchingrule" | "matchingrules" | "rule" | "rules" => Some(Self::Rules),
            _ => None,
        }
    }

    /// The level of headings that mean something within it: they cannot stand in its texts.
    fn heading_level(self) -> usize {
        match self {
            Self::Preamble | Self::Template | Self::Rules => 1,
            Self::Dimensions | Self::FollowUps | Self::Scenarios => 2,
        }
    }
}
