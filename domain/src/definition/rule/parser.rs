//! Reads a rule into an expression over names; what they name is looked up later.

use super::super::limits::RULE_DEPTH_MAX;
use super::token::{SyntaxError, Token, TokenKind, tokens};

/// What a rule says, by name.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::definition) enum Expression {
    /// All of them; at least one.
    And(Vec<Expression>),
    /// One of them; at least one.
    Or(Vec<Expression>),
    Not(Box<Expression>),
    Condition {
        dimension: String,
        offset: usize,
        comparison: Comparison,
        /// One, or several after IN.
        values: Vec<Value>,
    },
}

/// How a level is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::definition) enum Comparison {
    /// `=` and IN
    Among,
    /// `!=` and NOT IN
    NotAmong,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// A value and where it begins, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::definition) struct Value {
    pub(in crate::definition) kind: ValueKind,
    pub(in crate::definition) offset: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::definition) enum ValueKind {
    /// The number, and the text in case it is a label after all.
    Number(f64, String),
    Label(String),
}

/// Errors: the byte offset, what is wrong there, what to do.
pub(in crate::definition) fn parse(rule: &str) -> Result<Expression, SyntaxError> {
    let mut parser = Parser { tokens: tokens(rule)?, next: 0, depth: 0 };
    if !parser.take_keyword("exclude") {
        return Err(parser.unexpected("`exclude:`", "A rule reads `exclude: victims=1 AND action=5`."));
    }
    parser.expect_symbol(":", "Write `exclude:` with a colon.")?;
    let expression = parser.or()?;
    match parser.peek().kind {
        TokenKind::End => Ok(expression),
        _ => Err(parser.unexpected(
            "AND, OR or the end",
            "Join conditions with AND or OR, and put a label of several words in quotes.",
        )),
    }
}

struct Parser {
    /// Ends with `End`, which is never taken.
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.next]
    }

    fn take(&mut self) -> Token {
        let token = self.tokens[self.next].clone();
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.peek().kind.is_keyword(keyword);
        if found {
            self.take();
        }
        found
    }

    fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek().kind, TokenKind::Symbol(other) if other == symbol);
        if found {
            self.take();
        }
        found
    }

    fn expect_symbol(&mut self, symbol: &str, fix: &str) -> Result<(), SyntaxError> {
        if self.take_symbol(symbol) {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{symbol}`"), fix))
    }

    fn unexpected(&self, expected: &str, fix: &str) -> SyntaxError {
        let token = self.peek();
        let message = format!("Expected {expected}, found {}.", token.kind.shown());
        (token.offset, message, fix.to_owned())
    }

    fn or(&mut self) -> Result<Expression, SyntaxError> {
        let mut parts = vec![self.and()?];
        while self.take_keyword("or") {
            parts.push(self.and()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::Or(parts) })
    }

    fn and(&mut self) -> Result<Expression, SyntaxError> {
        let mut parts = vec![self.not()?];
        while self.take_keyword("and") {
            parts.push(self.not()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::And(parts) })
    }

    fn not(&mut self) -> Result<Expression, SyntaxError> {
        self.depth += 1;
        if self.depth > RULE_DEPTH_MAX {
            let message = format!("The rule is nested deeper than {RULE_DEPTH_MAX}.");
            return Err((self.peek().offset, message, "Split it into several rules.".to_owned()));
        }
        let expression = if self.take_keyword("not") {
            Expression::Not(Box::new(self.not()?))
        } else if self.take_symbol("(") {
            let inner = self.or()?;
            self.expect_symbol(")", "Close the parenthesis.")?;
            inner
        } else {
            self.condition()?
        };
        self.depth -= 1;
        Ok(expression)
    }

    fn condition(&mut self) -> Result<Expression, SyntaxError> {
        const FIX: &str = "A condition reads `victims=1`, `victims>=3` or `role IN (a, b)`.";
        let name = self.peek().clone();
        let dimension = match name.kind {
            TokenKind::Word(text) if !is_keyword(&text) => text,
            _ => return Err(self.unexpected("a dimension", FIX)),
        };
        self.take();
        let negated = self.take_keyword("not");
        let (comparison, values) = if self.take_keyword("in") {
            (if negated { Comparison::NotAmong } else { Comparison::Among }, self.list()?)
        } else if negated {
            return Err(self.unexpected("IN", "Write `NOT IN (a, b)`, or NOT before the condition."));
        } else {
            let comparison = match self.peek().kind {
                TokenKind::Symbol("=") => Comparison::Among,
                TokenKind::Symbol("!=") => Comparison::NotAmong,
                TokenKind::Symbol("<") => Comparison::Less,
                TokenKind::Symbol("<=") => Comparison::AtMost,
                TokenKind::Symbol(">") => Comparison::Greater,
                TokenKind::Symbol(">=") => Comparison::AtLeast,
                _ => return Err(self.unexpected("=, !=, <, <=, >, >= or IN", FIX)),
            };
            self.take();
            // `==` is what programmers type.
            if comparison == Comparison::Among {
                self.take_symbol("=");
            }
            (comparison, vec![self.value()?])
        };
        Ok(Expression::Condition { dimension, offset: name.offset, comparison, values })
    }

    fn list(&mut self) -> Result<Vec<Value>, SyntaxError> {
        const FIX: &str = "A list reads `IN (1, 2)` or `IN (stranger, \"close friend\")`.";
        self.expect_symbol("(", FIX)?;
        let mut values = vec![self.value()?];
        while self.take_symbol(",") {
            values.push(self.value()?);
        }
        self.expect_symbol(")", FIX)?;
        Ok(values)
    }

    fn value(&mut self) -> Result<Value, SyntaxError> {
        let token = self.peek().clone();
        let kind = match token.kind {
            TokenKind::Number(number, text) => ValueKind::Number(number, text),
            TokenKind::Quoted(text) => ValueKind::Label(text),
            TokenKind::Word(text) if !is_keyword(&text) => ValueKind::Label(text),
            _ => {
                return Err(self.unexpected("a score or a label", "Put a label such as \"and\" in quotes."));
            }
        };
        self.take();
        Ok(Value { kind, offset: token.offset })
    }
}

fn is_keyword(word: &str) -> bool {
    ["and", "or", "not", "in"].iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Expression, parse};

    #[test]
    fn and_binds_tighter_than_or_and_parentheses_override() {
        assert!(
            matches!(parse("exclude: a=1 OR b=2 AND c=3").unwrap(), Expression::Or(parts) if parts.len() == 2)
        );
        assert!(matches!(parse("exclude: (a=1 OR b=2) AND c=3").unwrap(), Expression::And(_)));
        assert!(matches!(parse("EXCLUDE : not a=1 and b in (1,'x')").unwrap(), Expression::And(_)));
    }

    #[test]
    fn what_does_not_parse_says_where_and_how_to_write_it() {
        let offset = |rule: &str| parse(rule).unwrap_err().0;
        assert_eq!(offset(""), 0);
        assert_eq!(offset("victims=1"), 0);
        assert_eq!(offset("exclude victims=1"), 8);
        assert_eq!(offset("exclude:"), 8);
        assert_eq!(offset("exclude: victims=1 AND"), 22);
        assert_eq!(offset("exclude: victims=1 action=5"), 19);
        assert_eq!(offset("exclude: victims 1"), 17);
        assert_eq!(offset("exclude: victims=close friend"), 23);
        assert_eq!(offset("exclude: victims=\"close"), 17);
        assert_eq!(offset("exclude: (victims=1"), 19);
        assert_eq!(offset("exclude: victims IN 1"), 20);
        assert_eq!(offset("exclude: victims IN ()"), 21);
        assert_eq!(offset("exclude: AND=1"), 9);
        assert_eq!(offset("exclude: a=1 && b=2"), 13);
        assert_eq!(offset("exclude: a NOT b"), 15);
        assert_eq!(parse("exclude: a=1 && b=2").unwrap_err().2, "Write AND.");
    }

    #[test]
    fn a_rule_nested_without_end_is_refused_before_the_stack_is() {
        assert!(parse(&format!("exclude: {}a=1", "(".repeat(100_000))).is_err());
        assert!(parse(&format!("exclude: {}a=1", "NOT ".repeat(100_000))).is_err());
        let deep = format!("exclude: {}a=1{}", "(".repeat(40), ")".repeat(40));
        assert!(parse(&deep).is_ok());
    }
}
