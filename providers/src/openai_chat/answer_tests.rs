//! What is read from the body of an answer, shape by shape.

use proptest::prelude::*;

use super::{answer::read, error};
use crate::{ErrorCategory, Finish, Usage, classify::Fault, wire::Answer};

fn fields() -> Vec<String> {
    crate::Quirks::default().reasoning_fields
}

fn read_plain(body: &str) -> Result<Answer, Fault> {
    read(body, &fields(), false)
}

fn message(message: &str, finish: &str) -> Answer {
    read_plain(&format!(r#"{{"choices":[{{"message":{message},"finish_reason":{finish}}}]}}"#)).unwrap()
}

fn usage(json: &str) -> Usage {
    read_plain(&format!(r#"{{"choices":[{{"message":{{}}}}],"usage":{json}}}"#)).unwrap().usage
}

#[test]
fn the_text_of_an_answer_is_kept_as_it_came() {
    assert_eq!(message(r#"{"content":" \n a\tb \r\n"}"#, "\"stop\"").text, " \n a\tb \r\n");
}

#[test]
fn an_answer_without_text_is_an_empty_answer() {
    for content in ["{}", r#"{"content":null}"#, r#"{"content":""}"#, r#"{"content":[]}"#] {
        let answer = message(content, "\"stop\"");
        assert_eq!((answer.text.as_str(), answer.finish), ("", Finish::Stop), "{content}");
    }
}

#[test]
fn a_refusal_is_an_answer_with_the_refusal_as_its_text() {
    for content in [
        r#"{"content":null,"refusal":"I can't."}"#,
        r#"{"content":[{"type":"refusal","refusal":"I can't."}]}"#,
    ] {
        let answer = message(content, "\"stop\"");
        assert_eq!((answer.text.as_str(), answer.finish), ("I can't.", Finish::Refusal));
    }
    assert_eq!(message(r#"{"content":"a","refusal":""}"#, "\"stop\"").finish, Finish::Stop);
}

#[test]
fn finish_reasons_of_all_relatives_are_mapped() {
    for (raw, finish) in [
        ("\"stop\"", Finish::Stop),
        ("\"eos\"", Finish::Stop),
        ("\"length\"", Finish::Length),
        ("\"model_length\"", Finish::Length),
        ("\"content_filter\"", Finish::ContentFilter),
        ("\"sensitive\"", Finish::ContentFilter),
        ("\"STOP\"", Finish::Stop),
        ("\"MAX_TOKENS\"", Finish::Length),
        ("\"abort\"", Finish::Other),
        ("\"load\"", Finish::Other),
        ("\"\"", Finish::Other),
        ("\"tool_calls\"", Finish::Other),
        ("null", Finish::Other),
        ("7", Finish::Other),
    ] {
        assert_eq!(message(r#"{"content":"a"}"#, raw).finish, finish, "{raw}");
    }
    assert_eq!(message("{}", "null").finish_raw, None);
    assert_eq!(message("{}", "\"tool_calls\"").finish_raw.as_deref(), Some("tool_calls"));
}

#[test]
fn an_answer_that_a_filter_withheld_may_come_without_a_message() {
    let body = r#"{"choices":[{"index":0,"finish_reason":"content_filter","content_filter_results":{}}]}"#;
    let answer = read_plain(body).unwrap();
    assert_eq!((answer.text.as_str(), answer.finish), ("", Finish::ContentFilter));
}

#[test]
fn reasoning_is_kept_apart_wherever_a_provider_puts_it() {
    for json in [
        r#"{"content":"a","reasoning_content":"r"}"#,
        r#"{"content":"a","reasoning":"r"}"#,
        r#"{"content":"a","reasoning":"r","reasoning_content":"r"}"#,
        r#"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"r"}]},{"type":"text","text":"a"}]}"#,
        r#"{"content":[{"type":"thinking","thinking":"r"},{"type":"text","text":"a"},{"type":"reference"}]}"#,
        r#"{"content":"a","reasoning_content":"","reasoning":"r"}"#,
        r#"{"content":"a","reasoning":{"content":"r"}}"#,
        r#"{"content":"a","reasoning_details":[{"type":"reasoning.text","text":"r"}]}"#,
    ] {
        let answer = message(json, "\"stop\"");
        assert_eq!((answer.text.as_str(), answer.reasoning.as_deref()), ("a", Some("r")), "{json}");
    }
    assert_eq!(message(r#"{"content":"a","reasoning":null}"#, "\"stop\"").reasoning, None);
}

#[test]
fn think_tags_are_taken_off_unless_the_quirks_say_that_they_are_text() {
    let body = |message: &str| format!(r#"{{"choices":[{{"message":{message}}}]}}"#);
    let tagged = body(r#"{"content":"<think>r</think>\na"}"#);
    let answer = read(&tagged, &fields(), true).unwrap();
    assert_eq!((answer.text.as_str(), answer.reasoning.as_deref()), ("\na", Some("r")));
    assert_eq!(read_plain(&tagged).unwrap().text, "<think>r</think>\na");
    assert!(crate::Quirks::default().think_tags);
}

#[test]
fn audio_counts_as_its_words_and_older_completions_as_their_text() {
    let spoken = message(r#"{"content":null,"audio":{"id":"a","transcript":"said"}}"#, "\"stop\"");
    assert_eq!(spoken.text, "said");
    let older = read_plain(r#"{"choices":[{"text":" a","finish_reason":"stop"}]}"#).unwrap();
    assert_eq!((older.text.as_str(), older.finish), (" a", Finish::Stop));
}

#[test]
fn a_model_that_calls_a_tool_has_not_stopped_and_keeps_its_text() {
    for calls in [r#""tool_calls":[{"id":"c"}]"#, r#""function_call":{"name":"f"}"#] {
        let answer = message(&format!(r#"{{"content":"a",{calls}}}"#), "\"stop\"");
        assert_eq!((answer.text.as_str(), answer.finish), ("a", Finish::Other), "{calls}");
        assert_eq!(answer.finish_raw.as_deref(), Some("stop"));
    }
    for none in [r#""tool_calls":[]"#, r#""tool_calls":null,"function_call":null"#] {
        assert_eq!(message(&format!(r#"{{"content":"a",{none}}}"#), "\"stop\"").finish, Finish::Stop);
    }
}

#[test]
fn the_request_id_is_the_bodys_own_before_that_of_the_answer() {
    for (ids, id) in [
        (r#""request_id":"r","id":"i""#, Some("r")),
        (r#""x_groq":{"id":"g"},"id":"i""#, Some("g")),
        (r#""request_id":"","id":"i""#, Some("i")),
        (r#""id":"""#, None),
        (r#""id":null"#, None),
    ] {
        let body = format!(r#"{{{ids},"choices":[{{"message":{{}}}}]}}"#);
        assert_eq!(read_plain(&body).unwrap().request_id.as_deref(), id, "{ids}");
    }
}

#[test]
fn token_counts_mean_the_same_whoever_counted_them() {
    let all = usage(
        r#"{"prompt_tokens":10,"completion_tokens":7,"total_tokens":17,
            "prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":2},
            "completion_tokens_details":{"reasoning_tokens":5}}"#,
    );
    let expected = Usage {
        input: Some(10),
        cached_input: Some(4),
        cache_write: Some(2),
        output: Some(7),
        reasoning: Some(5),
    };
    assert_eq!(all, expected);
    assert_eq!(usage("null"), Usage::default());
    assert_eq!(usage(r#"{"prompt_tokens":-1,"completion_tokens":"x"}"#), Usage::default());
    for cached in [
        r#"{"prompt_cache_hit_tokens":3,"prompt_cache_miss_tokens":1}"#,
        r#"{"prompt_tokens_details":null,"num_cached_tokens":3}"#,
        r#"{"prompt_token_details":{"cached_tokens":3}}"#,
        r#"{"cache_read_input_tokens":3}"#,
        r#"{"cached_tokens":3}"#,
    ] {
        assert_eq!(usage(cached).cached_input, Some(3), "{cached}");
    }
    assert_eq!(usage(r#"{"cache_creation_input_tokens":3}"#).cache_write, Some(3));
    assert_eq!(usage(r#"{"reasoning_tokens":3}"#).reasoning, Some(3));
    let of_groq = r#"{"choices":[{"message":{}}],"x_groq":{"usage":{"prompt_tokens":3}},"usage_breakdown":{"models":[]}}"#;
    assert_eq!(read_plain(of_groq).unwrap().usage.input, Some(3));
    assert_eq!(usage(r#"{"prompt_tokens":12.0}"#).input, Some(12));
    let beside = usage(
        r#"{"prompt_tokens":10,"completion_tokens":7,"total_tokens":22,
            "completion_tokens_details":{"reasoning_tokens":5}}"#,
    );
    assert_eq!(beside.output, Some(12));
}

#[test]
fn nul_becomes_the_replacement_character_and_is_flagged() {
    let answer = message(r#"{"content":"a\u0000b"}"#, "\"stop\"");
    assert_eq!(answer.text, "a\0b");
}

#[test]
fn an_error_inside_a_body_of_status_200_is_an_error() {
    for (body, category) in [
        (r#"{"error":{"message":"m","code":429}}"#, ErrorCategory::RateLimited),
        (r#"{"error":{"message":"m","code":"insufficient_quota"},"choices":[]}"#, ErrorCategory::Quota),
        (
            r#"{"choices":[{"error":{"message":"m","code":502},"message":{"content":"par"},"finish_reason":"error"}]}"#,
            ErrorCategory::Server,
        ),
        (r#"{"choices":[{"error":{"message":"m","code":502}}]}"#, ErrorCategory::Server),
    ] {
        let fault = read_plain(body).unwrap_err();
        assert_eq!((fault.category, fault.message.as_str()), (category, "m"), "{body}");
    }
    for word in ["error", "insufficient_system_resource", "network_error", "ERROR"] {
        let body = format!(r#"{{"choices":[{{"message":{{"content":"par"}},"finish_reason":"{word}"}}]}}"#);
        assert_eq!(read_plain(&body).unwrap_err().category, ErrorCategory::Overloaded, "{word}");
    }
    // An answer beside a null or stray error is an answer.
    assert!(read_plain(r#"{"error":null,"choices":[{"message":{"content":"a"}}]}"#).is_ok());
}

#[test]
fn a_body_that_is_not_a_chat_completion_is_malformed() {
    for body in [
        "",
        "null",
        "[]",
        "{}",
        "\"text\"",
        "<html>",
        r#"{"choices":null}"#,
        r#"{"choices":[]}"#,
        r#"{"choices":[{}]}"#,
        r#"{"choices":[{"message":"a"}]}"#,
        r#"{"choices":[{"message":{"content":7}}]}"#,
        r#"{"choices":[{"message":{"content":"a"}"#,
    ] {
        assert_eq!(read_plain(body).unwrap_err().category, ErrorCategory::Malformed, "{body}");
    }
}

#[test]
fn a_field_of_an_unexpected_type_does_not_cost_the_answer() {
    let body = r#"{"model":7,"usage":"none","id":[],"choices":[{"finish_reason":{},"message":
        {"role":3,"refusal":false,"reasoning":{},"content":"x","content":"a"}}]}"#;
    let answer = read_plain(body).unwrap();
    assert_eq!((answer.text.as_str(), answer.model_version, answer.request_id), ("a", None, None));
}

#[test]
fn a_refusal_beside_text_costs_none_of_the_text() {
    let both = message(r#"{"content":"Once upon","refusal":" I can't."}"#, "\"stop\"");
    assert_eq!((both.text.as_str(), both.finish), ("Once upon I can't.", Finish::Refusal));
    let twice = message(r#"{"content":"I can't.","refusal":"I can't."}"#, "\"stop\"");
    assert_eq!((twice.text.as_str(), twice.finish), ("I can't.", Finish::Refusal));
}

#[test]
fn an_answer_that_the_server_parsed_as_json_is_that_json() {
    let answer = message(r#"{"content":{"answer": 4, "why":[1]}}"#, "\"stop\"");
    assert_eq!(answer.text, r#"{"answer": 4, "why":[1]}"#);
}

#[test]
fn reasons_of_the_models_vendor_are_understood_behind_a_compatible_address() {
    for (raw, finish) in [
        ("content_filter: PROHIBITED_CONTENT", Finish::ContentFilter),
        ("function_call_filter: UNEXPECTED_TOOL_CALL", Finish::Other),
        ("SPII", Finish::ContentFilter),
        ("MODEL_ARMOR", Finish::ContentFilter),
        ("guardrail_intervened", Finish::ContentFilter),
        ("max_new_tokens", Finish::Length),
    ] {
        assert_eq!(message(r#"{"content":"a"}"#, &format!("\"{raw}\"")).finish, finish, "{raw}");
    }
    let of = |choice: &str| read_plain(&format!(r#"{{"choices":[{{"message":{{}},{choice}}}]}}"#)).unwrap();
    // OpenRouter's own word comes first, but it has none for a refusal.
    let refused = of(r#""finish_reason":"stop","native_finish_reason":"refusal""#);
    assert_eq!((refused.finish, refused.finish_raw.as_deref()), (Finish::Refusal, Some("stop")));
    let unsaid = of(r#""finish_reason":null,"native_finish_reason":"MAX_TOKENS""#);
    assert_eq!((unsaid.finish, unsaid.finish_raw.as_deref()), (Finish::Length, Some("MAX_TOKENS")));
    let said = of(r#""finish_reason":"length","native_finish_reason":"stop""#);
    assert_eq!(said.finish, Finish::Length);
}

#[test]
fn counts_that_vendors_keep_beside_their_whole_are_brought_into_it() {
    // Google's compatible address counts thoughts in the total alone.
    let thinking = usage(r#"{"prompt_tokens":10,"completion_tokens":5,"total_tokens":42}"#);
    assert_eq!((thinking.input, thinking.output, thinking.reasoning), (Some(10), Some(32), None));
    // Gateways before Anthropic's models count as Anthropic does.
    let cached = usage(
        r#"{"prompt_tokens":10,"completion_tokens":5,"total_tokens":315,
            "cache_read_input_tokens":200,"cache_creation_input_tokens":100}"#,
    );
    assert_eq!((cached.input, cached.cached_input, cached.output), (Some(310), Some(200), Some(5)));
    // Both explain the total here; reasoning beside the rest is xAI's way, and the cache is within.
    let either = usage(
        r#"{"prompt_tokens":10,"completion_tokens":7,"total_tokens":22,
            "prompt_tokens_details":{"cached_tokens":5},"completion_tokens_details":{"reasoning_tokens":5}}"#,
    );
    assert_eq!((either.input, either.output), (Some(10), Some(12)));
    let untold = usage(r#"{"prompt_tokens":10,"completion_tokens":5,"cache_read_input_tokens":200}"#);
    assert_eq!(untold.input, Some(210));
    let texts = usage(r#"{"prompt_tokens":"10","completion_tokens":"5.0","total_tokens":""}"#);
    assert_eq!((texts.input, texts.output), (Some(10), Some(5)));
}

#[test]
fn an_error_of_status_200_is_told_in_any_shape() {
    for (body, category) in [
        (r#"{"code":401,"msg":"token expired or incorrect","success":false}"#, ErrorCategory::Auth),
        (r#"{"code":500,"msg":"m","success":false}"#, ErrorCategory::Server),
        (
            r#"{"object":"error","message":"The model `x` does not exist.","code":404}"#,
            ErrorCategory::ModelNotFound,
        ),
        (r#"{"success":false,"errors":[{"code":429,"message":"m"}]}"#, ErrorCategory::RateLimited),
        (r#"{"type":"error","message":"m","code":"overloaded"}"#, ErrorCategory::Overloaded),
        (r#"{"detail":"Not authenticated","status":401}"#, ErrorCategory::Auth),
        (
            r#"{"choices":null,"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}"#,
            ErrorCategory::Billing,
        ),
    ] {
        assert_eq!(read_plain(body).unwrap_err().category, category, "{body}");
    }
}

#[test]
fn what_had_come_of_an_answer_before_its_error_is_kept() {
    for body in [
        r#"{"choices":[{"error":{"message":"m","code":502},"message":{"content":"par"}}],"usage":{"prompt_tokens":3}}"#,
        r#"{"choices":[{"finish_reason":"insufficient_system_resource","message":{"content":"par"}}],"usage":{"prompt_tokens":3}}"#,
    ] {
        let partial = read_plain(body).unwrap_err().partial.unwrap();
        assert_eq!((partial.text.as_str(), partial.usage.input), ("par", Some(3)), "{body}");
    }
    assert_eq!(read_plain(r#"{"choices":[{"error":{"code":502}}]}"#).unwrap_err().partial, None);
}

proptest! {
    #[test]
    fn no_bytes_make_reading_panic(bytes: Vec<u8>) {
        let (text, _) = crate::text::parseable(&bytes);
        let _ = read(&text, &fields(), true);
        let _ = error::read(&text);
    }

    #[test]
    fn no_piece_of_an_answer_makes_reading_panic(cut in 0_usize..120, byte: u8) {
        let mut body = br#"{"id":1,"choices":[{"message":{"content":"\ud83d\ude00 <think>x</think>"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}"#.to_vec();
        let cut = cut.min(body.len() - 1);
        body[cut] = byte;
        for end in [cut, body.len()] {
            let (text, _) = crate::text::parseable(&body[..end]);
            let _ = read(&text, &fields(), true);
            let _ = error::read(&text);
        }
    }
}
