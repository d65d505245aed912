//! GraphQL over HTTP: one query per POST, as JSON.

use std::time::Duration;

use axum::{
    Extension, Json,
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{auth::Actor, config::Config};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;

use super::{
    Server,
    problem::{Problem, RETRY_AFTER},
};
use crate::schema::nesting_problem;

/// Answers a query or does a mutation.
pub(super) async fn answer(
    State(server): State<Server>,
    Extension(actor): Extension<Actor>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    // Anything but JSON could be sent by the form of another site's page.
    let is_json =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
            value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
        });
    if !is_json {
        let message = "Send the query as JSON, with the header Content-Type: application/json.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "INVALID", message));
    }
    let bytes = limited(body, server.api.config.body_max_bytes, &server.api.config).await?;
    let no_request = |why: String| {
        let message =
            format!("The body is no GraphQL request, e.g. {{\"query\": \"{{ me {{ name }} }}\"}}: {why}.");
        Problem::new(StatusCode::BAD_REQUEST, "INVALID", message)
    };
    let request: async_graphql::Request =
        serde_json::from_slice(&bytes).map_err(|error| no_request(error.to_string()))?;
    if request.query.trim().is_empty() {
        return Err(no_request("it has no query".into()));
    }
    if let Some(message) = nesting_problem(&request.query) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "INVALID", message));
    }
    let answer = server.schema.execute(request.data(actor)).await;
    // A proxy or a client that knows nothing of GraphQL knows what to do with a 503.
    if answer.data == async_graphql::Value::Null && answer.errors.iter().any(is_unavailable) {
        let head = [(header::RETRY_AFTER, RETRY_AFTER)];
        return Ok((StatusCode::SERVICE_UNAVAILABLE, head, Json(answer)).into_response());
    }
    Ok(Json(answer).into_response())
}

fn is_unavailable(error: &async_graphql::ServerError) -> bool {
    let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
    matches!(code, Some(async_graphql::Value::String(code)) if code == "UNAVAILABLE")
}

/// What is read of a body that is too large before it is given up: a client that still sends
/// would not see the answer.
const DRAINED_MAX: usize = 64 << 20;

/// A whole body of up to `most` bytes. One that trickles in would hold its place for ever.
pub(super) async fn limited(body: Body, most: usize, config: &Config) -> Result<Bytes, Problem> {
    // A file may be larger than a query, and takes as much longer.
    let size = (most as f64 / config.body_max_bytes.max(1) as f64).max(1.0);
    let seconds = config.body_timeout_seconds * size;
    let whole = tokio::time::timeout(Duration::from_secs_f64(seconds), read(body, most)).await;
    whole.unwrap_or_else(|_| {
        let message = format!("The body did not arrive within {seconds} s.");
        Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "INVALID", message))
    })
}

async fn read(mut body: Body, most: usize) -> Result<Bytes, Problem> {
    let mut bytes = Vec::new();
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| {
            Problem::new(StatusCode::BAD_REQUEST, "INVALID", "The body ended before it was complete.")
        })?;
        let Some(part) = frame.data_ref() else { continue };
        size += part.len();
        if size <= most {
            bytes.extend_from_slice(part);
        } else if size > most + DRAINED_MAX {
            break;
        }
    }
    if size > most {
        let message = format!("The body is too large; at most {most} bytes are allowed here.");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "INVALID", message));
    }
    Ok(bytes.into())
}
