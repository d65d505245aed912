//! Explicit statements in a sentence: “my answer is …”, “I choose …”, “[[…]]”, “… is my answer”.

use super::phrase::REACH;
use super::sentence::Sentences;
use super::token::Kind;
use super::value::{MARKUP, SEVERAL, Value, named_at, skip, value_at};
use super::vocabulary as words;

/// A statement, or why what was meant as one cannot be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Statement {
    pub(super) value: Result<usize, &'static str>,
    /// Tokens of the statement: first, and the one after the last.
    pub(super) span: (usize, usize),
    pub(super) rule: &'static str,
}

impl Sentences<'_> {
    /// The statement that the sentence makes; the last one where it makes several that agree.
    pub(super) fn statement_in(&self, start: usize, end: usize) -> Option<Statement> {
        if self.is_question(start, end) {
            return None;
        }
        let mut last: Option<Statement> = None;
        let mut hypothetical = false;
        for at in start..end {
            hypothetical |= self.is_condition(at, start) || self.reports(at);
            if hypothetical {
                break;
            }
            let Some(mut found) = self.statement_at(at, start, end) else { continue };
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

    fn statement_at(&self, at: usize, start: usize, end: usize) -> Option<Statement> {
        let token = self.tokens.get(at)?;
        let (value, rule) = if token.is_symbol("[") && self.symbol(at + 1, "[") {
            (self.enclosed(at + 2, "]"), "brackets")
        } else if token.is_symbol("\\") && self.is(at + 1, words::BOXED) {
            (self.enclosed(at + 2, "}"), "boxed")
        } else if token.is_symbol("<")
            && let Some(inside) = self.tag_end(at)
        {
            (self.enclosed(inside, "<"), "tag")
        } else {
            self.phrase_at(at, start, end)?
        };
        let (value, after) = match value {
            Value::Nothing => return None,
            Value::Of(target, after) => (Ok(target), after),
            Value::Refused(reason) => (Err(reason), at + 1),
        };
        Some(Statement { value, span: (at, after), rule })
    }

    fn phrase_at(&self, at: usize, start: usize, end: usize) -> Option<(Value, &'static str)> {
        let token = self.tokens.get(at)?;
        if token.is(words::NOUN) && !self.is_name(at) && self.introduces_noun(at, start) {
            let value = self.after_noun(at + 1);
            if value != Value::Nothing {
                return Some((value, "noun"));
            }
        }
        let best = self.text(at).eq_ignore_ascii_case("option")
            && self.is(at + 1, words::COPULA)
            && self.is_best(start.max(at.saturating_sub(4)), at)
            && !self.is_part(start.max(at.saturating_sub(4)), at)
            && self.introduces_noun(at, start);
        if best || token.is(words::TITLE) && self.introduces_title(at, start) {
            let value = self.after_title(at + 1);
            if value != Value::Nothing {
                return Some((value, "noun"));
            }
        }
        let neither = (start.max(at.saturating_sub(2))..at).any(|back| self.is(back, words::NEGATION))
            && !self.symbol(at.wrapping_sub(1), ",;:–");
        if token.is(words::SUBJECT) && !neither {
            let value = self.act_at(at);
            if value != Value::Nothing {
                return Some((value, "act"));
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
        if alone
            || (token.is(words::FIRST_PERSON_VERB)
                && !self.denied_before(at, start)
                && !self.is_third_person(at, start))
        {
            return Some((self.after_verb(at), "verb"));
        }
        let given = self.given_at(at, start);
        if given != Value::Nothing && !self.denied_before(at, start) {
            return Some((given, "verb"));
        }
        let settled = self.settled_at(at, start);
        if settled != Value::Nothing && !self.denied_before(at, start) {
            return Some((settled, "verb"));
        }
        let deserved = self.deserved_at(at);
        if deserved != Value::Nothing && !self.denied_before(at, start) {
            return Some((deserved, "verb"));
        }
        if at == start {
            let command = self.command_at(at);
            if command != Value::Nothing {
                return Some((command, "verb"));
            }
        }
        if self.is_second_verb(at, start) {
            let value = self.after_verb(at);
            if let Value::Of(_, after) = value
                && self.tokens.get(after).is_none_or(|token| matches!(token.kind, Kind::Symbol(_)))
            {
                return Some((value, "verb"));
            }
        }
        self.before_noun(at, start, end)
    }

    /// Whether the noun begins the name of a choice: “Response 1”.
    fn is_name(&self, at: usize) -> bool {
        self.targets.form_at(self.tokens, at).is_some_and(|(_, after)| after > at + 1)
    }

    /// Forms that are the same for the speaker and for others: “mi hermano diría 4”.
    fn is_third_person(&self, at: usize, start: usize) -> bool {
        const SHARED: [&str; 10] = [
            "בוחר",
            "בוחרת",
            "נותן",
            "נותנת",
            "поставил",
            "поставила",
            "выбрал",
            "выбрала",
            "поставил",
            "dałby",
        ];
        let text = self.text(at).to_lowercase();
        let conditional = ["ría", "ria"].iter().any(|ending| text.ends_with(ending));
        if SHARED.contains(&text.as_str()) {
            return !(start.max(at.saturating_sub(3))..at).any(|word| self.is(word, words::FIRST_PERSON));
        }
        conditional
            && at > start
            && self.tokens.get(at - 1).is_some_and(|before| before.kind == Kind::Word && before.class == 0)
    }

    fn is_best(&self, from: usize, to: usize) -> bool {
        (from..to)
            .any(|at| ["only", "best", "right", "correct"].contains(&self.text(at).to_lowercase().as_str()))
    }

    /// “I disagree and *answer* -2”: a further verb of the same subject.
    fn is_second_verb(&self, at: usize, start: usize) -> bool {
        self.is(at, words::VERB)
            && at > start
            && ["and", "so", "hence", "therefore"].contains(&self.text(at - 1))
            && (start.max(at.saturating_sub(REACH))..at).any(|back| self.is(back, words::SUBJECT))
            && !self.denied_before(at, start)
    }

    /// Whether nothing stands before the title than whose it is or that it is the last one.
    fn introduces_title(&self, at: usize, start: usize) -> bool {
        let mut possessed = false;
        for back in (start.max(at.saturating_sub(5))..at).rev() {
            match self.tokens.get(back).map(|token| token.kind) {
                Some(Kind::Symbol(symbol)) => return possessed || !"-'–/&".contains(symbol),
                Some(Kind::Word) if self.is(back, words::NEGATION) => return false,
                Some(Kind::Word) if self.is(back, words::POSSESSIVE | words::OPENER) => possessed = true,
                Some(Kind::Word) if self.is(back, words::DETERMINER | words::NOUN | words::TITLE) => {}
                _ => return possessed,
            }
        }
        // “The number is 4” may be any number.
        possessed
            || at == start
            || !self.is(at - 1, words::FILLER)
            || self.is(at + 1, words::SUBJECT)
            || self.is(at, words::VERDICT)
    }

    /// Whether the words before the noun make it the speaker's decision: not “the doctor's decision”.
    fn introduces_noun(&self, at: usize, start: usize) -> bool {
        if self.is(at, words::POSSESSIVE) && !self.denied_before(at, start) {
            return true;
        }
        let before = (start.max(at.saturating_sub(6))..at).rev();
        for back in before {
            let Some(token) = self.tokens.get(back) else { return false };
            match token.kind {
                Kind::Symbol(_) => return true,
                Kind::Number => return false,
                Kind::Word if token.is(words::NEGATION) => return false,
                Kind::Word if token.is(words::POSSESSIVE) => return !self.denied_before(back, start),
                Kind::Word
                    if token.is(words::DETERMINER
                        | words::NOUN
                        | words::FOLLOWER
                        | words::ALTERNATIVE
                        | words::OPENER) => {}
                Kind::Word if token.is(words::NEUTRAL) && !self.text(back).is_ascii() => {}
                // “the only defensible choice”.
                Kind::Word if self.is_best(back.saturating_sub(3).max(start), back) => {}
                Kind::Word => return token.is(words::SUBJECT | words::VERB | words::COPULA),
            }
        }
        true
    }

    /// “B is my final answer.”
    fn before_noun(&self, at: usize, start: usize, end: usize) -> Option<(Value, &'static str)> {
        let fraction = self.tokens.get(at)?.kind == Kind::Number;
        // The second value of a range or list is judged with the first.
        let joined = at
            .checked_sub(1)
            .is_some_and(|before| self.is(before, words::ALTERNATIVE) || self.symbol(before, "–-/~&"));
        let follows_value = |at: usize| {
            self.tokens.get(at).is_some_and(|token| token.number.is_some())
                || self.is_capital(at) && self.targets.form_at(self.tokens, at).is_some()
                || (start.max(at.saturating_sub(4))..at)
                    .any(|from| self.targets.form_at(self.tokens, from).is_some_and(|(_, end)| end == at + 1))
        };
        if joined && at > start + 1 && follows_value(at - 2) {
            return None;
        }
        let (named, behind) = named_at(self.targets, self.tokens, at, &self.line)?;
        if self.earns_at(behind) && !self.denied_before(at, start) {
            return Some((Value::Of(named, behind), "noun_after"));
        }
        if self.verb_behind(at, behind, start, end) {
            return Some((Value::Of(named, behind), "verb_behind"));
        }
        let Value::Of(target, after) = value_at(self.targets, self.tokens, at, &self.line) else {
            return None;
        };
        let copula = skip(self.tokens, after, "*_`\"'#$)");
        if self.is(copula, words::COPULA) && at <= start + 4 {
            let mut next = copula + 1;
            let mine = self.is(next, words::DETERMINER);
            while next < copula + 5 && self.is(next, words::DETERMINER) && !self.is(next, words::NOUN) {
                next += 1;
            }
            let others = ["of", "that", "most"].contains(&self.text(next + 1));
            return (mine && self.is(next, words::NOUN) && !others)
                .then_some((Value::Of(target, after), "noun_after"));
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

    /// The token behind `<answer>`, `<final_answer>` or `<rating scale="1-5">`.
    fn tag_end(&self, at: usize) -> Option<usize> {
        let ends = |at: usize| self.symbol(at, ">/=") || self.tokens.get(at).is_none_or(|token| !token.glued);
        let after = (at + 1..at + 7).find(|next| ends(*next))?;
        let name = (at + 1..after).all(|part| {
            self.symbol(part, "_-")
                || self.is(part, words::NOUN | words::TITLE | words::DETERMINER)
                || self.text(part) == "value"
        });
        let last = after.checked_sub(1).filter(|last| *last > at)?;
        let held = self.is(last, words::NOUN | words::TITLE) || ["final", "value"].contains(&self.text(last));
        if !name || !held || self.symbol(after, "/") {
            return None;
        }
        let close = (after..after + REACH).find(|close| self.symbol(*close, ">"))?;
        Some(close + 1)
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

    fn denied_before(&self, at: usize, start: usize) -> bool {
        (start.max(at.saturating_sub(3))..at).any(|back| self.is(back, words::NEGATION))
    }

    fn condition_follows(&self, from: usize, end: usize) -> bool {
        for at in from..end.min(from + 40) {
            if self.is(at, words::REASON) {
                return false;
            }
            // “…, and I would give less if I could” is about something else.
            if self.is(at, words::SUBJECT) && at > from + 1 && self.symbol(at - 2, ",") {
                return false;
            }
            // “…, and if she refuses, …” says what comes afterwards.
            if self.is_condition(at, from) {
                return !(at > from + 1 && self.text(at - 1) == "and" && self.symbol(at - 2, ","));
            }
        }
        false
    }
}
