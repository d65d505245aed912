//! Keys are sent to the provider they belong to, and are nowhere else.

use sea_orm::{Database, FromQueryResult};
use serde_json::json;
use sim::{Faults, Sim, SimOptions};

use crate::harness::{CAPITALS, Site};

on_both_databases!(a_key_is_in_no_row_log_error_export_or_answer);

const KEYS: [(&str, &str, &str, &str); 4] = [
    ("chat", "openai_chat", "/v1", "probity-key-chat-5f1d0a"),
    ("responses", "openai_responses", "/v1", "probity-key-responses-77b2"),
    ("messages", "anthropic_messages", "/v1", "probity-key-messages-c09e"),
    ("gemini", "google_generate_content", "/v1beta", "probity-key-gemini-41aa"),
];

async fn a_key_is_in_no_row_log_error_export_or_answer(mut site: Site) {
    let mut sims = Vec::new();
    let mut toml = String::new();
    for (id, format, path, key) in KEYS {
        let variable = format!("PROBITY_TEST_KEY_{}", id.to_uppercase());
        site.set(&variable, key);
        let sim =
            Sim::start(SimOptions { required_key: Some(key.into()), ..SimOptions::default() }).await.unwrap();
        let origin = sim.base_url().trim_end_matches("/v1").to_owned();
        toml.push_str(&format!(
            "[providers.{id}]\nwire_format = \"{format}\"\nbase_url = \"{origin}{path}\"\nkey_variable = \"{variable}\"\n"
        ));
        sims.push(sim);
    }
    // The last key is wrong for its provider: the error must not quote it either.
    toml.push_str(&format!(
        "[providers.wrong]\nbase_url = \"{}\"\nkey_variable = \"PROBITY_TEST_KEY_WRONG\"\n",
        sims[0].base_url()
    ));
    site.set("PROBITY_TEST_KEY_WRONG", "probity-key-wrong-0e0e");
    site.set("PROBITY_LOG", "trace");
    site.write("probity.toml", toml);
    for sim in &sims {
        let rules = json!([
            {"kind": "server_error", "rate": 0.2},
            {"kind": "malformed_json", "rate": 0.2},
            {"kind": "truncated_body", "rate": 0.2},
        ]);
        let rules = serde_json::from_value(rules).unwrap();
        sim.set_faults(Faults { rules, rate_limit: None });
    }

    let server = site.serve().await;
    let api = &server.api;
    let definition = api.import(CAPITALS).await;
    let models = [
        "chat/sim-oracle",
        "responses/sim-oracle",
        "messages/sim-oracle",
        "gemini/sim-oracle",
        "wrong/sim-oracle",
    ];
    let run = api.start(&definition, &models, json!({})).await;
    let ended = api.wait(&run, |run| {
        // The model with the wrong key is held, and waits for somebody to decide.
        let ended = |word: &str| run["progress"]["ledger"][word].as_u64().unwrap();
        run["isFinished"] == true || ended("succeeded") + ended("failed") >= 48
    });
    let ended = ended.await;
    assert!(ended["progress"]["ledger"]["succeeded"].as_u64().unwrap() > 30, "{ended}");
    let check = "mutation ($id: String!) { checkProvider(input: {providerId: $id}) { __typename } }";
    for id in ["chat", "wrong"] {
        api.ask(check, json!({"id": id})).await;
    }
    let shown = api
        .all(
            "probes",
            &run,
            "attempts { errorMessage errorBody } transcript { turns { requestBody responseBody } }",
        )
        .await;
    let providers = api.answer("{ providers { id displayName } }", json!({})).await;
    let csv = api.csv(&run, "").await;
    let doctor = site.probity(&["doctor"]).await;
    let checked = site.probity(&["check"]).await;
    let said = server.process.stop_and_read().await;

    let mut places = vec![
        ("GraphQL", json!(shown).to_string()),
        ("providers", providers.to_string()),
        ("CSV", String::from_utf8_lossy(&csv.bytes).into_owned()),
        ("doctor", doctor.out + &doctor.err),
        ("check", checked.out + &checked.err),
        ("log", said),
    ];
    places.extend(database(&site).await);
    for (place, text) in &places {
        assert!(!text.is_empty(), "{place} is empty: the test looks at nothing");
        for key in KEYS.map(|(.., key)| key).into_iter().chain(["probity-key-wrong-0e0e"]) {
            if let Some(at) = text.find(key) {
                let around: String = text[at.saturating_sub(200)..].chars().take(400).collect();
                panic!("{place} holds {key}: {around}");
            }
        }
    }
}

/// Everything that is stored, as text.
async fn database(site: &Site) -> Vec<(&'static str, String)> {
    #[derive(FromQueryResult)]
    struct Name {
        name: String,
    }
    let Some(url) = &site.postgres_url else {
        let mut stored = Vec::new();
        for file in std::fs::read_dir(site.path("data")).unwrap() {
            stored.extend(std::fs::read(file.unwrap().path()).unwrap());
        }
        return vec![("the database's files", String::from_utf8_lossy(&stored).into_owned())];
    };
    let db = Database::connect(url).await.unwrap();
    let statement = |sql: String| sea_orm::Statement::from_string(db.get_database_backend(), sql);
    let tables =
        "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public'";
    let mut stored = String::new();
    for table in Name::find_by_statement(statement(tables.into())).all(&db).await.unwrap() {
        let rows = format!("SELECT row_to_json(t)::text AS name FROM \"{}\" AS t", table.name);
        for row in Name::find_by_statement(statement(rows)).all(&db).await.unwrap() {
            stored.push_str(&row.name);
        }
    }
    // Bytes are shown as hexadecimal digits: what they say counts too.
    let bodies = "SELECT encode(raw_body, 'escape') AS name FROM turns
        UNION ALL SELECT encode(raw_body, 'escape') FROM attempts WHERE raw_body IS NOT NULL";
    for row in Name::find_by_statement(statement(bodies.into())).all(&db).await.unwrap() {
        stored.push_str(&row.name);
    }
    vec![("the database", stored)]
}
