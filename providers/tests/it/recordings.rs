//! Real exchanges with real providers, replayed over real HTTP.

use std::path::PathBuf;

use providers::{ErrorCategory, Finish, ProviderSettings, Quirks, connect};
use serde_json::Value;

use crate::server::{request, serve_always, settings};

fn recordings() -> Option<Vec<Value>> {
    let folder = std::env::var_os("PROBITY_RECORDINGS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/provider-recordings"),
        PathBuf::from,
    );
    match std::fs::read(folder.join("openai-chat.json")) {
        Ok(file) => Some(serde_json::from_slice(&file).unwrap()),
        Err(error) => {
            eprintln!("skipped: no recordings in {} ({error}); set PROBITY_RECORDINGS", folder.display());
            None
        }
    }
}

#[tokio::test]
async fn every_recorded_exchange_is_read_as_its_provider_meant_it() {
    for entry in recordings().unwrap_or_default() {
        if entry["request"]["stream"] == true {
            continue;
        }
        let id = entry["id"].as_str().unwrap();
        let status = u16::try_from(entry["status"].as_u64().unwrap()).unwrap();
        let headers: Vec<(&str, &str)> = entry["response_headers"]
            .as_object()
            .unwrap()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
            .collect();
        let url = serve_always(status, &headers, entry["response"].to_string()).await;
        for think_tags in [false, true] {
            let quirks = Quirks { think_tags, ..Quirks::default() };
            let provider = connect(ProviderSettings { quirks, ..settings(&url) }).unwrap();
            match provider.converse(&request()).await {
                Ok(reply) => check_reply(id, status, &entry["response"], &reply, think_tags),
                Err(error) => check_error(id, status, &entry, &error),
            }
        }
    }
}

fn check_reply(id: &str, status: u16, body: &Value, reply: &providers::ProviderReply, think_tags: bool) {
    assert_eq!(status, 200, "{id}");
    let choice = &body["choices"][0];
    let message = &choice["message"];
    match &message["content"] {
        Value::String(content) if content.starts_with("<think>") && think_tags => {
            let reasoning = reply.reasoning.as_deref().unwrap();
            assert_eq!(&format!("<think>{reasoning}</think>{}", reply.text), content, "{id}");
        }
        Value::String(content) => assert_eq!(&reply.text, content, "{id}"),
        Value::Array(parts) => {
            let of_kind = |kind: &str| parts.iter().find(|part| part["type"] == kind).unwrap();
            assert_eq!(of_kind("text")["text"], reply.text.as_str(), "{id}");
            let thinking = &of_kind("thinking")["thinking"][0]["text"];
            assert_eq!(thinking.as_str(), reply.reasoning.as_deref(), "{id}");
        }
        other => panic!("{id}: a recording with a content of a new kind: {other}"),
    }
    let disclosed = message["reasoning_content"].as_str().or(message["reasoning"].as_str());
    if let Some(disclosed) = disclosed {
        assert_eq!(reply.reasoning.as_deref(), Some(disclosed), "{id}");
    }
    let finish = match choice["finish_reason"].as_str().unwrap() {
        "stop" => Finish::Stop,
        "length" => Finish::Length,
        other => panic!("{id}: a recording with a finish reason of a new kind: {other}"),
    };
    assert_eq!(
        (reply.finish, reply.finish_raw.as_deref()),
        (finish, choice["finish_reason"].as_str()),
        "{id}"
    );
    assert_eq!(reply.model_version.as_deref(), body["model"].as_str(), "{id}");

    let usage = &body["usage"];
    let cached = [
        &usage["prompt_tokens_details"]["cached_tokens"],
        &usage["cached_tokens"],
        &usage["num_cached_tokens"],
    ];
    assert_eq!(reply.usage.input, usage["prompt_tokens"].as_u64(), "{id}");
    assert_eq!(reply.usage.output, usage["completion_tokens"].as_u64(), "{id}");
    assert_eq!(reply.usage.cached_input, cached.into_iter().find_map(Value::as_u64), "{id}");
    let details = (
        &usage["prompt_tokens_details"]["cache_write_tokens"],
        &usage["completion_tokens_details"]["reasoning_tokens"],
    );
    assert_eq!(
        (reply.usage.cache_write, reply.usage.reasoning),
        (details.0.as_u64(), details.1.as_u64()),
        "{id}"
    );
    assert_eq!(serde_json::from_slice::<Value>(&reply.raw_body).unwrap(), *body, "{id}");
    assert!(!reply.text_is_altered && reply.request_id.is_some(), "{id}");
}

fn check_error(id: &str, status: u16, entry: &Value, error: &providers::ProviderError) {
    // The four recorded failures, each read by a person.
    let category = match status {
        400 => ErrorCategory::BadRequest,
        404 => ErrorCategory::ModelNotFound,
        429 => ErrorCategory::RateLimited,
        other => panic!("{id}: a recording with a status of a new kind: {other}: {error}"),
    };
    assert_eq!((error.category, error.status), (category, Some(status)), "{id}");
    let words = entry["response"]["error"]["message"].as_str().unwrap();
    assert!(error.message.starts_with(words), "{id}: {error}");
}
