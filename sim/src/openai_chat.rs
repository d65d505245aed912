//! The OpenAI Chat Completions wire format.

mod error_body;
mod reply;
mod request;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Path, State},
    http::{HeaderMap, Method, Uri, header},
    response::Response,
    routing::{get, post},
};
use bytes::Bytes;
use serde_json::json;

use crate::{
    call::{Call, Fate},
    connection::Wire,
    fault::Fault,
    profile::Profile,
    request_log::Outcome,
    server::Shared,
    wire_body::{Delivery, deliver},
};
use error_body::Rejection;
use request::ChatRequest;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v1/chat/completions", post(complete))
        .route("/v1/models", get(list_models))
        .route("/v1/models/{model}", get(show_model))
}

pub(crate) async fn unknown_path(method: Method, uri: Uri) -> Response {
    Rejection::unknown_path(&method, uri.path()).into_response()
}

async fn complete(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let reject = |model: &str, rejection: Rejection| {
        let entry = shared.log.begin(model, 0);
        entry.end(Outcome::Failed, Some(rejection.status));
        rejection.into_response()
    };
    if let Err(rejection) = check_key(&shared, &headers) {
        return reject("", rejection);
    }
    let request = match ChatRequest::read(&body) {
        Ok(request) => request,
        Err(rejection) => return reject("", rejection),
    };
    let behaviour = shared.behaviour();
    let Some((profile, version)) = behaviour.profiles.find(&request.conversation.model) else {
        let model = &request.conversation.model;
        return reject(model, Rejection::model_not_found(model));
    };
    let call = Call::begin(&shared, &behaviour, profile, &request.conversation);
    if call.wait(&shared).await == Fate::Cut {
        call.entry.end(Outcome::Cut, None);
        wire.cut();
        return Response::new(Body::empty());
    }
    if let Some(rejection) = Rejection::of(&call, &request.conversation) {
        let mut response = rejection.into_response();
        reply::add_headers(&mut response, &call);
        call.entry.end(Outcome::Failed, Some(response.status().as_u16()));
        return response;
    }
    answer(&shared, profile, version, &request, call)
}

fn answer(shared: &Shared, profile: &Profile, version: usize, request: &ChatRequest, call: Call) -> Response {
    let answer = call.answer(shared.seed, profile, version, &request.conversation);
    let model = profile.version_names().nth(version).unwrap_or_default();
    let mut pieces = match request.stream {
        Some(stream) => reply::stream(&model, &answer, &request.conversation, &call, stream),
        None => vec![reply::whole(&model, &answer, &request.conversation, &call)],
    };
    let length: usize = pieces.iter().map(Bytes::len).sum();
    let mut content_type = match request.stream {
        Some(_) => "text/event-stream; charset=utf-8",
        None => "application/json",
    };
    let mut outcome = Outcome::Succeeded;
    let mut delivery = Delivery::Whole;
    match call.fault {
        Some(Fault::MalformedJson) => {
            outcome = Outcome::Failed;
            let event = if request.stream.is_some() { "data: " } else { "" };
            pieces = vec![Bytes::from(format!("{event}{{\"id\":\"chatcmpl-1\",\"choices\":[{{]\n\n"))];
        }
        Some(Fault::WrongContentType) => content_type = "text/html",
        Some(Fault::TruncatedBody) => delivery = Delivery::Truncated,
        Some(Fault::SlowDrip { interval_ms }) => {
            delivery = Delivery::Drip(Duration::from_millis(interval_ms));
        }
        _ => {}
    }
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    // A stream's length is not known in advance, so there truncation shows in the chunks.
    if request.stream.is_none() && delivery != Delivery::Whole {
        headers.insert(header::CONTENT_LENGTH, header::HeaderValue::from(length));
    }
    reply::add_headers(&mut response, &call);
    *response.body_mut() = deliver(pieces, delivery, call.entry, outcome, shared.stop.clone());
    response
}

fn check_key(shared: &Shared, headers: &HeaderMap) -> Result<(), Rejection> {
    let Some(required) = &shared.required_key else {
        return Ok(());
    };
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match given {
        Some(key) if key == required => Ok(()),
        Some(_) => Err(Rejection::wrong_key()),
        None => Err(Rejection::missing_key()),
    }
}

async fn list_models(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if let Err(rejection) = check_key(&shared, &headers) {
        return rejection.into_response();
    }
    let behaviour = shared.behaviour();
    let models: Vec<_> = behaviour
        .profiles
        .models
        .iter()
        .flat_map(|profile| std::iter::once(profile.name.clone()).chain(profile.version_names()))
        .map(|name| model_entry(&name))
        .collect();
    reply::json(&json!({ "object": "list", "data": models }))
}

async fn show_model(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(model): Path<String>,
) -> Response {
    if let Err(rejection) = check_key(&shared, &headers) {
        return rejection.into_response();
    }
    match shared.behaviour().profiles.find(&model) {
        Some(_) => reply::json(&model_entry(&model)),
        None => Rejection::model_not_found(&model).into_response(),
    }
}

fn model_entry(name: &str) -> serde_json::Value {
    json!({ "id": name, "object": "model", "created": 1_767_225_600, "owned_by": "probity-sim" })
}
