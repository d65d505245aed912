//! Reading a Chat Completions request.

use serde::Deserialize;

use crate::{
    conversation::{Conversation, Message, Role, Thinking},
    exchange::Asked,
    openai::{
        TextFormat, check_range,
        error_body::{invalid, missing, unreadable},
    },
    rejection::Rejection,
};

#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(crate) struct StreamOptions {
    #[serde(default)]
    pub(crate) include_usage: bool,
}

#[derive(Deserialize)]
struct Body {
    model: Option<String>,
    messages: Option<Vec<BodyMessage>>,
    seed: Option<i64>,
    temperature: Option<f64>,
    max_tokens: Option<u64>,
    max_completion_tokens: Option<u64>,
    n: Option<u32>,
    top_p: Option<f64>,
    stop: Option<Stop>,
    response_format: Option<TextFormat>,
    reasoning_effort: Option<String>,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Stop {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct BodyMessage {
    role: String,
    content: Option<Content>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
struct Part {
    /// None: an image or the like, which these models do not see.
    text: Option<String>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Asked<StreamOptions>, Rejection> {
    let body: Body = serde_json::from_slice(bytes).map_err(|error| unreadable(&error))?;
    let model = body
        .model
        .filter(|model| !model.is_empty())
        .ok_or_else(|| invalid("you must provide a model parameter", None, ""))?;
    let messages = body.messages.ok_or_else(|| missing("messages"))?;
    if messages.is_empty() {
        let text = "Invalid 'messages': empty array. Expected an array with minimum length 1.";
        return Err(invalid(text, Some("messages"), "empty_array"));
    }
    if body.n.is_some_and(|n| n != 1) {
        let text = "Unsupported value: 'n' must be 1 with this model.";
        return Err(invalid(text, Some("n"), "unsupported_value"));
    }
    check_range("temperature", body.temperature, 2.0)?;
    check_range("top_p", body.top_p, 1.0)?;
    let messages = messages
        .into_iter()
        .enumerate()
        .map(|(index, message)| message.read(index))
        .collect::<Result<Vec<_>, _>>()?;
    let mut conversation = Conversation::new(model, messages, body.seed);
    conversation.temperature = body.temperature.unwrap_or(1.0);
    conversation.token_max = body.max_completion_tokens.or(body.max_tokens);
    if conversation.token_max == Some(0) {
        let text = "Invalid 'max_tokens': expected a value >= 1.";
        return Err(invalid(text, Some("max_tokens"), "integer_below_min_value"));
    }
    conversation.stops = match body.stop {
        Some(Stop::One(stop)) => vec![stop],
        Some(Stop::Several(stops)) => stops,
        None => Vec::new(),
    };
    if let Some(format) = body.response_format {
        conversation.shape = format.read("response_format")?;
    }
    if body.reasoning_effort.as_deref() == Some("none") {
        conversation.thinking = Thinking::Off;
    }
    let is_stream = body.stream.unwrap_or(false);
    Ok(Asked { conversation, is_stream, extras: body.stream_options.unwrap_or_default() })
}

impl BodyMessage {
    fn read(self, index: usize) -> Result<Message, Rejection> {
        let role = match self.role.as_str() {
            "system" | "developer" => Role::System,
            "user" | "tool" => Role::User,
            "assistant" => Role::Assistant,
            other => {
                let text = format!("Invalid value: '{other}' is not a role.");
                let param = format!("messages[{index}].role");
                return Err(invalid(&text, Some(&param), "invalid_value"));
            }
        };
        let text = match self.content {
            Some(Content::Text(text)) => text,
            Some(Content::Parts(parts)) => parts.into_iter().filter_map(|part| part.text).collect(),
            None if role == Role::Assistant => String::new(),
            None => return Err(missing(&format!("messages[{index}].content"))),
        };
        Ok(Message { role, text })
    }
}
