//! What a run found.

use async_graphql::SimpleObject;
use domain::{findings, stats};

use super::run_model::{Ledger, RunModel};

/// What one model of a run decided. Probes without a decision are in the ledger, not in the mean.
#[derive(SimpleObject)]
pub(crate) struct ModelFindings {
    /// The model.
    run_model: RunModel,
    /// Where its probes stand: the denominators.
    ledger: Ledger,
    /// The mean of the decisions' scores.
    score: MeanEstimate,
    /// Every decision that the definition allows, in its order, also those never made.
    distribution: Vec<DecisionCount>,
    /// What the scorers said, in their order.
    scores: Vec<ScorerFindings>,
}

/// What one scorer said of one model's answers. Answers without a score are in neither number.
#[derive(SimpleObject)]
pub(crate) struct ScorerFindings {
    /// The scorer's name.
    scorer: String,
    /// Answers that passed; 0 where a rubric gives points.
    passed_count: u64,
    /// Answers that were scored.
    scored_count: u64,
    /// True where a rubric gives points: `rate` is their mean.
    is_points: bool,
    /// The share that passed, 0–1, or the mean of a rubric's points.
    rate: MeanEstimate,
    /// The lower end of Wilson's interval at 95 %, which holds near 0 and 1 too, with as many trials as
    /// would have the error clustered by scenario; null with fewer than two scenarios.
    wilson_low: Option<f64>,
    /// The upper end of Wilson's interval.
    wilson_high: Option<f64>,
}

/// A mean with its uncertainty.
#[derive(SimpleObject)]
pub(crate) struct MeanEstimate {
    /// The mean; null where no decision has a score.
    mean: Option<f64>,
    /// The standard error, clustered by scenario; null with fewer than two scenarios.
    standard_error: Option<f64>,
    /// The lower end of the interval to report, which stays within what is possible; null with fewer than
    /// two scenarios.
    interval_low: Option<f64>,
    /// The upper end of that interval.
    interval_high: Option<f64>,
    /// The lower end of the t interval, for comparison with other work; it may leave the scale.
    t_interval_low: Option<f64>,
    /// The upper end of the t interval.
    t_interval_high: Option<f64>,
    /// The interval's confidence, as a fraction.
    confidence: f64,
    /// The standard deviation of the scenarios' means; null with fewer than two scenarios.
    standard_deviation: Option<f64>,
    /// Decisions that went in.
    n: u64,
    /// Scenarios they belong to: the number of independent observations.
    scenario_count: u64,
    /// How it was computed.
    method: String,
    /// What to know before relying on it.
    warnings: Vec<StatisticWarning>,
}

/// What to know before relying on a statistic.
#[derive(SimpleObject)]
pub(crate) struct StatisticWarning {
    /// A stable code, e.g. `SMALL_SAMPLE`.
    pub(super) code: String,
    /// For people.
    pub(super) message: String,
}

/// How often a decision was made.
#[derive(SimpleObject)]
pub(crate) struct DecisionCount {
    /// The scale's point or the choice's name.
    value: String,
    /// Its label; null where it has none.
    label: Option<String>,
    /// Transcripts that decided so.
    count: u64,
}

impl From<findings::ModelFindings> for ModelFindings {
    fn from(found: findings::ModelFindings) -> Self {
        let count = |count: findings::DecisionCount| DecisionCount {
            value: count.value,
            label: count.label,
            count: count.count,
        };
        let scorer = |found: findings::ScorerFindings| ScorerFindings {
            scorer: found.scorer,
            passed_count: found.passed,
            scored_count: found.scored,
            is_points: found.is_points,
            rate: MeanEstimate::within(found.rate, found.wilson),
            wilson_low: found.wilson.map(|interval| interval.low),
            wilson_high: found.wilson.map(|interval| interval.high),
        };
        Self {
            run_model: found.row.into(),
            ledger: found.ledger.into(),
            score: MeanEstimate::within(found.score, found.interval),
            distribution: found.distribution.into_iter().map(count).collect(),
            scores: found.scores.into_iter().map(scorer).collect(),
        }
    }
}

impl MeanEstimate {
    /// A mean with the interval to report; where there is none, the t interval.
    pub(crate) fn within(estimate: stats::MeanEstimate, interval: Option<stats::Interval>) -> Self {
        let t_interval = estimate.interval;
        let shown = interval.map(|interval| (interval.low, interval.high)).or(t_interval);
        let of_interval = if interval.is_some() { "interval on the scale" } else { "t interval" };
        Self {
            mean: estimate.mean,
            standard_error: estimate.standard_error,
            interval_low: shown.map(|(low, _)| low),
            interval_high: shown.map(|(_, high)| high),
            t_interval_low: t_interval.map(|(low, _)| low),
            t_interval_high: t_interval.map(|(_, high)| high),
            confidence: 0.95,
            standard_deviation: estimate.sd,
            n: estimate.n,
            scenario_count: estimate.clusters,
            method: format!(
                "Mean of the scenarios' means (repeats of a scenario are averaged first), with {of_interval} by an \
                 error clustered by scenario."
            ),
            warnings: estimate.warnings.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<stats::StatWarning> for StatisticWarning {
    fn from(warning: stats::StatWarning) -> Self {
        Self { code: warning.code.as_str().into(), message: warning.message }
    }
}
