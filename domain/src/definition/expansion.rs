//! From a definition to its scenarios, one at a time.

use super::{
    DefinitionContent, Problem,
    prompt_text::{self, Piece},
    scenario_key,
    space::{Combinations, Space},
    validate,
};

/// A valid definition, ready to be expanded. Holds one copy of the content and nothing per
/// scenario, so its size does not depend on how many there are.
#[derive(Clone, Debug)]
pub struct Expansion {
    content: DefinitionContent,
    space: Space,
    system: Option<Vec<Piece>>,
    first: Vec<Piece>,
    follow_ups: Vec<Vec<Piece>>,
}

/// Which level of a dimension a combination has, as indexes into the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelChoice {
    /// Into `dimensions`.
    pub dimension: usize,
    /// Into `levels` of that dimension.
    pub level: usize,
    /// Into `wordings` of that level.
    pub wording: usize,
}

/// One concrete prompt of a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Unique in the definition, at most 200 bytes, the same in every version that has the same
    /// dimension names and labels, e.g. `relation=Stranger;victims=One person`.
    pub key: String,
    /// Its number among all combinations, from 0.
    pub combination: u64,
    /// Its levels, one per dimension, in the order of the content.
    pub levels: Vec<LevelChoice>,
}

/// What is sent to a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompts {
    /// The system prompt. `None` = none is sent.
    pub system: Option<String>,
    /// The first question.
    pub first: String,
    /// The questions after it, in order.
    pub follow_ups: Vec<String>,
}

impl Expansion {
    /// Checks the content and prepares its expansion. Errors: every problem `validate` finds.
    pub fn new(content: &DefinitionContent) -> Result<Self, Vec<Problem>> {
        let (report, space) = validate::examine(content);
        let space = match space {
            Some(space) if report.problems.is_empty() => space,
            _ => return Err(report.problems),
        };
        let parse = |path: &str, text: &str| prompt_text::parse(path, text, content);
        let preamble = content.preamble.as_deref().filter(|text| !text.trim().is_empty());
        Ok(Self {
            space,
            system: preamble.map(|text| parse("preamble", text)).transpose()?,
            first: parse("template", &content.template)?,
            follow_ups: content
                .follow_ups
                .iter()
                .map(|text| parse("follow_ups", text))
                .collect::<Result<_, _>>()?,
            content: content.clone(),
        })
    }

    /// The content it expands.
    pub fn content(&self) -> &DefinitionContent {
        &self.content
    }

    /// Combinations of variants (a level in one wording), before rules; 1 without dimensions.
    pub fn combination_count(&self) -> u64 {
        self.space.combination_count()
    }

    /// Combinations that the rules leave.
    pub fn scenario_count(&self) -> u64 {
        self.space.scenario_count()
    }

    /// The combinations that the rules leave, ascending; the first dimension varies slowest.
    pub fn iter(&self) -> Combinations<'_> {
        self.iter_from(0)
    }

    /// As `iter`, from a combination on, whether or not the rules leave that one itself. Costs
    /// the same wherever it begins.
    pub fn iter_from(&self, first: u64) -> Combinations<'_> {
        self.space.iter_from(first)
    }

    /// Whether this is a combination, and the rules leave it.
    pub fn is_scenario(&self, combination: u64) -> bool {
        self.space.allows(combination)
    }

    /// The levels of a combination (below `combination_count`), one per dimension.
    pub fn levels_of(&self, combination: u64) -> Vec<LevelChoice> {
        let variants = self.space.variants_at(combination).enumerate();
        variants
            .map(|(dimension, variant)| LevelChoice {
                dimension,
                level: variant.level as usize,
                wording: variant.wording as usize,
            })
            .collect()
    }

    /// The scenario at a combination (below `combination_count`), whether or not the rules leave it.
    pub fn scenario(&self, combination: u64) -> Scenario {
        let levels = self.levels_of(combination);
        let parts = levels.iter().zip(self.space.variants_at(combination)).map(|(choice, variant)| {
            let dimension = &self.content.dimensions[choice.dimension];
            let label = dimension.levels[choice.level].label.as_str();
            (dimension.name.as_str(), label, variant.wording)
        });
        Scenario { key: scenario_key::of(parts.collect()), combination, levels }
    }

    /// The texts of a combination (below `combination_count`), with its wordings put in.
    pub fn prompts(&self, combination: u64) -> Prompts {
        let levels = self.levels_of(combination);
        let wording_of = |dimension: usize| {
            let choice = levels[dimension];
            self.content.dimensions[dimension].levels[choice.level].wordings[choice.wording].as_str()
        };
        let render = |pieces| prompt_text::render(pieces, wording_of);
        Prompts {
            system: self.system.as_deref().map(render),
            first: render(&self.first),
            follow_ups: self.follow_ups.iter().map(|pieces| render(pieces)).collect(),
        }
    }

    /// The most bytes that any combination sends, turn by turn; the system prompt counts with the
    /// first. Exact where no rule excludes the longest wordings, and never too few.
    pub fn prompt_bytes_max(&self) -> Vec<u64> {
        let longest = |dimension: usize| {
            let levels = &self.content.dimensions[dimension].levels;
            levels.iter().flat_map(|level| &level.wordings).map(String::len).max().unwrap_or(0)
        };
        let bytes = |pieces: &[Piece]| {
            let lengths = pieces.iter().map(|piece| match piece {
                Piece::Literal(text) => text.len(),
                Piece::Dimension(dimension) => longest(*dimension),
            });
            lengths.sum::<usize>() as u64
        };
        let first = self.system.as_deref().map_or(0, bytes) + bytes(&self.first);
        std::iter::once(first).chain(self.follow_ups.iter().map(|pieces| bytes(pieces))).collect()
    }

    /// The name of the choice that is right for a combination (below `combination_count`).
    /// `None` = none is.
    pub fn target_of(&self, combination: u64) -> Option<&str> {
        self.levels_of(combination).into_iter().find_map(|choice| {
            self.content.dimensions[choice.dimension].levels[choice.level].target.as_deref()
        })
    }
}
