//! Which category an error of a vendor belongs to, for every wire format.

use std::time::Duration;

use crate::ErrorCategory::{self, Auth, BadRequest, Billing, Connection, ContextLength};
use crate::ErrorCategory::{Malformed, ModelNotFound, Overloaded, Quota, RateLimited, Server, Timeout};

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
}

impl Fault {
    pub(crate) fn new(category: ErrorCategory, message: impl Into<String>) -> Self {
        Self { category, message: message.into(), retry_after: None, request_id: None }
    }

    /// What a vendor says with this status; `None` where it came with a status of success.
    pub(crate) fn of_vendor(status: Option<u16>, error: VendorError) -> Self {
        let category = match status {
            Some(status) => category(status, &error),
            None => category_without_status(&error),
        };
        let VendorError { message, retry_after, request_id, .. } = error;
        Self { category, message, retry_after, request_id }
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

const BILLING_CODES: [&str; 6] = [
    // Google.
    "billing_disabled",
    "billing_hard_limit_reached",
    "billing_not_active",
    "billing_error",
    "insufficient_balance",
    "insufficient_credits",
];
const BILLING_WORDS: [&str; 9] = [
    // Google, for accounts whose country has no free tier, and for projects without an account.
    "enable billing",
    "requires billing to be enabled",
    "insufficient balance",
    "insufficient credit",
    "credit balance is too low",
    "all available credits",
    "monthly spending limit",
    "billing hard limit",
    "account is not active",
];
const QUOTA_CODES: [&str; 2] = ["insufficient_quota", "quota_exceeded"];
// Anthropic, for limits of spending that the customer has set.
const QUOTA_WORDS: [&str; 1] = ["api usage limits"];
const CONTEXT_CODES: [&str; 4] =
    ["context_length_exceeded", "context_window_exceeded", "string_above_max_length", "request_too_large"];
const CONTEXT_WORDS: [&str; 14] = [
    // Google, for a body that is too large.
    "request payload size exceeds",
    "exceed context limit",
    "maximum context length",
    "context length",
    "context window",
    "context size",
    "maximum prompt length",
    "prompt is too long",
    "input is too long",
    "prompt too long",
    "too large for model with",
    "reduce the length of",
    "exceeds the maximum number of tokens",
    "inputs tokens + max_new_tokens",
];
const MODEL_CODES: [&str; 7] = [
    // Hugging Face's router.
    "model_not_supported",
    "model_not_found",
    "model_not_available",
    "model_decommissioned",
    "model_terms_required",
    "invalid_model",
    "deploymentnotfound",
];
const KEY_CODES: [&str; 5] = [
    "invalid_api_key",
    "authentication_error",
    "invalid_authentication",
    "api_key_invalid",
    "unauthenticated",
];
const KEY_WORDS: [&str; 7] = [
    "incorrect api key",
    "invalid api key",
    "api key not valid",
    "api key expired",
    "no auth credentials",
    // Not the key but its owner: Google; Anthropic.
    "user location is not supported",
    "organization has been disabled",
];
const DEADLINE_CODES: [&str; 2] = ["deadline_exceeded", "timeout_error"];
const FILTER_CODES: [&str; 8] = [
    "bio_policy",
    "misalignment_policy_violation",
    "image_content_policy_violation",
    // Alibaba.
    "data_inspection_failed",
    "content_filter",
    "content_policy_violation",
    "responsibleaipolicyviolation",
    // OpenAI's reasoning models, for prompts flagged as against the usage policy.
    "invalid_prompt",
];
const FILTER_WORDS: [&str; 6] = [
    "flagged as potentially violating",
    "content violates usage guidelines",
    "requires moderation",
    // DeepSeek; Z.AI.
    "content exists risk",
    "potentially unsafe or sensitive content",
    // Anthropic.
    "blocked by content filtering policy",
];

/// The category of an error with this HTTP status. Words decide before the status does:
/// vendors send "out of money" as 429 and "too long" as 400, 413 and 429.
pub(crate) fn category(status: u16, error: &VendorError) -> ErrorCategory {
    let has_code = |codes: &[&str]| has_code(error, codes);
    let message = error.message.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    let is_request_fault = matches!(status, 400 | 403 | 404 | 413 | 422);
    match status {
        _ if has_code(&DEADLINE_CODES) => Timeout,
        // A provider that is down says anything.
        500.. => of_status(status, &message),
        _ if has_code(&BILLING_CODES) || says(&BILLING_WORDS) => Billing,
        _ if has_code(&QUOTA_CODES) || says(&QUOTA_WORDS) => Quota,
        // One request above the whole limit per minute comes as 429, but no wait helps it.
        429 if says(&["request too large"]) => ContextLength,
        _ if is_request_fault && (has_code(&CONTEXT_CODES) || says(&CONTEXT_WORDS)) => ContextLength,
        _ if is_request_fault && (has_code(&MODEL_CODES) || names_no_model(&message)) => ModelNotFound,
        400 if has_code(&KEY_CODES) || says(&KEY_WORDS) => Auth,
        404 if says(&["model", "endpoints found", "deployment"]) => ModelNotFound,
        _ => of_status(status, &message),
    }
}

/// The category of an error that came with status 200: its code may be a status, or a word.
pub(crate) fn category_without_status(error: &VendorError) -> ErrorCategory {
    let status = error.codes.iter().find_map(|code| code.parse().ok().filter(|code| *code >= 400));
    let status = status.unwrap_or_else(|| {
        let known: [(&[&str], u16); 7] = [
            (&["rate_limit_exceeded", "rate_limit_error", "too_many_requests", "resource_exhausted"], 429),
            (
                &[
                    "overloaded_error",
                    "overloaded",
                    "engine_overloaded",
                    "server_is_overloaded",
                    "unavailable",
                ],
                503,
            ),
            (&KEY_CODES, 401),
            (&["permission_error", "permission_denied"], 403),
            (&["timeout", "timeout_error", "deadline_exceeded"], 408),
            (&["not_found_error", "not_found"], 404),
            (&["server_error", "internal_server_error", "api_error", "internal", "unknown"], 500),
        ];
        let by_word = known.iter().find(|(codes, _)| has_code(error, codes));
        // What else has a code blames the request; without any, the provider is to blame.
        by_word.map_or(if error.codes.is_empty() { 500 } else { 400 }, |(_, status)| *status)
    });
    category(status, error)
}

/// Whether the provider would not pass the prompt on to the model for what it says: an
/// outcome of the probe and no failure.
pub(crate) fn is_filtered_prompt(status: u16, error: &VendorError) -> bool {
    let message = error.message.to_lowercase();
    matches!(status, 400 | 403 | 422)
        && (has_code(error, &FILTER_CODES) || FILTER_WORDS.iter().any(|words| message.contains(words)))
}

fn has_code(error: &VendorError, codes: &[&str]) -> bool {
    error.codes.iter().any(|code| codes.iter().any(|known| code.eq_ignore_ascii_case(known)))
}

fn names_no_model(message: &str) -> bool {
    let missing = [
        "invalid model name",
        "does not exist",
        "not found",
        "is not a valid model",
        "no such model",
        "unknown model",
    ];
    message.contains("model") && missing.iter().any(|words| message.contains(words))
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

#[cfg(test)]
mod tests {
    use super::{VendorError, category, category_without_status, is_filtered_prompt};
    use crate::ErrorCategory::{self, *};

    fn error(code: &str, message: &str) -> VendorError {
        let codes = if code.is_empty() { vec![] } else { vec![code.to_owned()] };
        VendorError { codes, message: message.to_owned(), ..VendorError::default() }
    }

    // Messages as the vendors' documentation and forums quote them.
    const CASES: [(u16, &str, &str, ErrorCategory); 44] = [
        (429, "rate_limit_exceeded", "Rate limit reached for requests", RateLimited),
        (429, "insufficient_quota", "You exceeded your current quota", Quota),
        (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota", RateLimited),
        (429, "billing_hard_limit_reached", "", Billing),
        (400, "billing_hard_limit_reached", "Billing hard limit has been reached", Billing),
        (429, "", "Request too large for gpt-4 on tokens per min (TPM): Limit 10000", ContextLength),
        (429, "3505", "Service tier capacity exceeded for this model.", RateLimited),
        (529, "overloaded_error", "Overloaded", RateLimited),
        (500, "server_error", "The server had an error", Server),
        (500, "", "The engine is currently overloaded", Overloaded),
        (502, "", "model not found", Server),
        (503, "", "context length", Overloaded),
        (504, "", "", Server),
        (524, "", "", Server),
        (408, "", "", Timeout),
        (401, "invalid_api_key", "Incorrect API key provided", Auth),
        (400, "", "Incorrect API key provided: xx. You can obtain an API key", Auth),
        (403, "", "Country, region, or territory not supported", Auth),
        (403, "model_not_found", "Project does not have access to model", ModelNotFound),
        (402, "", "Insufficient Balance", Billing),
        (402, "402", "This request requires more credits", Billing),
        (403, "", "Your team has used all available credits", Billing),
        (400, "context_length_exceeded", "", ContextLength),
        (400, "", "This model's maximum prompt length is 131072 but", ContextLength),
        (413, "", "", ContextLength),
        (404, "model_not_found", "The model `x` does not exist", ModelNotFound),
        (400, "", "nonsense/model is not a valid model ID", ModelNotFound),
        (400, "model_not_supported", "not supported by any provider you have enabled", ModelNotFound),
        (404, "", "404 page not found", BadRequest),
        (
            400,
            "unsupported_value",
            "'messages[0].role' does not support 'system' with this model.",
            BadRequest,
        ),
        (400, "", "max_tokens is too large: 100000. This model supports at most 16384", BadRequest),
        // Anthropic.
        (400, "invalid_request_error", "You have reached your specified API usage limits.", Quota),
        (400, "invalid_request_error", "This organization has been disabled.", Auth),
        (400, "", "input length and `max_tokens` exceed context limit: 9 + 9 > 10", ContextLength),
        (504, "timeout_error", "", Timeout),
        // Google.
        (400, "API_KEY_INVALID", "API key not valid. Please pass a valid API key.", Auth),
        (400, "FAILED_PRECONDITION", "User location is not supported for the API use.", Auth),
        (
            400,
            "FAILED_PRECONDITION",
            "Free tier is not available in your country. Please enable billing",
            Billing,
        ),
        (400, "FAILED_PRECONDITION", "The model is not in a state to be used", BadRequest),
        (403, "BILLING_DISABLED", "This API method requires billing to be enabled.", Billing),
        (403, "PERMISSION_DENIED", "Permission denied on resource project x.", Auth),
        (404, "NOT_FOUND", "models/x is not found for API version v1beta", ModelNotFound),
        (499, "CANCELLED", "The operation was cancelled.", Server),
        (504, "DEADLINE_EXCEEDED", "", Timeout),
    ];

    #[test]
    fn an_error_is_classified_by_its_words_before_its_status() {
        for (status, code, message, expected) in CASES {
            assert_eq!(category(status, &error(code, message)), expected, "{status} {code:?} {message:?}");
        }
    }

    #[test]
    fn an_error_in_a_body_of_status_200_is_classified_by_its_code() {
        for (code, message, expected) in [
            ("429", "Provider returned error", RateLimited),
            ("502", "", Server),
            ("rate_limit_exceeded", "", RateLimited),
            ("invalid_request_error", "", BadRequest),
            ("context_length_exceeded", "", ContextLength),
            ("invalid_api_key", "", Auth),
            ("overloaded_error", "", Overloaded),
            ("timeout_error", "", Timeout),
            ("not_found_error", "model: x", ModelNotFound),
            ("RESOURCE_EXHAUSTED", "", RateLimited),
            ("UNAVAILABLE", "", Overloaded),
            ("UNAUTHENTICATED", "", Auth),
            ("INTERNAL", "", Server),
            ("DEADLINE_EXCEEDED", "", Timeout),
            ("INVALID_ARGUMENT", "", BadRequest),
            ("", "something", Server),
        ] {
            assert_eq!(category_without_status(&error(code, message)), expected, "{code:?}");
        }
    }

    #[test]
    fn a_prompt_that_was_filtered_is_told_from_a_bad_request() {
        assert!(is_filtered_prompt(400, &error("content_filter", "")));
        assert!(is_filtered_prompt(403, &error("", "model x requires moderation on openai")));
        assert!(is_filtered_prompt(400, &error("invalid_request_error", "Content Exists Risk")));
        let blocked = error("invalid_request_error", "Output blocked by content filtering policy");
        assert!(is_filtered_prompt(400, &blocked));
        assert!(!is_filtered_prompt(400, &error("unsupported_value", "bad")));
        assert!(!is_filtered_prompt(500, &error("content_filter", "")));
    }
}
