//! Writing a Messages answer.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{request::Extras, signature_of};
use crate::{
    answer::{Answer, Filter, Finish},
    chance::mix,
    conversation::CACHED_MIN,
    exchange::Reply,
};

pub(super) fn whole(reply: &Reply<'_, Extras>) -> Bytes {
    let mut content = Vec::new();
    if let Some(thought) = &reply.answer.reasoning {
        let text = if reply.extras.is_thinking_hidden { "" } else { thought };
        content.push(json!({ "type": "thinking", "thinking": text, "signature": signature_of(thought) }));
    }
    let text = reply.answer.marked_text();
    if let Some(text) = text.as_deref().or(reply.answer.refusal.as_deref()) {
        content.push(json!({ "type": "text", "text": text }));
    }
    let mut message = message(reply, &usage(reply, reply.answer.completion_tokens()));
    message["content"] = Value::Array(content);
    message["stop_reason"] = json!(stop_reason(reply.answer));
    message["stop_sequence"] = json!(reply.answer.stopped_by);
    message["stop_details"] = stop_details(reply.answer);
    Bytes::from(reply.answer.unmark(message.to_string()))
}

/// A message as it stands before a word is said.
pub(super) fn message(reply: &Reply<'_, Extras>, usage: &Value) -> Value {
    json!({
        "id": format!("msg_{:016x}{:08x}", reply.call.key, mix(reply.call.key) >> 32),
        "type": "message",
        "role": "assistant",
        "model": reply.model,
        "content": [],
        "stop_reason": null,
        "stop_sequence": null,
        "stop_details": null,
        "usage": usage,
    })
}

pub(super) fn stop_reason(answer: &Answer) -> &'static str {
    match answer.finish {
        Finish::Stop if answer.refusal.is_some() => "refusal",
        Finish::Stop if answer.stopped_by.is_some() => "stop_sequence",
        Finish::Stop => "end_turn",
        Finish::Length => "max_tokens",
        Finish::Filter(_) => "refusal",
    }
}

pub(super) fn stop_details(answer: &Answer) -> Value {
    match answer.finish {
        Finish::Filter(Filter::Prompt | Filter::Prohibited) => {
            json!({ "type": "refusal", "category": null, "explanation": "This prompt was stopped." })
        }
        _ => Value::Null,
    }
}

/// Input is counted in three parts that add up: read from the cache, written to it, and the rest.
pub(super) fn usage(reply: &Reply<'_, Extras>, output_tokens: u64) -> Value {
    let total = reply.conversation.prompt_tokens();
    let (read, written) = cached(reply, total);
    json!({
        "input_tokens": total - read - written,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
        "cache_creation": { "ephemeral_5m_input_tokens": written, "ephemeral_1h_input_tokens": 0 },
        "output_tokens": output_tokens,
        "service_tier": "standard",
    })
}

fn cached(reply: &Reply<'_, Extras>, total: u64) -> (u64, u64) {
    let up_to = reply.extras.cached_up_to.unwrap_or(0).min(total);
    if up_to < CACHED_MIN {
        return (0, 0);
    }
    let seen = match reply.call.nth {
        // The same again: all of it was written the first time.
        nth if nth > 1 => up_to,
        _ => reply.conversation.repeated_tokens().min(up_to),
    };
    (seen, up_to - seen)
}
