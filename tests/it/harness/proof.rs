//! What must hold of every run that went through to its end, whatever happened on the way.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Api, Site, api::text};

/// Every probe has succeeded, once: one complete transcript each, counters that equal a count,
/// events without a gap, and a CSV with one row each.
pub(crate) async fn assert_complete(site: &Site, api: &Api, run_id: &str, planned: usize) {
    let run = api.finish(run_id).await;
    assert_eq!(run["status"], "COMPLETED", "{run}");
    let ledger = &run["progress"]["ledger"];
    assert_eq!((&ledger["planned"], &ledger["succeeded"]), (&json!(planned), &json!(planned)), "{run}");

    let probes = api.all("probes", run_id, "seq status transcript { id } attempts { result }").await;
    let seqs: Vec<u64> = probes.iter().map(|probe| probe["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (0..planned as u64).collect::<Vec<_>>());
    assert!(probes.iter().all(|probe| probe["status"] == "SUCCEEDED"));
    let transcripts: BTreeSet<String> = probes.iter().map(|probe| text(&probe["transcript"]["id"])).collect();
    assert_eq!(transcripts.len(), planned);
    let query = "query ($id: ID!) { transcripts(runId: $id, withPartial: true, first: 1) { totalCount } }";
    let counted = api.ask(query, json!({"id": run_id})).await;
    assert_eq!(counted["transcripts"]["totalCount"], planned, "a probe has two transcripts");
    for probe in &probes {
        let winners =
            results(probe).filter(|result| ["SUCCEEDED", "LATE"].contains(&result.as_str())).count();
        assert_eq!(winners, 1, "{probe}");
    }

    let events = api.all("events", run_id, "seq kind").await;
    let seqs: Vec<usize> = events.iter().map(|event| event["seq"].as_u64().unwrap() as usize).collect();
    assert_eq!(seqs, (1..=events.len()).collect::<Vec<_>>());

    let rows = api.csv(run_id, "").await.rows();
    let units: BTreeSet<_> = rows
        .iter()
        .map(|row| (row["scenario_id"].clone(), row["model_id"].clone(), row["sample_index"].clone()))
        .collect();
    assert_eq!((rows.len(), units.len()), (planned, planned));
    site.assert_sound().await;
}

/// How often each result stands among the tries of a run.
pub(crate) async fn attempt_results(api: &Api, run_id: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for probe in api.all("probes", run_id, "attempts { result }").await {
        for result in results(&probe) {
            *counts.entry(result).or_default() += 1;
        }
    }
    counts
}

fn results(probe: &Value) -> impl Iterator<Item = String> {
    probe["attempts"].as_array().unwrap().iter().map(|attempt| text(&attempt["result"]))
}
