//! Sample plans, changing orders, and what the library counts, as a client sees them.

use serde_json::{Value, json};

use crate::app::apps;

#[tokio::test]
async fn a_plan_and_its_run_say_how_scenarios_and_options_were_chosen() {
    for app in apps().await {
        let definition = app.define("d", 4).await;
        let input = format!(
            "definitionId: \"{definition}\", models: [{{model: \"alpha\"}}, {{model: \"beta\"}}], sampleSeed: 7,
             samplePlan: FRACTIONAL, counterbalance: true, allowDuplicate: true"
        );
        let plan = app
            .ask(&format!(
                "{{ planRun(input: {{{input}}}, assumption: {{sd: 1.0}}) {{ samplePlan scenarioCount
                   design {{ kind dEfficiency effectCount scenarioCount }} judge {{ callsMax }}
                   detectableDifference {{ pairs sd sdSource isShare sentence }} }} }}"
            ))
            .await["planRun"]
            .take();
        assert_eq!((&plan["samplePlan"], &plan["scenarioCount"]), (&json!("FRACTIONAL"), &json!(4)));
        assert_eq!(
            plan["design"],
            json!({"kind": "FULL", "dEfficiency": 1.0, "effectCount": 4, "scenarioCount": 4})
        );
        let found = &plan["detectableDifference"];
        assert_eq!(
            (&found["pairs"], &found["sd"], &found["sdSource"]),
            (&json!(4), &json!(1.0), &json!("STATED"))
        );
        assert!(found["sentence"].as_str().unwrap().contains("as you stated"), "{plan}");
        assert_eq!(plan["judge"], Value::Null);
        let run = app.ask(&format!("mutation {{ createRun(input: {{{input}}}) {{ run {{ id samplePlan optionOrders sampleDesign {{ kind }} }} }} }}")).await;
        let run = &run["createRun"]["run"];
        assert_eq!(
            (&run["samplePlan"], &run["sampleDesign"]["kind"]),
            (&json!("FRACTIONAL"), &json!("FULL"))
        );
        assert_eq!(run["optionOrders"], "williams-1");
        app.work(100).await;
        let id = run["id"].as_str().unwrap();
        let shown = app
            .ask(&format!(
                "{{ transcripts(runId: \"{id}\") {{ nodes {{ optionOrder scenario {{ key }} }} }} }}"
            ))
            .await;
        let nodes = shown["transcripts"]["nodes"].as_array().unwrap();
        let order = |node: &Value| node["optionOrder"].clone();
        assert!(nodes.iter().any(|node| order(node) == json!(["1", "2"])), "{shown}");
        assert!(nodes.iter().any(|node| order(node) == json!(["2", "1"])), "{shown}");
    }
}

#[tokio::test]
async fn the_same_is_named_where_it_is_in_the_way() {
    for app in apps().await {
        let definition = app.define("d", 2).await;
        let run = app.start(&definition).await;
        let again = format!(
            "mutation {{ createRun(input: {{definitionId: \"{definition}\", models: [{{model: \"alpha\"}}, {{model: \"beta\"}}]}})
               {{ run {{ id }} }} }}"
        );
        let refused = app.refusal(&again).await;
        assert_eq!(refused["extensions"]["code"], "ACTIVE_RUN_EXISTS", "{refused}");
        assert_eq!(refused["extensions"]["runId"], json!(run));
    }
}

#[tokio::test]
async fn the_library_counts_and_searches_and_a_token_saves_once() {
    for app in apps().await {
        let definition = app.define("d", 3).await;
        app.start(&definition).await;
        let save = "mutation { createDefinition(input: {clientToken: \"once\", content: {name: \"x\", tags: [\"t\", \"u\"],
            template: \"Which? [choices]\", decision: {choices: [{name: \"A\"}, {name: \"B\"}]}}}) { definition { id runCount } } }";
        let saved = app.ask(save).await;
        assert_eq!(app.ask(save).await, saved, "the same token, the same definition");
        assert_eq!(saved["createDefinition"]["definition"]["runCount"], 0);
        let other = save.replace("name: \"x\"", "name: \"y\"");
        assert_eq!(app.refusal(&other).await["extensions"]["code"], "CONFLICT");
        let id = saved["createDefinition"]["definition"]["id"].as_str().unwrap();
        let fork = format!(
            "mutation {{ forkDefinition(input: {{id: \"{id}\", name: \"z\", clientToken: \"fork\"}}) {{ definition {{ id }} }} }}"
        );
        assert_eq!(app.ask(&fork).await, app.ask(&fork).await);
        let remove = format!(
            "mutation {{ deleteDefinition(input: {{id: \"{id}\", clientToken: \"gone\"}}) {{ definition {{ deletedAt }} }} }}"
        );
        assert_eq!(app.ask(&remove).await, app.ask(&remove).await);
        let found = app
            .ask(&format!(
                "{{ tags {{ tag count }} definition(id: \"{definition}\") {{ runCount latestVersion {{
                   level: scenarios(filter: {{levels: [{{dimension: \"x\", labels: [\"L1\", \"L2\"]}}]}}, first: 1)
                       {{ totalCount nodes {{ key }} }}
                   text: scenarios(filter: {{text: \"W2\"}}) {{ totalCount nodes {{ key }} }} }} }} }}"
            ))
            .await;
        assert_eq!(found["tags"], json!([{"tag": "t", "count": 2}, {"tag": "u", "count": 1}]));
        assert_eq!(found["definition"]["runCount"], 1);
        let version = &found["definition"]["latestVersion"];
        assert_eq!(version["level"], json!({"totalCount": 2, "nodes": [{"key": "x=L1"}]}));
        assert_eq!(version["text"], json!({"totalCount": 1, "nodes": [{"key": "x=L2"}]}));
        let preview = app
            .ask("{ previewDefinition(definition: {content: {name: \"n\", template: \"[choices]\", decision: {choices: [{name: \"A\"}, {name: \"B\"}]}}}) { yaml } }")
            .await;
        assert!(preview["previewDefinition"]["yaml"].as_str().unwrap().contains("name: \"n\""), "{preview}");
    }
}
