//! Errors in the shape Anthropic gives them.

use axum::http::HeaderName;
use bytes::Bytes;
use serde_json::{Value, json};

use super::headers::request_id;
use crate::{
    call::Call, conversation::Conversation, exchange::Head, fault::Fault, fault_plan::Admission,
    rejection::Rejection, sse,
};

fn body(kind: &str, message: &str, request_id: &str) -> Value {
    json!({ "type": "error", "error": { "type": kind, "message": message }, "request_id": request_id })
}

fn error(head: &Head, status: u16, kind: &str, message: &str) -> Rejection {
    Rejection::json(status, &body(kind, message, &request_id(head)))
}

pub(super) fn invalid(head: &Head, message: &str) -> Rejection {
    error(head, 400, "invalid_request_error", message)
}

pub(super) fn missing_key(head: &Head) -> Rejection {
    error(head, 401, "authentication_error", "x-api-key header is required")
}

pub(super) fn wrong_key(head: &Head) -> Rejection {
    error(head, 401, "authentication_error", "invalid x-api-key")
}

pub(super) fn model_not_found(head: &Head, model: &str) -> Rejection {
    error(head, 404, "not_found_error", &format!("model: {model}"))
}

pub(super) fn too_large(head: &Head) -> Rejection {
    error(head, 413, "request_too_large", "Request exceeds the maximum size")
}

/// The error a call ends in, when its fault or the limiter says so.
pub(super) fn rejection(head: &Head, call: &Call, conversation: &Conversation) -> Option<Rejection> {
    let limited = || {
        let message = "This request would exceed your organization's rate limit on requests per minute.";
        error(head, 429, "rate_limit_error", message)
    };
    if let Admission::Refused { wait, .. } = call.admission {
        return Some(limited().retry_in(wait));
    }
    let again =
        |rejection: Rejection| rejection.with(HeaderName::from_static("x-should-retry"), "true".into());
    Some(match call.fault? {
        Fault::RateLimited { retry_after } => again(limited().retry(retry_after)),
        Fault::Quota => invalid(
            head,
            "You have reached your specified API usage limits. You will regain access on the first day \
             of next month at 00:00 UTC.",
        ),
        Fault::Billing => invalid(
            head,
            "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing \
             to upgrade or purchase credits.",
        ),
        Fault::Unauthorized => wrong_key(head),
        Fault::Forbidden => {
            let message = "Your API key does not have permission to use the specified resource.";
            error(head, 403, "permission_error", message)
        }
        Fault::ContextLength => {
            let tokens = conversation.prompt_tokens().max(200_001);
            invalid(head, &format!("prompt is too long: {tokens} tokens > 200000 maximum"))
        }
        Fault::RequestTooLarge => too_large(head),
        Fault::ServerError => again(error(head, 500, "api_error", "Internal server error")),
        Fault::Unavailable => again(error(head, 503, "api_error", "Service temporarily unavailable")),
        Fault::Overloaded => again(error(head, 529, "overloaded_error", "Overloaded")),
        Fault::Timeout => error(head, 504, "timeout_error", "Request timed out"),
        _ => return None,
    })
}

/// What ends a stream that fails after its 200.
pub(super) fn in_stream(request_id: &str) -> Bytes {
    sse::named("error", &body("overloaded_error", "Overloaded", request_id).to_string())
}
