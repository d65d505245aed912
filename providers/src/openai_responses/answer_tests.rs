//! What is read from the body of a response, shape by shape.

use proptest::prelude::*;

use super::answer::read;
use crate::{ErrorCategory, Finish, Usage, openai_chat::error, wire::Answer};

fn response(status: &str, output: &str, further: &str) -> Answer {
    read(&format!(r#"{{"status":"{status}","output":{output}{further}}}"#), false).unwrap()
}

fn text_item(text: &str) -> String {
    format!(r#"{{"type":"message","role":"assistant","content":[{{"type":"output_text","text":"{text}"}}]}}"#)
}

#[test]
fn the_text_is_what_all_messages_say_in_their_order() {
    let (first, last) = (text_item(" a\\n"), text_item("b "));
    let output = format!(r#"[{first},{{"type":"web_search_call"}},{{"type":"unheard_of"}},7,{last}]"#);
    let answer = response("completed", &output, r#","id":"r","model":"m""#);
    assert_eq!((answer.text.as_str(), answer.finish), (" a\nb ", Finish::Stop));
    assert_eq!((answer.request_id.as_deref(), answer.model_version.as_deref()), (Some("r"), Some("m")));
    assert_eq!(answer.finish_raw.as_deref(), Some("completed"));
    for content in ["null", "[]", "{}", "[null]", r#"[{"type":"output_text","text":null}]"#] {
        let output = format!(r#"[{{"type":"message","content":{content}}}]"#);
        assert_eq!(response("completed", &output, "").text, "", "{content}");
    }
    for content in [r#""a""#, r#"["a"]"#, r#"[{"text":"a"}]"#, r#"[{"type":"text","text":"a"}]"#] {
        let output = format!(r#"[{{"type":"message","content":{content}}}]"#);
        assert_eq!(response("completed", &output, "").text, "a", "{content}");
    }
}

#[test]
fn a_refusal_is_an_answer_with_the_refusal_as_its_text() {
    let output = r#"[{"type":"message","content":[{"type":"refusal","refusal":"I can't."}]}]"#;
    for status in ["completed", "incomplete"] {
        let answer = response(status, output, "");
        assert_eq!((answer.text.as_str(), answer.finish), ("I can't.", Finish::Refusal));
    }
}

#[test]
fn reasoning_is_the_summaries_or_the_thoughts_and_never_both() {
    for (item, reasoning) in [
        (r#"{"summary":[{"type":"summary_text","text":"r"},{"text":"s"}]}"#, Some("r\n\ns")),
        (r#"{"summary":[],"content":[{"type":"reasoning_text","text":"r"}]}"#, Some("r")),
        (r#"{"summary":[{"text":"r"}],"content":[{"text":"the same at length"}]}"#, Some("r")),
        (r#"{"summary":[],"content":[],"encrypted_content":"x"}"#, None),
        (r#"{"summary":[{"text":" \n"}],"content":null}"#, None),
        (r#"{"summary":null}"#, None),
    ] {
        let item = item.replacen('{', r#"{"type":"reasoning","#, 1);
        let output = format!("[{item},{}]", text_item("a"));
        let answer = response("completed", &output, "");
        assert_eq!((answer.text.as_str(), answer.reasoning.as_deref()), ("a", reasoning), "{item}");
    }
    let two =
        r#"[{"type":"reasoning","summary":[{"text":"r"}]},{"type":"reasoning","summary":[{"text":"s"}]}]"#;
    assert_eq!(response("completed", two, "").reasoning.as_deref(), Some("r\n\ns"));
}

#[test]
fn thinking_left_in_the_text_is_taken_off_where_the_quirks_say_so() {
    let body = format!(r#"{{"status":"completed","output":[{}]}}"#, text_item("<think>r</think>a"));
    let answer = read(&body, true).unwrap();
    assert_eq!((answer.text.as_str(), answer.reasoning.as_deref()), ("a", Some("r")));
    assert_eq!(read(&body, false).unwrap().text, "<think>r</think>a");
}

#[test]
fn a_response_ends_as_its_status_and_reason_say() {
    let reason = |reason: &str| format!(r#","incomplete_details":{{"reason":{reason}}}"#);
    for (status, further, finish, raw) in [
        ("completed", String::new(), Finish::Stop, "completed"),
        ("complete", String::new(), Finish::Stop, "complete"),
        ("incomplete", reason("\"max_output_tokens\""), Finish::Length, "max_output_tokens"),
        ("incomplete", reason("\"content_filter\""), Finish::ContentFilter, "content_filter"),
        ("incomplete", reason("\"steered\""), Finish::Other, "steered"),
        ("incomplete", reason("null"), Finish::Other, "incomplete"),
        ("incomplete", r#","incomplete_details":null"#.to_owned(), Finish::Other, "incomplete"),
        ("cancelled", String::new(), Finish::Other, "cancelled"),
        ("in_progress", String::new(), Finish::Other, "in_progress"),
    ] {
        let answer = response(status, &format!("[{}]", text_item("par")), &further);
        assert_eq!((answer.text.as_str(), answer.finish), ("par", finish), "{status} {further}");
        assert_eq!(answer.finish_raw.as_deref(), Some(raw));
    }
}

#[test]
fn a_verdict_of_a_filter_counts_only_where_it_withheld_the_answer() {
    let verdict =
        |blocked| format!(r#","content_filters":[{{"blocked":{blocked},"source_type":"completion"}}]"#);
    let text = format!("[{}]", text_item("a"));
    assert_eq!(response("completed", "[]", &verdict(true)).finish, Finish::ContentFilter);
    assert_eq!(response("completed", "[]", &verdict(false)).finish, Finish::Stop);
    assert_eq!(response("completed", &text, &verdict(true)).finish, Finish::Stop);
}

#[test]
fn a_response_that_was_only_accepted_is_no_error() {
    for body in [r#"{"status":"queued","output":[],"usage":null,"error":null}"#, r#"{"status":"queued"}"#] {
        let answer = read(body, true).unwrap();
        assert_eq!(
            (answer.text.as_str(), answer.finish, answer.usage),
            ("", Finish::Other, Usage::default())
        );
    }
}

#[test]
fn a_model_that_waits_for_its_caller_has_not_stopped() {
    let text = text_item("a");
    for (output, finish) in [
        (r#"[{"type":"function_call"}]"#.to_owned(), Finish::Other),
        (format!(r#"[{text},{{"type":"custom_tool_call"}}]"#), Finish::Other),
        (r#"[{"type":"web_search_call"}]"#.to_owned(), Finish::Other),
        (format!(r#"[{{"type":"code_interpreter_call"}},{text}]"#), Finish::Stop),
        (r#"[{"type":"reasoning"}]"#.to_owned(), Finish::Stop),
    ] {
        assert_eq!(response("completed", &output, "").finish, finish, "{output}");
    }
}

#[test]
fn a_compaction_has_usage_and_no_text() {
    let body = r#"{"object":"response.compaction","output":[
        {"type":"message","role":"user","content":[{"type":"input_text","text":"q"}]},
        {"type":"message","role":"user","content":"q"},
        {"type":"compaction","encrypted_content":"x"}],"usage":{"input_tokens":3}}"#;
    let answer = read(body, true).unwrap();
    assert_eq!((answer.text.as_str(), answer.finish, answer.finish_raw), ("", Finish::Other, None));
    assert_eq!(answer.usage.input, Some(3));
}

#[test]
fn tokens_are_counted_with_their_parts() {
    let usage = |json: &str| response("completed", "[]", &format!(r#","usage":{json}"#)).usage;
    let all = usage(
        r#"{"input_tokens":10,"output_tokens":7,"total_tokens":17,
            "input_tokens_details":{"cached_tokens":4,"cache_write_tokens":2},
            "output_tokens_details":{"reasoning_tokens":5}}"#,
    );
    let expected = Usage {
        input: Some(10),
        cached_input: Some(4),
        cache_write: Some(2),
        output: Some(7),
        reasoning: Some(5),
    };
    assert_eq!(all, expected);
    let by_lifetime =
        r#"{"input_tokens_details":{"cache_write_tokens_details":{"ttl_12h_tokens":1,"ttl_30m_tokens":2}}}"#;
    assert_eq!(usage(by_lifetime).cache_write, Some(3));
    let empty = r#"{"input_tokens_details":null,"output_tokens":"x"}"#;
    assert_eq!((usage(empty), usage("null")), (Usage::default(), Usage::default()));
}

#[test]
fn a_failure_is_an_error_though_the_status_is_a_success() {
    let failed = |error: &str| format!(r#"{{"status":"failed","output":[],"error":{error}}}"#);
    for (body, category) in [
        (failed(r#"{"code":"rate_limit_exceeded","message":"m"}"#), ErrorCategory::RateLimited),
        (failed(r#"{"code":"server_error","message":"m"}"#), ErrorCategory::Server),
        (failed(r#"{"code":"bio_policy","message":"m"}"#), ErrorCategory::BadRequest),
        (failed("null"), ErrorCategory::Server),
        (failed(r#""went wrong""#), ErrorCategory::Server),
        (r#"{"error":{"code":"invalid_api_key","message":"m"}}"#.to_owned(), ErrorCategory::Auth),
    ] {
        assert_eq!(read(&body, false).unwrap_err().category, category, "{body}");
    }
    assert!(read(r#"{"status":"completed","output":[],"error":{}}"#, false).is_ok());
}

#[test]
fn what_a_failed_response_had_said_is_kept() {
    let output = format!("[{}]", text_item("par"));
    let body = format!(
        r#"{{"status":"failed","output":{output},"error":{{"code":"server_error","message":"m"}},"usage":{{"input_tokens":3}}}}"#
    );
    let fault = read(&body, false).unwrap_err();
    let partial = fault.partial.unwrap();
    assert_eq!((partial.text.as_str(), partial.usage.input), ("par", Some(3)));
    assert_eq!(fault.category, ErrorCategory::Server);
}

#[test]
fn an_error_of_status_200_is_told_in_any_shape() {
    for body in [
        r#"{"object":"error","message":"m","code":429}"#,
        r#"{"detail":"m","code":"rate_limit_exceeded"}"#,
        r#"{"success":false,"errors":[{"code":429,"message":"m"}]}"#,
    ] {
        assert_eq!(read(body, false).unwrap_err().category, ErrorCategory::RateLimited, "{body}");
    }
}

#[test]
fn a_body_that_is_no_response_is_malformed() {
    for body in ["", "null", "[]", "{}", "<html>", r#"{"choices":[]}"#, r#"{"status":"completed","output":["#]
    {
        assert_eq!(read(body, false).unwrap_err().category, ErrorCategory::Malformed, "{body}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_reading_panic(bytes: Vec<u8>, cut in 0_usize..300, byte: u8) {
        let whole = format!(r#"{{"status":"incomplete","incomplete_details":{{"reason":"x"}},"usage":{{"input_tokens":1}},
            "output":[{{"type":"reasoning","summary":[{{"text":"r"}}]}},{}]}}"#, text_item("<think>"));
        let mut cut_short = whole.into_bytes();
        let cut = cut.min(cut_short.len() - 1);
        cut_short[cut] = byte;
        for bytes in [&bytes[..], &cut_short[..cut], &cut_short[..]] {
            let (text, _) = crate::text::parseable(bytes);
            let _ = read(&text, true);
            let _ = error::read(&text);
        }
    }
}
