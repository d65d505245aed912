//! The embedded pages: the app where it was built, else a small page that is whole in itself.

use axum::{
    extract::{Request, State},
    response::{Html, IntoResponse, Response},
};
use http::{HeaderValue, Method, StatusCode, header};
use uuid::Uuid;

use super::{Server, bundle, graphiql, nothing_here, problem::Problem};

const START: &str = include_str!("../../../web/small/index.html");
const CONSOLE: &str = include_str!("../../../web/small/console.html");

/// What the small console says of the large one.
const FOOTER: &str =
    "<footer>This is the small console. For GraphiQL run <code>make web</code> and build again.</footer>";

/// The app, or a small page with the runs and their findings in a build without it.
pub(super) async fn start() -> Response {
    bundle::page().unwrap_or_else(|| page(START))
}

/// The app at one of its own addresses, which it reads by itself. Programs, which do not ask for
/// a page, are told that there is nothing.
pub(super) async fn elsewhere(request: Request) -> Response {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let wants_page = accepts.is_some_and(|kinds| kinds.contains("text/html"));
    let is_ours =
        ["/api/", "/graphql/", "/assets/"].iter().any(|path| request.uri().path().starts_with(path));
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if wants_page
        && is_read
        && !is_ours
        && let Some(page) = bundle::page()
    {
        return page;
    }
    nothing_here().await.into_response()
}

/// GraphiQL, or a small console in a build without it, on loopback only. Queries themselves are
/// sent by POST.
pub(super) async fn console(State(server): State<Server>) -> Result<Response, Problem> {
    if server.address.ip().is_loopback() {
        return Ok(graphiql::page().unwrap_or_else(small_console));
    }
    Err(Problem::new(StatusCode::METHOD_NOT_ALLOWED, "INVALID", "Queries are sent by POST, as JSON."))
}

/// For a build to which npm was not at hand.
fn small_console() -> Response {
    page(&CONSOLE.replacen("</main>", &format!("{FOOTER}</main>"), 1))
}

/// A page whose own script and style alone may run.
fn page(text: &str) -> Response {
    let nonce = Uuid::new_v4().simple().to_string();
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; \
         img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let mut response = Html(text.replace("{{nonce}}", &nonce)).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}
