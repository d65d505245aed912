//! What moved the decisions.

use std::collections::HashMap;

use uuid::Uuid;

use crate::{
    analysis::{
        Cell, ModelColumns, RunColumns,
        document::{CONFIDENCE, Effects, MODEL_FACTOR, ORDER_FACTOR, Remarks},
    },
    run::OptionOrders,
    stats::{Coding, Factor, Observations, Regression, StatsError, regress},
};

/// Choices that are explained one by one; more would be a page that nobody reads.
const OUTCOMES_MAX: usize = 8;

/// The effects of the dimensions on the decisions' numbers, or where they have none on how often each is
/// made: over all models, then model by model.
pub(super) fn analyse(
    columns: &RunColumns,
    labels: &[String],
    has_scores: bool,
    remarks: &mut Remarks,
) -> Vec<Effects> {
    let dimensions = &columns.content.dimensions;
    let orders = orders_of(columns, remarks);
    let varies =
        columns.content.scenarios.is_empty() && dimensions.iter().any(|dimension| dimension.levels.len() > 1);
    if !varies && orders.is_none() {
        remarks.missing("effects", "The definition varies no dimension that could move a decision.", None);
        return Vec::new();
    }
    let outcomes: Vec<Option<u32>> = match has_scores {
        true => vec![None],
        // Of two choices, one says what the other does.
        false if columns.values.len() == 2 => vec![Some(0)],
        false if columns.values.is_empty() || columns.values.len() > OUTCOMES_MAX => {
            let message =
                format!("Decisions have no numbers, and there are more than {OUTCOMES_MAX} different ones.");
            remarks.missing("effects", message, None);
            return Vec::new();
        }
        false => (0..).take(columns.values.len()).map(Some).collect(),
    };
    let mut levels = LevelsOf::default();
    let mut effects = Vec::new();
    let one_by_one = columns.models.iter().map(std::slice::from_ref);
    let subjects = std::iter::once(columns.models.as_slice()).chain(one_by_one);
    for (place, models) in subjects.enumerate() {
        // One model is all models.
        let is_all = place == 0;
        if is_all && columns.models.len() == 1 || models.iter().all(|model| model.cells.is_empty()) {
            continue;
        }
        let model_id = (!is_all).then(|| models.first().map(|model| model.row.id)).flatten();
        for outcome in &outcomes {
            let mut found = explain(columns, labels, models, *outcome, &mut levels, orders.as_ref());
            if let (Err(error), true) = (&found, varies && orders.is_some()) {
                // Few scenarios may do for the dimensions alone.
                remarks.missing("effect of the order of options", error.to_string(), model_id);
                found = explain(columns, labels, models, *outcome, &mut levels, None);
            }
            match found {
                Ok((by_level, by_score)) => {
                    let about = "effects of dimensions";
                    for found in std::iter::once(&by_level).chain(&by_score) {
                        remarks.used(about, &found.method, &found.warnings, model_id);
                    }
                    let outcome = outcome.and_then(|value| columns.values.get(value as usize).cloned());
                    effects.push(Effects { run_model_id: model_id, outcome, by_level, by_score });
                }
                Err(error) => remarks.missing("effects", error.to_string(), model_id),
            }
        }
    }
    effects
}

/// The levels of combinations, each looked up once.
#[derive(Default)]
struct LevelsOf(HashMap<u64, Vec<u32>>);

impl LevelsOf {
    fn of(&mut self, columns: &RunColumns, combination: u64) -> &[u32] {
        self.0.entry(combination).or_insert_with(|| {
            let levels = columns.expansion.levels_of(combination);
            levels.iter().map(|choice| u32::try_from(choice.level).unwrap_or(u32::MAX)).collect()
        })
    }
}

/// The orders in which a run's probes list the options, where they change.
fn orders_of(columns: &RunColumns, remarks: &mut Remarks) -> Option<OptionOrders> {
    OptionOrders::of(&columns.run, &columns.content.decision).unwrap_or_else(|error| {
        remarks.missing("effect of the order of options", error.to_string(), None);
        None
    })
}

fn explain(
    columns: &RunColumns,
    labels: &[String],
    models: &[ModelColumns],
    outcome: Option<u32>,
    levels_of: &mut LevelsOf,
    orders: Option<&OptionOrders>,
) -> Result<(Regression, Option<Regression>), StatsError> {
    let (mut clusters, mut values) = (Vec::new(), Vec::new());
    let mut rows: Vec<u32> = Vec::new();
    let dimensions = &columns.content.dimensions;
    let is_kept: Vec<bool> = dimensions.iter().map(|dimension| dimension.levels.len() > 1).collect();
    for (number, model) in models.iter().enumerate() {
        for cells in model.cells.chunk_by(|a, b| a.combination == b.combination) {
            let Some(first) = cells.first() else { continue };
            // Samples that saw the options in different orders are rows of their own, in one cluster.
            let order_of = |cell: &Cell| orders.map_or(0, |orders| orders.level_at(cell.seq, outcome));
            let mut seen: Vec<u32> = cells.iter().map(order_of).collect();
            seen.sort_unstable();
            seen.dedup();
            for order in seen {
                let place = u32::try_from(clusters.len()).unwrap_or(u32::MAX);
                let before = values.len();
                let so_shown = cells.iter().filter(|cell| order_of(cell) == order);
                values.extend(so_shown.filter_map(|cell| {
                    let value = match outcome {
                        None => cell.score?,
                        Some(wanted) => f64::from(u8::from(cell.value == wanted)),
                    };
                    Some((place, value))
                }));
                if values.len() == before {
                    continue;
                }
                clusters.push(first.combination);
                let levels = levels_of.of(columns, first.combination);
                rows.extend(
                    levels.iter().zip(&is_kept).filter(|(_, is_kept)| **is_kept).map(|(level, _)| *level),
                );
                rows.extend(orders.map(|_| order));
                if models.len() > 1 {
                    rows.push(u32::try_from(number).unwrap_or(u32::MAX));
                }
            }
        }
    }
    let varied =
        || dimensions.iter().zip(&is_kept).filter(|(_, is_kept)| **is_kept).map(|(dimension, _)| dimension);
    // A level that nobody decided anything at has no effect; a dimension of one level that is left has none.
    let factors = |with_scores: bool| {
        let mut factors: Vec<Factor> = varied()
            .map(|dimension| {
                let scores: Option<Vec<f64>> = dimension.levels.iter().map(|level| level.score).collect();
                Factor {
                    name: dimension.name.clone(),
                    levels: dimension.levels.iter().map(|level| level.label.clone()).collect(),
                    coding: match scores {
                        Some(scores) if with_scores => Coding::Score(scores),
                        _ => Coding::Levels,
                    },
                }
            })
            .collect();
        if let Some(orders) = orders {
            let levels = orders.levels(&columns.values, outcome);
            factors.push(Factor { name: ORDER_FACTOR.into(), levels, coding: Coding::Levels });
        }
        if models.len() > 1 {
            let levels = models.iter().map(|model| label_of(columns, labels, model.row.id)).collect();
            factors.push(Factor { name: MODEL_FACTOR.into(), levels, coding: Coding::Levels });
        }
        factors
    };
    // A factor that takes a single level in these data says nothing: it is left out of the rows too.
    let width = factors(false).len();
    let seen: Vec<bool> = (0..width)
        .map(|factor| {
            let mut levels = rows.iter().skip(factor).step_by(width);
            levels.next().is_some_and(|first| levels.any(|level| level != first))
        })
        .collect();
    let kept = |factors: Vec<Factor>| {
        factors
            .into_iter()
            .zip(&seen)
            .filter(|(_, seen)| **seen)
            .map(|(factor, _)| factor)
            .collect::<Vec<_>>()
    };
    let rows: Vec<u32> =
        rows.iter().zip(seen.iter().cycle()).filter(|(_, seen)| **seen).map(|(level, _)| *level).collect();
    let observations = Observations { levels: &rows, clusters: &clusters, values: &values };
    let by_level = regress(&kept(factors(false)), observations, CONFIDENCE)?;
    let scored = kept(factors(true));
    let has_slope = scored.iter().any(|factor| matches!(factor.coding, Coding::Score(_)));
    let by_score = has_slope.then(|| regress(&scored, observations, CONFIDENCE)).transpose()?;
    Ok((by_level, by_score))
}

fn label_of(columns: &RunColumns, labels: &[String], id: Uuid) -> String {
    let place = columns.models.iter().position(|model| model.row.id == id);
    place.and_then(|place| labels.get(place)).cloned().unwrap_or_default()
}
