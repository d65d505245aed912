//! What a run found.

use async_graphql::SimpleObject;
use domain::findings;

use super::run_model::{Ledger, RunModel};

/// How the mean and its interval were computed.
const METHOD: &str = "Mean of the scenarios' means (repeats of a scenario are averaged first), with a \
                      t interval over scenarios.";

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
    /// The lower end of Wilson's interval at 95 %, which holds near 0 and 1 too; null where a
    /// scenario was scored more than once, because repeats are not independent, or none was.
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
    /// The interval's lower end; null with fewer than two scenarios.
    interval_low: Option<f64>,
    /// The interval's upper end; null with fewer than two scenarios.
    interval_high: Option<f64>,
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
    code: String,
    /// For people.
    message: String,
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
            rate: found.rate.into(),
            wilson_low: found.wilson.map(|interval| interval.low),
            wilson_high: found.wilson.map(|interval| interval.high),
        };
        Self {
            run_model: found.row.into(),
            ledger: found.ledger.into(),
            score: found.score.into(),
            distribution: found.distribution.into_iter().map(count).collect(),
            scores: found.scores.into_iter().map(scorer).collect(),
        }
    }
}

impl From<domain::stats::MeanEstimate> for MeanEstimate {
    fn from(estimate: domain::stats::MeanEstimate) -> Self {
        let warning = |warning: domain::stats::StatWarning| StatisticWarning {
            // The stable code is how the domain serialises it.
            code: serde_json::to_value(warning.code)
                .ok()
                .and_then(|code| code.as_str().map(str::to_owned))
                .unwrap_or_default(),
            message: warning.message,
        };
        Self {
            mean: estimate.mean,
            standard_error: estimate.standard_error,
            interval_low: estimate.interval.map(|(low, _)| low),
            interval_high: estimate.interval.map(|(_, high)| high),
            confidence: 0.95,
            standard_deviation: estimate.sd,
            n: estimate.n,
            scenario_count: estimate.clusters,
            method: METHOD.into(),
            warnings: estimate.warnings.into_iter().map(warning).collect(),
        }
    }
}
