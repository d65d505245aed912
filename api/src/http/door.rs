//! Who comes in: on loopback everybody on this machine, elsewhere whoever has a token. Who
//! presents one is its user everywhere.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{Error, auth};
use http::{HeaderMap, header, request::Parts};

use super::{Server, loopback, problem::Problem};

/// Checks a request and puts its actor beside it.
pub(super) async fn admit(State(server): State<Server>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match actor_of(&server, &parts).await {
        Ok(actor) => {
            parts.extensions.insert(actor);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => problem.into_response(),
    }
}

async fn actor_of(server: &Server, request: &Parts) -> Result<auth::Actor, Problem> {
    let headers = &request.headers;
    if server.address.ip().is_loopback() {
        loopback::check(server.address, &request.uri, headers)?;
        if request.uri.path().starts_with("/api/") {
            loopback::check_download(headers)?;
        }
        if let Some(secret) = bearer(headers) {
            return Ok(auth::actor_of_token(&server.api.db, &secret.into()).await?);
        }
        let local = server.local.get_or_try_init(|| auth::local_actor(&server.api.db)).await?;
        return Ok(local.clone());
    }
    let missing = || {
        Error::Unauthenticated(
            "Send a token as `Authorization: Bearer …`; make one with `probity token create`.".into(),
        )
    };
    let secret = bearer(headers).ok_or_else(missing)?;
    Ok(auth::actor_of_token(&server.api.db, &secret.into()).await?)
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ').unwrap_or((value, ""));
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim().to_owned())
}
