//! Spans of time as vendors write them.

use std::time::{Duration, SystemTime};

/// A reset in any of the vendors' spellings: `6m0s`, seconds, an instant in seconds or
/// milliseconds since 1970, or RFC 3339.
pub(crate) fn span(text: &str, now: SystemTime) -> Option<Duration> {
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
pub(crate) fn spelled_out(text: &str) -> Option<Duration> {
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

    use proptest::prelude::*;

    use super::span;

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

    proptest! {
        #[test]
        fn no_text_makes_reading_a_reset_panic(text in "\\PC*|[0-9.]{0,20}(ms|s|m|h|d)?[0-9.e]{0,9}") {
            let _ = span(&text, now());
        }
    }
}
