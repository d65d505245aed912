//! Errors over HTTP, in the shape that GraphQL clients know.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use domain::{Error, error::Fault};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// Seconds after which trying again is worth while: what is under pressure has moved on by then.
pub(super) const RETRY_AFTER: HeaderValue = HeaderValue::from_static("2");

/// An answer that says what went wrong: `{"errors": [{"message", "extensions": {"code", …}}]}`.
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
    faults: Vec<Fault>,
}

impl Problem {
    /// A problem of HTTP rather than of the domain.
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), faults: Vec::new() }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let Some(code) = error.public_code() else {
            tracing::error!(%error, "a request failed");
            let message = "Something went wrong on the server; its log says what. Trying again may help.";
            return Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message);
        };
        let status = match &error {
            Error::Invalid(_) => StatusCode::BAD_REQUEST,
            Error::NotFound { .. } => StatusCode::NOT_FOUND,
            Error::Conflict { .. } | Error::ActiveRun { .. } => StatusCode::CONFLICT,
            Error::Forbidden(_) => StatusCode::FORBIDDEN,
            Error::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Internal(_) | Error::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let message = error.to_string();
        let faults = if let Error::Invalid(faults) = error { faults } else { Vec::new() };
        Self { status, code, message, faults }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut extensions = json!({"code": self.code});
        if let Some(fault) = self.faults.first() {
            if !fault.path.is_empty() {
                extensions["field"] = Value::String(fault.path.clone());
            }
            extensions["problems"] = json!(self.faults);
        }
        let body = json!({"errors": [{"message": self.message, "extensions": extensions}]});
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        match self.status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, RETRY_AFTER);
            }
            _ => {}
        }
        response
    }
}
