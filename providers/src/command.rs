//! (being written)

use std::time::Duration;

use futures::future::BoxFuture;

use crate::{
    Provider, ProviderCheck, ProviderError, ProviderReply, ProviderRequest, ProviderSettings, SettingsError,
};

/// A program.
#[derive(Debug, Clone)]
pub struct CommandSettings {
    /// How long.
    pub timeout: Duration,
}

pub(crate) struct Command;

impl Command {
    pub(crate) fn new(_settings: ProviderSettings) -> Result<Self, SettingsError> {
        unimplemented!()
    }
}

impl Provider for Command {
    fn id(&self) -> &str {
        unimplemented!()
    }

    fn converse<'a>(
        &'a self,
        _request: &'a ProviderRequest,
    ) -> BoxFuture<'a, Result<ProviderReply, ProviderError>> {
        unimplemented!()
    }

    fn check(&self) -> BoxFuture<'_, Result<ProviderCheck, ProviderError>> {
        unimplemented!()
    }
}
