//! GraphiQL from `web/graphiql`, built by `make web` and embedded when this crate was compiled.

use axum::{
    extract::{Path, State},
    response::{Html, IntoResponse, Response},
};
use http::{HeaderValue, header};
use rust_embed::Embed;

use super::{
    Server,
    bundle::{FOR_GOOD, kind_of},
    nothing_here,
};

/// What Vite wrote; empty in a build without npm.
#[derive(Embed)]
#[folder = "../web/dist/graphiql"]
struct Bundle;

/// The editor writes style elements of its own and brings its fonts as `data:`.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; \
     font-src 'self' data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'",
);

/// The page. None: this build has no bundle.
pub(super) fn page() -> Option<Response> {
    let page = Bundle::get("index.html")?;
    Some(([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(page.data)).into_response())
}

/// A script, style or font of the page, where the page itself is to be had.
pub(super) async fn asset(State(server): State<Server>, Path(name): Path<String>) -> Response {
    let file = Bundle::get(&format!("assets/{name}")).filter(|_| server.address.ip().is_loopback());
    let Some((file, kind)) = file.zip(kind_of(&name)) else {
        return nothing_here().await.into_response();
    };
    let kind = HeaderValue::from_static(kind);
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, FOR_GOOD)], file.data).into_response()
}

#[cfg(test)]
mod tests {
    use super::{Bundle, kind_of};

    #[test]
    fn every_file_that_the_page_may_ask_for_has_a_type() {
        let assets = Bundle::iter().filter(|name| name.starts_with("assets/"));
        let unknown: Vec<_> = assets.filter(|name| kind_of(name).is_none()).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        assert_eq!(Bundle::get("index.html").is_some(), cfg!(graphiql));
    }
}
