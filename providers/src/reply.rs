//! What a provider answered, whatever its wire format.

use std::{fmt, time::Duration};

use bytes::Bytes;

use crate::{Parameter, RateLimits};

/// One answer. An empty, refused, filtered or cut-off answer is an answer too.
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderReply {
    /// What the model said, untrimmed and without its reasoning; empty when it said nothing.
    pub text: String,
    /// The reasoning the provider disclosed, `None` when it disclosed none.
    pub reasoning: Option<String>,
    /// The model that really answered, in the provider's words; `None` when it did not say.
    pub model_version: Option<String>,
    /// Why the answer ended.
    pub finish: Finish,
    /// The provider's own word for it, `None` when it gave none.
    pub finish_raw: Option<String>,
    /// The tokens it counted.
    pub usage: Usage,
    /// The id to quote to the provider's support: from the headers, else from the body.
    pub request_id: Option<String>,
    /// What the headers said about rate limits.
    pub limits: RateLimits,
    /// The body as received, decompressed; an echoed key is blotted out. Of a streamed answer
    /// it is the stream.
    pub raw_body: Bytes,
    /// The JSON that was sent. Keys travel in headers and are not in it.
    pub request_body: String,
    /// From the call's start to the response's headers.
    pub first_byte: Duration,
    /// From the call's start to the first text or reasoning; `None` where the answer came
    /// in one piece.
    pub first_token: Option<Duration>,
    /// From the call's start to the end of the body.
    pub total: Duration,
    /// True where `text` or `reasoning` holds a U+FFFD that stands for something no database
    /// can hold (NUL, a lone surrogate, invalid UTF-8). `raw_body` has the original.
    pub text_is_altered: bool,
    /// Parameters of the request that were not sent because the model does not take them.
    pub omitted: Vec<Parameter>,
}

/// What had come of an answer when it broke off. Providers bill it all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartialAnswer {
    /// What the model had said.
    pub text: String,
    /// The reasoning that had come.
    pub reasoning: Option<String>,
    /// The model that answered.
    pub model_version: Option<String>,
    /// The tokens counted so far; most vendors count at the end only.
    pub usage: Usage,
    /// True where a U+FFFD stands for something no database can hold.
    pub text_is_altered: bool,
    /// From the call's start to the first text or reasoning.
    pub first_token: Option<Duration>,
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Finish {
    /// The model had said what it wanted to say.
    Stop,
    /// The limit of output tokens or of the context was reached.
    Length,
    /// The model declined, and the provider marked it so.
    Refusal,
    /// The provider withheld the answer, or would not pass on the prompt.
    ContentFilter,
    /// Anything else, or nothing said.
    Other,
}

impl Finish {
    /// The stored spelling, which is never changed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::Refusal => "refusal",
            Self::ContentFilter => "content_filter",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Finish {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Tokens as the provider counted them. `None` means it did not say, which is not zero.
///
/// The meaning is the same for every wire format, whatever the vendor's own convention:
/// parts are contained in their whole, so cost = (`input` − `cached_input` − `cache_write`)
/// at the input price, plus each part at its own price, plus `output` at the output price.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// All tokens of the prompt, cached ones included.
    pub input: Option<u64>,
    /// Those of `input` that were read from the provider's cache.
    pub cached_input: Option<u64>,
    /// Those of `input` that were written to the provider's cache.
    pub cache_write: Option<u64>,
    /// All tokens the model produced, reasoning included.
    pub output: Option<u64>,
    /// Those of `output` that were reasoning.
    pub reasoning: Option<u64>,
}
