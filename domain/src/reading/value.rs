//! One value where a value is expected: “4”, “4/5”, “four”, “3 (Unsure)”, “Option B”, and what
//! only looks like one: “4 or 5”, “3–4”, “4 people”.

use super::targets::Targets;
use super::token::{Kind, Token};
use super::vocabulary::{
    ALTERNATIVE, BEST_FIRST, CAUSE, FILLER, FOLLOWER, MINUS, NEGATION, OUT_OF, PARTICLE, REASON,
};

/// What stands where a value is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// Something else.
    Nothing,
    /// A value: which target, and the token after it.
    Of(usize, usize),
    /// Something that is meant as a value and is none, with the reason.
    Refused(&'static str),
}

pub(super) const OFF_SCALE: &str = "the number stated is not a point of the scale";
pub(super) const OTHER_SCALE: &str = "the number is stated on another scale";
pub(super) const CONTRADICTION: &str = "the number or name is followed by the label of another one";
pub(super) const SEVERAL: &str = "several points or choices are stated as the decision";

/// Symbols that may stand around a value without meaning anything.
pub(super) const MARKUP: &str = "*_`\"'#$";
const CLOSERS: &str = "*_`\"')]}$<";
/// Symbols after which nothing can change what was said before.
const STOPS: &str = ".,;:!?)]}|<\"*_`–-(\\&$/";

struct Atom {
    /// `None` = a number that is no point.
    target: Option<usize>,
    next: usize,
    digits: bool,
    /// A single Latin letter, which may be an article or a pronoun.
    letter: bool,
}

/// Reads the value that begins at token `at`, past markup.
pub(super) fn value_at(targets: &Targets, tokens: &[Token], at: usize, line: &Line) -> Value {
    value_beside(targets, tokens, at, line, 0)
}

/// Like [`value_at`], where also words of the classes `beside` may stand right behind the value.
pub(super) fn value_beside(
    targets: &Targets,
    tokens: &[Token],
    at: usize,
    line: &Line,
    beside: u64,
) -> Value {
    if let Some(mark) = behind_best(targets, tokens, at) {
        return value_beside(targets, tokens, mark, line, beside);
    }
    let Some(atom) = atom_at(targets, tokens, at) else { return Value::Nothing };
    let mut next = atom.next;
    // “$4” is money, “$4$” is TeX.
    let dollar = |at: usize| tokens.get(at).is_some_and(|token| token.is_symbol("$"));
    if atom.digits && at > 0 && dollar(at - 1) && !dollar(next) {
        return Value::Nothing;
    }
    if atom.digits
        && let Some((best, after)) = best_mark(tokens, next)
    {
        if !ends(tokens, after) {
            return Value::Nothing;
        }
        if atom.target.is_none() || !targets.is_scale || best != targets.highest {
            return Value::Refused(OTHER_SCALE);
        }
        next = after;
    }
    if is_range_or_list(targets, tokens, next, atom.target) {
        return Value::Refused(SEVERAL);
    }
    let Some(target) = atom.target else {
        return if ends(tokens, next) { Value::Refused(OFF_SCALE) } else { Value::Nothing };
    };
    match label_after(targets, tokens, next) {
        // “2 (Moderate) or 3 (High)”.
        Some((same, after)) if same == target => {
            return match is_range_or_list(targets, tokens, skip(tokens, after, ")]}"), Some(target)) {
                true => Value::Refused(SEVERAL),
                false => Value::Of(target, after),
            };
        }
        Some(_) if tokens.get(next).is_some_and(|token| token.is_symbol(".")) => {}
        Some(_) => return Value::Refused(CONTRADICTION),
        None => {}
    }
    let plain = !atom.letter || line.is_name(tokens, at, next);
    // “A solid B”: the article.
    let article = atom.letter
        && tokens
            .get(at)
            .and_then(|token| line.text.get(token.start..token.end))
            .is_some_and(|letter| ["A", "a", "I", "i"].contains(&letter));
    let beside = if article { 0 } else { beside };
    let beside = beside != 0 && tokens.get(next).is_some_and(|token| token.is(beside));
    if plain && (ends(tokens, next) || beside) { Value::Of(target, next) } else { Value::Nothing }
}

/// The value that begins at `at`, whatever follows it, and the token after it. A letter must be a
/// capital.
pub(super) fn named_at(
    targets: &Targets,
    tokens: &[Token],
    at: usize,
    line: &Line,
) -> Option<(usize, usize)> {
    let atom = atom_at(targets, tokens, at)?;
    let capital = || {
        let token = tokens.get(at)?;
        line.text.get(token.start..token.end)?.chars().next().filter(|c| c.is_uppercase())
    };
    if atom.letter && capital().is_none() {
        return None;
    }
    Some((atom.target?, atom.next))
}

fn atom_at(targets: &Targets, tokens: &[Token], at: usize) -> Option<Atom> {
    let token = tokens.get(at)?;
    if let Some((target, next)) = targets.form_at(tokens, at) {
        let letter = next == at + 1 && token.end - token.start == 1 && token.kind == Kind::Word;
        return Some(Atom { target: Some(target), next, digits: false, letter });
    }
    if !targets.is_scale {
        // A year that is no choice is still meant as the answer.
        return (token.kind == Kind::Number).then_some(Atom {
            target: None,
            next: at + 1,
            digits: true,
            letter: false,
        });
    }
    if token.kind == Kind::Number {
        let target = token.number.and_then(|value| targets.point(value));
        return Some(Atom { target, next: at + 1, digits: true, letter: false });
    }
    let minus = token.is(MINUS);
    let first = tokens.get(at + usize::from(minus))?;
    let mut value = first.number?;
    let mut next = at + usize::from(minus) + 1;
    if (20..100).contains(&value) && first.kind == Kind::Word {
        let unit = next + usize::from(tokens.get(next).is_some_and(|token| token.is_symbol("-")));
        if let Some(Token { kind: Kind::Word, number: Some(ones @ 1..=9), .. }) = tokens.get(unit) {
            value += ones;
            next = unit + 1;
        }
    }
    let target = targets.point(if minus { -value } else { value });
    Some(Atom { target: Some(target?), next, digits: true, letter: false })
}

/// “5 üzerinden 4”, “10점 만점에 6점”: the token of the mark behind the best possible one.
fn behind_best(targets: &Targets, tokens: &[Token], at: usize) -> Option<usize> {
    let best = tokens.get(at).filter(|token| targets.is_scale && token.kind == Kind::Number)?;
    if best.number.is_none() || best.number != targets.highest {
        return None;
    }
    let mut next = at + 1;
    next += usize::from(tokens.get(next).is_some_and(|token| token.is(FOLLOWER | PARTICLE)));
    if !tokens.get(next)?.is(BEST_FIRST) {
        return None;
    }
    next += 1;
    next += usize::from(tokens.get(next)?.kind == Kind::Word);
    (tokens.get(next)?.kind == Kind::Number).then_some(next)
}

/// “/5”, “out of 5”: the best possible mark (`None` = a decimal) and the token after it.
fn best_mark(tokens: &[Token], at: usize) -> Option<(Option<i64>, usize)> {
    let mut next = skip(tokens, at, "*_`\"'#$");
    // “6 points out of 10”.
    let unit = tokens.get(next)?.is(FOLLOWER) && !tokens.get(next)?.is(CAUSE | REASON | ALTERNATIVE | OUT_OF);
    if unit && tokens.get(next + 1).is_some_and(|token| token.is(OUT_OF)) {
        next += 1;
    }
    if tokens.get(next)?.is_symbol("/") {
        next += 1;
    } else if let Some(best) = best_in_parentheses(tokens, next) {
        return Some(best);
    } else {
        let words = tokens.get(next..)?.iter().take(2).take_while(|token| token.is(OUT_OF)).count();
        if words == 0 {
            return None;
        }
        next = skip(tokens, next + words, MARKUP);
    }
    let best = tokens.get(next)?;
    best.number?;
    Some((best.number, next + 1))
}

/// “6 (out of 10)”, “6分（满分10分）”.
fn best_in_parentheses(tokens: &[Token], at: usize) -> Option<(Option<i64>, usize)> {
    let mut open = at;
    open += usize::from(tokens.get(open)?.is(FOLLOWER | PARTICLE));
    if !tokens.get(open)?.is_symbol("(") {
        return None;
    }
    let words =
        tokens.get(open + 1..)?.iter().take(2).take_while(|token| token.is(OUT_OF | BEST_FIRST)).count();
    let best = tokens.get(open + 1 + words).filter(|token| words > 0 && token.kind == Kind::Number)?;
    let close =
        (open + words + 2..open + words + 4).find(|at| tokens.get(*at).is_some_and(|t| t.is_symbol(")")))?;
    Some((best.number, close + 1))
}

/// Whether a second, different value is joined to the first one.
fn is_range_or_list(targets: &Targets, tokens: &[Token], at: usize, first: Option<usize>) -> bool {
    let mut next = skip(tokens, at, CLOSERS);
    let comma = tokens.get(next).is_some_and(|token| token.is_symbol(","));
    next += usize::from(comma);
    let joined = match tokens.get(next) {
        Some(token) if token.is(ALTERNATIVE) || token.is_symbol("/–-~&") => {
            next += 1;
            // Turkish “ya da”.
            next += usize::from(token.is(ALTERNATIVE) && tokens.get(next).is_some_and(|next| next.is(CAUSE)));
            true
        }
        _ => false,
    };
    if !joined && !comma {
        return false;
    }
    let start = next;
    while next < start + 4
        && tokens
            .get(next)
            .is_some_and(|token| token.is(FILLER) || token.is_symbol(MARKUP) || token.is_symbol("(["))
        && atom_at(targets, tokens, next).is_none_or(|atom| atom.letter)
    {
        if atom_at(targets, tokens, next).is_some_and(|atom| ends(tokens, atom.next)) {
            break;
        }
        next += 1;
    }
    if tokens.get(next).is_some_and(|token| token.is(NEGATION)) && targets.form_at(tokens, next).is_none() {
        return false;
    }
    let dash = tokens.get(next.wrapping_sub(1)).is_some_and(|token| token.is_symbol("–-"));
    atom_at(targets, tokens, next).is_some_and(|second| {
        let differs = second.target != first || second.target.is_none();
        // “4 - Probably yes” names a label after a dash: `label_after` judges that.
        let label = (dash || !joined) && targets.is_scale && !second.digits;
        differs && !label && ((joined && !second.letter) || ends(tokens, second.next))
    })
}

/// “ - Unsure”, “ (Unsure)”, “: Unsure”: the target of the label and the token after it.
fn label_after(targets: &Targets, tokens: &[Token], at: usize) -> Option<(usize, usize)> {
    let next = skip(tokens, at, "*_`\"')].:=,–-(|");
    if next == at {
        return None;
    }
    let atom = atom_at(targets, tokens, next)?;
    let after = skip(tokens, atom.next, "*_`\"'");
    let closed = tokens.get(after).is_none_or(|token| token.is_symbol(":–.,;!)]}|"));
    (closed && !atom.letter).then_some((atom.target?, atom.next))
}

/// Whether what was said can end here: nothing follows that would make it mean something else.
fn ends(tokens: &[Token], at: usize) -> bool {
    let next = skip(tokens, at, CLOSERS);
    let Some(token) = tokens.get(next) else { return true };
    match token.kind {
        Kind::Word => token.is(FOLLOWER) || token.is(NEGATION),
        Kind::Number => false,
        Kind::Symbol(symbol) => {
            // 4:30, 4-year-old, 4/5/2024.
            let goes_on = next == at
                && token.glued
                && matches!(symbol, ':' | '-' | '/')
                && tokens.get(next + 1).is_some_and(|after| after.glued && !after.is_symbol(MARKUP));
            (STOPS.contains(symbol) || token.is_ornament())
                && !goes_on
                && !(symbol == '/' && tokens.get(next + 1).is_some_and(|t| t.kind == Kind::Number))
        }
    }
}

/// The first token from `at` on that is none of these symbols.
pub(super) fn skip(tokens: &[Token], at: usize, symbols: &str) -> usize {
    let rest = tokens.get(at..).unwrap_or_default();
    at + rest.iter().take(12).take_while(|token| token.is_symbol(symbols)).count()
}

/// The text that tokens were cut from.
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
}

impl Line<'_> {
    /// Whether a single letter is meant as a name, not as the article “a” or the pronoun “I”.
    fn is_name(&self, tokens: &[Token], at: usize, next: usize) -> bool {
        let letter =
            tokens.get(at).and_then(|token| self.text.get(token.start..token.end)).unwrap_or_default();
        let closed = tokens.get(next).is_none_or(|token| matches!(token.kind, Kind::Symbol(c) if c != ','));
        match letter {
            "I" => closed,
            _ if letter.chars().all(char::is_uppercase) => true,
            _ => closed,
        }
    }
}
