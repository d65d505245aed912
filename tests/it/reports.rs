//! Reports, and what `probity doctor` finds and puts right, as somebody types and reads them.

use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use sim::{Fault, FaultRule, Faults, RetryAfter};

use crate::harness::{RESCUE, Site, text};

on_both_databases!(
    a_run_with_mixed_faults_has_a_report_that_says_why,
    a_counter_that_is_wrong_is_found_and_put_right
);

/// Executes SQL behind everybody's back.
async fn behind_the_back(site: &Site, sql: &str) {
    let url = site
        .postgres_url
        .clone()
        .unwrap_or_else(|| format!("sqlite:{}/probity.db", site.path("data").display()));
    let db = Database::connect(&url).await.unwrap();
    db.execute_unprepared(sql).await.unwrap();
    db.close().await.unwrap();
}

async fn a_run_with_mixed_faults_has_a_report_that_says_why(mut site: Site) {
    site.set("PROBITY_ATTEMPTS_MAX", "2");
    site.sim.set_faults(Faults {
        rules: vec![
            FaultRule::always(Fault::ContextLength).at_rate(0.1),
            FaultRule::always(Fault::Reset).at_rate(0.2),
            FaultRule::always(Fault::ServerError).at_rate(0.2),
            FaultRule::always(Fault::RateLimited { retry_after: RetryAfter::Millis(50) }).at_rate(0.02),
        ],
        rate_limit: None,
    });
    let file = site.write("rescue.yaml", RESCUE).display().to_string();
    let ended =
        site.probity(&["run", &file, "-m", "sim-balanced", "-m", "sim-steadfast", "--seed", "7"]).await;
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    let (_, mentioned) = ended.err.split_once("probity report ").expect("the report is mentioned");
    let id = mentioned.split_whitespace().next().unwrap();
    let markdown = site.probity(&["report", id]).await;
    assert_eq!(markdown.code, Some(0), "{}", markdown.err);
    for part in [
        "# Rescue",
        "**Completed with errors**",
        "### The conversation is longer than the model takes (data)",
        "### The connection broke (connection)",
        "### The provider failed (flaky)",
        "Every line adds up",
        "| **All**       |     250 |",
    ] {
        assert!(markdown.out.contains(part), "{part}: {}", markdown.out);
    }
    let document: Value = serde_json::from_str(&site.probity(&["report", id, "--json"]).await.out).unwrap();
    let failures = document["failures"].as_array().unwrap();
    let diagnosed: i64 = failures.iter().map(|part| part["count"].as_i64().unwrap()).sum();
    assert_eq!((failures.len(), &document["done"]["ledger"]["failed"]), (3, &json!(diagnosed)));

    let saved = site.probity(&["report", id, "--out", &site.path("").display().to_string()]).await;
    let path = saved.out.trim();
    assert!(path.ends_with("_report.md"), "{path}");
    assert_eq!(std::fs::read_to_string(path).unwrap(), markdown.out);

    // Lost, and made again by whoever looks first; the server gives what the command gives.
    behind_the_back(&site, "DELETE FROM reports").await;
    let server = site.serve().await;
    let url = format!("{}/api/export/run/{id}/report.md", server.api.base);
    let downloaded = server.api.http.get(url).send().await.unwrap().text().await.unwrap();
    assert_eq!(downloaded, markdown.out);

    // Tried again without faults: a second report, by the job of the server's worker.
    site.sim.set_faults(Faults::default());
    let retry = "mutation ($id: ID!) { retryFailedProbes(input: {runId: $id}) { run { id } } }";
    server.api.ask(retry, json!({"id": id})).await;
    assert_eq!(server.api.finish(id).await["status"], "COMPLETED");
    let query =
        "query ($id: ID!) { run(id: $id) { diagnoses { cause } report { markdown } reports { revision } } }";
    let run = server.api.ask(query, json!({"id": id})).await["run"].take();
    assert_eq!(
        (&run["reports"], &run["diagnoses"]),
        (&json!([{"revision": 1}, {"revision": 2}]), &json!([]))
    );
    assert!(
        text(&run["report"]["markdown"]).contains("250 (100 %) of 250 planned probes succeeded"),
        "{run}"
    );
    let first = site.probity(&["report", id, "--revision", "1"]).await;
    assert_eq!(first.out, markdown.out);
    let none = site.probity(&["report", id, "--revision", "7"]).await;
    assert!(none.code == Some(1) && none.err.contains("its latest is 2"), "{}", none.err);
    site.assert_sound().await;
}

async fn a_counter_that_is_wrong_is_found_and_put_right(site: Site) {
    let file = site.write("rescue.yaml", RESCUE).display().to_string();
    let ended = site.probity(&["run", &file, "-m", "sim-balanced", "--seed", "7"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    site.assert_sound().await;
    behind_the_back(&site, "UPDATE run_models SET succeeded_count = 120, decided_count = 50").await;
    behind_the_back(&site, "DELETE FROM reports").await;
    let found = site.probity(&["doctor"]).await;
    assert_eq!(found.code, Some(1), "{}", found.out);
    assert!(
        found.out.contains("WRONG: run ") && found.out.contains("succeeded is 120, a count gives 125"),
        "{}",
        found.out
    );
    assert!(
        found.out.contains("1 run that is over has no report") && found.out.contains("doctor --repair"),
        "{}",
        found.out
    );
    let repaired = site.probity(&["doctor", "--repair"]).await;
    assert_eq!(repaired.code, Some(0), "{}{}", repaired.out, repaired.err);
    assert!(
        repaired.out.contains("PUT RIGHT: run ") && repaired.out.contains("WRITTEN: the report"),
        "{}",
        repaired.out
    );
    site.assert_sound().await;
    behind_the_back(&site, "DELETE FROM seaql_migrations WHERE version = 'm0008_reports'").await;
    let behind = site.probity(&["doctor"]).await;
    assert_eq!(behind.code, Some(1), "{}", behind.err);
    assert!(behind.out.contains("1 migration behind"), "{}", behind.out);
}
