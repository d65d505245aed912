//! What can be decided on, and the spellings that mean it.

use std::collections::HashMap;

use super::aliases;
use super::lexicon::Lexicon;
use super::token::{Kind, Token, tokens};
use super::vocabulary::TITLE;
use crate::definition::DecisionSpec;

/// What labels say of a thing, and the noun that then names the decision: where a label is “fully
/// justified”, “Justification: 3” is one.
const QUALITIES: [(&str, &str); 16] = [
    ("justified", "justification"),
    ("acceptable", "acceptability"),
    ("permissible", "permissibility"),
    ("moral", "morality"),
    ("important", "importance"),
    ("agree", "agreement"),
    ("likely", "likelihood"),
    ("responsible", "responsibility"),
    ("serious", "seriousness"),
    ("harmful", "harmfulness"),
    ("wrong", "wrongness"),
    ("support", "support"),
    ("confident", "confidence"),
    ("certain", "certainty"),
    ("urgent", "urgency"),
    ("fair", "fairness"),
];

/// A spelling: the keys of its tokens and the target, `None` where two targets share it.
type Form = (Vec<u32>, Option<usize>);

/// The points or choices of a definition.
#[derive(Debug)]
pub(super) struct Targets {
    /// Spellings by their first key, longest first: “New York” before “New”.
    forms: HashMap<u32, Vec<Form>>,
    /// Point values; empty for choices.
    points: HashMap<i64, usize>,
    pub(super) is_scale: bool,
    is_reply: bool,
    /// The choice “no”, where the other one is “yes”.
    no: Option<usize>,
    /// The best point; `None` for choices.
    pub(super) highest: Option<i64>,
    pub(super) has_negatives: bool,
    /// The worst point; `None` for choices.
    lowest: Option<i64>,
}

impl Targets {
    /// Collects the spellings of `spec` and makes their words known to `lexicon`.
    pub(super) fn new(spec: &DecisionSpec, lexicon: &mut Lexicon) -> Self {
        let mut targets = Targets {
            forms: HashMap::new(),
            points: HashMap::new(),
            is_scale: false,
            is_reply: false,
            no: None,
            highest: None,
            has_negatives: false,
            lowest: None,
        };
        match spec {
            DecisionSpec::Scale { points } => {
                targets.is_scale = true;
                targets.highest = points.iter().map(|point| point.value).max();
                targets.lowest = points.iter().map(|point| point.value).min();
                targets.has_negatives = points.iter().any(|point| point.value < 0);
                for (index, point) in points.iter().enumerate() {
                    targets.points.entry(point.value).or_insert(index);
                    targets.add(&point.label, index, lexicon);
                    let label = point.label.to_lowercase();
                    let named = QUALITIES.iter().filter(|(quality, _)| label.contains(quality));
                    named.for_each(|(_, noun)| lexicon.entry(noun).class |= TITLE);
                }
                for (index, spelling) in aliases::of_points(points) {
                    targets.add(&spelling, index, lexicon);
                }
            }
            DecisionSpec::Choice { choices } => {
                for (index, choice) in choices.iter().enumerate() {
                    let spellings = [&choice.name].into_iter().chain(&choice.label).chain(&choice.aliases);
                    for spelling in spellings {
                        targets.add(spelling, index, lexicon);
                    }
                }
                targets.no = aliases::yes_of(choices).map(|yes| 1 - yes);
                targets.is_reply = targets.no.is_some();
                for (index, spelling) in aliases::of_choices(choices) {
                    targets.add(&spelling, index, lexicon);
                }
            }
            DecisionSpec::FreeText => {}
        }
        for forms in targets.forms.values_mut() {
            forms.sort_by_key(|(keys, _)| std::cmp::Reverse(keys.len()));
        }
        targets
    }

    fn add(&mut self, spelling: &str, index: usize, lexicon: &mut Lexicon) {
        // Words must be in the lexicon before their tokens can have keys.
        for token in tokens(spelling, 0, lexicon, false) {
            if let (Kind::Word | Kind::Number, Some(text)) =
                (token.kind, spelling.get(token.start..token.end))
            {
                lexicon.entry(text);
            }
        }
        let mut found = tokens(spelling, 0, lexicon, false);
        let edge = |token: &Token| matches!(token.kind, Kind::Symbol(_));
        while found.last().is_some_and(edge) {
            found.pop();
        }
        let found: Vec<Token> = found.into_iter().skip_while(|token| edge(token)).collect();
        // A point is known by its number; a label that is a number would contradict it.
        if found.is_empty() || (self.is_scale && found.iter().all(|token| token.kind != Kind::Word)) {
            return;
        }
        let words: Vec<u32> = found.iter().filter(|token| !edge(token)).map(|token| token.key).collect();
        let exact: Vec<u32> = found.iter().map(|token| token.key).collect();
        for keys in [exact, words] {
            let Some(first) = keys.first().copied().filter(|_| !keys.contains(&0)) else { continue };
            let forms = self.forms.entry(first).or_default();
            match forms.iter_mut().find(|(known, _)| *known == keys) {
                Some((_, target)) if *target != Some(index) => *target = None,
                Some(_) => {}
                None => forms.push((keys, Some(index))),
            }
        }
    }

    /// The longest spelling that begins at `at`, and the token after it.
    pub(super) fn form_at(&self, tokens: &[Token], at: usize) -> Option<(usize, usize)> {
        let forms = self.forms.get(&tokens.get(at)?.key)?;
        let (keys, target) = forms.iter().find(|(keys, _)| {
            tokens
                .get(at..at + keys.len())
                .is_some_and(|found| found.iter().zip(keys).all(|(token, key)| token.key == *key))
        })?;
        Some(((*target)?, at + keys.len()))
    }

    /// Whether the choices are “yes” and “no”, in whatever language.
    pub(super) fn is_reply(&self) -> bool {
        self.is_reply
    }

    /// Whether this is the choice “no”.
    pub(super) fn is_no(&self, target: usize) -> bool {
        self.no == Some(target)
    }

    /// Whether the number is an end of the scale.
    pub(super) fn is_end(&self, number: i64) -> bool {
        self.is_scale && (self.highest == Some(number) || self.lowest == Some(number))
    }

    /// The point with this value.
    pub(super) fn point(&self, value: i64) -> Option<usize> {
        self.points.get(&value).copied()
    }
}
