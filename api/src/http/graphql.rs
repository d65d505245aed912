//! GraphQL over HTTP: one query per POST, as JSON.

use axum::{
    Extension, Json,
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse, Response},
};
use domain::auth::Actor;
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;

use super::{Server, problem::Problem};
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
    let bytes = limited(body, server.api.config.body_max_bytes).await?;
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
    Ok(Json(server.schema.execute(request.data(actor)).await).into_response())
}

/// What is read of a body that is too large before it is given up: a client that still sends
/// would not see the answer.
const DRAINED_MAX: usize = 64 << 20;

/// A whole body of up to `most` bytes.
pub(super) async fn limited(mut body: Body, most: usize) -> Result<Bytes, Problem> {
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
