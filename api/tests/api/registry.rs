use domain::health::{NewCheck, record_check};
use serde_json::{Value, json};

use crate::app::{App, apps};

const MODEL: &str = "providerId modelId displayName versions defaultVersion contextTokens outputTokensMax
    hasSystemPrompt hasStructuredOutput hasTemperature hasSeed hasReasoning origin isOffered
    price { inputUsd } priceTiers { aboveInputTokens inputUsd cachedInputUsd cacheWriteUsd outputUsd origin }";

async fn set_price(app: &App, tiers: &str) -> Value {
    let query = format!(
        "mutation {{ setPrice(input: {{providerId: \"sim\", modelId: \"alpha\",
             effectiveFrom: \"2026-02-01T00:00:00Z\", tiers: [{tiers}]}}) {{ model {{ {MODEL} }} }} }}"
    );
    app.answer(&query, json!({})).await
}

#[tokio::test]
async fn an_admin_adds_a_model_prices_it_by_tiers_and_retires_it() {
    for app in apps().await {
        let added = app
            .ask(&format!(
                "mutation {{ setModel(input: {{providerId: \"sim\", modelId: \"gamma\", displayName: \"Gamma\",
                     versions: [\"gamma-1\"], defaultVersion: \"gamma-1\", contextTokens: 1000,
                     hasReasoning: true, clientToken: \"t\"}}) {{ model {{ {MODEL} }} warnings }} }}"
            ))
            .await;
        let warning = added["setModel"]["warnings"][0].as_str().unwrap_or_default();
        assert!(warning.contains("sim/gamma was not known before"), "{added}");
        let again = app
            .ask(
                "mutation { setModel(input: {providerId: \"sim\", modelId: \"gamma\", hasSeed: true}) { warnings } }",
            )
            .await;
        assert_eq!(again["setModel"]["warnings"], json!([]));
        assert_eq!(
            added["setModel"]["model"],
            json!({"providerId": "sim", "modelId": "gamma", "displayName": "Gamma", "versions": ["gamma-1"],
                "defaultVersion": "gamma-1", "contextTokens": 1000, "outputTokensMax": null,
                "hasSystemPrompt": true, "hasStructuredOutput": null, "hasTemperature": true, "hasSeed": true,
                "hasReasoning": true, "origin": "ADMIN", "isOffered": true, "price": null, "priceTiers": []})
        );
        let tiers = "{aboveInputTokens: 200000, inputUsd: 2.5, cachedInputUsd: 0.25, outputUsd: 15},
            {inputUsd: 1.25, cachedInputUsd: 0.125, cacheWriteUsd: 1.5, outputUsd: 10}";
        let priced = set_price(&app, tiers).await["data"]["setPrice"]["model"].take();
        assert_eq!(priced["price"], json!({"inputUsd": 1.25}));
        assert_eq!(
            priced["priceTiers"],
            json!([
                {"aboveInputTokens": 0, "inputUsd": 1.25, "cachedInputUsd": 0.125, "cacheWriteUsd": 1.5,
                    "outputUsd": 10.0, "origin": "ADMIN"},
                {"aboveInputTokens": 200_000, "inputUsd": 2.5, "cachedInputUsd": 0.25, "cacheWriteUsd": null,
                    "outputUsd": 15.0, "origin": "ADMIN"},
            ])
        );
        app.ask("mutation { retireModel(input: {providerId: \"sim\", modelId: \"alpha\"}) { model { isOffered } } }")
            .await;
        let names = async |argument: &str| {
            let found = app.ask(&format!("{{ availableModels{argument} {{ modelId }} }}")).await;
            let found = found["availableModels"].as_array().unwrap().clone();
            found.iter().map(|model| model["modelId"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names("").await, ["beta", "gamma"]);
        assert_eq!(names("(withRetired: true)").await, ["alpha", "beta", "gamma"]);
    }
}

#[tokio::test]
async fn a_price_that_is_none_is_refused_by_field() {
    for app in apps().await {
        for (tiers, field, words) in [
            ("{inputUsd: -1, outputUsd: 1}", "tiers[0].inputUsd", "no price"),
            ("{inputUsd: 1, outputUsd: 0.0000001}", "tiers[0].outputUsd", "six decimals"),
            ("{inputUsd: 1e300, outputUsd: 1}", "tiers[0].inputUsd", "no price"),
            ("{aboveInputTokens: -5, inputUsd: 1, outputUsd: 1}", "tiers[0].aboveInputTokens", "too small"),
            ("{aboveInputTokens: 5, inputUsd: 1, outputUsd: 1}", "tiers", "base tier"),
        ] {
            let refused = set_price(&app, tiers).await["errors"][0].take();
            assert_eq!(refused["extensions"]["code"], "INVALID", "{refused}");
            assert_eq!(refused["extensions"]["field"], field, "{refused}");
            assert!(refused["message"].as_str().unwrap().contains(words), "{refused}");
        }
    }
}

#[tokio::test]
async fn a_run_shows_how_a_model_was_named_and_what_that_meant() {
    for app in apps().await {
        let definition = app.define("d", 2).await;
        let made = app
            .ask(&format!(
                "mutation {{ createRun(input: {{definitionId: \"{definition}\",
                     models: [{{model: \"alpha@default\"}}, {{model: \"sim/unheard\"}}]}}) {{
                     warnings run {{ models {{ askedFor modelVersion wireModel modelId }} }} }} }}"
            ))
            .await["createRun"]
            .take();
        assert_eq!(
            made["run"]["models"],
            json!([
                {"askedFor": "alpha@default", "modelVersion": "alpha-1", "wireModel": "alpha-1", "modelId": "alpha"},
                {"askedFor": "sim/unheard", "modelVersion": null, "wireModel": "unheard", "modelId": "unheard"},
            ])
        );
        assert_eq!(made["warnings"].as_array().unwrap().len(), 1, "{made}");
        assert!(made["warnings"][0].as_str().unwrap().contains("sim/unheard is not in the registry"));
        let found = app.ask("{ availableModels { modelId origin price { inputUsd } } }").await;
        let unheard = json!({"modelId": "unheard", "origin": "USED", "price": null});
        assert!(found["availableModels"].as_array().unwrap().contains(&unheard), "{found}");
    }
}

#[tokio::test]
async fn a_provider_says_what_to_set_and_what_its_check_showed() {
    const PROVIDER: &str = "id displayName wireFormat isConfigured notConfiguredBecause isCheckPending
        workers { name isOnline }
        lastCheck { isConfigured isReachable isKeyAccepted errorCategory errorMessage whatToDo modelCount }";
    for app in apps().await {
        let list = format!("{{ providers {{ totalCount nodes {{ {PROVIDER} }} }} }}");
        let found = app.ask(&list).await["providers"].take();
        assert_eq!(found["totalCount"], 1);
        assert_eq!(
            found["nodes"][0],
            json!({"id": "sim", "displayName": "sim", "wireFormat": "openai_chat", "isConfigured": true,
                "notConfiguredBecause": null, "isCheckPending": false,
                "workers": [{"name": "tests", "isOnline": true}], "lastCheck": null})
        );
        let check = format!(
            "mutation {{ checkProvider(input: {{providerId: \"sim\"}}) {{ provider {{ {PROVIDER} }} }} }}"
        );
        assert_eq!(app.ask(&check).await["checkProvider"]["provider"]["isCheckPending"], true);
        let refused = NewCheck {
            is_configured: true,
            is_reachable: Some(true),
            is_key_accepted: Some(false),
            error_category: Some("auth".into()),
            error_message: Some("Incorrect API key".into()),
            ..NewCheck::default()
        };
        record_check(&app.api.db, "sim", app.worker, refused).await.unwrap();
        let shown = app.ask(&list).await["providers"]["nodes"][0]["lastCheck"].take();
        assert_eq!(
            (&shown["errorMessage"], &shown["isKeyAccepted"]),
            (&json!("Incorrect API key"), &json!(false))
        );
        assert!(shown["whatToDo"].as_str().unwrap().contains("refuses the key"), "{shown}");
        let nobody =
            app.refusal("mutation { checkProvider(input: {providerId: \"x\"}) { provider { id } } }").await;
        assert_eq!(nobody["extensions"]["code"], "NOT_FOUND");
    }
}
