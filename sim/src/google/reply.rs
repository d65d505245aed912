//! Writing a generateContent answer.

use bytes::Bytes;
use serde_json::{Value, json};

use super::request::Extras;
use crate::{
    answer::{Answer, Filter, Finish},
    chance::mix,
    exchange::Reply,
    sse::{pieces, unnamed},
};

pub(super) fn whole(reply: &Reply<'_, Extras>) -> Bytes {
    let answer = reply.answer;
    let mut parts = Vec::new();
    if let Some(thought) = thought(reply) {
        parts.push(json!({ "text": thought, "thought": true }));
    }
    let marked = answer.marked_text();
    if let Some(text) = marked.as_deref().or(answer.refusal.as_deref()) {
        parts.push(text_part(reply, text));
    }
    let body = chunk(reply, parts, true);
    Bytes::from(answer.unmark(body.to_string()))
}

pub(super) fn stream(reply: &Reply<'_, Extras>) -> Vec<Bytes> {
    let answer = reply.answer;
    let mut chunks: Vec<Value> = Vec::new();
    for part in thought(reply).into_iter().flat_map(pieces) {
        chunks.push(chunk(reply, vec![json!({ "text": part, "thought": true })], false));
    }
    let marked = answer.marked_text();
    let said = marked.as_deref().or(answer.refusal.as_deref());
    for part in pieces(said.unwrap_or_default()) {
        chunks.push(chunk(reply, vec![json!({ "text": part })], false));
    }
    // The last one says how it ended and what it cost.
    let last = match said {
        Some(_) => vec![text_part(reply, "")],
        None => Vec::new(),
    };
    chunks.push(chunk(reply, last, true));
    let count = chunks.len();
    let framed = chunks.iter().enumerate().map(|(at, chunk)| {
        let body = answer.unmark(chunk.to_string());
        frame(reply.extras, at, at + 1 == count, &body)
    });
    framed.collect()
}

/// One chunk of a stream, as an event or as an element of an array.
pub(super) fn frame(extras: &Extras, at: usize, is_last: bool, body: &str) -> Bytes {
    if extras.is_sse {
        return unnamed(body);
    }
    let open = if at == 0 { "[" } else { ",\r\n" };
    let close = if is_last { "]" } else { "" };
    Bytes::from(format!("{open}{body}{close}"))
}

/// Where thoughts were had, the text carries what proves them.
fn text_part(reply: &Reply<'_, Extras>, text: &str) -> Value {
    match reply.answer.reasoning {
        // Hexadecimal digits, four by four, are base64 too.
        Some(_) => json!({ "text": text, "thoughtSignature": format!("{:016x}", mix(reply.call.key)) }),
        None => json!({ "text": text }),
    }
}

fn thought<'a>(reply: &Reply<'a, Extras>) -> Option<&'a str> {
    reply.answer.reasoning.as_deref().filter(|_| reply.extras.includes_thoughts)
}

fn chunk(reply: &Reply<'_, Extras>, parts: Vec<Value>, is_last: bool) -> Value {
    let mut body = json!({});
    if reply.answer.finish == Finish::Filter(Filter::Prompt) {
        body["promptFeedback"] = json!({ "blockReason": "PROHIBITED_CONTENT" });
    } else {
        let mut candidate = json!({ "index": 0 });
        // A filter that leaves nothing leaves no content either.
        if !parts.is_empty() || reply.answer.finish == Finish::Stop {
            let parts = (!parts.is_empty()).then_some(parts);
            candidate["content"] = match parts {
                Some(parts) => json!({ "parts": parts, "role": "model" }),
                None => json!({ "role": "model" }),
            };
        }
        if is_last {
            candidate["finishReason"] = json!(finish_reason(reply.answer));
        }
        body["candidates"] = json!([candidate]);
    }
    body["usageMetadata"] = usage(reply, is_last);
    body["modelVersion"] = json!(reply.model);
    body["responseId"] = json!(format!("{:016x}", reply.call.key));
    body
}

fn finish_reason(answer: &Answer) -> &'static str {
    match answer.finish {
        Finish::Stop => "STOP",
        Finish::Length => "MAX_TOKENS",
        Finish::Filter(Filter::Safety) => "SAFETY",
        Finish::Filter(Filter::Recitation) => "RECITATION",
        Finish::Filter(Filter::Prohibited | Filter::Prompt) => "PROHIBITED_CONTENT",
    }
}

/// Counts that would be 0 are left out, as protobuf's JSON does.
fn usage(reply: &Reply<'_, Extras>, is_last: bool) -> Value {
    let prompt = reply.conversation.prompt_tokens();
    let thoughts = reply.answer.reasoning_tokens();
    let said = match reply.answer.said() {
        Some(_) if is_last => reply.answer.completion_tokens().saturating_sub(thoughts),
        _ => 0,
    };
    let mut usage = json!({
        "promptTokenCount": prompt,
        "totalTokenCount": prompt + said + thoughts,
        "promptTokensDetails": [{ "modality": "TEXT", "tokenCount": prompt }],
    });
    let cached = reply.conversation.repeated_tokens();
    for (name, count) in [
        ("candidatesTokenCount", said),
        ("thoughtsTokenCount", thoughts),
        ("cachedContentTokenCount", cached),
    ] {
        if count > 0 {
            usage[name] = json!(count);
        }
    }
    usage
}
