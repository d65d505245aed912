//! What response headers say about rate limits.

use std::time::{Duration, SystemTime};

use http::HeaderMap;

use crate::span::span;

/// The limits of a credential as one response stated them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateLimits {
    /// Requests per window.
    pub requests: Window,
    /// Tokens per window.
    pub tokens: Window,
}

/// One limit; `None` where the headers do not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// How many the window allows.
    pub limit: Option<u64>,
    /// How many are left in it.
    pub remaining: Option<u64>,
    /// Until it is full again, counted from the response.
    pub reset: Option<Duration>,
}

/// What a limit of requests is called after `x-ratelimit-limit-` and its like. Of several
/// windows the first one that is exhausted counts, else the first.
const REQUESTS: [&str; 8] = [
    // OpenAI, Azure, Groq, xAI, Fireworks.
    "requests",
    // Mistral; Cerebras.
    "req-minute",
    "requests-minute",
    "requests-per-minute",
    "requests-hour",
    "requests-day",
    "req-month",
    "requests-month",
];
const TOKENS: [&str; 12] = [
    "tokens",
    // Mistral, Cerebras.
    "tokens-minute",
    "tokens-per-minute",
    "tokens-per-day",
    "tokens-hour",
    "tokens-day",
    "tokens-month",
    // Servers that limit the two directions apart; Fireworks.
    "input-tokens",
    "output-tokens",
    "tokens-prompt",
    "tokens-generated",
    "tokens-cache-adjusted-prompt",
];

/// The same of Anthropic, between `anthropic-ratelimit-` and `-limit`.
const ANTHROPIC_TOKENS: [&str; 3] = ["tokens", "input-tokens", "output-tokens"];

/// Limit, remaining and reset of those that name no unit: OpenRouter and Together; servers that
/// keep to earlier drafts of the IETF's.
const REQUESTS_WITHOUT_UNIT: [[&str; 3]; 2] = [
    ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"],
    ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"],
];
const TOKENS_OTHERWISE: [[&str; 3]; 2] = [
    // Together; Mistral's older names.
    ["x-tokenlimit-limit", "x-tokenlimit-remaining", "x-tokenlimit-reset"],
    ["x-ratelimitbysize-limit-minute", "x-ratelimitbysize-remaining-minute", "ratelimitbysize-reset"],
];

impl RateLimits {
    pub(crate) fn of(headers: &HeaderMap, now: SystemTime) -> Self {
        // LiteLLM passes on the provider's own under this prefix, and may have limits itself.
        ["", "llm_provider-"].iter().fold(Self::default(), |limits, prefix| {
            let under = Self::under(prefix, headers, now);
            Self { requests: limits.requests.or(under.requests), tokens: limits.tokens.or(under.tokens) }
        })
    }

    fn under(prefix: &str, headers: &HeaderMap, now: SystemTime) -> Self {
        let row = |names: [String; 3]| {
            let text = |name: &String| headers.get(format!("{prefix}{name}"))?.to_str().ok().map(str::trim);
            let [limit, remaining, reset] = &names;
            Window {
                limit: text(limit).and_then(count),
                remaining: text(remaining).and_then(count),
                reset: text(reset).and_then(|text| span(text, now)),
            }
        };
        const COLUMNS: [&str; 3] = ["limit", "remaining", "reset"];
        let plain = |unit: &&str| row(COLUMNS.map(|column| format!("x-ratelimit-{column}-{unit}")));
        let anthropic =
            |unit: &str| row(COLUMNS.map(|column| format!("anthropic-ratelimit-{unit}-{column}")));
        let named = |names: &[&str; 3]| row(names.map(str::to_owned));
        let (requests, tokens) = if prefix.is_empty() { standard(headers) } else { <_>::default() };
        Self {
            requests: tightest(
                REQUESTS
                    .iter()
                    .map(plain)
                    .chain([anthropic("requests")])
                    .chain(REQUESTS_WITHOUT_UNIT.iter().map(named))
                    .chain([requests]),
            ),
            tokens: tightest(
                TOKENS
                    .iter()
                    .map(plain)
                    .chain(ANTHROPIC_TOKENS.map(anthropic))
                    .chain(TOKENS_OTHERWISE.iter().map(named))
                    .chain([tokens]),
            ),
        }
    }

    /// The wait until an exhausted window is full again, for a refusal without `Retry-After`.
    pub(crate) fn wait(&self) -> Option<Duration> {
        [self.requests, self.tokens]
            .into_iter()
            .filter(|window| window.remaining == Some(0))
            .filter_map(|window| window.reset)
            .max()
    }
}

impl Window {
    fn or(self, other: Self) -> Self {
        if self == Self::default() { other } else { self }
    }
}

/// The first window that is exhausted, else the first that says anything.
fn tightest(windows: impl Iterator<Item = Window>) -> Window {
    let mut first = Window::default();
    for window in windows {
        if window.remaining == Some(0) {
            return window;
        }
        first = first.or(window);
    }
    first
}

/// The windows of requests and tokens as the IETF's drafts write them, `RateLimit` with
/// `RateLimit-Policy`: `"minute";r=50;t=30` with `"minute";q=100;w=60`, earlier
/// `limit=100, remaining=50, reset=30`.
///
/// Source: <https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/>.
fn standard(headers: &HeaderMap) -> (Window, Window) {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (mut requests, mut tokens) = (Window::default(), Window::default());
    for member in text("ratelimit").split(',').chain(text("ratelimit-policy").split(',')) {
        // The name of a policy and the unit it counts in are the vendor's choice.
        let window = if member.to_ascii_lowercase().contains("token") { &mut tokens } else { &mut requests };
        for (key, value) in member.split(';').filter_map(|parameter| parameter.split_once('=')) {
            match key.trim() {
                "limit" | "q" => window.limit = window.limit.or_else(|| count(value)),
                "remaining" | "r" => window.remaining = window.remaining.or_else(|| count(value)),
                "reset" | "t" => {
                    let seconds = || value.trim().parse().ok().map(Duration::from_secs);
                    window.reset = window.reset.or_else(seconds);
                }
                _ => {}
            }
        }
    }
    (requests, tokens)
}

/// A number, of which the earlier drafts let a policy follow: `100, 100;w=60`. Azure's −1 says
/// that there is no limit.
fn count(text: &str) -> Option<u64> {
    let text = text.split([',', ';']).next().unwrap_or_default().trim();
    text.parse().ok().or_else(|| Some(text.parse::<f64>().ok().filter(|n| *n >= 0.0)? as u64))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::{RateLimits, Window};

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
    }

    fn limits(headers: &[(&'static str, &'static str)]) -> RateLimits {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        RateLimits::of(&headers, now())
    }

    fn window(limit: u64, remaining: u64, reset: impl Into<Option<u64>>) -> Window {
        let reset = reset.into().map(Duration::from_secs);
        Window { limit: Some(limit), remaining: Some(remaining), reset }
    }

    #[test]
    fn limits_of_requests_and_tokens_are_read_apart() {
        let limits = limits(&[
            ("x-ratelimit-limit-requests", "500"),
            ("x-ratelimit-remaining-requests", "499"),
            ("x-ratelimit-reset-requests", "2s"),
            ("x-ratelimit-limit-tokens", "200000"),
            ("x-ratelimit-remaining-tokens", "0"),
            ("x-ratelimit-reset-tokens", "1m30s"),
        ]);
        assert_eq!((limits.requests, limits.tokens), (window(500, 499, 2), window(200_000, 0, 90)));
        assert_eq!(limits.wait(), Some(Duration::from_secs(90)));
    }

    #[test]
    fn every_vendors_names_are_known() {
        for names in [
            [
                "x-ratelimit-limit-req-minute",
                "x-ratelimit-remaining-req-minute",
                "x-ratelimit-reset-req-minute",
            ],
            [
                "x-ratelimit-limit-requests-day",
                "x-ratelimit-remaining-requests-day",
                "x-ratelimit-reset-requests-day",
            ],
            ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"],
            ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"],
            [
                "anthropic-ratelimit-requests-limit",
                "anthropic-ratelimit-requests-remaining",
                "anthropic-ratelimit-requests-reset",
            ],
            [
                "llm_provider-x-ratelimit-limit-requests",
                "llm_provider-x-ratelimit-remaining-requests",
                "llm_provider-x-ratelimit-reset-requests",
            ],
        ] {
            let limits = limits(&[(names[0], "9"), (names[1], "8"), (names[2], "7")]);
            assert_eq!((limits.requests, limits.tokens), (window(9, 8, 7), Window::default()), "{names:?}");
        }
        for names in [
            [
                "x-ratelimit-limit-tokens-minute",
                "x-ratelimit-remaining-tokens-minute",
                "x-ratelimit-reset-tokens-minute",
            ],
            [
                "x-ratelimit-limit-input-tokens",
                "x-ratelimit-remaining-input-tokens",
                "x-ratelimit-reset-input-tokens",
            ],
            ["x-ratelimitbysize-limit-minute", "x-ratelimitbysize-remaining-minute", "ratelimitbysize-reset"],
            ["x-tokenlimit-limit", "x-tokenlimit-remaining", "x-tokenlimit-reset"],
            [
                "anthropic-ratelimit-input-tokens-limit",
                "anthropic-ratelimit-input-tokens-remaining",
                "anthropic-ratelimit-input-tokens-reset",
            ],
        ] {
            let limits = limits(&[(names[0], "9"), (names[1], "8"), (names[2], "7")]);
            assert_eq!((limits.requests, limits.tokens), (Window::default(), window(9, 8, 7)), "{names:?}");
        }
    }

    #[test]
    fn of_several_windows_the_exhausted_one_counts_with_its_own_reset() {
        let limits = limits(&[
            ("x-ratelimit-limit-requests-minute", "30"),
            ("x-ratelimit-remaining-requests-minute", "29"),
            ("x-ratelimit-reset-requests-minute", "12"),
            ("x-ratelimit-limit-requests-day", "900"),
            ("x-ratelimit-remaining-requests-day", "0"),
            ("x-ratelimit-reset-requests-day", "3600"),
        ]);
        assert_eq!(
            (limits.requests, limits.wait()),
            (window(900, 0, 3_600), Some(Duration::from_secs(3_600)))
        );
    }

    #[test]
    fn the_drafts_of_the_ietf_are_read_from_the_earliest_to_the_latest() {
        for headers in [
            &[("ratelimit-limit", "100, 100;w=60"), ("ratelimit-remaining", "50"), ("ratelimit-reset", "30")]
                [..],
            &[("ratelimit", "limit=100, remaining=50, reset=30"), ("ratelimit-policy", "100;w=60")],
            &[("ratelimit", "\"minute\";r=50;t=30"), ("ratelimit-policy", "\"minute\";q=100;w=60")],
        ] {
            assert_eq!(limits(headers).requests, window(100, 50, 30), "{headers:?}");
        }
        let both = limits(&[
            ("ratelimit", "\"requests\";r=5, \"tokens\";r=6;t=1"),
            ("ratelimit-policy", "\"requests\";q=10;w=60, \"tokens\";q=20;w=60"),
        ]);
        assert_eq!((both.requests, both.tokens), (window(10, 5, None), window(20, 6, 1)));
    }

    #[test]
    fn no_limit_is_none() {
        let unlimited = limits(&[
            ("x-ratelimit-limit-tokens", "-1"),
            ("x-ratelimit-remaining-tokens", "-1"),
            ("x-ratelimit-limit-requests", "many"),
        ]);
        assert_eq!(unlimited, RateLimits::default());
    }

    proptest! {
        #[test]
        fn no_header_makes_reading_limits_panic(text in "[ -~]{0,30}|[limtreqw=;,0-9\\-]{0,30}") {
            let mut headers = HeaderMap::new();
            for name in ["ratelimit", "ratelimit-policy", "x-ratelimit-limit", "x-ratelimit-reset-tokens"] {
                headers.insert(name, HeaderValue::from_str(&text).unwrap());
            }
            let _ = RateLimits::of(&headers, now()).wait();
        }
    }
}
