//! Runs that are refused.

use serde_json::json;

use crate::harness::{CREATE_RUN, RESCUE, Site, run_input};

on_both_databases!(a_run_that_cannot_be_is_refused_by_field_and_leaves_nothing);

async fn a_run_that_cannot_be_is_refused_by_field_and_leaves_nothing(site: Site) {
    let server = site.serve().await;
    let api = &server.api;
    let definition = api.import(RESCUE).await;
    let model = ["sim-oracle"];
    let nobody = "0198c1d2-3456-7abc-8def-0123456789ab";
    for (input, field, words) in [
        (run_input(&definition, &[], json!({})), "models", "at least one model"),
        (run_input(&definition, &["gpt-99"], json!({})), "models[0]", "There is no model \"gpt-99\""),
        (run_input(&definition, &["openai/gpt-4o"], json!({})), "models[0]", "holds a key for OpenAI"),
        (run_input(&definition, &["sim-oracle", "sim-oracle"], json!({})), "models[1]", "twice"),
        (run_input(&definition, &model, json!({"samplePercentage": 0})), "samplePercentage", "0 %"),
        (run_input(&definition, &model, json!({"samplePercentage": 101})), "samplePercentage", "101 %"),
        (
            run_input(&definition, &model, json!({"samplesPerScenario": 0})),
            "samplesPerScenario",
            "1 to 1,000",
        ),
        (run_input(&definition, &model, json!({"temperature": 2.5})), "temperature", "between 0 and 2"),
        (run_input(&definition, &model, json!({"version": 9})), "version", "no version 9"),
    ] {
        let refused = api.refusal(CREATE_RUN, input).await;
        assert_eq!(refused["extensions"]["code"], "INVALID", "{refused}");
        assert_eq!(refused["extensions"]["field"], field, "{refused}");
        assert!(refused["message"].as_str().unwrap().contains(words), "{words} is not in {refused}");
    }
    let refused = api.refusal(CREATE_RUN, run_input(nobody, &model, json!({}))).await;
    assert_eq!(refused["extensions"]["code"], "NOT_FOUND", "{refused}");
    let refused = api.refusal(CREATE_RUN, run_input("not an id", &model, json!({}))).await;
    assert!(["INVALID", "NOT_FOUND"].contains(&refused["extensions"]["code"].as_str().unwrap()), "{refused}");
    assert_eq!(api.census().await, (1, 0));
    assert_eq!(site.sim.log().counts().total, 0);

    let ended =
        site.probity(&["run", "Rescue at the cost of one", "--model", "sim-oracle", "--sample", "101"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains("101 %"), "{}", ended.err);
    assert_eq!(api.census().await, (1, 0));
}
