//! The OpenAI Responses wire format.

mod input;
mod reply;
mod request;
mod stream;

use std::sync::Arc;

use axum::{Router, http::HeaderMap, routing::post};
use bytes::Bytes;

use crate::{
    call::Call,
    conversation::Conversation,
    exchange::{Arrival, Asked, Format, Head, Reply, complete},
    openai::{self, error_body},
    rejection::Rejection,
    server::Shared,
    wire_format::WireFormat,
};
use request::Extras;

pub(crate) struct OpenAiResponses;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    let call = async |arrival: Arrival, body: Bytes| complete::<OpenAiResponses>(arrival, body).await;
    Router::new().route("/v1/responses", post(call))
}

impl Format for OpenAiResponses {
    type Extras = Extras;
    const FORMAT: WireFormat = WireFormat::OpenAiResponses;

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

    fn read(_: &Head, body: &[u8]) -> Result<Asked<Extras>, Rejection> {
        request::read(body)
    }

    fn rejection(_: &Head, call: &Call, conversation: &Conversation) -> Option<Rejection> {
        error_body::rejection(call, conversation, "input")
    }

    fn whole(reply: &Reply<'_, Extras>) -> Bytes {
        reply::whole(reply)
    }

    fn stream(reply: &Reply<'_, Extras>) -> Vec<Bytes> {
        stream::events(reply)
    }

    fn error_event(reply: &Reply<'_, Extras>, nth: usize) -> Bytes {
        stream::failed(reply, nth)
    }

    fn decorate(headers: &mut HeaderMap, head: &Head, call: Option<&Call>) {
        openai::decorate(headers, head, call);
    }
}
