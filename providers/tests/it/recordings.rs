//! Real exchanges with real providers, replayed over real HTTP, against values that were
//! worked out by hand (`expected/README.md` says how).

use std::{collections::BTreeMap, path::PathBuf};

use providers::{
    ProviderError, ProviderReply, ProviderRequest, ProviderSettings, RateLimits, WireFormat, connect,
};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::server::{request, serve_at, settings};

/// What a person read in a recording. Absent numbers were not said.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    text: Option<Vec<String>>,
    text_after: Option<String>,
    reasoning: Option<Vec<String>>,
    reasoning_between: Option<[String; 2]>,
    finish: Option<String>,
    finish_raw: Option<String>,
    model_version: Option<String>,
    input: Option<u64>,
    cached_input: Option<u64>,
    cache_write: Option<u64>,
    output: Option<u64>,
    reasoning_tokens: Option<u64>,
    request_id: Option<String>,
    category: Option<String>,
    message_starts: Option<String>,
    retry_after_ms: Option<u64>,
    #[serde(rename = "note")]
    _note: Option<String>,
}

#[tokio::test]
async fn every_recorded_chat_completion_is_read_as_its_provider_meant_it() {
    replay("openai-chat", WireFormat::OpenAiChat, include_str!("expected/openai-chat.toml")).await;
}

#[tokio::test]
async fn every_recorded_response_is_read_as_its_provider_meant_it() {
    let expected = include_str!("expected/openai-responses.toml");
    replay("openai-responses", WireFormat::OpenAiResponses, expected).await;
}

#[tokio::test]
async fn every_recorded_message_is_read_as_its_provider_meant_it() {
    replay("anthropic", WireFormat::AnthropicMessages, include_str!("expected/anthropic.toml")).await;
}

#[tokio::test]
async fn every_recorded_generated_content_is_read_as_its_provider_meant_it() {
    replay("google", WireFormat::GoogleGenerateContent, include_str!("expected/google.toml")).await;
}

fn recordings(file: &str) -> Option<Vec<Value>> {
    let folder = std::env::var_os("PROBITY_RECORDINGS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/provider-recordings"),
        PathBuf::from,
    );
    match std::fs::read(folder.join(format!("{file}.json"))) {
        Ok(file) => Some(serde_json::from_slice(&file).unwrap()),
        Err(error) => {
            eprintln!("skipped: no recordings in {} ({error}); set PROBITY_RECORDINGS", folder.display());
            None
        }
    }
}

async fn replay(file: &str, kind: WireFormat, expected: &str) {
    let expected: BTreeMap<String, Expected> = toml::from_str(expected).unwrap();
    let mut wrong = Vec::new();
    for entry in recordings(file).unwrap_or_default() {
        let id = entry["id"].as_str().unwrap();
        let expected = expected.get(id).unwrap_or_else(|| panic!("{id}: nobody has read this recording"));
        let answered = ask(&entry, kind).await;
        let differences = match answered {
            Ok(reply) => differences_of_reply(expected, &entry, &reply),
            Err(error) => differences_of_error(expected, &error),
        };
        wrong.extend(differences.into_iter().map(|difference| format!("{file} {id}: {difference}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Puts the recorded question to a server that gives the recorded answer.
async fn ask(entry: &Value, kind: WireFormat) -> Result<ProviderReply, ProviderError> {
    let status = u16::try_from(entry["status"].as_u64().unwrap()).unwrap();
    let headers: Vec<(&str, &str)> = entry["response_headers"]
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .collect();
    // What was not declared as JSON was recorded as the text it is.
    let body = entry["response"].as_str().map_or_else(|| entry["response"].to_string(), str::to_owned);
    let recorded: Url = entry["uri"].as_str().unwrap().parse().unwrap();
    let path = recorded.path().to_owned();
    let origin = serve_at(&path, status, &headers, body).await;
    let endpoint = match kind {
        WireFormat::OpenAiChat => "/chat/completions",
        WireFormat::OpenAiResponses => "/responses",
        WireFormat::AnthropicMessages => "/messages",
        _ => path.find("/models/").map_or("", |at| &path[at..]),
    };
    let base_url = format!("{origin}{}", path.strip_suffix(endpoint).unwrap());
    let provider = connect(ProviderSettings { kind, ..settings(&base_url) }).unwrap();
    let model = match endpoint.strip_prefix("/models/") {
        Some(rest) => rest.split(':').next().unwrap().to_owned(),
        None => entry["request"]["model"].as_str().unwrap_or("m").to_owned(),
    };
    provider.converse(&ProviderRequest { model, ..request() }).await
}

fn differences_of_reply(expected: &Expected, entry: &Value, reply: &ProviderReply) -> Vec<String> {
    if let Some(category) = &expected.category {
        return vec![format!("an answer instead of the error {category}: {reply:?}")];
    }
    let mut differences = Vec::new();
    let mut compare = |what: &str, expected: Option<String>, found: Option<String>| {
        if expected != found {
            let short = |text: Option<String>| format!("{:.300}", text.unwrap_or_else(|| "none".to_owned()));
            differences.push(format!("{what}: expected {}, found {}", short(expected), short(found)));
        }
    };
    let at = |pointers: &[String]| -> String {
        let text = |pointer: &String| entry["response"].pointer(pointer).and_then(Value::as_str).unwrap();
        pointers.iter().map(text).collect()
    };
    let text = at(expected.text.as_deref().unwrap());
    match &expected.text_after {
        Some(mark) => {
            let (_, after) = text.split_once(mark.as_str()).unwrap();
            compare("text", Some(after.trim().to_owned()), Some(reply.text.trim().to_owned()));
        }
        None => compare("text", Some(text), Some(reply.text.clone())),
    }
    let without_space = |text: &str| text.split_whitespace().collect::<String>();
    let reasoning = expected.reasoning.as_ref().map(|pointers| {
        let whole = at(pointers);
        let Some([start, end]) = &expected.reasoning_between else { return whole };
        let (_, after) = whole.split_once(start.as_str()).unwrap();
        after.split_once(end.as_str()).unwrap().0.to_owned()
    });
    compare(
        "reasoning",
        reasoning.as_deref().map(without_space),
        reply.reasoning.as_deref().map(without_space),
    );
    compare("finish", expected.finish.clone(), Some(reply.finish.to_string()));
    compare("finish_raw", expected.finish_raw.clone(), reply.finish_raw.clone());
    compare("model_version", expected.model_version.clone(), reply.model_version.clone());
    compare("request_id", expected.request_id.clone(), reply.request_id.clone());
    let mut count = |what, expected: Option<u64>, found: Option<u64>| {
        compare(what, expected.map(|n| n.to_string()), found.map(|n| n.to_string()));
    };
    count("input", expected.input, reply.usage.input);
    count("cached_input", expected.cached_input, reply.usage.cached_input);
    count("cache_write", expected.cache_write, reply.usage.cache_write);
    count("output", expected.output, reply.usage.output);
    count("reasoning_tokens", expected.reasoning_tokens, reply.usage.reasoning);
    // No recording holds headers of rate limits.
    compare("limits", Some(format!("{:?}", RateLimits::default())), Some(format!("{:?}", reply.limits)));
    compare("text_is_altered", Some("false".into()), Some(reply.text_is_altered.to_string()));
    let raw: Value = serde_json::from_slice(&reply.raw_body).unwrap();
    if raw != entry["response"] {
        differences.push("the raw body is not what was sent".to_owned());
    }
    differences
}

fn differences_of_error(expected: &Expected, error: &ProviderError) -> Vec<String> {
    let Some(category) = &expected.category else {
        return vec![format!("an error instead of an answer: {error:?}")];
    };
    let mut differences = Vec::new();
    if error.category.as_str() != category {
        differences.push(format!("expected the category {category}, found {error}"));
    }
    let words = expected.message_starts.as_deref().unwrap();
    if !error.message.starts_with(words) {
        differences.push(format!("expected words beginning with {words:?}, found {:?}", error.message));
    }
    let retry_after = error.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap());
    if retry_after != expected.retry_after_ms {
        differences
            .push(format!("expected a wait of {:?} ms, found {retry_after:?}", expected.retry_after_ms));
    }
    differences
}
