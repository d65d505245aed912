//! What is read from the body of an answer, shape by shape.

use proptest::prelude::*;

use super::{answer::read, error, stream::Chunks};
use crate::{
    ErrorCategory, Finish, Usage, sse,
    wire::{Answer, Assembly},
};

fn candidate(candidate: &str) -> Answer {
    let body = format!(r#"{{"candidates":[{candidate}],"modelVersion":"gemini-x","responseId":"r"}}"#);
    read(&body).unwrap()
}

fn usage(json: &str) -> Usage {
    read(&format!(r#"{{"candidates":[],"usageMetadata":{json}}}"#)).unwrap().usage
}

#[test]
fn the_texts_of_the_first_candidate_are_joined_and_kept_as_they_came() {
    let first = r#"{"content":{"parts":[{"text":" a\n"},{"executableCode":{"code":"no"}},{"text":"b ","thoughtSignature":"s"}],
        "role":"model"},"finishReason":"STOP","logprobsResult":{"candidates":[{"text":"no"}]}}"#;
    let answer = candidate(&format!(r#"{first},{{"content":{{"parts":[{{"text":"no"}}]}}}}"#));
    assert_eq!((answer.text.as_str(), answer.reasoning, answer.finish), (" a\nb ", None, Finish::Stop));
    assert_eq!(
        (answer.model_version.as_deref(), answer.request_id.as_deref()),
        (Some("gemini-x"), Some("r"))
    );
}

#[test]
fn thoughts_are_kept_apart_from_the_text() {
    let parts = r#"{"text":"h","thought":true},{"text":"a","thought":false},{"text":"m","thought":true}"#;
    let answer = candidate(&format!(r#"{{"content":{{"parts":[{parts}]}}}}"#));
    assert_eq!((answer.text.as_str(), answer.reasoning.as_deref()), ("a", Some("hm")));
    let undisclosed =
        r#"{"content":{"parts":[{"text":"","thought":true},{"text":"","thoughtSignature":"s"}]}}"#;
    assert_eq!(candidate(undisclosed).reasoning, None);
}

#[test]
fn an_answer_without_text_is_an_empty_answer() {
    for content in
        ["{}", "null", r#"{"role":"model"}"#, r#"{"parts":null}"#, r#"{"parts":[{"text":null},7]}"#]
    {
        let answer = candidate(&format!(r#"{{"content":{content},"finishReason":"MAX_TOKENS"}}"#));
        assert_eq!((answer.text.as_str(), answer.finish), ("", Finish::Length), "{content}");
    }
}

#[test]
fn every_finish_reason_is_mapped_and_kept() {
    for (finish, reasons) in [
        (Finish::Stop, &["STOP", "stop"][..]),
        (Finish::Length, &["MAX_TOKENS", "CONTINUATION"]),
        (
            Finish::ContentFilter,
            &[
                "SAFETY",
                "RECITATION",
                "LANGUAGE",
                "BLOCKLIST",
                "PROHIBITED_CONTENT",
                "SPII",
                "MODEL_ARMOR",
                "ESCALATION",
                "IMAGE_SAFETY",
                "IMAGE_PROHIBITED_CONTENT",
                "IMAGE_RECITATION",
            ],
        ),
        (
            Finish::Other,
            &[
                "OTHER",
                "MALFORMED_FUNCTION_CALL",
                "UNEXPECTED_TOOL_CALL",
                "TOO_MANY_TOOL_CALLS",
                "NO_IMAGE",
                "MISSING_THOUGHT_SIGNATURE",
                "MALFORMED_RESPONSE",
                "PUP_LIMITED_DISABLED",
                "SOMETHING_NEW",
            ],
        ),
    ] {
        for raw in reasons {
            let answer = candidate(&format!(r#"{{"finishReason":"{raw}"}}"#));
            assert_eq!((answer.finish, answer.finish_raw.as_deref()), (finish, Some(*raw)));
        }
    }
    let unsaid = candidate("{}");
    assert_eq!((unsaid.finish, unsaid.finish_raw), (Finish::Other, None));
}

#[test]
fn a_call_of_a_tool_is_no_ordinary_stop_and_its_text_stays() {
    let answer = candidate(
        r#"{"content":{"parts":[{"text":"a"},{"functionCall":{"name":"f","args":{}}}]},"finishReason":"STOP"}"#,
    );
    assert_eq!((answer.text.as_str(), answer.finish), ("a", Finish::Other));
    assert_eq!(answer.finish_raw.as_deref(), Some("STOP"));
}

#[test]
fn a_prompt_that_was_held_back_is_an_outcome_and_its_tokens_count() {
    for reason in
        ["SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY", "MODEL_ARMOR", "JAILBREAK"]
    {
        for candidates in
            ["", r#""candidates":null,"#, r#""candidates":[],"#, r#""candidates":[{"index":0}],"#]
        {
            let feedback = format!(r#""promptFeedback":{{"blockReason":"{reason}"}}"#);
            let body = format!(r#"{{{candidates}{feedback},"usageMetadata":{{"promptTokenCount":8}}}}"#);
            let answer = read(&body).unwrap();
            assert_eq!((answer.text.as_str(), answer.finish), ("", Finish::ContentFilter), "{body}");
            assert_eq!((answer.finish_raw.as_deref(), answer.usage.input), (Some(reason), Some(8)));
        }
    }
    let neither = read(r#"{"usageMetadata":{"promptTokenCount":8}}"#).unwrap();
    assert_eq!((neither.finish, neither.finish_raw), (Finish::Other, None));
}

#[test]
fn parts_of_the_usage_are_counted_once_and_in_their_whole() {
    let of = |input, cached_input, output, reasoning| Usage {
        input,
        cached_input,
        cache_write: None,
        output,
        reasoning,
    };
    for (json, expected) in [
        (
            r#"{"promptTokenCount":10,"cachedContentTokenCount":4,"candidatesTokenCount":5,"thoughtsTokenCount":7.0,
                "toolUsePromptTokenCount":20,"totalTokenCount":42,"promptTokensDetails":[{"tokenCount":10}]}"#,
            of(Some(30), Some(4), Some(12), Some(7)),
        ),
        (
            r#"{"promptTokenCount":10,"thoughtsTokenCount":7,"totalTokenCount":17}"#,
            of(Some(10), None, Some(7), Some(7)),
        ),
        (r#"{"promptTokenCount":10,"totalTokenCount":17}"#, of(Some(10), None, Some(7), None)),
        (r#"{"promptTokenCount":10,"totalTokenCount":10}"#, of(Some(10), None, None, None)),
        (r#"{"promptTokenCount":10,"totalTokenCount":1}"#, of(Some(10), None, None, None)),
        (r#"{"promptTokenCount":10,"candidatesTokenCount":0}"#, of(Some(10), None, Some(0), None)),
        (r#"{"totalTokenCount":10,"promptTokenCount":"x"}"#, Usage::default()),
        ("{}", Usage::default()),
        ("null", Usage::default()),
        ("[7]", Usage::default()),
    ] {
        assert_eq!(usage(json), expected, "{json}");
    }
}

#[test]
fn a_model_is_named_without_the_path_of_its_resource() {
    for name in ["gemini-x", "models/gemini-x", "publishers/google/models/gemini-x"] {
        let body = format!(r#"{{"candidates":[{{}}],"modelVersion":"{name}"}}"#);
        assert_eq!(read(&body).unwrap().model_version.as_deref(), Some("gemini-x"));
    }
    assert_eq!(read(r#"{"candidates":[{}]}"#).unwrap().model_version, None);
}

#[test]
fn an_error_with_status_200_is_an_error_and_no_empty_answer() {
    let error = r#"{"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED"}}"#;
    for body in [error, &format!("[{error}]")] {
        let fault = read(body).unwrap_err();
        assert_eq!((fault.category, fault.message.as_str()), (ErrorCategory::RateLimited, "slow down"));
    }
}

#[test]
fn what_is_no_answer_is_malformed() {
    for body in ["", "[]", "[7]", "null", "\"text\"", "{}", r#"{"id":"x"}"#, "<html>", "{\"candidates\":[{"] {
        assert_eq!(read(body).unwrap_err().category, ErrorCategory::Malformed, "{body}");
    }
}

#[test]
fn deep_nesting_costs_only_what_is_nested() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let parts = format!(r#"{{"functionResponse":{deep}}},{{"text":"a"}}"#);
    let body =
        format!(r#"{{"candidates":[{{"content":{{"parts":[{parts}]}},"groundingMetadata":{deep}}}]}}"#);
    assert_eq!(read(&body).unwrap().text, "a");
    assert_eq!(read(&format!("[{body}]")).unwrap().text, "a");
}

/// JSON of the wire format's own words in places where they do not belong.
fn json() -> impl Strategy<Value = String> {
    let names = "candidates|content|parts|text|thought|usageMetadata|promptTokenCount|totalTokenCount|promptFeedback|blockReason|error|message|details|retryDelay|violations|finishReason|index";
    let leaf = prop_oneof![
        "\"(STOP|SAFETY|x|[0-9]{1,3}s|type.googleapis.com/google.rpc.RetryInfo)\"",
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?[0-9]{1,25}(\\.5)?",
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
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
        let mut assembly = Box::new(Chunks::default());
        for event in sse::events(&body) {
            assembly.take(&event);
        }
        if let Some(body) = assembly.finish().body {
            let _ = read(&body);
        }
    }
}
