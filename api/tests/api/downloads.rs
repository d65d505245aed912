use std::io::Read;

use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use sea_orm::ConnectionTrait;

use crate::app::{App, LOOPBACK, apps, body_json, body_text, sqlite_with};

async fn finished(app: &App) -> String {
    let run = app.start(&app.define("d", 3).await).await;
    app.work(100).await;
    format!("/api/export/run/{run}/csv")
}

fn with(path: &str, name: &str, value: &str) -> Request<Body> {
    Request::get(path).header("host", LOOPBACK).header(name, value).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_run_is_downloaded_whole_and_known_again_by_its_etag() {
    for app in apps().await {
        let path = finished(&app).await;
        let response = app.get(&path).await;
        let headers = response.headers().clone();
        assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
        let name = headers["content-disposition"].to_str().unwrap();
        assert!(name.starts_with("attachment; filename=\"run_") && !name.contains("partial"), "{name}");
        assert!(!headers.contains_key("x-probity-partial"));
        let text = body_text(response).await;
        assert!(text.starts_with("\u{feff}run_id,scenario_id,"));
        assert_eq!(text.matches("\r\n").count(), 7);
        assert!(text.contains(",\"=Héllo, \"\"all\"\"\nDecision: 1\""), "{text}");
        let excel = body_text(app.get(&format!("{path}?excel=true")).await).await;
        assert!(excel.contains("'=Héllo"));
        let etag = headers["etag"].to_str().unwrap();
        for known in [etag.to_owned(), format!("\"x\", {etag}"), "*".into(), etag.replace("W/", "")] {
            assert_eq!(app.send(with(&path, "if-none-match", &known)).await.status(), 304, "{known}");
        }
        assert_eq!(app.send(with(&path, "if-none-match", "\"x\"")).await.status(), 200);
        let head = Request::head(&path).header("host", LOOPBACK).body(Body::empty()).unwrap();
        let head = app.send(head).await;
        assert_eq!((head.status().as_u16(), head.headers()["etag"].to_str().unwrap()), (200, etag));
        assert!(body_text(head).await.is_empty());
    }
}

#[tokio::test]
async fn a_download_during_the_run_says_that_it_is_partial() {
    for app in apps().await {
        let run = app.start(&app.define("d", 3).await).await;
        let path = format!("/api/export/run/{run}/csv?partial=true");
        let response = app.get(&path).await;
        assert_eq!(response.headers()["x-probity-partial"], "true");
        assert!(response.headers()["content-disposition"].to_str().unwrap().contains("_partial.csv"));
        assert!(!response.headers().contains_key("etag"));
        assert_eq!(body_text(response).await.matches("\r\n").count(), 1);
    }
}

#[tokio::test]
async fn a_download_is_compressed_for_whoever_can_read_that() {
    let app = sqlite_with(|_| ()).await;
    let path = finished(&app).await;
    let plain = body_text(app.get(&path).await).await;
    let response = app.send(with(&path, "accept-encoding", "gzip")).await;
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let mut text = String::new();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text, plain);
    let response = app.send(with(&path, "accept-encoding", "zstd")).await;
    assert_eq!(response.headers()["content-encoding"], "zstd");
}

#[tokio::test]
async fn a_wrong_id_or_option_is_answered_as_json() {
    let app = sqlite_with(|_| ()).await;
    let path = finished(&app).await;
    for (path, status, code) in [
        ("/api/export/run/nonsense/csv".to_owned(), 400, "INVALID"),
        ("/api/export/run/00000000-0000-7000-8000-000000000000/csv".into(), 404, "NOT_FOUND"),
        (format!("{path}?excel=maybe"), 400, "INVALID"),
        (format!("{path}?exel=true"), 400, "INVALID"),
        ("/api/export/definition/00000000-0000-7000-8000-000000000000/yaml".into(), 404, "NOT_FOUND"),
    ] {
        let response = app.get(&path).await;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(body_json(response).await["errors"][0]["extensions"]["code"], code, "{path}");
    }
}

#[tokio::test]
async fn one_download_too_many_is_told_to_come_back() {
    let app = sqlite_with(|config| config.downloads_max = 1).await;
    let path = finished(&app).await;
    let open = app.get(&path).await;
    let refused = app.get(&path).await;
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (503, "2"));
    drop(open);
    assert_eq!(app.get(&path).await.status(), 200);
}

#[tokio::test]
async fn a_download_that_fails_midway_breaks_off_instead_of_ending() {
    let app = sqlite_with(|_| ()).await;
    let path = finished(&app).await;
    let response = app.get(&path).await;
    app.api.db.write().execute_unprepared("DROP TABLE decisions").await.unwrap();
    assert!(response.into_body().collect().await.is_err());
}
