//! The embedded pages. Each is whole in itself: nothing is fetched from elsewhere.

use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use uuid::Uuid;

use super::{Server, graphiql, problem::Problem};

const START: &str = include_str!("../../../web/index.html");
const CONSOLE: &str = include_str!("../../../web/console.html");

/// What the small console says of the large one.
const FOOTER: &str =
    "<footer>This is the small console. For GraphiQL run <code>make web</code> and build again.</footer>";

/// The runs with their progress and findings.
pub(super) async fn start() -> Response {
    page(START)
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
