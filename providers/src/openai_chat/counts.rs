//! Counts that vendors mean differently, brought to one meaning.

/// All tokens of the prompt. Gateways before Anthropic's models may count what the cache took
/// beside the rest and not in it, which the total shows, or a whole smaller than its part.
pub(crate) fn input(
    said: Option<u64>,
    cached: Option<u64>,
    written: Option<u64>,
    output: Option<u64>,
    reasoning: Option<u64>,
    total: Option<u64>,
) -> Option<u64> {
    let parts = cached.unwrap_or_default().saturating_add(written.unwrap_or_default());
    let whole = said?.saturating_add(parts);
    let sum = whole.checked_add(output.unwrap_or_default());
    // Where reasoning explains the total as well, it is what stands beside the rest.
    let total_says_so = parts > 0 && reasoning != Some(parts) && total.is_some() && sum == total;
    if total_says_so || parts > said? { Some(whole) } else { said }
}

/// All tokens the model produced. xAI counts reasoning beside the rest and not in it, and
/// Google's compatible address counts it nowhere, which only the total shows.
pub(crate) fn output(
    input: Option<u64>,
    said: Option<u64>,
    reasoning: Option<u64>,
    total: Option<u64>,
) -> Option<u64> {
    let (Some(input), Some(said_count), Some(total)) = (input, said, total) else {
        return said;
    };
    let unsaid = total.checked_sub(input).and_then(|rest| rest.checked_sub(said_count));
    match (unsaid, reasoning.filter(|count| *count > 0)) {
        (Some(unsaid), None) => Some(said_count + unsaid),
        (Some(unsaid), Some(reasoning)) if unsaid == reasoning => Some(said_count + reasoning),
        _ => said,
    }
}

#[cfg(test)]
mod tests {
    use super::{input, output};

    #[test]
    fn reasoning_is_added_only_where_the_total_shows_that_it_is_not_contained() {
        assert_eq!(output(Some(10), Some(7), Some(5), Some(22)), Some(12));
        assert_eq!(output(Some(10), Some(7), Some(5), Some(17)), Some(7));
        assert_eq!(output(Some(10), Some(7), Some(0), Some(17)), Some(7));
        assert_eq!(output(Some(10), Some(7), Some(0), Some(20)), Some(10));
        assert_eq!(output(Some(10), Some(7), None, Some(9)), Some(7));
        assert_eq!(output(Some(10), Some(7), Some(5), Some(40)), Some(7));
        assert_eq!(output(Some(10), Some(7), Some(5), None), Some(7));
        assert_eq!(output(Some(u64::MAX), Some(u64::MAX), Some(1), Some(1)), Some(u64::MAX));
        assert_eq!(output(None, None, Some(1), Some(1)), None);
    }

    #[test]
    fn the_cache_is_added_only_where_it_cannot_be_contained() {
        assert_eq!(input(Some(10), Some(20), Some(5), Some(7), None, Some(42)), Some(35));
        assert_eq!(input(Some(10), Some(4), None, Some(7), None, Some(21)), Some(14));
        assert_eq!(input(Some(10), Some(4), None, Some(7), None, Some(17)), Some(10));
        assert_eq!(input(Some(10), Some(4), None, None, None, None), Some(10));
        assert_eq!(input(Some(10), Some(11), None, None, None, None), Some(21));
        assert_eq!(input(Some(1), Some(u64::MAX), Some(u64::MAX), Some(1), None, Some(1)), Some(u64::MAX));
        assert_eq!(input(Some(10), Some(5), None, Some(7), Some(5), Some(22)), Some(10));
        assert_eq!(input(None, Some(11), None, None, None, None), None);
    }
}
