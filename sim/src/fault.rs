//! What can go wrong.

use serde::{Deserialize, Serialize};

/// One way in which a provider fails.
///
/// As JSON a name (`"reset"`) or, where it has parameters, a name with them
/// (`{"rate_limited":{"retry_after":{"seconds":2}}}`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// 429: too many calls.
    RateLimited {
        /// How the provider says when to come back.
        retry_after: RetryAfter,
    },
    /// What was paid for is used up; waiting some seconds does not help. OpenAI 429
    /// `insufficient_quota`, Anthropic 400 (usage limits), Google 429 (per day).
    Quota,
    /// Nobody pays. OpenAI 429 `billing_not_active`, Anthropic 400 (credit balance), Google 403
    /// `BILLING_DISABLED`.
    Billing,
    /// 401; from the Gemini API 400 `API_KEY_INVALID`.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 404: the vendor does not know the model, though it is listed.
    ModelNotFound,
    /// 400: the conversation is longer than the model reads.
    ContextLength,
    /// 413; from Google 400.
    RequestTooLarge,
    /// 400 from OpenAI, 200 without an answer from the others: the vendor's filter stops the
    /// prompt before the model sees it.
    PromptBlocked,
    /// 307 to this server under another host name.
    Redirect,
    /// 500 with the vendor's error body.
    ServerError,
    /// 502 with a proxy's HTML page.
    BadGateway,
    /// 503 with the vendor's error body.
    Unavailable,
    /// 529 from Anthropic and OpenAI's likes, 503 from Google.
    Overloaded,
    /// 504.
    Timeout,
    /// The connection is reset before a byte is answered.
    Reset,
    /// Half of the body is sent, less than `Content-Length` said; then the connection closes.
    TruncatedBody,
    /// 200 with a body that is not JSON.
    MalformedJson,
    /// 200 with the right body called `text/html`.
    WrongContentType,
    /// Never answers. Ends when the client leaves.
    Hang,
    /// The right answer, one byte at a time.
    SlowDrip {
        /// Milliseconds between two bytes.
        interval_ms: u64,
    },
    /// The right answer, compressed whether the client takes that or not.
    Compressed {
        /// By what.
        encoding: Encoding,
    },
    /// A stream ends in order, but too soon. An answer that is not streamed is whole.
    StreamEnds {
        /// Events before the end.
        after_events: u32,
    },
    /// A stream ends with the vendor's error event. An answer that is not streamed is whole.
    StreamError {
        /// Events before the error.
        after_events: u32,
    },
    /// The model declines: OpenAI's `refusal`, Anthropic's `stop_reason` `refusal`. Google has
    /// no field for it: there it is an answer like others.
    Refusal,
    /// The vendor's filter breaks the answer off; Google's finish reason is `SAFETY`.
    ContentFilter,
    /// As `ContentFilter`, but Google's finish reason is `RECITATION`.
    Recitation,
    /// As `ContentFilter`, but without a word of the answer; Google's `PROHIBITED_CONTENT`.
    ProhibitedContent,
    /// An answer without text that ends as if it were whole.
    Empty {
        /// No text at all (Chat Completions: null) instead of `""`.
        null: bool,
    },
    /// The answer breaks off as if it had reached its cap on tokens.
    Length,
    /// Emoji, right-to-left and combining text, control characters, an escaped NUL and an
    /// escaped lone surrogate before the answer.
    OddText,
    /// Prose where JSON was asked for; other answers are right.
    ProseAnswer,
    /// JSON that does not fit the schema that was asked for; other answers are right.
    WrongSchema,
    /// The answer is filled up to about this size.
    HugeAnswer {
        /// Bytes of text.
        bytes: u64,
    },
}

impl Fault {
    /// A 429 that says how many seconds to wait.
    pub const fn rate_limited(seconds: u64) -> Self {
        Self::RateLimited { retry_after: RetryAfter::Seconds(seconds) }
    }

    /// An answer of 10 MB, the most Probity takes by default.
    pub const fn huge_answer() -> Self {
        Self::HugeAnswer { bytes: 10_000_000 }
    }

    /// The name used in JSON and in the log's counts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "rate_limited",
            Self::Quota => "quota",
            Self::Billing => "billing",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::ModelNotFound => "model_not_found",
            Self::ContextLength => "context_length",
            Self::RequestTooLarge => "request_too_large",
            Self::PromptBlocked => "prompt_blocked",
            Self::Redirect => "redirect",
            Self::ServerError => "server_error",
            Self::BadGateway => "bad_gateway",
            Self::Unavailable => "unavailable",
            Self::Overloaded => "overloaded",
            Self::Timeout => "timeout",
            Self::Reset => "reset",
            Self::TruncatedBody => "truncated_body",
            Self::MalformedJson => "malformed_json",
            Self::WrongContentType => "wrong_content_type",
            Self::Hang => "hang",
            Self::SlowDrip { .. } => "slow_drip",
            Self::Compressed { .. } => "compressed",
            Self::StreamEnds { .. } => "stream_ends",
            Self::StreamError { .. } => "stream_error",
            Self::Refusal => "refusal",
            Self::ContentFilter => "content_filter",
            Self::Recitation => "recitation",
            Self::ProhibitedContent => "prohibited_content",
            Self::Empty { .. } => "empty",
            Self::Length => "length",
            Self::OddText => "odd_text",
            Self::ProseAnswer => "prose_answer",
            Self::WrongSchema => "wrong_schema",
            Self::HugeAnswer { .. } => "huge_answer",
        }
    }
}

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// `Content-Encoding: gzip`.
    Gzip,
    /// `Content-Encoding: br`.
    Br,
}

impl Encoding {
    /// As it stands in `Content-Encoding`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Br => "br",
        }
    }
}

/// How a 429 says when to come back. Google says `Seconds` and `Millis` in its body, as
/// `RetryInfo`, and in no header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// It does not say.
    None,
    /// `Retry-After: 2`; Google `"retryDelay": "2s"`.
    Seconds(u64),
    /// `Retry-After: Sun, 06 Nov 1994 08:49:37 GMT`, this many seconds from now.
    HttpDate(u64),
    /// `retry-after-ms: 250`, which only some vendors send; Google `"retryDelay": "0.250s"`.
    Millis(u64),
}
