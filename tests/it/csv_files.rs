//! The CSV of a run: its columns, its rows, its name.

use std::time::Duration;

use serde_json::json;
use sim::{Fault, Faults, Latency};

use crate::harness::{RESCUE, Site, grid, text};

on_both_databases!(
    the_columns_are_the_documented_ones_with_one_row_per_transcript_in_stable_order,
    a_run_under_way_is_downloaded_so_far_and_says_so,
    a_run_that_failed_altogether_is_the_header_alone
);

const FIRST_COLUMNS: [&str; 9] = [
    "run_id",
    "scenario_id",
    "scenario_key",
    "model_id",
    "model_version",
    "sample_index",
    "decision",
    "score",
    "timestamp",
];

async fn the_columns_are_the_documented_ones_with_one_row_per_transcript_in_stable_order(site: Site) {
    let server = site.serve().await;
    let api = &server.api;
    let run = api
        .start(&api.import(RESCUE).await, &["sim-oracle", "sim-cautious"], json!({"samplesPerScenario": 2}))
        .await;
    api.finish(&run).await;
    let csv = api.csv(&run, "").await;
    assert_eq!((csv.status, csv.is_partial), (200, false));
    let short_id = run.replace('-', "").split_off(24);
    assert!(csv.file_name.starts_with(&format!("run_{short_id}_20")), "{}", csv.file_name);
    assert!(csv.file_name.ends_with(".csv") && !csv.file_name.contains("partial"), "{}", csv.file_name);

    let columns = csv.columns();
    assert_eq!(columns[..9], FIRST_COLUMNS);
    let dimensions = ["victims", "relation", "harm"]
        .map(|name| [format!("dim_{name}"), format!("dim_{name}_score")])
        .concat();
    assert_eq!(columns[9..15], dimensions);
    for name in
        ["outcome", "input_tokens", "output_tokens", "cost_usd", "latency_ms", "turn_count", "response"]
    {
        assert!(columns.iter().any(|column| column == name), "{name} is missing: {columns:?}");
    }

    let transcripts = api
        .all("transcripts", &run, "id modelVersion scenario { key } runModel { modelId } probe { sampleIndex } decision { value score }")
        .await;
    let rows = csv.rows();
    assert_eq!(rows.len(), 500);
    for (row, transcript) in rows.iter().zip(&transcripts) {
        assert_eq!(row["transcript_id"], text(&transcript["id"]));
        assert_eq!(row["scenario_key"], text(&transcript["scenario"]["key"]));
        assert_eq!(row["model_id"], text(&transcript["runModel"]["modelId"]));
        assert_eq!(row["model_version"], text(&transcript["modelVersion"]));
        assert_eq!(row["sample_index"], transcript["probe"]["sampleIndex"].to_string());
        assert_eq!(row["decision"], transcript["decision"]["value"].as_str().unwrap_or_default());
        assert_eq!(row["score"].parse().ok(), transcript["decision"]["score"].as_f64());
        assert!(row["timestamp"].starts_with("20") && row["timestamp"].ends_with('Z'));
    }
    assert_eq!(api.csv(&run, "").await.bytes, csv.bytes, "another download is another file");
}

async fn a_run_under_way_is_downloaded_so_far_and_says_so(site: Site) {
    site.sim.set_latency(Latency::Fixed(Duration::from_millis(100)));
    let server = site.serve().await;
    let api = &server.api;
    let run = api.start(&api.import(RESCUE).await, &["sim-oracle"], json!({"samplesPerScenario": 8})).await;
    api.wait(&run, |run| run["progress"]["ledger"]["succeeded"].as_u64().unwrap() >= 30).await;
    api.command("pauseRun", &run).await;
    let paused = api.wait(&run, |run| run["progress"]["ledger"]["running"] == 0).await;
    let csv = api.csv(&run, "").await;
    assert!(csv.is_partial && csv.file_name.ends_with("_partial.csv"), "{}", csv.file_name);
    assert_eq!(csv.rows().len() as u64, paused["progress"]["ledger"]["succeeded"].as_u64().unwrap());
    assert!(csv.rows().len() < 1_000, "the run was over before it was paused");
    site.sim.set_latency(Latency::None);
    api.command("resumeRun", &run).await;
    api.finish(&run).await;
    let csv = api.csv(&run, "").await;
    assert!(!csv.is_partial && !csv.file_name.contains("partial"));
    assert_eq!(csv.rows().len(), 1_000);
}

async fn a_run_that_failed_altogether_is_the_header_alone(site: Site) {
    site.sim.set_faults(Faults::from(Fault::ContextLength));
    let server = site.serve().await;
    let api = &server.api;
    let run = api.start(&api.import(&grid("Failing", &[3])).await, &["sim-oracle"], json!({})).await;
    let ended = api.finish(&run).await;
    assert_eq!((&ended["status"], &ended["progress"]["ledger"]["failed"]), (&json!("FAILED"), &json!(3)));
    let csv = api.csv(&run, "").await;
    assert_eq!((csv.status, csv.is_partial, csv.rows().len()), (200, false, 0));
    assert_eq!(csv.columns()[..9], FIRST_COLUMNS);
    assert!(csv.text().ends_with("\r\n") && csv.text().lines().count() == 1);
}
