//! Every word the reader knows: those of the language tables and those of the definition's names.

use std::collections::HashMap;

use super::connectives::CONNECTIVES;
use super::fold::folded;
use super::languages::FURTHER;
use super::numbers::{NUMBERS, TENS};
use super::vocabulary::WORDS;

/// What is known of a word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) key: u32,
    pub(super) class: u64,
    pub(super) number: Option<i64>,
}

/// Folded words and their keys.
#[derive(Debug)]
pub(super) struct Lexicon(HashMap<String, Entry>);

impl Lexicon {
    /// The language tables alone.
    pub(super) fn new() -> Self {
        let mut lexicon = Lexicon(HashMap::new());
        for (class, words) in WORDS.iter().chain(CONNECTIVES).chain(FURTHER) {
            for word in words.split_whitespace() {
                lexicon.entry(word).class |= class;
            }
        }
        for (first, words) in NUMBERS {
            for (value, word) in (*first..).zip(words.split_whitespace()) {
                for spelling in word.split('/') {
                    lexicon.entry(spelling).number = Some(value);
                }
            }
        }
        for (value, word) in (2..10).map(|ten| ten * 10).zip(TENS.split_whitespace()) {
            lexicon.entry(word).number = Some(value);
        }
        lexicon
    }

    /// The word's entry, added when it is new.
    pub(super) fn entry(&mut self, word: &str) -> &mut Entry {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX >> 1) + 1;
        self.0.entry(folded(word)).or_insert(Entry { key: next, class: 0, number: None })
    }

    /// `None` = a word nobody asks for. The word must be folded.
    pub(super) fn look_up(&self, folded: &str) -> Option<Entry> {
        self.0.get(folded).copied()
    }
}

/// Symbols have keys of their own, apart from those of words.
pub(super) fn symbol_key(symbol: char) -> u32 {
    0x8000_0000 | if symbol == '–' { u32::from('-') } else { u32::from(symbol) }
}

#[cfg(test)]
mod tests {
    use super::Lexicon;
    use crate::reading::vocabulary::{NEGATION, NEUTRAL, OPENER};

    /// A word that denies must not be passed over as if it said nothing.
    #[test]
    fn no_word_is_both_a_negation_and_neutral() {
        let both = Lexicon::new()
            .0
            .into_iter()
            .filter(|(_, entry)| entry.class & NEGATION != 0 && entry.class & (NEUTRAL | OPENER) != 0);
        assert_eq!(both.map(|(word, _)| word).collect::<Vec<_>>(), Vec::<String>::new());
    }
}
