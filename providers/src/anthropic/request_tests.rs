//! What is written for a request, wish by wish.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::request::encode;
use crate::{
    AnswerSchema, EffortField, Message, Parameter, ProviderRequest, Quirks, ReasoningEffort, SystemRole,
    Timeouts,
};

fn request() -> ProviderRequest {
    ProviderRequest {
        model: "claude-x".to_owned(),
        system: None,
        messages: vec![Message::user("hello")],
        temperature: None,
        top_p: None,
        max_output_tokens: None,
        seed: None,
        stop: vec![],
        reasoning_effort: None,
        answer_schema: None,
        refuses: Vec::new(),
        timeouts: Timeouts { first_byte: Duration::from_secs(1), total: Duration::from_secs(1) },
    }
}

fn encoded(request: &ProviderRequest, quirks: &Quirks) -> (Value, Vec<Parameter>) {
    let encoded = encode(request, &quirks.of_model("claude-x"), quirks.stream).unwrap();
    (serde_json::from_str(&encoded.body).unwrap(), encoded.omitted)
}

fn thinking(effort: ReasoningEffort, effort_field: EffortField, max: Option<u32>) -> (Value, Vec<Parameter>) {
    let asked = ProviderRequest { reasoning_effort: Some(effort), max_output_tokens: max, ..request() };
    encoded(&asked, &Quirks { effort_field, ..Quirks::default() })
}

fn conversation(answer: Message, quirks: &Quirks) -> Value {
    let messages = vec![Message::user("a"), answer, Message::user("c")];
    encoded(&ProviderRequest { messages, ..request() }, quirks).0["messages"].clone()
}

#[test]
fn the_smallest_request_has_a_limit_of_tokens_and_nothing_that_was_not_asked_for() {
    let (body, omitted) = encoded(&request(), &Quirks::default());
    let messages = json!([{"role": "user", "content": "hello"}]);
    assert_eq!(body, json!({"model": "claude-x", "max_tokens": 8192, "messages": messages}));
    assert!(omitted.is_empty());
}

#[test]
fn everything_that_can_be_asked_for_has_its_place() {
    let schema = AnswerSchema { name: "n".into(), schema: json!({"type": "object"}) };
    let asked = ProviderRequest {
        system: Some("be brief".to_owned()),
        temperature: Some(0.5),
        max_output_tokens: Some(9),
        stop: vec!["END".to_owned()],
        answer_schema: Some(Arc::new(schema)),
        ..request()
    };
    let further =
        json!({"metadata": {"user_id": "u"}, "output_config": {"x": 1}}).as_object().unwrap().clone();
    let (body, omitted) = encoded(&asked, &Quirks { stream: true, body: further, ..Quirks::default() });
    assert_eq!((&body["system"], &body["temperature"]), (&json!("be brief"), &json!(0.5)));
    assert_eq!((&body["max_tokens"], &body["stop_sequences"]), (&json!(9), &json!(["END"])));
    let format = json!({"type": "json_schema", "schema": {"type": "object"}});
    assert_eq!(body["output_config"], json!({"format": format, "x": 1}));
    assert_eq!((&body["stream"], &body["metadata"]), (&json!(true), &json!({"user_id": "u"})));
    assert!(omitted.is_empty());
}

#[test]
fn what_is_not_taken_is_left_out_and_named() {
    let asked = ProviderRequest {
        system: Some("be brief".to_owned()),
        temperature: Some(1.5),
        top_p: Some(0.5),
        seed: Some(1),
        stop: vec!["END".to_owned()],
        ..request()
    };
    let quirks =
        Quirks { refuses: vec![Parameter::Stop], system_role: SystemRole::User, ..Quirks::default() };
    let (body, omitted) = encoded(&asked, &quirks);
    assert_eq!(omitted, [Parameter::Temperature, Parameter::Stop, Parameter::Seed, Parameter::System]);
    assert_eq!(body["messages"][0], json!({"role": "user", "content": "be brief"}));
    let mut names: Vec<&String> = body.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["max_tokens", "messages", "model", "top_p"]);
}

#[test]
fn of_temperature_and_top_p_only_the_temperature_is_sent() {
    let asked = ProviderRequest { temperature: Some(0.0), top_p: Some(0.9), ..request() };
    let (body, omitted) = encoded(&asked, &Quirks::default());
    assert_eq!((&body["temperature"], body.get("top_p")), (&json!(0.0), None));
    assert_eq!(omitted, [Parameter::TopP]);
}

#[test]
fn an_effort_in_words_lets_the_model_decide_how_much_it_thinks() {
    for (effort, word) in [
        (ReasoningEffort::Minimal, "low"),
        (ReasoningEffort::Low, "low"),
        (ReasoningEffort::Medium, "medium"),
        (ReasoningEffort::High, "high"),
    ] {
        let (body, omitted) = thinking(effort, EffortField::Word, None);
        assert_eq!(body["thinking"]["type"], "adaptive");
        assert_eq!((&body["output_config"], omitted.len()), (&json!({"effort": word}), 0));
        assert_eq!(body["max_tokens"], 32_768);
    }
    for field in [EffortField::Word, EffortField::Budget] {
        let (body, _) = thinking(ReasoningEffort::None, field, None);
        assert_eq!((&body["thinking"], body.get("output_config")), (&json!({"type": "disabled"}), None));
    }
}

#[test]
fn an_effort_in_tokens_stays_below_the_limit_of_the_answer() {
    for (effort, max, budget, max_sent) in [
        (ReasoningEffort::Minimal, None, 1_024, 9_216),
        (ReasoningEffort::Low, None, 2_048, 10_240),
        (ReasoningEffort::Medium, Some(20_000), 8_192, 20_000),
        (ReasoningEffort::High, None, 16_384, 24_576),
        (ReasoningEffort::High, Some(4_000), 3_000, 4_000),
        (ReasoningEffort::High, Some(1_025), 1_024, 1_025),
    ] {
        let (body, omitted) = thinking(effort, EffortField::Budget, max);
        assert_eq!(
            body["thinking"],
            json!({"type": "enabled", "budget_tokens": budget}),
            "{effort:?} {max:?}"
        );
        assert_eq!((&body["max_tokens"], omitted.len()), (&json!(max_sent), 0));
    }
    let (body, omitted) = thinking(ReasoningEffort::High, EffortField::Budget, Some(1_024));
    assert_eq!((body.get("thinking"), &body["max_tokens"]), (None, &json!(1_024)));
    assert_eq!(omitted, [Parameter::ReasoningEffort]);
}

#[test]
fn a_thinking_model_takes_no_other_sampling_than_its_own() {
    let sampled = |temperature, top_p| {
        let effort = Some(ReasoningEffort::Low);
        let asked = ProviderRequest { reasoning_effort: effort, temperature, top_p, ..request() };
        encoded(&asked, &Quirks::default()).1
    };
    assert_eq!(sampled(Some(0.5), Some(0.5)), [Parameter::Temperature, Parameter::TopP]);
    assert_eq!(sampled(Some(0.5), Some(0.95)), [Parameter::Temperature]);
    assert_eq!(sampled(Some(1.0), None), []);
}

const THOUGHTFUL: &str = r#"{"content":[{"type":"thinking","thinking":"","signature":"sig"},
    {"type":"redacted_thinking","data":"x"},{"type":"text","text":"b"},{"type":"text","text":"\n"},
    {"type":"thinking","thinking":"broken off"},{"type":"tool_use","id":"t"}]}"#;

#[test]
fn thoughts_go_back_with_the_text_they_belong_to() {
    let answer = Message::assistant("b\n", Some(THOUGHTFUL.into()));
    let blocks = json!([
        {"type": "thinking", "thinking": "", "signature": "sig"},
        {"type": "redacted_thinking", "data": "x"},
        {"type": "text", "text": "b"},
    ]);
    let messages = conversation(answer, &Quirks::default());
    assert_eq!(messages[1], json!({"role": "assistant", "content": blocks}));
}

#[test]
fn thoughts_of_a_streamed_answer_go_back_too() {
    let stream = [
        r#"{"type":"message_start","message":{"content":[]}}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig"}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"b"}}"#,
    ];
    let body: String = stream.iter().map(|event| format!("data: {event}\n\n")).collect();
    let messages = conversation(Message::assistant("b", Some(body.into())), &Quirks::default());
    let blocks = json!([
        {"type": "thinking", "thinking": "hm", "signature": "sig"},
        {"type": "text", "text": "b"},
    ]);
    assert_eq!(messages[1]["content"], blocks);
}

#[test]
fn text_alone_goes_back_where_thoughts_are_not_wanted_or_not_there() {
    let off = json!({"thinking": {"type": "disabled"}}).as_object().unwrap().clone();
    let disabled = Quirks { body: off, ..Quirks::default() };
    let plain = r#"{"content":[{"type":"text","text":"b"}]}"#;
    for (text, body, quirks) in [
        ("b\n", THOUGHTFUL, &disabled),
        ("edited", THOUGHTFUL, &Quirks::default()),
        ("b", plain, &Quirks::default()),
        ("b", "<html>", &Quirks::default()),
    ] {
        let messages = conversation(Message::assistant(text, Some(body.into())), quirks);
        assert_eq!(messages[1], json!({"role": "assistant", "content": text}), "{body}");
    }
}

#[test]
fn an_empty_answer_is_left_out_for_no_text_may_be_blank() {
    for text in ["", " \n"] {
        let messages = conversation(Message::assistant(text, None), &Quirks::default());
        assert_eq!(messages, json!([{"role": "user", "content": "a"}, {"role": "user", "content": "c"}]));
    }
}
