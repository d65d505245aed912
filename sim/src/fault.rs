//! What can go wrong, and when it shall.

use serde::{Deserialize, Serialize};

/// One way in which a provider fails.
///
/// As JSON a name (`"reset"`) or, where it has parameters, a name with them
/// (`{"rate_limited":{"retry_after":{"seconds":2}}}`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// 429 `rate_limit_exceeded`.
    RateLimited {
        /// How the provider says when to come back.
        retry_after: RetryAfter,
    },
    /// 429 `insufficient_quota`: waiting does not help.
    Quota,
    /// 401 `invalid_api_key`.
    Unauthorized,
    /// 403 `unsupported_country_region_territory`.
    Forbidden,
    /// 400 `context_length_exceeded`.
    ContextLength,
    /// 500 with the vendor's error body.
    ServerError,
    /// 502 with a proxy's HTML page.
    BadGateway,
    /// 503 with the vendor's error body.
    Unavailable,
    /// 529, the status some vendors use for "overloaded".
    Overloaded,
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
    /// The model declines: `message.refusal` is set and `content` is null.
    Refusal,
    /// `finish_reason` is `content_filter` and the answer breaks off.
    ContentFilter,
    /// An answer without text, `finish_reason` `stop`.
    Empty {
        /// `content` is null instead of `""`.
        null: bool,
    },
    /// The answer breaks off, `finish_reason` `length`.
    Length,
    /// Emoji, right-to-left and combining text, control characters, an escaped NUL and an
    /// escaped lone surrogate before the answer.
    OddText,
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
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::ContextLength => "context_length",
            Self::ServerError => "server_error",
            Self::BadGateway => "bad_gateway",
            Self::Unavailable => "unavailable",
            Self::Overloaded => "overloaded",
            Self::Reset => "reset",
            Self::TruncatedBody => "truncated_body",
            Self::MalformedJson => "malformed_json",
            Self::WrongContentType => "wrong_content_type",
            Self::Hang => "hang",
            Self::SlowDrip { .. } => "slow_drip",
            Self::Refusal => "refusal",
            Self::ContentFilter => "content_filter",
            Self::Empty { .. } => "empty",
            Self::Length => "length",
            Self::OddText => "odd_text",
            Self::HugeAnswer { .. } => "huge_answer",
        }
    }
}

/// How a 429 says when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// It does not say.
    None,
    /// `Retry-After: 2`.
    Seconds(u64),
    /// `Retry-After: Sun, 06 Nov 1994 08:49:37 GMT`, this many seconds from now.
    HttpDate(u64),
    /// `retry-after-ms: 250`, which only some vendors send.
    Millis(u64),
}

/// When a fault happens. Every condition that is given must hold; the first rule that applies
/// to a call decides it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// What happens.
    pub kind: Fault,
    /// Share of the matching calls that fail, 0–1. Drawn from the seed, the body and how often
    /// that body was sent, so a retry draws again.
    #[serde(default = "always")]
    pub rate: f64,
    /// Only calls of this model, by its name or one of its versions. None: all.
    #[serde(default)]
    pub model: Option<String>,
    /// Only the first n calls that match, whatever their bodies. None: no end.
    #[serde(default)]
    pub first_n: Option<u64>,
    /// Spares the first n calls that match: healthy, then broken.
    #[serde(default)]
    pub after_n: Option<u64>,
    /// Only the first n calls of each body: the retry after them succeeds.
    #[serde(default)]
    pub first_n_of_body: Option<u32>,
    /// Only conversations whose user has spoken this often (1 = the opening prompt).
    #[serde(default)]
    pub turn: Option<usize>,
    /// Only when the last user message holds this text.
    #[serde(default)]
    pub prompt_contains: Option<String>,
}

fn always() -> f64 {
    1.0
}

impl FaultRule {
    /// Every call fails this way, until narrowed.
    pub fn always(kind: Fault) -> Self {
        Self {
            kind,
            rate: 1.0,
            model: None,
            first_n: None,
            after_n: None,
            first_n_of_body: None,
            turn: None,
            prompt_contains: None,
        }
    }

    /// Only this share of the calls, 0–1.
    #[must_use]
    pub fn at_rate(mut self, rate: f64) -> Self {
        self.rate = rate;
        self
    }

    /// Only this model, by its name or one of its versions.
    #[must_use]
    pub fn for_model(mut self, model: &str) -> Self {
        self.model = Some(model.to_owned());
        self
    }

    /// Only the first n calls that match.
    #[must_use]
    pub fn first_n(mut self, n: u64) -> Self {
        self.first_n = Some(n);
        self
    }

    /// Only the first n calls of each body.
    #[must_use]
    pub fn first_n_of_body(mut self, n: u32) -> Self {
        self.first_n_of_body = Some(n);
        self
    }

    /// Only conversations whose user has spoken this often.
    #[must_use]
    pub fn on_turn(mut self, turn: usize) -> Self {
        self.turn = Some(turn);
        self
    }

    /// Only when the last user message holds this text.
    #[must_use]
    pub fn when_prompt_contains(mut self, text: &str) -> Self {
        self.prompt_contains = Some(text.to_owned());
        self
    }
}

/// A requests-per-minute limit, answered with 429 and `Retry-After` when it is exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Calls per minute, refilled continuously.
    pub requests_per_minute: u32,
    /// Calls that may come at once after a pause.
    pub burst: u32,
}

/// Everything that shall go wrong. The default is nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    /// Tried in order.
    #[serde(default)]
    pub rules: Vec<FaultRule>,
    /// Over all models and keys. None: unlimited.
    #[serde(default)]
    pub rate_limit: Option<RateLimit>,
}

impl Faults {
    /// Nothing goes wrong.
    pub fn none() -> Self {
        Self::default()
    }

    /// One rule alone.
    pub fn one(rule: FaultRule) -> Self {
        Self { rules: vec![rule], rate_limit: None }
    }
}

impl From<Fault> for Faults {
    fn from(kind: Fault) -> Self {
        Self::one(FaultRule::always(kind))
    }
}
