use serde_json::json;

use crate::app::{apps, body_text, sqlite_with};

#[tokio::test]
async fn a_definition_is_saved_changed_forked_found_and_deleted() {
    for app in apps().await {
        let id = app.define("Rescue", 3).await;
        let changed = app
            .ask(&format!(
                "mutation {{ updateDefinition(input: {{id: \"{id}\", expectedVersion: 1, content: {{name: \"Rescue two\",
                   template: \"Which? [choices]\", tags: [\"new\"], decision: {{choices: [{{name: \"A\"}}, {{name: \"B\"}}]}}}}}})
                   {{ version {{ number scenarioCount }} warnings {{ code }} }} }}"
            ))
            .await;
        assert_eq!(changed["updateDefinition"]["version"], json!({"number": 2, "scenarioCount": 1}));
        assert!(changed["updateDefinition"]["warnings"].to_string().contains("NO_PREAMBLE"));
        let stale = format!("mutation {{ updateDefinition(input: {{id: \"{id}\", expectedVersion: 1, content: {{name: \"x\",
            template: \"t\", decision: {{choices: [{{name: \"A\"}}, {{name: \"B\"}}]}}}}}}) {{ version {{ number }} }} }}");
        assert_eq!(app.refusal(&stale).await["extensions"]["code"], "CONFLICT");
        let fork = app.ask(&format!("mutation {{ forkDefinition(input: {{id: \"{id}\", version: 1, name: \"Copy\"}})
            {{ definition {{ parent {{ id }} forkedFromVersion {{ number }} latestVersion {{ number yaml scenarios {{ totalCount nodes {{ key prompts {{ system first }} levels {{ label score }} }} }} }} }} }} }}")).await;
        let fork = &fork["forkDefinition"]["definition"];
        assert_eq!((&fork["parent"]["id"], &fork["forkedFromVersion"]["number"]), (&json!(id), &json!(1)));
        let scenarios = &fork["latestVersion"]["scenarios"];
        assert_eq!(scenarios["totalCount"], 3);
        assert_eq!(scenarios["nodes"][1]["key"], "x=L1");
        assert_eq!(scenarios["nodes"][1]["prompts"]["first"], "How many? w1\n1 = no\n2 = yes");
        let found = app.ask(&format!("{{ text: definitions(text: \"RESCUE\") {{ nodes {{ name }} }} tag: definitions(tag: \"t\") {{ nodes {{ name }} }}
            forks: definitions(parentId: \"{id}\") {{ nodes {{ name }} }} }}")).await;
        assert_eq!(
            found,
            json!({"text": {"nodes": [{"name": "Rescue two"}]}, "tag": {"nodes": [{"name": "Copy"}]}, "forks": {"nodes": [{"name": "Copy"}]}})
        );
        app.ask(&format!(
            "mutation {{ deleteDefinition(input: {{id: \"{id}\"}}) {{ definition {{ deletedAt }} }} }}"
        ))
        .await;
        assert_eq!(
            app.refusal(&format!("{{ definition(id: \"{id}\") {{ id }} }}")).await["extensions"]["code"],
            "NOT_FOUND"
        );
    }
}

#[tokio::test]
async fn every_problem_is_reported_in_the_words_of_the_input_and_nothing_is_written() {
    let app = sqlite_with(|_| ()).await;
    let error = app
        .refusal("mutation { createDefinition(input: {content: {name: \"n\", template: \"[y]\", followUps: [\" \"],
            dimensions: [{name: \"x\", levels: []}, {name: \"x\", levels: []}], rules: [\"exclude: q\"],
            decision: {choices: [{name: \"A\"}, {name: \"B\"}]}}}) { definition { id } } }")
        .await;
    let problems = error["extensions"]["problems"].as_array().unwrap();
    let has = |code: &str, path: &str| {
        problems.iter().any(|problem| problem["code"] == code && problem["path"] == path)
    };
    assert!(has("UNKNOWN_PLACEHOLDER", "template"), "{error}");
    assert!(has("EMPTY_FOLLOW_UP", "followUps[0]"), "{error}");
    assert!(problems.len() >= 4, "{error}");
    assert_eq!(app.ask("{ definitions { totalCount } }").await["definitions"]["totalCount"], 0);
}

#[tokio::test]
async fn a_file_that_is_wrong_is_refused_with_its_line() {
    let app = sqlite_with(|_| ()).await;
    let import = "mutation ($text: String!) { importDefinition(input: {text: $text, format: YAML}) { definition { id name } } }";
    let answer = app
        .answer(
            import,
            json!({"text": "name: n\ntemplate: '[nobody]'\ndecision: {choices: [{name: A}, {name: B}]}\n"}),
        )
        .await;
    let problem = &answer["errors"][0]["extensions"]["problems"][0];
    assert_eq!((&problem["code"], &problem["line"]), (&json!("UNKNOWN_PLACEHOLDER"), &json!(2)), "{answer}");
    let answer = app.answer(import, json!({"text": "name: [unclosed\n"})).await;
    assert_eq!(answer["errors"][0]["extensions"]["problems"][0]["line"], 1, "{answer}");
    let preview = app.ask("{ previewDefinition(definition: {yaml: \"name: n\\ntemplate: '[nobody]'\\ndecision: {choices: [{name: A}, {name: B}]}\"}) { isValid scenarioCount problems { code line fix } } }").await;
    assert_eq!(preview["previewDefinition"]["problems"][0]["line"], 2);
}

#[tokio::test]
async fn a_preview_shows_a_million_scenarios_without_writing_them() {
    let app = sqlite_with(|_| ()).await;
    let levels: Vec<String> =
        (0..100).map(|n| format!("{{label: \"l{n}\", wordings: [\"w{n}\"]}}")).collect();
    let dimension = |name: &str| format!("{{name: \"{name}\", levels: [{}]}}", levels.join(","));
    let query = format!("{{ previewDefinition(first: 2, definition: {{content: {{name: \"n\", template: \"[a] [b] [c]\",
        dimensions: [{}, {}, {}], rules: [\"exclude: a=l1\"], decision: {{choices: [{{name: \"A\"}}, {{name: \"B\"}}]}}}}}})
        {{ isValid combinationCount scenarioCount warnings {{ code }} scenarios {{ id key }} }} }}", dimension("a"), dimension("b"), dimension("c"));
    let preview = app.ask(&query).await["previewDefinition"].clone();
    assert_eq!(
        (&preview["combinationCount"], &preview["scenarioCount"]),
        (&json!(1_000_000), &json!(990_000))
    );
    assert_eq!(preview["scenarios"].as_array().unwrap().len(), 2);
    assert!(preview["warnings"].to_string().contains("MANY_SCENARIOS"));
}

#[tokio::test]
async fn an_exported_file_imports_as_the_same_content() {
    for app in apps().await {
        let id = app.define("Rescue", 3).await;
        for format in ["yaml", "json"] {
            let response = app.get(&format!("/api/export/definition/{id}/{format}?version=1")).await;
            let name = response.headers()["content-disposition"].to_str().unwrap().to_owned();
            assert!(name.ends_with(&format!("_v1.{format}\"")), "{name}");
            let text = body_text(response).await.replace("Rescue", format);
            let import = axum::http::Request::post(format!("/api/import/definition?format={format}"))
                .header("host", crate::app::LOOPBACK)
                .body(text.into())
                .unwrap();
            let response = app.send(import).await;
            assert_eq!(response.status(), 201, "{}", body_text(response).await);
        }
        let found = app.ask("{ definitions { nodes { latestVersion { content { dimensions { name levels { label score wordings } } decision { scale { value } } } } } } }").await;
        let nodes = found["definitions"]["nodes"].as_array().unwrap();
        assert!(nodes.len() == 3 && nodes.iter().all(|node| node == &nodes[0]));
    }
}

#[tokio::test]
async fn the_scenarios_of_a_definition_are_downloaded_with_their_exact_prompts() {
    let app = crate::app::sqlite_with(|_| ()).await;
    let id = app.define("Rescue", 3).await;
    let response = app.get(&format!("/api/export/definition/{id}/scenarios")).await;
    let name = response.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.contains("scenarios_") && name.ends_with("_v1.csv\""), "{name}");
    let text = body_text(response).await;
    let found = app.ask(&format!("{{ definition(id: \"{id}\") {{ latestVersion {{ scenarios {{ totalCount nodes {{ key prompts {{ first }} }} }} }} }} }}")).await;
    let scenarios = &found["definition"]["latestVersion"]["scenarios"];
    assert_eq!(text.matches("\r\n").count() as u64, 1 + scenarios["totalCount"].as_u64().unwrap());
    for scenario in scenarios["nodes"].as_array().unwrap() {
        assert!(text.contains(scenario["key"].as_str().unwrap()));
        assert!(text.contains(scenario["prompts"]["first"].as_str().unwrap().lines().next().unwrap()));
    }
}
