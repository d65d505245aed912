//! (being written)

use url::Url;

use crate::{
    ProviderRequest,
    classify::{Fault, VendorError},
    quirks::Behaviour,
    wire::{Answer, Assembly, Encoded, Wire},
};

/// The wire format.
pub(crate) struct Google;

impl Wire for Google {
    fn address(&self, _base: &Url, _model: &str, _is_streamed: bool) -> Url {
        unimplemented!()
    }

    fn encode(
        &self,
        _request: &ProviderRequest,
        _behaviour: &Behaviour,
        _is_streamed: bool,
    ) -> Result<Encoded, serde_json::Error> {
        unimplemented!()
    }

    fn read(&self, _body: &str, _behaviour: &Behaviour) -> Result<Answer, Fault> {
        unimplemented!()
    }

    fn vendor_error(&self, _body: &str) -> VendorError {
        unimplemented!()
    }

    fn assembly(&self) -> Box<dyn Assembly> {
        unimplemented!()
    }

    fn model_ids(&self, _body: &str) -> Option<Vec<String>> {
        unimplemented!()
    }
}
