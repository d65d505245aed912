//! Large definitions and large runs. How long they take is printed, not asserted.

use std::{fmt::Write, time::Instant};

use serde_json::json;
use sim::{Fault, Faults};

use crate::harness::{Site, grid};

on_both_databases!(
    a_million_combinations_are_previewed_and_sampled_in_little_memory,
    a_hundred_thousand_probes_are_queued
);

/// What the server's memory may grow by at most, in KiB.
const GROWTH_MAX: u64 = 100 << 10;

const PREVIEW: &str = "query ($yaml: String!) { previewDefinition(definition: {yaml: $yaml}, first: 20) {
    isValid combinationCount scenarioCount problems { code message } warnings { code } scenarios { key } } }";

async fn a_million_combinations_are_previewed_and_sampled_in_little_memory(site: Site) {
    let server = site.serve().await;
    let api = &server.api;
    let small = grid("Small", &[2]);
    let shown = api.ask(PREVIEW, json!({"yaml": small})).await;
    assert_eq!(shown["previewDefinition"]["scenarioCount"], 2);
    let before = server.process.peak_kib();

    let yaml = grid("Million", &[10, 10, 10, 10, 10, 10]);
    let shown = api.ask(PREVIEW, json!({"yaml": yaml})).await["previewDefinition"].take();
    assert_eq!((&shown["isValid"], &shown["combinationCount"]), (&json!(true), &json!(1_000_000)));
    assert_eq!(
        (&shown["scenarioCount"], shown["scenarios"].as_array().unwrap().len()),
        (&json!(1_000_000), 20)
    );
    assert!(!shown["warnings"].as_array().unwrap().is_empty(), "a million scenarios are worth a warning");

    let definition = api.import(&yaml).await;
    let run = api.start(&definition, &["sim-oracle"], json!({"samplePercentage": 0.1})).await;
    let ended = api.finish(&run).await;
    assert_eq!((&ended["runType"], &ended["scenarioCount"]), (&json!("SAMPLE"), &json!(1_000)));
    assert_eq!(ended["progress"]["ledger"]["succeeded"], 1_000);
    let grown = server.process.peak_kib() - before;
    println!("{} MiB more for a million combinations", grown >> 10);
    assert!(grown < GROWTH_MAX, "{grown} KiB");

    let refused = grid("Too many", &[10, 10, 10, 10, 10, 10, 10, 2]);
    let shown = api.ask(PREVIEW, json!({"yaml": refused})).await["previewDefinition"].take();
    assert_eq!(shown["isValid"], false);
    assert!(
        shown["problems"][0]["message"].as_str().unwrap().contains("more than 10000000 combinations"),
        "{shown}"
    );
}

async fn a_hundred_thousand_probes_are_queued(mut site: Site) {
    site.set("PROBITY_APPROVAL_THRESHOLD_SCENARIOS", "10000");
    let mut models = String::new();
    for index in 0..10 {
        writeln!(models, "[models.\"sim/many-{index}\"]").unwrap();
    }
    site.write("probity.toml", models);
    site.sim.set_faults(Faults::from(Fault::Hang));
    let server = site.serve().await;
    let api = &server.api;
    let definition = api.import(&grid("Many", &[10, 10, 10, 10])).await;
    let names: Vec<String> = (0..10).map(|index| format!("many-{index}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let began = Instant::now();
    let run = api.start(&definition, &names, json!({})).await;
    println!("created in {:.2} s", began.elapsed().as_secs_f64());
    let queued = api.wait(&run, |run| !run["queuedAt"].is_null()).await;
    println!("100,000 probes queued in {:.1} s", began.elapsed().as_secs_f64());
    assert_eq!(queued["progress"]["ledger"]["planned"], 100_000);
    let query = "query ($id: ID!) { probes(runId: $id, first: 1) { totalCount } }";
    assert_eq!(api.ask(query, json!({"id": run})).await["probes"]["totalCount"], 100_000);

    for (command, status) in [("pauseRun", "PAUSED"), ("resumeRun", "RUNNING"), ("pauseRun", "PAUSED")] {
        let began = Instant::now();
        assert_eq!(api.command(command, &run).await["status"], status);
        println!("{command} at 100,000 queued in {:.1} ms", began.elapsed().as_secs_f64() * 1e3);
    }
}
