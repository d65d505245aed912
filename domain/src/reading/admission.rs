//! Which clauses count: by what stands before the value in its sentence and what follows it.

use super::fragment::{Clause, INSIDE, Place, Tail};
use super::sentence::Sentences;
use super::token::Kind;
use super::value::Value;
use super::vocabulary as words;

impl Sentences<'_> {
    /// Whether a clause at the beginning of its sentence counts, and whether it concludes.
    pub(super) fn may_stand(&self, clause: &Clause, start: usize, end: usize, place: Place) -> Option<bool> {
        let refused = matches!(clause.value, Value::Refused(_));
        if refused && !(clause.opener && clause.tail == Tail::End) {
            return None;
        }
        if place.listed || place.answers_aside {
            return None;
        }
        if clause.tail == Tail::Comma && !self.comma_leaves_it(clause, end) {
            return None;
        }
        if clause.tail != Tail::End && self.names_another(clause, end) {
            return None;
        }
        let speaker = (start..clause.at).any(|at| self.is(at, words::FIRST_PERSON));
        if self.is_wordy(clause) && clause.copula && !clause.opener && !speaker {
            return None;
        }
        Some(clause.opener)
    }

    /// Whether a clause behind a comma, a colon, a dash or a parenthesis counts.
    pub(super) fn may_follow(
        &self,
        clause: &Clause,
        before: usize,
        start: usize,
        end: usize,
        place: Place,
    ) -> Option<bool> {
        if place.listed || clause.tail == Tail::Comma && !self.comma_leaves_it(clause, end) {
            return None;
        }
        if matches!(clause.value, Value::Refused(_))
            || (clause.tail != Tail::End && self.names_another(clause, end))
        {
            return None;
        }
        let opened = (start..before.min(start + 6)).any(|at| self.opens(at) && self.is_early(at, start));
        let preposed = (start..before)
            .find(|at| self.tokens.get(*at).is_some_and(|token| token.kind == Kind::Word))
            .is_some_and(|first| self.is(first, words::PREPOSED) && self.is_reserve(first, before));
        let denied = self.near(start, before).any(|at| self.is(at, words::OTHERS));
        if denied {
            return None;
        }
        if self.symbol(before, ":") {
            let head = self
                .near(start, before)
                .filter(|at| self.tokens.get(*at).is_some_and(|t| t.kind == Kind::Word));
            let (mut count, mut own, mut known) = (0, false, true);
            for at in head {
                count += 1;
                known &= self.tokens.get(at).is_some_and(|token| token.class != 0);
                own |= self.is(at, words::FIRST_PERSON);
            }
            if self.is(start, words::CONDITION) && self.is_forced(start) || self.corrects(before) {
                return Some(true);
            }
            // “My answer sits at the very bottom: 1.”
            let answer = self
                .near(start, before)
                .find(|at| self.is(*at, words::POSSESSIVE) && self.is(*at + 1, words::NOUN));
            if clause.tail == Tail::End
                && answer.is_some_and(|answer| {
                    !(answer..before)
                        .any(|at| self.is(at, words::NEGATION | words::CONDITION) || self.reports(at))
                })
            {
                return Some(true);
            }
            // “…, so: 1.”
            if self.is_hard(before - 1) && clause.tail == Tail::End {
                return Some(true);
            }
            let first = self.first_word(start, before);
            let hesitant = self.is(first, words::PREPOSED) && self.has_state(first, before);
            let ends: std::collections::BTreeSet<i64> = self
                .near(start, before)
                .filter_map(|at| self.tokens.get(at)?.number.filter(|number| self.targets.is_end(*number)))
                .collect();
            let asked = self.near(start, before).any(|at| self.text(at).eq_ignore_ascii_case("your"));
            let scaled = ends.len() == 2 && clause.digits && !asked;
            if clause.tail == Tail::End && (hesitant || scaled) {
                return Some(true);
            }
            // “Total cost: 5” is some other quantity.
            let attribute = ["final", "total", "net", "overall", "whole", "bottom"]
                .contains(&self.text(self.first_word(start, before)).to_lowercase().as_str());
            // “The committee's final answer: 4”.
            let theirs = self.near(start, before).any(|at| {
                let unknown = self.tokens.get(at).is_some_and(|token| token.class == 0);
                unknown && (self.text(at).ends_with("'s") || self.text(at).ends_with("’s"))
            });
            if theirs && !own {
                return None;
            }
            let opened = opened && (known || count >= 4 && !attribute);
            let labelled = clause.digits && clause.after > clause.at + 2;
            let ranged = self.near(start, before).any(|at| self.is(at, words::BETWEEN));
            // “I mildly disagree: -1”, but not “I see several reasons: 3”.
            let signed = self.text(clause.at).starts_with(['-', '+', '−', '–']);
            let own_words = clause.tail == Tail::End
                && count >= 3
                && (signed || !clause.digits)
                && self.near(start, before).any(|at| {
                    self.is(at, words::FIRST_PERSON)
                        || ["me", "mich", "mir", "moi", "mí", "mim"].contains(&self.text(at))
                })
                && !self.near(start, before).any(|at| self.is(at, words::NEGATION | words::NOUN));
            let closing = own_words
                || ranged && clause.tail == Tail::End
                || count >= 4 && place.last && clause.tail == Tail::End && !clause.digits;
            return (opened || own && count >= 4 && (signed || !clause.digits) || labelled || closing)
                .then_some(clause.opener || opened);
        }
        if clause.opener {
            return Some(true);
        }
        if self.symbol(before, "(") {
            let spoken = self.near(start, before).any(|at| self.is(at, words::SUBJECT));
            // “… a scale from 1 (never) to 7 (always)”: the label is that of the number before it.
            let labels = self.tokens.get(before.wrapping_sub(1)).is_some_and(|token| token.number.is_some());
            let named = spoken && !labels && !self.near(start, before).any(|at| self.is(at, words::NEGATION));
            return (clause.mine || named && !clause.digits && self.symbol(clause.after, ")"))
                .then_some(false);
        }
        if self.symbol(before, ",") && self.corrects(before) {
            return Some(true);
        }
        let forced = self.is(start, words::CONDITION) && self.is_forced(start);
        // “The second, Project Borealis.”
        let pointed = self.symbol(before, ",")
            && clause.after > clause.at + 1
            && !self.targets.is_scale
            && (start..before).all(|at| self.is(at, words::FILLER | words::PART));
        if pointed && clause.tail == Tail::End {
            return Some(false);
        }
        if self.is_hard(before) {
            return (!self.is_wordy(clause) && clause.tail == Tail::End).then_some(true);
        }
        if forced || (opened && self.symbol(before, ",")) {
            return Some(true);
        }
        if preposed {
            return Some(self.has_state(self.first_word(start, before), before));
        }
        if clause.copula && !self.is_wordy(clause) {
            return Some(false);
        }
        (clause.article && clause.digits && clause.tail == Tail::End && self.symbol(before, ","))
            .then_some(false)
    }

    /// Whether the word before the separator takes back what was said: “5 — no, 2”, “wait: 2”.
    fn corrects(&self, separator: usize) -> bool {
        let word = self.text(separator.wrapping_sub(1)).to_lowercase();
        ["wait", "sorry", "correction", "hmm"].contains(&word.as_str())
            || !self.targets.is_reply()
                && ["no", "nein", "non", "нет", "nie", "nee", "não"].contains(&word.as_str())
    }

    /// Whether the word announces what the answer comes to: “in short”, but not “short term”.
    pub(super) fn opens(&self, at: usize) -> bool {
        let text = self.text(at).to_lowercase();
        let short = ["short", "brief"].contains(&text.as_str());
        let phrase = self.text(at.wrapping_sub(1)).eq_ignore_ascii_case("in")
            || ["answer", "version", "verdict"].contains(&self.text(at + 1).to_lowercase().as_str());
        self.is(at, words::OPENER) && (!short || phrase)
    }

    /// What stands before `before` in its sentence, as far as it matters; bounded so that a long
    /// sentence takes linear time.
    pub(super) fn near(&self, start: usize, before: usize) -> std::ops::Range<usize> {
        start.max(before.saturating_sub(60))..before
    }

    /// A word that nothing but the conclusion follows, also within a clause: “…, so 4”.
    pub(super) fn is_hard(&self, at: usize) -> bool {
        const HARD: &str = " so hence therefore thus donc daher deshalb quindi dunque portanto dus więc поэтому \
            고려하면 감안하면 종합하면 그래서 따라서 ";
        self.is(at, words::OPENER) && HARD.contains(&format!(" {} ", self.text(at).to_lowercase()))
    }

    fn first_word(&self, start: usize, end: usize) -> usize {
        (start..end)
            .find(|at| self.tokens.get(*at).is_some_and(|token| token.kind == Kind::Word))
            .unwrap_or(start)
    }

    /// “With some doubt, 4”, but not “with consent, 4”: what stands behind “with” is the speaker's state.
    fn is_reserve(&self, first: usize, before: usize) -> bool {
        const BARE: &str = " with mit avec con com met without ohne sans sin sem senza zonder bez без after nach \
            après tras dopo após na po после bei ";
        let weighing = self.text(first + 1).ends_with("ing") || self.text(first + 1) == "all";
        let bare = BARE.contains(&format!(" {} ", self.text(first).to_lowercase()));
        !bare || weighing || self.has_state(first, before)
    }

    fn has_state(&self, first: usize, before: usize) -> bool {
        (first..before.min(first + 12)).any(|at| self.is(at, words::STATE))
    }

    /// Whether a condition follows that the value depends on.
    pub(super) fn depends(&self, clause: &Clause, end: usize) -> bool {
        let reach = if clause.tail == Tail::Comma { 40 } else { 4 };
        (clause.after..end.min(clause.tail_at + reach))
            .take_while(|at| !self.is(*at, words::REASON))
            .any(|at| self.is_condition(at, clause.after))
    }

    /// Whether the word stands among the first ones of its sentence.
    fn is_early(&self, at: usize, start: usize) -> bool {
        at < start + 6
    }

    /// Whether the value is a label that is also an adverb of its own: “Definitely”, “Neutral”.
    fn is_wordy(&self, clause: &Clause) -> bool {
        let letter = self.tokens.get(clause.at).is_some_and(|token| token.end - token.start == 1);
        self.targets.is_scale && !clause.digits && !letter && !self.is_adjective(clause)
    }

    /// “Somewhat acceptable”, “critical”: what it says, it says of what is judged.
    fn is_adjective(&self, clause: &Clause) -> bool {
        let last = self.text(clause.after.saturating_sub(1)).to_lowercase();
        ["able", "ible", "ical", "rate", "ful", "igh", "ow", "ent", "ant", "ious"]
            .iter()
            .any(|end| last.ends_with(end))
            && clause.tail == Tail::End
    }

    /// Whether what follows the comma is a reason or says the same again.
    fn comma_leaves_it(&self, clause: &Clause, end: usize) -> bool {
        let next = clause.tail_at + 1;
        let same_again =
            self.is(next, words::THAT_IS) || self.text(next) == "i" && self.symbol(next + 1, ".");
        if next >= end || self.is(next, words::CAUSE) || same_again {
            return true;
        }
        // “‘Probably’, you say.”
        let plain = |at: usize| {
            (self.is(at, words::NEUTRAL | words::OPENER) && !self.text(at).eq_ignore_ascii_case("you"))
                || self.symbol(at, INSIDE)
        };
        if (next..end).all(plain) {
            return true;
        }
        if self.targets.is_reply() {
            let denies = matches!(clause.value, Value::Of(target, _) if self.targets.is_no(target));
            // “No, he did not promise it.” A “yes” may be said to somebody who told so.
            let subject = " he she er il elle él ella ele ela lui lei hij on ona он она 他 她 ";
            let of_others = subject.contains(&format!(" {} ", self.text(next).to_lowercase()));
            return denies && of_others || self.replies(next, end);
        }
        let reserved = self.is(next, words::PREPOSED) && self.is_reserve(next, end);
        if self.is(next, words::NEGATION) || reserved {
            return true;
        }
        (clause.opener || clause.copula || clause.mine) && !self.is_wordy(clause)
    }

    /// “No, she should not”: what follows says what ought to be, not that the speaker listens.
    fn replies(&self, next: usize, end: usize) -> bool {
        if self.is(next, words::SUBJECT) {
            let would = ["i'd", "would", "wouldn't"];
            let text = self.text(next).to_lowercase();
            let after = self.text(next + 1).to_lowercase();
            if would.contains(&text.as_str()) || would.contains(&after.as_str()) {
                return true;
            }
            if !["think", "believe", "feel"].contains(&after.as_str()) {
                return false;
            }
        }
        (next..end.min(next + 12)).any(|at| {
            let obliges = ["malı", "meli"].iter().any(|ending| self.text(at).ends_with(ending));
            obliges || self.is(at, words::MODAL) && !self.text(at + 1).eq_ignore_ascii_case("be")
        })
    }

    /// Whether the rest of the sentence holds another value.
    fn names_another(&self, clause: &Clause, end: usize) -> bool {
        let Value::Of(target, _) = clause.value else { return false };
        if self.targets.is_reply() {
            return false;
        }
        (clause.tail_at..end.min(clause.tail_at + 40)).any(|at| {
            let Some(token) = self.tokens.get(at) else { return false };
            let long = token.end - token.start > 1;
            let other = match self.targets.form_at(self.tokens, at) {
                Some((other, _)) => (long || self.is_capital(at)).then_some(other),
                None if token.kind == Kind::Number => token.number.and_then(|n| self.targets.point(n)),
                None => None,
            };
            // “4, not 5” leaves the 4.
            let denied = (at.saturating_sub(4)..at)
                .any(|before| self.is(before, words::NEGATION) && !self.symbol(before + 1, ","));
            other.is_some_and(|other| other != target) && !denied && clause.tail != Tail::Cause
        })
    }
}
