//! Errors in the shape Google gives them: `google.rpc.Status` with details.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use super::is_vertex;
use crate::{
    call::Call,
    conversation::Conversation,
    exchange::Head,
    fault::{Fault, RetryAfter},
    fault_plan::Admission,
    rejection::Rejection,
};

fn body(status: u16, name: &str, message: &str, details: &[Value]) -> Value {
    let mut error = json!({ "code": status, "message": message, "status": name });
    if !details.is_empty() {
        error["details"] = json!(details);
    }
    json!({ "error": error })
}

fn error(status: u16, name: &str, message: &str, details: &[Value]) -> Rejection {
    Rejection::json(status, &body(status, name, message, details))
}

fn error_info(reason: &str) -> Value {
    json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": { "service": "generativelanguage.googleapis.com" },
    })
}

fn retry_info(delay: Duration) -> Value {
    // As protobuf writes a duration: no fraction, or milliseconds.
    let seconds = match delay.subsec_millis() {
        0 => format!("{}s", delay.as_secs()),
        millis => format!("{}.{millis:03}s", delay.as_secs()),
    };
    json!({ "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": seconds })
}

pub(super) fn invalid(message: &str) -> Rejection {
    error(400, "INVALID_ARGUMENT", message, &[])
}

pub(super) fn unknown_path(method: &Method, path: &str) -> Rejection {
    error(404, "NOT_FOUND", &format!("There is nothing at {method} {path}."), &[])
}

pub(super) fn missing_key() -> Rejection {
    let message = "Method doesn't allow unregistered callers (callers without established identity). \
        Please use API Key or other form of API consumer identity to call this API.";
    error(403, "PERMISSION_DENIED", message, &[])
}

pub(super) fn wrong_key(head: &Head) -> Rejection {
    if is_vertex(head) || (head.header("x-goog-api-key").is_none() && head.bearer().is_some()) {
        let message = "Request had invalid authentication credentials. Expected OAuth 2 access token, \
            login cookie or other valid authentication credential.";
        return error(401, "UNAUTHENTICATED", message, &[error_info("ACCESS_TOKEN_TYPE_UNSUPPORTED")]);
    }
    let message = "API key not valid. Please pass a valid API key.";
    error(400, "INVALID_ARGUMENT", message, &[error_info("API_KEY_INVALID")])
}

pub(super) fn model_not_found(head: &Head, model: &str) -> Rejection {
    let version = head.uri.path().split('/').nth(1).unwrap_or("v1beta");
    let message = format!(
        "models/{model} is not found for API version {version}, or is not supported for generateContent. \
         Call ListModels to see the list of available models and their supported methods."
    );
    error(404, "NOT_FOUND", &message, &[])
}

/// Too many calls, of the limit with this name.
fn exhausted(quota_id: &str, model: &str, value: u64, delay: Option<Duration>) -> Rejection {
    let message = "You exceeded your current quota, please check your plan and billing details.";
    let violation = json!({
        "quotaMetric": "generativelanguage.googleapis.com/generate_content_requests",
        "quotaId": quota_id,
        "quotaDimensions": { "location": "global", "model": model },
        "quotaValue": value.to_string(),
    });
    let mut details =
        vec![json!({ "@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation] })];
    details.extend(delay.map(retry_info));
    error(429, "RESOURCE_EXHAUSTED", message, &details)
}

/// The error a call ends in, when its fault or the limiter says so.
pub(super) fn rejection(head: &Head, call: &Call, conversation: &Conversation) -> Option<Rejection> {
    let model = &conversation.model;
    let per_minute =
        |value, delay| exhausted("GenerateRequestsPerMinutePerProjectPerModel", model, value, delay);
    if let Admission::Refused { limit, wait } = call.admission {
        // A fraction of a millisecond less would be too early.
        let wait = Duration::from_millis(u64::try_from(wait.as_millis()).unwrap_or(0) + 1);
        return Some(per_minute(limit.requests_per_minute.into(), Some(wait)));
    }
    let unavailable = |message| error(503, "UNAVAILABLE", message, &[]);
    Some(match call.fault? {
        Fault::RateLimited { retry_after } => match retry_after {
            RetryAfter::None => per_minute(1_000, None),
            RetryAfter::Seconds(seconds) => per_minute(1_000, Some(Duration::from_secs(seconds))),
            RetryAfter::Millis(millis) => per_minute(1_000, Some(Duration::from_millis(millis))),
            date @ RetryAfter::HttpDate(_) => per_minute(1_000, None).retry(date),
        },
        // The delay is that of the minute's limit, which misleads: the day is what is used up.
        Fault::Quota => {
            let delay = Some(Duration::from_secs(13));
            exhausted("GenerateRequestsPerDayPerProjectPerModel-FreeTier", model, 250, delay)
        }
        Fault::Billing => {
            let message = "This API method requires billing to be enabled. Please enable billing on the \
                project, then retry.";
            error(403, "PERMISSION_DENIED", message, &[error_info("BILLING_DISABLED")])
        }
        Fault::Unauthorized => wrong_key(head),
        Fault::Forbidden => {
            let message = "Generative Language API has not been used in this project before or it is \
                disabled.";
            error(403, "PERMISSION_DENIED", message, &[error_info("SERVICE_DISABLED")])
        }
        Fault::ContextLength => {
            let tokens = conversation.prompt_tokens().max(1_048_577);
            invalid(&format!(
                "The input token count ({tokens}) exceeds the maximum number of tokens allowed (1048576)."
            ))
        }
        Fault::RequestTooLarge => invalid("Request payload size exceeds the limit: 20971520 bytes."),
        Fault::ServerError => {
            let message = "An internal error has occurred. Please retry.";
            error(500, "INTERNAL", message, &[])
        }
        Fault::Unavailable => unavailable("The service is currently unavailable."),
        Fault::Overloaded => unavailable("The model is overloaded. Please try again later."),
        Fault::Timeout => {
            error(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete.", &[])
        }
        _ => return None,
    })
}

/// What ends a stream that fails after its 200.
pub(super) fn in_stream() -> Value {
    body(503, "UNAVAILABLE", "The model is overloaded. Please try again later.", &[])
}
