//! Why probes failed: the cause by rules, the lines that show it, and what to do.
//!
//! Pure and deterministic: the category of the taxonomy decides where it can, then the words of
//! the message. The same function looks at one probe and at a million of them.

mod evidence;
mod group;
mod redact;
mod rules;
mod store;
#[cfg(test)]
mod tests;
mod words;

use entity::provider;

pub use group::{Evidence, Group, ModelCount};
pub use rules::Rule;
pub use store::{of_probes, of_runs};

pub(crate) use evidence::is_reordering;
pub(crate) use store::keep;

use crate::health::what_to_do_about_probes;
use rules::{Advice, RULES, STOPPED};

/// How causes are told: raised whenever some message is given another one.
pub const RULES_VERSION: &str = "1";

/// What kind of trouble it was, in the order in which rules are asked.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// A deadline passed.
    Timeout,
    /// No connection, or one that broke.
    Connection,
    /// The account: its key, permissions, quota or payment.
    Auth,
    /// What was sent or came back: too long, not taken, not readable, not storable.
    Data,
    /// What passes by itself: limits, overload, a failing server, a dead worker.
    Flaky,
    /// Something else came than was expected.
    Assertion,
    /// It was ended without being asked.
    Stopped,
    /// No rule knows it.
    Unknown,
}

impl Category {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Connection => "connection",
            Self::Auth => "auth",
            Self::Data => "data",
            Self::Flaky => "flaky",
            Self::Assertion => "assertion",
            Self::Stopped => "stopped",
            Self::Unknown => "unknown",
        }
    }
}

/// What is known of one failure.
#[derive(Copy, Clone, Debug)]
pub struct Failure<'a> {
    /// The word of the taxonomy; None where nobody gave one, as with a test suite.
    pub category: Option<&'a str>,
    /// Whatever was said, of any length.
    pub message: &'a str,
}

/// Why one probe failed.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// The cause.
    pub rule: &'static Rule,
    /// The lines that show it, without what looks like a secret; at most five.
    pub evidence: Vec<String>,
    /// What to do, in whole sentences.
    pub what_to_do: String,
}

/// Why it failed.
pub fn diagnose(failure: Failure<'_>, provider: Option<&provider::Model>) -> Diagnosis {
    let text = words::Text::of(failure.message);
    let rule = rule_of(failure.category, &text);
    Diagnosis {
        rule,
        evidence: evidence::lines(failure.message, rule),
        what_to_do: what_to_do(rule, provider),
    }
}

/// The first rule that knows the failure.
fn rule_of(category: Option<&str>, text: &words::Text) -> &'static Rule {
    let says = |rule: &Rule| rule.words.iter().any(|words| text.says(words));
    let category = category.unwrap_or_default();
    let of_category = || RULES.iter().chain(&STOPPED).filter(|rule| rule.of.contains(&category));
    let by_words = || RULES.iter().find(|rule| says(rule));
    // The rest of the category: the last rule that it has.
    let rest = || of_category().next_back();
    let is_decisive = category != "server" || !text.is_of_program();
    let found = if is_decisive { of_category().find(|rule| says(rule)).or_else(rest) } else { None };
    found.or_else(by_words).or_else(rest).unwrap_or(unknown())
}

/// A rule by its stored word; a word of another version is not recognised.
pub fn rule_named(cause: &str) -> &'static Rule {
    RULES.iter().chain(&STOPPED).find(|rule| rule.cause == cause).unwrap_or(unknown())
}

fn unknown() -> &'static Rule {
    let [.., last] = &RULES;
    last
}

/// What to do about a cause, with the names of the provider where it is known.
pub fn what_to_do(rule: &Rule, provider: Option<&provider::Model>) -> String {
    match rule.advice {
        Advice::Text(text) => text.to_owned(),
        Advice::OfProvider(category) => match provider {
            Some(provider) => what_to_do_about_probes(provider, category),
            None => what_to_do_about_probes(&some_provider(), category),
        },
    }
}

fn some_provider() -> provider::Model {
    provider::Model {
        id: "<id>".into(),
        display_name: "The provider".into(),
        wire_format: "its wire format".into(),
        is_key_required: true,
        key_variable: None,
    }
}
