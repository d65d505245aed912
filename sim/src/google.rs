//! The Google generateContent wire format, at the paths of the Gemini API and of Vertex AI.

mod content;
mod error_body;
mod generation_config;
mod reply;
mod request;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::{
    call::Call,
    conversation::Conversation,
    exchange::{Arrival, Asked, Format, Head, Reply, complete, refuse},
    models::{listed, shown},
    rejection::Rejection,
    server::Shared,
    wire_format::WireFormat,
};
use request::Extras;

pub(crate) struct Google;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    let call = async |arrival: Arrival, body: Bytes| complete::<Google>(arrival, body).await;
    let mut routes = Router::new()
        .route("/v1beta/models", get(list))
        .route("/v1beta/models/{call}", get(one).post(call))
        .route("/v1/models/{model}", post(call))
        .route("/v1beta/{*rest}", axum::routing::any(unknown_path));
    for version in ["v1", "v1beta1"] {
        let models = "projects/{project}/locations/{location}/publishers/google/models/{call}";
        routes = routes.route(&format!("/{version}/{models}"), post(call));
        // In express mode a key stands for the project.
        routes = routes.route(&format!("/{version}/publishers/google/models/{{call}}"), post(call));
    }
    routes
}

async fn list(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap) -> Response {
    let head = Head { id: shared.next_id(), uri, headers };
    listed::<Google>(&shared, &head, model_list)
}

async fn one(
    State(shared): State<Arc<Shared>>,
    Path(model): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let head = Head { id: shared.next_id(), uri, headers };
    shown::<Google>(&shared, &head, &model, model_entry)
}

async fn unknown_path(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> impl IntoResponse {
    let head = Head { id: shared.next_id(), uri, headers };
    let rejection = error_body::unknown_path(&method, head.uri.path());
    refuse::<Google>(&head, rejection)
}

pub(crate) fn model_list(names: &[String]) -> Value {
    let models: Vec<_> = names.iter().map(|name| model_entry(name)).collect();
    json!({ "models": models })
}

pub(crate) fn model_entry(name: &str) -> Value {
    json!({
        "name": format!("models/{name}"),
        "version": "001",
        "displayName": name,
        "description": "A simulated model",
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": ["generateContent"],
        "temperature": 1,
        "topP": 0.95,
        "maxTemperature": 2,
        "thinking": true,
    })
}

/// Whether the request goes to Vertex AI, whose errors about keys are its own.
fn is_vertex(head: &Head) -> bool {
    head.uri.path().contains("/publishers/google/")
}

impl Format for Google {
    type Extras = Extras;
    const FORMAT: WireFormat = WireFormat::Google;

    fn key(head: &Head) -> Option<String> {
        let key = head.header("x-goog-api-key").or_else(|| head.query("key"));
        key.or_else(|| head.bearer()).map(str::to_owned)
    }

    fn missing_key(_: &Head) -> Rejection {
        error_body::missing_key()
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
        reply::stream(reply)
    }

    fn stream_type(extras: &Extras) -> &'static str {
        if extras.is_sse { "text/event-stream" } else { "application/json; charset=UTF-8" }
    }

    fn error_event(reply: &Reply<'_, Extras>, nth: usize) -> Bytes {
        reply::frame(reply.extras, nth, true, &error_body::in_stream().to_string())
    }

    fn decorate(headers: &mut HeaderMap, _: &Head, call: Option<&Call>) {
        let millis = call.map_or(0, |call| call.latency().as_millis());
        if let Ok(value) = HeaderValue::try_from(format!("gfet4t7; dur={millis}")) {
            headers.insert(HeaderName::from_static("server-timing"), value);
        }
    }
}
