//! Thoughts, which every vendor keeps apart from the text in its own way.

use serde_json::{Value, json};
use sim::{Faults, WireFormat};

use crate::{DILEMMA, dialect::Dialect, start};

async fn whole(dialect: Dialect, body: Value) -> Value {
    let sim = start(Faults::none()).await;
    dialect.request(&sim, body, false).send().await.unwrap().json().await.unwrap()
}

async fn events(dialect: Dialect, body: Value) -> Vec<Value> {
    dialect.events(&start(Faults::none()).await, body).await
}

fn joined(events: &[Value], kind: &str, field: &str) -> String {
    let of_kind = events.iter().filter(|event| event["type"] == kind);
    of_kind.filter_map(|event| event.pointer(field)?.as_str()).collect()
}

#[tokio::test]
async fn anthropic_sends_signed_thoughts_where_they_are_asked_for() {
    let dialect = Dialect(WireFormat::Anthropic);
    let plain = dialect.body("sim-utilitarian", &[DILEMMA], 1);
    assert_eq!(whole(dialect, plain.clone()).await["content"][0]["type"], "text");
    let mut body = plain;
    body["thinking"] = json!({ "type": "enabled", "budget_tokens": 2_000 });
    let answer = whole(dialect, body.clone()).await;
    let thought = &answer["content"][0];
    assert_eq!((&thought["type"], &answer["content"][1]["type"]), (&json!("thinking"), &json!("text")));
    let events = events(dialect, body.clone()).await;
    let kind = "content_block_delta";
    assert_eq!(joined(&events, kind, "/delta/thinking"), thought["thinking"]);
    assert_eq!(joined(&events, kind, "/delta/signature"), thought["signature"]);

    // Sent back as they came they are taken, changed they are refused.
    let sim = start(Faults::none()).await;
    for (is_forged, status) in [(false, 200), (true, 400)] {
        let mut content = answer["content"].clone();
        if is_forged {
            content[0]["thinking"] = json!("I never thought so.");
        }
        body["messages"] = json!([
            { "role": "user", "content": DILEMMA },
            { "role": "assistant", "content": content },
            { "role": "user", "content": "Sure?" },
        ]);
        let response = dialect.request(&sim, body.clone(), false).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status);
    }
    body["thinking"] = json!({ "type": "adaptive", "display": "omitted" });
    body["messages"] = json!([{ "role": "user", "content": DILEMMA }]);
    let hidden = whole(dialect, body).await;
    assert_eq!(hidden["content"][0]["thinking"], "");
    assert!(!hidden["content"][0]["signature"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn responses_number_their_events_and_sum_thoughts_up_where_that_is_asked_for() {
    let dialect = Dialect(WireFormat::OpenAiResponses);
    let mut body = dialect.body("sim-utilitarian", &[DILEMMA], 1);
    let silent = whole(dialect, body.clone()).await;
    assert_eq!(
        (&silent["output"][0]["type"], &silent["output"][0]["summary"]),
        (&json!("reasoning"), &json!([]))
    );
    body["reasoning"] = json!({ "effort": "low", "summary": "auto" });
    let answer = whole(dialect, body.clone()).await;
    let summary = answer["output"][0]["summary"][0]["text"].clone();
    let events = events(dialect, body.clone()).await;
    let numbers: Vec<u64> = events.iter().filter_map(|event| event["sequence_number"].as_u64()).collect();
    assert_eq!(numbers, (0..events.len() as u64).collect::<Vec<_>>());
    assert_eq!(joined(&events, "response.reasoning_summary_text.delta", "/delta"), summary);
    // Two servers of one seed give the same ids too.
    assert_eq!(events.last().unwrap()["response"]["output"], answer["output"]);
    assert_eq!(answer["reasoning"]["effort"], "low");
    body["reasoning"] = json!({ "effort": "none" });
    assert_eq!(whole(dialect, body).await["output"][0]["type"], "message");
}

#[tokio::test]
async fn google_bills_thoughts_and_shows_them_where_that_is_asked_for() {
    let dialect = Dialect(WireFormat::Google);
    let mut body = dialect.body("sim-utilitarian", &[DILEMMA], 1);
    let hidden = whole(dialect, body.clone()).await;
    assert_eq!(hidden["candidates"][0]["content"]["parts"].as_array().unwrap().len(), 1);
    let billed = hidden["usageMetadata"]["thoughtsTokenCount"].as_u64().unwrap();
    body["generationConfig"]["thinkingConfig"] = json!({ "includeThoughts": true });
    let shown = whole(dialect, body.clone()).await;
    assert_eq!(shown["candidates"][0]["content"]["parts"][0]["thought"], true);
    assert_eq!(shown["usageMetadata"]["thoughtsTokenCount"], billed);
    let total = &shown["usageMetadata"];
    let sum = ["promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount"]
        .iter()
        .map(|name| total[name].as_u64().unwrap())
        .sum::<u64>();
    assert_eq!(total["totalTokenCount"], sum);
    body["generationConfig"]["thinkingConfig"] = json!({ "thinkingBudget": 0 });
    let off = whole(dialect, body).await;
    assert_eq!(off["usageMetadata"].get("thoughtsTokenCount"), None);
}
