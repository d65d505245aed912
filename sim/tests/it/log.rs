use serde_json::{Value, json};
use sim::{Faults, Sim, SimOptions};

use crate::{DILEMMA, ask, body, post, start};

#[tokio::test]
async fn the_log_counts_calls_by_model_and_status_and_duplicates() {
    let sim = start(Faults::none()).await;
    for (model, seed) in [("sim-oracle", 1), ("sim-oracle", 1), ("sim-oracle", 2), ("nobody", 1)] {
        post(&sim, &body(model, DILEMMA, seed)).await.unwrap();
    }
    let counts = sim.log().counts();
    assert_eq!((counts.total, counts.succeeded, counts.duplicates), (4, 3, 1));
    assert_eq!(counts.per_model["sim-oracle"], 3);
    assert_eq!((counts.per_status[&200], counts.per_status[&404]), (3, 1));
    assert_eq!((counts.in_flight, counts.in_flight_max, counts.bodies), (0, 1, 2));
    assert_eq!(sim.log().recent().len(), 4);
}

#[tokio::test]
async fn another_process_reads_and_changes_the_server_over_http() {
    let sim = start(Faults::none()).await;
    let root = sim.base_url().replace("/v1", "/sim");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let put = |path: &str, body: Value| client.put(format!("{root}/{path}")).json(&body).send();
    let faults = json!({ "rules": [{ "kind": "unavailable", "rate": 1.0 }] });
    assert!(put("faults", faults).await.unwrap().status().is_success());
    assert!(put("latency", json!({ "fixed_ms": 1 })).await.unwrap().status().is_success());
    assert!(put("faults", json!({ "rule": [] })).await.unwrap().status().is_client_error());
    let answer = post(&sim, &body("sim-oracle", DILEMMA, 1)).await.unwrap();
    assert_eq!(answer.status().as_u16(), 503);
    let log: Value = client.get(format!("{root}/log")).send().await.unwrap().json().await.unwrap();
    assert_eq!((&log["total"], &log["per_fault"]["unavailable"]), (&json!(1), &json!(1)));
    client.post(format!("{root}/log/reset")).send().await.unwrap();
    assert_eq!(sim.log().counts().total, 0);
}

#[tokio::test]
async fn bad_requests_get_the_vendors_errors() {
    let options = SimOptions { required_key: Some("sk-sim".into()), ..SimOptions::default() };
    let locked = Sim::start(options).await.unwrap();
    let refused = ask(&locked, &body("sim-oracle", DILEMMA, 1)).await;
    assert!(refused["error"]["message"].as_str().unwrap().contains("API key"));

    let sim = start(Faults::none()).await;
    let unknown = ask(&sim, &body("nobody", DILEMMA, 1)).await;
    assert_eq!(unknown["error"]["code"], "model_not_found");
    let code = ask(&sim, &json!({ "model": "sim-oracle" })).await["error"]["code"].clone();
    assert_eq!(code, "missing_required_parameter");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/chat/completions", sim.base_url());
    let broken = client.post(url).body("{\"model\":").send().await.unwrap();
    assert_eq!(broken.status().as_u16(), 400);
}
