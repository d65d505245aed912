//! What moved the decisions: least squares on the dimensions, with errors clustered by scenario.

mod design;
mod fit;
mod robust;

use serde::{Deserialize, Serialize};

use self::design::{Design, Source};
use self::fit::Fit;
use self::robust::Robust;
use super::tails::{f_upper, t_critical, t_two_sided};
use super::{
    FEW_CLUSTERS_BELOW, Interval, Method, StatWarning, StatWarningCode, StatsError, check_confidence,
};

/// How a dimension enters the regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coding {
    /// One slope: the change of the decision per point of the levels' scores, one score per level.
    Score(Vec<f64>),
    /// One effect per level against the first level that occurs, as in a conjoint analysis (AMCE).
    Levels,
}

/// A dimension of the scenarios, or anything else with levels: a model, an order of options.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// Its name.
    pub name: String,
    /// Its levels' labels, in their order.
    pub levels: Vec<String>,
    /// How it enters.
    pub coding: Coding,
}

/// Values by the combination of levels under which they came about, in flat arrays.
#[derive(Debug, Clone, Copy)]
pub struct Observations<'a> {
    /// Level of each factor, cell after cell: cells × factors positions.
    pub levels: &'a [u32],
    /// Cluster of each cell: its scenario.
    pub clusters: &'a [u64],
    /// (cell, value).
    pub values: &'a [(u32, f64)],
}

/// An effect with its uncertainty, in the unit of the values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// The level whose difference to the reference this is. `None` = the constant, or per point of score.
    pub level: Option<String>,
    /// Values at this level; all of them where there is no level.
    pub n: u64,
    /// The effect.
    pub estimate: f64,
    /// Standard error CR2, which is unbiased under independence also with few clusters.
    pub standard_error: f64,
    /// Degrees of freedom that go with it (Bell & McCaffrey); fractional.
    pub freedom: f64,
    /// Two-sided p by t. `None` = no variance left.
    pub p_value: Option<f64>,
    /// estimate ± t(freedom) · `standard_error`.
    pub interval: Interval,
    /// Standard error CR1, as most programs give it; too small with few clusters.
    pub cr1_standard_error: f64,
    /// Two-sided p by t(clusters − 1) with the CR1 error. `None` = no variance left.
    pub cr1_p_value: Option<f64>,
}

/// What a factor does to the decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FactorEffect {
    /// The factor's name.
    pub name: String,
    /// Share of what the other factors leave unexplained that this one explains, in [0, 1].
    /// `None` = they leave nothing.
    pub partial_r_squared: Option<f64>,
    /// Share of all variance that only this one explains (the fall of R² without it). `None` = no variance.
    pub variance_explained: Option<f64>,
    /// Wald F of all its coefficients at once, with CR1 errors. `None` = no variance left.
    pub f: Option<f64>,
    /// Its numerator's degrees of freedom: the number of coefficients. The denominator's are clusters − 1.
    pub f_numerator: u64,
    /// p of that F. With few clusters it rejects too often; the coefficients' own p do not.
    pub p_value: Option<f64>,
    /// The level that the effects are differences to. `None` = per point of score.
    pub reference: Option<String>,
    /// Its effects.
    pub coefficients: Vec<Coefficient>,
    /// Levels that no value was seen at: nothing is known about them.
    pub unseen: Vec<String>,
}

/// A regression's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Regression {
    /// Values that went in.
    pub n: u64,
    /// Clusters they belong to.
    pub clusters: u64,
    /// Share of the variance that all factors explain, in [0, 1]. `None` = no variance.
    pub r_squared: Option<f64>,
    /// Standard deviation of the residuals (divisor n − coefficients), in the unit of the values.
    pub residual_sd: f64,
    /// The expected value where every factor is at its reference, and every score at 0.
    pub constant: Coefficient,
    /// The factors, by `partial_r_squared`, the highest first.
    pub factors: Vec<FactorEffect>,
    /// How it was computed.
    pub method: Method,
    /// What to know before relying on it.
    pub warnings: Vec<StatWarning>,
}

/// Least squares of the values on the factors' main effects, with errors clustered by scenario.
///
/// Every value counts once; repeats of a scenario are not taken for independent, since the errors
/// allow any correlation within a cluster. With `Coding::Levels` and levels drawn independently the
/// effects are average marginal component effects. Intervals and p go by CR2 errors and Bell &
/// McCaffrey's degrees of freedom; CR1, which statsmodels and Stata give, stands beside them.
///
/// Errors: `Collinear` with the factors that cannot be told apart, `TooFewObservations` unless there
/// are more clusters than coefficients, `Lengths`, `NotFinite`, `Confidence`. Warns: `FewClusters`,
/// `Unbalanced`, `NoVariance`, `Collinear` where a variance is inflated more than tenfold.
/// Source: CR1, CR2: Cameron & Miller (2015), J. Human Resources 50:317–372; degrees of freedom: Bell &
/// McCaffrey (2002), Survey Methodology 28:169–181; AMCE: Hainmueller, Hopkins & Yamamoto (2014),
/// Political Analysis 22:1–30.
pub fn regress(
    factors: &[Factor],
    observations: Observations<'_>,
    confidence: f64,
) -> Result<Regression, StatsError> {
    check_confidence(confidence)?;
    let design = Design::new(factors, observations)?;
    let fit = Fit::new(&design)?;
    let robust = Robust::new(&design, &fit);
    let cluster_freedom = design.cluster_count() as f64 - 1.0;
    let has_residuals = fit.residual_squares > 1e-14 * fit.total_squares && fit.total_squares > 0.0;
    let coefficient = |column: usize, level: Option<String>, n: u64| -> Result<Coefficient, StatsError> {
        let estimate = fit.estimate(column);
        let error = robust.cr2(column);
        let cr1 = robust.cr1(column);
        let freedom = robust.freedom(column);
        let reach = t_critical(confidence, freedom)? * error;
        let p = |error: f64, freedom| {
            (has_residuals && error > 0.0).then(|| t_two_sided(estimate / error, freedom)).transpose()
        };
        Ok(Coefficient {
            level,
            n,
            estimate,
            standard_error: error,
            freedom,
            p_value: p(error, freedom)?,
            interval: Interval { low: estimate - reach, high: estimate + reach },
            cr1_standard_error: cr1,
            cr1_p_value: p(cr1, cluster_freedom)?,
        })
    };
    let mut effects = Vec::new();
    for (index, factor) in factors.iter().enumerate() {
        let columns = design.columns_of(index);
        let explained = fit.explained_by(&columns)?;
        let f = if has_residuals { robust.wald_f(&fit, &columns) } else { None };
        let coefficients = columns.iter().map(|column| {
            let (level, n) = match design.source(*column) {
                Source::Level { level, n, .. } => (factor.levels.get(level).cloned(), n),
                Source::Constant | Source::Score { .. } => (None, design.n()),
            };
            coefficient(*column, level, n)
        });
        let left = fit.residual_squares + explained;
        effects.push(FactorEffect {
            name: factor.name.clone(),
            partial_r_squared: (left > 1e-14 * fit.total_squares && left > 0.0).then(|| explained / left),
            variance_explained: (fit.total_squares > 0.0).then(|| explained / fit.total_squares),
            f,
            f_numerator: columns.len() as u64,
            p_value: f.map(|f| f_upper(f, columns.len() as f64, cluster_freedom)).transpose()?,
            reference: design.reference(index).and_then(|level| factor.levels.get(level)).cloned(),
            coefficients: coefficients.collect::<Result<_, _>>()?,
            unseen: design.unseen(index).filter_map(|level| factor.levels.get(level)).cloned().collect(),
        });
    }
    let strength = |effect: &FactorEffect| effect.partial_r_squared.unwrap_or(-1.0);
    effects.sort_by(|a, b| strength(b).total_cmp(&strength(a)));
    Ok(Regression {
        n: design.n(),
        clusters: design.cluster_count(),
        r_squared: (fit.total_squares > 0.0).then(|| 1.0 - fit.residual_squares / fit.total_squares),
        residual_sd: (fit.residual_squares / fit.freedom).sqrt(),
        constant: coefficient(0, None, design.n())?,
        factors: effects,
        method: Method::exact("least squares, CR2 errors clustered by scenario", 1),
        warnings: warnings(factors, &design, &fit),
    })
}

fn warnings(factors: &[Factor], design: &Design, fit: &Fit) -> Vec<StatWarning> {
    let mut warnings = Vec::new();
    if design.cluster_count() < FEW_CLUSTERS_BELOW {
        let message =
            format!("Only {} scenarios: read the CR2 errors, not CR1 or F.", design.cluster_count());
        warnings.push(StatWarning::new(StatWarningCode::FewClusters, message));
    }
    if fit.total_squares == 0.0 {
        warnings.push(StatWarning::new(StatWarningCode::NoVariance, "All values are equal."));
    }
    for (index, factor) in factors.iter().enumerate() {
        let what = format!("The levels of {}", factor.name);
        warnings.extend(StatWarning::if_unbalanced(design.seen_counts(index), &what));
        let inflated =
            design.columns_of(index).into_iter().map(|column| fit.inflation(column)).fold(1.0, f64::max);
        if inflated > 10.0 {
            let message = format!(
                "{} nearly follows from the others: its variance is {inflated:.0} times what it could be.",
                factor.name
            );
            warnings.push(StatWarning::new(StatWarningCode::Collinear, message));
        }
    }
    warnings
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Coding, Factor, Observations, regress};
    use crate::stats::{StatWarningCode, StatsError};

    fn factor(name: &str, levels: usize, coding: Coding) -> Factor {
        let levels = (0..levels).map(|level| format!("{name}{level}")).collect();
        Factor { name: name.into(), levels, coding }
    }

    /// A full factorial of 2 × 3 × 2 scenarios, asked twice.
    fn full() -> (Vec<u32>, Vec<u64>) {
        let levels = (0..12_u32).flat_map(|cell| [cell / 6, cell / 2 % 3, cell % 2]).collect();
        (levels, (0..12).collect())
    }

    fn values(value: impl Fn(u32, u32, u32, f64) -> f64) -> Vec<(u32, f64)> {
        let noise = [0.3, -0.2, 0.1, -0.4, 0.25, 0.05, -0.15, 0.2, -0.1, -0.3, 0.15, 0.1];
        (0..24_u32)
            .map(|index| {
                let cell = index / 2;
                let noise = noise[(index * 7 % 12) as usize];
                (cell, value(cell / 6, cell / 2 % 3, cell % 2, noise))
            })
            .collect()
    }

    #[test]
    fn the_factor_that_moves_most_comes_first_with_its_effects() {
        let (levels, clusters) = full();
        let values = values(|a, b, _, noise| 1.0 + 0.5 * f64::from(a) + 2.0 * f64::from(b) + noise);
        let observations = Observations { levels: &levels, clusters: &clusters, values: &values };
        let factors = [
            factor("a", 2, Coding::Levels),
            factor("b", 3, Coding::Score(vec![1.0, 2.0, 3.0])),
            factor("c", 2, Coding::Levels),
        ];
        let found = regress(&factors, observations, 0.95).unwrap();
        let order: Vec<_> = found.factors.iter().map(|factor| factor.name.as_str()).collect();
        assert_eq!(order, ["b", "a", "c"]);
        assert!((found.factors[0].coefficients[0].estimate - 2.0).abs() < 0.2);
        assert_eq!(found.factors[1].coefficients[0].level.as_deref(), Some("a1"));
        assert_eq!((found.n, found.clusters), (24, 12));
        assert!(found.warnings.iter().any(|warning| warning.code == StatWarningCode::FewClusters));
    }

    #[test]
    fn what_cannot_be_told_apart_is_named() {
        let levels: Vec<u32> = (0..12).flat_map(|cell| [cell % 2, cell / 2 % 3, cell % 2]).collect();
        let clusters: Vec<u64> = (0..12).collect();
        let values = values(|a, _, _, noise| f64::from(a) + noise);
        let observations = Observations { levels: &levels, clusters: &clusters, values: &values };
        let factors = ["age", "kin", "sex"].map(|name| factor(name, 3, Coding::Levels));
        let error = regress(&factors, observations, 0.95).unwrap_err();
        assert_eq!(error, StatsError::Collinear(vec!["age".into(), "sex".into()]));
    }

    #[test]
    fn a_factor_that_does_not_vary_is_refused_by_name() {
        let (_, clusters) = full();
        let levels = [0_u32; 12];
        let values = values(|_, _, _, noise| noise);
        let observations = Observations { levels: &levels, clusters: &clusters, values: &values };
        let error = regress(&[factor("kin", 2, Coding::Levels)], observations, 0.95).unwrap_err();
        assert!(error.to_string().contains("kin"), "{error}");
    }

    #[test]
    fn as_many_coefficients_as_scenarios_are_refused() {
        let levels = [0_u32, 0, 1, 1, 2, 0];
        let values = [(0, 1.0), (1, 2.0), (2, 4.0)];
        let observations = Observations { levels: &levels, clusters: &[1, 2, 3], values: &values };
        let factors = [factor("a", 3, Coding::Levels)];
        let single: Vec<u32> = levels.iter().step_by(2).copied().collect();
        let observations = Observations { levels: &single, ..observations };
        let error = regress(&factors, observations, 0.95).unwrap_err();
        assert!(matches!(error, StatsError::TooFewObservations { least: 4, .. }), "{error}");
    }

    #[test]
    fn equal_decisions_have_effects_of_nothing_and_no_p() {
        let (levels, clusters) = full();
        let values = values(|_, _, _, _| 3.0);
        let observations = Observations { levels: &levels, clusters: &clusters, values: &values };
        let factors = ["a", "b", "c"].map(|name| factor(name, 3, Coding::Levels));
        let found = regress(&factors, observations, 0.95).unwrap();
        assert_eq!((found.r_squared, found.factors[0].p_value), (None, None));
        assert_eq!(found.factors.iter().find(|factor| factor.name == "a").unwrap().unseen, ["a2"]);
        assert!(found.warnings.iter().any(|warning| warning.code == StatWarningCode::NoVariance));
    }
}
