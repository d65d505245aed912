//! What response headers say about rate limits.

use std::time::{Duration, SystemTime};

use http::HeaderMap;

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

// Names by vendor, the first that is there counts: OpenAI, Groq, xAI and Together; Anthropic;
// Mistral; Cerebras; OpenRouter and others that limit requests alone.
const REQUESTS: [[&str; 3]; 5] = [
    ["x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"],
    [
        "anthropic-ratelimit-requests-limit",
        "anthropic-ratelimit-requests-remaining",
        "anthropic-ratelimit-requests-reset",
    ],
    ["x-ratelimit-limit-req-minute", "x-ratelimit-remaining-req-minute", "x-ratelimit-reset-req-minute"],
    [
        "x-ratelimit-limit-requests-day",
        "x-ratelimit-remaining-requests-day",
        "x-ratelimit-reset-requests-day",
    ],
    ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"],
];
const TOKENS: [[&str; 3]; 5] = [
    ["x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"],
    [
        "anthropic-ratelimit-tokens-limit",
        "anthropic-ratelimit-tokens-remaining",
        "anthropic-ratelimit-tokens-reset",
    ],
    [
        "x-ratelimit-limit-tokens-minute",
        "x-ratelimit-remaining-tokens-minute",
        "x-ratelimit-reset-tokens-minute",
    ],
    ["x-ratelimitbysize-limit-minute", "x-ratelimitbysize-remaining-minute", "ratelimitbysize-reset"],
    ["x-tokenlimit-limit", "x-tokenlimit-remaining", "x-tokenlimit-reset"],
];

/// Anthropic, which may limit the two directions apart and say nothing of both together.
const ONE_WAY_TOKENS: [[&str; 3]; 2] = [
    [
        "anthropic-ratelimit-input-tokens-limit",
        "anthropic-ratelimit-input-tokens-remaining",
        "anthropic-ratelimit-input-tokens-reset",
    ],
    [
        "anthropic-ratelimit-output-tokens-limit",
        "anthropic-ratelimit-output-tokens-remaining",
        "anthropic-ratelimit-output-tokens-reset",
    ],
];

impl RateLimits {
    pub(crate) fn of(headers: &HeaderMap, now: SystemTime) -> Self {
        let mut tokens = window(headers, &TOKENS, now);
        if tokens == Window::default() {
            let [input, output] = ONE_WAY_TOKENS.map(|names| window(headers, &[names], now));
            tokens = if output.share_left() < input.share_left() { output } else { input };
        }
        Self { requests: window(headers, &REQUESTS, now), tokens }
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
    /// How much of the window is left, from 0 to 1; more than 1 where it is not said.
    fn share_left(&self) -> f64 {
        match (self.remaining, self.limit) {
            (Some(remaining), Some(limit)) if limit > 0 => remaining as f64 / limit as f64,
            (Some(0), _) => 0.0,
            (Some(_), _) => 1.0,
            (None, _) => 2.0,
        }
    }
}

fn window(headers: &HeaderMap, names: &[[&str; 3]], now: SystemTime) -> Window {
    let first = |column: usize| names.iter().find_map(|row| headers.get(row[column])?.to_str().ok());
    Window {
        limit: first(0).and_then(count),
        remaining: first(1).and_then(count),
        reset: first(2).and_then(|text| span(text.trim(), now)),
    }
}

fn count(text: &str) -> Option<u64> {
    let text = text.trim();
    text.parse().ok().or_else(|| Some(text.parse::<f64>().ok().filter(|n| *n >= 0.0)? as u64))
}

/// A reset in any of the vendors' spellings: `6m0s`, seconds, an instant in seconds or
/// milliseconds since 1970, or RFC 3339.
fn span(text: &str, now: SystemTime) -> Option<Duration> {
    // A window of a hundred years is an instant that was not recognised as one.
    const SECONDS_MAX: f64 = 3_155_760_000.0;
    const INSTANT_SECONDS_MIN: f64 = 1_000_000_000.0;
    const INSTANT_MILLISECONDS_MIN: f64 = 1_000_000_000_000.0;
    let until = |instant: SystemTime| instant.duration_since(now).unwrap_or_default();
    if let Ok(number) = text.parse::<f64>() {
        let since_1970 = |seconds| {
            let span = Duration::try_from_secs_f64(seconds).ok()?;
            SystemTime::UNIX_EPOCH.checked_add(span).map(until)
        };
        return match number {
            _ if number >= INSTANT_MILLISECONDS_MIN => since_1970(number / 1_000.0),
            _ if number >= INSTANT_SECONDS_MIN => since_1970(number),
            _ if number <= SECONDS_MAX => Duration::try_from_secs_f64(number).ok(),
            _ => None,
        };
    }
    if let Ok(instant) = chrono::DateTime::parse_from_rfc3339(text) {
        return Some(until(instant.into()));
    }
    spelled_out(text)
}

/// A span as Go prints it: `1h2m3.5s`, `20ms`.
fn spelled_out(text: &str) -> Option<Duration> {
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let number_end = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let (number, after) = rest.split_at(number_end);
        let unit_end = after.find(|character: char| character.is_ascii_digit()).unwrap_or(after.len());
        let (unit, next) = after.split_at(unit_end);
        let seconds = match unit {
            "d" => 86_400.0,
            "h" => 3_600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        let part = Duration::try_from_secs_f64(number.parse::<f64>().ok()? * seconds).ok()?;
        total = total.checked_add(part)?;
        rest = next;
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::{RateLimits, Window, span};

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
    }

    #[test]
    fn a_reset_is_read_in_every_vendors_spelling() {
        for (text, seconds) in [
            ("6m0s", 360.0),
            ("2m59.56s", 179.56),
            ("20ms", 0.02),
            ("1d1h", 90_000.0),
            ("17.5", 17.5),
            ("1700000030", 30.0),
            ("1700000030500", 30.5),
            ("2023-11-14T22:13:50Z", 30.0),
            ("2023-11-14T22:13:10Z", 0.0),
        ] {
            let read = span(text, now()).map(|span| (span.as_secs_f64() * 1e6).round() / 1e6);
            assert_eq!(read, Some(seconds), "{text}");
        }
        for nonsense in ["", "s", "-3", "3 weeks", "NaN"] {
            assert_eq!(span(nonsense, now()), None, "{nonsense:?}");
        }
    }

    #[test]
    fn limits_of_requests_and_tokens_are_read_apart() {
        let headers: HeaderMap = [
            ("x-ratelimit-limit-requests", "500"),
            ("x-ratelimit-remaining-requests", "499"),
            ("x-ratelimit-reset-requests", "120ms"),
            ("x-ratelimit-limit-tokens", "200000"),
            ("x-ratelimit-remaining-tokens", "0"),
            ("x-ratelimit-reset-tokens", "1m30s"),
        ]
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .into_iter()
        .collect();
        let limits = RateLimits::of(&headers, now());
        assert_eq!(
            limits.requests,
            Window { limit: Some(500), remaining: Some(499), reset: Some(Duration::from_millis(120)) }
        );
        assert_eq!(limits.tokens.limit, Some(200_000));
        assert_eq!(limits.wait(), Some(Duration::from_secs(90)));
    }

    #[test]
    fn of_two_windows_for_one_way_each_the_tighter_counts() {
        let read = |shared: bool, input: &'static str, output: &'static str| {
            let instant = "2023-11-14T22:13:25Z";
            let mut headers = HeaderMap::new();
            for (way, limit, remaining) in [("input", "40000", input), ("output", "8000", output)] {
                for (field, value) in [("limit", limit), ("remaining", remaining), ("reset", instant)] {
                    let name = format!("anthropic-ratelimit-{way}-tokens-{field}");
                    headers.insert(HeaderName::try_from(name).unwrap(), HeaderValue::from_static(value));
                }
            }
            if shared {
                headers.insert("anthropic-ratelimit-tokens-remaining", HeaderValue::from_static("5"));
            }
            RateLimits::of(&headers, now()).tokens
        };
        let tight = read(false, "30000", "0");
        assert_eq!((tight.limit, tight.remaining), (Some(8_000), Some(0)));
        assert!(tight.reset.is_some());
        assert_eq!(read(false, "100", "8000").limit, Some(40_000));
        assert_eq!(read(true, "100", "0").remaining, Some(5));
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_a_reset_panic(text in "\\PC*|[0-9.]{0,20}(ms|s|m|h|d)?[0-9.e]{0,9}") {
            let _ = span(&text, now());
        }
    }
}
