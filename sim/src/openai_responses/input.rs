//! What is said to the model: a text, or a list of items.

use serde::Deserialize;

use crate::{
    conversation::{Message, Role},
    openai::error_body::{invalid, missing},
    rejection::Rejection,
};

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Input {
    Text(String),
    Items(Vec<Item>),
}

#[derive(Debug, Deserialize)]
pub(super) struct Item {
    /// None: a message.
    #[serde(rename = "type")]
    kind: Option<String>,
    role: Option<String>,
    content: Option<Content>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Deserialize)]
struct Part {
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
    refusal: Option<String>,
}

impl Input {
    pub(super) fn messages(self) -> Result<Vec<Message>, Rejection> {
        let items = match self {
            Self::Text(text) => return Ok(vec![Message { role: Role::User, text }]),
            Self::Items(items) => items,
        };
        let read = items.into_iter().enumerate().map(|(index, item)| item.message(index));
        read.filter_map(Result::transpose).collect()
    }
}

impl Item {
    /// None for what the model does not read again, such as its own reasoning.
    fn message(self, index: usize) -> Result<Option<Message>, Rejection> {
        let at = format!("input[{index}]");
        match self.kind.as_deref() {
            None | Some("message") => {}
            Some("reasoning") => return Ok(None),
            Some(other) => {
                let text =
                    format!("Invalid value: '{other}'. Supported values are: 'message' and 'reasoning'.");
                return Err(invalid(&text, Some(&at), "invalid_value"));
            }
        }
        let role = match self.role.as_deref() {
            Some("system" | "developer") => Role::System,
            Some("user") => Role::User,
            Some("assistant") => Role::Assistant,
            Some(other) => {
                let text = format!(
                    "Invalid value: '{other}'. Supported values are: 'assistant', 'system', 'developer', \
                     and 'user'."
                );
                return Err(invalid(&text, Some(&at), "invalid_value"));
            }
            None => return Err(missing(&format!("{at}.role"))),
        };
        let text = match self.content {
            Some(Content::Text(text)) => text,
            Some(Content::Parts(parts)) => {
                let texts = parts
                    .into_iter()
                    .enumerate()
                    .map(|(nth, part)| part.read(role, &format!("{at}.content[{nth}]")));
                texts.collect::<Result<String, _>>()?
            }
            None => return Err(missing(&format!("{at}.content"))),
        };
        Ok(Some(Message { role, text }))
    }
}

impl Part {
    /// What the user says is input, what the assistant said is output: each has its own parts.
    fn read(self, role: Role, at: &str) -> Result<String, Rejection> {
        let allowed: &[&str] = match role {
            Role::Assistant => &["output_text", "refusal"],
            _ => &["input_text", "input_image", "input_file"],
        };
        if !allowed.contains(&self.kind.as_str()) {
            let text =
                format!("Invalid value: '{}'. Supported values are: '{}'.", self.kind, allowed.join("', '"));
            return Err(invalid(&text, Some(at), "invalid_value"));
        }
        Ok(self.text.or(self.refusal).unwrap_or_default())
    }
}
