//! OpenAI's Responses, also spoken by Azure, DeepSeek, vLLM and others.
//!
//! Source: <https://platform.openai.com/docs/api-reference/responses>.

mod answer;
#[cfg(test)]
mod answer_tests;
mod request;
mod stream;

use url::Url;

use crate::{
    ProviderRequest,
    classify::{Fault, VendorError},
    openai_chat::{error, ids_of_models},
    quirks::Behaviour,
    wire::{Answer, Assembly, Encoded, Wire, beside, joined},
};

const ENDPOINT: &str = "responses";

/// The wire format Responses.
pub(crate) struct OpenAiResponses;

impl Wire for OpenAiResponses {
    fn address(&self, base: &Url, _model: &str, _is_streamed: bool) -> Url {
        joined(base, ENDPOINT)
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
        answer::read(body, behaviour.think_tags)
    }

    fn vendor_error(&self, body: &str) -> VendorError {
        error::read(body)
    }

    fn assembly(&self) -> Box<dyn Assembly> {
        Box::new(stream::Events::default())
    }

    fn model_ids(&self, body: &str) -> Option<Vec<String>> {
        ids_of_models(body)
    }
}

#[cfg(test)]
mod tests {
    use super::OpenAiResponses;
    use crate::wire::Wire;

    #[test]
    fn a_base_may_be_the_endpoint_itself() {
        for base in
            ["https://h/openai/v1?api-version=preview", "https://h/openai/v1/responses?api-version=preview"]
        {
            let base = base.parse().unwrap();
            assert_eq!(
                OpenAiResponses.address(&base, "m", true).as_str(),
                "https://h/openai/v1/responses?api-version=preview"
            );
            assert_eq!(
                OpenAiResponses.models_address(&base).as_str(),
                "https://h/openai/v1/models?api-version=preview"
            );
        }
    }
}
