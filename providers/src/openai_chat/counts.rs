//! Counts that vendors mean differently, brought to one meaning.

/// All tokens the model produced. xAI counts reasoning beside the rest and not in it, which
/// only the total shows.
pub(crate) fn output(
    input: Option<u64>,
    said: Option<u64>,
    reasoning: Option<u64>,
    total: Option<u64>,
) -> Option<u64> {
    let (Some(input), Some(said_count), Some(reasoning), Some(total)) = (input, said, reasoning, total)
    else {
        return said;
    };
    let is_beside = reasoning > 0
        && input.checked_add(said_count).and_then(|sum| sum.checked_add(reasoning)) == Some(total);
    if is_beside { Some(said_count + reasoning) } else { said }
}

#[cfg(test)]
mod tests {
    use super::output;

    #[test]
    fn reasoning_is_added_only_where_the_total_shows_that_it_is_not_contained() {
        assert_eq!(output(Some(10), Some(7), Some(5), Some(22)), Some(12));
        assert_eq!(output(Some(10), Some(7), Some(5), Some(17)), Some(7));
        assert_eq!(output(Some(10), Some(7), Some(0), Some(17)), Some(7));
        assert_eq!(output(Some(10), Some(7), Some(5), None), Some(7));
        assert_eq!(output(Some(u64::MAX), Some(u64::MAX), Some(1), Some(1)), Some(u64::MAX));
        assert_eq!(output(None, None, Some(1), Some(1)), None);
    }
}
