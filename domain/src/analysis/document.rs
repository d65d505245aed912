//! What an analysis says, as it is kept and shown. What could not be computed is missing, with a note that
//! says why; it is never 0.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ModelColumns;
use crate::stats::{
    Alpha, Interval, Kappa, MeanEstimate, Method, PassK, RankCorrelation, RateEstimate, Regression,
    RetestAgreement, StatWarning,
};

/// The confidence of every interval.
pub const CONFIDENCE: f64 = 0.95;

/// What one run found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunAnalysis {
    /// The confidence of every interval, as a fraction.
    pub confidence: f64,
    /// What the numbers of the decisions are.
    pub measure: Measure,
    /// The lowest and the highest number that a decision can have; None where none has one.
    pub range: Option<(f64, f64)>,
    /// In the order in which the run was asked for them.
    pub models: Vec<ModelAnalysis>,
    /// Who agrees with whom; None where fewer than two models decided, or decisions cannot be compared.
    pub agreement: Option<Agreement>,
    /// The scenarios that divide the models most, the most contested first; at most [`CONTESTED_MAX`].
    pub contested: Vec<Contested>,
    /// Scenarios that two models or more decided.
    pub contested_count: u64,
    /// What moved the decisions: over all models first, then model by model.
    pub effects: Vec<Effects>,
    /// What to know before relying on it, and why something is missing.
    pub notes: Vec<Note>,
    /// How everything was computed.
    pub methods: Vec<MethodUse>,
}

/// Contested scenarios that are kept.
pub const CONTESTED_MAX: usize = 1_000;

/// What the numbers of decisions are.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Points of a scale.
    Scale,
    /// The scores of choices.
    ChoiceScore,
    /// 1 where the decision is the right one, else 0.
    Correct,
    /// Decisions have no numbers.
    None,
}

/// What one model decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelAnalysis {
    /// The model's row in the run.
    pub run_model_id: Uuid,
    /// The shortest name that no other model of the run has.
    pub label: String,
    /// The denominators.
    pub counts: Counts,
    /// The mean of the decisions' numbers; its `interval` is the t interval.
    pub score: MeanEstimate,
    /// The interval to report, which stays on the scale; None with fewer than two scenarios.
    pub interval: Option<Interval>,
    /// Every decision that the definition allows, in its order, also those never made; where answers are
    /// free, the most frequent ones.
    pub distribution: Vec<DecisionShare>,
    /// How many different answers were given; None where the definition says which there are.
    pub distinct_count: Option<u64>,
    /// How often it decides the same when it is asked again; None where scenarios have one sample.
    pub retest: Option<RetestAgreement>,
    /// How often it decided rightly; None where nothing is right or wrong.
    pub correct: Option<Passing>,
    /// What the scorers said, in their order.
    pub scorers: Vec<ScorerAnalysis>,
}

/// Where a model's probes stand: planned = pending + failed + cancelled + the outcomes.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All probes.
    pub planned: i64,
    /// Not ended.
    pub pending: i64,
    /// With a complete transcript.
    pub succeeded: i64,
    /// Given up.
    pub failed: i64,
    /// Not asked.
    pub cancelled: i64,
    /// A decision was read.
    pub decided: i64,
    /// A reader is still at it.
    pub reading: i64,
    /// No decision could be read.
    pub unreadable: i64,
    /// The model declined.
    pub refused: i64,
    /// The provider's filter stopped the answer.
    pub content_filter: i64,
    /// The answer reached the token limit.
    pub truncated: i64,
    /// The answer holds no text.
    pub empty: i64,
}

impl Counts {
    pub(super) fn of(model: &ModelColumns) -> Self {
        let ledger = &model.ledger;
        Self {
            planned: ledger.planned,
            pending: ledger.planned - ledger.ended(),
            succeeded: ledger.succeeded,
            failed: ledger.failed,
            cancelled: ledger.cancelled,
            decided: ledger.decided,
            reading: ledger.reading,
            unreadable: ledger.unreadable,
            refused: ledger.refused,
            content_filter: ledger.content_filter,
            truncated: ledger.truncated,
            empty: ledger.empty,
        }
    }
}

/// How often a decision was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionShare {
    /// The scale's point, the choice's name, or the answer.
    pub value: String,
    /// Its label.
    pub label: Option<String>,
    /// Transcripts that decided so.
    pub count: u64,
    /// Its share of the decisions; None where answers are free.
    pub rate: Option<RateEstimate>,
}

/// How often something passes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Passing {
    /// The share that passed.
    pub rate: RateEstimate,
    /// The chance that one of k samples passes, by k; empty where scenarios have one sample.
    pub any_of: Vec<PassK>,
    /// The chance that all of k samples pass, by k; empty where scenarios have one sample.
    pub all_of: Vec<PassK>,
}

/// What one scorer said of one model's answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScorerAnalysis {
    /// The scorer's name.
    pub scorer: String,
    /// True where a rubric gives points: `mean` is theirs, and nobody passes.
    #[serde(default)]
    pub is_points: bool,
    /// How often answers passed; of no trials where there are points.
    pub passing: Passing,
    /// The mean of the scenarios' shares, in which every scenario weighs the same.
    pub mean: MeanEstimate,
}

/// Who agrees with whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// All models at once: one decision per model and scenario. Its interval stands in the resampled part.
    pub alpha: Alpha,
    /// Every pair of models, in their order.
    pub pairs: Vec<PairAgreement>,
    /// How far each model is from the others, farthest first.
    pub distances: Vec<Apart>,
}

/// How two models agree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairAgreement {
    /// The first one's row in the run.
    pub first_id: Uuid,
    /// The second one's.
    pub second_id: Uuid,
    /// Scenarios that both decided.
    pub scenarios: u64,
    /// Scenarios on which their decision is the same.
    pub same: u64,
    /// Whether they order scenarios alike; None where decisions have no numbers.
    pub spearman: Option<RankCorrelation>,
    /// Agreement beyond chance.
    pub kappa: Kappa,
}

/// How far a model is from the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Apart {
    /// The model's row in the run.
    pub run_model_id: Uuid,
    /// Scenarios that another model decided as well.
    pub scenarios: u64,
    /// Average distance to the mean of the others, or chance to differ from one of them.
    pub distance: f64,
    /// How much higher than the others on average; None where decisions have no numbers.
    pub shift: Option<f64>,
    /// Modified z score of the distance; None with fewer than four models.
    pub score: Option<f64>,
    /// Whether it stands apart.
    pub is_outlier: bool,
}

/// A scenario that divides the models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contested {
    /// Its number among the definition's combinations.
    pub combination: u64,
    /// Its key.
    pub key: String,
    /// Models that decided it.
    pub models: u64,
    /// Standard deviation between the models' means, or the chance that samples of two differ.
    pub disagreement: f64,
    /// What each model made of it, in the models' order; None where one did not decide it.
    pub decided: Vec<Option<Decided>>,
}

/// What a model made of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// The mean of its samples' numbers; None where they have none.
    pub mean: Option<f64>,
    /// What most of its samples decided; of several the first.
    pub value: String,
    /// Samples that decided.
    pub n: u64,
}

/// What the dimensions do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effects {
    /// Whose decisions; None: all models', each with a level of its own.
    pub run_model_id: Option<Uuid>,
    /// What is explained: the share that chose this; None: the decisions' numbers.
    pub outcome: Option<String>,
    /// Level by level against the first, ranked by partial R². A factor of another name than a dimension's
    /// ([`MODEL_FACTOR`], [`ORDER_FACTOR`]) is the model, or the order of the options.
    pub by_level: Regression,
    /// With one slope per dimension whose levels all have scores; None where there is none.
    pub by_score: Option<Regression>,
}

/// The factor that the models are where all are explained at once; no dimension can be called so.
pub const MODEL_FACTOR: &str = "(model)";

/// The factor that the order of the options is where it changes from probe to probe.
pub const ORDER_FACTOR: &str = "(order)";

/// What to know, or why something is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// A stable code: one of statistics (`SMALL_SAMPLE`), or `NOT_COMPUTED`.
    pub code: String,
    /// What it is about: `score`, `retest`, `agreement`, `effects`, …
    pub about: String,
    /// For people.
    pub message: String,
    /// The models it is about; empty: all.
    pub run_model_ids: Vec<Uuid>,
}

/// A method and what it was used for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodUse {
    /// What for.
    pub about: String,
    /// Name, version, seed and rounds.
    pub method: Method,
}

/// The parts of an analysis that are drawn at random, computed apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResampledAnalysis {
    /// Krippendorff's alpha with an interval; None where there is no agreement to speak of.
    pub alpha: Option<Alpha>,
}

/// The code of what is missing.
pub(super) const NOT_COMPUTED: &str = "NOT_COMPUTED";

/// Notes and methods as they come together.
#[derive(Default)]
pub(super) struct Remarks {
    pub(super) notes: Vec<Note>,
    pub(super) methods: Vec<MethodUse>,
}

impl Remarks {
    /// Why something is missing.
    pub(super) fn missing(&mut self, about: &str, message: impl Into<String>, model: Option<Uuid>) {
        self.note(NOT_COMPUTED, about, message.into(), model);
    }

    /// A method, once, with its warnings.
    pub(super) fn used(
        &mut self,
        about: &str,
        method: &Method,
        warnings: &[StatWarning],
        model: Option<Uuid>,
    ) {
        let used = MethodUse { about: about.into(), method: method.clone() };
        if !self.methods.contains(&used) {
            self.methods.push(used);
        }
        for warning in warnings {
            self.note(warning.code.as_str(), about, warning.message.clone(), model);
        }
    }

    /// The same of several models is said once.
    fn note(&mut self, code: &str, about: &str, message: String, model: Option<Uuid>) {
        let same = |note: &&mut Note| note.code == code && note.about == about && note.message == message;
        match (self.notes.iter_mut().find(same), model) {
            (Some(known), Some(model)) if !known.run_model_ids.is_empty() => {
                if !known.run_model_ids.contains(&model) {
                    known.run_model_ids.push(model);
                }
            }
            (Some(_), _) => {}
            (None, model) => self.notes.push(Note {
                code: code.into(),
                about: about.into(),
                message,
                run_model_ids: model.into_iter().collect(),
            }),
        }
    }
}
