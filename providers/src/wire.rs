//! What an adapter has to know of its wire format.

use serde_json::{Map, Value};
use url::Url;

use crate::{
    Finish, Parameter, ProviderRequest, Usage,
    classify::{Fault, VendorError},
    quirks::Behaviour,
    sse::{self, Event},
    text::parseable,
};

/// One wire format: how a request is written and an answer is read. Everything else (HTTP,
/// deadlines, limits, redaction) is the same for all of them and belongs to the adapter.
pub(crate) trait Wire: Send + Sync {
    /// Where a question is posted.
    fn address(&self, base: &Url, model: &str, is_streamed: bool) -> Url;

    /// What is fetched, for free, to see whether the provider answers and takes the key.
    fn models_address(&self, base: &Url) -> Url {
        joined(base, "models")
    }

    /// The body to post.
    fn encode(
        &self,
        request: &ProviderRequest,
        behaviour: &Behaviour,
        is_streamed: bool,
    ) -> Result<Encoded, serde_json::Error>;

    /// Reads a whole answer, which came with a status of success.
    fn read(&self, body: &str, behaviour: &Behaviour) -> Result<Answer, Fault>;

    /// What an error's body says.
    fn vendor_error(&self, body: &str) -> VendorError;

    /// Puts a streamed answer together.
    fn assembly(&self) -> Box<dyn Assembly>;

    /// The names of the models in the answer from `models_address`; `None` where it lists none.
    fn model_ids(&self, body: &str) -> Option<Vec<String>>;
}

/// A request as JSON, and what could not be put into it.
pub(crate) struct Encoded {
    pub(crate) body: String,
    pub(crate) omitted: Vec<Parameter>,
}

/// Folds the events of a stream into the body that the same answer has without streaming, so
/// that both are read by the same code.
pub(crate) trait Assembly: Send {
    /// Takes one event; true where it brings text or reasoning.
    fn take(&mut self, event: &Event<'_>) -> bool;

    /// What came of it.
    fn finish(self: Box<Self>) -> Assembled;
}

/// A stream after its last event.
#[derive(Debug, Default)]
pub(crate) struct Assembled {
    /// The body, as far as it came; `None` where nothing of an answer had come.
    pub(crate) body: Option<String>,
    /// Whether the provider said that the answer is whole.
    pub(crate) is_complete: bool,
    /// The error that the stream ended with.
    pub(crate) error: Option<VendorError>,
}

/// What a body says, before the circumstances of the call are added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) reasoning: Option<String>,
    pub(crate) model_version: Option<String>,
    pub(crate) finish: Finish,
    pub(crate) finish_raw: Option<String>,
    pub(crate) usage: Usage,
    pub(crate) request_id: Option<String>,
}

impl Answer {
    /// The outcome where the provider held back the prompt or the answer, of which some may have
    /// come.
    pub(crate) fn filtered(finish_raw: Option<String>, partial: Option<Self>) -> Self {
        let partial = partial.unwrap_or_else(|| Self {
            text: String::new(),
            reasoning: None,
            model_version: None,
            finish: Finish::ContentFilter,
            finish_raw: None,
            usage: Usage::default(),
            request_id: None,
        });
        Self { finish: Finish::ContentFilter, finish_raw, ..partial }
    }
}

/// An address below the base; its query is kept. People paste the full address of the
/// endpoint as often as its base, so a path that is there already is not added again.
pub(crate) fn joined(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let before = base.path().trim_end_matches('/');
    if !before.ends_with(&format!("/{path}")) {
        url.set_path(&format!("{before}/{path}"));
    }
    url
}

/// An address below the base, also where the base is the full address of this endpoint.
pub(crate) fn beside(base: &Url, endpoint: &str, path: &str) -> Url {
    let mut url = base.clone();
    if let Some(before) = base.path().trim_end_matches('/').strip_suffix(&format!("/{endpoint}")) {
        url.set_path(before);
    }
    joined(&url, path)
}

/// The body of an earlier answer as it is without streaming; `None` where nothing of it is left.
pub(crate) fn unstreamed(raw_body: &[u8], mut assembly: Box<dyn Assembly>) -> Option<String> {
    let (body, _) = parseable(raw_body);
    if !sse::is_stream(&body) {
        return Some(body.into_owned());
    }
    for event in sse::events(&body) {
        assembly.take(&event);
    }
    assembly.finish().body
}

/// Adds further fields to a body. Objects on both sides are joined field by field, so that one
/// setting of a group can be configured without repeating the others; else the further one wins.
pub(crate) fn merge(body: &mut Map<String, Value>, further: &Map<String, Value>) {
    for (name, value) in further {
        match (body.get_mut(name), value) {
            (Some(Value::Object(before)), Value::Object(more)) => merge(before, more),
            _ => {
                body.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{beside, joined, merge};

    #[test]
    fn a_further_field_joins_its_group_and_wins_over_what_was_there() {
        let mut body = json!({"group": {"a": 1, "b": 1}, "c": 1}).as_object().unwrap().clone();
        let further = json!({"group": {"b": 2}, "c": {"d": 2}, "e": 2});
        merge(&mut body, further.as_object().unwrap());
        assert_eq!(json!(body), json!({"group": {"a": 1, "b": 2}, "c": {"d": 2}, "e": 2}));
    }

    #[test]
    fn a_base_may_be_the_endpoint_itself_and_keeps_its_query() {
        let join = |base: &str| joined(&base.parse().unwrap(), "chat/completions").to_string();
        for base in ["https://h/v1", "https://h/v1/", "https://h/v1/chat/completions"] {
            assert_eq!(join(base), "https://h/v1/chat/completions");
        }
        assert_eq!(join("https://h/d?api-version=1"), "https://h/d/chat/completions?api-version=1");
        let base = "https://h/v1/chat/completions".parse().unwrap();
        assert_eq!(beside(&base, "chat/completions", "models").as_str(), "https://h/v1/models");
    }
}
