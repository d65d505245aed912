//! p values of a family of tests, adjusted for how many there are.

use super::StatsError;

/// Holm–Bonferroni: rejecting where the adjusted p ≤ α makes one false rejection or more in the whole
/// family with probability at most α, however the tests depend on each other.
///
/// In the order given; a test without a p (`None`) stays without and does not count.
/// Errors: `Probability` unless 0 ≤ p ≤ 1.
/// Source: Holm (1979), Scandinavian J. Statistics 6:65–70.
pub fn holm(p_values: &[Option<f64>]) -> Result<Vec<Option<f64>>, StatsError> {
    let order = ascending(p_values)?;
    let tests = order.len() as f64;
    let mut adjusted = vec![None; p_values.len()];
    let mut highest = 0.0_f64;
    for (rank, (index, p)) in order.into_iter().enumerate() {
        highest = highest.max((p * (tests - rank as f64)).min(1.0));
        set(&mut adjusted, index, highest);
    }
    Ok(adjusted)
}

/// Benjamini–Hochberg: rejecting where the adjusted p ≤ α keeps the expected share of false
/// rejections among all rejections at or below α, for tests that are independent or positively dependent.
///
/// Order, `None` and errors as [`holm`].
/// Source: Benjamini & Hochberg (1995), J. Royal Statistical Society B 57:289–300.
pub fn benjamini_hochberg(p_values: &[Option<f64>]) -> Result<Vec<Option<f64>>, StatsError> {
    let order = ascending(p_values)?;
    let tests = order.len() as f64;
    let mut adjusted = vec![None; p_values.len()];
    let mut lowest = 1.0_f64;
    for (rank, (index, p)) in order.into_iter().enumerate().rev() {
        lowest = lowest.min(p * tests / (rank + 1) as f64);
        set(&mut adjusted, index, lowest);
    }
    Ok(adjusted)
}

fn ascending(p_values: &[Option<f64>]) -> Result<Vec<(usize, f64)>, StatsError> {
    let mut order: Vec<(usize, f64)> =
        p_values.iter().enumerate().filter_map(|(index, p)| p.map(|p| (index, p))).collect();
    if order.iter().any(|(_, p)| !(0.0..=1.0).contains(p)) {
        return Err(StatsError::Probability("a p value"));
    }
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    Ok(order)
}

fn set(adjusted: &mut [Option<f64>], index: usize, value: f64) {
    if let Some(place) = adjusted.get_mut(index) {
        *place = Some(value);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{benjamini_hochberg, holm};

    #[test]
    fn tests_without_a_p_do_not_count() {
        let with = holm(&[Some(0.01), None, Some(0.04)]).unwrap();
        assert_eq!(with, [Some(0.02), None, Some(0.04)]);
        assert_eq!(benjamini_hochberg(&[None, Some(0.3)]).unwrap(), [None, Some(0.3)]);
        assert!(holm(&[]).unwrap().is_empty());
    }

    #[test]
    fn an_adjusted_p_never_overtakes_a_larger_one() {
        let found = holm(&[Some(0.02), Some(0.021), Some(0.9)]).unwrap();
        assert_eq!(found, [Some(0.06), Some(0.06), Some(0.9)]);
    }

    #[test]
    fn what_is_no_probability_is_refused() {
        assert!(holm(&[Some(1.5)]).is_err());
        assert!(benjamini_hochberg(&[Some(f64::NAN)]).is_err());
    }
}
