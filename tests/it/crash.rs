//! SIGKILL in the middle of a run.

use std::time::Duration;

use serde_json::json;
use sim::Latency;

use crate::harness::{Api, PARALLEL, RESCUE, Site, assert_complete, attempt_results};

const MODELS: [&str; 4] = ["sim-steadfast", "sim-balanced", "sim-utilitarian", "sim-cautious"];

on_both_databases!(
    a_worker_killed_halfway_loses_nothing,
    a_server_killed_halfway_goes_on_by_itself_when_it_is_started_again
);

async fn a_worker_killed_halfway_loses_nothing(site: Site) {
    let site = site.with_short_leases();
    site.sim.set_latency(Latency::Fixed(Duration::from_millis(40)));
    let (server, mut workers) = site.serve_with_two_workers().await;
    let definition = server.api.import(RESCUE).await;
    let run = server.api.start(&definition, &MODELS, json!({"samplesPerScenario": 4})).await;
    site.asked(|counts| counts.total >= 1_000).await;
    workers.pop().unwrap().kill().await;
    assert_complete(&site, &server.api, &run, 2_000).await;
    assert_paid_twice_at_most_what_was_in_flight(&site, &server.api, &run).await;
}

async fn a_server_killed_halfway_goes_on_by_itself_when_it_is_started_again(site: Site) {
    let site = site.with_short_leases();
    site.sim.set_latency(Latency::Fixed(Duration::from_millis(40)));
    let server = site.serve().await;
    let definition = server.api.import(RESCUE).await;
    let run = server.api.start(&definition, &MODELS, json!({"samplesPerScenario": 4})).await;
    site.asked(|counts| counts.total >= 1_000).await;
    server.process.kill().await;
    let server = site.serve().await;
    assert_complete(&site, &server.api, &run, 2_000).await;
    assert_paid_twice_at_most_what_was_in_flight(&site, &server.api, &run).await;
}

/// What the dead worker held was in flight: asked, or answered and not yet written.
async fn assert_paid_twice_at_most_what_was_in_flight(site: &Site, api: &Api, run: &str) {
    let counts = site.sim.log().counts();
    let in_flight = *attempt_results(api, run).await.get("LOST").unwrap_or(&0) as u64;
    assert!((1..=4 * PARALLEL).contains(&in_flight), "{in_flight} were in flight");
    assert!(counts.duplicates <= in_flight, "{in_flight} were in flight: {counts:?}");
    assert!(counts.total <= 2_000 + in_flight, "{in_flight} were in flight: {counts:?}");
}
