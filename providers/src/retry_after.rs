//! How long a provider asks us to wait.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header::RETRY_AFTER};

use crate::span::{span, spelled_out};

/// The wait that the headers ask for, `None` when they ask for none or are unreadable.
///
/// `retry-after-ms` (OpenAI, more exact) comes before `Retry-After`, which is a number of
/// seconds, whole or with a fraction, or an HTTP date (RFC 9110 §10.2.3); `30s` and the like
/// are understood as well. A date in the past is a wait of zero. No maximum is applied: that is the caller's policy.
pub fn parse_retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(milliseconds) = text("retry-after-ms").and_then(|text| text.parse::<f64>().ok())
        && let Ok(wait) = Duration::try_from_secs_f64(milliseconds / 1_000.0)
    {
        return Some(wait);
    }
    let asked = text(RETRY_AFTER.as_str())?;
    match (asked.parse::<f64>(), httpdate::parse_http_date(asked)) {
        (Ok(seconds), _) => Duration::try_from_secs_f64(seconds).ok(),
        (_, Ok(date)) => Some(date.duration_since(now).unwrap_or_default()),
        // Not by the RFC, but as gateways write their other headers.
        _ => span(asked, now),
    }
}

/// The wait that a message asks for: `Please try again in 1m2.5s.`, `Retry after 26 seconds`.
pub(crate) fn wait_in_words(message: &str) -> Option<Duration> {
    let message = message.to_lowercase();
    let starts = ["again in ", "again after ", "retry in ", "retry after "];
    let (_, asked) = starts.iter().find_map(|start| message.split_once(start))?;
    let mut words = asked.split_whitespace().map(|word| word.trim_end_matches(['.', ',', ';', '!', ')']));
    let (first, unit) = (words.next()?, words.next().unwrap_or_default());
    spelled_out(first).or_else(|| {
        let seconds = match unit.trim_end_matches('s') {
            "millisecond" | "m" if unit != "m" => 1e-3,
            "" | "sec" | "second" => 1.0,
            "min" | "minute" => 60.0,
            "hour" => 3_600.0,
            "day" => 86_400.0,
            _ => return None,
        };
        Duration::try_from_secs_f64(first.parse::<f64>().ok()? * seconds).ok()
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use http::{HeaderMap, HeaderName, HeaderValue};

    use proptest::prelude::*;

    use super::{parse_retry_after, wait_in_words};

    // Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110.
    const NOW: Duration = Duration::from_secs(784_111_777);

    fn wait(headers: &[(&'static str, &'static str)]) -> Option<Duration> {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect::<HeaderMap>();
        parse_retry_after(&headers, SystemTime::UNIX_EPOCH + NOW)
    }

    #[test]
    fn a_wait_is_read_from_seconds_fractions_milliseconds_and_dates() {
        assert_eq!(wait(&[("retry-after", "20")]), Some(Duration::from_secs(20)));
        assert_eq!(wait(&[("retry-after", " 0.5 ")]), Some(Duration::from_millis(500)));
        assert_eq!(wait(&[("retry-after", "1m30s")]), Some(Duration::from_secs(90)));
        assert_eq!(wait(&[("retry-after", "250ms")]), Some(Duration::from_millis(250)));
        assert_eq!(wait(&[("retry-after", "1994-11-06T08:50:37Z")]), Some(Duration::from_secs(60)));
        assert_eq!(
            wait(&[("retry-after-ms", "250"), ("retry-after", "1")]),
            Some(Duration::from_millis(250))
        );
        assert_eq!(wait(&[("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT")]), Some(Duration::from_secs(60)));
        assert_eq!(wait(&[("retry-after", "Sun, 06 Nov 1994 08:49:36 GMT")]), Some(Duration::ZERO));
    }

    #[test]
    fn a_wait_is_found_in_words() {
        for (message, wait) in [
            ("Rate limit reached. Please try again in 1m2.5s. Visit", 62_500),
            ("Please try again in 20ms.", 20),
            ("Please try again in 20 ms.", 20),
            ("Please retry after 26 seconds.", 26_000),
            ("Rate limit is exceeded. Try again in 3 minutes.", 180_000),
            ("Please retry in 13.5s.", 13_500),
            ("(retry after 1 second)", 1_000),
        ] {
            assert_eq!(wait_in_words(message), Some(Duration::from_millis(wait)), "{message}");
        }
        for message in [
            "try again in a while.",
            "try again in 2 moons",
            "try again in ",
            "retry after",
            "retry in -1 seconds",
            "retry in 5 m",
        ] {
            assert_eq!(wait_in_words(message), None, "{message}");
        }
    }

    proptest! {
        #[test]
        fn no_words_make_looking_for_a_wait_panic(text in "(try again in |retry after |[0-9.e]{0,5}|\\PC|ms|s| ){0,9}") {
            let _ = wait_in_words(&text);
        }
    }

    #[test]
    fn nonsense_asks_for_no_wait() {
        for nonsense in ["-1", "soon", "", "NaN", "inf", "1e300"] {
            assert_eq!(wait(&[("retry-after", nonsense)]), None, "{nonsense:?}");
        }
        assert_eq!(wait(&[("retry-after-ms", "x"), ("retry-after", "2")]), Some(Duration::from_secs(2)));
    }
}
