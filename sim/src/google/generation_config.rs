//! How the answer shall be made.

use serde::Deserialize;
use serde_json::Value;

use crate::conversation::{Conversation, Shape, Thinking};

// The vendor takes the names as protobuf has them, too.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct GenerationConfig {
    pub(super) seed: Option<i64>,
    temperature: Option<f64>,
    #[serde(alias = "top_p")]
    top_p: Option<f64>,
    #[serde(alias = "max_output_tokens")]
    max_output_tokens: Option<u64>,
    #[serde(alias = "candidate_count")]
    candidate_count: Option<u32>,
    #[serde(alias = "stop_sequences")]
    stop_sequences: Vec<String>,
    #[serde(alias = "response_mime_type")]
    response_mime_type: Option<String>,
    #[serde(alias = "response_schema")]
    response_schema: Option<Value>,
    #[serde(alias = "response_json_schema")]
    response_json_schema: Option<Value>,
    #[serde(alias = "thinking_config")]
    thinking_config: ThinkingConfig,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ThinkingConfig {
    #[serde(alias = "include_thoughts")]
    include_thoughts: bool,
    /// 0: none; -1: as the model thinks fit.
    #[serde(alias = "thinking_budget")]
    thinking_budget: Option<i64>,
}

impl GenerationConfig {
    pub(super) fn includes_thoughts(&self) -> bool {
        self.thinking_config.include_thoughts
    }

    /// Checks it and puts it into the conversation.
    pub(super) fn apply(self, conversation: &mut Conversation) -> Result<(), String> {
        for (name, value, max) in [("temperature", self.temperature, 2.0), ("top_p", self.top_p, 1.0)] {
            if value.is_some_and(|value| !(0.0..=max).contains(&value)) {
                return Err(format!(
                    "* GenerateContentRequest.generation_config.{name}: {name} must be in the range [0.0, {max:.1}]."
                ));
            }
        }
        if self.max_output_tokens == Some(0) {
            return Err("max_output_tokens must be positive.".into());
        }
        if self.candidate_count.is_some_and(|count| count != 1) {
            return Err("Multiple candidates is not enabled for this model".into());
        }
        let schema = self.response_json_schema.or(self.response_schema);
        let is_json = self.response_mime_type.as_deref() == Some("application/json");
        conversation.shape = match schema {
            Some(_) if !is_json => {
                return Err("Response schema is only supported with response mime type: \
                    `application/json`"
                    .into());
            }
            Some(schema) => Shape::Schema(schema),
            None if is_json => Shape::Json,
            None => Shape::Text,
        };
        conversation.thinking = match self.thinking_config.thinking_budget {
            Some(0) => Thinking::Off,
            _ if self.thinking_config.include_thoughts => Thinking::On,
            _ => Thinking::AsProfile,
        };
        conversation.temperature = self.temperature.unwrap_or(1.0);
        conversation.token_max = self.max_output_tokens;
        conversation.stops = self.stop_sequences;
        Ok(())
    }
}
