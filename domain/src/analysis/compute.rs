//! From columns to an analysis; pure.

use super::{
    RunColumns, ScoreRange, agreement,
    document::{CONFIDENCE, Measure, Remarks, ResampledAnalysis, RunAnalysis},
    effects, model,
};
use crate::{
    definition::DecisionSpec,
    error::{Error, Result},
    run::model_labels,
    stats::{Draws, StatsError},
};

/// Resamples of an interval that is drawn.
pub const ROUNDS: u64 = 10_000;
/// The seed of what is drawn: the same data give the same digits.
pub const SEED: u64 = 20_250_101;

/// What a run found, without what is drawn at random.
///
/// # Errors
/// `Internal` where a number of a decision is not finite.
pub fn analyse(columns: &RunColumns) -> Result<RunAnalysis> {
    compute(columns).map_err(ours)
}

/// What is drawn at random: the interval of agreement.
///
/// # Errors
/// As [`analyse`].
pub fn resample(columns: &RunColumns, draws: Draws<'_>) -> Result<ResampledAnalysis> {
    Ok(ResampledAnalysis { alpha: agreement::resampled_alpha(columns, draws).map_err(ours)? })
}

fn ours(error: StatsError) -> Error {
    Error::Internal(format!("the analysis failed: {error}"))
}

fn compute(columns: &RunColumns) -> Result<RunAnalysis, StatsError> {
    let mut remarks = Remarks::default();
    let rows: Vec<&entity::run_model::Model> = columns.models.iter().map(|model| &model.row).collect();
    let labels = model_labels(&rows);
    let range = match columns.score_range() {
        ScoreRange::Bounded { low, high } => Some((low, high)),
        ScoreRange::None => None,
    };
    let measure = measure_of(columns, range.is_some());
    if range.is_none() && columns.models.iter().any(|model| !model.cells.is_empty()) {
        let message =
            "Decisions have no numbers here (choices without scores, no right answers): read the shares.";
        remarks.missing("score", message, None);
    }
    let mut models = Vec::with_capacity(columns.models.len());
    for (own, label) in columns.models.iter().zip(&labels) {
        let is_correct = measure == Measure::Correct;
        models.push(model::analyse(columns, own, label.clone(), range, is_correct, &mut remarks)?);
    }
    let found = agreement::analyse(columns, range.is_some(), &mut remarks)?;
    let effects = effects::analyse(columns, &labels, range.is_some(), &mut remarks);
    Ok(RunAnalysis {
        confidence: CONFIDENCE,
        measure,
        range,
        models,
        agreement: found.agreement,
        contested: found.contested,
        contested_count: found.contested_count,
        effects,
        notes: remarks.notes,
        methods: remarks.methods,
    })
}

fn measure_of(columns: &RunColumns, has_scores: bool) -> Measure {
    match &columns.content.decision {
        _ if !has_scores => Measure::None,
        DecisionSpec::Scale { .. } => Measure::Scale,
        DecisionSpec::FreeText => Measure::Correct,
        DecisionSpec::Choice { choices } => {
            // Where a scenario has a right choice that counts, whatever scores the choices have.
            let content = &columns.content;
            let has_targets = content.scenarios.iter().any(|listed| listed.target.is_some())
                || content.dimensions.iter().flat_map(|d| &d.levels).any(|level| level.target.is_some());
            let is_scored = choices.iter().any(|choice| choice.score.is_some());
            if has_targets && !is_scored { Measure::Correct } else { Measure::ChoiceScore }
        }
    }
}
