//! Comparisons, as clients ask for them.

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

use crate::app::{App, LOOPBACK, apps, body_text, sqlite_with};

/// A run of two models on so many scenarios that answer alike; then `beta` says yes to the first
/// `corrected` of those it said no to.
async fn run_of(app: &App, definition: &str, corrected: usize) -> String {
    let run = app.start(definition).await;
    app.work(1_000).await;
    let found = app
        .ask(&format!(
            "{{ transcripts(runId: \"{run}\", first: 500, decision: \"1\") {{ nodes {{ id runModel {{ modelId }} }} }} }}"
        ))
        .await;
    let of_beta = found["transcripts"]["nodes"].as_array().unwrap().iter();
    let of_beta = of_beta.filter(|node| node["runModel"]["modelId"] == "beta");
    for node in of_beta.take(corrected) {
        let id = node["id"].as_str().unwrap();
        let input = format!("{{transcriptId: \"{id}\", value: \"2\", reason: \"It says so.\"}}");
        app.ask(&format!("mutation {{ correctDecision(input: {input}) {{ decision {{ value }} }} }}")).await;
    }
    run
}

const PAIR: &str = "verdict words sharedScenarioCount improvedCount regressedCount equalCount
    baselineLabel candidateLabel baselineMean { mean n } difference { mean intervalLow intervalHigh method { name } }
    permutationTest { pValue pAdjusted method { rounds seed } } tTest { pValue pAdjusted }
    mcnemarTest { pValue } mcnemarAbsentBecause detectable { difference alpha power } warnings { code }";

async fn compared(app: &App, input: &str, fields: &str) -> Value {
    app.ask(&format!("{{ compare(input: {input}) {{ {fields} }} }}")).await["compare"].clone()
}

fn sides(a: &str, b: &str) -> String {
    format!("baseline: {{runId: \"{a}\"}}, candidate: {{runId: \"{b}\"}}")
}

#[tokio::test]
async fn two_models_of_a_run_differ_where_somebody_would_see_it() {
    for app in apps().await {
        let run = run_of(&app, &app.define("d", 24).await, 8).await;
        let found = app
            .ask(&format!("{{ run(id: \"{run}\") {{ comparisons {{ absentBecause comparison {{ pairs {{ {PAIR} }} }} }} }} }}"))
            .await;
        let comparisons = &found["run"]["comparisons"];
        assert_eq!(comparisons["absentBecause"], Value::Null);
        let pair = &comparisons["comparison"]["pairs"][0];
        assert_eq!((&pair["baselineLabel"], &pair["candidateLabel"]), (&json!("alpha"), &json!("beta")));
        assert_eq!(pair["verdict"], "CANDIDATE_HIGHER", "{pair}");
        assert_eq!(pair["words"], "higher by 0.33");
        let counts =
            ["sharedScenarioCount", "improvedCount", "regressedCount", "equalCount"].map(|name| &pair[name]);
        assert_eq!(counts, [24, 8, 0, 16]);
        let p = pair["permutationTest"]["pValue"].as_f64().unwrap();
        assert!((p - 2.0 / 256.0).abs() < 1e-12, "{p}");
        assert_eq!(pair["mcnemarTest"], Value::Null);
        assert_eq!(pair["mcnemarAbsentBecause"], "A decision on a scale neither passes nor fails.");
        let by_choice = format!(
            "{{{}, measure: {{kind: CHOICE, name: \"2\"}}, confidence: 0.9, permutationRounds: 0}}",
            sides(&run, &run)
        );
        let found =
            compared(&app, &by_choice, &format!("confidence measure {{ label name }} pairs {{ {PAIR} }}"))
                .await;
        let pair = &found["pairs"][0];
        assert_eq!(pair["permutationTest"], Value::Null);
        assert!((pair["mcnemarTest"]["pValue"].as_f64().unwrap() - 2.0 / 256.0).abs() < 1e-12);
        assert!((pair["difference"]["mean"].as_f64().unwrap() - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!((found["confidence"].as_f64(), &found["measure"]["name"]), (Some(0.9), &json!("2")));
    }
}

#[tokio::test]
async fn every_scenario_of_a_comparison_leads_to_its_transcripts() {
    for app in apps().await {
        let run = run_of(&app, &app.define("d", 12).await, 3).await;
        let input = format!("{{{}}}", sides(&run, &run));
        let page = |arguments: &str| {
            format!(
                "pairs {{ scenarios({arguments}) {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ key change
                   baselineValue candidateValue difference baselineTranscripts {{ decision {{ value }} runModel {{ modelId }} }}
                   candidateTranscripts {{ decision {{ value }} runModel {{ modelId }} }} }} }} }}"
            )
        };
        let improved =
            compared(&app, &input, &page("change: IMPROVED, first: 2")).await["pairs"][0]["scenarios"]
                .clone();
        assert_eq!(
            (&improved["totalCount"], &improved["pageInfo"]["hasNextPage"]),
            (&json!(3), &json!(true))
        );
        let node = &improved["nodes"][0];
        assert_eq!((node["baselineValue"].as_f64(), node["difference"].as_f64()), (Some(1.0), Some(1.0)));
        assert_eq!(
            node["baselineTranscripts"],
            json!([{"decision": {"value": "1"}, "runModel": {"modelId": "alpha"}}])
        );
        assert_eq!(
            node["candidateTranscripts"],
            json!([{"decision": {"value": "2"}, "runModel": {"modelId": "beta"}}])
        );
        let after = improved["pageInfo"]["endCursor"].as_str().unwrap();
        let rest = compared(&app, &input, &page(&format!("change: IMPROVED, after: \"{after}\""))).await;
        let rest = &rest["pairs"][0]["scenarios"];
        assert_eq!(rest["nodes"].as_array().unwrap().len(), 1);
        assert_eq!(rest["pageInfo"]["hasNextPage"], false);
        assert_ne!(rest["nodes"][0]["key"], node["key"]);
        let equal = compared(&app, &input, &page("change: EQUAL")).await;
        assert_eq!(equal["pairs"][0]["scenarios"]["totalCount"], 9);
        let of_two = app.cost(&format!("{{ compare(input: {input}) {{ {} }} }}", page("first: 2"))).await;
        let of_twelve = app.cost(&format!("{{ compare(input: {input}) {{ {} }} }}", page("first: 12"))).await;
        assert!(of_twelve <= of_two + 6, "{of_twelve} statements for 12 scenarios, {of_two} for 2");
    }
}

#[tokio::test]
async fn runs_of_two_versions_meet_by_the_keys_of_their_scenarios() {
    for app in apps().await {
        let definition = app.define("d", 3).await;
        let first = run_of(&app, &definition, 0).await;
        // Another order of levels and one more: combinations mean other scenarios now.
        let levels: Vec<Value> = [2, 1, 0, 7]
            .map(|level| json!({"score": level, "label": format!("L{level}"), "wordings": [format!("w{level}")]}))
            .to_vec();
        let content = json!({
            "name": "d", "template": "How many? [x]\n[scale]", "dimensions": [{"name": "x", "levels": levels}],
            "decision": {"scale": [{"value": 1, "label": "no"}, {"value": 2, "label": "yes"}]},
        });
        let update = "mutation ($id: ID!, $content: DefinitionContentInput!) {
            updateDefinition(input: {id: $id, content: $content}) { definition { id } } }";
        let answer = app.answer(update, json!({"id": definition, "content": content})).await;
        assert!(answer.get("errors").is_none(), "{answer}");
        let second = run_of(&app, &definition, 0).await;
        let fields = format!(
            "warnings {{ code }} pairs {{ {PAIR} onlyBaselineCount onlyCandidateCount
            scenarios {{ nodes {{ key baselineValue candidateValue candidateTranscripts {{ id }} }} }} }}"
        );
        let found = compared(&app, &format!("{{{}}}", sides(&first, &second)), &fields).await;
        assert_eq!(found["warnings"], json!([{"code": "VERSIONS_DIFFER"}]));
        let pairs = found["pairs"].as_array().unwrap();
        assert_eq!(pairs.len(), 2, "each model meets itself");
        for pair in pairs {
            assert_eq!(pair["baselineLabel"], pair["candidateLabel"]);
            assert_eq!((&pair["sharedScenarioCount"], &pair["onlyCandidateCount"]), (&json!(3), &json!(1)));
            // 1 + combination mod 2: L0 1, L1 2, L2 1 first; L2 1, L1 2, L0 1, L7 2 then.
            assert_eq!(
                (&pair["equalCount"], &pair["verdict"]),
                (&json!(3), &json!("NO_DETECTABLE_DIFFERENCE"))
            );
            let nodes = pair["scenarios"]["nodes"].as_array().unwrap();
            let alone = nodes.last().unwrap();
            assert_eq!((&alone["key"], &alone["baselineValue"]), (&json!("x=L7"), &Value::Null));
            assert_eq!(alone["candidateTranscripts"].as_array().unwrap().len(), 1);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_compared_is_refused_with_what_to_do() {
    let app = sqlite_with(|_| ()).await;
    let run = run_of(&app, &app.define("d", 3).await, 0).await;
    let sides = sides(&run, &run);
    for (more, words) in [
        (", measure: {kind: CHOICE, name: \"9\"}", "it has 1, 2"),
        (", measure: {kind: SCORER, name: \"x\"}", "has no scorer"),
        (", measure: {kind: CHOICE}", "Name the choice"),
        (", measure: {kind: SCORE, name: \"x\"}", "has no name"),
        (", confidence: 95", "between 0 and 1"),
        (", permutationRounds: 10", "999 to"),
        (", permutationRounds: -1", "too small"),
    ] {
        let error = app.refusal(&format!("{{ compare(input: {{{sides}{more}}}) {{ confidence }} }}")).await;
        assert_eq!(error["extensions"]["code"], "INVALID", "{error}");
        assert!(error["message"].as_str().unwrap().contains(words), "{error}");
    }
    let nobody = format!(
        "{{ compare(input: {{baseline: {{runId: \"{run}\", runModelId: \"{run}\"}}, candidate: {{runId: \"{run}\"}}}}) {{ confidence }} }}"
    );
    assert_eq!(app.refusal(&nobody).await["extensions"]["field"], "baseline.runModelId");
}

fn with(path: &str, name: &str, value: &str) -> Request<Body> {
    Request::get(path).header("host", LOOPBACK).header(name, value).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn comparisons_are_downloaded_and_known_again() {
    for app in apps().await {
        let run = run_of(&app, &app.define("d", 12).await, 3).await;
        let urls = compared(&app, &format!("{{{}}}", sides(&run, &run)), "pairsCsvUrl scenariosCsvUrl").await;
        let (pairs, scenarios) =
            (urls["pairsCsvUrl"].as_str().unwrap(), urls["scenariosCsvUrl"].as_str().unwrap());
        for (path, ending, rows) in [(pairs, ".csv\"", 2), (scenarios, "_scenarios.csv\"", 13)] {
            let response = app.get(path).await;
            let headers = response.headers().clone();
            let name = headers["content-disposition"].to_str().unwrap();
            assert!(name.starts_with("attachment; filename=\"compare_") && name.ends_with(ending), "{name}");
            let text = body_text(response).await;
            assert!(text.starts_with("\u{feff}baseline_run_id,baseline_model,"), "{text}");
            assert_eq!(text.matches("\r\n").count(), rows, "{text}");
            let etag = headers["etag"].to_str().unwrap();
            assert_eq!(app.send(with(path, "if-none-match", etag)).await.status(), 304);
            assert_ne!(app.get(&format!("{path}&excel=true")).await.headers()["etag"], headers["etag"]);
        }
        let before = app.get(pairs).await.headers()["etag"].clone();
        let columns: Vec<Vec<String>> = body_text(app.get(pairs).await)
            .await
            .lines()
            .map(|line| line.split(',').map(str::to_owned).collect())
            .collect();
        let at = |name: &str| columns[0].iter().position(|column| column == name).unwrap();
        assert_eq!(columns[1][at("improved")], "3");
        assert_eq!(columns[1][at("mean_difference")], "0.25");
        assert_eq!(
            columns[1][at("verdict")],
            "no_detectable_difference",
            "three pairs can never be significant"
        );
        // What somebody corrects changes the file.
        let transcript =
            app.ask(&format!("{{ transcripts(runId: \"{run}\", first: 1) {{ nodes {{ id }} }} }}")).await;
        let id = transcript["transcripts"]["nodes"][0]["id"].as_str().unwrap();
        app.ask(&format!("mutation {{ correctDecision(input: {{transcriptId: \"{id}\", value: \"2\", reason: \"So.\"}}) {{ decision {{ value }} }} }}")).await;
        assert_ne!(app.get(pairs).await.headers()["etag"], before);
        for (path, status) in [
            ("/api/export/compare/pairs.csv".to_owned(), 400),
            (pairs.replace("holm", "none"), 400),
            (format!("{pairs}&measure=mean"), 400),
            (pairs.replace(&run, "0198c1d2-3456-7abc-8def-0123456789ab"), 404),
        ] {
            assert_eq!(app.get(&path).await.status().as_u16(), status, "{path}");
        }
    }
}

#[tokio::test]
async fn findings_are_downloaded_a_row_per_model_and_figure() {
    for app in apps().await {
        let run = run_of(&app, &app.define("d", 4).await, 1).await;
        let path = format!("/api/export/run/{run}/findings.csv");
        let response = app.get(&path).await;
        let etag = response.headers()["etag"].to_str().unwrap().to_owned();
        let name = response.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(
            name.starts_with("attachment; filename=\"run_") && name.ends_with("_findings.csv\""),
            "{name}"
        );
        let text = body_text(response).await;
        let cells: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
        let of = |model: &str, figure: &str, name: &str| {
            let is_it = |row: &&Vec<&str>| row[1] == model && row[3] == figure && row[4] == name;
            let row = cells.iter().find(is_it).unwrap_or_else(|| panic!("{model} {figure} {name}: {text}"));
            (row[6].to_owned(), row[7].to_owned(), row[13].to_owned())
        };
        let cells =
            |count: &str, value: &str, scenarios: &str| (count.into(), value.into(), scenarios.into());
        assert_eq!(of("alpha", "score", ""), cells("", "1.5", "4"));
        assert_eq!(of("beta", "score", ""), cells("", "1.75", "4"));
        assert_eq!(of("beta", "decision", "2"), cells("3", "0.75", ""));
        assert_eq!(of("beta", "probes", "failed"), cells("0", "", ""));
        assert_eq!(app.send(with(&path, "if-none-match", &etag)).await.status(), 304);
        assert_eq!(app.get(&format!("{path}?x=1")).await.status(), 400);
    }
}
