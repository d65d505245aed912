//! What an analysis says of one model.

use async_graphql::{ID, SimpleObject};
use domain::{analysis as found, stats};

use super::findings::{MeanEstimate, StatisticWarning};

/// What one model decided.
#[derive(SimpleObject)]
pub(crate) struct ModelAnalysis {
    /// The model (`RunModel.id`), for the filter of `transcripts`.
    run_model_id: ID,
    /// The shortest name that no other model of the run has.
    label: String,
    /// The denominators.
    counts: AnalysisCounts,
    /// The mean of the decisions' numbers.
    score: MeanEstimate,
    /// Every decision that the definition allows, in its order, also those never made; where answers are
    /// free, the most frequent ones.
    distribution: Vec<DecisionShare>,
    /// How many different answers were given; null where the definition says which there are.
    distinct_count: Option<u64>,
    /// How often it decides the same when it is asked again; null where scenarios have one sample.
    retest: Option<RetestAgreement>,
    /// How often it decided rightly; null where nothing is right or wrong.
    correct: Option<Passing>,
    /// What the scorers said, in their order.
    scorers: Vec<ScorerAnalysis>,
}

/// Where a model's probes stood: planned = pending + failed + cancelled + the outcomes.
#[derive(SimpleObject)]
pub(crate) struct AnalysisCounts {
    /// All probes.
    planned: i64,
    /// Not ended.
    pending: i64,
    /// With a complete transcript.
    succeeded: i64,
    /// Given up.
    failed: i64,
    /// Not asked.
    cancelled: i64,
    /// A decision was read.
    decided: i64,
    /// A reader is still at it.
    reading: i64,
    /// No decision could be read.
    unreadable: i64,
    /// The model declined.
    refused: i64,
    /// The provider's filter stopped the answer.
    content_filter: i64,
    /// The answer reached the token limit.
    truncated: i64,
    /// The answer holds no text.
    empty: i64,
}

/// How often a decision was made. Its transcripts: `transcripts(runModelId:, decision: value)`.
#[derive(SimpleObject)]
pub(crate) struct DecisionShare {
    /// The scale's point, the choice's name, or the answer.
    value: String,
    /// Its label; null where it has none.
    label: Option<String>,
    /// Transcripts that decided so.
    count: u64,
    /// Its share of the decisions; null where answers are free.
    rate: Option<RateEstimate>,
}

/// A share with its uncertainty.
#[derive(SimpleObject)]
pub(crate) struct RateEstimate {
    /// Those that pass.
    pass_count: u64,
    /// Those that were looked at.
    trial_count: u64,
    /// Scenarios they belong to: the number of independent observations.
    scenario_count: u64,
    /// The share, 0–1; null where nothing was looked at.
    rate: Option<f64>,
    /// The standard error, clustered by scenario; null with fewer than two scenarios.
    standard_error: Option<f64>,
    /// The lower end of Wilson's interval with as many trials as would have that error.
    interval_low: Option<f64>,
    /// The upper end.
    interval_high: Option<f64>,
    /// How it was computed.
    method: String,
    /// What to know before relying on it.
    warnings: Vec<StatisticWarning>,
}

/// How often a model decides the same when it is asked again.
#[derive(SimpleObject)]
pub(crate) struct RetestAgreement {
    /// The chance that two samples of a scenario agree, 0–1. Not corrected for chance.
    agreement: MeanEstimate,
    /// Scenarios whose samples all agree.
    unanimous_count: u64,
    /// Scenarios with a single decision, which say nothing about it.
    left_out_count: u64,
}

/// How often something passes.
#[derive(SimpleObject)]
pub(crate) struct Passing {
    /// The share that passed.
    rate: RateEstimate,
    /// pass@k: the chance that one of k samples passes; empty where scenarios have one sample.
    any_of: Vec<PassK>,
    /// pass^k: the chance that all of k samples pass; empty where scenarios have one sample.
    all_of: Vec<PassK>,
}

/// A chance over k samples.
#[derive(SimpleObject)]
pub(crate) struct PassK {
    /// How many samples.
    k: u64,
    /// The chance, averaged over scenarios.
    estimate: MeanEstimate,
    /// Scenarios with fewer samples, which are left out.
    left_out_count: u64,
}

/// What one scorer said of one model's answers.
#[derive(SimpleObject)]
pub(crate) struct ScorerAnalysis {
    /// The scorer's name.
    scorer: String,
    /// True where a rubric gives points: `mean` is theirs, and nobody passes.
    is_points: bool,
    /// How often answers passed; of no trials where there are points.
    passing: Passing,
    /// The mean of the scenarios' shares or points, in which every scenario weighs the same.
    mean: MeanEstimate,
}

impl From<found::ModelAnalysis> for ModelAnalysis {
    fn from(model: found::ModelAnalysis) -> Self {
        let share = |share: found::DecisionShare| DecisionShare {
            value: share.value,
            label: share.label,
            count: share.count,
            rate: share.rate.map(Into::into),
        };
        let scorer = |scorer: found::ScorerAnalysis| ScorerAnalysis {
            scorer: scorer.scorer,
            is_points: scorer.is_points,
            mean: MeanEstimate::within(scorer.mean, None),
            passing: scorer.passing.into(),
        };
        let retest = |retest: stats::RetestAgreement| RetestAgreement {
            agreement: MeanEstimate::within(retest.agreement, retest.interval),
            unanimous_count: retest.unanimous,
            left_out_count: retest.left_out,
        };
        Self {
            run_model_id: model.run_model_id.into(),
            label: model.label,
            counts: model.counts.into(),
            score: MeanEstimate::within(model.score, model.interval),
            distribution: model.distribution.into_iter().map(share).collect(),
            distinct_count: model.distinct_count,
            retest: model.retest.map(retest),
            correct: model.correct.map(Into::into),
            scorers: model.scorers.into_iter().map(scorer).collect(),
        }
    }
}

impl From<found::Counts> for AnalysisCounts {
    fn from(counts: found::Counts) -> Self {
        Self {
            planned: counts.planned,
            pending: counts.pending,
            succeeded: counts.succeeded,
            failed: counts.failed,
            cancelled: counts.cancelled,
            decided: counts.decided,
            reading: counts.reading,
            unreadable: counts.unreadable,
            refused: counts.refused,
            content_filter: counts.content_filter,
            truncated: counts.truncated,
            empty: counts.empty,
        }
    }
}

impl From<stats::RateEstimate> for RateEstimate {
    fn from(rate: stats::RateEstimate) -> Self {
        Self {
            pass_count: rate.passes,
            trial_count: rate.trials,
            scenario_count: rate.clusters,
            rate: rate.rate,
            standard_error: rate.standard_error,
            interval_low: rate.interval.map(|interval| interval.low),
            interval_high: rate.interval.map(|interval| interval.high),
            method: rate.method.name,
            warnings: rate.warnings.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<found::Passing> for Passing {
    fn from(passing: found::Passing) -> Self {
        let of_k = |passed: stats::PassK| PassK {
            k: passed.k,
            estimate: MeanEstimate::within(passed.estimate, passed.interval),
            left_out_count: passed.left_out,
        };
        Self {
            rate: passing.rate.into(),
            any_of: passing.any_of.into_iter().map(of_k).collect(),
            all_of: passing.all_of.into_iter().map(of_k).collect(),
        }
    }
}
