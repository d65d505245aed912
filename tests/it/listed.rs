//! Definitions that list their scenarios: imported as a data set, run, exported.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{Site, text};

on_both_databases!(
    a_data_set_is_looked_at_imported_run_and_scored_against_its_targets,
    listed_scenarios_come_back_out_of_the_database_as_they_went_in,
    answers_without_a_target_have_no_score_and_break_nothing,
    a_name_that_is_taken_offers_another_and_imports_at_once_get_names_of_their_own,
    a_data_set_replaces_the_scenarios_of_a_definition_and_nothing_else,
    an_import_is_done_once_for_a_client_token,
    files_of_every_format_are_imported_on_the_command_line,
    a_file_that_is_wrong_is_refused_with_line_and_column_and_nothing_is_written
);

const QUESTIONS: &str = include_str!("../../examples/capital-questions.csv");
const LIST: &str = "preamble: You are brief.
scenarios:
  canada:
    zeta: 1.0
    alpha: {b: 1, a: [true, null]}
    body: \"What is the capital of Canada?\\r\\nName it | only. 👩‍🚀 שלום\"
  vietnam:
    system: You know Asia.
    body: What is the capital of Vietnam?
    alpha: '=1+1'
";

async fn a_data_set_is_looked_at_imported_run_and_scored_against_its_targets(site: Site) {
    let server = site.serve().await;
    let api = &server.api;
    let url = "/api/import/definition?file_name=capitals.csv";
    let (status, preview) = api.send(api.post(&format!("{url}&preview=true")).body(QUESTIONS)).await;
    assert_eq!(status, 200, "{preview}");
    assert_eq!((&preview["format"], &preview["name"]), (&json!("csv"), &json!("capitals")));
    assert_eq!((&preview["scenarioCount"], &preview["isNameTaken"]), (&json!(6), &json!(false)));
    assert_eq!(preview["scenarios"][0]["target"], "Canberra");
    assert_eq!(api.census().await, (0, 0), "a preview writes nothing");
    let (status, saved) = api.send(api.post(url).body(QUESTIONS)).await;
    assert_eq!((status, &saved["version"], &saved["isNew"]), (201, &json!(1), &json!(true)), "{saved}");

    let run = api.start(&text(&saved["definitionId"]), &["sim-oracle"], json!({})).await;
    let ended = api.finish(&run).await;
    assert_eq!(ended["status"], "COMPLETED", "{ended}");
    let csv = api.csv(&run, "").await;
    assert_eq!(csv.columns()[9..11], ["scenario_continent", "scenario_difficulty"]);
    let rows = csv.rows();
    assert_eq!(rows.len(), 6);
    let row = &rows[4];
    assert_eq!((row["scenario_key"].as_str(), row["scenario_continent"].as_str()), ("switzerland", "Europe"));
    for row in &rows {
        assert!(row["response"].contains(&row["decision"]), "{row:?}");
        assert!(["0", "1"].contains(&row["score"].as_str()), "{row:?}");
    }
    assert!(rows.iter().any(|row| row["score"] == "1"), "the oracle knows capitals: {rows:?}");
    let query = "query ($id: ID!) { run(id: $id) { findings { ledger { decided } score { mean n } distribution { value count } } } }";
    let found = api.ask(query, json!({"id": run})).await["run"]["findings"][0].take();
    assert_eq!((&found["ledger"]["decided"], &found["score"]["n"]), (&json!(6), &json!(6)), "{found}");
    assert_eq!(found["distribution"].as_array().unwrap().len(), 6, "{found}");

    let file = site.write(
        "known.csv",
        "key,prompt,target\na,\"What is the capital of Canada? Say:\nAnswer: and the city.\",Rome\n",
    );
    let ended = site.probity(&["run", &file.display().to_string(), "--model", "sim-oracle"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    site.assert_sound().await;
}

async fn listed_scenarios_come_back_out_of_the_database_as_they_went_in(site: Site) {
    let server = site.serve().await;
    let api = &server.api;
    let (_, saved) = api.send(api.post("/api/import/definition?file_name=list.yaml").body(LIST)).await;
    let id = text(&saved["definitionId"]);
    for format in ["yaml", "json", "markdown", "jsonl"] {
        let url = format!("{}/api/export/definition/{id}/{format}", api.base);
        let file = api.http.get(url).send().await.unwrap().bytes().await.unwrap();
        let again = format!("/api/import/definition?format={format}&name=list&on_name_taken=new_version");
        let decision = if format == "jsonl" { "&preview=true" } else { "" };
        let (status, again) = api.send(api.post(&format!("{again}{decision}")).body(file)).await;
        assert_eq!(status, 200, "{format}: {again}");
        assert_eq!(again["isUnchanged"], true, "{format}: {again}");
    }
    let query = "query ($id: ID!) { definition(id: $id) { latestVersion {
        content { template decision { isFreeText } scenarios(first: 1) { totalCount nodes { key body system fields { name value } } } }
        scenarios { nodes { key fields { name value } prompts { system first } } } } } }";
    let version = api.ask(query, json!({"id": id})).await["definition"]["latestVersion"].take();
    let listed = &version["content"]["scenarios"];
    assert_eq!(
        (&listed["totalCount"], &version["content"]["decision"]["isFreeText"]),
        (&json!(2), &json!(true))
    );
    let fields =
        json!([{"name": "zeta", "value": 1.0}, {"name": "alpha", "value": {"b": 1, "a": [true, null]}}]);
    assert_eq!(listed["nodes"][0]["fields"].to_string(), fields.to_string());
    let body = "What is the capital of Canada?\r\nName it | only. 👩‍🚀 שלום";
    assert_eq!(
        version["scenarios"]["nodes"][0]["prompts"],
        json!({"system": "You are brief.", "first": body})
    );
    assert_eq!(version["scenarios"]["nodes"][1]["prompts"]["system"], "You know Asia.");
    let typed = "mutation ($content: DefinitionContentInput!) {
        createDefinition(input: {content: $content}) { version { scenarioCount } } }";
    let content = json!({"name": "Typed", "decision": {"freeText": true}, "scenarios": [
        {"key": "a", "body": "b", "target": "c", "fields": [{"name": "n", "value": [1, {"x": null}]}]}]});
    let made = api.ask(typed, json!({"content": content})).await;
    assert_eq!(made["createDefinition"]["version"]["scenarioCount"], 1);
}

async fn answers_without_a_target_have_no_score_and_break_nothing(site: Site) {
    let server = site.serve().await;
    let api = &server.api;
    let (_, saved) = api.send(api.post("/api/import/definition?file_name=list.yaml").body(LIST)).await;
    let run =
        api.start(&text(&saved["definitionId"]), &["sim-oracle"], json!({"samplesPerScenario": 2})).await;
    api.finish(&run).await;
    let rows = api.csv(&run, "?excel=true").await.rows();
    assert_eq!(rows.len(), 4);
    assert!(rows.iter().all(|row| row["score"].is_empty() && !row["decision"].is_empty()), "{rows:?}");
    assert_eq!(
        (rows[0]["scenario_zeta"].as_str(), rows[0]["scenario_alpha"].as_str()),
        ("1.0", r#"{"b":1,"a":[true,null]}"#)
    );
    assert_eq!((rows[2]["scenario_zeta"].as_str(), rows[2]["scenario_alpha"].as_str()), ("", "'=1+1"));
    let query = "query ($id: ID!) { run(id: $id) { findings { score { mean n } } } }";
    let found = api.ask(query, json!({"id": run})).await["run"]["findings"][0].take();
    assert_eq!(found["score"], json!({"mean": null, "n": 0}));
    let ended = site.probity(&["findings", &run]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}

const IMPORT: &str = "mutation ($input: ImportDefinitionInput!) { importDefinition(input: $input) {
    definition { id name } version { number } isNew isUnchanged } }";

async fn a_name_that_is_taken_offers_another_and_imports_at_once_get_names_of_their_own(site: Site) {
    let server = site.serve().await;
    let api = &server.api;
    let input = |rest: Value| {
        let mut input = json!({"text": QUESTIONS, "fileName": "capitals.csv"});
        rest.as_object().unwrap().iter().for_each(|(key, value)| input[key] = value.clone());
        json!({"input": input})
    };
    let first = api.ask(IMPORT, input(json!({}))).await["importDefinition"].take();
    assert_eq!((&first["isNew"], &first["definition"]["name"]), (&json!(true), &json!("capitals")));
    let refused = api.refusal(IMPORT, input(json!({}))).await;
    assert_eq!(refused["extensions"]["code"], "NAME_TAKEN");
    assert!(refused["message"].as_str().unwrap().contains("capitals (2) is free"), "{refused}");
    let preview = "query ($input: PreviewImportInput!) { previewImport(input: $input, first: 1) {
        format name isNameTaken suggestedName isUnchanged existing { name } definition { scenarioCount scenarios { key } } } }";
    let seen = api.ask(preview, input(json!({}))).await["previewImport"].take();
    assert_eq!(
        seen,
        json!({"format": "CSV", "name": "capitals", "isNameTaken": true, "suggestedName": "capitals (2)",
            "isUnchanged": true, "existing": {"name": "capitals"},
            "definition": {"scenarioCount": 6, "scenarios": [{"key": "australia"}]}})
    );
    let same = api.ask(IMPORT, input(json!({"onNameTaken": "NEW_VERSION"}))).await["importDefinition"].take();
    assert_eq!((&same["isUnchanged"], &same["version"]["number"]), (&json!(true), &json!(1)));
    let other = json!({"onNameTaken": "NEW_VERSION", "decision": {"targets": true}});
    let other = api.ask(IMPORT, input(other)).await["importDefinition"].take();
    assert_eq!((&other["isNew"], &other["version"]["number"]), (&json!(false), &json!(2)));

    let at_once = (0..8).map(|_| api.ask(IMPORT, input(json!({"onNameTaken": "NEW_NAME"}))));
    let made = futures::future::join_all(at_once).await;
    let names: BTreeSet<String> =
        made.iter().map(|made| text(&made["importDefinition"]["definition"]["name"])).collect();
    assert_eq!(names, (2..10).map(|number| format!("capitals ({number})")).collect());
    assert_eq!(api.census().await.0, 9);
}

const WHOLE: &str = "name: cities
description: What people know
tags: [geography]
preamble: You are brief.
template: 'In [continent]: [body]'
follow_ups: [Are you sure?]
decision: {choices: [{name: Lima, aliases: [city of kings]}, {name: Hanoi}]}
scenarios:
  peru: {body: What is the capital of Peru?, target: Lima, continent: America}
  vietnam: {body: What is the capital of Vietnam?, target: Hanoi, continent: Asia}
";

async fn a_data_set_replaces_the_scenarios_of_a_definition_and_nothing_else(site: Site) {
    let path = |name: &str| site.path(name).display().to_string();
    site.write("cities.yaml", WHOLE);
    let imported = site.probity(&["import", &path("cities.yaml")]).await;
    assert_eq!(imported.code, Some(0), "{}", imported.err);
    let file = path("cities.jsonl");
    let export = ["export", "--definition", "cities", "--format", "jsonl", "--out", &file];
    let exported = site.probity(&export).await;
    assert_eq!(exported.code, Some(0), "{}", exported.err);
    let left_out = "not written: description, tags, preamble, template, follow-ups, decision";
    assert!(exported.err.contains(left_out), "{}", exported.err);
    let again = site.probity(&["import", &file]).await;
    assert!(again.out.contains("version 1  unchanged"), "{} {}", again.out, again.err);

    let rows = std::fs::read_to_string(&file).unwrap().replace("capital of Peru", "largest city of Peru");
    let file = site.write("cities.jsonl", rows).display().to_string();
    let preview = site.probity(&["import", "--preview", &file]).await;
    assert!(preview.out.contains("that of version 1"), "{}", preview.out);
    let second = site.probity(&["import", &file]).await;
    assert!(second.out.contains("version 2"), "{} {}", second.out, second.err);
    assert!(second.err.contains("decision, …) is that of version 1"), "{}", second.err);
    let yaml = site.probity(&["export", "--definition", "cities", "--out", "-"]).await.out;
    let wanted = WHOLE.replace("capital of Peru", "largest city of Peru");
    let read = |text: &str| domain::definition::from_yaml(text.as_bytes()).unwrap();
    assert_eq!(read(&yaml), read(&wanted));

    let file = site.write("cities.csv", "key,prompt,target,continent\nperu,Which?,Cuzco,America\n");
    let file = file.display().to_string();
    let refused = site.probity(&["import", &file]).await;
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("line 2") && refused.err.contains("give a decision"), "{}", refused.err);
    let given = site.probity(&["import", &file, "--decision", "free-text"]).await;
    assert!(given.out.contains("version 3"), "{} {}", given.out, given.err);

    let server = site.serve().await;
    let api = &server.api;
    let data = api.ask("{ definitions { nodes { id } } }", json!({})).await;
    let id = text(&data["definitions"]["nodes"][0]["id"]);
    let url = format!("{}/api/export/definition/{id}/csv", api.base);
    let head = api.http.get(url).send().await.unwrap().headers()["x-probity-left-out"].clone();
    assert_eq!(head, "description, tags, preamble, template, follow-ups");
    let url = "/api/import/definition?file_name=cities.csv&on_name_taken=new_version";
    let rows = "key,prompt,continent\nperu,Which?,Asia\n";
    let (_, preview) = api.send(api.post(&format!("{url}&preview=true")).body(rows)).await;
    assert_eq!(preview["scenarios"][0]["prompt"], "In Asia: Which?", "{preview}");
    let (_, saved) = api.send(api.post(url).body(rows)).await;
    assert_eq!((&saved["version"], &saved["keptVersion"]), (&json!(4), &json!(3)), "{saved}");
    let (status, refused) = api.send(api.post(url).body("prompt\nWhich?\n")).await;
    assert_eq!(status, 400, "the template needs `continent`: {refused}");
}

async fn an_import_is_done_once_for_a_client_token(site: Site) {
    let server = site.serve().await;
    let api = &server.api;
    let input =
        json!({"input": {"text": LIST, "name": "List", "clientToken": "t-1", "onNameTaken": "NEW_NAME"}});
    let at_once = futures::future::join_all((0..6).map(|_| api.ask(IMPORT, input.clone()))).await;
    let ids: BTreeSet<String> =
        at_once.iter().map(|made| text(&made["importDefinition"]["definition"]["id"])).collect();
    assert_eq!((ids.len(), api.census().await.0), (1, 1), "{at_once:?}");
    let other = json!({"input": {"text": LIST, "name": "Other", "clientToken": "t-1"}});
    assert_eq!(api.refusal(IMPORT, other).await["extensions"]["code"], "CONFLICT");
    let both = json!({"input": {"text": LIST, "base64": "YQ=="}});
    assert_eq!(api.refusal(IMPORT, both).await["extensions"]["code"], "INVALID");
}

async fn files_of_every_format_are_imported_on_the_command_line(site: Site) {
    let import = async |arguments: &[&str]| site.probity(&[&["import"], arguments].concat()).await;
    let yaml = site.write("list.yaml", LIST).display().to_string();
    let seen = import(&[&yaml, "--preview"]).await;
    assert_eq!(seen.code, Some(0), "{}", seen.err);
    assert!(
        seen.out.contains("list would be new") && seen.out.contains("2 scenarios: canada · vietnam"),
        "{}",
        seen.out
    );
    let ended = import(&[&yaml]).await;
    assert!(ended.out.ends_with("  list  version 1\n"), "{}{}", ended.out, ended.err);
    for format in ["yaml", "json", "markdown", "csv", "jsonl"] {
        let name = format!("list-{format}.txt");
        let exported =
            site.probity(&["export", "--definition", "list", "--format", format, "--out", &name]).await;
        assert_eq!(exported.code, Some(0), "{}", exported.err);
        let again = import(&[&name, "--format", format, "--name", "list", "--preview"]).await;
        // A CSV holds texts: the number of a further key becomes one.
        let expected = if format == "csv" { "would get a new version" } else { "unchanged" };
        assert!(again.out.contains(expected), "{format}: {}{}", again.out, again.err);
    }
    let changed = site.write("other.yaml", LIST.replace("brief", "terse")).display().to_string();
    let changed = import(&[&changed, "--name", "list", "--new-version"]).await;
    assert!(changed.out.ends_with("  list  version 2\n"), "{}{}", changed.out, changed.err);
    let new = import(&[&yaml, "--as-new"]).await;
    assert!(new.out.ends_with("  list (2)  version 1\n"), "{}{}", new.out, new.err);
    let named = import(&[&yaml, "--name", "Mine"]).await;
    assert!(named.out.ends_with("  Mine  version 1\n"), "{}", named.out);
    let both = import(&[&yaml, "--as-new", "--new-version"]).await;
    assert_eq!(both.code, Some(2), "{}", both.err);
}

async fn a_file_that_is_wrong_is_refused_with_line_and_column_and_nothing_is_written(site: Site) {
    let wrong = [
        ("a.yaml", "name: [unclosed\n", "line 1, column 7", "YAML"),
        ("a.json", "{\n  \"name\": }", "line 2, column 11", "JSON"),
        (
            "a.md",
            "---\nname: a\ndecision: free_text\n---\n# Template\n\nx [y]\n",
            "line 7, column 3",
            "`[y]`",
        ),
        ("a.csv", "prompt,x\na\n", "line 2, column 1", "1 cells"),
        ("a.jsonl", "{\"prompt\": \"a\"}\n{\n", "line 2, column 1", "one JSON object per line"),
    ];
    let server = site.serve().await;
    let api = &server.api;
    for (name, file, place, words) in wrong {
        let path = site.write(name, file).display().to_string();
        let ended = site.probity(&["import", &path]).await;
        assert_eq!(ended.code, Some(1), "{}", ended.out);
        assert!(ended.err.contains(place) && ended.err.contains(words), "{place}, {words}: {}", ended.err);
        let seen = site.probity(&["import", "--preview", &path]).await;
        assert_eq!(seen.code, Some(1));
        assert!(seen.out.contains(place), "{}", seen.out);

        let url = format!("/api/import/definition?file_name={name}");
        let (status, refused) = api.send(api.post(&url).body(file)).await;
        let problem = &refused["errors"][0]["extensions"]["problems"][0];
        let found = format!("line {}, column {}", problem["line"], problem["column"]);
        assert_eq!((status, found.as_str()), (400, place), "{refused}");
        let (status, seen) = api.send(api.post(&format!("{url}&preview=true")).body(file)).await;
        assert_eq!((status, &seen["isValid"]), (200, &json!(false)), "{seen}");
        assert_eq!(seen["problems"][0]["line"], problem["line"]);
    }
    for options in ["format=docx", "on_name_taken=perhaps", "decision=maybe", "preview=perhaps", "nmae=x"] {
        let (status, refused) =
            api.send(api.post(&format!("/api/import/definition?{options}")).body(LIST)).await;
        assert_eq!(
            (status, &refused["errors"][0]["extensions"]["code"]),
            (400, &json!("INVALID")),
            "{refused}"
        );
    }
    assert_eq!(api.census().await, (0, 0));
}
