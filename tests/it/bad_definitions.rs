//! Definitions that are refused: each with its reason, and nothing is written.

use serde_json::{Value, json};

use crate::harness::{IMPORT, Site, grid, grid_with};

on_both_databases!(
    a_definition_that_is_wrong_is_refused_with_its_place_and_its_reason,
    a_file_that_is_wrong_is_refused_on_the_command_line_with_its_line,
    a_definition_without_dimensions_is_one_scenario
);

/// Definitions with something wrong, what the error must say, and the line it must name: the one
/// where the mistake stands, or for a bracket that is never closed the one where that shows.
fn wrong() -> Vec<(String, &'static str, u64)> {
    let right = grid("Right", &[2]);
    let with = |from: &str, to: &str| {
        assert!(right.contains(from), "{from}");
        right.replace(from, to)
    };
    let twice = right
        .replace("decision:\n", "  - name: d0\n    levels:\n      - {label: A, wording: a}\ndecision:\n");
    vec![
        (with("[d0]", "[d0] [nobody]"), "nobody", 4),
        (with("wording: item 0 at 1", "wording: \"\""), "wording", 12),
        (twice, "d0", 13),
        (format!("{right}rules:\n  - \"exclude: d0 is 1\"\n"), "A condition reads", 18),
        (with("  scale:\n", "  scale: [\n"), "YAML", 15),
        (with("name: Right", "name: Right\ncolour: red"), "colour", 2),
        (with("name: Right", "name: \"\""), "name", 1),
    ]
}

async fn a_definition_that_is_wrong_is_refused_with_its_place_and_its_reason(site: Site) {
    let server = site.serve().await;
    let api = &server.api;
    for (yaml, words, line) in wrong() {
        let refused = api.refusal(IMPORT, json!({"text": yaml})).await;
        assert_eq!(refused["extensions"]["code"], "INVALID", "{refused}");
        let message = refused["message"].as_str().unwrap();
        assert!(message.contains(words), "{words} is not in: {message}");
        let found = refused["extensions"]["problems"][0]["line"].as_u64().unwrap();
        assert_eq!(found, line, "{message}\n{yaml}");
    }
    let huge = grid("Huge", &[10, 10, 10, 10, 10, 10, 10, 2]);
    let refused = api.refusal(IMPORT, json!({"text": huge})).await;
    assert!(refused["message"].as_str().unwrap().contains("more than 10000000 combinations"), "{refused}");
    assert_eq!(api.census().await, (0, 0));
}

async fn a_file_that_is_wrong_is_refused_on_the_command_line_with_its_line(site: Site) {
    for (index, (yaml, words, line)) in wrong().into_iter().enumerate() {
        let file = site.write(&format!("wrong-{index}.yaml"), yaml);
        let ended = site.probity(&["import", &file.display().to_string()]).await;
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        assert!(ended.err.contains(words), "{words} is not in: {}", ended.err);
        let says_line = [",", ":"].iter().any(|end| ended.err.contains(&format!("line {line}{end}")));
        assert!(says_line, "not line {line}: {}", ended.err);
    }
    let mut bytes = grid("Latin", &[2]).into_bytes();
    let at = bytes.windows(5).position(|window| window == b"brief").unwrap_or(40);
    bytes[at] = 0xE9;
    let file = site.write("latin1.yaml", &bytes);
    let ended = site.probity(&["import", &file.display().to_string()]).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("UTF-8") && ended.err.contains("line 2"), "{}", ended.err);
    let ended = site.probity(&["import", "nowhere.yaml"]).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("nowhere.yaml"), "{}", ended.err);
    let ended = site.probity(&["import"]).await;
    assert_eq!(ended.code, Some(2), "wrong usage has a code of its own");

    let server = site.serve().await;
    let url = "/api/import/definition?format=yaml";
    let (status, refused) = server.api.send(server.api.post(url).body(bytes)).await;
    assert_eq!(status, 400, "{refused}");
    assert!(refused["errors"][0]["message"].as_str().unwrap().contains("UTF-8"), "{refused}");
    assert_eq!(server.api.census().await, (0, 0));
}

async fn a_definition_without_dimensions_is_one_scenario(site: Site) {
    let server = site.serve().await;
    let api = &server.api;
    let definition = api.import(&grid_with("Plain", &[], "Is it right?\n  [scale]")).await;
    let run = api.start(&definition, &["sim-oracle"], json!({})).await;
    let ended = api.finish(&run).await;
    assert_eq!((&ended["scenarioCount"], &ended["progress"]["ledger"]["succeeded"]), (&json!(1), &json!(1)));
    let rows = api.csv(&run, "").await.rows();
    assert_eq!(rows.len(), 1);
    assert!(!rows[0].keys().any(|column| column.starts_with("dim_")), "{:?}", rows[0]);
    assert_ne!(ended["completedAt"], Value::Null);
}
