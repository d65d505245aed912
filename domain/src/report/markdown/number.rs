//! Numbers, sums, times and spans as people write them.

use chrono::{DateTime, Utc};

/// What is not known.
pub(super) const MISSING: &str = "–";

/// `1,234,567`.
pub(super) fn count(number: impl Into<i128>) -> String {
    let number = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

/// `12 (34.5 %)`: a count with its share of something that is named beside it.
pub(super) fn share(part: i64, whole: i64) -> String {
    if whole == 0 { count(part) } else { format!("{} ({})", count(part), percent(part, whole)) }
}

/// `34.5 %`; what is not all is never rounded to all, and what is something never to nothing.
pub(super) fn percent(part: i64, whole: i64) -> String {
    let exact = part as f64 * 100.0 / whole as f64;
    let shown = match exact {
        x if x < 0.05 && part > 0 => 0.1,
        x if x >= 99.95 && part < whole => 99.9,
        x => x,
    };
    // Nothing and all are exact; the rest has the same number of decimals, whatever it is.
    if part == 0 || part == whole { format!("{shown:.0} %") } else { format!("{shown:.1} %") }
}

/// Three decimals.
pub(super) fn decimal(number: Option<f64>) -> String {
    number.map_or_else(|| MISSING.into(), |number| format!("{number:.3}"))
}

/// US dollars: at least two decimals, and as many more as there are, up to micro-dollars.
pub(super) fn usd(number: Option<f64>) -> String {
    let Some(number) = number else { return MISSING.into() };
    let text = format!("{number:.6}");
    let short = text.trim_end_matches('0');
    let decimals = short.rsplit('.').next().map_or(0, str::len);
    if decimals < 2 { format!("{number:.2}") } else { short.to_owned() }
}

/// `2026-11-20 14:02:11 UTC`.
pub(super) fn time(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| MISSING.into(), |at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// `840 ms`, `12.3 s`, `4 min 5 s`, `1 h 8 min`, `3 d 4 h`.
pub(super) fn span(ms: Option<i64>) -> String {
    let Some(ms) = ms else { return MISSING.into() };
    let seconds = ms / 1_000;
    match seconds {
        ..1 => format!("{ms} ms"),
        1..60 => format!("{}.{} s", seconds, ms % 1_000 / 100),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

/// `1 probe`, `2 probes`.
pub(super) fn counted(number: i64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_write_them() {
        assert_eq!(
            [count(0), count(999), count(1_000), count(-1_234_567)],
            ["0", "999", "1,000", "-1,234,567"]
        );
        assert_eq!([percent(1, 3), percent(1, 1), percent(0, 9)], ["33.3 %", "100 %", "0 %"]);
        assert_eq!([percent(1, 100_000), percent(99_999, 100_000)], ["0.1 %", "99.9 %"]);
        assert_eq!(share(0, 0), "0");
        assert_eq!(
            [usd(Some(5.0)), usd(Some(0.0421)), usd(Some(0.000_007)), usd(None)],
            ["5.00", "0.0421", "0.000007", "–"]
        );
        let spans = [0, 840, 12_340, 245_000, 4_080_000, 273_600_000].map(|ms| span(Some(ms)));
        assert_eq!(spans, ["0 ms", "840 ms", "12.3 s", "4 min 5 s", "1 h 8 min", "3 d 4 h"]);
    }
}
