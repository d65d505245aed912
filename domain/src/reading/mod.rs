//! The deterministic reader: finds in an answer the decision that it states, or says why not.
//!
//! It reads what is stated outright and nothing else. The last explicit statement wins; whatever is
//! ambiguous is unreadable and left to a judge or a person, never guessed.

mod alone;
mod fold;
mod free_text;
mod json;
mod lexicon;
mod statement;
mod targets;
mod token;
mod value;
mod visible;
mod vocabulary;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod labelled;
#[cfg(test)]
mod robustness;

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::definition::DecisionSpec;
pub use free_text::is_same_answer;
use lexicon::Lexicon;
use statement::Sentences;
use targets::Targets;
use token::{Kind, Token, tokens};
use value::{Line, Value};

/// The reader's name, stored with each decision it reads.
pub const READER: &str = "deterministic";
/// The reader's version, stored with each decision: raised whenever some text is read differently.
pub const READER_VERSION: &str = "1";

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

    fn read_lines(&self, text: &str, lines: &[Range<usize>], rule: Option<&'static str>) -> Reading {
        let mut retracted = false;
        let mut named = BTreeSet::new();
        for (index, range) in lines.iter().enumerate().rev() {
            let found = self.tokens(text, range);
            let line = Line { text };
            let sentences = Sentences { targets: &self.targets, tokens: &found, line };
            if let Some(statement) = sentences.last_statement(&mut retracted) {
                let stated = match statement.value {
                    Ok(target) => Value::Of(target, statement.span.1),
                    Err(reason) => Value::Refused(reason),
                };
                return self.decided(
                    &found,
                    stated,
                    statement.span.0,
                    retracted,
                    rule.unwrap_or(statement.rule),
                );
            }
            let value = alone::alone(&self.targets, &found, &Line { text });
            if value != Value::Nothing {
                let last = index + 1 == lines.len();
                let headed = index > 0
                    && lines
                        .get(index - 1)
                        .is_some_and(|before| alone::is_heading(&self.tokens(text, before)));
                let listed = self.is_listed(text, lines, index, value);
                let refused = matches!(value, Value::Refused(_));
                let counts = if refused { last || headed } else { last || headed || index == 0 };
                if counts && !listed {
                    return self.decided(&found, value, 0, retracted, rule.unwrap_or("alone"));
                }
            }
            self.note_named(&found, &mut named);
        }
        unreadable(match named.len() {
            0 if lines.is_empty() => "the answer is empty",
            0 => "no point or choice is named",
            1 => "a point or choice is named, but not as the decision",
            _ => "two or more points or choices are named and none of them as the decision",
        })
    }

    fn tokens(&self, text: &str, range: &Range<usize>) -> Vec<Token> {
        let line = text.get(range.clone()).unwrap_or_default();
        tokens(line, range.start, &self.lexicon, self.targets.has_negatives)
    }

    /// Whether the lines beside this one hold other values: then they repeat the scale.
    fn is_listed(&self, text: &str, lines: &[Range<usize>], index: usize, value: Value) -> bool {
        let Value::Of(target, _) = value else { return false };
        [index.checked_sub(1), index.checked_add(1)].into_iter().flatten().any(|beside| {
            lines.get(beside).is_some_and(|range| {
                let found = self.tokens(text, range);
                matches!(alone::alone(&self.targets, &found, &Line { text }),
                    Value::Of(other, _) if other != target)
            })
        })
    }

    fn note_named(&self, found: &[Token], named: &mut BTreeSet<usize>) {
        let mut at = 0;
        while let Some(token) = found.get(at).filter(|_| named.len() < 2) {
            if let Some((target, after)) = self.targets.form_at(found, at) {
                named.insert(target);
                at = after;
                continue;
            }
            if token.kind == Kind::Number {
                named.extend(token.number.and_then(|number| self.targets.point(number)));
            }
            at += 1;
        }
    }

    fn decided(
        &self,
        found: &[Token],
        value: Value,
        from: usize,
        retracted: bool,
        rule: &'static str,
    ) -> Reading {
        let (target, after) = match value {
            Value::Of(target, after) => (target, after),
            Value::Refused(reason) => return unreadable(reason),
            Value::Nothing => return unreadable("no point or choice is stated"),
        };
        if retracted {
            return unreadable("the decision is taken back and no other one is stated");
        }
        let start = found.get(from).map(|token| token.start);
        let end = after.checked_sub(1).and_then(|last| found.get(last)).map(|token| token.end);
        match (self.values.get(target), start, end) {
            (Some(value), Some(start), Some(end)) => {
                Reading::Decided { value: value.clone(), quote: start..end, turn: 0, rule }
            }
            _ => unreadable("no point or choice is stated"),
        }
    }
}

fn unreadable(reason: &str) -> Reading {
    Reading::Unreadable { reason: reason.to_owned() }
}
