//! How long a provider asks us to wait.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header::RETRY_AFTER};

/// The wait that the headers ask for, `None` when they ask for none or are unreadable.
///
/// `retry-after-ms` (OpenAI, more exact) comes before `Retry-After`, which is a number of
/// seconds, whole or with a fraction, or an HTTP date (RFC 9110 §10.2.3). A date in the
/// past is a wait of zero. No maximum is applied: that is the caller's policy.
pub fn parse_retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(milliseconds) = text("retry-after-ms").and_then(|text| text.parse::<f64>().ok())
        && let Ok(wait) = Duration::try_from_secs_f64(milliseconds / 1_000.0)
    {
        return Some(wait);
    }
    let asked = text(RETRY_AFTER.as_str())?;
    match asked.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => {
            let date = httpdate::parse_http_date(asked).ok()?;
            Some(date.duration_since(now).unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::parse_retry_after;

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
        assert_eq!(
            wait(&[("retry-after-ms", "250"), ("retry-after", "1")]),
            Some(Duration::from_millis(250))
        );
        assert_eq!(wait(&[("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT")]), Some(Duration::from_secs(60)));
        assert_eq!(wait(&[("retry-after", "Sun, 06 Nov 1994 08:49:36 GMT")]), Some(Duration::ZERO));
    }

    #[test]
    fn nonsense_asks_for_no_wait() {
        for nonsense in ["-1", "soon", "", "NaN", "inf", "1e300"] {
            assert_eq!(wait(&[("retry-after", nonsense)]), None, "{nonsense:?}");
        }
        assert_eq!(wait(&[("retry-after-ms", "x"), ("retry-after", "2")]), Some(Duration::from_secs(2)));
    }
}
