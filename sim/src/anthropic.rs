//! The Anthropic Messages wire format.

mod content;
mod error_body;
mod headers;
mod reply;
mod request;
mod stream;

use std::sync::Arc;

use axum::{Router, http::HeaderMap, routing::post};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::{
    call::Call,
    chance::{join, key_of},
    conversation::Conversation,
    exchange::{Arrival, Asked, Format, Head, Reply, complete},
    rejection::Rejection,
    server::Shared,
    wire_format::WireFormat,
};
use request::Extras;

pub(crate) struct Anthropic;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    let call = async |arrival: Arrival, body: Bytes| complete::<Anthropic>(arrival, body).await;
    Router::new().route("/v1/messages", post(call))
}

pub(crate) fn model_list(names: &[String]) -> Value {
    let models: Vec<_> = names.iter().map(|name| model_entry(name)).collect();
    json!({ "data": models, "has_more": false, "first_id": names.first(), "last_id": names.last() })
}

pub(crate) fn model_entry(name: &str) -> Value {
    json!({
        "type": "model",
        "id": name,
        "display_name": name,
        "created_at": "2026-01-01T00:00:00Z",
        "lifecycle": "active",
        "max_input_tokens": 200_000,
        "max_tokens": 64_000,
    })
}

/// What proves that a thought was ours. Only hexadecimal digits, so it reads as base64 too.
fn signature_of(thought: &str) -> String {
    let key = key_of(thought);
    format!("{key:016x}{:016x}", join(key, key))
}

impl Format for Anthropic {
    type Extras = Extras;
    const FORMAT: WireFormat = WireFormat::Anthropic;

    fn key(head: &Head) -> Option<String> {
        head.header("x-api-key").or_else(|| head.bearer()).map(str::to_owned)
    }

    fn missing_key(head: &Head) -> Rejection {
        error_body::missing_key(head)
    }

    fn wrong_key(head: &Head) -> Rejection {
        error_body::wrong_key(head)
    }

    fn model_not_found(head: &Head, model: &str) -> Rejection {
        error_body::model_not_found(head, model)
    }

    fn read(head: &Head, body: &[u8]) -> Result<Asked<Extras>, Rejection> {
        request::read(head, body)
    }

    fn rejection(head: &Head, call: &Call, conversation: &Conversation) -> Option<Rejection> {
        error_body::rejection(head, call, conversation)
    }

    fn whole(reply: &Reply<'_, Extras>) -> Bytes {
        reply::whole(reply)
    }

    fn stream(reply: &Reply<'_, Extras>) -> Vec<Bytes> {
        stream::events(reply)
    }

    fn error_event(reply: &Reply<'_, Extras>, _: usize) -> Bytes {
        error_body::in_stream(&reply.extras.request_id)
    }

    fn decorate(headers: &mut HeaderMap, head: &Head, call: Option<&Call>) {
        headers::decorate(headers, head, call);
    }
}
