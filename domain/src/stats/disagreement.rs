//! Which scenarios divide the models, and which models stand apart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Method, StatsError};

/// One decision of one model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rating {
    /// The scenario.
    pub scenario: u64,
    /// The model.
    pub model: u32,
    /// The score, or the code of a choice.
    pub value: f64,
}

/// How far apart two models are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distance {
    /// By the difference of their means, in the unit of the values.
    Scale,
    /// By the chance that a sample of each differs, in [0, 1].
    Choice,
}

/// A scenario and how much it divides the models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContestedScenario {
    /// The scenario.
    pub scenario: u64,
    /// Models that decided it; at least two.
    pub models: u64,
    /// Scale: standard deviation between the models' means. Choice: chance that samples of two models differ.
    pub disagreement: f64,
}

/// A model and how far it is from the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelDistance {
    /// The model.
    pub model: u32,
    /// Scenarios that at least one other model decided as well.
    pub scenarios: u64,
    /// Distance to the mean of the others, averaged over those scenarios.
    pub distance: f64,
    /// Scale: how much higher than the others on average. Choice: `None`.
    pub shift: Option<f64>,
    /// Modified z score of `distance` among the models. `None` = fewer than four, or all are equal.
    pub score: Option<f64>,
    /// Whether `score` exceeds [`OUTLIER_ABOVE`].
    pub is_outlier: bool,
}

/// Above this modified z score a model is called an outlier.
/// Source: Iglewicz & Hoaglin (1993), How to Detect and Handle Outliers.
pub const OUTLIER_ABOVE: f64 = 3.5;

/// What divides the models, and who stands apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Disagreement {
    /// Scenarios that two models or more decided, most contested first; equal ones by their number.
    pub scenarios: Vec<ContestedScenario>,
    /// Models that share a scenario with another, farthest first; equal ones by their number.
    pub models: Vec<ModelDistance>,
    /// How it was computed.
    pub method: Method,
}

/// Ranks scenarios by how much they divide the models, and models by how far they are from the others.
///
/// Repeats of a model are averaged first (scale) or count by their shares (choice), so that a model
/// with more samples weighs no more. A model is compared with all the others of each scenario. These
/// are descriptions, not tests: an outlier is whose distance is unlike the other models' distances, by the
/// modified z score 0.6745 (d − median)/MAD (where the MAD is 0: (d − median)/(1.2533 · mean deviation)).
/// Errors: `NotFinite`. Source of the score: Iglewicz & Hoaglin (1993).
pub fn disagreement(ratings: &[Rating], distance: Distance) -> Result<Disagreement, StatsError> {
    if ratings.iter().any(|rating| !rating.value.is_finite()) {
        return Err(StatsError::NotFinite);
    }
    let mut sorted = ratings.to_vec();
    sorted
        .sort_by(|a, b| (a.scenario, a.model).cmp(&(b.scenario, b.model)).then(a.value.total_cmp(&b.value)));
    let mut scenarios = Vec::new();
    let mut models: BTreeMap<u32, (u64, f64, f64)> = BTreeMap::new();
    for ratings in sorted.chunk_by(|a, b| a.scenario == b.scenario) {
        let (apart, divided) = match distance {
            Distance::Scale => on_scale(ratings),
            Distance::Choice => by_choice(ratings),
        };
        let Some(first) = ratings.first().filter(|_| apart.len() > 1) else { continue };
        let count = apart.len() as u64;
        scenarios.push(ContestedScenario { scenario: first.scenario, models: count, disagreement: divided });
        for (model, shift) in apart {
            let sums = models.entry(model).or_default();
            *sums = (sums.0 + 1, sums.1 + shift.abs(), sums.2 + shift);
        }
    }
    scenarios
        .sort_by(|a, b| b.disagreement.total_cmp(&a.disagreement).then_with(|| a.scenario.cmp(&b.scenario)));
    let name = match distance {
        Distance::Scale => "leave-one-out distance of means",
        Distance::Choice => "leave-one-out chance to differ",
    };
    Ok(Disagreement { scenarios, models: ranked(models, distance), method: Method::exact(name, 1) })
}

/// Each model's difference to the mean of the others, and the standard deviation between all.
fn on_scale(ratings: &[Rating]) -> (Vec<(u32, f64)>, f64) {
    let means: Vec<(u32, f64)> = ratings
        .chunk_by(|a, b| a.model == b.model)
        .filter_map(|own| {
            let sum: f64 = own.iter().map(|rating| rating.value).sum();
            own.first().map(|rating| (rating.model, sum / own.len() as f64))
        })
        .collect();
    let n = means.len() as f64;
    let mean = means.iter().map(|(_, value)| value).sum::<f64>() / n;
    let squares: f64 = means.iter().map(|(_, value)| (value - mean).powi(2)).sum();
    // value − mean of the others = (value − mean of all) · n/(n − 1).
    let apart = means.iter().map(|(model, value)| (*model, (value - mean) * n / (n - 1.0))).collect();
    (apart, (squares / (n - 1.0)).sqrt())
}

/// Each model's chance to differ from a sample of another, and that of any two models.
fn by_choice(ratings: &[Rating]) -> (Vec<(u32, f64)>, f64) {
    let mut shares: Vec<(u32, f64, f64)> = Vec::new();
    let mut models = 0.0;
    for own in ratings.chunk_by(|a, b| a.model == b.model) {
        models += 1.0;
        for same in own.chunk_by(|a, b| a.value == b.value) {
            let Some(rating) = same.first() else { continue };
            shares.push((rating.model, rating.value, same.len() as f64 / own.len() as f64));
        }
    }
    let mut totals: Vec<(f64, f64)> = shares.iter().map(|(_, value, share)| (*value, *share)).collect();
    totals.sort_by(|a, b| a.0.total_cmp(&b.0));
    let totals: Vec<(f64, f64)> = totals
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|same| same.first().map(|first| (first.0, same.iter().map(|(_, share)| share).sum())))
        .collect();
    let total = |value: f64| {
        let place = totals.partition_point(|(other, _)| *other < value);
        totals.get(place).map_or(0.0, |(_, total)| *total)
    };
    let apart: Vec<(u32, f64)> = shares
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|own| {
            let same: f64 = own.iter().map(|(_, value, share)| share * (total(*value) - share)).sum();
            own.first().map(|(model, _, _)| (*model, 1.0 - same / (models - 1.0)))
        })
        .collect();
    let divided = apart.iter().map(|(_, chance)| chance).sum::<f64>() / models;
    (apart, divided)
}

fn ranked(models: BTreeMap<u32, (u64, f64, f64)>, distance: Distance) -> Vec<ModelDistance> {
    let mut ranked: Vec<ModelDistance> = models
        .into_iter()
        .map(|(model, (scenarios, apart, shift))| ModelDistance {
            model,
            scenarios,
            distance: apart / scenarios as f64,
            shift: (distance == Distance::Scale).then_some(shift / scenarios as f64),
            score: None,
            is_outlier: false,
        })
        .collect();
    ranked.sort_by(|a, b| b.distance.total_cmp(&a.distance).then_with(|| a.model.cmp(&b.model)));
    if ranked.len() < 4 {
        return ranked;
    }
    let centre = median(ranked.iter().map(|model| model.distance).collect());
    let deviations: Vec<f64> = ranked.iter().map(|model| (model.distance - centre).abs()).collect();
    let mean = deviations.iter().sum::<f64>() / deviations.len() as f64;
    let mad = median(deviations);
    let unit = if mad > 0.0 { mad / 0.6745 } else { 1.2533 * mean };
    if unit > 0.0 {
        for model in &mut ranked {
            let score = (model.distance - centre) / unit;
            model.score = Some(score);
            model.is_outlier = score > OUTLIER_ABOVE;
        }
    }
    ranked
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    super::draws::quantile_of_sorted(&values, 0.5).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Distance, Rating, disagreement};

    fn ratings(values: &[(u64, u32, f64)]) -> Vec<Rating> {
        values
            .iter()
            .map(|(scenario, model, value)| Rating { scenario: *scenario, model: *model, value: *value })
            .collect()
    }

    #[test]
    fn the_scenario_that_divides_most_comes_first_whatever_the_repeats() {
        let given = ratings(&[(1, 1, 2.0), (1, 2, 2.0), (2, 1, 1.0), (2, 1, 1.0), (2, 2, 5.0), (3, 1, 4.0)]);
        let found = disagreement(&given, Distance::Scale).unwrap();
        let order: Vec<_> = found.scenarios.iter().map(|scenario| scenario.scenario).collect();
        assert_eq!(order, [2, 1]);
        assert!((found.scenarios[0].disagreement - 8.0_f64.sqrt()).abs() < 1e-12);
        assert_eq!(found.models[0].shift.unwrap(), -found.models[1].shift.unwrap());
    }

    #[test]
    fn choices_differ_or_not_however_far_apart_their_codes_are() {
        let given = ratings(&[(1, 1, 0.0), (1, 2, 9.0), (1, 3, 9.0), (1, 3, 0.0)]);
        let found = disagreement(&given, Distance::Choice).unwrap();
        // Pairs: 1–2 always, 1–3 and 2–3 half the time.
        assert!((found.scenarios[0].disagreement - 2.0 / 3.0).abs() < 1e-12, "{found:?}");
        assert_eq!(found.models[0].shift, None);
    }

    #[test]
    fn who_stands_apart_among_many_is_named() {
        let given: Vec<_> = (0..8_u32)
            .flat_map(|model| {
                (0..30_u64).map(move |scenario| {
                    let noise = ((scenario * 7 + u64::from(model) * 11) % 5) as f64 * 0.1;
                    (scenario, model, if model == 3 { 5.0 } else { 2.0 + noise })
                })
            })
            .collect();
        let found = disagreement(&ratings(&given), Distance::Scale).unwrap();
        assert_eq!(found.models.iter().filter(|model| model.is_outlier).count(), 1);
        assert!(found.models[0].model == 3 && found.models[0].is_outlier);
    }
}
