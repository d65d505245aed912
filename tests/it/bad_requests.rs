//! Requests that are refused before they do anything.

use serde_json::json;

use crate::harness::{Site, grid};

on_both_databases!(a_request_that_is_wrong_is_refused_in_words);

async fn a_request_that_is_wrong_is_refused_in_words(site: Site) {
    let server = site.serve().await;
    let api = &server.api;
    for id in ["nonsense", "0198c1d2-3456-7abc-8def-0123456789ab"] {
        for field in ["run", "definition", "transcript"] {
            let refused = api.refusal(&format!("{{ {field}(id: \"{id}\") {{ id }} }}"), json!({})).await;
            let code = refused["extensions"]["code"].as_str().unwrap();
            assert!(["INVALID", "NOT_FOUND"].contains(&code), "{refused}");
        }
        let csv = api.csv(id, "").await;
        assert!([400, 404].contains(&csv.status), "{}", csv.status);
    }
    let csv = api.csv("0198c1d2-3456-7abc-8def-0123456789ab", "?excel=perhaps").await;
    assert_eq!(csv.status, 400);

    let body = json!({"query": "mutation ($t: String!) { importDefinition(input: {text: $t, format: YAML}) { definition { id } } }",
        "variables": {"t": "#".repeat(20 << 20)}});
    let (status, refused) = api.send(api.post("/graphql").json(&body)).await;
    assert_eq!(status, 413, "{refused}");
    assert!(refused["errors"][0]["message"].as_str().unwrap().contains("too large"), "{refused}");
    let file = format!("{}\n{}", grid("Long", &[2]), "# filling\n".repeat(2 << 20));
    let (status, refused) = api.send(api.post("/api/import/definition?format=yaml").body(file)).await;
    assert!([400, 413].contains(&status), "{status}");
    assert!(refused["errors"][0]["message"].as_str().unwrap().contains("bytes"), "{refused}");

    let deep = "{ definitions { nodes { latestVersion { ".to_owned()
        + &"definition { latestVersion { ".repeat(25)
        + "id "
        + &"} } ".repeat(25)
        + "} } } }";
    let refused = api.refusal(&deep, json!({})).await;
    assert_eq!(refused["extensions"]["code"], "INVALID");
    assert!(refused["message"].as_str().unwrap().contains("nested too deeply"), "{refused}");
    let refused = api.refusal("{ runs { nodes { nonsense } } }", json!({})).await;
    assert!(refused["message"].as_str().unwrap().contains("nonsense"), "{refused}");
    let (status, refused) =
        api.send(api.post("/graphql").body("{}").header("content-type", "text/plain")).await;
    assert_eq!(status, 415, "{refused}");
    assert_eq!(api.census().await, (0, 0));
}
