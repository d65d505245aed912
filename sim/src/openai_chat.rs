//! The OpenAI Chat Completions wire format.

mod reply;
mod request;

use std::sync::Arc;

use axum::{
    Router,
    http::HeaderMap,
    routing::{MethodRouter, post},
};
use bytes::Bytes;

use crate::{
    call::Call,
    conversation::Conversation,
    exchange::{Arrival, Asked, Format, Head, Reply, complete},
    openai::{self, error_body},
    rejection::Rejection,
    server::Shared,
    sse,
    wire_format::WireFormat,
};
use request::StreamOptions;

pub(crate) struct OpenAiChat;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    let call: MethodRouter<_> =
        post(async |arrival: Arrival, body: Bytes| complete::<OpenAiChat>(arrival, body).await);
    Router::new().route("/v1/chat/completions", call)
}

impl Format for OpenAiChat {
    type Extras = StreamOptions;
    const FORMAT: WireFormat = WireFormat::OpenAiChat;

    fn key(head: &Head) -> Option<String> {
        openai::key(head)
    }

    fn missing_key(_: &Head) -> Rejection {
        error_body::missing_key()
    }

    fn wrong_key(_: &Head) -> Rejection {
        error_body::wrong_key()
    }

    fn model_not_found(_: &Head, model: &str) -> Rejection {
        error_body::model_not_found(model)
    }

    fn read(_: &Head, body: &[u8]) -> Result<Asked<StreamOptions>, Rejection> {
        request::read(body)
    }

    fn rejection(_: &Head, call: &Call, conversation: &Conversation) -> Option<Rejection> {
        error_body::rejection(call, conversation, "messages")
    }

    fn whole(reply: &Reply<'_, StreamOptions>) -> Bytes {
        reply::whole(reply)
    }

    fn stream(reply: &Reply<'_, StreamOptions>) -> Vec<Bytes> {
        reply::stream(reply)
    }

    fn error_event(_: &Reply<'_, StreamOptions>, _: usize) -> Bytes {
        sse::unnamed(&error_body::in_stream().to_string())
    }

    fn decorate(headers: &mut HeaderMap, head: &Head, call: Option<&Call>) {
        openai::decorate(headers, head, call);
    }
}
