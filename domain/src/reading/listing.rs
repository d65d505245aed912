//! Lists: lines that begin with a value because they explain or count something, one after another.

use std::collections::HashMap;

use super::targets::Targets;
use super::token::{Kind, Token};
use super::vocabulary as words;

/// What a line begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Head {
    /// A point or choice.
    Target(usize),
    /// A number that is none.
    Number(i64),
    /// A letter that is none: “a)”.
    Letter(usize),
}

/// How the line is laid out: the symbol before its head and the one behind. Entries of one list
/// look alike.
type Style = (char, char);

/// The lists of an answer.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Different heads of each style, at most two: more do not matter.
    heads: HashMap<Style, Vec<Head>>,
    /// Lines that begin with a cross or an empty box.
    crosses: usize,
}

/// Signs before a value that choose it among others.
const TICKS: &str = "☑✅✓✔●◉🔘👉➡►▶⮕🗹⦿";
/// Signs before a value that do not choose it.
const EMPTY: &str = "☐○⬜◯🔲❌✘✗✖";
/// Arrows behind a value that point at it.
const ARROWS: &str = "←⬅⟵⇐👈";

impl Listing {
    /// Takes note of one line.
    pub(super) fn add(&mut self, targets: &Targets, tokens: &[Token]) {
        let bullet = tokens.iter().take_while(|token| token.is_symbol("-*•>|")).count();
        let cross = matches!(tokens.get(bullet).map(|token| token.kind), Some(Kind::Symbol(c)) if EMPTY.contains(c) || TICKS.contains(c));
        self.crosses += usize::from(cross);
        let Some((style, head)) = head_of(targets, tokens) else { return };
        let heads = self.heads.entry(style).or_default();
        if heads.len() < 2 && !heads.contains(&head) {
            heads.push(head);
        }
    }

    /// Whether the line is one of several that begin alike with different values.
    pub(super) fn is_entry(&self, targets: &Targets, tokens: &[Token]) -> bool {
        head_of(targets, tokens)
            .and_then(|(style, _)| self.heads.get(&style))
            .is_some_and(|heads| heads.len() > 1)
    }
}

/// The first of all list markers, “1.” or “A)”, which begins a list even where no other follows.
pub(super) fn is_first_marker(targets: &Targets, tokens: &[Token], text: &str) -> bool {
    let at = tokens.iter().position(|token| !matches!(token.kind, Kind::Symbol(_))).unwrap_or(0);
    let Some(token) = tokens.get(at) else { return false };
    let first = token.number == Some(1) && token.kind == Kind::Number
        || text.get(token.start..token.end).is_some_and(|word| word.eq_ignore_ascii_case("a"));
    first
        && tokens.get(at + 1).is_some_and(|next| next.is_symbol(".):"))
        && tokens.get(at + 2..).unwrap_or_default().iter().any(|token| token.kind == Kind::Word)
        && targets.form_at(tokens, at + 2).is_none()
}

fn head_of(targets: &Targets, tokens: &[Token]) -> Option<(Style, Head)> {
    let mut lead = ' ';
    let mut at = 0;
    while let Some(token) = tokens.get(at).filter(|_| at < 10) {
        match token.kind {
            Kind::Symbol(symbol) => {
                if !"*_`\"".contains(symbol) || lead == ' ' {
                    lead = symbol;
                }
            }
            Kind::Word if token.is(words::OPTION) => {}
            _ => break,
        }
        at += 1;
    }
    let token = tokens.get(at)?;
    let (head, mut after) = match targets.form_at(tokens, at) {
        Some((target, after)) => (Head::Target(target), after),
        None => match token.number.filter(|_| token.kind == Kind::Number) {
            Some(number) => (targets.point(number).map_or(Head::Number(number), Head::Target), at + 1),
            // The words of a list of letters differ; that their places do is enough.
            None if token.kind == Kind::Word
                && token.end - token.start == 1
                && tokens.get(at + 1).is_some_and(|next| next.glued && next.is_symbol(").")) =>
            {
                (Head::Letter(token.start), at + 1)
            }
            None => return None,
        },
    };
    while tokens.get(after).is_some_and(|token| token.is_symbol("*_`\"'")) {
        after += 1;
    }
    let trail = match tokens.get(after).map(|token| token.kind) {
        None => '\n',
        Some(Kind::Symbol(symbol)) => symbol,
        Some(_) => return None,
    };
    Some(((lead, trail), head))
}

/// What a line says by a sign that chooses or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    None,
    /// The line's value is chosen. The token behind the sign, 0 for an arrow behind the value.
    Chosen(usize),
    /// The line offers its value and does not choose it.
    Open,
}

impl Listing {
    /// The sign that a line bears. A cross before the only value is ornament: “❌ No”.
    pub(super) fn sign(&self, tokens: &[Token], text: &str) -> Sign {
        match sign(tokens, text) {
            Sign::Open if self.crosses == 1 => Sign::None,
            sign => sign,
        }
    }
}

fn sign(tokens: &[Token], text: &str) -> Sign {
    let bullet = tokens.iter().take_while(|token| token.is_symbol("-*•>|")).count();
    let one_of = |token: &Token, signs: &str| matches!(token.kind, Kind::Symbol(c) if signs.contains(c));
    let holds = |signs: &str| tokens.iter().take(64).any(|token| one_of(token, signs));
    // “✅ Yes / ❌ No”
    if holds(TICKS) && holds(EMPTY) {
        return Sign::Open;
    }
    if tokens.first().is_some_and(|token| token.is_symbol("|")) {
        let cell = |at: usize| {
            let edge =
                |at: Option<usize>| at.and_then(|at| tokens.get(at)).is_none_or(|token| token.is_symbol("|"));
            edge(at.checked_sub(1)) && edge(Some(at + 1))
        };
        let word = |at: usize| tokens.get(at).and_then(|t| text.get(t.start..t.end)).unwrap_or_default();
        let mut marks = (bullet + 1..tokens.len().min(64)).filter(|at| {
            let ticked = tokens.get(*at).is_some_and(|token| one_of(token, TICKS))
                || word(*at).eq_ignore_ascii_case("x");
            ticked && cell(*at)
        });
        if marks.next().is_some() {
            return if marks.next().is_none() { Sign::Chosen(bullet) } else { Sign::Open };
        }
    }
    match tokens.get(bullet).map(|token| token.kind) {
        Some(Kind::Symbol(symbol)) if EMPTY.contains(symbol) => return Sign::Open,
        Some(Kind::Symbol(symbol)) if TICKS.contains(symbol) => return Sign::Chosen(bullet + 1),
        Some(Kind::Symbol(open @ ('[' | '('))) => {
            let close = if open == '[' { "]" } else { ")" };
            let inside = tokens.get(bullet + 1);
            let word = inside.and_then(|token| text.get(token.start..token.end)).unwrap_or_default();
            if open == '[' && inside.is_some_and(|token| token.is_symbol(close)) {
                return Sign::Open;
            }
            let ticked = word.eq_ignore_ascii_case("x")
                || matches!(inside.map(|token| token.kind), Some(Kind::Symbol(c)) if TICKS.contains(c));
            if ticked && tokens.get(bullet + 2).is_some_and(|token| token.is_symbol(close)) {
                return Sign::Chosen(bullet + 3);
            }
        }
        _ => {}
    }
    let arrow = tokens.iter().enumerate().take(64).any(|(at, token)| {
        matches!(token.kind, Kind::Symbol(c) if ARROWS.contains(c))
            || token.is_symbol("<")
                && tokens.get(at + 1).is_some_and(|next| next.glued && next.is_symbol("-–="))
    });
    if arrow { Sign::Chosen(0) } else { Sign::None }
}
