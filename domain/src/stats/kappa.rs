//! Agreement of two models beyond chance.

use serde::{Deserialize, Serialize};

use super::tails::z_critical;
use super::{
    Interval, Method, SMALL_SAMPLE_BELOW, StatWarning, StatWarningCode, StatsError, check_confidence,
};

/// How much a disagreement weighs by how far apart the categories are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KappaWeights {
    /// All disagreements alike: categories without an order.
    Nominal,
    /// By the number of steps between them.
    Linear,
    /// By the square of the number of steps.
    Quadratic,
}

/// A kappa with its uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kappa {
    /// Scenarios that both decided.
    pub n: u64,
    /// 1 = perfect, 0 = as by chance, negative = less than by chance. `None` = nothing to compare, or
    /// both always chose the same category.
    pub kappa: Option<f64>,
    /// Large-sample standard error. `None` as `kappa`.
    pub standard_error: Option<f64>,
    /// kappa ± z · standard error, cut to [−1, 1]. `None` as `kappa`.
    pub interval: Option<Interval>,
    /// How it was computed.
    pub method: Method,
    /// What to know before relying on it.
    pub warnings: Vec<StatWarning>,
}

/// Cohen's kappa of two models' decisions, as categories 0 … `categories` − 1 in their order.
///
/// `decisions` hold one pair per scenario: repeats are not independent, so pass their median or the
/// same sample of each. Errors: `Confidence`, `Lengths` for a category that does not exist.
/// Source: Cohen (1968), Psychological Bulletin 70:213–220; standard error: Fleiss, Cohen & Everitt
/// (1969), Psychological Bulletin 72:323–327.
pub fn weighted_kappa(
    decisions: &[(usize, usize)],
    categories: usize,
    weights: KappaWeights,
    confidence: f64,
) -> Result<Kappa, StatsError> {
    check_confidence(confidence)?;
    let n = decisions.len() as f64;
    let mut joint = vec![0.0; categories * categories];
    let (mut rows, mut columns) = (vec![0.0; categories], vec![0.0; categories]);
    for (row, column) in decisions {
        let (Some(left), Some(right)) = (rows.get_mut(*row), columns.get_mut(*column)) else {
            return Err(StatsError::Lengths("categories and decisions"));
        };
        *left += 1.0 / n;
        *right += 1.0 / n;
        if let Some(cell) = joint.get_mut(row * categories + column) {
            *cell += 1.0 / n;
        }
    }
    let farthest = categories.saturating_sub(1).max(1) as f64;
    let agreement = |row: usize, column: usize| match weights {
        KappaWeights::Nominal => f64::from(u8::from(row == column)),
        KappaWeights::Linear => 1.0 - row.abs_diff(column) as f64 / farthest,
        KappaWeights::Quadratic => 1.0 - (row.abs_diff(column) as f64 / farthest).powi(2),
    };
    let name = match weights {
        KappaWeights::Nominal => "Cohen's kappa",
        KappaWeights::Linear => "Cohen's kappa, linear weights",
        KappaWeights::Quadratic => "Cohen's kappa, quadratic weights",
    };
    let mut found = Kappa {
        n: decisions.len() as u64,
        kappa: None,
        standard_error: None,
        interval: None,
        method: Method::exact(name, 1),
        warnings: Vec::new(),
    };
    let mut warn = |code, message: String| found.warnings.push(StatWarning::new(code, message));
    if decisions.is_empty() {
        warn(StatWarningCode::NoValues, "No scenario was decided by both.".into());
        return Ok(found);
    }
    if found.n < SMALL_SAMPLE_BELOW {
        warn(StatWarningCode::SmallSample, format!("Only {} scenarios.", found.n));
    }
    // How well each category of one would agree with the other's decisions by chance.
    let chance = |shares: &[f64], category: usize| -> f64 {
        shares.iter().enumerate().map(|(other, share)| agreement(category, other) * share).sum()
    };
    let by_row: Vec<f64> = (0..categories).map(|row| chance(&columns, row)).collect();
    let by_column: Vec<f64> = (0..categories).map(|column| chance(&rows, column)).collect();
    let cells = || {
        let parts = by_row.iter().enumerate();
        let grid =
            parts.flat_map(|(row, left)| by_column.iter().enumerate().map(move |cell| (row, left, cell)));
        joint
            .iter()
            .zip(grid)
            .map(|(share, (row, left, (column, right)))| (*share, agreement(row, column), left + right))
    };
    let observed: f64 = cells().map(|(share, agreement, _)| share * agreement).sum();
    let expected: f64 = rows.iter().zip(&by_row).map(|(share, chance)| share * chance).sum();
    if 1.0 - expected < 1e-12 {
        warn(StatWarningCode::NoVariance, "Both always decided the same: chance explains it all.".into());
        return Ok(found);
    }
    let kappa = (observed - expected) / (1.0 - expected);
    let spread: f64 =
        cells().map(|(share, agreement, chance)| share * (agreement - chance * (1.0 - kappa)).powi(2)).sum();
    let variance = (spread - (kappa - expected * (1.0 - kappa)).powi(2)) / (n * (1.0 - expected).powi(2));
    let error = variance.max(0.0).sqrt();
    let reach = z_critical(confidence) * error;
    found.kappa = Some(kappa);
    found.standard_error = Some(error);
    found.interval = Some(Interval { low: (kappa - reach).max(-1.0), high: (kappa + reach).min(1.0) });
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{KappaWeights, weighted_kappa};

    #[test]
    fn near_misses_weigh_less_with_weights() {
        let decisions = [(0, 0), (1, 2), (2, 2), (3, 3), (4, 3), (1, 1)];
        let kappa = |weights| weighted_kappa(&decisions, 5, weights, 0.95).unwrap().kappa.unwrap();
        assert!(kappa(KappaWeights::Nominal) < kappa(KappaWeights::Linear));
        assert!(kappa(KappaWeights::Linear) < kappa(KappaWeights::Quadratic));
    }

    #[test]
    fn always_the_same_category_leaves_nothing_to_explain() {
        let found = weighted_kappa(&[(1, 1), (1, 1)], 3, KappaWeights::Linear, 0.95).unwrap();
        assert_eq!(found.kappa, None);
        assert_eq!(weighted_kappa(&[], 3, KappaWeights::Nominal, 0.95).unwrap().kappa, None);
        assert!(weighted_kappa(&[(3, 0)], 3, KappaWeights::Nominal, 0.95).is_err());
    }
}
