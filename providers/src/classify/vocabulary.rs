//! The codes and words by which vendors say what went wrong, in lower case.

pub(super) const BILLING_CODES: &[&str] = &[
    // Google.
    "billing_disabled",
    "billing_hard_limit_reached",
    "billing_not_active",
    "billing_error",
    "insufficient_balance",
    "insufficient_credits",
    // Alibaba.
    "arrearage",
];
pub(super) const BILLING_WORDS: &[&str] = &[
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
    // xAI; Google; Anthropic, for prompts beyond what the plan contains.
    "have any credits",
    "credits are depleted",
    "extra usage is required",
];
pub(super) const QUOTA_CODES: &[&str] = &[
    "insufficient_quota",
    "quota_exceeded",
    // Moonshot; Groq, for a limit of spending.
    "exceeded_current_quota_error",
    "blocked_api_access",
];
pub(super) const QUOTA_WORDS: &[&str] = &[
    // Limits of spending that the customer has set: Anthropic; Google; OpenRouter.
    "api usage limits",
    "spending cap",
    "key limit exceeded",
    // OpenRouter.
    "free-models-per-day",
    // Azure's gateway.
    "out of call volume quota",
];
pub(super) const CONTEXT_CODES: &[&str] =
    &["context_length_exceeded", "context_window_exceeded", "string_above_max_length", "request_too_large"];
pub(super) const CONTEXT_WORDS: &[&str] = &[
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
    // Text Generation Inference; vLLM; Alibaba; Moonshot; Z.AI; Cohere and Amazon.
    "inputs must have less than",
    "maximum model length",
    "range of input length",
    "exceeded model token limit",
    "exceeds max length",
    "too many tokens",
    "too many input tokens",
];
pub(super) const MODEL_CODES: &[&str] = &[
    // Hugging Face's router.
    "model_not_supported",
    "model_not_found",
    "model_not_available",
    "model_decommissioned",
    "model_terms_required",
    "invalid_model",
    "deploymentnotfound",
    // Groq.
    "model_permission_blocked_org",
    "model_permission_blocked_project",
];
pub(super) const KEY_CODES: &[&str] = &[
    "invalid_api_key",
    "authentication_error",
    "invalid_authentication",
    "api_key_invalid",
    "unauthenticated",
];
pub(super) const KEY_WORDS: &[&str] = &[
    "incorrect api key",
    "invalid api key",
    "api key not valid",
    "api key expired",
    "no auth credentials",
    // Not the key but its owner: Google; Anthropic.
    "user location is not supported",
    "organization has been disabled",
    "organization has been restricted",
];
pub(super) const DEADLINE_CODES: &[&str] = &["deadline_exceeded", "timeout_error"];
pub(super) const FILTER_CODES: &[&str] = &[
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
pub(super) const FILTER_WORDS: &[&str] = &[
    "flagged as potentially violating",
    "content violates usage guidelines",
    "requires moderation",
    // DeepSeek; Z.AI.
    "content exists risk",
    "potentially unsafe or sensitive content",
    // Anthropic.
    "blocked by content filtering policy",
];

/// Google's older services send them with 403.
pub(super) const RATE_CODES: &[&str] = &["ratelimitexceeded", "userratelimitexceeded"];

/// Words for an unknown model, where the message speaks of a model at all.
pub(super) const MISSING_MODEL_WORDS: &[&str] = &[
    "invalid model name",
    "invalid model '",
    "invalid model:",
    "model identifier is invalid",
    "not exist",
    "not found",
    "is not a valid model",
    "no such model",
    "unknown model",
];

/// Codes with the status that they stand for.
pub(super) const STATUS_OF_CODES: &[(&[&str], u16)] = &[
    (KEY_CODES, 401),
    (&["permission_error", "permission_denied"], 403),
    (&["not_found_error", "not_found", "notfounderror"], 404),
    (&["unknown"], 500),
];

/// Pieces of codes, without separators, with the status that they stand for. The first that fits
/// counts.
pub(super) const STATUS_OF_PIECES: &[(&[&str], u16)] = &[
    (&["ratelimit", "toomanyrequests", "throttl", "resourceexhausted"], 429),
    (&["overload", "unavailable"], 503),
    (&["timeout", "timedout", "deadlineexceeded"], 408),
    (
        &[
            "servererror",
            "internal",
            "upstream",
            "badgateway",
            "apierror",
            "connectionerror",
            "serverexception",
        ],
        500,
    ),
];
