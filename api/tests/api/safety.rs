use axum::body::Body;
use http::{Request, StatusCode};
use sea_orm::ConnectionTrait;

use crate::app::{App, LOOPBACK, apps, body_text, get, post, sqlite_with};

async fn status_with(app: &App, path: &str, header: &str, value: &str) -> StatusCode {
    let mut request = get(path);
    request
        .headers_mut()
        .insert(http::HeaderName::from_bytes(header.as_bytes()).unwrap(), value.parse().unwrap());
    app.send(request).await.status()
}

#[tokio::test]
async fn a_name_that_was_rebound_to_this_machine_is_refused() {
    let app = sqlite_with(|_| ()).await;
    for own in ["localhost:4400", "127.0.0.1:4400", "[::1]:4400"] {
        assert_eq!(status_with(&app, "/", "host", own).await, 200, "{own}");
    }
    for other in
        ["evil.example:4400", "127.0.0.1:4401", "localhost", "localhost.evil.example:4400", "10.0.0.1:4400"]
    {
        assert_eq!(status_with(&app, "/", "host", other).await, 403, "{other}");
    }
}

#[tokio::test]
async fn the_page_of_another_site_is_refused() {
    let app = sqlite_with(|_| ()).await;
    assert_eq!(status_with(&app, "/", "origin", "http://127.0.0.1:4400").await, 200);
    for origin in ["http://evil.example", "http://localhost:3000", "null", "https://127.0.0.1:4400"] {
        assert_eq!(status_with(&app, "/", "origin", origin).await, 403, "{origin}");
    }
    let run = app.start(&app.define("d", 2).await).await;
    let path = format!("/api/export/run/{run}/csv");
    for site in ["cross-site", "same-site"] {
        assert_eq!(status_with(&app, &path, "sec-fetch-site", site).await, 403, "{site}");
    }
    assert_eq!(status_with(&app, &path, "sec-fetch-site", "same-origin").await, 200);
}

#[tokio::test]
async fn what_came_through_a_proxy_is_refused() {
    let app = sqlite_with(|_| ()).await;
    for name in ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded"] {
        assert_eq!(status_with(&app, "/", name, "1.2.3.4").await, 403, "{name}");
    }
}

#[tokio::test]
async fn a_form_cannot_send_a_query_and_get_never_does() {
    let app = sqlite_with(|_| ()).await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let mut request = post("{\"query\": \"{ me { id } }\"}");
        request.headers_mut().insert("content-type", kind.parse().unwrap());
        assert_eq!(app.send(request).await.status(), 415, "{kind}");
    }
    let response = app.get("/graphql?query=%7Bme%7Bname%7D%7D").await;
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    assert!(!body_text(response).await.contains("\"local\""));
}

#[tokio::test]
async fn the_text_of_a_database_error_reaches_no_client() {
    for app in apps().await {
        let run = app.start(&app.define("d", 2).await).await;
        let broken = "DROP TABLE decisions; DROP TABLE run_limits";
        app.api.db.write().execute_unprepared(broken).await.unwrap();
        // Once from the resolver's own call, once through a loader.
        for query in [
            format!("{{ run(id: \"{run}\") {{ findings {{ score {{ n }} }} }} }}"),
            "{ runs { nodes { priority } } }".into(),
        ] {
            let error = app.refusal(&query).await;
            assert_eq!(error["extensions"]["code"], "INTERNAL");
            let text = error.to_string();
            assert!(
                !text.contains("run_limits") && !text.contains("decisions") && !text.contains("table"),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn a_broken_database_is_not_ready_but_alive() {
    for app in apps().await {
        assert_eq!(app.get("/readyz").await.status(), 200);
        app.api.db.write().execute_unprepared("DROP TABLE seaql_migrations").await.unwrap();
        let response = app.get("/readyz").await;
        assert_eq!(response.status(), 503);
        assert!(!body_text(response).await.contains("seaql"));
        assert_eq!(app.get("/healthz").await.status(), 200);
    }
}

#[tokio::test]
async fn the_metrics_count_runs_probes_and_workers() {
    for app in apps().await {
        app.start(&app.define("d", 3).await).await;
        app.work(4).await;
        let text = body_text(app.get("/metrics").await).await;
        for line in [
            "probity_runs{status=\"running\"} 1.0",
            "probity_probes{status=\"queued\"} 2.0",
            "probity_probes{status=\"succeeded\"} 4.0",
            "probity_workers_online 1.0",
            "probity_http_requests_total{route=\"graphql\",status=\"2xx\"} 2",
        ] {
            assert!(text.contains(line), "{line} not in\n{text}");
        }
    }
}

#[tokio::test]
async fn an_unknown_address_is_answered_as_json() {
    let app = sqlite_with(|_| ()).await;
    let response = app.get("/nothing").await;
    assert_eq!(response.status(), 404);
    assert!(body_text(response).await.contains("NOT_FOUND"));
    let request = Request::delete("/graphql").header("host", LOOPBACK).body(Body::empty()).unwrap();
    assert_eq!(app.send(request).await.status(), 405);
}
