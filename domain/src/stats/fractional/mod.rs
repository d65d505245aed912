//! Few scenarios from which the effect of every dimension can still be estimated.

mod coding;
mod exchange;
mod hadamard;
mod orthogonal;

use serde::{Deserialize, Serialize};

use self::coding::{Space, d_efficiency};
use super::{Method, StatWarning, StatWarningCode, StatsError};
use crate::sampling::SplitMix64;

/// How a design was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DesignKind {
    /// Every combination.
    Full,
    /// An orthogonal array of strength 2: each pair of levels of two factors occurs equally often.
    OrthogonalArray,
    /// Near the best determinant that exchanges find.
    DOptimal,
}

/// Combinations from which main effects can be estimated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FractionalDesign {
    /// Positions in the product of all levels, ascending; the first factor varies slowest.
    pub rows: Vec<u64>,
    /// How it was found.
    pub kind: DesignKind,
    /// |XᵀX|^(1/p) / n with orthonormal contrasts, in (0, 1]: 1 is balanced and orthogonal. Errors of
    /// effects are about 1/√(efficiency) of what as many rows could give at best.
    pub d_efficiency: f64,
    /// p: the constant and levels − 1 per factor. As many rows are the least.
    pub parameters: u64,
    /// The nearest larger size with an orthogonal array. `None` = none below the full product was found.
    pub next_orthogonal_size: Option<u64>,
    /// How it was computed.
    pub method: Method,
    /// What to know before relying on it.
    pub warnings: Vec<StatWarning>,
}

/// |XᵀX|^(1/p) / n of any rows (positions as in [`FractionalDesign::rows`]), in [0, 1], such as those of a
/// random sample. 0 = some main effect cannot be estimated from them.
/// Errors: `Design` for no factors, or one with fewer than two levels. Source: [`fractional_design`].
pub fn design_efficiency(levels: &[u32], rows: &[u64]) -> Result<f64, StatsError> {
    Ok(d_efficiency(&Space::new(levels)?, rows).unwrap_or(0.0))
}

/// Below this efficiency a warning suggests a larger sample.
pub const LOW_EFFICIENCY_BELOW: f64 = 0.8;

/// Picks `size` different combinations of factors with these level counts, from which all main
/// effects can be estimated, the constant included.
///
/// An orthogonal array where one of exactly this size is known (linear ones over any prime, Hadamard
/// matrices of Paley's first kind, products of them) and every row of it is allowed; else the best of
/// several coordinate exchanges from random starts. Main effects are free of each other, not of
/// interactions. The same arguments give the same rows. `is_allowed` says of a position whether the
/// definition's rules leave it. Errors: `Design` for no factors, a factor with fewer than two levels,
/// too few rows for the effects (with the least), more rows than are allowed, or effects that the
/// rules make inseparable.
/// Source: Hedayat, Sloane & Stufken (1999), Orthogonal Arrays, ch. 3, 7; Meyer & Nachtsheim (1995),
/// Technometrics 37:60–69; the efficiency: Kuhfeld, Tobias & Garratt (1994), J. Marketing Research
/// 31:545–557.
pub fn fractional_design(
    levels: &[u32],
    size: u64,
    seed: u64,
    is_allowed: impl Fn(u64) -> bool,
) -> Result<FractionalDesign, StatsError> {
    let space = Space::new(levels)?;
    let parameters = space.parameters() as u64;
    if size < parameters {
        return Err(StatsError::Design(format!(
            "{size} scenarios cannot estimate {parameters} effects (the constant and levels less one of each \
             dimension): ask for at least {parameters}"
        )));
    }
    let mut generator = SplitMix64::new(seed);
    let (rows, kind) = if size >= space.total() {
        ((0..space.total()).filter(|row| is_allowed(*row)).collect(), DesignKind::Full)
    } else if let Some(rows) = orthogonal::array(&space, size, &mut generator, &is_allowed) {
        (rows, DesignKind::OrthogonalArray)
    } else {
        (exchange::d_optimal(&space, size, &mut generator, &is_allowed)?, DesignKind::DOptimal)
    };
    let efficiency = d_efficiency(&space, &rows).ok_or_else(|| {
        StatsError::Design(
            "under these rules the effects of some dimensions cannot be told apart: loosen a rule or leave \
             a dimension out"
                .into(),
        )
    })?;
    let next_orthogonal_size = match kind {
        DesignKind::DOptimal => orthogonal::next_size(&space, size),
        DesignKind::Full | DesignKind::OrthogonalArray => None,
    };
    let mut warnings = Vec::new();
    if efficiency < LOW_EFFICIENCY_BELOW {
        let better =
            next_orthogonal_size.map(|size| format!(" {size} would be orthogonal.")).unwrap_or_default();
        let message = format!(
            "Errors of effects are about {:.0} % larger than {} rows could give at best.{better}",
            (1.0 / efficiency.sqrt() - 1.0) * 100.0,
            rows.len()
        );
        warnings.push(StatWarning::new(StatWarningCode::LowEfficiency, message));
    }
    let name = match kind {
        DesignKind::Full => "full factorial",
        DesignKind::OrthogonalArray => "orthogonal array",
        DesignKind::DOptimal => "D-optimal by coordinate exchange",
    };
    // Version 2 of the exchange makes fewer starts where each takes long.
    let version = if kind == DesignKind::DOptimal { 2 } else { 1 };
    let method = Method { seed: (kind != DesignKind::Full).then_some(seed), ..Method::exact(name, version) };
    Ok(FractionalDesign {
        rows,
        kind,
        d_efficiency: efficiency,
        parameters,
        next_orthogonal_size,
        method,
        warnings,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{DesignKind, FractionalDesign, fractional_design};

    fn made(levels: &[u32], size: u64) -> FractionalDesign {
        let found = fractional_design(levels, size, 7, |_| true).unwrap();
        let mut rows = found.rows.clone();
        rows.dedup();
        assert_eq!(rows.len() as u64, size.min(levels.iter().map(|level| u64::from(*level)).product()));
        assert!(rows.is_sorted());
        found
    }

    fn levels_of(row: u64, levels: &[u32]) -> Vec<u64> {
        let mut rest = row;
        let mut found: Vec<u64> = levels
            .iter()
            .rev()
            .map(|count| {
                let level = rest % u64::from(*count);
                rest /= u64::from(*count);
                level
            })
            .collect();
        found.reverse();
        found
    }

    #[test]
    fn known_arrays_are_found_and_every_pair_of_levels_occurs_equally_often() {
        let cases: [(&[u32], u64); 12] = [
            (&[2; 4], 8),
            (&[3; 4], 9),
            (&[2; 11], 12),
            (&[4, 2, 2, 2, 2], 8),
            (&[4; 5], 16),
            (&[5; 6], 25),
            (&[2, 2, 3, 3, 2], 36),
            (&[6, 6, 2], 36),
            (&[9, 3, 3, 3], 27),
            (&[7; 8], 49),
            (&[2; 19], 20),
            (&[2, 2, 2, 2, 2, 2, 2, 3, 3], 108),
        ];
        for (levels, size) in cases {
            let found = made(levels, size);
            assert_eq!(found.kind, DesignKind::OrthogonalArray, "{levels:?}");
            assert!((found.d_efficiency - 1.0).abs() < 1e-9, "{levels:?} {}", found.d_efficiency);
            for a in 0..levels.len() {
                for b in a + 1..levels.len() {
                    let mut counts = vec![0; (levels[a] * levels[b]) as usize];
                    for row in &found.rows {
                        let own = levels_of(*row, levels);
                        counts[(own[a] * u64::from(levels[b]) + own[b]) as usize] += 1;
                    }
                    assert!(counts.iter().all(|count| *count == counts[0]), "{levels:?} {a} {b} {counts:?}");
                }
            }
        }
    }

    #[test]
    fn any_other_size_is_d_optimal_and_says_how_good() {
        let found = made(&[3, 3, 3, 2], 14);
        assert_eq!(found.kind, DesignKind::DOptimal);
        assert!(found.d_efficiency > 0.95, "{}", found.d_efficiency);
        assert_eq!(found.next_orthogonal_size, Some(18));
        // As few rows as effects: estimable, but dear.
        let least = made(&[3, 3, 3, 2], 8);
        assert!(least.d_efficiency > 0.6, "{}", least.d_efficiency);
        assert!(
            fractional_design(&[3, 3, 3, 2], 7, 7, |_| true).unwrap_err().to_string().contains("at least 8")
        );
    }

    #[test]
    fn exchanges_find_the_orthogonal_array_where_there_is_one_of_another_kind() {
        // Taguchi's L18 is none of the known kinds.
        let found = made(&[2, 3, 3, 3, 3, 3], 18);
        assert_eq!(found.kind, DesignKind::DOptimal);
        assert!(found.d_efficiency > 0.95, "{}", found.d_efficiency);
    }

    #[test]
    fn rules_are_kept() {
        let levels = [3, 3, 3, 3];
        let is_allowed = |row: u64| {
            let own = levels_of(row, &levels);
            !(own[0] == 0 && own[1] == 2)
        };
        let found = fractional_design(&levels, 12, 1, is_allowed).unwrap();
        assert!(found.rows.iter().all(|row| is_allowed(*row)));
        assert_eq!((found.rows.len(), found.kind), (12, DesignKind::DOptimal));
        let none = fractional_design(&levels, 12, 1, |row| row < 5).unwrap_err();
        assert!(none.to_string().contains('5'), "{none}");
        // With the first two always alike their effects are one.
        let alike = |row: u64| levels_of(row, &levels)[0] == levels_of(row, &levels)[1];
        assert!(fractional_design(&levels, 15, 1, alike).is_err());
    }

    #[test]
    fn the_seed_decides_which_rows() {
        let rows = |seed| fractional_design(&[4, 3, 5, 2], 30, seed, |_| true).unwrap().rows;
        assert_eq!(rows(3), rows(3));
        assert_ne!(rows(3), rows(4));
        let array = |seed| fractional_design(&[3, 3, 3, 3], 9, seed, |_| true).unwrap().rows;
        assert_ne!(array(3), array(4));
    }

    #[test]
    fn all_rows_are_the_full_product() {
        let found = made(&[2, 3], 100);
        assert_eq!((found.kind, found.rows.len()), (DesignKind::Full, 6));
        assert!((found.d_efficiency - 1.0).abs() < 1e-9);
        assert!(fractional_design(&[], 4, 1, |_| true).is_err());
        assert!(fractional_design(&[1, 2], 4, 1, |_| true).is_err());
    }
}
