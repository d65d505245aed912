//! An answer that is an error, whoever words it.

use std::time::{Duration, SystemTime};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::Value;

use crate::fault::RetryAfter;

const RETRY_AFTER_MS: HeaderName = HeaderName::from_static("retry-after-ms");

#[derive(Debug)]
pub(crate) struct Rejection {
    pub(crate) status: u16,
    body: String,
    content_type: &'static str,
    headers: Vec<(HeaderName, String)>,
}

impl Rejection {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self { status, body: body.to_string(), content_type: "application/json", headers: Vec::new() }
    }

    /// What a proxy in front of the vendor says, in HTML.
    pub(crate) fn html(status: u16, title: &str) -> Self {
        let body = format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n\
             <center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
        );
        Self { status, body, content_type: "text/html", headers: Vec::new() }
    }

    /// 307 to another address.
    pub(crate) fn redirect(location: String) -> Self {
        let headers = vec![(header::LOCATION, location)];
        Self { status: 307, body: String::new(), content_type: "text/plain", headers }
    }

    #[must_use]
    pub(crate) fn with(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Says when to come back, in a header.
    #[must_use]
    pub(crate) fn retry(self, after: RetryAfter) -> Self {
        match after {
            RetryAfter::None => self,
            RetryAfter::Seconds(seconds) => self.with(header::RETRY_AFTER, seconds.to_string()),
            RetryAfter::HttpDate(seconds) => {
                let then = SystemTime::now() + Duration::from_secs(seconds);
                self.with(header::RETRY_AFTER, httpdate::fmt_http_date(then))
            }
            RetryAfter::Millis(millis) => self.with(RETRY_AFTER_MS, millis.to_string()),
        }
    }

    /// Whole seconds, rounded up: a client that waits less is refused again.
    #[must_use]
    pub(crate) fn retry_in(self, wait: Duration) -> Self {
        let seconds = wait.as_millis().div_ceil(1_000);
        self.with(header::RETRY_AFTER, seconds.to_string())
    }

    /// As [`Rejection::retry_in`], and in milliseconds beside it.
    #[must_use]
    pub(crate) fn retry_in_both(self, wait: Duration) -> Self {
        let millis = wait.as_micros().div_ceil(1_000);
        self.retry_in(wait).with(RETRY_AFTER_MS, millis.to_string())
    }

    pub(crate) fn into_response(self) -> Response {
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
