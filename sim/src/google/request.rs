//! Reading a generateContent request.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    content::Content,
    error_body::{invalid, unknown_path},
    generation_config::GenerationConfig,
};
use crate::{
    conversation::{Conversation, Message, Role},
    exchange::{Asked, Head},
    rejection::Rejection,
};

/// What only this format knows of a request.
#[derive(Debug)]
pub(crate) struct Extras {
    /// `alt=sse`; else a stream is one JSON array.
    pub(super) is_sse: bool,
    /// Thoughts are billed in any case, and sent only where asked for.
    pub(super) includes_thoughts: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(default)]
    contents: Vec<Content>,
    #[serde(alias = "system_instruction")]
    system_instruction: Option<Content>,
    #[serde(default, alias = "generation_config")]
    generation_config: GenerationConfig,
    // Taken and not looked at: these models have no tools and no filters of their own.
    #[expect(dead_code, reason = "what is known is told from what is not")]
    #[serde(alias = "safety_settings")]
    safety_settings: Option<Value>,
    #[expect(dead_code, reason = "what is known is told from what is not")]
    tools: Option<Value>,
    #[expect(dead_code, reason = "what is known is told from what is not")]
    #[serde(alias = "tool_config")]
    tool_config: Option<Value>,
    #[expect(dead_code, reason = "what is known is told from what is not")]
    labels: Option<Value>,
    #[expect(dead_code, reason = "what is known is told from what is not")]
    #[serde(alias = "cached_content")]
    cached_content: Option<Value>,
    #[expect(dead_code, reason = "what is known is told from what is not")]
    #[serde(alias = "service_tier")]
    service_tier: Option<Value>,
    #[expect(dead_code, reason = "what is known is told from what is not")]
    model: Option<String>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

pub(super) fn read(head: &Head, bytes: &[u8]) -> Result<Asked<Extras>, Rejection> {
    let path = head.uri.path();
    let (model, method) = path
        .rsplit_once('/')
        .and_then(|(_, call)| call.rsplit_once(':').or_else(|| call.rsplit_once("%3A")))
        .ok_or_else(|| unknown_path(&axum::http::Method::POST, path))?;
    let is_stream = match method {
        "generateContent" => false,
        "streamGenerateContent" => true,
        _ => return Err(unknown_path(&axum::http::Method::POST, path)),
    };
    let body: Body = serde_json::from_slice(bytes)
        .map_err(|error| invalid(&format!("Invalid JSON payload received. {error}")))?;
    if let Some(name) = body.unknown.keys().next() {
        let message = format!("Invalid JSON payload received. Unknown name \"{name}\": Cannot find field.");
        return Err(invalid(&message));
    }
    if body.contents.is_empty() {
        return Err(invalid("* GenerateContentRequest.contents: contents is not specified\n"));
    }
    let mut messages = Vec::with_capacity(body.contents.len() + 1);
    if let Some(system) = body.system_instruction {
        messages.push(Message { role: Role::System, text: system.text() });
    }
    for (index, content) in body.contents.into_iter().enumerate() {
        let role = content.role().map_err(|message| invalid(&message))?;
        if content.is_empty() {
            let message = format!(
                "* GenerateContentRequest.contents[{index}].parts: contents.parts must not be empty.\n"
            );
            return Err(invalid(&message));
        }
        messages.push(Message { role, text: content.text() });
    }
    let config = body.generation_config;
    let includes_thoughts = config.includes_thoughts();
    let mut conversation = Conversation::new(model.to_owned(), messages, config.seed);
    config.apply(&mut conversation).map_err(|message| invalid(&message))?;
    let extras = Extras { is_sse: head.query("alt") == Some("sse"), includes_thoughts };
    Ok(Asked { conversation, is_stream, extras })
}
