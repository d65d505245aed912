//! The lists of models. All vendors have theirs at one path, Google at another one too: the
//! headers of the request decide whose list it is.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, Method, Uri},
    response::Response,
    routing::get,
};
use serde_json::Value;

use crate::{
    anthropic::{self, Anthropic},
    exchange::{Format, Head, check_key, refuse, show},
    google::{self, Google},
    openai::{self, error_body},
    openai_chat::OpenAiChat,
    profile::Profiles,
    server::Shared,
};

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/v1/models", get(list)).route("/v1/models/{model}", get(one))
}

pub(crate) async fn unknown_path(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let head = Head { id: shared.next_id(), uri, headers };
    let rejection = error_body::unknown_path(&method, head.uri.path());
    refuse::<OpenAiChat>(&head, rejection)
}

/// Whose list is asked for, by the headers that only this vendor's clients send.
enum Vendor {
    OpenAi,
    Anthropic,
    Google,
}

fn vendor(head: &Head) -> Vendor {
    if head.header("anthropic-version").is_some() {
        Vendor::Anthropic
    } else if head.header("x-goog-api-key").is_some() || head.query("key").is_some() {
        Vendor::Google
    } else {
        Vendor::OpenAi
    }
}

async fn list(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap) -> Response {
    let head = Head { id: shared.next_id(), uri, headers };
    match vendor(&head) {
        Vendor::OpenAi => listed::<OpenAiChat>(&shared, &head, openai::model_list),
        Vendor::Anthropic => listed::<Anthropic>(&shared, &head, anthropic::model_list),
        Vendor::Google => listed::<Google>(&shared, &head, google::model_list),
    }
}

async fn one(
    State(shared): State<Arc<Shared>>,
    Path(model): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let head = Head { id: shared.next_id(), uri, headers };
    match vendor(&head) {
        Vendor::OpenAi => shown::<OpenAiChat>(&shared, &head, &model, openai::model_entry),
        Vendor::Anthropic => shown::<Anthropic>(&shared, &head, &model, anthropic::model_entry),
        Vendor::Google => shown::<Google>(&shared, &head, &model, google::model_entry),
    }
}

/// All names a model can be asked for by: each model, then its versions.
pub(crate) fn listed<F: Format>(
    shared: &Shared,
    head: &Head,
    write: impl FnOnce(&[String]) -> Value,
) -> Response {
    match check_key::<F>(shared, head) {
        Ok(()) => show::<F, _>(head, &write(&names(&shared.behaviour().profiles))),
        Err(rejection) => refuse::<F>(head, rejection),
    }
}

pub(crate) fn shown<F: Format>(
    shared: &Shared,
    head: &Head,
    model: &str,
    write: impl FnOnce(&str) -> Value,
) -> Response {
    if let Err(rejection) = check_key::<F>(shared, head) {
        return refuse::<F>(head, rejection);
    }
    match shared.behaviour().profiles.find(model) {
        Some(_) => show::<F, _>(head, &write(model)),
        None => refuse::<F>(head, F::model_not_found(head, model)),
    }
}

fn names(profiles: &Profiles) -> Vec<String> {
    let models = profiles.models.iter();
    models.flat_map(|model| std::iter::once(model.name.clone()).chain(model.version_names())).collect()
}
