//! The report of a run as a file.

use axum::{
    Extension,
    body::Body,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use domain::{
    Error,
    access::Accessed,
    auth::Actor,
    report::{self, Kind},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::Deserialize;

use super::{
    Server,
    download::{attachment, is_known, path_id},
    problem::Problem,
};

/// Which report is wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportQuery {
    /// None: the latest.
    revision: Option<i32>,
}

/// The report as Markdown.
pub(super) async fn markdown(
    state: State<Server>,
    actor: Extension<Actor>,
    method: Method,
    headers: HeaderMap,
    id: Path<String>,
    query: Result<Query<ReportQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    send(state, actor, method, headers, id, query, Kind::Markdown).await
}

/// The report as JSON.
pub(super) async fn json(
    state: State<Server>,
    actor: Extension<Actor>,
    method: Method,
    headers: HeaderMap,
    id: Path<String>,
    query: Result<Query<ReportQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    send(state, actor, method, headers, id, query, Kind::Json).await
}

async fn send(
    State(server): State<Server>,
    Extension(actor): Extension<Actor>,
    method: Method,
    headers: HeaderMap,
    Path(id): Path<String>,
    query: Result<Query<ReportQuery>, axum::extract::rejection::QueryRejection>,
    kind: Kind,
) -> Result<Response, Problem> {
    let run_id = path_id(&id)?;
    let Query(query) = query.map_err(|_| {
        Problem::from(Error::invalid("revision", "A report takes `revision`, a whole number."))
    })?;
    let file = report::download(&server.api.db, &actor, run_id, kind, query.revision).await?;
    // Weak: the same bytes can be sent with and without compression.
    let etag = format!("W/{}", file.etag);
    if is_known(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        server.api.access.note(Accessed::Run(run_id));
        Body::from(file.text)
    };
    let content_type = match kind {
        Kind::Markdown => "text/markdown; charset=utf-8",
        Kind::Json => "application/json",
    };
    let mut response = attachment(content_type, &file.file_name, body);
    let answer = response.headers_mut();
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        answer.insert(header::ETAG, etag);
        answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    Ok(response)
}
