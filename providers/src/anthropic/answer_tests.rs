//! What is read from the body of an answer, shape by shape.

use proptest::prelude::*;

use super::{answer::read, error, stream::Events};
use crate::{ErrorCategory, Finish, Usage, sse, wire::Answer, wire::Assembly};

fn answer(content: &str, rest: &str) -> Answer {
    let body = format!(
        r#"{{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":{content}{rest}}}"#
    );
    read(&body).unwrap()
}

fn usage(json: &str) -> Usage {
    answer("[]", &format!(r#","usage":{json}"#)).usage
}

#[test]
fn the_texts_of_an_answer_are_joined_and_kept_as_they_came() {
    let content = r#"[{"type":"text","text":" a\n"},{"type":"server_tool_use","id":"s","name":"web_search"},
        {"type":"web_search_tool_result","content":[{"type":"text","text":"no"}]},
        {"type":"text","text":"b ","citations":[{"cited_text":"no"}]},{"type":"compaction","content":null}]"#;
    let answer = answer(content, r#","stop_reason":"end_turn""#);
    assert_eq!((answer.text.as_str(), answer.reasoning, answer.finish), (" a\nb ", None, Finish::Stop));
    assert_eq!(
        (answer.model_version.as_deref(), answer.request_id.as_deref()),
        (Some("claude-x"), Some("msg_1"))
    );
}

#[test]
fn reasoning_is_kept_apart_and_what_is_not_disclosed_is_none() {
    let thought = r#"{"type":"thinking","thinking":"r","signature":"s"}"#;
    let text = r#"{"type":"text","text":"a"}"#;
    let redacted = r#"{"type":"redacted_thinking","data":"x"}"#;
    let hidden = r#"{"type":"thinking","thinking":"","signature":"s"}"#;
    for (content, reasoning) in [
        (format!("[{thought},{text}]"), Some("r")),
        (format!("[{thought},{redacted},{text},{thought}]"), Some("r\n\nr")),
        (format!("[{hidden},{text}]"), None),
        (format!("[{redacted},{text}]"), None),
    ] {
        let answer = answer(&content, "");
        assert_eq!((answer.text.as_str(), answer.reasoning.as_deref()), ("a", reasoning), "{content}");
    }
}

#[test]
fn every_stop_reason_is_mapped_and_kept() {
    for (raw, finish) in [
        ("end_turn", Finish::Stop),
        ("stop_sequence", Finish::Stop),
        ("max_tokens", Finish::Length),
        ("model_context_window_exceeded", Finish::Length),
        ("refusal", Finish::Refusal),
        ("content_filtered", Finish::ContentFilter),
        ("tool_use", Finish::Other),
        ("pause_turn", Finish::Other),
        ("compaction", Finish::Other),
        ("something_new", Finish::Other),
    ] {
        let answer = answer("[]", &format!(r#","stop_reason":"{raw}""#));
        assert_eq!((answer.finish, answer.finish_raw.as_deref()), (finish, Some(raw)));
    }
    let unsaid = answer("[]", r#","stop_reason":null"#);
    assert_eq!((unsaid.finish, unsaid.finish_raw), (Finish::Other, None));
}

#[test]
fn a_refusal_without_content_is_an_empty_answer() {
    for content in ["[]", "null", "\"\"", "{}", "[null,7,[]]"] {
        let rest = r#","stop_reason":"refusal","stop_details":{"type":"refusal","category":"bio"}"#;
        let answer = answer(content, rest);
        assert_eq!((answer.text.as_str(), answer.finish), ("", Finish::Refusal), "{content}");
    }
}

#[test]
fn cached_tokens_are_counted_into_the_input() {
    let all = r#"{"input_tokens":10,"cache_read_input_tokens":200,"cache_creation_input_tokens":3000.0,
        "output_tokens":5,"output_tokens_details":{"thinking_tokens":4},"server_tool_use":{"web_search_requests":9}}"#;
    let expected = Usage {
        input: Some(3210),
        cached_input: Some(200),
        cache_write: Some(3000),
        output: Some(5),
        reasoning: Some(4),
    };
    assert_eq!(usage(all), expected);
    let nulls = r#"{"input_tokens":10,"cache_read_input_tokens":null,"output_tokens":5,"iterations":null}"#;
    assert_eq!(usage(nulls), Usage { input: Some(10), output: Some(5), ..Usage::default() });
    let by_lifetime = r#"{"input_tokens":1,"cache_creation":{"ephemeral_5m_input_tokens":2,"ephemeral_1h_input_tokens":4}}"#;
    assert_eq!(usage(by_lifetime), Usage { input: Some(7), cache_write: Some(6), ..Usage::default() });
    for nothing in ["null", "{}", "7", r#"{"input_tokens":"ten"}"#, r#"{"input_tokens":-1}"#] {
        assert_eq!(usage(nothing), Usage::default(), "{nothing}");
    }
}

#[test]
fn a_compaction_is_billed_on_top_and_other_iterations_are_repetitions() {
    let json = r#"{"input_tokens":1,"output_tokens":2,"cache_read_input_tokens":4,"iterations":[
        {"type":"compaction","input_tokens":10,"output_tokens":20,"cache_read_input_tokens":40,"cache_creation_input_tokens":80},
        {"type":"message","input_tokens":1,"output_tokens":2,"cache_read_input_tokens":4},
        {"type":"advisor_message","model":"other","input_tokens":900,"output_tokens":900}]}"#;
    let expected = Usage {
        input: Some(5 + 130),
        cached_input: Some(44),
        cache_write: Some(80),
        output: Some(22),
        reasoning: None,
    };
    assert_eq!(usage(json), expected);
}

#[test]
fn the_model_that_stepped_in_is_the_one_that_answered() {
    let block = r#"[{"type":"fallback","from":{"model":"claude-x"},"to":{"model":"claude-y"}},{"type":"text","text":"a"}]"#;
    assert_eq!(answer(block, "").model_version.as_deref(), Some("claude-y"));
    let rest =
        r#","usage":{"iterations":[{"type":"message"},{"type":"fallback_message","model":"claude-z"}]}"#;
    assert_eq!(answer("[]", rest).model_version.as_deref(), Some("claude-z"));
}

#[test]
fn an_error_with_status_200_is_an_error_and_no_empty_answer() {
    let body =
        r#"{"type":"error","error":{"type":"rate_limit_error","message":"slow down"},"request_id":"r"}"#;
    let fault = read(body).unwrap_err();
    assert_eq!((fault.category, fault.message.as_str()), (ErrorCategory::RateLimited, "slow down"));
    assert_eq!(read(r#"{"error":{"type":"api_error"}}"#).unwrap_err().category, ErrorCategory::Server);
}

#[test]
fn what_is_no_message_is_malformed() {
    for body in ["", "[]", "null", "\"text\"", "{}", r#"{"id":"x"}"#, "<html>", "{\"content\":[{"] {
        assert_eq!(read(body).unwrap_err().category, ErrorCategory::Malformed, "{body}");
    }
}

#[test]
fn deep_nesting_costs_only_what_is_nested() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let content = format!(r#"[{{"type":"mcp_tool_result","content":{deep}}},{{"type":"text","text":"a"}}]"#);
    assert_eq!(answer(&content, "").text, "a");
}

/// JSON of the wire format's own words in places where they do not belong.
fn json() -> impl Strategy<Value = String> {
    let names = "content|type|text|thinking|usage|iterations|model|error|message|delta|index|content_block|stop_reason";
    let words = "\"(text|thinking|error|message_start|message_delta|content_block_start|content_block_delta|compaction)\"";
    let leaf =
        prop_oneof![words, Just("null".to_owned()), "-?[0-9]{1,25}(\\.5)?", Just("\"\\u00e4\"".to_owned())];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        let field = (names, inner.clone()).prop_map(|(name, value)| format!("\"{name}\":{value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(|all| format!("[{}]", all.join(","))),
            prop::collection::vec(field, 0..7).prop_map(|all| format!("{{{}}}", all.join(","))),
        ]
    })
}

proptest! {
    #[test]
    fn no_body_makes_reading_panic(body in prop_oneof![json(), "\\PC*"]) {
        let _ = (read(&body), error::read(&body));
    }

    #[test]
    fn no_stream_makes_assembling_panic(chunks in prop::collection::vec(prop_oneof![json(), "\\PC*"], 0..8)) {
        let body: String = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
        let mut events = Box::new(Events::default());
        for event in sse::events(&body) {
            events.take(&event);
        }
        if let Some(body) = events.finish().body {
            let _ = read(&body);
        }
    }
}
