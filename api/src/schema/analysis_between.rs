//! What an analysis says of models beside each other, and of what moved them.

use async_graphql::{ID, SimpleObject};
use domain::{analysis as found, stats};

use super::findings::StatisticWarning;

/// Who agrees with whom.
#[derive(SimpleObject)]
pub(crate) struct ModelAgreement {
    /// Krippendorff's alpha over all models, one decision per model and scenario: 1 = perfect, 0 = as by
    /// chance; null where nothing differs.
    alpha: Option<f64>,
    /// The lower end of its interval, by a bootstrap of scenarios; null: it is still being drawn, or there
    /// is none.
    alpha_low: Option<f64>,
    /// The upper end.
    alpha_high: Option<f64>,
    /// Scenarios that two models or more decided.
    scenario_count: u64,
    /// Decisions in them.
    decision_count: u64,
    /// What to know before relying on alpha.
    warnings: Vec<StatisticWarning>,
    /// Every pair of models, in their order.
    pairs: Vec<PairAgreement>,
    /// How far each model is from the others, farthest first.
    distances: Vec<ModelDistance>,
}

/// How two models agree.
#[derive(SimpleObject)]
pub(crate) struct PairAgreement {
    /// The first model (`RunModel.id`).
    first_id: ID,
    /// The second model.
    second_id: ID,
    /// Scenarios that both decided.
    scenario_count: u64,
    /// Scenarios on which their decision is the same.
    same_count: u64,
    /// Spearman's rank correlation of their means; null where one does not vary, or decisions have no numbers.
    spearman: Option<f64>,
    /// The lower end of its interval.
    spearman_low: Option<f64>,
    /// The upper end.
    spearman_high: Option<f64>,
    /// Cohen's kappa; on a scale weighted by squared steps.
    kappa: Option<f64>,
    /// The lower end of its interval.
    kappa_low: Option<f64>,
    /// The upper end.
    kappa_high: Option<f64>,
}

/// How far a model is from the others.
#[derive(SimpleObject)]
pub(crate) struct ModelDistance {
    /// The model (`RunModel.id`).
    run_model_id: ID,
    /// Scenarios that another model decided as well.
    scenario_count: u64,
    /// Average distance to the mean of the others; where decisions have no numbers, the chance to differ.
    distance: f64,
    /// How much higher than the others on average; null where decisions have no numbers.
    shift: Option<f64>,
    /// The modified z score of the distance; null with fewer than four models.
    score: Option<f64>,
    /// Whether it stands apart: the score exceeds 3.5. A description, not a test.
    is_outlier: bool,
}

/// What the dimensions do to the decisions.
#[derive(SimpleObject)]
pub(crate) struct DimensionEffects {
    /// Whose decisions (`RunModel.id`); null: all models'.
    run_model_id: Option<ID>,
    /// What is explained: the share that chose this; null: the decisions' numbers.
    outcome: Option<String>,
    /// Decisions that went in.
    n: u64,
    /// Scenarios they belong to.
    scenario_count: u64,
    /// The share of the variance that all factors explain.
    r_squared: Option<f64>,
    /// The dimensions level by level, the strongest first.
    dimensions: Vec<DimensionEffect>,
    /// The dimensions whose levels all have scores, with one slope each.
    slopes: Vec<DimensionEffect>,
    /// What to know before relying on it.
    warnings: Vec<StatisticWarning>,
}

/// What one dimension does.
#[derive(SimpleObject)]
pub(crate) struct DimensionEffect {
    /// The dimension's name; `(model)`: which model it is.
    dimension: String,
    /// The share of what the others leave unexplained.
    partial_r_squared: Option<f64>,
    /// The share of all variance that only this one explains.
    variance_explained: Option<f64>,
    /// p of all its effects at once; too small with few scenarios.
    p_value: Option<f64>,
    /// The level that effects are differences to; null: per point of score.
    reference: Option<String>,
    /// Its effects.
    effects: Vec<LevelEffect>,
    /// Levels that no decision was made at.
    unseen: Vec<String>,
}

/// An effect, in the unit of the decisions.
#[derive(SimpleObject)]
pub(crate) struct LevelEffect {
    /// The level; null: per point of score.
    level: Option<String>,
    /// Decisions at it.
    n: u64,
    /// The effect.
    estimate: f64,
    /// The standard error (CR2, clustered by scenario).
    standard_error: f64,
    /// The lower end of the interval.
    interval_low: f64,
    /// The upper end.
    interval_high: f64,
    /// Two-sided; null where no variance is left.
    p_value: Option<f64>,
}

impl ModelAgreement {
    /// `drawn`: alpha with its interval, where that is there.
    pub(crate) fn of(agreement: found::Agreement, drawn: Option<stats::Alpha>) -> Self {
        let alpha = drawn.unwrap_or(agreement.alpha);
        Self {
            alpha: alpha.alpha,
            alpha_low: alpha.interval.map(|interval| interval.low),
            alpha_high: alpha.interval.map(|interval| interval.high),
            scenario_count: alpha.units,
            decision_count: alpha.values,
            warnings: alpha.warnings.into_iter().map(Into::into).collect(),
            pairs: agreement.pairs.into_iter().map(Into::into).collect(),
            distances: agreement.distances.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<found::PairAgreement> for PairAgreement {
    fn from(pair: found::PairAgreement) -> Self {
        let interval = pair.spearman.as_ref().and_then(|spearman| spearman.interval);
        Self {
            first_id: pair.first_id.into(),
            second_id: pair.second_id.into(),
            scenario_count: pair.scenarios,
            same_count: pair.same,
            spearman: pair.spearman.as_ref().and_then(|spearman| spearman.rho),
            spearman_low: interval.map(|interval| interval.low),
            spearman_high: interval.map(|interval| interval.high),
            kappa: pair.kappa.kappa,
            kappa_low: pair.kappa.interval.map(|interval| interval.low),
            kappa_high: pair.kappa.interval.map(|interval| interval.high),
        }
    }
}

impl From<found::Apart> for ModelDistance {
    fn from(apart: found::Apart) -> Self {
        Self {
            run_model_id: apart.run_model_id.into(),
            scenario_count: apart.scenarios,
            distance: apart.distance,
            shift: apart.shift,
            score: apart.score,
            is_outlier: apart.is_outlier,
        }
    }
}

impl From<found::Effects> for DimensionEffects {
    fn from(effects: found::Effects) -> Self {
        let found::Effects { run_model_id, outcome, by_level, by_score } = effects;
        let slopes = by_score.into_iter().flat_map(|regression| regression.factors);
        Self {
            run_model_id: run_model_id.map(Into::into),
            outcome,
            n: by_level.n,
            scenario_count: by_level.clusters,
            r_squared: by_level.r_squared,
            dimensions: by_level.factors.into_iter().map(Into::into).collect(),
            slopes: slopes.filter(|factor| factor.reference.is_none()).map(Into::into).collect(),
            warnings: by_level.warnings.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<stats::FactorEffect> for DimensionEffect {
    fn from(factor: stats::FactorEffect) -> Self {
        let effect = |effect: stats::Coefficient| LevelEffect {
            level: effect.level,
            n: effect.n,
            estimate: effect.estimate,
            standard_error: effect.standard_error,
            interval_low: effect.interval.low,
            interval_high: effect.interval.high,
            p_value: effect.p_value,
        };
        Self {
            dimension: factor.name,
            partial_r_squared: factor.partial_r_squared,
            variance_explained: factor.variance_explained,
            p_value: factor.p_value,
            reference: factor.reference,
            effects: factor.coefficients.into_iter().map(effect).collect(),
            unseen: factor.unseen,
        }
    }
}
