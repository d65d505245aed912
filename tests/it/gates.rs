//! Plans, approvals, retries and repetitions, as somebody types or clicks them.

use serde_json::json;
use sim::{Fault, FaultRule, Faults};

use crate::harness::{CAPITALS, Site, text};

on_both_databases!(
    a_run_over_the_threshold_is_planned_approved_and_run_from_the_command_line,
    failed_probes_are_tried_again_and_a_run_is_repeated
);

const CAPITALS_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/capital-cities.yaml");

async fn a_run_over_the_threshold_is_planned_approved_and_run_from_the_command_line(mut site: Site) {
    site.set("PROBITY_APPROVAL_THRESHOLD_SCENARIOS", "11");
    let run = ["run", CAPITALS_FILE, "--model", "sim-oracle", "--seed", "7"];
    let planned = site.probity(&[&run[..], &["--plan"]].concat()).await;
    assert_eq!(planned.code, Some(0), "{}", planned.err);
    assert!(planned.out.contains("12 scenarios") && planned.err.contains("approved"), "{}", planned.out);
    let hash = planned.out.split_whitespace().last().unwrap();
    assert_eq!(site.sim.log().counts().total, 0, "a plan asks nobody");

    let changed = [&run[..], &["--temperature", "0.1", "--plan-hash", hash]].concat();
    let refused = site.probity(&changed).await;
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("the parameters of the calls"), "{}", refused.err);

    let made = site.probity(&[&run[..], &["--plan-hash", hash, "--no-wait"]].concat()).await;
    assert_eq!(made.code, Some(0), "{}", made.err);
    let id = made.out.trim();
    let server = site.serve().await;
    let query = "{ openGates { nodes { kind reason approveBlockedBecause run { id status } } } }";
    let open = server.api.ask(query, json!({})).await["openGates"]["nodes"][0].take();
    assert_eq!((&open["run"]["id"], &open["kind"]), (&json!(id), &json!("APPROVAL")), "{open}");
    assert!(open["approveBlockedBecause"].is_null(), "{open}");
    let approved = site.probity(&["approve", id, "--comment", "Go."]).await;
    assert_eq!(approved.code, Some(0), "{}", approved.err);
    assert_eq!(server.api.finish(id).await["status"], "COMPLETED");
    let late = site.probity(&["reject", id]).await;
    assert!(late.code == Some(1) && late.err.contains("waits at no gate"), "{}", late.err);

    let at_once = site.probity(&[&run[..], &["--yes", "--allow-duplicate"]].concat()).await;
    assert_eq!(at_once.code, Some(0), "{}", at_once.err);
    site.assert_sound().await;
}

async fn failed_probes_are_tried_again_and_a_run_is_repeated(site: Site) {
    let server = site.serve().await;
    let api = &server.api;
    site.sim.set_faults(Faults::one(FaultRule::always(Fault::ContextLength).first_n(5)));
    let run = api.start(&api.import(CAPITALS).await, &["sim-oracle"], json!({})).await;
    let ended = api.finish(&run).await;
    assert_eq!(ended["progress"]["ledger"]["failed"], 5, "{ended}");
    let retry = "mutation ($id: ID!, $of: [String!], $token: String) {
        retryFailedProbes(input: {runId: $id, categories: $of, clientToken: $token}) { run { status isFinished } } }";
    let refused = api.refusal(retry, json!({"id": run, "of": ["timeout"]})).await;
    assert_eq!(refused["extensions"]["code"], "CONFLICT");
    assert!(text(&refused["message"]).contains("context_length"), "{refused}");
    for _ in 0..2 {
        api.ask(retry, json!({"id": run, "of": ["context_length"], "token": "one"})).await;
    }
    let ended = api.finish(&run).await;
    assert_eq!(
        (&ended["status"], &ended["progress"]["ledger"]["succeeded"]),
        (&json!("COMPLETED"), &json!(12))
    );
    assert_eq!(site.sim.log().counts().total, 17);

    let rerun = "mutation ($id: ID!) { rerun(input: {runId: $id, models: [{model: \"sim-cautious\"}]}) {
        run { id runType parentRun { id } models { modelId } } } }";
    let child = api.ask(rerun, json!({"id": run})).await["rerun"]["run"].take();
    assert_eq!((&child["runType"], &child["parentRun"]["id"]), (&json!("RERUN"), &json!(run)));
    assert_eq!(child["models"], json!([{"modelId": "sim-cautious"}]));
    api.finish(&text(&child["id"])).await;
    let query = "query ($id: ID!) { run(id: $id) { children { id } retryFailedProbesBlockedBecause } }";
    let parent = api.ask(query, json!({"id": run})).await["run"].take();
    assert_eq!(parent["children"], json!([{"id": child["id"]}]));
    assert!(text(&parent["retryFailedProbesBlockedBecause"]).contains("completed"), "{parent}");
    site.assert_sound().await;
}
