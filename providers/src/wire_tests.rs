//! What holds for every wire format, whatever a provider sends.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

use crate::{
    Quirks, RateLimits, WireFormat, classify::Fault, parse_retry_after, sse, text::parseable, wire::Wire,
};

fn wires() -> impl Iterator<Item = Box<dyn Wire>> {
    WireFormat::ALL.into_iter().filter_map(WireFormat::wire)
}

/// Everything that is ever done with a body.
fn read_in_every_way(wire: &dyn Wire, bytes: &[u8]) {
    let behaviour = Quirks::default().of_model("m");
    let (body, _) = parseable(bytes);
    let _ = wire.read(sse::without_comments(&body), &behaviour).map_err(Fault::settled);
    let _ = wire.model_ids(&body);
    for status in [None, Some(200), Some(429)] {
        let _ = Fault::of_vendor(status, wire.vendor_error(&body));
    }
    for body in [body.as_ref(), &format!("data: {body}\n\ndata: {body}\n\n")] {
        let mut assembly = wire.assembly();
        for event in sse::events(body) {
            assembly.take(&event);
        }
        if let Some(body) = assembly.finish().body {
            let _ = wire.read(&body, &behaviour);
        }
    }
}

// Bodies of each wire format with everything in them that adapters look at.
const BODIES: [&str; 9] = [
    r#"{"id":"c","model":"m","choices":[{"index":0,"finish_reason":"stop","native_finish_reason":"end_turn","message":{"role":"assistant",
        "content":[{"type":"thinking","thinking":[{"type":"text","text":"\ud83d\ude00"}]},{"type":"text","text":"a"}],"refusal":null,
        "reasoning_details":[{"type":"reasoning.text","index":0,"text":"r"}],"tool_calls":[]}}],"x_groq":{"id":"g","usage":null},
        "usage":{"prompt_tokens":10,"completion_tokens":7,"total_tokens":22,"prompt_tokens_details":{"cached_tokens":4},
        "completion_tokens_details":{"reasoning_tokens":5}}}"#,
    r#"{"choices":[{"index":0,"delta":{"content":"<think>a</think>","reasoning":"r"},"finish_reason":null}],"usage":{"prompt_tokens":"3"}}"#,
    r#"{"error":{"message":"m. Please try again in 1m2.5s","code":429,"metadata":{"raw":"{\"error\":{\"message\":\"r\"}}",
        "headers":{"X-RateLimit-Reset":"1700000000000"}},"details":[{"retryDelay":"13.5s"}]},"user_id":"u"}"#,
    r#"{"id":"r","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[
        {"type":"reasoning","summary":[{"type":"summary_text","text":"r"}]},{"type":"web_search_call"},
        {"type":"message","role":"assistant","content":[{"type":"output_text","text":"a","annotations":[]},{"type":"refusal","refusal":"no"}]}],
        "usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":7,"total_tokens":17},"error":null}"#,
    r#"{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"b"}"#,
    r#"{"id":"msg","type":"message","model":"m","content":[{"type":"thinking","thinking":"h","signature":"s"},{"type":"text","text":"a"},
        {"type":"server_tool_use","name":"web_search","input":{}}],"stop_reason":"end_turn","usage":{"input_tokens":10,
        "cache_read_input_tokens":200,"cache_creation":{"ephemeral_5m_input_tokens":2},"output_tokens":5,"iterations":[{"type":"compaction","input_tokens":1}]}}"#,
    r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"},"content_block":{"type":"text","text":""},
        "message":{"usage":{"input_tokens":3}},"usage":{"output_tokens":15}}"#,
    r#"{"candidates":[{"content":{"parts":[{"text":"h","thought":true},{"executableCode":{"code":"x"}},{"text":"a"}],"role":"model"},
        "finishReason":"STOP","index":0}],"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":10,
        "candidatesTokenCount":5,"thoughtsTokenCount":7,"toolUsePromptTokenCount":20,"totalTokenCount":42},"modelVersion":"models/m"}"#,
    r#"[{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo",
        "retryDelay":{"seconds":"7","nanos":5}},{"@type":"x.QuotaFailure","violations":[{"quotaId":"PerDay","quotaValue":"0"}]}]}}]"#,
];

/// One of the bodies with some of its bytes changed, taken out, doubled, or put elsewhere.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let cut = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_u8..5, any::<u8>());
    (0..BODIES.len(), prop::collection::vec(cut, 0..6)).prop_map(|(which, cuts)| {
        let mut body = BODIES[which].as_bytes().to_vec();
        for (from, length, how, byte) in cuts {
            let from = from.index(body.len().max(1)).min(body.len());
            let to = (from + length.index(40)).min(body.len());
            let piece = body[from..to].to_vec();
            match how {
                0 => body.truncate(from),
                1 => drop(body.splice(from..to, [])),
                2 => drop(body.splice(from..from, piece)),
                3 => drop(body.splice(from..to, b"null".iter().copied())),
                _ => drop(body.splice(from..to, [byte])),
            }
        }
        body
    })
}

#[test]
fn every_body_is_read_without_a_change_to_it() {
    for wire in wires() {
        for body in BODIES {
            read_in_every_way(wire.as_ref(), body.as_bytes());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_bytes_make_any_wire_panic(bytes: Vec<u8>, body in mutated()) {
        for wire in wires() {
            read_in_every_way(wire.as_ref(), &bytes);
            read_in_every_way(wire.as_ref(), &body);
        }
    }

    #[test]
    fn no_bytes_of_a_header_make_reading_it_panic(
        value in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..40),
            "[0-9.,;:eEmsdhTZ=\"tqrw+-]{0,30}".prop_map(String::into_bytes),
        ],
        seconds in 0_u64..4_000_000_000,
    ) {
        let Ok(value) = HeaderValue::from_bytes(&value) else { return Ok(()) };
        let names = [
            "retry-after", "retry-after-ms", "ratelimit", "ratelimit-policy", "ratelimit-reset",
            "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
            "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens",
            "anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset",
            "llm_provider-x-ratelimit-reset-requests", "content-encoding",
        ];
        let headers: HeaderMap =
            names.into_iter().map(|name| (HeaderName::from_static(name), value.clone())).collect();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let _ = (RateLimits::of(&headers, now).wait(), parse_retry_after(&headers, now));
        let _ = crate::compression::decompress(&headers, bytes::Bytes::from_static(b"x"), 10);
    }
}
