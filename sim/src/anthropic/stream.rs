//! Streaming a Messages answer.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    reply::{message, stop_details, stop_reason, usage},
    request::Extras,
    signature_of,
};
use crate::{
    exchange::Reply,
    sse::{named, pieces},
};

pub(super) fn events(reply: &Reply<'_, Extras>) -> Vec<Bytes> {
    let answer = reply.answer;
    let mut events = vec![event(&json!({
        "type": "message_start",
        "message": message(reply, &usage(reply, 1)),
    }))];
    let mut index = 0;
    if let Some(thought) = &answer.reasoning {
        let start = json!({ "type": "thinking", "thinking": "", "signature": "" });
        let shown = if reply.extras.is_thinking_hidden { "" } else { thought };
        let thoughts = pieces(shown).map(|part| json!({ "type": "thinking_delta", "thinking": part }));
        let signature = json!({ "type": "signature_delta", "signature": signature_of(thought) });
        block(&mut events, index, &start, thoughts.chain([signature]));
        index += 1;
        events.insert(2, event(&json!({ "type": "ping" })));
    }
    let marked = answer.marked_text();
    if let Some(text) = marked.as_deref().or(answer.refusal.as_deref()) {
        let start = json!({ "type": "text", "text": "" });
        let texts = pieces(text).map(|part| json!({ "type": "text_delta", "text": part }));
        let from = events.len();
        block(&mut events, index, &start, texts);
        for event in events.iter_mut().skip(from) {
            if !answer.escapes.is_empty() {
                let text = String::from_utf8_lossy(event).into_owned();
                *event = Bytes::from(answer.unmark(text));
            }
        }
    }
    events.push(event(&json!({
        "type": "message_delta",
        "delta": {
            "stop_reason": stop_reason(answer),
            "stop_sequence": answer.stopped_by,
            "stop_details": stop_details(answer),
        },
        "usage": usage(reply, answer.completion_tokens()),
    })));
    events.push(event(&json!({ "type": "message_stop" })));
    events
}

fn block(events: &mut Vec<Bytes>, index: u32, start: &Value, deltas: impl Iterator<Item = Value>) {
    let kind = |kind: &str| json!({ "type": kind, "index": index });
    let with = |kind_name: &str, field: &str, value: &Value| {
        let mut body = kind(kind_name);
        body[field] = value.clone();
        event(&body)
    };
    events.push(with("content_block_start", "content_block", start));
    events.extend(deltas.map(|delta| with("content_block_delta", "delta", &delta)));
    events.push(event(&kind("content_block_stop")));
}

/// An event's name is its type.
fn event(body: &Value) -> Bytes {
    named(body["type"].as_str().unwrap_or_default(), &body.to_string())
}
