//! The deterministic reader: finds in an answer the decision that it states, or says why not.
//!
//! It reads what is stated outright and nothing else. The last explicit statement wins; whatever is
//! ambiguous is unreadable and left to a judge or a person, never guessed.

mod act;
mod admission;
mod aliases;
mod alone;
mod connectives;
mod doubt;
mod fold;
mod fragment;
mod free_text;
mod json;
mod lexicon;
mod listing;
mod numbers;
mod passage;
mod phrase;
mod sentence;
mod statement;
mod targets;
mod token;
mod translations;
mod value;
mod visible;
mod vocabulary;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod documented;
#[cfg(test)]
mod labelled;
#[cfg(test)]
mod robustness;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::definition::DecisionSpec;
pub use free_text::is_same_answer;
use lexicon::Lexicon;
use targets::Targets;
pub(crate) use visible::spoken;

/// The reader's name, stored with each decision it reads.
pub const READER: &str = "deterministic";
/// The reader's version, stored with each decision: raised whenever some text is read differently.
pub const READER_VERSION: &str = "2";

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionValue {
    /// The value of a point of the scale.
    Point(i64),
    /// The name of a choice.
    Choice(String),
    /// What was answered, where answers are free.
    Text(String),
}

/// What the reader made of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// The answer states a decision.
    Decided {
        /// What was decided.
        value: DecisionValue,
        /// Bytes of the answer with the words it was read from.
        quote: Range<usize>,
        /// Index of the answer among those given; 0 for a single one.
        turn: usize,
        /// The kind of statement that was found, e.g. `noun` for “my answer is 4”.
        rule: &'static str,
    },
    /// The answer states none, or more than one.
    Unreadable {
        /// Why, in words.
        reason: String,
    },
}

/// Reads answers to one definition. Made once, cheap to use again, shared between threads.
#[derive(Debug)]
pub struct Reader {
    lexicon: Lexicon,
    targets: Targets,
    values: Vec<DecisionValue>,
    is_free: bool,
}

impl Reader {
    /// Prepares the tables for a scale, a choice, or answers in free words.
    pub fn new(spec: &DecisionSpec) -> Self {
        let mut lexicon = Lexicon::new();
        let targets = Targets::new(spec, &mut lexicon);
        let values = match spec {
            DecisionSpec::Scale { points } => {
                points.iter().map(|point| DecisionValue::Point(point.value)).collect()
            }
            DecisionSpec::Choice { choices } => {
                choices.iter().map(|choice| DecisionValue::Choice(choice.name.clone())).collect()
            }
            DecisionSpec::FreeText => Vec::new(),
        };
        Reader { lexicon, targets, values, is_free: *spec == DecisionSpec::FreeText }
    }

    /// Reads one answer, in time linear in its length.
    pub fn read(&self, text: &str) -> Reading {
        if self.is_free {
            return match free_text::read(text, &self.lexicon) {
                Ok((value, quote, rule)) => {
                    let value = DecisionValue::Text(value.into_owned());
                    Reading::Decided { value, quote, turn: 0, rule }
                }
                Err(reason) => unreadable(reason),
            };
        }
        let spoken = visible::spoken(text);
        if let [whole] = spoken.as_slice()
            && let Some(value) = json::decision(text, whole.clone())
        {
            return self.read_lines(text, std::slice::from_ref(&value), Some("json"));
        }
        self.read_lines(text, &visible::lines(text), None)
    }

    /// Reads a conversation from its last answer backwards; the first readable answer decides.
    /// When none is readable the reason is that of the last one.
    pub fn read_turns(&self, answers: &[&str]) -> Reading {
        let mut last = None;
        for (index, answer) in answers.iter().enumerate().rev() {
            match self.read(answer) {
                Reading::Decided { value, quote, rule, .. } => {
                    return Reading::Decided { value, quote, turn: index, rule };
                }
                unreadable => last = last.or(Some(unreadable)),
            }
        }
        last.unwrap_or_else(|| unreadable("there is no answer"))
    }
}

fn unreadable(reason: &str) -> Reading {
    Reading::Unreadable { reason: reason.to_owned() }
}
