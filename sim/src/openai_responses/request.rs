//! Reading a Responses request.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::input::Input;
use crate::{
    conversation::{Conversation, Message, Role, Thinking},
    exchange::Asked,
    openai::{
        TextFormat, check_range,
        error_body::{invalid, missing, unreadable},
    },
    rejection::Rejection,
};

const TOKENS_MIN: u64 = 16;

// What people bring along from Chat Completions, and what it is called here.
const MOVED: [(&str, &str); 6] = [
    ("messages", "input"),
    ("max_tokens", "max_output_tokens"),
    ("max_completion_tokens", "max_output_tokens"),
    ("response_format", "text.format"),
    ("reasoning_effort", "reasoning.effort"),
    ("n", ""),
];

/// What only this format knows of a request.
#[derive(Debug)]
pub(crate) struct Extras {
    /// Thoughts are summed up only where asked for.
    pub(super) has_summary: bool,
    pub(super) has_encrypted_reasoning: bool,
    /// What the answer repeats of the request.
    pub(super) echo: Map<String, Value>,
}

#[derive(Deserialize)]
struct Body {
    model: Option<String>,
    input: Option<Input>,
    instructions: Option<String>,
    max_output_tokens: Option<u64>,
    temperature: Option<f64>,
    top_p: Option<f64>,
    reasoning: Option<Reasoning>,
    text: Option<Text>,
    store: Option<bool>,
    stream: Option<bool>,
    include: Option<Vec<String>>,
    previous_response_id: Option<String>,
    conversation: Option<Value>,
    background: Option<bool>,
    metadata: Option<Value>,
    // Not known to the vendor, and so refused by name.
    seed: Option<Value>,
    stop: Option<Value>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Deserialize)]
struct Reasoning {
    effort: Option<String>,
    summary: Option<String>,
}

#[derive(Deserialize)]
struct Text {
    format: Option<TextFormat>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Asked<Extras>, Rejection> {
    let body: Body = serde_json::from_slice(bytes).map_err(|error| unreadable(&error))?;
    refuse_unknown(&body)?;
    let model = body.model.filter(|model| !model.is_empty()).ok_or_else(|| missing("model"))?;
    if let Some(id) = &body.previous_response_id {
        let text = format!(
            "Previous response with id '{id}' not found: nothing is stored here. Send the whole \
            conversation as `input`."
        );
        return Err(invalid(&text, Some("previous_response_id"), "previous_response_not_found"));
    }
    check_range("temperature", body.temperature, 2.0)?;
    check_range("top_p", body.top_p, 1.0)?;
    if let Some(given) = body.max_output_tokens.filter(|given| *given < TOKENS_MIN) {
        let text = format!(
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= {TOKENS_MIN}, but \
             got {given} instead."
        );
        return Err(invalid(&text, Some("max_output_tokens"), "integer_below_min_value"));
    }
    let mut messages = Vec::new();
    if let Some(text) = &body.instructions {
        messages.push(Message { role: Role::System, text: text.clone() });
    }
    messages.extend(body.input.ok_or_else(|| missing("input"))?.messages()?);
    if messages.iter().all(|message| message.role == Role::System) {
        let text = "Invalid 'input': expected at least one message.";
        return Err(invalid(text, Some("input"), "empty_array"));
    }
    let mut conversation = Conversation::unseeded(model, messages, "");
    conversation.temperature = body.temperature.unwrap_or(1.0);
    conversation.token_max = body.max_output_tokens;
    let reasoning = body.reasoning.unwrap_or(Reasoning { effort: None, summary: None });
    if reasoning.effort.as_deref() == Some("none") {
        conversation.thinking = Thinking::Off;
    }
    if let Some(format) = body.text.and_then(|text| text.format) {
        conversation.shape = format.read("text.format")?;
    }
    let echo = json!({
        "background": body.background.unwrap_or(false),
        "instructions": body.instructions,
        "max_output_tokens": body.max_output_tokens,
        "metadata": body.metadata.unwrap_or_else(|| json!({})),
        "parallel_tool_calls": true,
        "previous_response_id": null,
        "reasoning": { "effort": reasoning.effort, "summary": reasoning.summary },
        "store": body.store.unwrap_or(true),
        "temperature": conversation.temperature,
        "tool_choice": "auto",
        "tools": [],
        "top_p": body.top_p.unwrap_or(1.0),
        "truncation": "disabled",
    });
    let include = body.include.unwrap_or_default();
    let extras = Extras {
        has_summary: reasoning.summary.is_some(),
        has_encrypted_reasoning: include.iter().any(|name| name == "reasoning.encrypted_content"),
        echo: echo.as_object().cloned().unwrap_or_default(),
    };
    Ok(Asked { conversation, is_stream: body.stream.unwrap_or(false), extras })
}

fn refuse_unknown(body: &Body) -> Result<(), Rejection> {
    for (name, value) in [("seed", &body.seed), ("stop", &body.stop)] {
        if value.is_some() {
            let text = format!("Unknown parameter: '{name}'.");
            return Err(invalid(&text, Some(name), "unknown_parameter"));
        }
    }
    for (name, now) in MOVED {
        if body.others.contains_key(name) {
            let advice = if now.is_empty() { String::new() } else { format!(" It has moved to '{now}'.") };
            let text =
                format!("Unsupported parameter: '{name}'. The Responses API does not take it.{advice}");
            return Err(invalid(&text, Some(name), "unsupported_parameter"));
        }
    }
    if body.conversation.is_some() || body.background == Some(true) {
        let text =
            "Unsupported parameter: 'conversation' and 'background' need a server that stores answers.";
        return Err(invalid(text, None, "unsupported_parameter"));
    }
    Ok(())
}
