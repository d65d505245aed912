//! Errors in the shape the vendor gives them.

use std::time::{Duration, SystemTime};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use serde_json::json;

use crate::{
    call::Call,
    conversation::Conversation,
    fault::{Fault, RetryAfter},
    fault_plan::Admission,
};

const HTML: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";

/// An answer that is an error.
#[derive(Debug)]
pub(super) struct Rejection {
    pub(super) status: u16,
    body: String,
    content_type: &'static str,
    headers: Vec<(HeaderName, String)>,
}

impl Rejection {
    fn new(status: u16, kind: &str, code: &str, param: Option<&str>, message: &str) -> Self {
        let code = (!code.is_empty()).then_some(code);
        let error = json!({ "message": message, "type": kind, "param": param, "code": code });
        Self {
            status,
            body: json!({ "error": error }).to_string(),
            content_type: "application/json",
            headers: Vec::new(),
        }
    }

    pub(super) fn invalid(message: &str, param: Option<&str>, code: &str) -> Self {
        Self::new(400, "invalid_request_error", code, param, message)
    }

    pub(super) fn unreadable() -> Self {
        let message = "We could not parse the JSON body of your request. (HINT: This likely means \
            you aren't using your HTTP library correctly.)";
        Self::invalid(message, None, "")
    }

    pub(super) fn unknown_path(method: &Method, path: &str) -> Self {
        let message = format!("Invalid URL ({method} {path})");
        Self::new(404, "invalid_request_error", "unknown_url", None, &message)
    }

    pub(super) fn model_not_found(model: &str) -> Self {
        let message = format!("The model `{model}` does not exist or you do not have access to it.");
        Self::new(404, "invalid_request_error", "model_not_found", None, &message)
    }

    pub(super) fn missing_key() -> Self {
        let message = "You didn't provide an API key in an Authorization header.";
        Self::new(401, "invalid_request_error", "", None, message)
    }

    /// Says nothing of the key: what it was must not reach a log.
    pub(super) fn wrong_key() -> Self {
        let message = "Incorrect API key provided.";
        Self::new(401, "invalid_request_error", "invalid_api_key", None, message)
    }

    /// The error a call ends in, when its fault or the limiter says so.
    pub(super) fn of(call: &Call, conversation: &Conversation) -> Option<Self> {
        if let Admission::Refused { wait, .. } = call.admission {
            let mut rejection = Self::rate_limited(&conversation.model, RetryAfter::None);
            // Both forms, as the vendor sends them; whole seconds are rounded up.
            let seconds = wait.as_millis().div_ceil(1_000).to_string();
            let millis = wait.as_micros().div_ceil(1_000).to_string();
            rejection.headers =
                vec![(header::RETRY_AFTER, seconds), (HeaderName::from_static("retry-after-ms"), millis)];
            return Some(rejection);
        }
        let server = |status, message| Self::new(status, "server_error", "", None, message);
        Some(match call.fault? {
            Fault::RateLimited { retry_after } => Self::rate_limited(&conversation.model, retry_after),
            Fault::Quota => Self::new(
                429,
                "insufficient_quota",
                "insufficient_quota",
                None,
                "You exceeded your current quota, please check your plan and billing details.",
            ),
            Fault::Unauthorized => Self::wrong_key(),
            Fault::Forbidden => Self::new(
                403,
                "request_forbidden",
                "unsupported_country_region_territory",
                None,
                "Country, region, or territory not supported",
            ),
            Fault::ContextLength => {
                let message = format!(
                    "This model's maximum context length is 4096 tokens. However, your messages \
                     resulted in {} tokens. Please reduce the length of the messages.",
                    conversation.prompt_tokens().max(4_097)
                );
                Self::invalid(&message, Some("messages"), "context_length_exceeded")
            }
            Fault::ServerError => {
                server(500, "The server had an error while processing your request. Sorry!")
            }
            Fault::BadGateway => {
                Self { status: 502, body: HTML.into(), content_type: "text/html", headers: Vec::new() }
            }
            Fault::Unavailable => server(503, "The engine is currently overloaded, please try again later"),
            Fault::Overloaded => Self::new(529, "overloaded_error", "", None, "Overloaded"),
            _ => return None,
        })
    }

    fn rate_limited(model: &str, retry_after: RetryAfter) -> Self {
        let message = format!("Rate limit reached for {model} on requests per min (RPM).");
        let mut rejection = Self::new(429, "requests", "rate_limit_exceeded", None, &message);
        let retry_after_ms = HeaderName::from_static("retry-after-ms");
        match retry_after {
            RetryAfter::None => {}
            RetryAfter::Seconds(seconds) => {
                rejection.headers.push((header::RETRY_AFTER, seconds.to_string()));
            }
            RetryAfter::HttpDate(seconds) => {
                let then = SystemTime::now() + Duration::from_secs(seconds);
                let date = httpdate::fmt_http_date(then);
                rejection.headers.push((header::RETRY_AFTER, date));
            }
            RetryAfter::Millis(millis) => {
                rejection.headers.push((retry_after_ms, millis.to_string()));
            }
        }
        rejection
    }

    pub(super) fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
        response
    }
}
