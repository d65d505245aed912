//! Contents: who spoke, in parts.

use serde::Deserialize;

use crate::conversation::Role;

#[derive(Debug, Deserialize)]
pub(super) struct Content {
    /// None: the user, as the vendor takes it.
    role: Option<String>,
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Debug, Deserialize)]
struct Part {
    /// None: an image or the like, which these models do not see.
    text: Option<String>,
    #[serde(default)]
    thought: bool,
}

impl Content {
    pub(super) fn role(&self) -> Result<Role, String> {
        match self.role.as_deref() {
            None | Some("" | "user" | "function") => Ok(Role::User),
            Some("model") => Ok(Role::Assistant),
            Some(_) => Err("Please use a valid role: user, model.".into()),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// What was said; thoughts are not repeated to the model.
    pub(super) fn text(self) -> String {
        self.parts.into_iter().filter(|part| !part.thought).filter_map(|part| part.text).collect()
    }
}
