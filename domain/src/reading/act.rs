//! Decisions stated by what one does: “I pull the lever”, “I strongly disagree”, “B gets my vote”,
//! “Aを選びます”.

use super::phrase::REACH;
use super::sentence::Sentences;
use super::token::Kind;
use super::value::{MARKUP, Value, skip, value_at};
use super::vocabulary as words;

/// What one agrees or disagrees with when one answers the question itself.
const MATTER: [&str; 10] =
    ["it", "this", "that", "motion", "statement", "proposal", "claim", "proposition", "thesis", "assertion"];

/// What one says of the value one gives: “4 seems fair”.
const FITTING: [&str; 9] =
    ["right", "fair", "appropriate", "reasonable", "fitting", "adequate", "warranted", "justified", "best"];

impl Sentences<'_> {
    /// “I (would) pull the lever”, “I strongly disagree with it”: `at` is the subject.
    pub(super) fn act_at(&self, at: usize) -> Value {
        for next in at + 1..at + 5 {
            if let Some((target, after)) = self.targets.form_at(self.tokens, next) {
                let word = self.tokens.get(next).is_some_and(|token| token.end - token.start > 1);
                let phrase = after > next + 1;
                // One word may be an adverb or a verb with another object: “I agree with the goal”.
                let state = ["i'm", "im"].contains(&self.text(at).to_lowercase().as_str())
                    || self.text(next - 1).eq_ignore_ascii_case("am");
                let on_this = state
                    && self.text(after).eq_ignore_ascii_case("on")
                    && ["this", "it", "that"].contains(&self.text(after + 1).to_lowercase().as_str());
                if word && on_this {
                    return Value::Of(target, after);
                }
                if word && (phrase || self.targets.is_scale || state && !self.targets.is_reply()) {
                    let whole = value_at(self.targets, self.tokens, next, &self.line);
                    let with = self.text(after).eq_ignore_ascii_case("with") && self.concerns(after + 1);
                    let adverb =
                        phrase && ["first", "instead", "before", "now", "rather"].contains(&self.text(after));
                    let matter = phrase && self.concerns(after);
                    let closed = whole == Value::Of(target, after) && (phrase || self.closes(after));
                    if closed || with || adverb || matter {
                        return Value::Of(target, after);
                    }
                    if phrase {
                        return Value::Nothing;
                    }
                }
            }
            if !self.is(next, words::AUXILIARY) {
                return Value::Nothing;
            }
        }
        Value::Nothing
    }

    /// “He deserves a 6.”
    pub(super) fn deserved_at(&self, at: usize) -> Value {
        let worth = self.text(at) == "worth" && self.is(at.wrapping_sub(1), words::COPULA);
        if !worth
            && !["deserves", "merits", "warrants", "earns", "verdient", "mérite", "merece", "merita"]
                .contains(&self.text(at))
        {
            return Value::Nothing;
        }
        let from = at + 1 + (at + 1..at + 3).take_while(|word| self.is(*word, words::FILLER)).count();
        match value_at(self.targets, self.tokens, from, &self.line) {
            Value::Of(target, after) if self.targets.is_scale && self.closes(after) => {
                Value::Of(target, after)
            }
            _ => Value::Nothing,
        }
    }

    /// “The grant should go to Project Aurora.”
    pub(super) fn given_at(&self, at: usize, start: usize) -> Value {
        let goes = self.text(at) == "goes"
            || self.text(at) == "go"
                && at > start
                && ["should", "would", "must"].contains(&self.text(at - 1));
        if !goes {
            return Value::Nothing;
        }
        let named = (start.max(at.saturating_sub(2 * REACH))..at)
            .any(|before| self.targets.form_at(self.tokens, before).is_some());
        if named || self.targets.is_scale || self.text(at + 1) != "to" {
            return Value::Nothing;
        }
        match value_at(self.targets, self.tokens, at + 2, &self.line) {
            Value::Of(target, after) if self.closes(after) => Value::Of(target, after),
            _ => Value::Nothing,
        }
    }

    /// “Fund Project Aurora.”: `at` begins the sentence.
    pub(super) fn command_at(&self, at: usize) -> Value {
        if !self.is(at, words::VERB) || self.is(at, words::NOUN | words::MARKING) {
            return Value::Nothing;
        }
        let from = at + 1 + usize::from(self.text(at + 1) == "with" || self.text(at + 1) == "for");
        match value_at(self.targets, self.tokens, from, &self.line) {
            Value::Of(target, after)
                if !self.targets.is_scale
                    && self.targets.form_at(self.tokens, from).is_some_and(|(_, end)| {
                        end > from + 1 || self.text(from).len() > 1 || !self.text(at).is_ascii()
                    })
                    && self.closes(after)
                    && !self.symbol(after, ",") =>
            {
                Value::Of(target, after)
            }
            _ => Value::Nothing,
        }
    }

    fn concerns(&self, at: usize) -> bool {
        let is_matter = |at: usize| MATTER.contains(&self.text(at).to_lowercase().as_str());
        let article = ["the", "this", "that"].contains(&self.text(at).to_lowercase().as_str());
        if article && is_matter(at + 1) {
            self.text(at + 2) != "of"
        } else {
            is_matter(at) && !self.is_noun_after(at)
        }
    }

    /// “this plan” is not “this”.
    fn is_noun_after(&self, at: usize) -> bool {
        self.tokens.get(at + 1).is_some_and(|token| token.kind == Kind::Word && !token.is(words::FOLLOWER))
    }

    fn closes(&self, after: usize) -> bool {
        self.tokens.get(skip(self.tokens, after, MARKUP)).is_none_or(|token| token.is_symbol(".;:!,–)"))
    }

    /// “Project Borealis gets my vote”, “B is what I'd do”: `after` is the token behind the value.
    pub(super) fn earns_at(&self, after: usize) -> bool {
        let verb = skip(self.tokens, after, MARKUP);
        if self.is(verb, words::EARNS) && self.is(verb + 1, words::POSSESSIVE) {
            return (verb + 2..verb + 4)
                .any(|next| self.is(next, words::NOUN | words::TITLE) || self.text(next) == "support");
        }
        // “B wins.”
        if self.text(verb) == "wins" && !self.targets.is_scale && self.closes(verb + 1) {
            return true;
        }
        // “4 from me”.
        if self.text(verb) == "from" && self.text(verb + 1) == "me" {
            return true;
        }
        if ["seems", "feels", "looks", "sounds", "is", "would"].contains(&self.text(verb)) {
            let from = verb + 1 + usize::from(self.text(verb + 1) == "be");
            let next = (from..from + 2).find(|at| FITTING.contains(&self.text(*at)));
            if let Some(next) = next.filter(|next| self.closes(next + 1) || self.text(next + 2) == "me") {
                return next == from || ["about", "just", "most"].contains(&self.text(from));
            }
        }
        if self.is(verb, words::COPULA) {
            let mut next = verb + 1;
            if ["what", "the", "where"].contains(&self.text(next)) {
                next += 1;
                while next < verb + 5 && !self.is(next, words::SUBJECT) {
                    if !["one", "option", "choice", "person", "course", "answer", "project"]
                        .contains(&self.text(next))
                    {
                        return false;
                    }
                    next += 1;
                }
                if !self.is(next, words::SUBJECT) {
                    return false;
                }
                return (next + 1..next + 4).take_while(|word| !self.is(*word, words::NEGATION)).any(
                    |word| self.is(word, words::VERB) || ["do", "advise", "land"].contains(&self.text(word)),
                );
            }
        }
        false
    }

    /// “4 veririm”, “Aを選びます”, “ich würde 4 wählen”: the verb behind the value `at..after`.
    pub(super) fn verb_behind(&self, at: usize, after: usize, start: usize, end: usize) -> bool {
        // Looking further back would make a long sentence take quadratic time.
        let start = start.max(at.saturating_sub(2 * REACH));
        let mut next = skip(self.tokens, after, "*_`\"'」』)");
        let limit = next + 4;
        while next < limit
            && self.is(next, words::PARTICLE | words::FILLER)
            && !self.is(next, words::POST_VERB)
        {
            next += 1;
        }
        if next >= end || !self.is(next, words::POST_VERB) {
            return false;
        }
        let spaced = self.text(next).is_ascii() || self.text(next).chars().all(|c| (c as u32) < 0x250);
        // An infinitive needs somebody who decides before it.
        let infinitive = spaced && (self.text(next).ends_with("en"));
        let speaker = (start..at).rev().take(8).any(|word| self.is(word, words::FIRST_PERSON))
            && (start..at).any(|word| ["würde", "werde", "möchte", "zou", "zal"].contains(&self.text(word)));
        // Words without spaces go on: “4を選ぶ人”.
        let text = self.text(next);
        let beyond = next + 1 + usize::from(self.text(next + 1) == "す");
        let goes_on = text.chars().all(|c| c as u32 >= 0x2E80)
            && self.tokens.get(beyond).is_some_and(|token| !matches!(token.kind, Kind::Symbol(_)));
        // “My brother chooses 4”: nobody but the speaker before the value.
        let clause = (start..at).rev().take_while(|word| {
            self.tokens.get(*word).is_some_and(|token| token.kind == Kind::Word || token.kind == Kind::Number)
        });
        let stranger = !infinitive
            && clause.into_iter().any(|word| {
                self.tokens.get(word).is_some_and(|token| {
                    token.kind == Kind::Word && token.class == 0 && token.number.is_none()
                })
            });
        if goes_on || stranger {
            return false;
        }
        let denied = (start..at).any(|word| self.is(word, words::NEGATION))
            || (next + 1..end.min(next + 4)).any(|word| self.is(word, words::NEGATION));
        (!infinitive || speaker) && !denied
    }
}
