//! The `probity` command, as somebody types it.

use serde_json::json;
use sim::{Fault, FaultRule, Faults};

use crate::harness::{Site, grid};

on_both_databases!(
    a_run_from_the_command_line_prints_its_findings_and_ends_with_zero,
    the_exit_code_says_how_a_run_ended,
    definitions_and_runs_are_exported,
    providers_are_checked_from_the_command_line
);

const CAPITALS_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/capital-cities.yaml");

async fn a_run_from_the_command_line_prints_its_findings_and_ends_with_zero(site: Site) {
    let ended = site.probity(&["run", CAPITALS_FILE, "--model", "sim-oracle", "--sim"]).await;
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let line = ended.out.lines().find(|line| line.trim().starts_with("sim-oracle")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[..5], ["sim-oracle", "12", "12", "0", "0"], "{line}");
    assert!(ended.err.contains("12 probes") && ended.err.contains("completed"), "{}", ended.err);
    assert_eq!(site.sim.log().counts().total, 0, "`--sim` brings its own models");

    let run = ended.err.split_whitespace().nth(1).unwrap();
    let again = site.probity(&["findings", &run[run.len() - 9..run.len() - 1]]).await;
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert!(again.out.contains(line), "{}", again.out);
    site.assert_sound().await;
}

async fn the_exit_code_says_how_a_run_ended(site: Site) {
    let file = site.write("six.yaml", grid("Six", &[6])).display().to_string();
    let run = ["run", &file, "--model", "sim-oracle"];
    site.sim.set_faults(Faults::one(FaultRule::always(Fault::ContextLength).first_n(2)));
    let ended = site.probity(&run).await;
    assert_eq!(ended.code, Some(3), "some failed: {}", ended.err);
    site.sim.set_faults(Faults::from(Fault::Unauthorized));
    let ended = site.probity(&run).await;
    assert_eq!(ended.code, Some(4), "all failed: {}", ended.err);
    assert!(ended.out.contains("6 failed: auth, e.g. "), "the reason is named: {}", ended.out);
    let ended = site.probity(&["run", &file, "--model", "gpt-99"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains("There is no model \"gpt-99\""), "{}", ended.err);
    let ended = site.probity(&["run", &file]).await;
    assert_eq!(ended.code, Some(2), "no model is wrong usage: {}", ended.err);
    let ended = site.probity(&["doctor"]).await;
    assert!(ended.out.contains("lease_seconds = 30"), "{}", ended.out);
}

async fn definitions_and_runs_are_exported(site: Site) {
    let ended = site.probity(&["import", CAPITALS_FILE]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let yaml = site.probity(&["export", "--definition", "Capital cities", "--out", "-"]).await;
    assert_eq!(yaml.code, Some(0), "{}", yaml.err);
    let file = site.write("again.yaml", &yaml.out);
    let again = site.probity(&["import", &file.display().to_string()]).await;
    let expected = format!("{}  unchanged\n", ended.out.trim_end());
    assert_eq!(again.out, expected, "what is exported imports as the same definition");
    let server = site.serve().await;
    let found = server.api.ask("{ definitions { nodes { versions { totalCount } } } }", json!({})).await;
    assert_eq!(
        found["definitions"]["nodes"],
        json!([{"versions": {"totalCount": 1}}]),
        "and as the same version"
    );

    let json =
        site.probity(&["export", "--definition", "Capital cities", "--format", "json", "-o", "-"]).await;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json.out).unwrap()["name"], "Capital cities");

    let ended = site.probity(&["run", "Capital cities", "--model", "sim-oracle", "--csv", "one.csv"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let run = server.api.ask("{ runs { nodes { id shortId } } }", json!({})).await["runs"]["nodes"][0].take();
    let exported = site.probity(&["export", run["shortId"].as_str().unwrap(), "--out", "two.csv"]).await;
    assert_eq!(exported.code, Some(0), "{}", exported.err);
    let downloaded = server.api.csv(run["id"].as_str().unwrap(), "").await;
    assert_eq!(std::fs::read(site.path("one.csv")).unwrap(), downloaded.bytes);
    assert_eq!(std::fs::read(site.path("two.csv")).unwrap(), downloaded.bytes);
}

async fn providers_are_checked_from_the_command_line(mut site: Site) {
    let ended = site.probity(&["check", "sim"]).await;
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let line = ended.out.lines().find(|line| line.contains("sim")).unwrap();
    assert!(line.contains("yes") && line.contains(" ms"), "{}", ended.out);
    assert_eq!(site.sim.log().counts().total, 0, "a check costs nothing");

    let ended = site.probity(&["check", "vllm"]).await;
    assert_eq!(ended.code, Some(1), "who names a provider wants it: {}", ended.out);
    assert!(ended.out.contains("base_url"), "{}", ended.out);
    let ended = site.probity(&["check", "nobody"]).await;
    assert!(ended.err.contains("There is no provider nobody; there are "), "{}", ended.err);

    // Nothing listens on a port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    site.set("PROBITY_PROVIDERS__SIM__BASE_URL", &format!("http://{free}/v1"));
    let ended = site.probity(&["check", "sim"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    let words = ended.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("No connection to"), "{}", ended.out);
}

#[tokio::test]
async fn the_schema_that_is_printed_is_the_one_that_is_checked_in() {
    let printed = Site::sqlite().await.probity(&["schema"]).await;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    let kept = std::fs::read_to_string(file).expect("schema.graphql is there: `make schema` writes it");
    assert!(printed.out == kept, "schema.graphql is not what the code says: `make schema` writes it");
}
