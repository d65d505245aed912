use axum::{extract::Request, response::Response};
use domain::auth::create_token;
use entity::Role;
use http::{HeaderValue, StatusCode};
use secrecy::ExposeSecret;
use tower::ServiceExt;

use crate::app::{App, body_text, get, router, sqlite_with};

#[tokio::test]
async fn pages_run_no_script_but_their_own() {
    let app = sqlite_with(|_| ()).await;
    for path in ["/", "/graphql"] {
        let response = app.get(path).await;
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src '"), "{policy}");
        assert!(!policy.contains("http") && !policy.contains('*') && !policy.contains("blob:"), "{policy}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        assert_eq!(response.headers()["referrer-policy"], "no-referrer");
        let page = body_text(response).await;
        match policy.split("script-src 'nonce-").nth(1).and_then(|rest| rest.split('\'').next()) {
            Some(nonce) => assert!(page.contains(&format!("<script nonce=\"{nonce}\">")), "{policy}"),
            None => assert!(policy.contains("script-src 'self';") && !page.contains("<script>"), "{policy}"),
        }
        for outside in ["src=\"http", "href=\"http", "src=\"//", "url(http", "innerHTML", "{{nonce}}"] {
            assert!(!page.contains(outside), "{path}: {outside}");
        }
    }
}

#[tokio::test]
#[cfg_attr(not(app), ignore = "built without the app: make web")]
async fn the_app_opens_at_each_of_its_addresses_under_a_policy_without_inline_style_or_script() {
    let app = sqlite_with(|_| ()).await;
    for path in ["/", "/runs", "/runs/some-id?tab=events", "/no/such/page"] {
        let response = ask_for_page(&app, path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(response.headers()["cache-control"], "no-store");
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(!policy.contains("unsafe"), "{policy}");
        let nonce =
            policy.split("style-src 'self' 'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let page = body_text(response).await;
        assert!(page.contains("<div id=\"app\">"), "{path}: {page}");
        assert!(page.contains(&format!("<meta property=\"csp-nonce\" content=\"{nonce}\">")), "{page}");
    }
}

#[tokio::test]
#[cfg_attr(not(app), ignore = "built without the app: make web")]
async fn the_app_is_asked_for_once() {
    let app = sqlite_with(|_| ()).await;
    let page = body_text(app.get("/").await).await;
    let assets: Vec<&str> = page.split('"').filter(|word| word.starts_with("/assets/")).collect();
    for (ending, kind) in [(".js", "text/javascript; charset=utf-8"), (".css", "text/css; charset=utf-8")] {
        let asset = assets.iter().find(|asset| asset.ends_with(ending)).unwrap();
        let response = app.get(asset).await;
        assert_eq!(response.status(), StatusCode::OK, "{asset}");
        assert_eq!(response.headers()["content-type"], kind);
        assert_eq!(response.headers()["cache-control"], "private, max-age=31536000, immutable");
        assert_eq!(status_with(&app, asset, "host", "evil.example:4400").await, StatusCode::FORBIDDEN);
    }
    let compressed = app.send(with_header(get(assets[0]), "accept-encoding", "gzip")).await;
    assert_eq!(compressed.headers()["content-encoding"], "gzip");
    let smaller = app.send(with_header(get(assets[0]), "accept-encoding", "gzip, deflate, br, zstd")).await;
    assert_eq!(smaller.headers()["content-encoding"], "br");
    assert_eq!(smaller.headers()["content-type"], "text/javascript; charset=utf-8");
    // Only what the page names can be asked for.
    assert_eq!(app.get(&format!("{}.br", assets[0])).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_no_page_is_not_found_by_a_browser_either() {
    let app = sqlite_with(|_| ()).await;
    for path in ["/assets/none.js", "/api/nothing", "/graphql/nothing"] {
        assert_eq!(ask_for_page(&app, path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(app.get("/no/such/page").await.status(), StatusCode::NOT_FOUND, "to a program");
}

#[tokio::test]
#[cfg_attr(not(graphiql), ignore = "built without GraphiQL: make web")]
async fn graphiql_comes_whole_from_this_server_and_is_asked_for_once() {
    let app = sqlite_with(|_| ()).await;
    let response = app.get("/graphql").await;
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let page = body_text(response).await;
    assert!(page.contains("<div id=\"graphiql\">"), "{page}");
    let assets: Vec<&str> =
        page.split('"').filter(|word| word.starts_with('/') && word.contains('.')).collect();
    for (ending, kind) in [(".js", "text/javascript; charset=utf-8"), (".css", "text/css; charset=utf-8")] {
        let asset = assets.iter().find(|asset| asset.ends_with(ending)).unwrap();
        let response = app.get(asset).await;
        assert_eq!(response.status(), StatusCode::OK, "{asset}");
        assert_eq!(response.headers()["content-type"], kind);
        assert_eq!(response.headers()["cache-control"], "private, max-age=31536000, immutable");
        assert!(!body_text(response).await.is_empty());
        assert_eq!(status_with(&app, asset, "host", "evil.example:4400").await, StatusCode::FORBIDDEN);
        assert_eq!(status_with(&app, asset, "origin", "http://evil.example").await, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
#[cfg_attr(graphiql, ignore = "built with GraphiQL")]
async fn a_build_without_graphiql_has_a_small_console_that_says_how_to_get_it() {
    let app = sqlite_with(|_| ()).await;
    let page = body_text(app.get("/graphql").await).await;
    assert!(page.contains("<h1>GraphQL console</h1>") && page.contains("<code>make web</code>"), "{page}");
}

#[tokio::test]
async fn an_asset_that_is_not_there_is_not_found() {
    let app = sqlite_with(|_| ()).await;
    for path in ["/graphql/assets/none.js", "/graphql/assets/..%2Findex.html", "/graphql/assets/"] {
        let response = app.get(path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(response.headers()["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn graphiql_is_for_this_machine_alone() {
    let app = sqlite_with(|_| ()).await;
    let page = body_text(app.get("/graphql").await).await;
    let assets = page.split('"').filter(|word| word.starts_with("/graphql/assets/"));
    let token = create_token(&app.api.db, "v", Role::Viewer).await.unwrap();
    let elsewhere = router(&app.api, "10.0.0.1:4400");
    let expected = [("/graphql", StatusCode::METHOD_NOT_ALLOWED)];
    for (path, status) in expected.into_iter().chain(assets.map(|asset| (asset, StatusCode::NOT_FOUND))) {
        let mut request = get(path);
        assert_eq!(elsewhere.clone().oneshot(get(path)).await.unwrap().status(), 401, "{path}");
        let bearer = format!("Bearer {}", token.expose_secret());
        request.headers_mut().insert("authorization", bearer.parse().unwrap());
        assert_eq!(elsewhere.clone().oneshot(request).await.unwrap().status(), status, "{path}");
    }
}

async fn ask_for_page(app: &App, path: &str) -> Response {
    app.send(with_header(get(path), "accept", "text/html,application/xhtml+xml,*/*;q=0.8")).await
}

async fn status_with(app: &App, path: &str, header: &'static str, value: &'static str) -> StatusCode {
    app.send(with_header(get(path), header, value)).await.status()
}

fn with_header(mut request: Request, header: &'static str, value: &'static str) -> Request {
    request.headers_mut().insert(header, HeaderValue::from_static(value));
    request
}
