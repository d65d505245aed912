//! One HTTP exchange: what all wire formats share between the request's bytes and the answer's.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderValue, Uri, header},
    response::Response,
};
use bytes::Bytes;
use serde::Serialize;

use crate::{
    answer::Answer,
    call::{Call, Fate},
    connection::Wire,
    conversation::Conversation,
    encoding::encode,
    fault::Fault,
    profile::Profile,
    rejection::Rejection,
    request_log::Outcome,
    server::Shared,
    wire_body::{Delivery, deliver},
    wire_format::WireFormat,
};

/// What stands around a request's body.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    /// Different for each request: for the vendor's request ids.
    pub(crate) id: u64,
}

/// A completion request, decoded. `S` is what only its wire format knows.
#[derive(Debug)]
pub(crate) struct Asked<S> {
    pub(crate) conversation: Conversation,
    pub(crate) is_stream: bool,
    pub(crate) extras: S,
}

/// What there is to encode.
#[derive(Debug)]
pub(crate) struct Reply<'a, S> {
    /// The version that answers.
    pub(crate) model: &'a str,
    pub(crate) answer: &'a Answer,
    pub(crate) conversation: &'a Conversation,
    pub(crate) call: &'a Call,
    pub(crate) extras: &'a S,
}

/// A wire format: it decodes requests and encodes answers and errors, and decides nothing else.
pub(crate) trait Format {
    type Extras: Send + Sync;
    const FORMAT: WireFormat;

    /// The key as the request carries it.
    fn key(head: &Head) -> Option<String>;
    fn missing_key(head: &Head) -> Rejection;
    /// Says nothing of the key: what it was must not reach a log.
    fn wrong_key(head: &Head) -> Rejection;
    fn model_not_found(head: &Head, model: &str) -> Rejection;
    fn read(head: &Head, body: &[u8]) -> Result<Asked<Self::Extras>, Rejection>;
    /// The error a call ends in, when its fault or the limiter says so.
    fn rejection(head: &Head, call: &Call, conversation: &Conversation) -> Option<Rejection>;
    /// The body in one piece.
    fn whole(reply: &Reply<'_, Self::Extras>) -> Bytes;
    /// The events of a streamed answer, framed.
    fn stream(reply: &Reply<'_, Self::Extras>) -> Vec<Bytes>;
    fn stream_type(_extras: &Self::Extras) -> &'static str {
        "text/event-stream; charset=utf-8"
    }
    /// The event that ends a stream which fails after `nth` events.
    fn error_event(reply: &Reply<'_, Self::Extras>, nth: usize) -> Bytes;
    /// The headers every answer of the vendor has, errors included. No call: it was refused
    /// before one began.
    fn decorate(headers: &mut HeaderMap, head: &Head, call: Option<&Call>);
}

/// What every handler of a wire format is called with.
pub(crate) type Arrival = (State<Arc<Shared>>, ConnectInfo<Wire>, Uri, HeaderMap);

/// Answers one completion call.
pub(crate) async fn complete<F: Format>(arrival: Arrival, body: Bytes) -> Response {
    let (State(shared), ConnectInfo(wire), uri, headers) = arrival;
    let head = Head { uri, headers, id: shared.next_id() };
    let reject = |model: &str, rejection: Rejection| {
        let entry = shared.log.begin(model, 0);
        entry.end(Outcome::Failed, Some(rejection.status));
        refuse::<F>(&head, rejection)
    };
    if let Err(rejection) = check_key::<F>(&shared, &head) {
        return reject("", rejection);
    }
    let mut asked = match F::read(&head, &body) {
        Ok(asked) => asked,
        Err(rejection) => return reject("", rejection),
    };
    asked.conversation.sent_as(F::FORMAT);
    let behaviour = shared.behaviour();
    let Some((profile, version)) = behaviour.profiles.find(&asked.conversation.model) else {
        let model = &asked.conversation.model;
        return reject(model, F::model_not_found(&head, model));
    };
    let call = Call::begin(&shared, &behaviour, profile, &mut asked.conversation);
    if call.wait(&shared).await == Fate::Cut {
        call.entry.end(Outcome::Cut, None);
        wire.cut();
        return Response::new(Body::empty());
    }
    let rejection = match call.fault {
        Some(Fault::Redirect) => Some(Rejection::redirect(elsewhere(&head))),
        Some(Fault::BadGateway) => Some(Rejection::html(502, "502 Bad Gateway")),
        Some(Fault::ModelNotFound) => Some(F::model_not_found(&head, &asked.conversation.model)),
        _ => F::rejection(&head, &call, &asked.conversation),
    };
    if let Some(rejection) = rejection {
        let mut response = rejection.into_response();
        F::decorate(response.headers_mut(), &head, Some(&call));
        call.entry.end(Outcome::Failed, Some(response.status().as_u16()));
        return response;
    }
    answer::<F>(&shared, &head, profile, version, &asked, call)
}

fn answer<F: Format>(
    shared: &Shared,
    head: &Head,
    profile: &Profile,
    version: usize,
    asked: &Asked<F::Extras>,
    call: Call,
) -> Response {
    let answer = call.answer(shared.seed, profile, version, &asked.conversation);
    let model = profile.version_names().nth(version).unwrap_or_default();
    let reply = Reply {
        model: &model,
        answer: &answer,
        conversation: &asked.conversation,
        call: &call,
        extras: &asked.extras,
    };
    let (mut pieces, mut content_type) = match asked.is_stream {
        true => (F::stream(&reply), F::stream_type(&asked.extras)),
        false => (vec![F::whole(&reply)], "application/json"),
    };
    let mut content_encoding = None;
    let mut outcome = Outcome::Succeeded;
    let mut delivery = Delivery::Whole;
    match call.fault {
        Some(Fault::MalformedJson) => {
            outcome = Outcome::Failed;
            let event = if asked.is_stream { "data: " } else { "" };
            pieces = vec![Bytes::from(format!("{event}{{\"id\":\"1\",\"choices\":[{{]\n\n"))];
        }
        Some(Fault::WrongContentType) => content_type = "text/html",
        Some(Fault::TruncatedBody) => delivery = Delivery::Truncated,
        Some(Fault::SlowDrip { interval_ms }) => {
            delivery = Delivery::Drip(Duration::from_millis(interval_ms));
        }
        Some(Fault::Compressed { encoding }) => {
            content_encoding = Some(encoding);
            pieces = vec![encode(&pieces.concat(), encoding)];
        }
        Some(Fault::StreamEnds { after_events }) if asked.is_stream => {
            outcome = Outcome::Failed;
            pieces.truncate(before_the_last(&pieces, after_events));
        }
        Some(Fault::StreamError { after_events }) if asked.is_stream => {
            outcome = Outcome::Failed;
            let nth = before_the_last(&pieces, after_events);
            pieces.truncate(nth);
            pieces.push(F::error_event(&reply, nth));
        }
        _ => {}
    }
    let length: usize = pieces.iter().map(Bytes::len).sum();
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Some(encoding) = content_encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
    }
    // A stream's length is not known in advance, so there truncation shows in the chunks.
    if !asked.is_stream && delivery != Delivery::Whole {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    F::decorate(headers, head, Some(&call));
    *response.body_mut() = deliver(pieces, delivery, call.entry, outcome, shared.stop.clone());
    response
}

/// A stream that breaks off is never whole, however late it breaks.
fn before_the_last(pieces: &[Bytes], after_events: u32) -> usize {
    let last = pieces.len().saturating_sub(1);
    usize::try_from(after_events).unwrap_or(last).min(last)
}

/// The same server under another name, which a client must take for another host.
fn elsewhere(head: &Head) -> String {
    let host = head.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let port = host.rsplit_once(':').map_or("80", |(_, port)| port);
    format!("http://localhost:{port}/sim/elsewhere")
}

pub(crate) fn check_key<F: Format>(shared: &Shared, head: &Head) -> Result<(), Rejection> {
    match (&shared.required_key, F::key(head)) {
        (None, _) => Ok(()),
        (Some(required), Some(key)) if key == *required => Ok(()),
        (Some(_), Some(_)) => Err(F::wrong_key(head)),
        (Some(_), None) => Err(F::missing_key(head)),
    }
}

pub(crate) fn refuse<F: Format>(head: &Head, rejection: Rejection) -> Response {
    let mut response = rejection.into_response();
    F::decorate(response.headers_mut(), head, None);
    response
}

/// A 200 that is no completion, such as a list of models.
pub(crate) fn show<F: Format, T: Serialize>(head: &Head, value: &T) -> Response {
    let mut response = Response::new(Body::from(serde_json::to_vec(value).unwrap_or_default()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    F::decorate(headers, head, None);
    response
}

impl Head {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn bearer(&self) -> Option<&str> {
        self.header("authorization").and_then(|value| value.strip_prefix("Bearer "))
    }

    /// The first value of a query parameter, as it stands there.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let query = self.uri.query()?;
        query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, v)| v)
    }
}
