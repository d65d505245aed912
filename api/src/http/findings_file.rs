//! What a run found as a file.

use axum::{
    Extension,
    body::Body,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use domain::{Error, access::Accessed, auth::Actor, export::findings::FindingsFile};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::Deserialize;

use super::{
    Server,
    download::{attachment, is_known, path_id},
    problem::Problem,
};

/// How the findings are wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FindingsQuery {
    #[serde(default)]
    excel: bool,
}

/// A row per model and figure.
pub(super) async fn csv(
    State(server): State<Server>,
    Extension(actor): Extension<Actor>,
    method: Method,
    headers: HeaderMap,
    Path(id): Path<String>,
    query: Result<Query<FindingsQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let run_id = path_id(&id)?;
    let Query(query) =
        query.map_err(|_| Problem::from(Error::invalid("excel", "Findings take `excel`, true or false.")))?;
    let db = &server.api.db;
    let file = FindingsFile::of(db, &actor, run_id, query.excel).await?;
    // Weak: the same rows can be sent with and without compression.
    let etag = format!("W/{}", file.etag);
    if is_known(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        server.api.access.note(Accessed::Run(run_id));
        Body::from(file.bytes(db).await?)
    };
    let mut response = attachment("text/csv; charset=utf-8", &file.file_name, body);
    let answer = response.headers_mut();
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        answer.insert(header::ETAG, etag);
        answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    Ok(response)
}
