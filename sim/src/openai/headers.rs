//! The headers every answer of OpenAI has.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::{call::Call, chance::mix, exchange::Head, fault_plan::Admission};

// What the headers say when nothing is limited.
const REQUESTS_PER_MINUTE: u64 = 30_000;
const TOKENS_PER_MINUTE: u64 = 150_000_000;

/// Errors have them too; what was refused before a call began has no limits to report.
pub(crate) fn decorate(headers: &mut HeaderMap, head: &Head, call: Option<&Call>) {
    let mut text = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    text("openai-version", "2020-10-01".into());
    text("x-request-id", format!("req_{:016x}{:016x}", mix(!head.id), head.id));
    let Some(call) = call else { return };
    let (limit, remaining, reset) = match call.admission {
        Admission::Unlimited => (REQUESTS_PER_MINUTE, REQUESTS_PER_MINUTE - 1, "2ms".into()),
        Admission::Admitted { limit, remaining } => {
            let per_call = 60_000 / u64::from(limit.requests_per_minute.max(1));
            let missing = u64::from(limit.burst).saturating_sub(remaining);
            (limit.requests_per_minute.into(), remaining, format!("{}ms", per_call * missing))
        }
        Admission::Refused { limit, wait } => {
            (limit.requests_per_minute.into(), 0, format!("{}ms", wait.as_millis()))
        }
    };
    text("x-ratelimit-reset-requests", reset);
    text("x-ratelimit-reset-tokens", "0s".into());
    let mut number = |name: &'static str, value: u64| {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    };
    number("openai-processing-ms", u64::try_from(call.latency().as_millis()).unwrap_or(0));
    number("x-ratelimit-limit-requests", limit);
    number("x-ratelimit-remaining-requests", remaining);
    number("x-ratelimit-limit-tokens", TOKENS_PER_MINUTE);
    number("x-ratelimit-remaining-tokens", TOKENS_PER_MINUTE - 1_000);
}
