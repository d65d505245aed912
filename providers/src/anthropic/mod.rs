//! Anthropic's Messages.
//!
//! Source: <https://platform.claude.com/docs/en/api/messages>.

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
    wire::{Answer, Assembly, Encoded, Wire, beside, joined},
};

/// The version of the API that is spoken.
pub(crate) const VERSION: &str = "2023-06-01";

const ENDPOINT: &str = "messages";

/// Most models that one page of the list takes.
const MODEL_COUNT_MAX: &str = "1000";

/// The wire format Messages.
pub(crate) struct Anthropic;

impl Wire for Anthropic {
    fn address(&self, base: &Url, _model: &str, _is_streamed: bool) -> Url {
        joined(base, ENDPOINT)
    }

    fn models_address(&self, base: &Url) -> Url {
        let mut url = beside(base, ENDPOINT, "models");
        url.query_pairs_mut().append_pair("limit", MODEL_COUNT_MAX);
        url
    }

    fn encode(
        &self,
        request: &ProviderRequest,
        behaviour: &Behaviour,
        is_streamed: bool,
    ) -> Result<Encoded, serde_json::Error> {
        request::encode(request, behaviour, is_streamed)
    }

    fn read(&self, body: &str, _behaviour: &Behaviour) -> Result<Answer, Fault> {
        answer::read(body)
    }

    fn vendor_error(&self, body: &str) -> VendorError {
        error::read(body)
    }

    fn assembly(&self) -> Box<dyn Assembly> {
        Box::new(stream::Events::default())
    }

    fn model_ids(&self, body: &str) -> Option<Vec<String>> {
        let models = Fields::of(body)?.array("data")?;
        Some(models.into_iter().filter_map(|json| Fields::of(json)?.string("id")).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::Anthropic;
    use crate::wire::Wire;

    #[test]
    fn questions_and_the_list_of_models_have_addresses_below_the_base() {
        for base in ["https://api.anthropic.com/v1", "https://api.anthropic.com/v1/messages"] {
            let base = base.parse().unwrap();
            let address = Anthropic.address(&base, "m", true);
            assert_eq!(address.as_str(), "https://api.anthropic.com/v1/messages");
            let models = Anthropic.models_address(&base);
            assert_eq!(models.as_str(), "https://api.anthropic.com/v1/models?limit=1000");
        }
    }

    #[test]
    fn the_models_are_named_by_their_ids() {
        let body = r#"{"data":[{"type":"model","id":"a","display_name":"A"},{"id":"b"},7],"has_more":false}"#;
        assert_eq!(Anthropic.model_ids(body), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(Anthropic.model_ids("<html>"), None);
    }
}
