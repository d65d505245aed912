//! A budget while workers come and go.

use std::time::Duration;

use serde_json::{Value, json};
use sim::Latency;

use crate::harness::{Api, RESCUE, Site, assert_complete, text};

on_both_databases!(a_budget_holds_through_a_crash_and_asks_for_more);

const MONEY: &str = "query ($id: ID!) { run(id: $id) { status
    limits { budget { limitUsd reservedUsd spentUsd } }
    gates { id kind state reason } } }";

async fn money(api: &Api, run: &str) -> Value {
    api.ask(MONEY, json!({"id": run})).await["run"].take()
}

async fn a_budget_holds_through_a_crash_and_asks_for_more(site: Site) {
    let site = site.with_short_leases();
    site.sim.set_latency(Latency::Fixed(Duration::from_millis(40)));
    let (server, mut workers) = site.serve_with_two_workers().await;
    let api = &server.api;
    let definition = api.import(RESCUE).await;
    let plan = "query ($input: CreateRunInput!) { planRun(input: $input) {
        planHash sampleSeed probeCount cost { lowUsd expectedUsd highUsd } } }";
    let rest = json!({"samplesPerScenario": 4, "maxTokens": 400});
    let mut input = crate::harness::run_input(&definition, &["sim-balanced"], rest);
    let planned = api.ask(plan, input.clone()).await["planRun"].take();
    assert_eq!(planned["probeCount"], 500);
    // Enough for some hundred probes: what they cost less than their worst case is used again.
    let budget = planned["cost"]["highUsd"].as_f64().unwrap() / 10.0;
    input["input"]["planHash"] = planned["planHash"].clone();
    input["input"]["budgetUsd"] = json!(budget);
    let made = api.ask(crate::harness::CREATE_RUN, input).await;
    let run = text(&made["createRun"]["run"]["id"]);
    site.asked(|counts| counts.total >= 40).await;
    workers.pop().unwrap().kill().await;

    api.wait(&run, |run| run["status"] == "AWAITING_APPROVAL").await;
    let stopped = money(api, &run).await;
    let purse = &stopped["limits"]["budget"];
    let spent = purse["spentUsd"].as_f64().unwrap();
    assert!(spent <= budget + 1e-6 && spent > 0.0, "{stopped}");
    assert_eq!(purse["reservedUsd"], 0.0, "{stopped}");
    assert_eq!(stopped["gates"][0]["kind"], "BUDGET", "{stopped}");
    println!("of {budget:.6} USD {spent:.6} were spent when nothing more fitted");
    site.assert_sound().await;

    let approve = "mutation ($gate: ID!, $usd: Float) {
        approveGate(input: {gateId: $gate, newBudgetUsd: $usd, comment: \"Go on.\"}) { gate { state } run { status } } }";
    let gate = &stopped["gates"][0]["id"];
    let refused = api.refusal(approve, json!({"gate": gate, "usd": null})).await;
    assert_eq!(refused["extensions"]["code"], "INVALID", "{refused}");
    let approved = api.ask(approve, json!({"gate": gate, "usd": 20.0})).await;
    assert_eq!(approved["approveGate"]["gate"]["state"], "APPROVED");
    let again = api.refusal(approve, json!({"gate": gate, "usd": 20.0})).await;
    assert_eq!(again["extensions"]["code"], "CONFLICT", "{again}");
    assert!(text(&again["message"]).contains("local approved it"), "{again}");
    assert_complete(&site, api, &run, 500).await;
    assert_eq!(money(api, &run).await["limits"]["budget"]["reservedUsd"], 0.0);
}
