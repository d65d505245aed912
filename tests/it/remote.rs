//! An address that others can reach.

use serde_json::json;

use crate::harness::{Api, Site};

on_both_databases!(an_open_address_needs_a_token);

async fn an_open_address_needs_a_token(site: Site) {
    let binds = ["serve", "--bind", "0.0.0.0:0"];
    let refused = site.probity(&binds).await;
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("probity token create"), "{}", refused.err);

    let made = site.probity(&["token", "create", "notebook", "--role", "viewer"]).await;
    assert_eq!(made.code, Some(0), "{}", made.err);
    let secret = made.out.trim();
    assert!(
        secret.len() >= 32 && !secret.contains(char::is_whitespace),
        "standard output is the secret alone"
    );

    let mut process = site.start("probity", &binds);
    let rest = process.says("Probity is at http://").await;
    let port: String = rest.rsplit(':').next().unwrap().chars().take_while(char::is_ascii_digit).collect();
    let stranger = Api::new(&format!("127.0.0.1:{port}"));
    let body = json!({"query": "{ me { name role } }"});
    for api in [&stranger, &stranger.with_token("nonsense")] {
        let (status, refused) = api.send(api.post("/graphql").json(&body)).await;
        assert_eq!(status, 401, "{refused}");
        assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    }
    assert_eq!(stranger.csv("0198c1d2-3456-7abc-8def-0123456789ab", "").await.status, 401);

    let api = stranger.with_token(secret);
    let me = api.ask("{ me { role } }", json!({})).await;
    assert_eq!(me["me"]["role"], "VIEWER");
    let query =
        "mutation { importDefinition(input: {text: \"name: x\", format: YAML}) { definition { id } } }";
    assert_eq!(api.refusal(query, json!({})).await["extensions"]["code"], "FORBIDDEN");
    drop(process);
}
