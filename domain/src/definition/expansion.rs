//! From a definition to its scenarios, one at a time.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    DefinitionContent, ListedScenario, Problem,
    placeholder::Placeholders,
    prompt_text::{self, Piece},
    scenario_key,
    space::{Combinations, LevelDigits, Space},
    validate,
};

/// A valid definition, ready to be expanded. Holds one copy of the content and nothing per
/// combination of levels, so its size does not depend on how many there are; listed scenarios
/// are shared with the content it was made of.
#[derive(Clone, Debug)]
pub struct Expansion {
    content: DefinitionContent,
    space: Space,
    system: Option<Vec<Piece>>,
    first: Vec<Piece>,
    follow_ups: Vec<Vec<Piece>>,
    field_names: Vec<String>,
    /// The decisions in the order of the definition.
    decision_lines: String,
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
    /// Its number among all combinations, or among the listed scenarios, from 0.
    pub combination: u64,
    /// Its levels, one per dimension, in the order of the content; none where it is listed.
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
        let known = Placeholders::of(content);
        let parse = |path: &str, text: &str| prompt_text::parse(path, text, &known);
        let preamble = content.preamble.as_deref().filter(|text| !text.trim().is_empty());
        Ok(Self {
            space,
            system: preamble.map(|text| parse("preamble", text)).transpose()?,
            first: parse("template", content.first_question())?,
            follow_ups: content
                .follow_ups
                .iter()
                .map(|text| parse("follow_ups", text))
                .collect::<Result<_, _>>()?,
            field_names: content.field_names(),
            decision_lines: prompt_text::decision_lines(&content.decision),
            content: content.clone(),
        })
    }

    /// The content it expands.
    pub fn content(&self) -> &DefinitionContent {
        &self.content
    }

    /// Combinations of variants (a level in one wording), before rules; 1 without dimensions; the
    /// listed scenarios where they are listed.
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

    /// The listed scenario of a combination. `None` = the scenarios are made from dimensions, or
    /// there is none of that number.
    pub fn listed(&self, combination: u64) -> Option<&ListedScenario> {
        self.content.scenarios.get(usize::try_from(combination).ok()?)
    }

    /// The further keys of all listed scenarios, in the order in which they first stand there.
    pub fn field_names(&self) -> &[String] {
        &self.field_names
    }

    /// The levels of a combination (below `combination_count`), one per dimension.
    pub fn levels_of(&self, combination: u64) -> Vec<LevelChoice> {
        if !self.content.scenarios.is_empty() {
            return Vec::new();
        }
        let variants = self.space.variants_at(combination).enumerate();
        variants
            .map(|(dimension, variant)| LevelChoice {
                dimension,
                level: variant.level as usize,
                wording: variant.wording as usize,
            })
            .collect()
    }

    /// The combinations at which a dimension has this level, by their names. `None` = there is no such one.
    pub fn level_digits(&self, dimension: &str, level: &str) -> Option<LevelDigits> {
        let place = self.content.dimensions.iter().position(|known| known.name == dimension)?;
        let levels = &self.content.dimensions.get(place)?.levels;
        self.space.digits_of(place, levels.iter().position(|known| known.label == level)?)
    }

    /// The scenario at a combination (below `combination_count`), whether or not the rules leave it.
    pub fn scenario(&self, combination: u64) -> Scenario {
        if let Some(listed) = self.listed(combination) {
            return Scenario { key: listed.key.clone(), combination, levels: Vec::new() };
        }
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
        self.prompts_of(combination, &self.decision_lines)
    }

    /// As `prompts`, where `[scale]` and `[choices]` list the decisions in this order (positions in
    /// the definition, each once).
    pub fn prompts_in_order(&self, combination: u64, order: &[usize]) -> Prompts {
        self.prompts_of(combination, &prompt_text::decision_lines_in(&self.content.decision, order))
    }

    /// Whether a text lists the decisions by a placeholder, so that their order can be changed.
    pub fn lists_decisions(&self) -> bool {
        let mut pieces = self.system.iter().chain([&self.first]).chain(&self.follow_ups).flatten();
        pieces.any(|piece| *piece == Piece::Decisions)
    }

    pub(super) fn space(&self) -> &Space {
        &self.space
    }

    fn prompts_of(&self, combination: u64, decisions: &str) -> Prompts {
        let levels = self.levels_of(combination);
        let listed = self.listed(combination);
        let text_of = |piece| self.text_of(piece, &levels, listed, decisions);
        let own = listed.and_then(|scenario| scenario.system.clone());
        Prompts {
            system: own.or_else(|| self.system.as_deref().map(|pieces| prompt_text::render(pieces, text_of))),
            first: prompt_text::render(&self.first, text_of),
            follow_ups: self.follow_ups.iter().map(|pieces| prompt_text::render(pieces, text_of)).collect(),
        }
    }

    /// The most bytes that any combination sends, turn by turn; the system prompt counts with the
    /// first. Exact where no rule excludes the longest wordings, and never too few.
    pub fn prompt_bytes_max(&self) -> Vec<u64> {
        let texts = || std::iter::once(&self.first).chain(&self.follow_ups);
        if self.content.scenarios.is_empty() {
            let longest = |dimension: usize| {
                let levels = &self.content.dimensions[dimension].levels;
                levels.iter().flat_map(|level| &level.wordings).map(String::len).max().unwrap_or(0)
            };
            let length = |piece: &Piece| match piece {
                Piece::Literal(text) => text.len(),
                Piece::Dimension(dimension) => longest(*dimension),
                Piece::Decisions => self.decision_lines.len(),
                // Only listed scenarios have them.
                _ => 0,
            };
            let bytes = |pieces: &[Piece]| pieces.iter().map(length).sum::<usize>() as u64;
            let mut turns: Vec<u64> = texts().map(|pieces| bytes(pieces)).collect();
            turns[0] += self.system.as_deref().map_or(0, bytes);
            return turns;
        }
        let mut turns = vec![0; texts().count()];
        for listed in self.content.scenarios.iter() {
            let bytes = |pieces: &[Piece]| {
                let length = |piece| self.text_of(piece, &[], Some(listed), &self.decision_lines).len();
                pieces.iter().map(length).sum::<usize>() as u64
            };
            let own = listed.system.as_ref().map(|system| system.len() as u64);
            let system = own.or_else(|| self.system.as_deref().map(bytes)).unwrap_or(0);
            for (index, (most, pieces)) in turns.iter_mut().zip(texts()).enumerate() {
                *most = (*most).max(bytes(pieces) + if index == 0 { system } else { 0 });
            }
        }
        turns
    }

    /// The right answer of a combination (below `combination_count`): the name of a choice, or a
    /// text where answers are free. `None` = there is none.
    pub fn target_of(&self, combination: u64) -> Option<&str> {
        if let Some(listed) = self.listed(combination) {
            return listed.target.as_deref();
        }
        self.levels_of(combination).into_iter().find_map(|choice| {
            self.content.dimensions[choice.dimension].levels[choice.level].target.as_deref()
        })
    }

    /// What stands in place of a placeholder.
    fn text_of<'a>(
        &'a self,
        piece: &'a Piece,
        levels: &[LevelChoice],
        listed: Option<&'a ListedScenario>,
        decisions: &'a str,
    ) -> Cow<'a, str> {
        match piece {
            Piece::Literal(text) => text.as_str().into(),
            Piece::Decisions => decisions.into(),
            Piece::Dimension(dimension) => {
                let choice = levels[*dimension];
                let level = &self.content.dimensions[*dimension].levels[choice.level];
                level.wordings[choice.wording].as_str().into()
            }
            Piece::Body => listed.map_or("", |scenario| &scenario.body).into(),
            Piece::Field(name) => match listed.and_then(|scenario| scenario.field(name)) {
                Some(Value::String(text)) => text.as_str().into(),
                Some(value) => value.to_string().into(),
                None => "".into(),
            },
        }
    }
}
