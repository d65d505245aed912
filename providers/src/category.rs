//! The error taxonomy, and what the caller does about each category.

use std::{fmt, str::FromStr};

/// Why there is no answer, grouped by what happens next ([`Self::next_step`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ErrorCategory {
    /// Too many requests or tokens for now (429, 529).
    RateLimited,
    /// The provider has no capacity (503).
    Overloaded,
    /// The provider failed (500, 502, 504).
    Server,
    /// A deadline passed, ours or the provider's.
    Timeout,
    /// No connection, or one that broke: DNS, TLS, refused, reset, a body cut short.
    Connection,
    /// The key is wrong or may not do this (401, 403).
    Auth,
    /// The account's quota is used up; waiting a minute does not help.
    Quota,
    /// The account is not paid for (402).
    Billing,
    /// The request is wrong (400), or the address is (404, a redirect).
    BadRequest,
    /// The provider does not serve this model to this account.
    ModelNotFound,
    /// The conversation is longer than the model or the account takes (413).
    ContextLength,
    /// The body is not what the wire format says, or larger than the limit.
    Malformed,
}

/// What the caller does about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NextStep {
    /// Wait as told, slow down; no attempt is consumed.
    Wait,
    /// Try again with backoff; an attempt is consumed.
    Retry,
    /// Try again once, then fail with the body kept.
    RetryOnce,
    /// Fail this probe; hold the model of the run after three in a row.
    Hold,
    /// Fail this probe: asking again would get the same answer.
    Fail,
}

impl ErrorCategory {
    /// Every category, in the order of the taxonomy.
    pub const ALL: [Self; 12] = [
        Self::RateLimited,
        Self::Overloaded,
        Self::Server,
        Self::Timeout,
        Self::Connection,
        Self::Auth,
        Self::Quota,
        Self::Billing,
        Self::BadRequest,
        Self::ModelNotFound,
        Self::ContextLength,
        Self::Malformed,
    ];

    /// The stored spelling, which is never changed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RateLimited => "rate_limited",
            Self::Overloaded => "overloaded",
            Self::Server => "server",
            Self::Timeout => "timeout",
            Self::Connection => "connection",
            Self::Auth => "auth",
            Self::Quota => "quota",
            Self::Billing => "billing",
            Self::BadRequest => "bad_request",
            Self::ModelNotFound => "model_not_found",
            Self::ContextLength => "context_length",
            Self::Malformed => "malformed",
        }
    }

    /// What to do about an error of this category.
    pub fn next_step(self) -> NextStep {
        match self {
            Self::RateLimited => NextStep::Wait,
            Self::Overloaded | Self::Server | Self::Timeout | Self::Connection => NextStep::Retry,
            Self::Auth | Self::Quota | Self::Billing => NextStep::Hold,
            Self::BadRequest | Self::ModelNotFound | Self::ContextLength => NextStep::Fail,
            Self::Malformed => NextStep::RetryOnce,
        }
    }
}

impl fmt::Display for ErrorCategory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A string that is the spelling of no [`ErrorCategory`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an error category")]
pub struct UnknownCategory(pub String);

impl FromStr for ErrorCategory {
    type Err = UnknownCategory;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|category| category.as_str() == text)
            .ok_or_else(|| UnknownCategory(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::{ErrorCategory, UnknownCategory};

    #[test]
    fn every_category_is_read_back_from_its_own_spelling() {
        for category in ErrorCategory::ALL {
            assert_eq!(category.to_string().parse(), Ok(category));
        }
        assert_eq!("RateLimited".parse::<ErrorCategory>(), Err(UnknownCategory("RateLimited".to_owned())));
    }
}
