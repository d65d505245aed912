//! Errors as the vendors write them, and the category each of them belongs to.

use crate::ErrorCategory::{self, *};
use crate::classify::{VendorError, category, category_without_status, is_filter};

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
    (400, "unsupported_value", "'messages[0].role' does not support 'system' with this model.", BadRequest),
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
    assert!(is_filter(400, &error("content_filter", "")));
    assert!(is_filter(403, &error("", "model x requires moderation on openai")));
    assert!(is_filter(400, &error("invalid_request_error", "Content Exists Risk")));
    let blocked = error("invalid_request_error", "Output blocked by content filtering policy");
    assert!(is_filter(400, &blocked));
    assert!(!is_filter(400, &error("unsupported_value", "bad")));
    assert!(!is_filter(500, &error("content_filter", "")));
}

// Messages of servers and gateways as their documentation and users quote them.
const RELATIVES: [(u16, &str, &str, ErrorCategory); 34] = [
    // DeepSeek; Amazon's compatible address; Perplexity.
    (400, "invalid_request_error", "Model Not Exist", ModelNotFound),
    (400, "validation_error", "The provided model identifier is invalid.", ModelNotFound),
    (
        400,
        "invalid_model",
        "Invalid model 'x'. Permitted models can be found in the documentation",
        ModelNotFound,
    ),
    // Groq.
    (
        403,
        "model_permission_blocked_org",
        "The model `x` is blocked at the organization level",
        ModelNotFound,
    ),
    (400, "organization_restricted", "Organization has been restricted. Please reach out to support", Auth),
    (400, "blocked_api_access", "API access is blocked as your spend limit is reached", Quota),
    (
        413,
        "rate_limit_exceeded",
        "Request too large for model `x` on tokens per minute (TPM): Limit 6000",
        ContextLength,
    ),
    // Text Generation Inference, also behind Hugging Face and Together.
    (
        422,
        "Validation",
        "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096",
        ContextLength,
    ),
    (
        422,
        "Validation",
        "Input validation error: `inputs` must have less than 4096 tokens. Given: 5000",
        ContextLength,
    ),
    // vLLM; llama.cpp; Ollama.
    (
        400,
        "BadRequestError",
        "The decoder prompt (length 5000) is longer than the maximum model length of 4096",
        ContextLength,
    ),
    (
        400,
        "exceed_context_size_error",
        "the request exceeds the available context size (4096 tokens)",
        ContextLength,
    ),
    (404, "api_error", "model \"x\" not found, try pulling it first", ModelNotFound),
    (400, "api_error", "\"x\" does not support thinking", BadRequest),
    // Z.AI; Moonshot; Alibaba.
    (400, "1261", "Prompt exceeds max length", ContextLength),
    (400, "1211", "Unknown Model, please check the model code.", ModelNotFound),
    (429, "1113", "Insufficient balance or no resource package. Please recharge.", Billing),
    (429, "1302", "Rate limit reached for requests", RateLimited),
    (
        400,
        "invalid_request_error",
        "Invalid request: Your request exceeded model token limit: 8192",
        ContextLength,
    ),
    (429, "exceeded_current_quota_error", "Your account is suspended, please check your plan", Quota),
    (400, "Arrearage", "Access denied, please make sure your account is in good standing.", Billing),
    (400, "invalid_parameter_error", "Range of input length should be [1, 30720]", ContextLength),
    // xAI, OpenRouter.
    (
        403,
        "The caller does not have permission",
        "Your newly created team doesn't have any credits yet. You can purchase credits",
        Billing,
    ),
    (403, "403", "Key limit exceeded (total limit). Manage it using the settings of your keys", Quota),
    (
        429,
        "429",
        "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day",
        Quota,
    ),
    (429, "429", "Rate limit exceeded: free-models-per-min.", RateLimited),
    (404, "404", "No endpoints found matching your data policy", ModelNotFound),
    // Azure's gateway; Google's older services; Azure.
    (403, "403", "Out of call volume quota. Quota will be replenished in 05:12:33.", Quota),
    (403, "rateLimitExceeded", "Rate Limit Exceeded", RateLimited),
    (
        429,
        "429",
        "Requests have exceeded token rate limit of your current pricing tier. Please retry after 26 seconds. \
         Please go here to further increase the default rate limit: https://aka.ms/oai/quotaincrease",
        RateLimited,
    ),
    // Anthropic, Google.
    (429, "rate_limit_error", "Extra usage is required for long context requests.", Billing),
    (429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted. Please go to AI Studio", Billing),
    (429, "RESOURCE_EXHAUSTED", "Your project has exceeded its monthly spending cap.", Quota),
    (
        403,
        "SERVICE_DISABLED",
        "Generative Language API has not been used in project 7 before or it is disabled.",
        Auth,
    ),
    (
        404,
        "NOT_FOUND",
        "Publisher Model `projects/p/locations/l/publishers/google/models/x` was not found",
        ModelNotFound,
    ),
];

#[test]
fn relatives_of_the_large_vendors_are_classified_as_well() {
    for (status, code, message, expected) in RELATIVES {
        assert_eq!(category(status, &error(code, message)), expected, "{status} {code:?} {message:?}");
    }
}

#[test]
fn the_codes_of_vendors_are_no_status_and_their_words_are_understood_without_one() {
    for (code, message, expected) in [
        ("1302", "Rate limit reached for requests", Server),
        ("1211", "Unknown Model, please check the model code.", ModelNotFound),
        ("1113", "Insufficient balance or no resource package.", Billing),
        ("0", "something", Server),
        ("", "Insufficient credits", Billing),
        ("", "This model's maximum context length is 4096 tokens", ContextLength),
        ("RateLimitError", "", RateLimited),
        ("too_many_requests_error", "", RateLimited),
        ("ThrottlingException", "", RateLimited),
        ("engine_overloaded_error", "", Overloaded),
        ("service_unavailable", "", Overloaded),
        ("provider_overloaded", "", Overloaded),
        ("InternalServerError", "", Server),
        ("internal_error", "", Server),
        ("upstream_error", "", Server),
        ("bad_gateway", "", Server),
        ("api_connection_error", "", Server),
        ("request_timeout", "", Timeout),
        ("modelTimeoutException", "", Timeout),
        ("BadRequestError", "", BadRequest),
        ("NotFoundError", "The model `x` does not exist.", ModelNotFound),
        ("invalid_image", "", BadRequest),
    ] {
        assert_eq!(category_without_status(&error(code, message)), expected, "{code:?} {message:?}");
    }
}
