//! Writing a Chat Completions answer.

use std::fmt::Write;

use bytes::Bytes;
use serde_json::{Value, json};

use super::request::StreamOptions;
use crate::{
    answer::{Answer, Finish},
    call::Call,
    chance::mix,
    conversation::Conversation,
    exchange::Reply,
    openai::now,
    sse::{literal, pieces},
};

/// The body of `chat.completion`, in one piece.
pub(super) fn whole(reply: &Reply<'_, StreamOptions>) -> Bytes {
    let Reply { model, answer, conversation, call, .. } = *reply;
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
pub(super) fn stream(reply: &Reply<'_, StreamOptions>) -> Vec<Bytes> {
    let Reply { model, answer, conversation, call, extras: options } = *reply;
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

fn content(answer: &Answer) -> String {
    match &answer.text {
        Some(text) if answer.escapes.is_empty() => literal(text),
        Some(text) => literal(text).replacen('"', &format!("\"{}", answer.escapes), 1),
        None => "null".into(),
    }
}

fn or_null(text: Option<&str>) -> String {
    text.map_or_else(|| "null".into(), literal)
}

fn finish_reason(answer: &Answer) -> &'static str {
    match answer.finish {
        Finish::Stop => "stop",
        Finish::Length => "length",
        Finish::Filter(_) => "content_filter",
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

fn fingerprint(model: &str) -> u64 {
    crate::chance::key_of(model) >> 24
}
