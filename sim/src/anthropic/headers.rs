//! The headers every answer of Anthropic has.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use chrono::{SecondsFormat, TimeDelta, Utc};

use crate::{call::Call, chance::mix, exchange::Head, fault_plan::Admission};

// What the headers say when nothing is limited.
const REQUESTS_PER_MINUTE: u64 = 4_000;
const TOKENS_PER_MINUTE: [(&str, u64); 3] =
    [("tokens", 2_400_000), ("input-tokens", 2_000_000), ("output-tokens", 400_000)];

pub(super) fn request_id(head: &Head) -> String {
    format!("req_{:016x}{:08x}", head.id, mix(head.id) >> 32)
}

/// Errors have them too; what was refused before a call began has no limits to report.
pub(super) fn decorate(headers: &mut HeaderMap, head: &Head, call: Option<&Call>) {
    let mut put = |name: String, value: String| {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    };
    put("request-id".into(), request_id(head));
    put("anthropic-organization-id".into(), "00000000-0000-4000-8000-000000000000".into());
    let Some(call) = call else { return };
    let (limit, remaining, wait_ms) = match call.admission {
        Admission::Unlimited => (REQUESTS_PER_MINUTE, REQUESTS_PER_MINUTE - 1, 0),
        Admission::Admitted { limit, remaining } => {
            let missing = u64::from(limit.burst).saturating_sub(remaining);
            let per_call = 60_000 / u64::from(limit.requests_per_minute.max(1));
            (limit.requests_per_minute.into(), remaining, per_call * missing)
        }
        Admission::Refused { limit, wait } => {
            (limit.requests_per_minute.into(), 0, u64::try_from(wait.as_millis()).unwrap_or(0))
        }
    };
    put("anthropic-ratelimit-requests-limit".into(), limit.to_string());
    put("anthropic-ratelimit-requests-remaining".into(), remaining.to_string());
    put("anthropic-ratelimit-requests-reset".into(), in_ms(wait_ms));
    for (name, limit) in TOKENS_PER_MINUTE {
        put(format!("anthropic-ratelimit-{name}-limit"), limit.to_string());
        put(format!("anthropic-ratelimit-{name}-remaining"), (limit - 1_000).to_string());
        put(format!("anthropic-ratelimit-{name}-reset"), in_ms(0));
    }
}

/// An instant in RFC 3339, rounded up to whole seconds as the vendor gives it.
fn in_ms(wait_ms: u64) -> String {
    let wait = TimeDelta::milliseconds(i64::try_from(wait_ms.saturating_add(999)).unwrap_or(999));
    (Utc::now() + wait).to_rfc3339_opts(SecondsFormat::Secs, true)
}
