//! What stands behind a noun or a verb of deciding.

use super::sentence::Sentences;
use super::token::Kind;
use super::value::{MARKUP, SEVERAL, Value, skip, value_at};
use super::vocabulary as words;

/// Words that one phrase may span; keeps the search linear.
pub(super) const REACH: usize = 14;

impl Sentences<'_> {
    pub(super) fn after_noun(&self, mut at: usize) -> Value {
        let from = at;
        let mut tied = false;
        let mut about = false;
        while at < from + REACH {
            let value = value_at(self.targets, self.tokens, at, &self.line);
            let Some(token) = self.tokens.get(at) else { return Value::Nothing };
            let digits = token.kind == Kind::Number;
            match value {
                Value::Of(_, after) if self.is_legend(at) && self.is_list_after(after) => {
                    return Value::Nothing;
                }
                Value::Of(_, after) if at == from && self.closes_sentence(after) => return value,
                Value::Of(..) if tied || ((digits || self.is_capital(at)) && !about) => return value,
                Value::Refused(_) if self.is_legend(at) => return Value::Nothing,
                Value::Refused(_) if tied => return value,
                _ => {}
            }
            if token.is(words::SCALE) {
                at = self.past_scale(at + 1);
                continue;
            }
            if tied && token.is(words::NEGATION) {
                return self.after_but(at + 1);
            }
            if tied && token.is(words::BETWEEN) {
                return self.between(at + 1);
            }
            match token.kind {
                Kind::Symbol('(') if !tied => {
                    at = self.past_parenthesis(at + 1);
                    continue;
                }
                Kind::Symbol(symbol) if ":=–-|".contains(symbol) || symbol == '→' => tied = true,
                Kind::Symbol(symbol) if MARKUP.contains(symbol) || "[({\\".contains(symbol) => {}
                // “the number I choose is 4”.
                Kind::Word
                    if !tied
                        && token.is(words::SUBJECT)
                        && !token.is(words::POSSESSIVE)
                        && at <= from + 1 =>
                {
                    match self.verb_after(at + 1) {
                        Some((verb, false)) => at = verb,
                        _ => return Value::Nothing,
                    }
                }
                Kind::Word if token.is(words::COPULA) => tied = true,
                Kind::Word if self.text(at) == "to" && self.is(at.wrapping_sub(1), words::SLAVIC_NOUN) => {
                    tied = true
                }
                // “my answer must be B”.
                Kind::Word if !tied && token.is(words::AUXILIARY) && self.text(at + 1) == "be" => {}
                Kind::Word
                    if !tied
                        && token.is(words::DUTY)
                        && self.text(at + 1) == "to"
                        && self.text(at + 2) == "be" =>
                {
                    at += 1;
                }
                Kind::Word if token.is(words::ABOUT) && !tied => about = true,
                // “would have to be 4”.
                Kind::Word if tied && token.is(words::DUTY) && self.text(at + 1) == "to" => at += 1,
                Kind::Word if token.is(words::FILLER | words::NOUN | words::DETERMINER) => {}
                Kind::Word if token.is(words::ALTERNATIVE) && tied => {}
                // “Recommendation: fund Project Borealis.”
                Kind::Word if tied && token.is(words::VERB) && !self.targets.is_scale => {}
                Kind::Word if tied && self.text(at).eq_ignore_ascii_case("also") => {}
                Kind::Word if about && !tied && !token.is(words::NEGATION | words::BETWEEN) => {}
                Kind::Word if tied && self.text(at).eq_ignore_ascii_case("either") => {}
                _ => return Value::Nothing,
            }
            at += 1;
        }
        Value::Nothing
    }

    /// “Severity: 3”, “my figure is 0”: a title needs its tie.
    pub(super) fn after_title(&self, at: usize) -> Value {
        // “La soluzione migliore mi sembra B.”
        let said = (at..at + 3).take_while(|word| self.is(*word, words::DETERMINER)).count();
        let said = if self.is(at + said, words::COPULA) { said } else { 0 };
        let tie = skip(self.tokens, at + said, MARKUP);
        let scaled = self.symbol(tie, "(") && self.after_noun(at) != Value::Nothing;
        // “Severity 2.”
        let follows = self.tokens.get(tie).is_some_and(|token| token.kind == Kind::Number)
            && self.is(at.wrapping_sub(1), words::VERDICT)
            && self.closes_sentence(tie + 1);
        let tied = follows
            || self.symbol(tie, ":=–|→")
            || self.is(tie, words::SUBJECT)
            || self.is(tie, words::COPULA)
            || scaled;
        if tied { self.after_noun(at) } else { Value::Nothing }
    }

    /// The deciding verb after a subject, and whether it is only a duty to decide.
    pub(super) fn verb_after(&self, from: usize) -> Option<(usize, bool)> {
        let mut duty = false;
        for at in from..from + 6 {
            let token = self.tokens.get(at)?;
            if token.is(words::VERB) {
                return Some((at, duty));
            }
            if !token.is(words::AUXILIARY) {
                return None;
            }
            duty |= token.is(words::DUTY);
        }
        None
    }

    pub(super) fn after_verb(&self, verb: usize) -> Value {
        let marking = self.is(verb, words::MARKING);
        let mut said = !marking;
        for at in verb + 1..verb + REACH {
            let Some(token) = self.tokens.get(at) else { return Value::Nothing };
            let value = value_at(self.targets, self.tokens, at, &self.line);
            // “I choose one”: a pronoun, not a number.
            let pronoun = token.kind == Kind::Word && token.number == Some(1);
            if value != Value::Nothing && said && !pronoun {
                return value;
            }
            let spoken = self.tokens.get(at).is_some_and(|token| token.end - token.start > 1)
                && token.kind == Kind::Word
                && token.number.is_none();
            if (at == verb + 1 || spoken && value != Value::Nothing)
                && let Value::Of(_, after) = value
                && !pronoun
                && self
                    .tokens
                    .get(after)
                    .is_none_or(|token| token.is_symbol(".,;:!)*–") || token.is(words::PARTICLE))
            {
                return value;
            }
            if token.is(words::NEGATION) {
                return self.after_but(at + 1);
            }
            if token.is(words::SCALE) {
                return self.after_noun(self.past_scale(at + 1));
            }
            // “out of ten” is no mark.
            if self.text(at) == "out" && self.text(at + 1) == "of" {
                return Value::Nothing;
            }
            let filler = token.is(words::FILLER | words::VERB | words::AUXILIARY)
                || token.is_symbol(MARKUP)
                || token.is_symbol(":([{")
                || (token.is_symbol("-") && token.glued && self.is(at - 1, words::FILLER));
            let marked = marking && token.kind == Kind::Word;
            if !filler && !marked {
                return if marking { Value::Nothing } else { self.apposed(at) };
            }
            // What is marked comes before “a 4”; other numbers in between are not the mark.
            said = !marking || filler || token.is(words::AS);
        }
        Value::Nothing
    }

    /// Whether nothing but a copula or a particle stands between `after` and the sentence's end.
    fn closes_sentence(&self, after: usize) -> bool {
        let mut next = skip(self.tokens, after, MARKUP);
        next += usize::from(self.is(next, words::FOLLOWER | words::PARTICLE | words::COPULA));
        self.tokens.get(next).is_none_or(|token| token.is_symbol(".!"))
    }

    /// “the girl, i.e. the child”, “the third, Project Cascade”: what a verb of choosing names, in
    /// other words.
    fn apposed(&self, from: usize) -> Value {
        let mut plain = true;
        for at in from..from + 7 {
            if self.symbol(at, ",(") {
                let again =
                    self.is(at + 1, words::THAT_IS) || self.text(at + 1) == "i" && self.symbol(at + 2, ".");
                let next = match (again, self.text(at + 1) == "i") {
                    (true, true) => at + 5,
                    (true, false) => at + 2,
                    (false, _) => at + 1,
                };
                if !again && !plain {
                    return Value::Nothing;
                }
                let next = next + usize::from(self.is(next, words::OPTION));
                return match value_at(self.targets, self.tokens, next, &self.line) {
                    Value::Of(target, after) if !self.is_number(next) => Value::Of(target, after),
                    _ => Value::Nothing,
                };
            }
            if self.tokens.get(at).is_none_or(|token| token.kind != Kind::Word)
                || self.is(at, words::NEGATION | words::ALTERNATIVE | words::CONDITION)
            {
                return Value::Nothing;
            }
            plain &= self.is(at, words::FILLER | words::PART);
        }
        Value::Nothing
    }

    fn is_number(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Number)
    }

    fn after_but(&self, from: usize) -> Value {
        let but = (from..from + 8).find(|at| self.is(*at, words::BUT));
        but.map_or(Value::Nothing, |but| {
            (but + 1..but + 4)
                .map(|at| value_at(self.targets, self.tokens, at, &self.line))
                .find(|value| *value != Value::Nothing)
                .unwrap_or(Value::Nothing)
        })
    }

    fn between(&self, from: usize) -> Value {
        let value = (from..from + 3).map(|at| value_at(self.targets, self.tokens, at, &self.line));
        let stated = value.into_iter().any(|value| value != Value::Nothing);
        if stated { Value::Refused(SEVERAL) } else { Value::Nothing }
    }

    /// “1 = definitely not, 5 = definitely” explains the scale.
    fn is_legend(&self, at: usize) -> bool {
        self.symbol(at + 1, "=")
    }

    /// Whether another number is explained next.
    fn is_list_after(&self, from: usize) -> bool {
        (from..from + REACH).any(|at| self.symbol(at, "="))
    }

    fn past_scale(&self, from: usize) -> usize {
        let numbers = (from..from + 7).filter(|at| self.tokens.get(*at).is_some_and(|t| t.number.is_some()));
        let last = numbers.take(2).last();
        let end = last.map_or(from, |at| at + 1);
        skip(self.tokens, end, ",")
    }

    fn past_parenthesis(&self, from: usize) -> usize {
        let close = (from..from + REACH).find(|at| self.symbol(*at, ")"));
        // “Decision (4)” has its value inside.
        let inside = value_at(self.targets, self.tokens, from, &self.line);
        match close {
            Some(close) if !matches!(inside, Value::Of(..)) => close + 1,
            _ => from,
        }
    }
}
