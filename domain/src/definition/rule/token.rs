//! Cuts a rule into tokens.

/// A token and where it begins, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::definition) struct Token {
    pub(super) kind: TokenKind,
    pub(super) offset: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    Word(String),
    Quoted(String),
    Number(f64, String),
    /// `=`, `!=`, `<`, `<=`, `>`, `>=`, `(`, `)`, `,` or `:`
    Symbol(&'static str),
    End,
}

impl TokenKind {
    /// As it stands in a message.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Word(text) | Self::Number(_, text) => format!("`{text}`"),
            Self::Quoted(text) => format!("{text:?}"),
            Self::Symbol(symbol) => format!("`{symbol}`"),
            Self::End => "the end of the rule".to_owned(),
        }
    }

    pub(super) fn is_keyword(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(text) if text.eq_ignore_ascii_case(keyword))
    }
}

// Longer symbols first: `<=` is not `<` and `=`.
const SYMBOLS: [&str; 10] = ["!=", "<=", ">=", "=", "<", ">", "(", ")", ",", ":"];

/// Errors: byte offset, what is wrong, what to do.
pub(super) type SyntaxError = (usize, String, String);

pub(super) fn tokens(rule: &str) -> Result<Vec<Token>, SyntaxError> {
    let mut tokens = Vec::new();
    let mut offset = 0;
    while let Some(first) = rule[offset..].chars().next() {
        let rest = &rule[offset..];
        if first.is_whitespace() {
            offset += first.len_utf8();
            continue;
        }
        let (kind, length) = if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol))
        {
            (TokenKind::Symbol(symbol), symbol.len())
        } else if first == '"' || first == '\'' {
            quoted(rest, first, offset)?
        } else {
            word(rest, first, offset)?
        };
        tokens.push(Token { kind, offset });
        offset += length;
    }
    tokens.push(Token { kind: TokenKind::End, offset });
    Ok(tokens)
}

fn quoted(rest: &str, quote: char, offset: usize) -> Result<(TokenKind, usize), SyntaxError> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((index, letter)) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some((_, escaped @ ('\\' | '"' | '\''))) => text.push(escaped),
                _ => {
                    return Err((
                        offset + index,
                        "`\\` stands before something other than a quote or `\\`.".to_owned(),
                        "Write `\\\\` for a backslash.".to_owned(),
                    ));
                }
            },
            letter if letter == quote => return Ok((TokenKind::Quoted(text), index + 1)),
            letter => text.push(letter),
        }
    }
    let message = "The quoted text does not end.".to_owned();
    Err((offset, message, format!("Close it with {quote}.")))
}

fn word(rest: &str, first: char, offset: usize) -> Result<(TokenKind, usize), SyntaxError> {
    let in_word = |letter: char| letter.is_alphanumeric() || "_-+.".contains(letter);
    let length = rest.find(|letter| !in_word(letter)).unwrap_or(rest.len());
    let text = &rest[..length];
    if text.is_empty() {
        let fix = match first {
            '&' => "Write AND.".to_owned(),
            '|' => "Write OR.".to_owned(),
            '!' => "Write NOT, or != between a dimension and a value.".to_owned(),
            _ => "Put a label with such characters in quotes.".to_owned(),
        };
        return Err((offset, format!("`{first}` means nothing here."), fix));
    }
    // `inf` and `nan` parse as numbers in Rust; in a rule they are labels.
    let numeric = text.trim_start_matches(['-', '+', '.']).starts_with(|c: char| c.is_ascii_digit());
    let kind = match text.parse::<f64>() {
        Ok(number) if numeric && number.is_finite() => TokenKind::Number(number, text.to_owned()),
        _ => TokenKind::Word(text.to_owned()),
    };
    Ok((kind, length))
}
