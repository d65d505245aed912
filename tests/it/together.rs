//! Two workers share a run.

use serde_json::json;

use crate::harness::{RESCUE, Site, assert_complete};

on_both_databases!(two_workers_answer_two_thousand_probes_exactly_once_each);

async fn two_workers_answer_two_thousand_probes_exactly_once_each(site: Site) {
    let (server, _workers) = site.serve_with_two_workers().await;
    let definition = server.api.import(RESCUE).await;
    let models = ["sim-steadfast", "sim-balanced", "sim-utilitarian", "sim-cautious"];
    let run = server.api.start(&definition, &models, json!({"samplesPerScenario": 4})).await;
    assert_complete(&site, &server.api, &run, 2_000).await;
    let counts = site.sim.log().counts();
    assert_eq!((counts.total, counts.duplicates), (2_000, 0));

    let attempts = server.api.all("probes", &run, "attempts { workerId }").await;
    let mut workers: Vec<&str> =
        attempts.iter().filter_map(|probe| probe["attempts"][0]["workerId"].as_str()).collect();
    workers.sort_unstable();
    workers.dedup();
    assert_eq!(workers.len(), 2, "one worker did everything");
}
