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
        model: "gemini-x".to_owned(),
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
    let encoded = encode(request, &quirks.of_model("gemini-x")).unwrap();
    (serde_json::from_str(&encoded.body).unwrap(), encoded.omitted)
}

/// What goes back for an answer in the next turn.
fn returned(text: &str, body: &str) -> Value {
    let answer = Message::assistant(text, Some(body.to_owned().into()));
    let messages = vec![Message::user("a"), answer, Message::user("c")];
    let (body, _) = encoded(&ProviderRequest { messages, ..request() }, &Quirks::default());
    assert_eq!(body["contents"][1]["role"], "model");
    body["contents"][1]["parts"].clone()
}

#[test]
fn the_smallest_request_is_the_conversation_alone() {
    let (body, omitted) = encoded(&request(), &Quirks::default());
    assert_eq!(body, json!({"contents": [{"role": "user", "parts": [{"text": "hello"}]}]}));
    assert!(omitted.is_empty());
}

#[test]
fn everything_that_can_be_asked_for_has_its_place() {
    let schema = AnswerSchema { name: "n".into(), schema: json!({"type": "object"}) };
    let asked = ProviderRequest {
        system: Some("be brief".to_owned()),
        temperature: Some(0.5),
        top_p: Some(0.9),
        max_output_tokens: Some(9),
        seed: Some(-7),
        stop: vec!["END".to_owned()],
        reasoning_effort: Some(ReasoningEffort::Low),
        answer_schema: Some(Arc::new(schema)),
        ..request()
    };
    let further = json!({"generationConfig": {"topK": 40}, "labels": {"a": "b"}});
    let quirks = Quirks { body: further.as_object().unwrap().clone(), ..Quirks::default() };
    let (body, omitted) = encoded(&asked, &quirks);
    assert_eq!(body["systemInstruction"], json!({"parts": [{"text": "be brief"}]}));
    let settings = json!({
        "temperature": 0.5,
        "topP": 0.9,
        "topK": 40,
        "maxOutputTokens": 9,
        "seed": -7,
        "stopSequences": ["END"],
        "responseMimeType": "application/json",
        "responseJsonSchema": {"type": "object"},
        "thinkingConfig": {"includeThoughts": true, "thinkingLevel": "low"},
    });
    assert_eq!((&body["generationConfig"], &body["labels"]), (&settings, &json!({"a": "b"})));
    assert!(omitted.is_empty());
}

#[test]
fn what_is_not_taken_is_left_out_and_named() {
    let asked = ProviderRequest {
        system: Some("be brief".to_owned()),
        temperature: Some(0.5),
        seed: Some(i64::from(i32::MAX) + 1),
        ..request()
    };
    let quirks =
        Quirks { refuses: vec![Parameter::Temperature], system_role: SystemRole::User, ..Quirks::default() };
    let (body, mut omitted) = encoded(&asked, &quirks);
    omitted.sort_by_key(|parameter| parameter.as_str());
    assert_eq!(omitted, [Parameter::Seed, Parameter::System, Parameter::Temperature]);
    let parts = json!([{"text": "be brief"}, {"text": "hello"}]);
    assert_eq!(body, json!({"contents": [{"role": "user", "parts": parts}]}));
}

#[test]
fn an_effort_is_said_in_levels_or_in_tokens() {
    let thinking = |effort, effort_field| {
        let asked = ProviderRequest { reasoning_effort: Some(effort), ..request() };
        encoded(&asked, &Quirks { effort_field, ..Quirks::default() }).0["generationConfig"]["thinkingConfig"]
            .clone()
    };
    for (effort, level, budget) in [
        (ReasoningEffort::Minimal, "minimal", 512),
        (ReasoningEffort::Low, "low", 1_024),
        (ReasoningEffort::Medium, "medium", 8_192),
        (ReasoningEffort::High, "high", 24_576),
    ] {
        let said = json!({"includeThoughts": true, "thinkingLevel": level});
        assert_eq!(thinking(effort, EffortField::Word), said);
        let counted = json!({"includeThoughts": true, "thinkingBudget": budget});
        assert_eq!(thinking(effort, EffortField::Budget), counted);
    }
    assert_eq!(thinking(ReasoningEffort::None, EffortField::Word)["thinkingLevel"], "minimal");
    assert_eq!(thinking(ReasoningEffort::None, EffortField::Budget), json!({"thinkingBudget": 0}));
}

#[test]
fn turns_alternate_whoever_speaks_and_an_empty_answer_is_no_turn() {
    let messages = vec![
        Message::user("a"),
        Message::user("b"),
        Message::assistant("", None),
        Message::user("c"),
        Message::assistant("d", None),
        Message::user("e"),
    ];
    let (body, _) = encoded(&ProviderRequest { messages, ..request() }, &Quirks::default());
    let expected = json!([
        {"role": "user", "parts": [{"text": "a"}, {"text": "b"}, {"text": "c"}]},
        {"role": "model", "parts": [{"text": "d"}]},
        {"role": "user", "parts": [{"text": "e"}]},
    ]);
    assert_eq!(body["contents"], expected);
}

#[test]
fn signatures_go_back_with_the_parts_they_came_with() {
    let parts = r#"[{"text":"hm","thought":true},{"text":"signed thought","thought":true,"thoughtSignature":"t"},
        {"text":"b"},{"executableCode":{}},{"text":"","thoughtSignature":"sig"}]"#;
    let content = format!(r#"{{"content":{{"parts":{parts}}}}}"#);
    let whole = format!(r#"{{"candidates":[{content}]}}"#).replace('\n', "");
    let expected = json!([
        {"text": "signed thought", "thought": true, "thoughtSignature": "t"},
        {"text": "b"},
        {"text": "", "thoughtSignature": "sig"},
    ]);
    for body in [whole.clone(), format!("data: {whole}\r\n\r\n"), format!("[{whole}]")] {
        assert_eq!(returned("b", &body), expected, "{body}");
    }
    assert_eq!(returned("edited", &whole), json!([{"text": "edited"}]));
    for body in [r#"{"candidates":[{"content":{"parts":[{"text":"b"}]}}]}"#, "{}", "<html>", ""] {
        assert_eq!(returned("b", body), json!([{"text": "b"}]), "{body}");
    }
}
