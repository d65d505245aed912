//! Reading a Chat Completions request.

use serde::Deserialize;
use serde_json::error::Category;

use super::error_body::Rejection;
use crate::conversation::{Conversation, Message, Role};

#[derive(Debug)]
pub(super) struct ChatRequest {
    pub(super) conversation: Conversation,
    /// None: one JSON body.
    pub(super) stream: Option<StreamOptions>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(super) struct StreamOptions {
    #[serde(default)]
    pub(super) include_usage: bool,
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
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
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

impl ChatRequest {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Rejection> {
        let body: Body = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
            Category::Data => Rejection::invalid(&format!("Invalid type: {error}"), None, "invalid_type"),
            _ => Rejection::unreadable(),
        })?;
        let model = body
            .model
            .filter(|model| !model.is_empty())
            .ok_or_else(|| Rejection::invalid("you must provide a model parameter", None, ""))?;
        let messages = body.messages.ok_or_else(|| missing("messages"))?;
        if messages.is_empty() {
            let text = "Invalid 'messages': empty array. Expected an array with minimum length 1.";
            return Err(Rejection::invalid(text, Some("messages"), "empty_array"));
        }
        if body.n.is_some_and(|n| n != 1) {
            let text = "Unsupported value: 'n' must be 1 with this model.";
            return Err(Rejection::invalid(text, Some("n"), "unsupported_value"));
        }
        let temperature = body.temperature.unwrap_or(1.0);
        if !(0.0..=2.0).contains(&temperature) {
            let text = "Invalid 'temperature': expected a value between 0 and 2.";
            return Err(Rejection::invalid(text, Some("temperature"), "decimal_out_of_range"));
        }
        let messages = messages
            .into_iter()
            .enumerate()
            .map(|(index, message)| message.read(index))
            .collect::<Result<Vec<_>, _>>()?;
        let mut conversation = Conversation::new(model, messages, body.seed);
        conversation.temperature = temperature;
        conversation.token_max = body.max_completion_tokens.or(body.max_tokens);
        if conversation.token_max == Some(0) {
            let text = "Invalid 'max_tokens': expected a value >= 1.";
            return Err(Rejection::invalid(text, Some("max_tokens"), "integer_below_min_value"));
        }
        let stream = body.stream.unwrap_or(false);
        Ok(Self { conversation, stream: stream.then(|| body.stream_options.unwrap_or_default()) })
    }
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
                return Err(Rejection::invalid(&text, Some(&param), "invalid_value"));
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

fn missing(param: &str) -> Rejection {
    let text = format!("Missing required parameter: '{param}'.");
    Rejection::invalid(&text, Some(param), "missing_required_parameter")
}
