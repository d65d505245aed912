//! What `make web` built from `web/`, embedded when this crate was compiled: the app's own page
//! and its files. Nothing is fetched from elsewhere.

use axum::{
    extract::Path,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header};
use rust_embed::Embed;
use uuid::Uuid;

use super::nothing_here;

/// What Vite wrote; empty in a build without npm.
#[derive(Embed)]
#[folder = "../web/dist/app"]
struct Bundle;

/// A name below `assets/` holds a hash of its content, so that a browser need never ask again.
pub(super) const FOR_GOOD: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// The app's page, whatever of its routes is asked for. None: this build has no bundle.
pub(super) fn page() -> Option<Response> {
    let page = Bundle::get("index.html")?;
    let page = String::from_utf8_lossy(&page.data);
    let nonce = Uuid::new_v4().simple().to_string();
    // Styles are set on elements by script, which no policy forbids; two style elements of the
    // component library carry the nonce that the page gives them.
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; connect-src 'self'; \
         img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let mut response = Html(page.replace("{{nonce}}", &nonce)).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_str(&policy).ok()?);
    Some(response)
}

/// A script or style of the app, as Vite compressed it where the browser takes that.
pub(super) async fn asset(headers: HeaderMap, Path(name): Path<String>) -> Response {
    let path = format!("assets/{name}");
    let compressed = takes_brotli(&headers).then(|| file(&format!("{path}.br"), &name)).flatten();
    let is_compressed = compressed.is_some();
    let Some(mut response) = compressed.or_else(|| file(&path, &name)) else {
        return nothing_here().await.into_response();
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, FOR_GOOD);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_compressed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|list| list.split(',').any(|coding| coding.trim() == "br"))
}

/// The app's sign.
pub(super) async fn icon() -> Response {
    match file("icon.svg", "icon.svg") {
        Some(response) => response,
        None => nothing_here().await.into_response(),
    }
}

fn file(path: &str, name: &str) -> Option<Response> {
    let (file, kind) = Bundle::get(path).zip(kind_of(name))?;
    Some(([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], file.data).into_response())
}

/// The media type by a file's ending. None: nothing that a page of ours uses.
pub(super) fn kind_of(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "ttf" => "font/ttf",
        "woff2" => "font/woff2",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Bundle, kind_of};

    #[test]
    fn every_file_that_the_app_may_ask_for_has_a_type() {
        let unknown: Vec<_> = Bundle::iter()
            .filter(|name| name != "index.html" && kind_of(name.trim_end_matches(".br")).is_none())
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        assert_eq!(Bundle::get("index.html").is_some(), cfg!(app));
    }
}
