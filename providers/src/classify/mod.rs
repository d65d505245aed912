//! Which category an error of a vendor belongs to, for every wire format.

#[cfg(test)]
mod tests;
mod vocabulary;

use std::time::Duration;

use crate::ErrorCategory::{self, Auth, BadRequest, Billing, Connection, ContextLength};
use crate::ErrorCategory::{Malformed, ModelNotFound, Overloaded, Quota, RateLimited, Server, Timeout};
use crate::{retry_after::wait_in_words, wire::Answer};
use vocabulary::{
    BILLING_CODES, BILLING_WORDS, CONTEXT_CODES, CONTEXT_WORDS, DEADLINE_CODES, FILTER_CODES, FILTER_WORDS,
    KEY_CODES, KEY_WORDS, MISSING_MODEL_WORDS, MODEL_CODES, QUOTA_CODES, QUOTA_WORDS, RATE_CODES,
    STATUS_OF_CODES, STATUS_OF_PIECES,
};

/// What a vendor's error says, wherever in its body it says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct VendorError {
    /// The machine-readable code, and the type where that is another field.
    pub(crate) codes: Vec<String>,
    /// The words for people.
    pub(crate) message: String,
    /// How long the body asks to wait; `None` where it does not say.
    pub(crate) retry_after: Option<Duration>,
    /// The id to quote to the vendor's support.
    pub(crate) request_id: Option<String>,
}

/// Why a call failed, before the circumstances are added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) category: ErrorCategory,
    pub(crate) message: String,
    /// How long the vendor asks to wait in the body; headers come first.
    pub(crate) retry_after: Option<Duration>,
    /// The id in the body; headers come first.
    pub(crate) request_id: Option<String>,
    /// Set where the vendor's filter struck, which is an outcome and no failure: the vendor's
    /// code for it, empty where it has none.
    pub(crate) filter: Option<String>,
    /// What had come of an answer before the fault.
    pub(crate) partial: Option<Box<Answer>>,
}

impl Fault {
    pub(crate) fn new(category: ErrorCategory, message: impl Into<String>) -> Self {
        Self {
            category,
            message: message.into(),
            retry_after: None,
            request_id: None,
            filter: None,
            partial: None,
        }
    }

    /// What a vendor says with this status; `None` where it came with a status of success.
    pub(crate) fn of_vendor(status: Option<u16>, error: VendorError) -> Self {
        let category = match status {
            Some(status) => category(status, &error),
            None => category_without_status(&error),
        };
        let is_filter = is_filter(status.or_else(|| told_status(&error)).unwrap_or(400), &error);
        let VendorError { codes, message, retry_after, request_id } = error;
        let retry_after = retry_after.or_else(|| wait_in_words(&message));
        let filter = is_filter.then(|| codes.into_iter().next().unwrap_or_default());
        Self { category, message, retry_after, request_id, filter, partial: None }
    }

    /// With what had come of an answer, where that is something.
    pub(crate) fn after(self, answer: Answer) -> Self {
        let has_come = !answer.text.is_empty() || answer.reasoning.is_some();
        Self { partial: has_come.then(|| Box::new(answer)), ..self }
    }

    /// The answer that a filter ended; else the fault itself.
    pub(crate) fn settled(mut self) -> Result<Answer, Self> {
        match self.filter.take() {
            Some(code) => Ok(Answer::filtered(Some(code), self.partial.map(|partial| *partial))),
            None => Err(self),
        }
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(Malformed, message)
    }

    pub(crate) fn connection(message: impl Into<String>) -> Self {
        Self::new(Connection, message)
    }

    pub(crate) fn timeout(message: impl Into<String>) -> Self {
        Self::new(Timeout, message)
    }
}

/// The category of an error with this HTTP status. Words decide before the status does:
/// vendors send "out of money" as 429 and "too long" as 400, 413 and 429.
pub(crate) fn category(status: u16, error: &VendorError) -> ErrorCategory {
    let has_code = |codes: &[&str]| has_code(error, codes);
    // Some put names into backticks.
    let message = error.message.to_lowercase().replace('`', "");
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    let is_request_fault = matches!(status, 400 | 403 | 404 | 413 | 422);
    match status {
        _ if has_code(DEADLINE_CODES) => Timeout,
        // A provider that is down says anything.
        500.. => of_status(status, &message),
        _ if has_code(BILLING_CODES) || says(BILLING_WORDS) => Billing,
        _ if has_code(QUOTA_CODES) || says(QUOTA_WORDS) => Quota,
        403 if has_code(RATE_CODES) => RateLimited,
        // One request above the whole limit per minute comes as 429, but no wait helps it.
        429 if says(&["request too large"]) => ContextLength,
        _ if is_request_fault && (has_code(CONTEXT_CODES) || says(CONTEXT_WORDS)) => ContextLength,
        _ if is_request_fault && (has_code(MODEL_CODES) || names_no_model(&message)) => ModelNotFound,
        400 if has_code(KEY_CODES) || says(KEY_WORDS) => Auth,
        404 if says(&["model", "endpoints found", "deployment"]) => ModelNotFound,
        _ => of_status(status, &message),
    }
}

/// The category of an error that came with status 200: its code may be a status, or a word.
pub(crate) fn category_without_status(error: &VendorError) -> ErrorCategory {
    if let Some(status) = told_status(error) {
        return category(status, error);
    }
    match category(400, error) {
        // What has a word for its code blames the request; without any, the provider is to blame.
        BadRequest if !error.codes.iter().any(|code| is_word(code)) => Server,
        told => told,
    }
}

/// The HTTP status that an error's codes are or stand for.
fn told_status(error: &VendorError) -> Option<u16> {
    let numbers = error.codes.iter().filter_map(|code| code.parse().ok());
    // Vendors number their errors beyond those of HTTP as well.
    let status = numbers.into_iter().find(|number| (400..600).contains(number));
    let by_code = || STATUS_OF_CODES.iter().find(|(codes, _)| has_code(error, codes));
    let squeezed = |code: &String| -> String {
        code.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
    };
    let by_piece = || {
        let codes: Vec<String> = error.codes.iter().map(squeezed).collect();
        let holds =
            |pieces: &[&str]| codes.iter().any(|code| pieces.iter().any(|piece| code.contains(piece)));
        STATUS_OF_PIECES.iter().find(|(pieces, _)| holds(pieces))
    };
    status.or_else(|| by_code().or_else(by_piece).map(|(_, status)| *status))
}

/// Whether a code says something: numbers of a vendor's own and what stands for nothing do not.
fn is_word(code: &str) -> bool {
    let is_nothing = ["", "none", "null", "error"].iter().any(|word| code.eq_ignore_ascii_case(word));
    !is_nothing && code.parse::<f64>().is_err()
}

/// Whether the provider would not pass on the prompt or the answer for what it says: an
/// outcome of the probe and no failure.
fn is_filter(status: u16, error: &VendorError) -> bool {
    let message = error.message.to_lowercase();
    matches!(status, 400 | 403 | 422)
        && (error.codes.iter().any(|code| names_policy(code))
            || has_code(error, FILTER_CODES)
            || FILTER_WORDS.iter().any(|words| message.contains(words)))
}

/// OpenAI has a code for each of its policies: `bio_policy`, `cyber_policy`.
fn names_policy(code: &str) -> bool {
    code.to_ascii_lowercase().ends_with("_policy")
}

fn has_code(error: &VendorError, codes: &[&str]) -> bool {
    error.codes.iter().any(|code| codes.iter().any(|known| code.eq_ignore_ascii_case(known)))
}

fn names_no_model(message: &str) -> bool {
    message.contains("model") && MISSING_MODEL_WORDS.iter().any(|words| message.contains(words))
}

fn of_status(status: u16, message: &str) -> ErrorCategory {
    match status {
        401 | 403 | 407 => Auth,
        402 => Billing,
        408 => Timeout,
        413 => ContextLength,
        // 529 is Anthropic's "overloaded", which is answered as a rate limit is.
        429 | 529 => RateLimited,
        // 498 is Groq's "flex tier capacity exceeded".
        498 | 503 => Overloaded,
        500.. if message.contains("overloaded") => Overloaded,
        // 409, 425 and 499 (Google's "cancelled") pass by themselves, as a failure of the server does.
        409 | 425 | 499 | 500.. => Server,
        _ => BadRequest,
    }
}
