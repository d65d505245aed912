use serde_json::{Value, json};

use crate::app::apps;

#[tokio::test]
async fn a_run_is_watched_from_its_start_to_its_findings() {
    for app in apps().await {
        let definition = app.define("d", 4).await;
        let run = app.start(&definition).await;
        let watch = format!("{{ run(id: \"{run}\") {{ status isFinished queuedAt startedAt completedAt csvUrl runType priority
            pauseBlockedBecause resumeBlockedBecause cancelBlockedBecause
            progress {{ pollAfterMs costUsd ledger {{ planned queued succeeded ended decided }} models {{ runModel {{ modelId modelVersion }} ledger {{ planned }} }} }} }} }}");
        let shown = app.ask(&watch).await["run"].clone();
        assert_eq!((&shown["status"], &shown["runType"]), (&json!("PENDING"), &json!("FULL")));
        assert_eq!(shown["progress"]["pollAfterMs"], 2_000);
        assert_eq!(
            (&shown["pauseBlockedBecause"], &shown["resumeBlockedBecause"]),
            (&Value::Null, &json!("The run is not paused."))
        );
        app.work(3).await;
        assert_eq!(
            app.ask(&watch).await["run"]["progress"]["ledger"],
            json!({"planned": 8, "queued": 5, "succeeded": 3, "ended": 3, "decided": 3})
        );
        app.work(100).await;
        let shown = app.ask(&watch).await["run"].clone();
        assert_eq!(
            (&shown["status"], &shown["isFinished"], &shown["progress"]["pollAfterMs"]),
            (&json!("COMPLETED"), &json!(true), &Value::Null)
        );
        assert_eq!(shown["progress"]["costUsd"], 0.016);
        assert!(shown["cancelBlockedBecause"].as_str().unwrap().contains("completed"));
        let found = app.ask(&format!("{{ run(id: \"{run}\") {{ findings {{ runModel {{ modelId }} ledger {{ decided }}
            score {{ mean standardError intervalLow intervalHigh n scenarioCount method warnings {{ code }} }} distribution {{ value label count }} }} }} }}")).await;
        let alpha = &found["run"]["findings"][0];
        assert_eq!((&alpha["score"]["mean"], &alpha["score"]["n"]), (&json!(1.5), &json!(4)));
        assert_eq!(
            alpha["distribution"],
            json!([{"value": "1", "label": "no", "count": 2}, {"value": "2", "label": "yes", "count": 2}])
        );
        assert_eq!(alpha["score"]["warnings"][0]["code"], "SMALL_SAMPLE");
    }
}

#[tokio::test]
async fn a_transcript_shows_what_was_asked_answered_and_decided() {
    for app in apps().await {
        let definition = app.define("d", 2).await;
        let run = app.start(&definition).await;
        app.work(10).await;
        // The definition moves on; the run's snapshot does not.
        app.ask(&format!("mutation {{ updateDefinition(input: {{id: \"{definition}\", content: {{name: \"later\", template: \"t\",
            decision: {{choices: [{{name: \"A\"}}, {{name: \"B\"}}]}}}}}}) {{ version {{ number }} }} }}")).await;
        let list =
            app.ask(&format!("{{ transcripts(runId: \"{run}\") {{ totalCount nodes {{ id }} }} }}")).await;
        assert_eq!(list["transcripts"]["totalCount"], 4);
        let id = list["transcripts"]["nodes"][0]["id"].as_str().unwrap();
        let shown = app.ask(&format!("{{ transcript(id: \"{id}\") {{ content modelVersion modelVersionUnknownBecause outcome ending isComplete
            definitionSnapshot {{ number content {{ name }} }} turnCount wordCount inputTokens outputTokens costUsd durationMs
            decision {{ value score reader quote }} turns {{ prompt answer requestBody responseBody responseBodyBase64 }}
            attempts {{ result httpStatus costUsd }} probe {{ status transcript {{ id }} }} scenario {{ key }} runModel {{ modelId }} }} }}")).await["transcript"].clone();
        assert_eq!(
            shown["content"],
            "## System\n\nBe brief.\n\n## Prompt 1\n\nHow many? w0\n1 = no\n2 = yes\n\n## Answer 1\n\n=Héllo, \"all\"\nDecision: 1\n"
        );
        assert_eq!(shown["modelVersion"], Value::Null);
        assert!(shown["modelVersionUnknownBecause"].as_str().unwrap().contains("did not say"));
        assert_eq!(shown["definitionSnapshot"], json!({"number": 1, "content": {"name": "d"}}));
        assert_eq!(
            (&shown["outcome"], &shown["ending"], &shown["costUsd"]),
            (&json!("DECIDED"), &json!("ANSWERED"), &json!(0.002))
        );
        assert_eq!((&shown["decision"]["value"], &shown["decision"]["score"]), (&json!("1"), &json!(1.0)));
        assert!(shown["decision"]["quote"].as_str().unwrap().contains('1'), "{shown}");
        assert_eq!(shown["turns"][0]["responseBody"], "{\"answered\":1}");
        assert_eq!(shown["probe"]["transcript"]["id"], id);
        app.api.access.flush(&app.api.db).await.unwrap();
        let looked = app.ask(&format!("{{ transcript(id: \"{id}\") {{ lastAccessedAt }} }}")).await;
        assert!(looked["transcript"]["lastAccessedAt"].is_string());
    }
}

#[tokio::test]
async fn a_run_is_paused_resumed_and_cancelled() {
    for app in apps().await {
        let run = app.start(&app.define("d", 2).await).await;
        let command = async |name: &str| {
            let query = format!(
                "mutation {{ {name}(input: {{id: \"{run}\"}}) {{ run {{ status pausedFrom isFinished pauseBlockedBecause }} }} }}"
            );
            app.ask(&query).await[name]["run"].clone()
        };
        let paused = command("pauseRun").await;
        assert_eq!((&paused["status"], &paused["pausedFrom"]), (&json!("PAUSED"), &json!("PENDING")));
        assert_eq!(paused["pauseBlockedBecause"], "The run is paused already.");
        assert_eq!(command("resumeRun").await["status"], "PENDING");
        assert_eq!(command("cancelRun").await["status"], "CANCELLED");
        let refused = app
            .refusal(&format!("mutation {{ pauseRun(input: {{id: \"{run}\"}}) {{ run {{ id }} }} }}"))
            .await;
        assert_eq!(refused["extensions"]["code"], "CONFLICT");
        let kinds = app
            .ask(&format!("{{ events(runId: \"{run}\") {{ nodes {{ seq kind actor {{ name }} }} }} }}"))
            .await;
        let kinds: Vec<&str> = kinds["events"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["kind"].as_str().unwrap())
            .collect();
        assert_eq!(
            kinds.iter().filter(|kind| ["run.paused", "run.resumed", "run.cancelled"].contains(kind)).count(),
            3,
            "{kinds:?}"
        );
    }
}

#[tokio::test]
async fn what_a_run_cannot_be_made_of_is_refused_by_field() {
    for app in apps().await {
        let definition = app.define("d", 2).await;
        let refused = async |rest: &str| {
            let query = format!(
                "mutation {{ createRun(input: {{definitionId: \"{definition}\", {rest}}}) {{ run {{ id }} }} }}"
            );
            app.refusal(&query).await["extensions"].clone()
        };
        for (rest, field) in [
            ("models: []", "models"),
            ("models: [{model: \"gamma\"}]", "models[0]"),
            ("models: [{model: \"alpha\"}, {model: \"alpha\"}]", "models[1]"),
            ("models: [{model: \"alpha\", version: \"nine\"}]", "models[0]"),
            ("models: [{model: \"alpha\"}], samplePercentage: 0", "samplePercentage"),
            ("models: [{model: \"alpha\"}], samplePercentage: 101", "samplePercentage"),
            ("models: [{model: \"alpha\"}], samplesPerScenario: -1", "samplesPerScenario"),
            ("models: [{model: \"alpha\"}], sampleSeed: -1", "sampleSeed"),
            ("models: [{model: \"alpha\"}], temperature: 3", "temperature"),
        ] {
            let extensions = refused(rest).await;
            assert_eq!(
                (&extensions["code"], &extensions["field"]),
                (&json!("INVALID"), &json!(field)),
                "{rest}: {extensions}"
            );
        }
        assert_eq!(app.ask("{ runs { totalCount } }").await["runs"]["totalCount"], 0);
    }
}

#[tokio::test]
async fn models_and_workers_are_listed_with_what_they_can() {
    for app in apps().await {
        let found = app.ask("{ availableModels { modelId versions defaultVersion isKeyConfigured price { inputUsd outputUsd } } workers { totalCount nodes { name isOnline providerIds } } }").await;
        let alpha = &found["availableModels"][0];
        assert_eq!(
            alpha,
            &json!({"modelId": "alpha", "versions": ["alpha-1"], "defaultVersion": "alpha-1", "isKeyConfigured": true, "price": {"inputUsd": 1.0, "outputUsd": 2.0}})
        );
        assert_eq!(
            found["workers"],
            json!({"totalCount": 1, "nodes": [{"name": "tests", "isOnline": true, "providerIds": ["sim"]}]})
        );
    }
}

#[tokio::test]
async fn transcripts_are_found_by_outcome_and_decision_and_know_their_neighbours() {
    for app in apps().await {
        let definition = app.define("d", 4).await;
        let run = app.start(&definition).await;
        app.work(100).await;
        let all = app
            .ask(&format!("{{ transcripts(runId: \"{run}\") {{ nodes {{ id decision {{ value }} }} }} }}"))
            .await["transcripts"]["nodes"]
            .as_array()
            .unwrap()
            .clone();
        let of = |value: &str| -> Vec<Value> {
            all.iter().filter(|row| row["decision"]["value"] == value).map(|row| row["id"].clone()).collect()
        };
        let (ones, twos) = (of("1"), of("2"));
        assert!(!ones.is_empty() && !twos.is_empty() && ones.len() + twos.len() == all.len());
        let count = async |arguments: &str| {
            let query = format!(
                "{{ transcripts(runId: \"{run}\", {arguments}) {{ totalCount nodes {{ id }} }} run(id: \"{run}\") {{ transcripts({arguments}) {{ totalCount }} }} }}"
            );
            let found = app.ask(&query).await;
            let (flat, nested) =
                (&found["transcripts"]["totalCount"], &found["run"]["transcripts"]["totalCount"]);
            assert_eq!(flat, nested, "{arguments}");
            flat.as_u64().unwrap()
        };
        assert_eq!(count("outcome: DECIDED").await, all.len() as u64);
        assert_eq!(count("outcome: REFUSED").await, 0);
        assert_eq!(count("decision: \"1\"").await, ones.len() as u64);
        assert_eq!(count("outcome: UNREADABLE, decision: \"1\"").await, 0);

        // From the first to the last and back, among all and among those that decided alike.
        let beside = async |id: &Value, side: &str, among: &str| {
            let query = format!("{{ transcript(id: {id}) {{ {side}(among: {{{among}}}) {{ id }} }} }}");
            app.ask(&query).await["transcript"][side]["id"].clone()
        };
        let ids: Vec<Value> = all.iter().map(|row| row["id"].clone()).collect();
        for (among, ids) in [("", &ids), ("decision: \"2\"", &twos)] {
            for pair in ids.windows(2) {
                assert_eq!(beside(&pair[0], "next", among).await, pair[1]);
                assert_eq!(beside(&pair[1], "previous", among).await, pair[0]);
            }
            assert_eq!(beside(&ids[0], "previous", among).await, Value::Null);
            assert_eq!(beside(ids.last().unwrap(), "next", among).await, Value::Null);
        }
    }
}

#[tokio::test]
async fn runs_are_found_by_the_models_they_ask() {
    for app in apps().await {
        let definition = app.define("d", 2).await;
        let run = app.start(&definition).await;
        let model = app.ask(&format!("{{ run(id: \"{run}\") {{ models {{ providerId modelId }} }} }}")).await
            ["run"]["models"][0]
            .clone();
        let (provider, model) = (&model["providerId"], &model["modelId"]);
        let count = async |filter: String| {
            app.ask(&format!("{{ runs(filter: {{{filter}}}) {{ totalCount }} }}")).await["runs"]["totalCount"]
                .clone()
        };
        assert_eq!(count(format!("modelId: {model}")).await, 1);
        assert_eq!(count(format!("providerId: {provider}, modelId: {model}")).await, 1);
        assert_eq!(count(format!("providerId: {provider}")).await, 1);
        assert_eq!(count(format!("providerId: \"another\", modelId: {model}")).await, 0);
        assert_eq!(count("modelId: \"another\"".into()).await, 0);
    }
}
