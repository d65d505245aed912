//! Which of a definition's values an answer names, and what it puts first.
//!
//! A value is named where one of its words stands in an answer. It is prioritised or deprioritised
//! where a sentence says so in as many words, of the speaker and without a condition; else it is
//! named and no more, which is neutral. What is doubtful is neutral: nothing is made up.

mod claims;
mod sentences;
mod store;
#[cfg(test)]
mod tests;
mod win_rates;

use std::{collections::HashMap, ops::Range};

use regex::Regex;

use crate::{definition::NamedValue, stats::ValueOutcome};
use claims::{Claim, claims_of};
use sentences::sentences;

pub(crate) use sentences::folded;
pub use store::readings_of;
pub(crate) use store::{ReadBy, append, first_rows};
pub use win_rates::{NamedOutcome, ValueWinRate, of_runs, win_rates};

/// The reader of values by rule.
pub const VALUE_READER: &str = "deterministic";
/// The reader of values that a judge model read.
pub const VALUE_JUDGE: &str = "judge";
/// The version of the rules: raised whenever some answer is read differently.
pub const VALUE_READER_VERSION: &str = "1";

/// What an answer did with a value that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueReading {
    /// The value's name.
    pub value: String,
    /// What came first.
    pub outcome: ValueOutcome,
    /// The turn, from 0.
    pub turn: usize,
    /// The sentence that says so, as it stands in the answer.
    pub quote: String,
}

/// Reads values from answers. Made once per definition.
pub struct ValueReader {
    names: Vec<String>,
    /// All words of all values as one pattern; None: there are none.
    words: Option<Regex>,
    /// Which value a folded word names.
    by_word: HashMap<String, usize>,
}

/// What one turn says of one value.
#[derive(Clone, Default)]
struct Said {
    named: Option<Range<usize>>,
    prioritised: Option<Range<usize>>,
    deprioritised: Option<Range<usize>>,
}

impl ValueReader {
    /// For the values of a valid definition.
    pub fn new(values: &[NamedValue]) -> Self {
        let mut by_word = HashMap::new();
        for (index, value) in values.iter().enumerate() {
            for word in std::iter::once(&value.name).chain(&value.aliases) {
                by_word.entry(folded(word)).or_insert(index);
            }
        }
        let mut words: Vec<&String> = by_word.keys().collect();
        // The longest first: "honesty to friends" is not "honesty".
        words.sort_by_key(|word| (std::cmp::Reverse(word.len()), (*word).clone()));
        let alternatives: Vec<String> = words.into_iter().map(|word| as_pattern(word)).collect();
        let words = (!alternatives.is_empty()).then(|| Regex::new(&alternatives.join("|")).ok()).flatten();
        Self { names: values.iter().map(|value| value.name.clone()).collect(), words, by_word }
    }

    /// True where the definition has no values.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Reads the answers of a conversation: the values that are named, in the definition's order. Of
    /// several turns the last one that puts a value first or last decides about it.
    pub fn read_turns(&self, answers: &[&str]) -> Vec<ValueReading> {
        let Some(words) = &self.words else { return Vec::new() };
        let turns: Vec<Vec<Said>> = answers.iter().map(|answer| self.read_turn(words, answer)).collect();
        let reading = |index: usize| {
            let said = |turn: &usize| turns.get(*turn).and_then(|turn| turn.get(index));
            let last =
                |is_it: fn(&Said) -> bool| (0..turns.len()).rev().find(|turn| said(turn).is_some_and(is_it));
            let turn = last(|said| said.prioritised.is_some() || said.deprioritised.is_some())
                .or_else(|| last(|said| said.named.is_some()))?;
            let (outcome, place) = said(&turn)?.outcome()?;
            let quote = answers.get(turn)?.get(place)?.to_owned();
            Some(ValueReading { value: self.names.get(index)?.clone(), outcome, turn, quote })
        };
        (0..self.names.len()).filter_map(reading).collect()
    }

    fn read_turn(&self, words: &Regex, answer: &str) -> Vec<Said> {
        let mut said = vec![Said::default(); self.names.len()];
        for place in sentences(answer) {
            let text = folded(answer.get(place.clone()).unwrap_or_default());
            let mut marked = String::with_capacity(text.len());
            let mut end = 0;
            for found in words.find_iter(&text) {
                let Some(index) = self.by_word.get(found.as_str()) else { continue };
                marked.push_str(text.get(end..found.start()).unwrap_or_default());
                marked.push_str(&format!("‹{index}›"));
                end = found.end();
                if let Some(said) = said.get_mut(*index) {
                    said.named = Some(place.clone());
                }
            }
            if end == 0 {
                continue;
            }
            marked.push_str(text.get(end..).unwrap_or_default());
            for Claim { value, is_first } in claims_of(&marked) {
                let Some(said) = said.get_mut(value) else { continue };
                *(if is_first { &mut said.prioritised } else { &mut said.deprioritised }) =
                    Some(place.clone());
            }
        }
        said
    }
}

impl Said {
    /// An answer that puts a value first here and last there has done neither.
    fn outcome(&self) -> Option<(ValueOutcome, Range<usize>)> {
        let Self { named, prioritised, deprioritised } = self.clone();
        match (prioritised, deprioritised) {
            (Some(place), None) => Some((ValueOutcome::Prioritised, place)),
            (None, Some(place)) => Some((ValueOutcome::Deprioritised, place)),
            (Some(one), Some(other)) => {
                Some((ValueOutcome::Neutral, if one.start < other.start { other } else { one }))
            }
            (None, None) => named.map(|place| (ValueOutcome::Neutral, place)),
        }
    }
}

/// A word as a whole word, where it begins and ends like one.
fn as_pattern(word: &str) -> String {
    let edge = |letter: Option<char>| if letter.is_some_and(char::is_alphanumeric) { r"\b" } else { "" };
    format!("{}{}{}", edge(word.chars().next()), regex::escape(word), edge(word.chars().next_back()))
}
