//! Reports and diagnoses, as clients ask for them.

use std::time::Duration;

use axum::body::Body;
use domain::queue::{self, Ending};
use entity::AttemptResult;
use http::Request;
use serde_json::{Value, json};

use crate::app::{App, LOOPBACK, apps, body_json, body_text, get, sqlite_with};

const FAILURE: &str = "Incorrect API key provided: sk-abcdefgh12345678.";

/// A run of 6 probes that is over: `failed` of them with this.
async fn over(app: &App, failed: u64, category: &str, message: &str) -> String {
    let run = app.start(&app.define("d", 3).await).await;
    fail(app, failed, category, message).await;
    app.work(100).await;
    run
}

async fn fail(app: &App, count: u64, category: &str, message: &str) {
    let db = &app.api.db;
    let lease = Duration::from_secs(60);
    for probe in queue::claim_probes(db, app.worker, "sim", count, lease).await.unwrap() {
        let attempt = queue::AttemptRecord {
            result: AttemptResult::Failed,
            error_category: Some(category.into()),
            error_message: Some(message.into()),
            http_status: Some(401),
            retry_after: None,
            request_id: None,
            raw_body: None,
            partial_answer: None,
            partial_reasoning: None,
            first_turn_index: 0,
            turn_count: 0,
            input_tokens: None,
            output_tokens: None,
            cost_usd_micros: None,
            latency: Duration::from_millis(5),
            started_at: domain::db::now(),
            finished_at: domain::db::now(),
        };
        let ending = Ending::Failed { category: category.into(), message: message.into(), partial: None };
        let write =
            queue::ProbeWrite { probe, worker_id: app.worker, turns: vec![], attempt: Some(attempt), ending };
        queue::finish(db, &[write]).await.unwrap();
    }
}

async fn run(app: &App, id: &str, fields: &str) -> Value {
    app.ask(&format!("{{ run(id: \"{id}\") {{ {fields} }} }}")).await["run"].clone()
}

fn with(path: &str, name: &str, value: &str) -> Request<Body> {
    Request::get(path).header("host", LOOPBACK).header(name, value).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_run_has_a_report_once_it_is_over_and_another_after_it_was_reopened() {
    for app in apps().await {
        let id = app.start(&app.define("d", 3).await).await;
        let fields = "report { revision markdown json sha256 createdAt markdownUrl } reports { revision }";
        let early = run(&app, &id, fields).await;
        assert_eq!(early, json!({"report": null, "reports": []}));
        fail(&app, 2, "timeout", "no response within 30 s").await;
        app.work(100).await;
        let first = run(&app, &id, fields).await;
        assert_eq!((&first["report"]["revision"], &first["reports"]), (&json!(1), &json!([{"revision": 1}])));
        let markdown = first["report"]["markdown"].as_str().unwrap();
        assert!(markdown.contains("2 probes failed (33.3 % of 6 planned)"), "{markdown}");
        let document: Value = serde_json::from_str(first["report"]["json"].as_str().unwrap()).unwrap();
        assert_eq!(document["done"]["ledger"]["succeeded"], 4);
        assert_eq!(run(&app, &id, fields).await, first, "it is written once");

        let retry = format!(
            "mutation {{ retryFailedProbes(input: {{runId: \"{id}\"}}) {{ run {{ isFinished }} }} }}"
        );
        app.ask(&retry).await;
        let reopened = run(&app, &id, "isFinished report { revision }").await;
        assert_eq!(reopened, json!({"isFinished": false, "report": {"revision": 1}}));
        let run_id = id.parse().unwrap();
        while !domain::run::retry_probes(&app.api.db, run_id).await.unwrap() {}
        app.work(100).await;
        let second = run(&app, &id, "status report { revision markdown } reports { revision }").await;
        assert_eq!((&second["status"], &second["report"]["revision"]), (&json!("COMPLETED"), &json!(2)));
        assert_eq!(second["reports"], json!([{"revision": 1}, {"revision": 2}]));
        assert!(second["report"]["markdown"].as_str().unwrap().contains("2 probes tried again"));

        let path = first["report"]["markdownUrl"].as_str().unwrap();
        assert_eq!(body_text(app.get(path).await).await, markdown, "the first one is still there");
    }
}

#[tokio::test]
async fn failures_are_diagnosed_by_probe_and_by_run() {
    let fields = "diagnoses { category cause title count isRetryable whatToDo evidence { text count }
        models { count runModel { modelId } } exampleProbes { id status diagnosis { cause evidence whatToDo } } }";
    for app in apps().await {
        let id = app.start(&app.define("d", 3).await).await;
        assert_eq!(run(&app, &id, fields).await["diagnoses"], json!([]));
        fail(&app, 1, "auth", FAILURE).await;
        let under_way = run(&app, &id, fields).await["diagnoses"].clone();
        assert_eq!((&under_way[0]["cause"], &under_way[0]["count"]), (&json!("key"), &json!(1)));
        fail(&app, 2, "auth", FAILURE).await;
        fail(&app, 1, "context_length", "too long: 8193 tokens").await;
        app.work(100).await;
        let found = run(&app, &id, fields).await["diagnoses"].clone();
        assert_eq!(found.as_array().unwrap().len(), 2, "{found}");
        let key = &found[0];
        assert_eq!(
            (&key["category"], &key["count"], &key["isRetryable"]),
            (&json!("AUTH"), &json!(3), &json!(true))
        );
        assert_eq!(key["evidence"], json!([{"text": "Incorrect API key provided: [redacted]", "count": 3}]));
        let counts: i64 =
            key["models"].as_array().unwrap().iter().map(|model| model["count"].as_i64().unwrap()).sum();
        assert_eq!((counts, key["exampleProbes"].as_array().unwrap().len()), (3, 3));
        let example = &key["exampleProbes"][0];
        assert_eq!((&example["status"], &example["diagnosis"]["cause"]), (&json!("FAILED"), &json!("key")));
        assert!(!found.to_string().contains("sk-abcdefgh"), "{found}");
        assert_eq!((&found[1]["category"], &found[1]["isRetryable"]), (&json!("DATA"), &json!(false)));
        let probes = run(&app, &id, "probes(status: SUCCEEDED) { nodes { diagnosis { cause } } }").await;
        assert!(
            probes["probes"]["nodes"].as_array().unwrap().iter().all(|probe| probe["diagnosis"].is_null())
        );
    }
}

#[tokio::test]
async fn diagnoses_and_reports_of_many_runs_cost_as_many_statements_as_of_one() {
    let app = sqlite_with(|_| ()).await;
    let fields = "diagnoses { cause models { runModel { modelId } } exampleProbes { diagnosis { cause } } }
        report { revision } reports { revision }";
    let one = format!("{{ runs(first: 1) {{ nodes {{ {fields} }} }} }}");
    let many = format!("{{ runs(first: 6) {{ nodes {{ {fields} }} }} }}");
    for name in ["a", "b", "c", "d", "e", "f"] {
        app.start(&app.define(name, 3).await).await;
        fail(&app, 2, "auth", FAILURE).await;
        app.work(100).await;
    }
    app.ask(&many).await;
    assert_eq!(app.cost(&one).await, app.cost(&many).await);
}

#[tokio::test]
async fn a_report_is_downloaded_and_known_again_by_its_etag() {
    for app in apps().await {
        let id = over(&app, 0, "", "").await;
        for (ending, kind) in [("md", "text/markdown; charset=utf-8"), ("json", "application/json")] {
            let path = format!("/api/export/run/{id}/report.{ending}");
            let response = app.get(&path).await;
            let headers = response.headers().clone();
            assert_eq!((response.status().as_u16(), &headers["content-type"]), (200, &kind.parse().unwrap()));
            let name = headers["content-disposition"].to_str().unwrap();
            assert!(
                name.starts_with("attachment; filename=\"run_")
                    && name.contains(&format!("_report.{ending}\"")),
                "{name}"
            );
            let text = body_text(response).await;
            assert!(
                text.starts_with(if ending == "md" {
                    "# d\n"
                } else {
                    "{\n  \"format\": \"probity.report\""
                }),
                "{text}"
            );
            let etag = headers["etag"].to_str().unwrap();
            assert_eq!(app.send(with(&path, "if-none-match", etag)).await.status(), 304);
            assert_eq!(app.send(with(&path, "if-none-match", "\"x\"")).await.status(), 200);
            let head = Request::head(&path).header("host", LOOPBACK).body(Body::empty()).unwrap();
            let head = app.send(head).await;
            assert_eq!((head.status().as_u16(), head.headers()["etag"].to_str().unwrap()), (200, etag));
            assert!(body_text(head).await.is_empty());
        }
    }
}

#[tokio::test]
async fn a_report_that_cannot_be_had_is_refused_in_words() {
    let app = sqlite_with(|_| ()).await;
    let id = over(&app, 1, "auth", FAILURE).await;
    let open = app.start(&app.define("e", 3).await).await;
    for (path, status, code, words) in [
        (format!("/api/export/run/{open}/report.md"), 409, "CONFLICT", "written when it ends"),
        (format!("/api/export/run/{id}/report.md?revision=2"), 400, "INVALID", "its latest is 1"),
        (format!("/api/export/run/{id}/report.json?revision=x"), 400, "INVALID", "a whole number"),
        (format!("/api/export/run/{id}/report.json?excel=true"), 400, "INVALID", "takes `revision`"),
        ("/api/export/run/nonsense/report.md".into(), 400, "INVALID", "no id"),
        ("/api/export/run/00000000-0000-7000-8000-000000000000/report.md".into(), 404, "NOT_FOUND", "no run"),
    ] {
        let response = app.get(&path).await;
        assert_eq!(response.status(), status, "{path}");
        let error = body_json(response).await["errors"][0].clone();
        assert_eq!(error["extensions"]["code"], code, "{path}");
        assert!(error["message"].as_str().unwrap().contains(words), "{path}: {error}");
    }
    assert_eq!(app.send(get(&format!("/api/export/run/{id}/report.txt"))).await.status(), 404);
}
