//! Google's generateContent, of the Gemini API and of Vertex AI.
//!
//! Source: <https://ai.google.dev/api/generate-content>.

mod address;
mod answer;
#[cfg(test)]
mod answer_tests;
mod error;
mod request;
#[cfg(test)]
mod request_tests;
mod stream;

use url::Url;

use crate::{
    ProviderRequest,
    classify::{Fault, VendorError},
    fields::Fields,
    quirks::Behaviour,
    wire::{Answer, Assembly, Encoded, Wire},
};

/// The wire format generateContent.
pub(crate) struct Google;

impl Wire for Google {
    fn address(&self, base: &Url, model: &str, is_streamed: bool) -> Url {
        address::of_question(base, model, is_streamed)
    }

    fn models_address(&self, base: &Url) -> Url {
        address::of_models(base)
    }

    fn encode(
        &self,
        request: &ProviderRequest,
        behaviour: &Behaviour,
        _is_streamed: bool,
    ) -> Result<Encoded, serde_json::Error> {
        request::encode(request, behaviour)
    }

    fn read(&self, body: &str, _behaviour: &Behaviour) -> Result<Answer, Fault> {
        answer::read(body)
    }

    fn vendor_error(&self, body: &str) -> VendorError {
        error::read(body)
    }

    fn assembly(&self) -> Box<dyn Assembly> {
        Box::new(stream::Chunks::default())
    }

    fn model_ids(&self, body: &str) -> Option<Vec<String>> {
        let outer = Fields::of(body)?;
        // Vertex AI's name for the list.
        let models = outer.array("models").or_else(|| outer.array("publisherModels"))?;
        let names = models.into_iter().filter_map(|json| Fields::of(json)?.string("name"));
        Some(names.map(|name| bare(&name).to_owned()).collect())
    }
}

/// A model's name without the path of its resource: `models/x`, `publishers/google/models/x`.
fn bare(name: &str) -> &str {
    match name.rsplit_once('/') {
        Some((path, bare)) if path == "models" || path.ends_with("/models") => bare,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::{Google, bare};
    use crate::wire::Wire;

    #[test]
    fn the_models_of_both_services_are_named_without_their_paths() {
        let gemini = r#"{"models":[{"name":"models/a","version":"001"},{"displayName":"no name"}]}"#;
        let vertex = r#"{"publisherModels":[{"name":"publishers/google/models/a"}],"nextPageToken":"x"}"#;
        for body in [gemini, vertex] {
            assert_eq!(Google.model_ids(body), Some(vec!["a".to_owned()]), "{body}");
        }
        assert_eq!(Google.model_ids("<html>"), None);
        assert_eq!((bare("tunedModels/a"), bare("a")), ("tunedModels/a", "a"));
    }
}
