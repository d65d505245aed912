//! Explicit statements in a sentence: “my answer is …”, “I choose …”, “[[…]]”, “… is my answer”.

use super::targets::Targets;
use super::token::{Kind, Token};
use super::value::{Line, MARKUP, SEVERAL, Value, skip, value_at};
use super::vocabulary as words;

/// A statement, or why what was meant as one cannot be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Statement {
    pub(super) value: Result<usize, &'static str>,
    /// Tokens of the statement: first, and the one after the last.
    pub(super) span: (usize, usize),
    pub(super) rule: &'static str,
}

/// Words that one phrase may span; keeps the search linear.
const REACH: usize = 14;

/// The reader's view of one line.
pub(super) struct Sentences<'a> {
    pub(super) targets: &'a Targets,
    pub(super) tokens: &'a [Token],
    pub(super) line: Line<'a>,
}

impl Sentences<'_> {
    /// The statement of the last sentence that makes one. `retracted` is set when a sentence that
    /// was passed on the way takes back what stands before it.
    pub(super) fn last_statement(&self, retracted: &mut bool) -> Option<Statement> {
        let mut end = self.tokens.len();
        while end > 0 {
            let start = self.sentence_start(end);
            if let Some(statement) = self.statement_in(start, end) {
                return Some(statement);
            }
            let first = (start..end).find(|at| self.tokens.get(*at).is_some_and(|t| t.kind == Kind::Word));
            *retracted |= first.is_some_and(|at| self.is(at, words::RETRACTION));
            end = start;
        }
        None
    }

    fn sentence_start(&self, end: usize) -> usize {
        let before = self.tokens.get(..end.saturating_sub(1)).unwrap_or_default();
        before.iter().rposition(|token| token.is_symbol(".!?;")).map_or(0, |at| at + 1)
    }

    fn statement_in(&self, start: usize, end: usize) -> Option<Statement> {
        if self.tokens.get(start..end)?.last().is_some_and(|token| token.is_symbol("?")) {
            return None;
        }
        let mut last: Option<Statement> = None;
        let mut hypothetical = false;
        for at in start..end {
            hypothetical |= self.is_condition(at, start) || self.is(at, words::REPORT);
            if hypothetical {
                break;
            }
            let Some(mut found) = self.statement_at(at, start) else { continue };
            if self.condition_follows(found.span.1, end) {
                continue;
            }
            if last.is_some_and(|before| before.value != found.value) {
                found.value = Err(SEVERAL);
            }
            last = Some(found);
        }
        last
    }

    fn statement_at(&self, at: usize, start: usize) -> Option<Statement> {
        let token = self.tokens.get(at)?;
        let (value, rule) = if token.is_symbol("[") && self.symbol(at + 1, "[") {
            (self.enclosed(at + 2, "]"), "brackets")
        } else if token.is_symbol("\\") && self.is(at + 1, words::BOXED) {
            (self.enclosed(at + 2, "}"), "boxed")
        } else if token.is_symbol("<") && self.is(at + 1, words::NOUN) && self.symbol(at + 2, ">") {
            (self.enclosed(at + 3, "<"), "tag")
        } else {
            self.phrase_at(at, start)?
        };
        let (value, after) = match value {
            Value::Nothing => return None,
            Value::Of(target, after) => (Ok(target), after),
            Value::Refused(reason) => (Err(reason), at + 1),
        };
        Some(Statement { value, span: (at, after), rule })
    }

    fn phrase_at(&self, at: usize, start: usize) -> Option<(Value, &'static str)> {
        let token = self.tokens.get(at)?;
        if token.is(words::NOUN) && self.introduces_noun(at, start) {
            let value = self.after_noun(at + 1);
            if value != Value::Nothing {
                return Some((value, "noun"));
            }
        }
        if token.is(words::SUBJECT)
            && let Some((verb, duty)) = self.verb_after(at + 1)
        {
            let value = self.after_verb(verb);
            let value = if duty && matches!(value, Value::Refused(_)) { Value::Nothing } else { value };
            return Some((value, "verb"));
        }
        let alone = at == start
            && token.is(words::VERB)
            && !token.is(words::NOUN)
            && self.text(at).to_lowercase().ends_with("ing");
        if alone || (token.is(words::FIRST_PERSON_VERB) && !self.denied_before(at, start)) {
            return Some((self.after_verb(at), "verb"));
        }
        self.before_noun(at, start)
    }

    /// Whether the words before the noun make it the speaker's decision: not “the doctor's decision”.
    fn introduces_noun(&self, at: usize, start: usize) -> bool {
        let before = (start.max(at.saturating_sub(6))..at).rev();
        for back in before {
            let Some(token) = self.tokens.get(back) else { return false };
            match token.kind {
                Kind::Symbol(_) => return true,
                Kind::Number => return false,
                Kind::Word if token.is(words::NEGATION) => return false,
                Kind::Word
                    if token.is(words::DETERMINER | words::NOUN | words::FOLLOWER | words::ALTERNATIVE) => {}
                Kind::Word => return token.is(words::SUBJECT | words::VERB | words::COPULA),
            }
        }
        true
    }

    fn after_noun(&self, mut at: usize) -> Value {
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
                Kind::Word if token.is(words::COPULA) => tied = true,
                Kind::Word if token.is(words::ABOUT) && !tied => about = true,
                Kind::Word if token.is(words::FILLER | words::NOUN | words::DETERMINER) => {}
                Kind::Word if token.is(words::ALTERNATIVE) && tied => {}
                Kind::Word if about && !tied && !token.is(words::NEGATION | words::BETWEEN) => {}
                Kind::Word if tied && self.text(at).eq_ignore_ascii_case("either") => {}
                _ => return Value::Nothing,
            }
            at += 1;
        }
        Value::Nothing
    }

    /// The deciding verb after a subject, and whether it is only a duty to decide.
    fn verb_after(&self, from: usize) -> Option<(usize, bool)> {
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

    fn after_verb(&self, verb: usize) -> Value {
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
            if token.is(words::NEGATION) {
                return self.after_but(at + 1);
            }
            if token.is(words::SCALE) {
                return self.after_noun(self.past_scale(at + 1));
            }
            let filler = token.is(words::FILLER | words::VERB | words::AUXILIARY)
                || token.is_symbol(MARKUP)
                || token.is_symbol(":([{");
            let marked = marking && token.kind == Kind::Word;
            if !filler && !marked {
                return Value::Nothing;
            }
            // What is marked comes before “a 4”; other numbers in between are not the mark.
            said = !marking || filler || token.is(words::AS);
        }
        Value::Nothing
    }

    /// “B is my final answer.”
    fn before_noun(&self, at: usize, start: usize) -> Option<(Value, &'static str)> {
        let fraction = self.tokens.get(at)?.kind == Kind::Number;
        let Value::Of(target, after) = value_at(self.targets, self.tokens, at, &self.line) else {
            return None;
        };
        let copula = skip(self.tokens, after, MARKUP);
        if self.is(copula, words::COPULA) && at <= start + 3 {
            let mut next = copula + 1;
            let mine = self.is(next, words::DETERMINER);
            while next < copula + 5 && self.is(next, words::DETERMINER) && !self.is(next, words::NOUN) {
                next += 1;
            }
            return (mine && self.is(next, words::NOUN)).then_some((Value::Of(target, after), "noun_after"));
        }
        // A mark with the best possible one behind it needs no further words.
        let of_best = fraction
            && self.targets.is_scale
            && after > at + 2
            && self.tokens.get(after - 1).is_some_and(|token| token.number == self.targets.highest)
            && self.tokens.get(at + 1).is_some_and(|token| token.is_symbol("/") || token.is(words::OUT_OF));
        // “Some rate this a 4/5” is somebody else's: only what introduces a mark may come before it.
        let introduced = at - start <= REACH
            && (start..at).all(|before| {
                let word = self.tokens.get(before).is_some_and(|t| t.kind == Kind::Word);
                !word || self.is(before, words::FILLER | words::DETERMINER)
            });
        (of_best && introduced).then_some((Value::Of(target, after), "fraction"))
    }

    fn enclosed(&self, at: usize, close: &str) -> Value {
        for next in at..at + 5 {
            match value_at(self.targets, self.tokens, next, &self.line) {
                Value::Nothing => {}
                Value::Of(_, after) if !self.symbol(skip(self.tokens, after, MARKUP), close) => {
                    return Value::Nothing;
                }
                value => return value,
            }
            // TeX wraps words: \boxed{\text{B}}.
            let wrapper = self.symbol(next, "{\\*_ ") || (next > 0 && self.symbol(next - 1, "\\"));
            if !wrapper {
                return Value::Nothing;
            }
        }
        Value::Nothing
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

    fn denied_before(&self, at: usize, start: usize) -> bool {
        (start.max(at.saturating_sub(3))..at).any(|back| self.is(back, words::NEGATION))
    }

    /// “if I had to choose” and “even if” leave the decision a decision.
    fn is_condition(&self, at: usize, start: usize) -> bool {
        let opens = at == start || self.symbol(at.wrapping_sub(1), ",\"*:(");
        if self.is(at, words::OPENING_CONDITION) && opens {
            return true;
        }
        let were_late = self.text(at).eq_ignore_ascii_case("were") && !opens;
        if !self.is(at, words::CONDITION) || were_late {
            return false;
        }
        let even = at > start && (self.is(at - 1, words::REASON) || self.is(at - 1, words::AS));
        let forced = (at + 1..at + 7).find(|next| self.is(*next, words::VERB) || self.symbol(*next, ","));
        let forced = forced.is_some_and(|next| self.is(next, words::VERB))
            && (at + 1..at + 6).any(|next| self.is(next, words::DUTY) || self.text(next) == "forced");
        !even && !forced
    }

    fn condition_follows(&self, from: usize, end: usize) -> bool {
        for at in from..end.min(from + 40) {
            if self.is(at, words::REASON) {
                return false;
            }
            if self.is_condition(at, from) {
                return true;
            }
        }
        false
    }

    fn is_capital(&self, at: usize) -> bool {
        let mut letters = self.text(at).chars();
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_none()
    }

    fn is(&self, at: usize, class: u32) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(class))
    }

    fn symbol(&self, at: usize, symbols: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_symbol(symbols))
    }

    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).and_then(|token| self.line.text.get(token.start..token.end)).unwrap_or_default()
    }
}
