//! Errors in the shape OpenAI gives them.

use axum::http::Method;
use serde_json::{Value, json};

use crate::{
    call::Call,
    conversation::Conversation,
    fault::{Fault, RetryAfter},
    fault_plan::Admission,
    rejection::Rejection,
};

fn error(status: u16, kind: &str, code: &str, param: Option<&str>, message: &str) -> Rejection {
    Rejection::json(status, &body(kind, code, param, message))
}

fn body(kind: &str, code: &str, param: Option<&str>, message: &str) -> Value {
    let code = (!code.is_empty()).then_some(code);
    json!({ "error": { "message": message, "type": kind, "param": param, "code": code } })
}

pub(crate) fn invalid(message: &str, param: Option<&str>, code: &str) -> Rejection {
    error(400, "invalid_request_error", code, param, message)
}

pub(crate) fn missing(param: &str) -> Rejection {
    let text = format!("Missing required parameter: '{param}'.");
    invalid(&text, Some(param), "missing_required_parameter")
}

/// Why a body could not be read: no JSON, or JSON of other types.
pub(crate) fn unreadable(error: &serde_json::Error) -> Rejection {
    if error.classify() == serde_json::error::Category::Data {
        return invalid(&format!("Invalid type: {error}"), None, "invalid_type");
    }
    let message = "We could not parse the JSON body of your request. (HINT: This likely means \
        you aren't using your HTTP library correctly.)";
    invalid(message, None, "")
}

pub(crate) fn unknown_path(method: &Method, path: &str) -> Rejection {
    let message = format!("Invalid URL ({method} {path})");
    error(404, "invalid_request_error", "unknown_url", None, &message)
}

pub(crate) fn model_not_found(model: &str) -> Rejection {
    let message = format!("The model `{model}` does not exist or you do not have access to it.");
    error(404, "invalid_request_error", "model_not_found", None, &message)
}

pub(crate) fn missing_key() -> Rejection {
    let message = "You didn't provide an API key in an Authorization header.";
    error(401, "invalid_request_error", "", None, message)
}

pub(crate) fn wrong_key() -> Rejection {
    error(401, "invalid_request_error", "invalid_api_key", None, "Incorrect API key provided.")
}

/// The error a call ends in. `param` is what the format calls the conversation.
pub(crate) fn rejection(call: &Call, conversation: &Conversation, param: &str) -> Option<Rejection> {
    let limited = || {
        let message = format!("Rate limit reached for {} on requests per min (RPM).", conversation.model);
        error(429, "requests", "rate_limit_exceeded", None, &message)
    };
    if let Admission::Refused { wait, .. } = call.admission {
        return Some(limited().retry_in_both(wait));
    }
    let server = |status, message| error(status, "server_error", "", None, message);
    Some(match call.fault? {
        Fault::RateLimited { retry_after } => limited().retry(retry_after),
        Fault::Quota => {
            let message = "You exceeded your current quota, please check your plan and billing details.";
            error(429, "insufficient_quota", "insufficient_quota", None, message)
        }
        Fault::Billing => {
            let message = "Your account is not active, please check your billing details on our website.";
            error(429, "billing_not_active", "billing_not_active", None, message)
        }
        Fault::Unauthorized => wrong_key(),
        Fault::Forbidden => {
            let code = "unsupported_country_region_territory";
            error(403, "request_forbidden", code, None, "Country, region, or territory not supported")
        }
        Fault::ContextLength => {
            let message = format!(
                "This model's maximum context length is 4096 tokens. However, your messages \
                 resulted in {} tokens. Please reduce the length of the messages.",
                conversation.prompt_tokens().max(4_097)
            );
            invalid(&message, Some(param), "context_length_exceeded")
        }
        Fault::RequestTooLarge => {
            let message = "The request body is larger than what is accepted.";
            error(413, "invalid_request_error", "request_too_large", None, message)
        }
        Fault::PromptBlocked => filtered_prompt(),
        Fault::ServerError => server(500, "The server had an error while processing your request. Sorry!"),
        Fault::Unavailable => server(503, "The engine is currently overloaded, please try again later"),
        Fault::Overloaded => error(529, "overloaded_error", "", None, "Overloaded"),
        Fault::Timeout => Rejection::html(504, "504 Gateway Time-out").retry(RetryAfter::None),
        _ => return None,
    })
}

/// As Azure says it, which filters prompts before the model.
fn filtered_prompt() -> Rejection {
    let mut body = body(
        "invalid_request_error",
        "content_filter",
        Some("prompt"),
        "The response was filtered due to the prompt triggering the content management policy. \
         Please modify your prompt and retry.",
    );
    let categories = json!({ "violence": { "filtered": true, "severity": "high" } });
    body["error"]["status"] = json!(400);
    body["error"]["innererror"] = json!({
        "code": "ResponsibleAIPolicyViolation",
        "content_filter_result": categories,
    });
    Rejection::json(400, &body)
}

/// What ends a stream of chunks that fails.
pub(crate) fn in_stream() -> Value {
    body("server_error", "", None, "The server had an error while processing your request. Sorry!")
}
