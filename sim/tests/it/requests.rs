//! What each vendor refuses before a model sees it.

use serde_json::{Value, json};
use sim::{Faults, WireFormat};

use crate::{DILEMMA, dialect::Dialect, start};

/// The status and message of a request in which `change` made something wrong.
async fn refused(format: WireFormat, change: impl FnOnce(&mut Value)) -> String {
    let dialect = Dialect(format);
    let sim = start(Faults::none()).await;
    let mut body = dialect.body("sim-balanced", &[DILEMMA], 1);
    change(&mut body);
    let response = dialect.request(&sim, body, false).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 400);
    assert_eq!(sim.log().counts().succeeded, 0);
    let body: Value = response.json().await.unwrap();
    body["error"]["message"].as_str().unwrap().to_owned()
}

fn set(path: &'static str, value: Value) -> impl FnOnce(&mut Value) {
    move |body| {
        let (parent, name) = path.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = value;
    }
}

#[tokio::test]
async fn the_responses_api_refuses_what_belongs_to_chat_completions() {
    for (path, value, told) in [
        ("/seed", json!(1), "seed"),
        ("/stop", json!(["x"]), "stop"),
        ("/max_tokens", json!(100), "max_output_tokens"),
        ("/messages", json!([]), "input"),
        ("/response_format", json!({ "type": "text" }), "text.format"),
        ("/max_output_tokens", json!(5), ">= 16"),
        ("/previous_response_id", json!("resp_1"), "not found"),
        ("/temperature", json!(3), "temperature"),
        ("/input", json!([]), "at least one message"),
        (
            "/input",
            json!([{ "role": "assistant", "content": [{ "type": "input_text", "text": "a" }] }]),
            "output_text",
        ),
        (
            "/input",
            json!([{ "role": "user", "content": [{ "type": "output_text", "text": "a" }] }]),
            "input_text",
        ),
        ("/input", json!([{ "type": "item_reference", "id": "rs_1" }]), "item_reference"),
        ("/text", json!({ "format": { "type": "json_schema", "schema": {} } }), "text.format.name"),
    ] {
        let message = refused(WireFormat::OpenAiResponses, set(path, value)).await;
        assert!(message.contains(told), "{path}: {message}");
    }
}

#[tokio::test]
async fn the_messages_api_refuses_what_it_refuses() {
    let thinking = |budget: u64| json!({ "type": "enabled", "budget_tokens": budget });
    for (path, value, told) in [
        ("/max_tokens", Value::Null, "max_tokens: Field required"),
        ("/max_tokens", json!(0), "greater than or equal to 1"),
        ("/model", Value::Null, "model: Field required"),
        ("/messages", json!([]), "at least one message"),
        ("/messages", json!([{ "role": "system", "content": "a" }]), "top-level `system`"),
        ("/messages", json!([{ "role": "assistant", "content": "a" }]), "first message"),
        ("/messages", json!([{ "role": "user", "content": "" }]), "non-empty content"),
        ("/messages", json!([{ "role": "user", "content": [{ "type": "text", "text": "" }] }]), "non-empty"),
        (
            "/messages",
            json!([{ "role": "user", "content": [{ "type": "input_text", "text": "a" }] }]),
            "input_text",
        ),
        ("/temperature", json!(1.5), "0..1"),
        ("/seed", json!(1), "seed"),
        ("/thinking", thinking(1_000), "1024"),
        ("/thinking", thinking(9_000), "greater than `thinking.budget_tokens`"),
        ("/thinking", json!({ "type": "much" }), "much"),
        ("/output_config", json!({ "format": { "type": "json_schema" } }), "schema"),
    ] {
        let message = refused(WireFormat::Anthropic, set(path, value)).await;
        assert!(message.contains(told), "{path}: {message}");
    }
    let both = |body: &mut Value| {
        body["thinking"] = thinking(2_000);
        body["temperature"] = json!(0.5);
    };
    assert!(refused(WireFormat::Anthropic, both).await.contains("temperature"));
}

#[tokio::test]
async fn the_messages_api_wants_its_version() {
    let sim = start(Faults::none()).await;
    let body = Dialect(WireFormat::Anthropic).body("sim-balanced", &[DILEMMA], 1);
    let url = format!("{}/messages", sim.base_url());
    let request = crate::CLIENT.with(reqwest::Client::clone).post(url).json(&body);
    let response = request.send().await.unwrap();
    let id = response.headers()["request-id"].to_str().unwrap().to_owned();
    let error: Value = response.json().await.unwrap();
    assert!(error["error"]["message"].as_str().unwrap().contains("anthropic-version"), "{error}");
    assert_eq!(error["request_id"], id);
}

#[tokio::test]
async fn turns_of_one_role_in_a_row_are_one_turn_to_the_messages_api() {
    let sim = start(Faults::none()).await;
    let dialect = Dialect(WireFormat::Anthropic);
    let ask = async |messages: Value| {
        let mut body = dialect.body("sim-balanced", &[DILEMMA], 1);
        body["messages"] = messages;
        dialect.request(&sim, body, false).send().await.unwrap().status().as_u16()
    };
    let (one, two) = DILEMMA.split_at(40);
    assert_eq!(ask(json!([{ "role": "user", "content": DILEMMA }])).await, 200);
    let split = json!([{ "role": "user", "content": one }, { "role": "user", "content": two }]);
    assert_eq!(ask(split).await, 200);
    assert_eq!(sim.log().counts().bodies, 1);
}

#[tokio::test]
async fn google_refuses_what_it_refuses() {
    let config = "/generationConfig/temperature";
    for (path, value, told) in [
        ("/contents", json!([]), "contents is not specified"),
        ("/contents", json!([{ "role": "assistant", "parts": [{ "text": "a" }] }]), "valid role"),
        ("/contents", json!([{ "role": "user", "parts": [] }]), "parts must not be empty"),
        ("/messages", json!([]), "Unknown name \"messages\""),
        (config, json!(3), "temperature"),
        ("/generationConfig/maxOutputTokens", json!(0), "max_output_tokens"),
        ("/generationConfig/responseSchema", json!({ "type": "OBJECT" }), "mime type"),
        ("/generationConfig/candidateCount", json!(2), "candidates"),
    ] {
        let message = refused(WireFormat::Google, set(path, value)).await;
        assert!(message.contains(told), "{path}: {message}");
    }
}

#[tokio::test]
async fn an_answer_ends_before_a_stop_sequence() {
    let sim = start(Faults::none()).await;
    for (format, path) in [
        (WireFormat::OpenAiChat, "/stop"),
        (WireFormat::Anthropic, "/stop_sequences"),
        (WireFormat::Google, "/generationConfig/stopSequences"),
    ] {
        let dialect = Dialect(format);
        let mut body = dialect.body("sim-steadfast", &[DILEMMA], 1);
        set(path, json!(["ecision"]))(&mut body);
        let answer: Value = dialect.request(&sim, body, false).send().await.unwrap().json().await.unwrap();
        let text = dialect.text(&answer);
        assert!(!text.is_empty() && !text.contains("ecision"), "{answer}");
        if format == WireFormat::Anthropic {
            assert_eq!(
                (&answer["stop_reason"], &answer["stop_sequence"]),
                (&json!("stop_sequence"), &json!("ecision"))
            );
        }
    }
}

#[tokio::test]
async fn a_cap_on_tokens_counts_thoughts_too() {
    let sim = start(Faults::none()).await;
    for (format, path) in [
        (WireFormat::OpenAiChat, "/max_completion_tokens"),
        (WireFormat::OpenAiResponses, "/max_output_tokens"),
        (WireFormat::Google, "/generationConfig/maxOutputTokens"),
    ] {
        let dialect = Dialect(format);
        let mut body = dialect.body("sim-utilitarian", &[DILEMMA], 1);
        set(path, json!(16))(&mut body);
        let answer: Value = dialect.request(&sim, body, false).send().await.unwrap().json().await.unwrap();
        let spent = ["/usage/completion_tokens", "/usage/output_tokens", "/usageMetadata/thoughtsTokenCount"]
            .iter()
            .find_map(|path| answer.pointer(path)?.as_u64());
        assert!(spent.unwrap() <= 16, "{answer}");
        assert!(["length", "max_output_tokens", "MAX_TOKENS"].contains(&dialect.finish(&answer).as_str()));
    }
}
