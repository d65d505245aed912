//! Words, numbers and symbols of one line, with their place in the answer.

use super::fold::{
    circled, digit, half_width, is_ignorable, is_ornament, is_unspaced, is_word, joins_digits, push_folded,
    roman,
};
use super::lexicon::Lexicon;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// Written with digits. `None` in [`Token::number`] = a decimal, a date, or too large.
    Number,
    Symbol(char),
}

/// One word, number or symbol.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
    /// Equal keys = equal when folded; 0 = a word nobody asks for.
    pub(super) key: u32,
    /// What the word does in a sentence, as bits of [`super::vocabulary`].
    pub(super) class: u64,
    pub(super) number: Option<i64>,
    /// Whether it follows the token before it without a space.
    pub(super) glued: bool,
}

impl Token {
    pub(super) fn is(&self, class: u64) -> bool {
        self.class & class != 0
    }

    pub(super) fn is_symbol(&self, symbols: &str) -> bool {
        matches!(self.kind, Kind::Symbol(c) if symbols.contains(c))
    }

    /// Whether it is a picture that leaves what is said as it is.
    pub(super) fn is_ornament(&self) -> bool {
        matches!(self.kind, Kind::Symbol(c) if is_ornament(c))
    }
}

/// Cuts `line`, which begins at byte `base` of the answer, into tokens.
///
/// With `negatives` a dash before a digit is a sign in any spelling; without it only `-` is, so
/// that a decision of -3 is seen to be off the scale but “Decision –4” is not.
pub(super) fn tokens(line: &str, base: usize, lexicon: &Lexicon, negatives: bool) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut word = String::new();
    let mut at = 0;
    let mut glued = false;
    let mut before: Option<char> = None;
    while let Some(c) = line.get(at..).and_then(|rest| rest.chars().next()) {
        let after = line.get(at + c.len_utf8()..).unwrap_or_default();
        let sign = match half_width(c) {
            '-' => true,
            '+' => true,
            '–' => negatives,
            _ => false,
        } && !before.is_some_and(|b| is_word(b) || matches!(b, ')' | ']' | '%'))
            && after.chars().next().is_some_and(|next| digit(next).is_some());
        let length = if is_ignorable(c) {
            at += c.len_utf8();
            continue;
        } else if c.is_whitespace() {
            before = Some(c);
            glued = false;
            at += c.len_utf8();
            continue;
        } else if let Some(value) = circled(c) {
            let text = value.to_string();
            let key = lexicon.look_up(&text).map_or(0, |entry| entry.key);
            (c.len_utf8(), Kind::Number, key, 0, Some(value))
        } else if sign || digit(c).is_some() {
            number(line.get(at..).unwrap_or_default(), lexicon, sign, &mut word)
        } else if is_unspaced(c) {
            unspaced(line.get(at..).unwrap_or_default(), lexicon, &mut word)
        } else if is_word(c) {
            spaced(line.get(at..).unwrap_or_default(), lexicon, &mut word)
        } else {
            let symbol = half_width(c);
            (c.len_utf8(), Kind::Symbol(symbol), super::lexicon::symbol_key(symbol), 0, None)
        };
        let (bytes, kind, key, class, number) = length;
        let bytes = bytes.max(c.len_utf8());
        tokens.push(Token { start: base + at, end: base + at + bytes, kind, key, class, number, glued });
        before = line.get(at..at + bytes).and_then(|part| part.chars().next_back());
        glued = true;
        at += bytes;
    }
    without_struck(tokens)
}

/// The tokens outside `~~struck through~~`.
fn without_struck(tokens: Vec<Token>) -> Vec<Token> {
    let is_stroke = |at: usize| {
        tokens.get(at).is_some_and(|token| token.is_symbol("~"))
            && tokens.get(at + 1).is_some_and(|token| token.glued && token.is_symbol("~"))
    };
    let strokes: Vec<usize> = (0..tokens.len()).filter(|at| is_stroke(*at)).collect();
    if strokes.len() < 2 {
        return tokens;
    }
    let struck = |at: usize| {
        let before = strokes.partition_point(|stroke| *stroke <= at);
        // Within a pair, or on its closing stroke.
        (before % 2 == 1 && before < strokes.len())
            || before.checked_sub(1).and_then(|last| strokes.get(last)).is_some_and(|last| at <= last + 1)
    };
    tokens.iter().enumerate().filter(|(at, _)| !struck(*at)).map(|(_, token)| *token).collect()
}

type Cut = (usize, Kind, u32, u64, Option<i64>);

fn number(rest: &str, lexicon: &Lexicon, sign: bool, text: &mut String) -> Cut {
    text.clear();
    let mut length = 0;
    let mut value: Option<i64> = Some(0);
    // Digits since the last separator, and whether those after it are all zero (4.0 is 4).
    let mut fraction: Option<bool> = None;
    let mut parts = 0;
    let mut negative = false;
    let mut chars = rest.chars().peekable();
    if sign && let Some(c) = chars.next() {
        negative = half_width(c) != '+';
        length += c.len_utf8();
    }
    while let Some(c) = chars.next() {
        if let Some(d) = digit(c) {
            match &mut fraction {
                Some(zero) => *zero &= d == 0,
                None => {
                    value = value.and_then(|v| v.checked_mul(10)?.checked_add(i64::from(d)));
                }
            }
            text.push(char::from(b'0' + d));
        } else if matches!(c, '.' | ',' | '\u{66B}' | '\u{66C}')
            && chars.peek().is_some_and(|next| digit(*next).is_some())
        {
            parts += 1;
            fraction = Some(c == '.');
            text.push('.');
        } else if joins_digits(c) || (c.is_numeric() && digit(c).is_none()) {
            // 4th, 2nd, 3x, 4²: no number that anybody decides for.
            let glued: usize = chars.take_while(|c| is_word(*c)).map(char::len_utf8).sum();
            return (length + c.len_utf8() + glued, Kind::Word, 0, 0, None);
        } else {
            break;
        }
        length += c.len_utf8();
    }
    let whole = parts == 0 || (parts == 1 && fraction == Some(true));
    if parts == 1 && fraction == Some(true) {
        text.truncate(text.find('.').unwrap_or(text.len()));
    }
    if negative {
        text.insert(0, '-');
    }
    let value = value.filter(|_| whole).map(|v| if negative { -v } else { v });
    (length, Kind::Number, lexicon.look_up(text).map_or(0, |entry| entry.key), 0, value)
}

fn spaced(rest: &str, lexicon: &Lexicon, word: &mut String) -> Cut {
    word.clear();
    let mut length = 0;
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        let inside = (half_width(c) == '\'' || c == '\u{200C}' || c == '\u{200D}')
            && chars.peek().is_some_and(|next| next.is_alphabetic());
        // ASCII digits continue a Latin word (B2); digits after 답 or उत्तर stand by themselves.
        let last = rest.get(..length).and_then(|w| w.chars().next_back());
        let digit_apart =
            digit(c).is_some() && last.is_none_or(|last| !joins_digits(last) && digit(last).is_none());
        // Korean particles stand behind Latin letters without a space: “A를”.
        let is_hangul = |c: char| ('\u{AC00}'..='\u{D7A3}').contains(&c);
        let digit_apart = digit_apart || last.is_some_and(|last| last.is_ascii_alphabetic()) && is_hangul(c);
        if (!is_word(c) && !inside && !is_ignorable(c)) || is_unspaced(c) || digit_apart {
            break;
        }
        if !is_ignorable(c) {
            push_folded(c, word);
        }
        length += c.len_utf8();
    }
    if let Some(stem) = hangul_stem(rest.get(..length).unwrap_or_default(), lexicon) {
        return stem;
    }
    let found = cut(length, word, lexicon);
    match rest.get(..length).and_then(roman) {
        Some(value) if found.4.is_none() => (found.0, found.1, found.2, found.3, Some(value)),
        _ => found,
    }
}

/// Korean particles stand behind their word without a space: the word alone, when it is known and
/// what follows it is one of them.
fn hangul_stem(text: &str, lexicon: &Lexicon) -> Option<Cut> {
    const SUFFIXES: [&str; 16] = [
        "입니다",
        "이에요",
        "예요",
        "이다",
        "으로",
        "로",
        "을",
        "를",
        "이",
        "가",
        "은",
        "는",
        "라고",
        "이라고",
        "이며",
        "요",
    ];
    if !text.chars().next().is_some_and(|c| ('\u{AC00}'..='\u{D7A3}').contains(&c))
        || lexicon.look_up(text).is_some()
    {
        return None;
    }
    SUFFIXES.iter().find_map(|suffix| {
        let stem = text.strip_suffix(suffix)?;
        let entry = lexicon.look_up(stem)?;
        Some((stem.len(), Kind::Word, entry.key, entry.class, entry.number))
    })
}

fn unspaced(rest: &str, lexicon: &Lexicon, word: &mut String) -> Cut {
    // The longest known word of up to four characters, else a single character.
    let mut best: Option<Cut> = None;
    word.clear();
    let mut length = 0;
    for c in rest.chars().take(4).take_while(|c| is_unspaced(*c)) {
        push_folded(c, word);
        length += c.len_utf8();
        if best.is_none() || lexicon.look_up(word).is_some() {
            best = Some(cut(length, word, lexicon));
        }
    }
    best.unwrap_or((0, Kind::Word, 0, 0, None))
}

fn cut(length: usize, word: &str, lexicon: &Lexicon) -> Cut {
    match lexicon.look_up(word) {
        Some(entry) => (length, Kind::Word, entry.key, entry.class, entry.number),
        None => (length, Kind::Word, 0, 0, None),
    }
}
