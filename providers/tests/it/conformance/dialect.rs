//! How each vendor says the same thing, after the vendors' references.

use providers::WireFormat;
use serde_json::{Value, json};

/// One wire format as its vendor writes it.
pub(crate) struct Dialect {
    pub(crate) kind: WireFormat,
    /// An answer with this text that ended in this way.
    pub(crate) answer: fn(&str, Ending) -> Value,
    /// Status and body of what went wrong.
    pub(crate) error: fn(Wrong) -> (u16, Value),
    /// The events of a streamed answer, made of these pieces of text; the last ends it.
    pub(crate) stream: fn(&[&str]) -> Vec<String>,
    /// An event that says in the middle of a stream that the provider is overloaded.
    pub(crate) overloaded_event: &'static str,
    /// The words that were said, in the order of a request's body: roles and texts.
    pub(crate) said: fn(&Value) -> Vec<(String, String)>,
}

/// How an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Stop,
    Length,
    Refusal,
    Filtered,
}

/// What goes wrong in the vendor's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    RateLimited,
    Unauthorized,
    Forbidden,
    NoSuchModel,
    OutOfMoney,
    TooLong,
    BadRequest,
    Overloaded,
    Broken,
}

pub(crate) const DIALECTS: [Dialect; 4] = [
    Dialect {
        kind: WireFormat::OpenAiChat,
        answer: chat_answer,
        error: openai_error,
        stream: chat_stream,
        overloaded_event: "data: {\"error\":{\"message\":\"Overloaded\",\"type\":\"overloaded_error\",\"code\":503}}\n\n",
        said: |body| messages(&body["messages"], "content"),
    },
    Dialect {
        kind: WireFormat::OpenAiResponses,
        answer: responses_answer,
        error: openai_error,
        stream: responses_stream,
        overloaded_event: "event: error\ndata: {\"type\":\"error\",\"code\":\"server_is_overloaded\",\"message\":\"Overloaded\",\"param\":null}\n\n",
        said: |body| {
            let mut said = messages(&body["input"], "content");
            if let Some(system) = body["instructions"].as_str() {
                said.insert(0, ("system".to_owned(), system.to_owned()));
            }
            said
        },
    },
    Dialect {
        kind: WireFormat::AnthropicMessages,
        answer: anthropic_answer,
        error: anthropic_error,
        stream: anthropic_stream,
        overloaded_event: "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n",
        said: |body| {
            let mut said = messages(&body["messages"], "content");
            if let Some(system) = body["system"].as_str() {
                said.insert(0, ("system".to_owned(), system.to_owned()));
            }
            said
        },
    },
    Dialect {
        kind: WireFormat::GoogleGenerateContent,
        answer: google_answer,
        error: google_error,
        stream: google_stream,
        overloaded_event: "data: {\"error\":{\"code\":503,\"message\":\"Overloaded\",\"status\":\"UNAVAILABLE\"}}\n\n",
        said: |body| {
            let mut said = messages(&body["contents"], "parts");
            for (role, _) in &mut said {
                if role == "model" {
                    "assistant".clone_into(role);
                }
            }
            let system = texts(&body["systemInstruction"]["parts"]);
            if !system.is_empty() {
                said.insert(0, ("system".to_owned(), system));
            }
            said
        },
    },
];

/// Roles and texts of a list of messages.
fn messages(list: &Value, field: &str) -> Vec<(String, String)> {
    let list = list.as_array().unwrap();
    list.iter()
        .map(|message| (message["role"].as_str().unwrap().to_owned(), texts(&message[field])))
        .collect()
}

/// A text, or a list of parts with texts.
fn texts(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    }
}

fn chat_answer(text: &str, ending: Ending) -> Value {
    let finish = match ending {
        Ending::Stop | Ending::Refusal => "stop",
        Ending::Length => "length",
        Ending::Filtered => "content_filter",
    };
    let message = match ending {
        Ending::Refusal => json!({"role": "assistant", "content": null, "refusal": text}),
        _ => json!({"role": "assistant", "content": text, "refusal": null}),
    };
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m-1",
        "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": finish}],
        "usage": {
            "prompt_tokens": 30, "completion_tokens": 12, "total_tokens": 42,
            "prompt_tokens_details": {"cached_tokens": 20, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 5},
        },
    })
}

fn chat_stream(pieces: &[&str]) -> Vec<String> {
    let chunk = |choices: Value, usage: Value| {
        let chunk = json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1,
            "model": "m-1", "choices": choices, "usage": usage});
        format!("data: {chunk}\n\n")
    };
    let delta = |delta: Value, finish: Value| json!([{"index": 0, "delta": delta, "finish_reason": finish}]);
    let mut events =
        vec![chunk(delta(json!({"role": "assistant", "content": ""}), Value::Null), Value::Null)];
    events
        .extend(pieces.iter().map(|piece| chunk(delta(json!({"content": piece}), Value::Null), Value::Null)));
    let usage = chat_answer("", Ending::Stop)["usage"].clone();
    let end = [chunk(delta(json!({}), json!("stop")), Value::Null), chunk(json!([]), usage)];
    events.push(format!("{}data: [DONE]\n\n", end.concat()));
    events
}

fn openai_error(wrong: Wrong) -> (u16, Value) {
    let (status, message, kind, code) = match wrong {
        Wrong::RateLimited => (429, "Rate limit reached for m", "requests", "rate_limit_exceeded"),
        Wrong::Unauthorized => {
            (401, "Incorrect API key provided", "invalid_request_error", "invalid_api_key")
        }
        Wrong::Forbidden => {
            (403, "Country not supported", "request_forbidden", "unsupported_country_region_territory")
        }
        Wrong::NoSuchModel => {
            (404, "The model `m` does not exist", "invalid_request_error", "model_not_found")
        }
        Wrong::OutOfMoney => {
            (429, "You exceeded your current quota", "insufficient_quota", "insufficient_quota")
        }
        Wrong::TooLong => (
            400,
            "This model's maximum context length is 8192 tokens",
            "invalid_request_error",
            "context_length_exceeded",
        ),
        Wrong::BadRequest => (400, "Unsupported value", "invalid_request_error", "unsupported_value"),
        Wrong::Overloaded => (503, "The engine is overloaded", "server_error", "overloaded"),
        Wrong::Broken => (500, "The server had an error", "server_error", "server_error"),
    };
    (status, json!({"error": {"message": message, "type": kind, "param": null, "code": code}}))
}

fn responses_answer(text: &str, ending: Ending) -> Value {
    let (status, details) = match ending {
        Ending::Stop | Ending::Refusal => ("completed", Value::Null),
        Ending::Length => ("incomplete", json!({"reason": "max_output_tokens"})),
        Ending::Filtered => ("incomplete", json!({"reason": "content_filter"})),
    };
    let part = match ending {
        Ending::Refusal => json!({"type": "refusal", "refusal": text}),
        _ => json!({"type": "output_text", "text": text, "annotations": []}),
    };
    json!({
        "id": "resp_1", "object": "response", "created_at": 1, "status": status, "error": null,
        "incomplete_details": details, "model": "m-1",
        "output": [
            {"type": "reasoning", "id": "rs_1", "summary": []},
            {"type": "message", "id": "msg_1", "status": status, "role": "assistant", "content": [part]},
        ],
        "usage": {
            "input_tokens": 30, "input_tokens_details": {"cached_tokens": 20}, "output_tokens": 12,
            "output_tokens_details": {"reasoning_tokens": 5}, "total_tokens": 42,
        },
    })
}

fn responses_stream(pieces: &[&str]) -> Vec<String> {
    let event = |kind: &str, mut fields: Value| {
        fields["type"] = json!(kind);
        format!("event: {kind}\ndata: {fields}\n\n")
    };
    let mut started = responses_answer("", Ending::Stop);
    started["status"] = json!("in_progress");
    started["output"] = json!([]);
    started["usage"] = Value::Null;
    let mut events = vec![event("response.created", json!({"response": started}))];
    events.extend(pieces.iter().map(|piece| {
        let place = json!({"item_id": "msg_1", "output_index": 0, "content_index": 0, "delta": piece});
        event("response.output_text.delta", place)
    }));
    let whole = responses_answer(&pieces.concat(), Ending::Stop);
    events.push(event("response.completed", json!({"response": whole})));
    events
}

fn anthropic_answer(text: &str, ending: Ending) -> Value {
    let stop = match ending {
        Ending::Stop => "end_turn",
        Ending::Length => "max_tokens",
        // One word for both: Anthropic's filter is its model's refusal.
        Ending::Refusal | Ending::Filtered => "refusal",
    };
    json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m-1",
        "content": [{"type": "text", "text": text}],
        "stop_reason": stop, "stop_sequence": null,
        "usage": {
            "input_tokens": 10, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 20,
            "output_tokens": 12, "output_tokens_details": {"thinking_tokens": 5},
        },
    })
}

fn anthropic_stream(pieces: &[&str]) -> Vec<String> {
    let event = |kind: &str, mut fields: Value| {
        fields["type"] = json!(kind);
        format!("event: {kind}\ndata: {fields}\n\n")
    };
    let mut started = anthropic_answer("", Ending::Stop);
    started["content"] = json!([]);
    started["stop_reason"] = Value::Null;
    started["usage"]["output_tokens"] = json!(1);
    let block = json!({"index": 0, "content_block": {"type": "text", "text": ""}});
    let start = [event("message_start", json!({"message": started})), event("content_block_start", block)];
    let mut events = vec![start.concat()];
    events.extend(pieces.iter().map(|piece| {
        event("content_block_delta", json!({"index": 0, "delta": {"type": "text_delta", "text": piece}}))
    }));
    let whole = anthropic_answer("", Ending::Stop);
    let end = json!({"delta": {"stop_reason": "end_turn", "stop_sequence": null}, "usage": whole["usage"]});
    let end = [
        event("content_block_stop", json!({"index": 0})),
        event("message_delta", end),
        event("message_stop", json!({})),
    ];
    events.push(end.concat());
    events
}

fn anthropic_error(wrong: Wrong) -> (u16, Value) {
    let (status, kind, message) = match wrong {
        Wrong::RateLimited => (429, "rate_limit_error", "This request would exceed your rate limit"),
        Wrong::Unauthorized => (401, "authentication_error", "invalid x-api-key"),
        Wrong::Forbidden => (403, "permission_error", "Your API key does not have permission"),
        Wrong::NoSuchModel => (404, "not_found_error", "model: m"),
        Wrong::OutOfMoney => (400, "invalid_request_error", "Your credit balance is too low"),
        Wrong::TooLong => (400, "invalid_request_error", "prompt is too long: 9 tokens > 8 maximum"),
        Wrong::BadRequest => (400, "invalid_request_error", "max_tokens: must be at least 1"),
        Wrong::Overloaded => (529, "overloaded_error", "Overloaded"),
        Wrong::Broken => (500, "api_error", "Internal server error"),
    };
    let body = json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"});
    (status, body)
}

fn google_answer(text: &str, ending: Ending) -> Value {
    let finish = match ending {
        Ending::Stop => "STOP",
        Ending::Length => "MAX_TOKENS",
        // Google marks no refusal of the model itself.
        Ending::Refusal | Ending::Filtered => "SAFETY",
    };
    json!({
        "candidates": [{
            "content": {"role": "model", "parts": [{"text": text}]}, "finishReason": finish, "index": 0,
        }],
        "usageMetadata": {
            "promptTokenCount": 30, "cachedContentTokenCount": 20, "candidatesTokenCount": 7,
            "thoughtsTokenCount": 5, "totalTokenCount": 42,
        },
        "modelVersion": "m-1", "responseId": "r-1",
    })
}

fn google_stream(pieces: &[&str]) -> Vec<String> {
    let chunk = |text: &str, is_last: bool| {
        let mut chunk = google_answer(text, Ending::Stop);
        if !is_last {
            chunk["candidates"][0].as_object_mut().unwrap().remove("finishReason");
            chunk["usageMetadata"] = json!({"promptTokenCount": 30, "totalTokenCount": 30});
        }
        format!("data: {chunk}\r\n\r\n")
    };
    let mut events: Vec<String> = pieces.iter().map(|piece| chunk(piece, false)).collect();
    events.push(chunk("", true));
    events
}

fn google_error(wrong: Wrong) -> (u16, Value) {
    let (code, status, message) = match wrong {
        Wrong::RateLimited => (429, "RESOURCE_EXHAUSTED", "Resource has been exhausted"),
        Wrong::Unauthorized => (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
        Wrong::Forbidden => (403, "PERMISSION_DENIED", "The caller does not have permission"),
        Wrong::NoSuchModel => (404, "NOT_FOUND", "models/m is not found for API version v1beta"),
        Wrong::OutOfMoney => (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota"),
        Wrong::TooLong => (
            400,
            "INVALID_ARGUMENT",
            "The input token count (9) exceeds the maximum number of tokens allowed (8).",
        ),
        Wrong::BadRequest => (400, "INVALID_ARGUMENT", "Invalid value at 'generation_config'"),
        Wrong::Overloaded => (503, "UNAVAILABLE", "The model is overloaded"),
        Wrong::Broken => (500, "INTERNAL", "An internal error has occurred"),
    };
    let details = match wrong {
        Wrong::Unauthorized => json!([{
            "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID",
        }]),
        Wrong::OutOfMoney => json!([{
            "@type": "type.googleapis.com/google.rpc.QuotaFailure",
            "violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}],
        }]),
        _ => json!([]),
    };
    (code, json!({"error": {"code": code, "message": message, "status": status, "details": details}}))
}
