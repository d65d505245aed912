//! A message's content: a text or blocks.

use serde::Deserialize;
use serde_json::Value;

use super::signature_of;
use crate::conversation::tokens_of;

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Content {
    Text(String),
    Blocks(Vec<Block>),
}

#[derive(Debug, Deserialize)]
pub(super) struct Block {
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
    thinking: Option<String>,
    signature: Option<String>,
    cache_control: Option<Value>,
}

impl Content {
    /// What was said; thoughts are not repeated to the model.
    pub(super) fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Blocks(blocks) => blocks.into_iter().filter_map(|block| block.text).collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Blocks(blocks) => blocks.is_empty(),
        }
    }

    /// Tokens up to the last block that ends a cached prefix, `before` it included.
    pub(super) fn cached_up_to(&self, before: u64) -> Option<u64> {
        let Self::Blocks(blocks) = self else { return None };
        let last = blocks.iter().rposition(|block| block.cache_control.is_some())?;
        let tokens = |block: &Block| block.text.as_deref().map_or(0, tokens_of);
        Some(before + blocks.iter().take(last + 1).map(tokens).sum::<u64>())
    }

    /// What is wrong with it, in the vendor's words.
    pub(super) fn check(&self, at: &str) -> Result<(), String> {
        let Self::Blocks(blocks) = self else { return Ok(()) };
        for (index, block) in blocks.iter().enumerate() {
            let at = format!("{at}.{index}");
            match block.kind.as_str() {
                "text" => match block.text.as_deref() {
                    Some("") => return Err(format!("{at}: text content blocks must be non-empty")),
                    Some(_) => {}
                    None => return Err(format!("{at}.text.text: Field required")),
                },
                "thinking" => {
                    let thought = block.thinking.as_deref().unwrap_or_default();
                    let given = block.signature.as_deref();
                    // A hidden thought comes back empty, signed for what it was.
                    let is_ours = thought.is_empty() && given.is_some_and(|given| !given.is_empty());
                    if !is_ours && given != Some(signature_of(thought).as_str()) {
                        return Err(format!("{at}: Invalid `signature` in `thinking` block"));
                    }
                }
                "redacted_thinking" | "image" | "document" | "tool_use" | "tool_result" => {}
                other => {
                    return Err(format!(
                        "{at}: Input tag '{other}' found using 'type' does not match any of the expected tags"
                    ));
                }
            }
        }
        Ok(())
    }
}
