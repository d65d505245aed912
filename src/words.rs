//! Numbers with their nouns.

use std::time::Duration;

/// `1 probe`, `2 probes`.
pub(crate) fn counted(count: impl TryInto<u64> + std::fmt::Display + Copy, noun: &str) -> String {
    let ending = if count.try_into().is_ok_and(|count| count == 1) { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// A span as people say it: `40 s`, `12 min`, `3.5 h`, `6 days`.
pub(crate) fn span(span: Duration) -> String {
    let seconds = span.as_secs_f64();
    match seconds {
        ..90.0 => format!("{seconds:.0} s"),
        ..5_400.0 => format!("{:.0} min", seconds / 60.0),
        ..172_800.0 => format!("{:.1} h", seconds / 3_600.0),
        _ => format!("{:.0} days", seconds / 86_400.0),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{counted, span};

    #[test]
    fn a_span_is_said_in_the_unit_that_fits() {
        let of = |seconds| span(Duration::from_secs(seconds));
        assert_eq!([of(0), of(40), of(720), of(12_600)], ["0 s", "40 s", "12 min", "3.5 h"]);
        assert_eq!(of(518_400), "6 days");
    }

    #[test]
    fn one_of_a_thing_is_no_plural() {
        assert_eq!((counted(1_i64, "probe"), counted(0_u64, "run")), ("1 probe".into(), "0 runs".into()));
    }
}
