//! Writing a Chat Completions answer.

use std::{
    fmt::Write,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::request::StreamOptions;
use crate::{
    answer::{Answer, Finish},
    call::Call,
    chance::mix,
    conversation::Conversation,
    fault_plan::Admission,
};

// What the headers say when nothing is limited.
const REQUESTS_PER_MINUTE: u64 = 30_000;
const TOKENS_PER_MINUTE: u64 = 150_000_000;

/// The body of `chat.completion`, in one piece.
pub(super) fn whole(model: &str, answer: &Answer, conversation: &Conversation, call: &Call) -> Bytes {
    // Written by hand: the escapes of a lone surrogate fit into no Rust string, and this is the
    // hot path.
    let mut body = String::with_capacity(1_024 + answer.text.as_ref().map_or(0, String::len));
    let _ = write!(
        body,
        r#"{{"id":"{}","object":"chat.completion","created":{},"model":{},"choices":[{{"index":0,"message":{{"role":"assistant","content":{},"refusal":{},"annotations":[]"#,
        id(call),
        now(),
        literal(model),
        content(answer),
        or_null(answer.refusal.as_deref()),
    );
    if let Some(reasoning) = &answer.reasoning {
        let _ = write!(body, r#","reasoning_content":{}"#, literal(reasoning));
    }
    let _ = write!(
        body,
        r#"}},"logprobs":null,"finish_reason":"{}"}}],"usage":{},"service_tier":"default","system_fingerprint":"fp_{:010x}"}}"#,
        finish_reason(answer),
        usage(answer, conversation),
        fingerprint(model),
    );
    Bytes::from(body)
}

/// The events of a streamed answer, `[DONE]` included.
pub(super) fn stream(
    model: &str,
    answer: &Answer,
    conversation: &Conversation,
    call: &Call,
    options: StreamOptions,
) -> Vec<Bytes> {
    let head = format!(
        r#"data: {{"id":"{}","object":"chat.completion.chunk","created":{},"model":{},"service_tier":"default","system_fingerprint":"fp_{:010x}","choices":"#,
        id(call),
        now(),
        literal(model),
        fingerprint(model),
    );
    let usage_null = if options.include_usage { r#","usage":null"# } else { "" };
    let event = |delta: &str, finish: &str| {
        Bytes::from(format!(
            r#"{head}[{{"index":0,"delta":{delta},"logprobs":null,"finish_reason":{finish}}}]{usage_null}}}{}"#,
            "\n\n"
        ))
    };
    let is_refused = answer.refusal.is_some();
    let opening = match is_refused || answer.text.is_none() {
        true => r#"{"role":"assistant","content":null,"refusal":null}"#,
        false => r#"{"role":"assistant","content":"","refusal":null}"#,
    };
    let mut events = vec![event(opening, "null")];
    if let Some(reasoning) = &answer.reasoning {
        for part in pieces(reasoning) {
            events.push(event(&format!(r#"{{"reasoning_content":{}}}"#, literal(part)), "null"));
        }
    }
    if !answer.escapes.is_empty() {
        events.push(event(&format!(r#"{{"content":"{}"}}"#, answer.escapes), "null"));
    }
    let field = if is_refused { "refusal" } else { "content" };
    let said = answer.refusal.as_deref().or(answer.text.as_deref());
    for part in pieces(said.unwrap_or_default()) {
        events.push(event(&format!(r#"{{"{field}":{}}}"#, literal(part)), "null"));
    }
    events.push(event("{}", &format!("\"{}\"", finish_reason(answer))));
    if options.include_usage {
        let usage = usage(answer, conversation);
        events.push(Bytes::from(format!("{head}[],\"usage\":{usage}}}\n\n")));
    }
    events.push(Bytes::from_static(b"data: [DONE]\n\n"));
    events
}

/// A few words each; large answers in larger pieces.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let size = (text.len() / 256).max(12);
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, after) = rest.split_at(rest.ceil_char_boundary(size));
        rest = after;
        Some(piece)
    })
}

fn content(answer: &Answer) -> String {
    match &answer.text {
        Some(text) if answer.escapes.is_empty() => literal(text),
        Some(text) => literal(text).replacen('"', &format!("\"{}", answer.escapes), 1),
        None => "null".into(),
    }
}

fn literal(text: &str) -> String {
    Value::from(text).to_string()
}

fn or_null(text: Option<&str>) -> String {
    text.map_or_else(|| "null".into(), literal)
}

fn finish_reason(answer: &Answer) -> &'static str {
    match answer.finish {
        Finish::Stop => "stop",
        Finish::Length => "length",
        Finish::ContentFilter => "content_filter",
    }
}

fn usage(answer: &Answer, conversation: &Conversation) -> Value {
    let prompt = conversation.prompt_tokens();
    let completion = answer.completion_tokens();
    json!({
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {
            "cached_tokens": conversation.cached_tokens(),
            "audio_tokens": 0,
        },
        "completion_tokens_details": {
            "reasoning_tokens": answer.reasoning_tokens(),
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    })
}

fn id(call: &Call) -> String {
    format!("chatcmpl-{:016x}{:012x}", call.key, mix(call.key) >> 16)
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| time.as_secs())
}

fn fingerprint(model: &str) -> u64 {
    crate::chance::key_of(model) >> 24
}

/// The headers every answer of the vendor has, errors included.
pub(super) fn add_headers(response: &mut Response, call: &Call) {
    let (limit, remaining, reset) = match call.admission {
        Admission::Unlimited => (REQUESTS_PER_MINUTE, REQUESTS_PER_MINUTE - 1, "2ms".into()),
        Admission::Admitted { limit, remaining } => {
            let per_call = 60_000 / u64::from(limit.requests_per_minute.max(1));
            let missing = u64::from(limit.burst).saturating_sub(remaining);
            let reset = format!("{}ms", per_call * missing);
            (limit.requests_per_minute.into(), remaining, reset)
        }
        Admission::Refused { limit, wait } => {
            (limit.requests_per_minute.into(), 0, format!("{}ms", wait.as_millis()))
        }
    };
    let headers = response.headers_mut();
    let mut number = |name: &'static str, value: u64| {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    };
    number("openai-processing-ms", u64::try_from(call.latency().as_millis()).unwrap_or(0));
    number("x-ratelimit-limit-requests", limit);
    number("x-ratelimit-remaining-requests", remaining);
    number("x-ratelimit-limit-tokens", TOKENS_PER_MINUTE);
    number("x-ratelimit-remaining-tokens", TOKENS_PER_MINUTE - 1_000);
    let mut text = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    text("x-ratelimit-reset-requests", reset);
    text("x-ratelimit-reset-tokens", "0s".into());
    text("openai-version", "2020-10-01".into());
    text("x-request-id", format!("req_{:016x}{:016x}", mix(!call.key), call.key));
}

pub(super) fn json<T: Serialize>(value: &T) -> Response {
    let mut response = Response::new(Body::from(serde_json::to_vec(value).unwrap_or_default()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
