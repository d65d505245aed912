//! Lines that hold a value and nothing else, and headings that announce one.

use super::targets::Targets;
use super::token::{Kind, Token};
use super::value::{Line, Value, skip, value_at};
use super::vocabulary::{DETERMINER, FILLER, NEGATION, NOUN};

/// Symbols a line may begin or end with and still hold nothing but the value.
const AROUND: &str = "*_`\"'#$>()[]{}.,;:!-–|~";

/// What a line holds that holds nothing but a value.
pub(super) fn alone(targets: &Targets, tokens: &[Token], line: &Line) -> Value {
    for (at, token) in tokens.iter().enumerate().take(12) {
        match value_at(targets, tokens, at, line) {
            Value::Of(target, after) if rest_is_markup(tokens, past_denied(targets, tokens, after, line)) => {
                return Value::Of(target, after);
            }
            // What is refused must still be the whole line: judged by its length.
            Value::Refused(reason) if tokens.len() <= at + 12 => return Value::Refused(reason),
            _ => {}
        }
        if !token.is_symbol(AROUND) && !token.is(FILLER) {
            return Value::Nothing;
        }
    }
    Value::Nothing
}

/// Past “, not 5” after a value.
fn past_denied(targets: &Targets, tokens: &[Token], after: usize, line: &Line) -> usize {
    let not = skip(tokens, after, ",");
    if !tokens.get(not).is_some_and(|token| token.is(NEGATION)) {
        return after;
    }
    match (not + 1..not + 4)
        .map(|at| value_at(targets, tokens, at, line))
        .find(|value| *value != Value::Nothing)
    {
        Some(Value::Of(_, end)) => end,
        _ => after,
    }
}

fn rest_is_markup(tokens: &[Token], after: usize) -> bool {
    tokens.get(after..).unwrap_or_default().iter().all(|token| token.is_symbol(AROUND))
}

/// Whether the line announces a decision and leaves it to the next line.
pub(super) fn is_heading(tokens: &[Token]) -> bool {
    tokens.len() <= 20
        && tokens.iter().any(|token| token.is(NOUN))
        && tokens.iter().all(|token| match token.kind {
            Kind::Word => token.is(NOUN | DETERMINER | FILLER),
            Kind::Number => false,
            Kind::Symbol(symbol) => AROUND.contains(symbol),
        })
}
