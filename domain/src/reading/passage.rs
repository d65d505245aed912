//! An answer as a whole: its lines from the last one backwards, until one states the decision.

use std::collections::BTreeSet;
use std::ops::Range;

use super::alone;
use super::fragment::{Fragment, Place};
use super::listing::{self, Listing, Sign};
use super::sentence::Sentences;
use super::token::{Kind, Token, tokens};
use super::value::{Line, SEVERAL, Value};
use super::vocabulary as words;
use super::{Reader, Reading, unreadable};

/// Bytes of a line that are looked at to see what it begins with.
const HEAD_BYTES: usize = 120;

/// What was found on the way backwards and counts only if nothing explicit is found before it.
#[derive(Default)]
struct Found {
    /// A sentence that was passed takes back what stands before it.
    retracted: bool,
    /// A sentence that was passed leaves the decision open.
    open: bool,
    /// What clauses say that conclude nothing: the first reading and its value; later ones have to agree.
    quiet: Option<(usize, Reading)>,
    several: bool,
    /// A statement about one of several questions; others have to agree.
    part: Option<(usize, Reading)>,
    named: BTreeSet<usize>,
}

impl Reader {
    pub(super) fn read_lines(
        &self,
        text: &str,
        lines: &[Range<usize>],
        rule: Option<&'static str>,
    ) -> Reading {
        let mut listing = Listing::default();
        for line in lines {
            listing.add(&self.targets, &self.head(text, line));
        }
        let mut seen = Found::default();
        for (index, range) in lines.iter().enumerate().rev() {
            let found = self.tokens(text, range);
            let sentences = Sentences { targets: &self.targets, tokens: &found, line: Line { text } };
            let conditional = index
                .checked_sub(1)
                .and_then(|before| lines.get(before))
                .is_some_and(|before| self.is_conditional(text, before));
            if !conditional {
                let before = seen.retracted;
                if let Some(reading) = self.explicit(&sentences, &mut seen, rule) {
                    return reading;
                }
                let retracted = std::mem::replace(&mut seen.retracted, before);
                if let Some(reading) = self.alone(text, lines, index, &found, &listing, &seen, rule) {
                    return reading;
                }
                self.quiet(&sentences, text, lines, index, &listing, &mut seen);
                seen.retracted |= retracted;
            }
            self.note_named(&found, &mut seen.named);
        }
        if let Some((_, reading)) = seen.part {
            return reading;
        }
        match seen.quiet {
            Some(_) if seen.several => unreadable(SEVERAL),
            Some((_, reading)) => reading,
            None => unreadable(match seen.named.len() {
                0 if lines.is_empty() => "the answer is empty",
                _ if seen.retracted => "the decision is taken back and no other one is stated",
                0 => "no point or choice is named",
                1 => "a point or choice is named, but not as the decision",
                _ => "two or more points or choices are named and none of them as the decision",
            }),
        }
    }

    /// What the line states outright: a statement, or a clause that says that it concludes.
    fn explicit(
        &self,
        sentences: &Sentences<'_>,
        seen: &mut Found,
        rule: Option<&'static str>,
    ) -> Option<Reading> {
        let mut end = sentences.tokens.len();
        let mut trailing: Option<Fragment> = None;
        while end > 0 {
            let start = sentences.sentence_start(end);
            let statement = sentences.statement_in(start, end);
            let clause = sentences.fragment_in(start, end, Place::default());
            let fragment = clause.filter(|fragment| fragment.firm);
            let (value, span, found_by) = match (statement, fragment) {
                (Some(statement), Some(fragment)) if fragment.own && fragment.span.0 > statement.span.1 => {
                    (fragment.value, fragment.span, "conclusion")
                }
                (Some(statement), _) => (statement.value, statement.span, statement.rule),
                (None, Some(fragment)) => (fragment.value, fragment.span, "conclusion"),
                (None, None) => {
                    // Said after what is taken back further left in the line.
                    if !seen.retracted && seen.quiet.is_none() {
                        trailing = trailing.or(clause);
                    }
                    seen.retracted |= sentences.takes_back(start, end);
                    end = start;
                    continue;
                }
            };
            let value = match value {
                Ok(target) => Value::Of(target, span.1),
                Err(reason) => Value::Refused(reason),
            };
            if sentences.withdraws_after(span.1, end) {
                seen.retracted = true;
            }
            if seen.retracted
                && let Some((_, reading)) = &seen.quiet
            {
                return Some(if seen.several { unreadable(SEVERAL) } else { reading.clone() });
            }
            if seen.retracted
                && let Some(Fragment { value: Ok(target), span, .. }) = trailing
            {
                let value = Value::Of(target, span.1);
                return Some(self.decided(sentences.tokens, value, span.0, false, "clause"));
            }
            let reading =
                self.decided(sentences.tokens, value, span.0, seen.retracted, rule.unwrap_or(found_by));
            let Value::Of(target, _) = value else { return Some(reading) };
            if sentences.is_part(start, end) && sentences.names_other(target, start, end) {
                return Some(unreadable(SEVERAL));
            }
            if sentences.contradicts_before(target, start, end) {
                return Some(unreadable(SEVERAL));
            }
            if self.targets.is_scale && sentences.marks_more(target, span.1, end) {
                return Some(unreadable(SEVERAL));
            }
            let part = sentences.is_part(start, end) || sentences.has_speaker();
            match &seen.part {
                Some((other, _)) if part && *other != target => return Some(unreadable(SEVERAL)),
                Some((other, _)) if !part && *other != target => return Some(unreadable(SEVERAL)),
                Some((_, later)) if !part => return Some(later.clone()),
                Some(_) => {}
                None if !part => return Some(reading),
                None => seen.part = Some((target, reading)),
            }
            end = start;
        }
        None
    }

    /// A line that is nothing but the value.
    #[expect(clippy::too_many_arguments, reason = "the line in its answer")]
    fn alone(
        &self,
        text: &str,
        lines: &[Range<usize>],
        index: usize,
        found: &[Token],
        listing: &Listing,
        seen: &Found,
        rule: Option<&'static str>,
    ) -> Option<Reading> {
        let value = match alone::alone(&self.targets, found, &Line { text }) {
            // “4 = Probably yes” as the whole answer; among others such lines explain the scale.
            Value::Nothing if lines.len() == 1 => alone::equation(&self.targets, found, &Line { text }),
            value => value,
        };
        // “— A.” below a text is its signature.
        let line = Sentences { targets: &self.targets, tokens: found, line: Line { text } };
        if index > 0 && line.is_signature()
            || value == Value::Nothing
            || listing.sign(found, text) == Sign::Open
        {
            return None;
        }
        let last = index + 1 == lines.len();
        let headed = index > 0
            && lines.get(index - 1).is_some_and(|before| alone::is_heading(&self.tokens(text, before), text));
        let counts = match value {
            Value::Refused(_) => last || headed,
            _ => last || headed || (index == 0 && seen.quiet.is_none() && !seen.open),
        };
        let marked = found.first().is_some_and(|token| token.is_symbol("-•|")) || !last;
        let numbers = found.iter().filter(|token| token.kind == Kind::Number).count();
        let lettered = found.get(1).is_some_and(|token| token.is_symbol(")."))
            && found.first().is_some_and(|token| token.kind == Kind::Word);
        let listed = self.is_listed(text, lines, index, value)
            || ((numbers > 1 || lettered && numbers > 0) && listing.is_entry(&self.targets, found))
            || (marked && !headed && listing.is_entry(&self.targets, found));
        (counts && !listed).then(|| self.decided(found, value, 0, seen.retracted, rule.unwrap_or("alone")))
    }

    /// Takes note of what clauses of the line say that announce nothing.
    fn quiet(
        &self,
        sentences: &Sentences<'_>,
        text: &str,
        lines: &[Range<usize>],
        index: usize,
        listing: &Listing,
        seen: &mut Found,
    ) {
        let found = sentences.tokens;
        let sign = listing.sign(found, text);
        if sign == Sign::Open {
            return;
        }
        let entry = listing.is_entry(&self.targets, found);
        let first = listing::is_first_marker(&self.targets, found, text) && sign == Sign::None;
        if let Sign::Chosen(at) = sign
            && let Some(fragment) = sentences.chosen(at)
        {
            self.note(found, fragment, "sign", seen);
            return;
        }
        if index > 0 && sentences.is_signature() {
            return;
        }
        let mut end = found.len();
        while end > 0 {
            let start = sentences.sentence_start(end);
            let place = Place {
                listed: entry || first,
                answers_aside: self.answers_aside(sentences, text, lines, index, start),
                last: index + 1 == lines.len() && end == found.len(),
            };
            match sentences.fragment_in(start, end, place) {
                Some(fragment) => {
                    if sentences.withdraws_after(fragment.span.1, end) {
                        seen.open = true;
                    }
                    self.note(found, fragment, "clause", seen);
                }
                None => {
                    // “Or probably not.”
                    let other = sentences.is(start, words::ALTERNATIVE)
                        && (start..end.min(start + 8)).any(|at| self.targets.form_at(found, at).is_some());
                    seen.open |= other || sentences.abstains(start, end) || sentences.takes_back(start, end);
                }
            }
            end = start;
        }
    }

    fn note(&self, found: &[Token], fragment: Fragment, rule: &'static str, seen: &mut Found) {
        let Ok(target) = fragment.value else { return };
        match &seen.quiet {
            Some((other, _)) => seen.several |= *other != target && !seen.open,
            None if seen.open => {}
            None => {
                let value = Value::Of(target, fragment.span.1);
                let reading = self.decided(found, value, fragment.span.0, seen.retracted, rule);
                seen.quiet = Some((target, reading));
            }
        }
    }

    /// Whether the sentence answers a question that is not the one asked: “Did she know? Yes.”
    fn answers_aside(
        &self,
        sentences: &Sentences<'_>,
        text: &str,
        lines: &[Range<usize>],
        index: usize,
        start: usize,
    ) -> bool {
        let asks = |sentences: &Sentences<'_>, end: usize| {
            let from = sentences.sentence_start(end);
            let own = (from..end).any(|at| sentences.is(at, words::MODAL | words::NOUN))
                || sentences.asks_oneself(from, end);
            let long =
                (from..end).filter(|at| sentences.tokens.get(*at).is_some_and(|t| t.kind == Kind::Word));
            sentences.is_question(from, end) && !own && long.count() > 2
        };
        if start > 0 {
            return asks(sentences, start);
        }
        let Some(before) = index.checked_sub(1).and_then(|before| lines.get(before)) else { return false };
        if before.end - before.start > 40 * HEAD_BYTES {
            return false;
        }
        let found = self.tokens(text, before);
        let before = Sentences { targets: &self.targets, tokens: &found, line: Line { text } };
        asks(&before, found.len())
    }

    /// Whether the line puts what follows it under a condition: “If it was a loan:”, “else:”.
    fn is_conditional(&self, text: &str, range: &Range<usize>) -> bool {
        let line = text.get(range.clone()).unwrap_or_default().trim_end();
        if !line.ends_with(':') {
            return false;
        }
        let found = self.head(text, range);
        let line = Sentences { targets: &self.targets, tokens: &found, line: Line { text } };
        (0..found.len().min(4)).any(|at| {
            let word = line.text(at).to_lowercase();
            line.is_condition(at, 0) || ["else", "elif", "otherwise", "when", "case"].contains(&word.as_str())
        })
    }

    /// The tokens that a line begins with.
    fn head(&self, text: &str, range: &Range<usize>) -> Vec<Token> {
        let mut end = range.end.min(range.start + HEAD_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.tokens(text, &(range.start..end))
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
