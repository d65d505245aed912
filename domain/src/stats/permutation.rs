//! A test of paired differences that assumes no distribution.

use serde::{Deserialize, Serialize};

use super::paired::if_too_few_to_reject;
use super::{Draws, Method, StatWarning, StatWarningCode, StatsError};

/// Up to this many differences other than 0 all signs are tried: a million sums.
pub const PERMUTATION_EXACT_MAX: usize = 20;

/// A permutation test's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PermutationTest {
    /// Pairs that went in.
    pub pairs: u64,
    /// Two-sided p, in (0, 1]. `None` = no pairs.
    pub p_value: Option<f64>,
    /// Whether all signs were tried rather than drawn.
    pub is_exact: bool,
    /// How it was computed.
    pub method: Method,
    /// What to know before relying on it.
    pub warnings: Vec<StatWarning>,
}

/// Sign-flip permutation test of whether paired differences have mean 0.
///
/// Under the null hypothesis a pair's two values are exchangeable, so its difference is as likely
/// with either sign: p is the share of sign patterns whose mean is at least as far from 0. All
/// patterns are tried up to [`PERMUTATION_EXACT_MAX`] differences other than 0; above, `draws` are made
/// and p = (hits + 1) / (rounds + 1), which never is 0 and never rejects too often.
/// Errors: `NotFinite`, `TooFewRounds` below 999 where draws are needed. Warns: `TooFewToReject`
/// (at 0.05), `NoVariance`, `NoValues`.
/// Source: Fisher (1935), The Design of Experiments, §21; Phipson & Smyth (2010), Stat. Appl. Genet.
/// Mol. Biol. 9:39.
pub fn permutation_test(differences: &[f64], draws: Draws<'_>) -> Result<PermutationTest, StatsError> {
    if differences.iter().any(|value| !value.is_finite()) {
        return Err(StatsError::NotFinite);
    }
    let moved: Vec<f64> = differences.iter().map(|value| value.abs()).filter(|value| *value > 0.0).collect();
    let observed = differences.iter().sum::<f64>().abs();
    // Sums that are equal on paper must count as equal in whatever order they were added.
    let reached = observed - 1e-12 * moved.iter().sum::<f64>();
    let is_exact = moved.len() <= PERMUTATION_EXACT_MAX;
    let mut warnings = Vec::new();
    let (p, method) = if is_exact {
        (exact(&moved, reached), Method::exact("sign-flip permutation test, all patterns", 1))
    } else {
        if draws.rounds < 999 {
            return Err(StatsError::TooFewRounds { given: draws.rounds, least: 999 });
        }
        let name = "sign-flip permutation test, drawn patterns";
        (drawn(&moved, reached, draws), Method::drawn(name, 1, draws.seed, draws.rounds))
    };
    if differences.is_empty() {
        let message = "No scenario is shared, so there is nothing to test.";
        warnings.push(StatWarning::new(StatWarningCode::NoValues, message));
    } else if moved.is_empty() {
        warnings.push(StatWarning::new(StatWarningCode::NoVariance, "No pair differs."));
    } else {
        warnings.extend(if_too_few_to_reject(moved.len() as u64, 0.05));
    }
    let p_value = (!differences.is_empty()).then_some(p);
    Ok(PermutationTest { pairs: differences.len() as u64, p_value, is_exact, method, warnings })
}

fn exact(moved: &[f64], reached: f64) -> f64 {
    let (front, back) = moved.split_at(moved.len() / 2);
    let (front, back) = (signed_sums(front), signed_sums(back));
    let hits: usize =
        front.iter().map(|left| back.iter().filter(|right| (left + *right).abs() >= reached).count()).sum();
    hits as f64 / (front.len() * back.len()) as f64
}

/// The sum under every pattern of signs.
fn signed_sums(values: &[f64]) -> Vec<f64> {
    values.iter().fold(vec![0.0], |sums, value| {
        sums.iter().map(|sum| sum + value).chain(sums.iter().map(|sum| sum - value)).collect()
    })
}

fn drawn(moved: &[f64], reached: f64, draws: Draws<'_>) -> f64 {
    let hits = draws.run(
        || (),
        |(), generator| {
            let sum: f64 = moved
                .chunks(64)
                .map(|values| {
                    let signs = generator.next();
                    let flipped = |(bit, value): (usize, &f64)| {
                        // The drawn bit becomes the sign bit: a branch here would be guessed wrong half the time.
                        f64::from_bits(value.to_bits() ^ (((signs >> bit) & 1) << 63))
                    };
                    values.iter().enumerate().map(flipped).sum::<f64>()
                })
                .sum();
            sum.abs() >= reached
        },
    );
    (hits.into_iter().filter(|hit| *hit).count() + 1) as f64 / (draws.rounds + 1) as f64
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::permutation_test;
    use crate::stats::{Draws, StatWarningCode};

    #[test]
    fn all_patterns_of_few_pairs_are_tried() {
        // Of 64 patterns, all plus and all minus are as far from 0.
        let found = permutation_test(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], Draws::new(0, 1)).unwrap();
        assert_eq!((found.p_value, found.is_exact), (Some(2.0 / 64.0), true));
        assert!(found.warnings.is_empty());
    }

    #[test]
    fn sums_equal_on_paper_count_as_equal() {
        let found = permutation_test(&[0.1, 0.2, -0.3, 0.7], Draws::new(0, 1)).unwrap();
        let whole = permutation_test(&[1.0, 2.0, -3.0, 7.0], Draws::new(0, 1)).unwrap();
        assert_eq!(found.p_value, whole.p_value);
    }

    #[test]
    fn drawn_patterns_come_close_to_all_of_them_on_any_number_of_threads() {
        let differences: Vec<f64> = (0..21).map(|index| f64::from(index % 7) - 2.2).collect();
        let drawn = permutation_test(&differences, Draws::new(99_999, 3)).unwrap();
        let exact = super::exact(
            &differences.iter().map(|value| value.abs()).collect::<Vec<_>>(),
            differences.iter().sum::<f64>().abs() - 1e-9,
        );
        assert!((drawn.p_value.unwrap() - exact).abs() < 0.005, "{drawn:?} {exact}");
        let alone = permutation_test(&differences, Draws { threads: 1, ..Draws::new(99_999, 3) }).unwrap();
        assert_eq!(drawn, alone);
        assert_eq!((drawn.method.seed, drawn.method.rounds), (Some(3), Some(99_999)));
        assert!(permutation_test(&differences, Draws::new(99, 3)).is_err());
    }

    #[test]
    fn five_pairs_can_never_be_significant_and_it_says_so() {
        let found = permutation_test(&[1.0; 5], Draws::new(0, 1)).unwrap();
        assert_eq!(found.p_value, Some(2.0 / 32.0));
        assert_eq!(found.warnings[0].code, StatWarningCode::TooFewToReject);
        assert_eq!(permutation_test(&[], Draws::new(0, 1)).unwrap().p_value, None);
        assert_eq!(permutation_test(&[0.0, 0.0], Draws::new(0, 1)).unwrap().p_value, Some(1.0));
    }
}
