//! Reading a Messages request.

use serde::Deserialize;
use serde_json::Value;

use super::{
    content::Content,
    error_body::{invalid, too_large},
    headers::request_id,
};
use crate::{
    conversation::{Conversation, Message, Role, Shape, Thinking, tokens_of},
    exchange::{Asked, Head},
    rejection::Rejection,
};

// The vendor takes 32 MB.
const BODY_MAX: usize = 32 << 20;
const THINKING_MIN: u64 = 1_024;

/// What only this format knows of a request.
#[derive(Debug)]
pub(crate) struct Extras {
    pub(super) request_id: String,
    /// Tokens up to the last `cache_control`. None: nothing shall be cached.
    pub(super) cached_up_to: Option<u64>,
    /// Thoughts are sent without their text.
    pub(super) is_thinking_hidden: bool,
}

#[derive(Deserialize)]
struct Body {
    model: Option<String>,
    messages: Option<Vec<BodyMessage>>,
    max_tokens: Option<u64>,
    system: Option<Content>,
    temperature: Option<f64>,
    top_p: Option<f64>,
    stop_sequences: Option<Vec<String>>,
    stream: Option<bool>,
    thinking: Option<BodyThinking>,
    metadata: Option<Metadata>,
    output_config: Option<OutputConfig>,
    output_format: Option<Format>,
    cache_control: Option<Value>,
    /// What the vendor refuses by name.
    seed: Option<Value>,
}

#[derive(Deserialize)]
struct BodyMessage {
    role: String,
    content: Content,
}

#[derive(Deserialize)]
struct BodyThinking {
    #[serde(rename = "type")]
    kind: String,
    budget_tokens: Option<u64>,
    display: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    user_id: Option<String>,
}

#[derive(Deserialize)]
struct OutputConfig {
    format: Option<Format>,
}

#[derive(Deserialize)]
struct Format {
    #[serde(rename = "type")]
    kind: String,
    schema: Option<Value>,
}

pub(super) fn read(head: &Head, bytes: &[u8]) -> Result<Asked<Extras>, Rejection> {
    let refuse = |message: &str| invalid(head, message);
    if head.header("anthropic-version").is_none() {
        return Err(refuse("anthropic-version: header is required"));
    }
    if bytes.len() > BODY_MAX {
        return Err(too_large(head));
    }
    let body: Body = serde_json::from_slice(bytes)
        .map_err(|error| refuse(&format!("The request body is not valid JSON for this endpoint: {error}")))?;
    if body.seed.is_some() {
        return Err(refuse("seed: Extra inputs are not permitted"));
    }
    let model =
        body.model.filter(|model| !model.is_empty()).ok_or_else(|| refuse("model: Field required"))?;
    let token_max = body.max_tokens.ok_or_else(|| refuse("max_tokens: Field required"))?;
    if token_max == 0 {
        return Err(refuse("max_tokens: Input should be greater than or equal to 1"));
    }
    for (name, value) in [("temperature", body.temperature), ("top_p", body.top_p)] {
        if value.is_some_and(|value| !(0.0..=1.0).contains(&value)) {
            return Err(refuse(&format!("{name}: range: 0..1")));
        }
    }
    let thinking = match body.thinking.as_ref() {
        Some(thinking) => thinking.read(token_max, body.temperature).map_err(|message| refuse(&message))?,
        None => Thinking::Off,
    };
    let mut cached_up_to = None;
    let mut tokens = 0;
    let mut messages = Vec::new();
    if let Some(system) = body.system {
        system.check("system").map_err(|message| refuse(&message))?;
        cached_up_to = system.cached_up_to(tokens);
        let text = system.text();
        tokens += tokens_of(&text);
        messages.push(Message { role: Role::System, text });
    }
    let turns = body.messages.ok_or_else(|| refuse("messages: Field required"))?;
    if turns.is_empty() {
        return Err(refuse("messages: at least one message is required"));
    }
    let last = turns.len() - 1;
    for (index, turn) in turns.into_iter().enumerate() {
        let at = format!("messages.{index}");
        let role = turn.role(index).map_err(|message| refuse(&message))?;
        turn.content.check(&format!("{at}.content")).map_err(|message| refuse(&message))?;
        if turn.content.is_empty() && !(role == Role::Assistant && index == last) {
            return Err(refuse(&format!(
                "{at}: all messages must have non-empty content except for the optional final \
                 assistant message"
            )));
        }
        cached_up_to = turn.content.cached_up_to(tokens).or(cached_up_to);
        let text = turn.content.text();
        tokens += tokens_of(&text);
        match messages.last_mut() {
            // The vendor takes turns of one role in a row for one turn.
            Some(before) if before.role == role => before.text.push_str(&text),
            _ => messages.push(Message { role, text }),
        }
    }
    let ends_with_answer = messages.last().is_some_and(|message| message.role == Role::Assistant);
    if ends_with_answer && thinking == Thinking::On {
        return Err(refuse("When `thinking` is enabled, the final message must be from the user."));
    }
    let user = body.metadata.and_then(|metadata| metadata.user_id).unwrap_or_default();
    // What is cached is told apart from what is not, so that only the former is read back.
    let sample_name = match cached_up_to.is_some() || body.cache_control.is_some() {
        true => format!("{user}\ncached"),
        false => user,
    };
    let mut conversation = Conversation::unseeded(model, messages, &sample_name);
    conversation.temperature = body.temperature.unwrap_or(1.0);
    conversation.token_max = Some(token_max);
    conversation.stops = body.stop_sequences.unwrap_or_default();
    conversation.thinking = thinking;
    if let Some(format) = body.output_config.and_then(|config| config.format).or(body.output_format) {
        conversation.shape = match (format.kind.as_str(), format.schema) {
            ("json_schema", Some(schema)) => Shape::Schema(schema),
            ("json_schema", None) => return Err(refuse("output_config.format.schema: Field required")),
            _ => return Err(refuse("output_config.format.type: Input should be 'json_schema'")),
        };
    }
    // Given for the whole request, it stands at the last block.
    let everything = body.cache_control.map(|_| conversation.prompt_tokens());
    let extras = Extras {
        request_id: request_id(head),
        cached_up_to: everything.or(cached_up_to),
        is_thinking_hidden: body
            .thinking
            .is_some_and(|thinking| thinking.display.as_deref() == Some("omitted")),
    };
    Ok(Asked { conversation, is_stream: body.stream.unwrap_or(false), extras })
}

impl BodyThinking {
    fn read(&self, token_max: u64, temperature: Option<f64>) -> Result<Thinking, String> {
        match self.kind.as_str() {
            "disabled" => return Ok(Thinking::Off),
            "adaptive" => {}
            "enabled" => {
                let budget = self.budget_tokens.ok_or("thinking.enabled.budget_tokens: Field required")?;
                if budget < THINKING_MIN {
                    return Err("thinking.enabled.budget_tokens: Input should be greater than or equal \
                        to 1024"
                        .into());
                }
                if budget >= token_max {
                    return Err("`max_tokens` must be greater than `thinking.budget_tokens`.".into());
                }
            }
            other => {
                return Err(format!(
                    "thinking: Input tag '{other}' does not match any of the expected tags: 'adaptive', \
                     'disabled', 'enabled'"
                ));
            }
        }
        if temperature.is_some_and(|temperature| temperature != 1.0) {
            return Err("`temperature` may only be set to 1 when thinking is enabled.".into());
        }
        Ok(Thinking::On)
    }
}

impl BodyMessage {
    fn role(&self, index: usize) -> Result<Role, String> {
        match self.role.as_str() {
            "user" => Ok(Role::User),
            "assistant" if index == 0 => Err("messages: first message must use the \"user\" role".into()),
            "assistant" => Ok(Role::Assistant),
            other => Err(format!(
                "messages: Unexpected role \"{other}\". The Messages API accepts a top-level `system` \
                 parameter, not \"system\" as an input message role."
            )),
        }
    }
}
