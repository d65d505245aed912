//! OpenAI's Chat Completions, and by [`crate::Quirks`] the servers compatible with it.
//!
//! Source: <https://platform.openai.com/docs/api-reference/chat>.

mod answer;
#[cfg(test)]
mod answer_tests;
mod content;
pub(crate) mod counts;
pub(crate) mod error;
mod request;
mod stream;
pub(crate) mod think;

use url::Url;

use crate::{
    ProviderRequest,
    classify::{Fault, VendorError},
    fields::Fields,
    quirks::Behaviour,
    wire::{Answer, Assembly, Encoded, Wire, beside, joined},
};

const ENDPOINT: &str = "chat/completions";

/// What stands for the model in a base URL, for Azure's deployments: `…/deployments/{model}`.
const MODEL_PLACE: &str = "%7Bmodel%7D";

/// The wire format Chat Completions.
pub(crate) struct OpenAiChat;

impl Wire for OpenAiChat {
    fn address(&self, base: &Url, model: &str, _is_streamed: bool) -> Url {
        with_model(joined(base, ENDPOINT), model)
    }

    fn models_address(&self, base: &Url) -> Url {
        beside(base, ENDPOINT, "models")
    }

    fn encode(
        &self,
        request: &ProviderRequest,
        behaviour: &Behaviour,
        is_streamed: bool,
    ) -> Result<Encoded, serde_json::Error> {
        request::encode(request, behaviour, is_streamed)
    }

    fn read(&self, body: &str, behaviour: &Behaviour) -> Result<Answer, Fault> {
        answer::read(body, &behaviour.reasoning_fields, behaviour.think_tags)
    }

    fn vendor_error(&self, body: &str) -> VendorError {
        error::read(body)
    }

    fn assembly(&self) -> Box<dyn Assembly> {
        Box::new(stream::Chunks::default())
    }

    fn model_ids(&self, body: &str) -> Option<Vec<String>> {
        ids_of_models(body)
    }
}

/// The ids in `{"data": [{"id": …}]}`, also where the list stands alone (Together).
pub(crate) fn ids_of_models(body: &str) -> Option<Vec<String>> {
    let outer = Fields::of(body);
    let models = outer.as_ref().map_or_else(|| crate::fields::array(body), |outer| outer.array("data"))?;
    Some(models.into_iter().filter_map(|json| Fields::of(json)?.string("id")).collect())
}

/// The address with the model put in where it has a place for it.
fn with_model(mut address: Url, model: &str) -> Url {
    if let Some((before, after)) = address.path().split_once(MODEL_PLACE) {
        let path = format!("{before}{model}{after}");
        address.set_path(&path);
    }
    address
}

#[cfg(test)]
mod tests {
    use super::{OpenAiChat, ids_of_models};
    use crate::wire::Wire;

    #[test]
    fn a_deployment_of_azure_is_part_of_the_address() {
        let base = "https://r.openai.azure.com/openai/deployments/{model}?api-version=2024-10-21";
        let address = OpenAiChat.address(&base.parse().unwrap(), "gpt-4o", false);
        assert_eq!(
            address.as_str(),
            "https://r.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21"
        );
    }

    #[test]
    fn models_are_listed_with_and_without_an_envelope() {
        let ids = Some(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(ids_of_models(r#"{"object":"list","data":[{"id":"a"},{"id":"b"}]}"#), ids);
        assert_eq!(ids_of_models(r#"[{"id":"a"},{"id":"b"}]"#), ids);
        assert_eq!(ids_of_models("<html>"), None);
    }
}
