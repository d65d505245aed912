//! Who agrees with whom, and which scenarios divide the models.

use std::collections::HashMap;

use crate::{
    analysis::{
        Cell, RunColumns,
        document::{Agreement, Apart, CONFIDENCE, CONTESTED_MAX, Contested, Decided, PairAgreement, Remarks},
    },
    definition::DecisionSpec,
    stats::{
        Alpha, AlphaMetric, Disagreement, Distance, Draws, KappaWeights, Rating, StatsError, disagreement,
        krippendorff_alpha, spearman, weighted_kappa,
    },
};

/// One decision and one mean per scenario of a model, in the scenarios' order.
struct Summary {
    scenario: u64,
    /// Ordered decisions: the lower median of the samples'. Others: that of the first sample that decided.
    value: u32,
    mean: Option<f64>,
}

/// What agreement says, and the scenarios that divide the models with how many there are.
pub(super) struct Found {
    pub(super) agreement: Option<Agreement>,
    pub(super) contested: Vec<Contested>,
    pub(super) contested_count: u64,
}

pub(super) fn analyse(
    columns: &RunColumns,
    has_scores: bool,
    remarks: &mut Remarks,
) -> Result<Found, StatsError> {
    let nothing = Found { agreement: None, contested: Vec::new(), contested_count: 0 };
    if columns.models.iter().filter(|model| !model.cells.is_empty()).count() < 2 {
        remarks.missing("agreement", "Fewer than two models decided anything, so nobody can agree.", None);
        return Ok(nothing);
    }
    if columns.content.decision == DecisionSpec::FreeText && !has_scores {
        let message = "Answers in free words have no categories and no right answers to agree on.";
        remarks.missing("agreement", message, None);
        return Ok(nothing);
    }
    let summaries = summaries_of(columns, has_scores);
    let alpha = alpha(columns, &summaries, None)?;
    remarks.used("agreement of all models", &alpha.method, &alpha.warnings, None);
    let mut pairs = Vec::new();
    for (place, first) in columns.models.iter().enumerate() {
        for (other, second) in columns.models.iter().enumerate().skip(place + 1) {
            let (Some(a), Some(b)) = (summaries.get(place), summaries.get(other)) else { continue };
            pairs.push(pair(columns, (first.row.id, a), (second.row.id, b), has_scores, remarks)?);
        }
    }
    let distance = if has_scores { Distance::Scale } else { Distance::Choice };
    let divided = disagreement(&ratings(columns, has_scores), distance)?;
    remarks.used("contested scenarios and outliers", &divided.method, &[], None);
    let contested_count = divided.scenarios.len() as u64;
    let distances = divided
        .models
        .iter()
        .filter_map(|model| {
            Some(Apart {
                run_model_id: columns.models.get(model.model as usize)?.row.id,
                scenarios: model.scenarios,
                distance: model.distance,
                shift: model.shift,
                score: model.score,
                is_outlier: model.is_outlier,
            })
        })
        .collect();
    let contested = contested(columns, &divided);
    Ok(Found { agreement: Some(Agreement { alpha, pairs, distances }), contested, contested_count })
}

/// Krippendorff's alpha with its interval, drawn by `draws`; None where agreement makes no sense.
pub(super) fn resampled_alpha(columns: &RunColumns, draws: Draws<'_>) -> Result<Option<Alpha>, StatsError> {
    let has_scores = columns.models.iter().any(|model| model.scores().next().is_some());
    let deciding = columns.models.iter().filter(|model| !model.cells.is_empty()).count();
    if deciding < 2 || columns.content.decision == DecisionSpec::FreeText && !has_scores {
        return Ok(None);
    }
    alpha(columns, &summaries_of(columns, has_scores), Some(draws)).map(Some)
}

fn alpha(
    columns: &RunColumns,
    summaries: &[Vec<Summary>],
    draws: Option<Draws<'_>>,
) -> Result<Alpha, StatsError> {
    let metric = match columns.content.decision {
        DecisionSpec::Scale { .. } => AlphaMetric::Ordinal,
        DecisionSpec::Choice { .. } | DecisionSpec::FreeText => AlphaMetric::Nominal,
    };
    let code = |summary: &Summary| category_of(columns, summary) as f64;
    let values: Vec<(u64, f64)> =
        summaries.iter().flatten().map(|summary| (summary.scenario, code(summary))).collect();
    krippendorff_alpha(&values, metric, CONFIDENCE, draws)
}

/// What is compared: the decision, or for free answers whether it is right.
fn category_of(columns: &RunColumns, summary: &Summary) -> usize {
    match columns.content.decision {
        DecisionSpec::FreeText => usize::from(summary.mean.is_some_and(|mean| mean >= 0.5)),
        _ => summary.value as usize,
    }
}

fn pair(
    columns: &RunColumns,
    (first_id, first): (uuid::Uuid, &[Summary]),
    (second_id, second): (uuid::Uuid, &[Summary]),
    has_scores: bool,
    remarks: &mut Remarks,
) -> Result<PairAgreement, StatsError> {
    let (mut decisions, mut means) = (Vec::new(), (Vec::new(), Vec::new()));
    let mut others = second.iter().peekable();
    for one in first {
        while others.next_if(|other| other.scenario < one.scenario).is_some() {}
        let Some(other) = others.next_if(|other| other.scenario == one.scenario) else { continue };
        decisions.push((category_of(columns, one), category_of(columns, other)));
        if let (Some(own), Some(other)) = (one.mean, other.mean) {
            means.0.push(own);
            means.1.push(other);
        }
    }
    let (categories, weights) = match columns.content.decision {
        DecisionSpec::Scale { .. } => (columns.values.len(), KappaWeights::Quadratic),
        DecisionSpec::Choice { .. } => (columns.values.len(), KappaWeights::Nominal),
        DecisionSpec::FreeText => (2, KappaWeights::Nominal),
    };
    let kappa = weighted_kappa(&decisions, categories, weights, CONFIDENCE)?;
    let spearman = has_scores.then(|| spearman(&means.0, &means.1, CONFIDENCE)).transpose()?;
    remarks.used("agreement of pairs", &kappa.method, &[], None);
    if let Some(spearman) = &spearman {
        remarks.used("agreement of pairs", &spearman.method, &[], None);
    }
    Ok(PairAgreement {
        first_id,
        second_id,
        scenarios: decisions.len() as u64,
        same: decisions.iter().filter(|(own, other)| own == other).count() as u64,
        spearman,
        kappa,
    })
}

fn summaries_of(columns: &RunColumns, has_scores: bool) -> Vec<Vec<Summary>> {
    let is_ordered = matches!(columns.content.decision, DecisionSpec::Scale { .. });
    let rank = ranks(columns);
    let of_scenario = |cells: &[Cell]| {
        let mut values: Vec<u32> = cells.iter().map(|cell| cell.value).collect();
        if is_ordered {
            values.sort_by_key(|value| rank.get(*value as usize).copied());
        }
        let middle = if is_ordered { values.len().saturating_sub(1) / 2 } else { 0 };
        Some(Summary {
            scenario: cells.first()?.combination,
            value: values.get(middle).copied()?,
            mean: if has_scores { mean_of(cells) } else { None },
        })
    };
    let of_model = |cells: &Vec<Cell>| {
        cells.chunk_by(|a, b| a.combination == b.combination).filter_map(of_scenario).collect::<Vec<_>>()
    };
    let mut summaries: Vec<Vec<Summary>> =
        columns.models.iter().map(|model| of_model(&model.cells)).collect();
    // Categories count in the order of the scale, not in that in which its points are written.
    if is_ordered {
        for summary in summaries.iter_mut().flatten() {
            summary.value = rank.get(summary.value as usize).copied().unwrap_or(summary.value);
        }
    }
    summaries
}

/// The rank of each value among the numbers of the scale, by its place among the values.
fn ranks(columns: &RunColumns) -> Vec<u32> {
    let numbers: Vec<f64> = columns.values.iter().map(|value| value.parse().unwrap_or(f64::MAX)).collect();
    let below = |own: &f64| numbers.iter().filter(|other| *other < own).count();
    numbers.iter().map(|own| u32::try_from(below(own)).unwrap_or(u32::MAX)).collect()
}

fn mean_of(cells: &[Cell]) -> Option<f64> {
    let (sum, n) =
        cells.iter().filter_map(|cell| cell.score).fold((0.0, 0_u32), |(sum, n), score| (sum + score, n + 1));
    (n > 0).then(|| sum / f64::from(n))
}

fn ratings(columns: &RunColumns, has_scores: bool) -> Vec<Rating> {
    let of_model = |(model, number): (&super::ModelColumns, u32)| {
        let value = move |cell: &Cell| if has_scores { cell.score } else { Some(f64::from(cell.value)) };
        let rating = move |cell: &Cell| {
            Some(Rating { scenario: cell.combination, model: number, value: value(cell)? })
        };
        model.cells.iter().filter_map(rating).collect::<Vec<_>>()
    };
    columns.models.iter().zip(0_u32..).flat_map(of_model).collect()
}

fn contested(columns: &RunColumns, divided: &Disagreement) -> Vec<Contested> {
    let wanted = divided.scenarios.iter().filter(|scenario| scenario.disagreement > 0.0).take(CONTESTED_MAX);
    let wanted: Vec<_> = wanted.collect();
    let places: HashMap<u64, usize> =
        wanted.iter().enumerate().map(|(place, scenario)| (scenario.scenario, place)).collect();
    let mut contested: Vec<Contested> = wanted
        .iter()
        .map(|scenario| Contested {
            combination: scenario.scenario,
            key: columns.expansion.scenario(scenario.scenario).key,
            models: scenario.models,
            disagreement: scenario.disagreement,
            decided: vec![None; columns.models.len()],
        })
        .collect();
    for (number, model) in columns.models.iter().enumerate() {
        for cells in model.cells.chunk_by(|a, b| a.combination == b.combination) {
            let place = cells.first().and_then(|cell| places.get(&cell.combination));
            let slot = place.and_then(|place| contested.get_mut(*place)?.decided.get_mut(number));
            if let Some(slot) = slot {
                *slot = Some(decided_of(columns, cells));
            }
        }
    }
    contested
}

fn decided_of(columns: &RunColumns, cells: &[Cell]) -> Decided {
    let mut counts: Vec<(u32, usize)> = Vec::new();
    for cell in cells {
        match counts.iter_mut().find(|(value, _)| *value == cell.value) {
            Some((_, count)) => *count += 1,
            None => counts.push((cell.value, 1)),
        }
    }
    // Of several as frequent, the one that came first.
    let most = counts.iter().rev().max_by_key(|(_, count)| *count).map_or(0, |(value, _)| *value);
    Decided {
        mean: mean_of(cells),
        value: columns.values.get(most as usize).cloned().unwrap_or_default(),
        n: cells.len() as u64,
    }
}
