//! Health, queue, workers, metrics.

use std::time::Duration;

use domain::{
    fleet::{self, NewWorker},
    limits::{self, ModelOutcome, Outcome, Report},
    meter::meter,
};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{App, apps, body_text};

const HEALTH: &str = "{ health { status reasons { status topic message runId providerId workerId } } }";

async fn health(app: &App) -> (String, Vec<Value>) {
    let found = app.ask(HEALTH).await["health"].clone();
    (found["status"].as_str().unwrap().to_owned(), found["reasons"].as_array().unwrap().clone())
}

async fn silence(app: &App, id: Uuid) {
    let then = if app.api.db.is_postgres() {
        "now() - interval '10 minutes'"
    } else {
        "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-600 seconds')"
    };
    let id = if app.api.db.is_postgres() { format!("'{id}'") } else { format!("X'{}'", id.simple()) };
    let sql = format!("UPDATE workers SET beat_at = {then} WHERE id = {id}");
    app.api.db.write().execute_unprepared(&sql).await.unwrap();
}

#[tokio::test]
async fn all_is_well_until_somebody_has_to_do_something() {
    for app in apps().await {
        assert_eq!(health(&app).await, ("GREEN".into(), vec![]));
        let run = app.start(&app.define("d", 2).await).await;
        assert_eq!(health(&app).await.0, "GREEN", "a run under way is well");

        let definition = app.define("dear", 30).await;
        app.ask(&format!(
            "mutation {{ createRun(input: {{definitionId: \"{definition}\", models: [{{model: \"alpha\"}}],
            maxTokens: 1000000}}) {{ run {{ id }} }} }}"
        ))
        .await;
        let (status, reasons) = health(&app).await;
        assert_eq!((status.as_str(), reasons.len()), ("AMBER", 1));
        assert_eq!(reasons[0]["topic"], "GATE");
        assert!(reasons[0]["message"].as_str().unwrap().contains("has to be approved"));

        let new = NewWorker {
            name: "far",
            host: Some("far-host".into()),
            restart_command: Some("probity-worker --name far".into()),
        };
        let far = fleet::register_with(&app.api.db, &new, &[], Vec::new()).await.unwrap();
        silence(&app, far).await;
        let (status, reasons) = health(&app).await;
        assert_eq!((status.as_str(), reasons.len()), ("AMBER", 2));
        let missed = reasons.iter().find(|reason| reason["topic"] == "WORKER").unwrap();
        assert_eq!(missed["workerId"], far.to_string());
        assert!(missed["message"].as_str().unwrap().contains("`probity-worker --name far`"), "{missed}");
        // Somebody started it again.
        fleet::register_with(&app.api.db, &new, &[], Vec::new()).await.unwrap();
        assert_eq!(health(&app).await.1.len(), 1);

        fleet::deregister(&app.api.db, app.worker).await.unwrap();
        let (status, reasons) = health(&app).await;
        assert_eq!(status, "RED");
        assert_eq!((&reasons[0]["topic"], &reasons[0]["providerId"]), (&json!("PROVIDER"), &json!("sim")));
        app.ask(&format!("mutation {{ cancelRun(input: {{id: \"{run}\"}}) {{ run {{ id }} }} }}")).await;
        assert_eq!(health(&app).await.0, "AMBER", "nobody needs it any more");
    }
}

#[tokio::test]
async fn without_any_worker_a_run_turns_it_red_and_says_how_to_start_one() {
    for app in apps().await {
        fleet::deregister(&app.api.db, app.worker).await.unwrap();
        assert_eq!(health(&app).await.0, "GREEN", "nobody needs one");
        let worker = fleet::register(&app.api.db, "short", &["sim".into()]).await.unwrap();
        app.start(&app.define("d", 2).await).await;
        fleet::deregister(&app.api.db, worker).await.unwrap();
        let (status, reasons) = health(&app).await;
        assert_eq!((status.as_str(), reasons.len()), ("RED", 1));
        assert!(reasons[0]["message"].as_str().unwrap().contains("probity worker"), "{reasons:?}");
    }
}

#[tokio::test]
async fn a_provider_shows_how_its_calls_went() {
    for app in apps().await {
        let query = "{ providers { nodes { id isConfigured isReachable isKeyAccepted limitedUntil
            lastHour { answeredCount failedCount rateLimitedCount errorRate latencyP50Ms latencyP95Ms isSampled }
            state { inFlight parallel { value source } models { wireModel breaker } } } } }";
        let sim = async || {
            let found = app.ask(query).await["providers"]["nodes"].clone();
            found.as_array().unwrap().iter().find(|row| row["id"] == "sim").unwrap().clone()
        };
        let idle = sim().await;
        assert_eq!((&idle["isReachable"], &idle["lastHour"]), (&Value::Null, &Value::Null));
        app.start(&app.define("d", 4).await).await;
        app.work(6).await;
        let busy = sim().await;
        assert_eq!((&busy["isConfigured"], &busy["isReachable"]), (&json!(true), &json!(true)));
        assert_eq!(
            busy["lastHour"],
            json!({"answeredCount": 6, "failedCount": 0, "rateLimitedCount": 0, "errorRate": 0.0,
                "latencyP50Ms": 5, "latencyP95Ms": 5, "isSampled": false})
        );
        let fault = |n: u128| ModelOutcome {
            wire_model: "alpha-1".into(),
            outcome: Outcome { probe_id: Uuid::from_u128(n), is_fault: true },
            fault: Some(("server".into(), "500".into())),
        };
        let report = Report { outcomes: (0..5).map(fault).collect(), ..Report::default() };
        limits::report(&app.api.db, "sim", &report).await.unwrap();
        let broken = sim().await;
        assert_eq!(broken["state"]["models"], json!([{"wireModel": "alpha-1", "breaker": "OPEN"}]));
    }
}

#[tokio::test]
async fn providers_cost_as_many_statements_with_how_they_do_whatever_their_number() {
    for app in apps().await {
        let query = |first: usize| {
            format!("{{ providers(first: {first}) {{ nodes {{ id isReachable limitedUntil lastHour {{ errorRate }}
                state {{ inFlight }} }} }} }}")
        };
        app.start(&app.define("d", 2).await).await;
        app.work(2).await;
        app.ask(&query(1)).await;
        let (of_one, of_all) = (app.cost(&query(1)).await, app.cost(&query(50)).await);
        // Loaders of different fields may share a batch or not.
        assert!(of_all <= of_one + 6, "{of_all} for all, {of_one} for one");
    }
}

#[tokio::test]
async fn the_queue_shows_what_waits_since_when_and_how_fast_it_goes() {
    for app in apps().await {
        let query = "{ queue { depth ready running oldestAt endedPerMinute jobsQueued
            lanes { providerId depth ready } } }";
        let empty = app.ask(query).await["queue"].clone();
        assert_eq!(
            (&empty["depth"], &empty["oldestAt"], &empty["lanes"]),
            (&json!(0.0), &Value::Null, &json!([]))
        );
        let paused = app.start(&app.define("paused", 3).await).await;
        app.ask(&format!("mutation {{ pauseRun(input: {{id: \"{paused}\"}}) {{ run {{ id }} }} }}")).await;
        app.start(&app.define("d", 5).await).await;
        app.work(4).await;
        let found = app.ask(query).await["queue"].clone();
        assert_eq!(
            (&found["depth"], &found["ready"], &found["running"]),
            (&json!(12.0), &json!(6.0), &json!(0.0))
        );
        assert_eq!(found["lanes"], json!([{"providerId": "sim", "depth": 12.0, "ready": 6.0}]));
        assert!(found["oldestAt"].is_string());
        let rate = found["endedPerMinute"].as_f64().unwrap();
        assert_eq!(rate, 4.0, "4 within the last minute");
    }
}

#[tokio::test]
async fn workers_say_where_they_run_what_they_do_and_how_they_are_started_again() {
    for app in apps().await {
        let new = NewWorker {
            name: "far",
            host: Some("far-host".into()),
            restart_command: Some("probity-worker --name far".into()),
        };
        let far = fleet::register_with(&app.api.db, &new, &["sim".into()], Vec::new()).await.unwrap();
        app.start(&app.define("d", 4).await).await;
        domain::queue::claim_probes(&app.api.db, far, "sim", 3, Duration::from_secs(60)).await.unwrap();
        let query = "{ workers { nodes { name host isOnline inFlight restartCommand providerIds } } }";
        let found = app.ask(query).await["workers"]["nodes"].clone();
        assert_eq!(
            found[0],
            json!({"name": "far", "host": "far-host", "isOnline": true, "inFlight": 3,
                "restartCommand": "probity-worker --name far", "providerIds": ["sim"]})
        );
        assert_eq!((&found[1]["host"], &found[1]["inFlight"]), (&Value::Null, &json!(0)));
        silence(&app, far).await;
        let found = app.ask(query).await["workers"]["nodes"].clone();
        assert_eq!((&found[0]["isOnline"], &found[0]["inFlight"]), (&json!(false), &json!(3)));
    }
}

#[tokio::test]
async fn the_metrics_are_what_prometheus_reads() {
    for app in apps().await {
        app.start(&app.define("d", 3).await).await;
        app.work(4).await;
        meter().attempt("sim", "waited", "rate_limited", None);
        drop(meter().call("sim"));
        let response = app.get("/metrics").await;
        assert!(
            response.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text")
        );
        let text = body_text(response).await;
        assert!(text.ends_with("# EOF\n"), "{text}");
        for line in [
            "probity_build_info{version=\"0.1.0\"} 1",
            "probity_database_reachable 1.0",
            "probity_probe_outcomes{outcome=\"decided\"} 4.0",
            "probity_queue_depth{provider=\"sim\"} 2.0",
            "probity_queue_oldest_seconds{provider=\"sim\"} ",
            "probity_cost_usd{provider=\"sim\"} 0.008",
            "probity_attempts_total{provider=\"sim\",result=\"waited\",category=\"rate_limited\"} ",
            "probity_provider_rate_limited_total{provider=\"sim\"} ",
            "probity_provider_call_seconds_bucket{le=\"0.05\",provider=\"sim\"} ",
            "probity_database_connections{pool=",
            "probity_http_request_seconds_count{route=\"graphql\"} ",
        ] {
            assert!(text.contains(&format!("\n{line}")), "{line} not in\n{text}");
        }
        let known = api::metric_names();
        let shown = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split(['{', ' ']).next().unwrap().to_owned());
        for name in shown {
            assert!(known.contains(&name), "{name} is not among the names");
        }
    }
}

#[tokio::test]
async fn without_a_database_the_metrics_say_so_and_show_the_rest() {
    for app in apps().await {
        app.ask("{ me { name } }").await;
        app.api.db.write().execute_unprepared("ALTER TABLE workers RENAME TO away").await.unwrap();
        let text = body_text(app.get("/metrics").await).await;
        assert!(text.contains("\nprobity_database_reachable 0.0"), "{text}");
        assert!(text.contains("\nprobity_http_requests_total{route=\"graphql\",status=\"2xx\"} 1"), "{text}");
    }
}

/// The alert rules that are handed out hold nothing but metrics that exist.
#[test]
fn the_example_alerts_name_only_metrics_that_exist() {
    let text = include_str!("../../../docs/alerts.yml");
    let rules: Value = serde_saphyr::from_str(text).unwrap();
    let known = api::metric_names();
    let mut count = 0;
    for group in rules["groups"].as_array().unwrap() {
        for rule in group["rules"].as_array().unwrap() {
            let name = rule["alert"].as_str().unwrap();
            let expr = rule["expr"].as_str().unwrap_or_else(|| panic!("{name} has no expr"));
            for key in ["summary", "description"] {
                assert!(rule["annotations"][key].is_string(), "{name} has no {key}");
            }
            let words = expr.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
            let named: Vec<&str> = words.filter(|word| word.starts_with("probity_")).collect();
            assert!(!named.is_empty() || expr.contains("up{"), "{name}: {expr}");
            for metric in named {
                assert!(known.iter().any(|known| known == metric), "{name} names {metric}");
                count += 1;
            }
        }
    }
    assert!(count >= 10, "{count}");
    // The page that explains them names nothing else either.
    let page = include_str!("../../../docs/monitoring.md");
    for word in page.split(|character: char| !character.is_ascii_alphanumeric() && character != '_') {
        if word.starts_with("probity_") {
            assert!(known.iter().any(|known| known == word), "monitoring.md names {word}");
        }
    }
}
