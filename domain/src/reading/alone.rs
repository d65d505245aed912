//! Lines that hold a value and nothing else, and headings that announce one.

use super::targets::Targets;
use super::token::{Kind, Token};
use super::value::{Line, Value, skip, value_at};
use super::vocabulary::{DETERMINER, FILLER, NEGATION, NOUN, POSSESSIVE, SCALE, TITLE};

/// Symbols a line may begin or end with and still hold nothing but the value.
const AROUND: &str = "*_`\"'#$>()[]{}.,;:!-–|~";

/// What a line holds that holds nothing but a value.
pub(super) fn alone(targets: &Targets, tokens: &[Token], line: &Line) -> Value {
    for (at, token) in tokens.iter().enumerate().take(12) {
        // “>3” is a bound, “> 3” a quotation.
        let bound = token.is_symbol("<>≥≤")
            && tokens.get(at + 1).is_some_and(|next| next.glued && next.kind == Kind::Number);
        if bound {
            return Value::Nothing;
        }
        match value_at(targets, tokens, at, line) {
            Value::Of(_, after)
                if tokens.get(at..after).is_some_and(|held| held.iter().any(|t| t.is_symbol("="))) =>
            {
                return Value::Nothing;
            }
            Value::Of(target, after) if rest_is_markup(tokens, past_denied(targets, tokens, after, line)) => {
                return Value::Of(target, after);
            }
            // What is refused must still be the whole line: judged by its length.
            Value::Refused(reason) if tokens.len() <= at + 12 => return Value::Refused(reason),
            _ => {}
        }
        // “At 4.”
        let preposed = line.text.get(token.start..token.end).is_some_and(|word| {
            ["at", "on", "with", "to", "in", "by"].contains(&word.to_lowercase().as_str())
        });
        if preposed || !token.is_symbol(AROUND) && !token.is_ornament() && !token.is(FILLER) {
            return Value::Nothing;
        }
    }
    Value::Nothing
}

/// “4 = Probably yes” and nothing else.
pub(super) fn equation(targets: &Targets, tokens: &[Token], line: &Line) -> Value {
    let at = skip(tokens, 0, AROUND);
    match value_at(targets, tokens, at, line) {
        Value::Of(target, after)
            if rest_is_markup(tokens, after)
                && tokens.get(at..after).is_some_and(|held| held.iter().any(|t| t.is_symbol("="))) =>
        {
            Value::Of(target, after)
        }
        _ => Value::Nothing,
    }
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
    tokens.get(after..).unwrap_or_default().iter().all(|token| token.is_symbol(AROUND) || token.is_ornament())
}

/// Whether the line announces a decision and leaves it to the next line: “## Decision”, “My final
/// answer:”, “Rating on the scale from 0 (not at all) to 10 (completely)”, “3. What I would do”.
pub(super) fn is_heading(tokens: &[Token], text: &str) -> bool {
    let scale = tokens.iter().take(16).position(|token| token.is(SCALE));
    let end = scale.unwrap_or(tokens.len());
    let head = tokens.get(..end).unwrap_or_default();
    head.len() <= 20
        && tokens.len() <= 40
        && head.iter().any(|token| token.is(NOUN | TITLE))
        && head.iter().all(|token| match token.kind {
            Kind::Word => token.is(NOUN | TITLE | DETERMINER | FILLER | POSSESSIVE),
            Kind::Number => false,
            Kind::Symbol(symbol) => symbol != '?',
        })
        && !text_ends_in_question(tokens)
        || is_own_heading(tokens, text)
}

fn text_ends_in_question(tokens: &[Token]) -> bool {
    tokens.last().is_some_and(|token| token.is_symbol("?"))
}

/// “What I would do”.
fn is_own_heading(tokens: &[Token], text: &str) -> bool {
    let word =
        |at: usize| tokens.get(at).and_then(|token| text.get(token.start..token.end)).unwrap_or_default();
    tokens.len() <= 12
        && (0..tokens.len()).any(|at| {
            word(at).eq_ignore_ascii_case("what")
                && word(at + 1) == "I"
                && (at + 2..tokens.len()).any(|next| ["do", "choose", "decide"].contains(&word(next)))
        })
}
