//! How often each value occurs.

use std::collections::BTreeMap;

/// Counts per value, in the order of the values. Values that do not occur are absent: the caller,
/// who knows the scale, decides whether they are shown as 0.
pub fn distribution<T: Ord>(values: impl IntoIterator<Item = T>) -> BTreeMap<T, u64> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_insert(0) += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::distribution;

    #[test]
    fn values_are_counted_in_their_order() {
        let counts: Vec<_> = distribution([3, 1, 3, 2, 3]).into_iter().collect();
        assert_eq!(counts, [(1, 1), (2, 1), (3, 3)]);
        assert!(distribution::<i64>([]).is_empty());
    }
}
