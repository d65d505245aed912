//! SIGKILL of the API while a client waits: it sends the same token again, and there is one effect.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Api, CREATE_RUN, RESCUE, Site, assert_complete, run_input, text};

on_both_databases!(
    a_server_killed_while_it_makes_a_run_makes_one_run,
    a_server_killed_during_a_command_obeys_once,
    a_server_killed_during_a_download_is_heard_and_asked_again
);

/// When the server is killed, counted from the request: before, during and after its work.
const MOMENTS_MS: [u64; 8] = [0, 1, 3, 6, 12, 25, 50, 100];

const SERVE: [&str; 4] = ["serve", "--bind", "127.0.0.1:0", "--no-worker"];

/// Sends a request to a server that is killed meanwhile, and again to its successor. There is no
/// event to wait for in between: the moments are what is tried.
async fn kill_and_ask_again(site: &Site, query: &str, variables: &Value, moment_ms: u64) -> (Api, Value) {
    let server = site.server("probity", &SERVE).await;
    let body = json!({"query": query, "variables": variables});
    let asked = tokio::spawn(server.api.post("/graphql").json(&body).send());
    tokio::time::sleep(Duration::from_millis(moment_ms)).await;
    server.process.kill().await;
    // Whether it was answered or cut off: the client cannot know what became of it.
    drop(asked.await);
    let server = site.server("probity", &SERVE).await;
    let answer = server.api.ask(query, variables.clone()).await;
    server.process.terminate().await;
    (server.api, answer)
}

async fn a_server_killed_while_it_makes_a_run_makes_one_run(mut site: Site) {
    site.set("PROBITY_INLINE_FAN_OUT_MAX", "500");
    let server = site.server("probity", &SERVE).await;
    let definition = server.api.import(RESCUE).await;
    server.process.terminate().await;
    let mut last = String::new();
    for (round, moment) in MOMENTS_MS.into_iter().enumerate() {
        // Fewer probes than are queued within the request, and more.
        let samples = if round % 2 == 0 { 4 } else { 5 };
        let rest = json!({
            "clientToken": format!("round {round}"), "samplesPerScenario": samples, "allowDuplicate": true,
        });
        let input = run_input(&definition, &["sim-oracle"], rest);
        let (_, made) = kill_and_ask_again(&site, CREATE_RUN, &input, moment).await;
        last = text(&made["createRun"]["run"]["id"]);
    }
    let server = site.serve().await;
    assert_eq!(server.api.census().await, (1, MOMENTS_MS.len() as u64));
    assert_complete(&site, &server.api, &last, 125 * 5).await;
}

async fn a_server_killed_during_a_command_obeys_once(site: Site) {
    let server = site.server("probity", &SERVE).await;
    let definition = server.api.import(RESCUE).await;
    let run = server.api.start(&definition, &["sim-oracle"], json!({})).await;
    server.process.terminate().await;
    let mut expected = vec![];
    for (round, moment) in MOMENTS_MS.into_iter().enumerate() {
        let command = if round % 2 == 0 { "pauseRun" } else { "resumeRun" };
        let query = format!(
            "mutation ($id: ID!, $token: String) {{ {command}(input: {{id: $id, clientToken: $token}}) {{
                run {{ status }} }} }}"
        );
        let variables = json!({"id": run, "token": format!("round {round}")});
        let (_, obeyed) = kill_and_ask_again(&site, &query, &variables, moment).await;
        let status = if round % 2 == 0 { "PAUSED" } else { "PENDING" };
        assert_eq!(obeyed[command]["run"]["status"], status);
        expected.push(if round % 2 == 0 { "run.paused" } else { "run.resumed" });
    }
    let server = site.serve().await;
    assert_complete(&site, &server.api, &run, 125).await;
    let events = server.api.all("events", &run, "kind").await;
    let kinds: Vec<String> = events.iter().map(|event| text(&event["kind"])).collect();
    let commands: Vec<&String> =
        kinds.iter().filter(|kind| ["run.paused", "run.resumed"].contains(&kind.as_str())).collect();
    assert_eq!(commands, expected, "each command had one effect");
}

async fn a_server_killed_during_a_download_is_heard_and_asked_again(site: Site) {
    let server = site.serve().await;
    let definition = server.api.import(RESCUE).await;
    let run = server.api.start(&definition, &["sim-oracle"], json!({"samplesPerScenario": 16})).await;
    assert_complete(&site, &server.api, &run, 2_000).await;
    let whole = server.api.csv(&run, "").await;
    let url = format!("{}/api/export/run/{run}/csv", server.api.base);
    let mut response = server.api.http.get(url).send().await.unwrap();
    let mut bytes = response.chunk().await.unwrap().unwrap().to_vec();
    server.process.kill().await;
    let end = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            end => break end,
        }
    };
    // A file that ends without an error is whole.
    assert!(end.is_err() || bytes == whole.bytes, "{} bytes of {}", bytes.len(), whole.bytes.len());
    let server = site.serve().await;
    assert_eq!(server.api.csv(&run, "").await.bytes, whole.bytes);
}
