//! Streaming a Responses answer.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    reply::{Status, content_part, document, ended_status, id, message_item, reasoning_item, summary_part},
    request::Extras,
};
use crate::{
    exchange::Reply,
    sse::{named, pieces},
};

/// Events in order, each with its number.
struct Events<'a> {
    reply: &'a Reply<'a, Extras>,
    framed: Vec<Bytes>,
}

pub(super) fn events(reply: &Reply<'_, Extras>) -> Vec<Bytes> {
    let mut events = Events { reply, framed: Vec::new() };
    for name in ["response.created", "response.in_progress"] {
        events.push(name, json!({ "response": document(reply, Status::InProgress) }));
    }
    let mut index = 0;
    if let Some(item) = reasoning_item(reply) {
        events.reasoning(&item, index);
        index += 1;
    }
    if let Some(item) = message_item(reply) {
        events.message(&item, index);
    }
    let name = format!("response.{}", ended_status(reply));
    events.push(&name, json!({ "response": document(reply, Status::Ended) }));
    events.framed
}

/// What ends a stream that fails after `nth` events.
pub(super) fn failed(reply: &Reply<'_, Extras>, nth: usize) -> Bytes {
    frame("response.failed", nth, json!({ "response": document(reply, Status::Failed) }))
}

fn frame(name: &str, nth: usize, mut body: Value) -> Bytes {
    body["type"] = json!(name);
    body["sequence_number"] = json!(nth);
    named(name, &body.to_string())
}

impl Events<'_> {
    fn push(&mut self, name: &str, body: Value) {
        let event = frame(name, self.framed.len(), body);
        self.framed.push(match self.reply.answer.escapes.is_empty() {
            true => event,
            false => Bytes::from(self.reply.answer.unmark(String::from_utf8_lossy(&event).into_owned())),
        });
    }

    fn item(&mut self, step: &str, item: &Value, index: u32) {
        let name = format!("response.output_item.{step}");
        self.push(&name, json!({ "output_index": index, "item": item }));
    }

    /// One part of an item that is sent in pieces: `added`, the pieces, `done`.
    fn part(&mut self, kind: &Part<'_>, place: &Value, text: &str) {
        let with = |fields: Value| {
            let mut body = place.clone();
            if let (Some(body), Value::Object(fields)) = (body.as_object_mut(), fields) {
                body.extend(fields);
            }
            body
        };
        self.push(&format!("response.{}.added", kind.part), with(json!({ "part": kind.empty })));
        for piece in pieces(text) {
            let mut body = with(json!({ "delta": piece }));
            if kind.text == "output_text" {
                body["logprobs"] = json!([]);
            }
            self.push(&format!("response.{}.delta", kind.text), body);
        }
        let mut body = with(json!({}));
        body[kind.field] = json!(text);
        if kind.text == "output_text" {
            body["logprobs"] = json!([]);
        }
        self.push(&format!("response.{}.done", kind.text), body);
        self.push(&format!("response.{}.done", kind.part), with(json!({ "part": kind.full })));
    }

    fn reasoning(&mut self, item: &Value, index: u32) {
        let mut opened = item.clone();
        opened["summary"] = json!([]);
        self.item("added", &opened, index);
        let thought = self.reply.answer.reasoning.as_deref().unwrap_or_default();
        if self.reply.extras.has_summary {
            let place = json!({ "item_id": id(self.reply, "rs"), "output_index": index, "summary_index": 0 });
            let (empty, full) = (summary_part(""), summary_part(thought));
            let kind = Part {
                part: "reasoning_summary_part",
                text: "reasoning_summary_text",
                field: "text",
                empty: &empty,
                full: &full,
            };
            self.part(&kind, &place, thought);
        }
        self.item("done", item, index);
    }

    fn message(&mut self, item: &Value, index: u32) {
        let Some(full) = content_part(self.reply) else { return };
        let (text, field) = match self.reply.answer.refusal {
            Some(_) => ("refusal", "refusal"),
            None => ("output_text", "text"),
        };
        let mut opened = item.clone();
        opened["status"] = json!("in_progress");
        opened["content"] = json!([]);
        self.item("added", &opened, index);
        let mut empty = full.clone();
        empty[field] = json!("");
        let place = json!({ "item_id": id(self.reply, "msg"), "output_index": index, "content_index": 0 });
        let said = full[field].as_str().unwrap_or_default();
        let kind = Part { part: "content_part", text, field, empty: &empty, full: &full };
        self.part(&kind, &place, said);
        self.item("done", item, index);
    }
}

/// How the events of one kind of part are called, and the part before and after them.
struct Part<'a> {
    part: &'a str,
    text: &'a str,
    field: &'a str,
    empty: &'a Value,
    full: &'a Value,
}
