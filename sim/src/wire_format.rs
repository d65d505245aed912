//! The wire formats that are spoken.

/// How a client talks to a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WireFormat {
    /// OpenAI Chat Completions, `POST /v1/chat/completions`.
    OpenAiChat,
    /// OpenAI Responses, `POST /v1/responses`.
    OpenAiResponses,
    /// Anthropic Messages, `POST /v1/messages`.
    Anthropic,
    /// Google generateContent, `POST /v1beta/models/NAME:generateContent`.
    Google,
}

impl WireFormat {
    /// Every one of them.
    pub const ALL: [Self; 4] = [Self::OpenAiChat, Self::OpenAiResponses, Self::Anthropic, Self::Google];

    /// The first segment of the format's paths.
    pub(crate) const fn version(self) -> &'static str {
        match self {
            Self::OpenAiChat | Self::OpenAiResponses | Self::Anthropic => "v1",
            Self::Google => "v1beta",
        }
    }
}
