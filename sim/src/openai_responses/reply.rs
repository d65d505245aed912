//! Writing a Responses answer.

use bytes::Bytes;
use serde_json::{Value, json};

use super::request::Extras;
use crate::{answer::Finish, chance::mix, exchange::Reply, openai::now};

/// Where a response stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    InProgress,
    Ended,
    Failed,
}

pub(super) fn whole(reply: &Reply<'_, Extras>) -> Bytes {
    let body = document(reply, Status::Ended).to_string();
    Bytes::from(reply.answer.unmark(body))
}

/// The response object. Before it has ended it holds no output.
pub(super) fn document(reply: &Reply<'_, Extras>, status: Status) -> Value {
    let has_ended = status == Status::Ended;
    let incomplete = match reply.answer.finish {
        Finish::Stop => Value::Null,
        Finish::Length => json!({ "reason": "max_output_tokens" }),
        Finish::Filter(_) => json!({ "reason": "content_filter" }),
    };
    let output: Vec<Value> = match has_ended {
        true => reasoning_item(reply).into_iter().chain(message_item(reply)).collect(),
        false => Vec::new(),
    };
    let mut document = json!({
        "id": id(reply, "resp"),
        "object": "response",
        "created_at": now(),
        "status": match status {
            Status::InProgress => "in_progress",
            Status::Failed => "failed",
            Status::Ended => ended_status(reply),
        },
        "error": match status {
            Status::Failed => json!({
                "code": "server_error",
                "message": "The server had an error while processing your request. Sorry!",
            }),
            _ => Value::Null,
        },
        "incomplete_details": if has_ended { incomplete } else { Value::Null },
        "model": reply.model,
        "output": output,
        "text": { "format": { "type": "text" }, "verbosity": "medium" },
        "usage": if has_ended { usage(reply) } else { Value::Null },
        "service_tier": "default",
        "user": null,
    });
    if let Some(fields) = document.as_object_mut() {
        fields.extend(reply.extras.echo.clone());
    }
    document
}

pub(super) fn ended_status(reply: &Reply<'_, Extras>) -> &'static str {
    if reply.answer.finish == Finish::Stop { "completed" } else { "incomplete" }
}

pub(super) fn id(reply: &Reply<'_, Extras>, prefix: &str) -> String {
    format!("{prefix}_{:016x}{:016x}", reply.call.key, mix(reply.call.key))
}

pub(super) fn reasoning_item(reply: &Reply<'_, Extras>) -> Option<Value> {
    let thought = reply.answer.reasoning.as_deref()?;
    let summary = match reply.extras.has_summary {
        true => json!([summary_part(thought)]),
        false => json!([]),
    };
    let mut item = json!({ "id": id(reply, "rs"), "type": "reasoning", "summary": summary });
    if reply.extras.has_encrypted_reasoning {
        item["encrypted_content"] = json!(format!("{:016x}", mix(!reply.call.key)));
    }
    Some(item)
}

pub(super) fn summary_part(text: &str) -> Value {
    json!({ "type": "summary_text", "text": text })
}

/// None where nothing was said: the thoughts used up all tokens, or a filter stepped in.
pub(super) fn message_item(reply: &Reply<'_, Extras>) -> Option<Value> {
    let answer = reply.answer;
    if answer.finish == Finish::Length && answer.text.as_deref() == Some("") {
        return None;
    }
    let content = content_part(reply)?;
    Some(json!({
        "id": id(reply, "msg"),
        "type": "message",
        "status": ended_status(reply),
        "role": "assistant",
        "content": [content],
    }))
}

pub(super) fn content_part(reply: &Reply<'_, Extras>) -> Option<Value> {
    if let Some(refusal) = &reply.answer.refusal {
        return Some(json!({ "type": "refusal", "refusal": refusal }));
    }
    let text = reply.answer.marked_text()?;
    Some(json!({ "type": "output_text", "text": text, "annotations": [], "logprobs": [] }))
}

fn usage(reply: &Reply<'_, Extras>) -> Value {
    let input = reply.conversation.prompt_tokens();
    let output = reply.answer.completion_tokens();
    json!({
        "input_tokens": input,
        "input_tokens_details": { "cached_tokens": reply.conversation.cached_tokens() },
        "output_tokens": output,
        "output_tokens_details": { "reasoning_tokens": reply.answer.reasoning_tokens() },
        "total_tokens": input + output,
    })
}
