//! A run as a file.

use std::io;

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use domain::{
    Error,
    access::Accessed,
    auth::Actor,
    export::csv::{CsvExport, CsvOptions},
};
use futures::{Stream, StreamExt};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Server, problem::Problem};

/// What a download is asked for with; each is `true` or `false`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CsvQuery {
    #[serde(default)]
    excel: bool,
    #[serde(default)]
    partial: bool,
}

/// Streams a run as CSV.
pub(super) async fn run_csv(
    State(server): State<Server>,
    Extension(actor): Extension<Actor>,
    method: Method,
    headers: HeaderMap,
    Path(id): Path<String>,
    query: Result<Query<CsvQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let run_id = path_id(&id)?;
    let Query(query) = query.map_err(|_| {
        Problem::from(Error::invalid("", "A CSV takes `excel` and `partial`, each true or false."))
    })?;
    let options = CsvOptions { with_partial: query.partial, for_excel: query.excel };
    let permit = permit(&server)?;
    let export = CsvExport::of(&server.api.db, &actor, run_id, options).await?;
    // Weak: the same rows can be sent with and without compression.
    let etag = export.etag.as_ref().map(|etag| format!("W/{etag}"));
    if let Some(etag) = etag.as_deref().filter(|etag| is_known(&headers, etag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag.to_owned())]).into_response());
    }
    let (file_name, is_partial) = (export.file_name.clone(), export.is_partial);
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        server.api.access.note(Accessed::Run(run_id));
        streamed(export.into_stream(server.api.db.clone()), permit, server.cut.clone(), run_id)
    };
    let mut response = attachment("text/csv; charset=utf-8", &file_name, body);
    let answer = response.headers_mut();
    if is_partial {
        answer.insert("x-probity-partial", HeaderValue::from_static("true"));
    }
    if let Some(etag) = etag.and_then(|etag| HeaderValue::from_str(&etag).ok()) {
        answer.insert(header::ETAG, etag);
        answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    Ok(response)
}

/// Leave to stream a file: so many at once, and no more.
pub(super) fn permit(server: &Server) -> Result<OwnedSemaphorePermit, Problem> {
    let busy = |_| {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "UNAVAILABLE",
            "Too many downloads are under way; try again in a moment.",
        )
    };
    server.downloads.clone().try_acquire_owned().map_err(busy)
}

/// A file as it is made. `cut` breaks it off; `run_id` is for the log.
pub(super) fn streamed(
    rows: impl Stream<Item = domain::Result<Bytes>> + Send + 'static,
    permit: OwnedSemaphorePermit,
    cut: CancellationToken,
    run_id: Uuid,
) -> Body {
    let mut rows = Box::pin(rows);
    Body::from_stream(async_stream::stream! {
        let _permit = permit;
        // The status has been sent: what goes wrong from here breaks the connection, so that
        // no reader takes half a file for a whole one.
        loop {
            let next = tokio::select! {
                biased;
                () = cut.cancelled() => Some(Err(Error::Unavailable("the server stops".into()))),
                next = rows.next() => next,
            };
            match next {
                None => break,
                Some(Ok(bytes)) => yield Ok(bytes),
                Some(Err(error)) => {
                    tracing::error!(%error, run = %run_id, "a download broke off");
                    yield Err(io::Error::other("the download broke off"));
                    break;
                }
            }
        }
    })
}

/// An answer that browsers save as a file.
pub(super) fn attachment(kind: &'static str, file_name: &str, body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{file_name}\""));
    headers.insert(
        header::CONTENT_DISPOSITION,
        disposition.unwrap_or_else(|_| HeaderValue::from_static("attachment")),
    );
    response
}

/// The id in an address.
pub(super) fn path_id(id: &str) -> Result<Uuid, Problem> {
    Uuid::parse_str(id).map_err(|_| Error::invalid("id", "The address holds no id of Probity.").into())
}

/// Whether the client has what the tag names.
pub(super) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|tag| tag.trim() == "*" || opaque(tag) == opaque(etag))
}
