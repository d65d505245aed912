//! Numbers with their nouns.

/// `1 probe`, `2 probes`.
pub(crate) fn counted(count: impl TryInto<u64> + std::fmt::Display + Copy, noun: &str) -> String {
    let ending = if count.try_into().is_ok_and(|count| count == 1) { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn one_of_a_thing_is_no_plural() {
        assert_eq!((counted(1_i64, "probe"), counted(0_u64, "run")), ("1 probe".into(), "0 runs".into()));
    }
}
