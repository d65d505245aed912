//! SIGTERM in the middle of a run.

use std::time::Duration;

use serde_json::json;
use sim::Latency;

use crate::harness::{RESCUE, Site, assert_complete, attempt_results};

on_both_databases!(a_server_told_to_stop_finishes_its_calls_and_costs_no_try);

async fn a_server_told_to_stop_finishes_its_calls_and_costs_no_try(site: Site) {
    site.sim.set_latency(Latency::Fixed(Duration::from_millis(200)));
    let (server, workers) = site.serve_with_two_workers().await;
    let definition = server.api.import(RESCUE).await;
    let models = ["sim-steadfast", "sim-balanced"];
    let run = server.api.start(&definition, &models, json!({"samplesPerScenario": 2})).await;
    site.asked(|counts| counts.total >= 150).await;
    for worker in workers {
        assert_eq!(worker.terminate().await, Some(0));
    }
    assert_eq!(server.process.terminate().await, Some(0));
    let counts = site.sim.log().counts();
    assert_eq!((counts.in_flight, counts.abandoned), (0, 0), "calls were given up: {counts:?}");
    assert!(counts.total < 500, "the run was over before the signal came: {counts:?}");

    let (server, _workers) = site.serve_with_two_workers().await;
    assert_complete(&site, &server.api, &run, 500).await;
    let counts = site.sim.log().counts();
    assert_eq!((counts.total, counts.duplicates), (500, 0));
    let results = attempt_results(&server.api, &run).await;
    assert!(!results.contains_key("LOST") && !results.contains_key("RETRIED"), "{results:?}");
}
