//! What comparisons in pairs came to.

use async_graphql::SimpleObject;
use domain::{assessing, stats};

/// What comparisons in pairs came to.
#[derive(SimpleObject)]
pub(crate) struct Ranking {
    /// Pairs that were drawn.
    pair_count: u64,
    /// Pairs with an answer in both orders: what the ranking is made of.
    compared_count: u64,
    /// Those in which both orders preferred the same conversation, or none.
    consistent_count: u64,
    /// Those of them in which none was preferred.
    tie_count: u64,
    /// Inconsistent ones in which the place shown first was preferred in both orders.
    first_place_count: u64,
    /// Inconsistent ones in which the place shown second was preferred in both orders.
    second_place_count: u64,
    /// How often the place decided, of those compared, 0 to 1; null: none is compared.
    position_bias_rate: Option<f64>,
    /// The lower end of its 95 % interval; null: none can be given.
    position_bias_low: Option<f64>,
    /// The upper end.
    position_bias_high: Option<f64>,
    /// The models, strongest first; null: `refused` says why there is no ranking.
    strengths: Option<Vec<ModelStrength>>,
    /// Why there is no ranking; null: there is one.
    refused: Option<String>,
    /// How it was computed; null: there is none.
    method: Option<String>,
    /// The bootstrap's seed; null: there is no ranking.
    seed: Option<u64>,
    /// The bootstrap's rounds; null: there is no ranking.
    rounds: Option<u64>,
    /// What to know before relying on it.
    warnings: Vec<String>,
}

/// How strong a model is in comparisons.
#[derive(SimpleObject)]
pub(crate) struct ModelStrength {
    /// The model, as the run's findings name it.
    model: String,
    /// Natural logarithm of the odds to beat an average one: they have mean 0.
    strength: f64,
    /// The lower end of the 95 % interval; null: none can be given.
    low: Option<f64>,
    /// The upper end.
    high: Option<f64>,
    /// The best rank in the same share of the resamples, from 1; null: none can be given.
    best_rank: Option<u64>,
    /// The worst rank.
    worst_rank: Option<u64>,
    /// Comparisons won, ties counting half.
    wins: f64,
    /// Comparisons in all.
    comparison_count: u64,
}

impl From<assessing::Ranking> for Ranking {
    fn from(found: assessing::Ranking) -> Self {
        let interval = |interval: Option<stats::Interval>| {
            interval.map(|stats::Interval { low, high }| (low, high)).unzip()
        };
        let (position_bias_low, position_bias_high) = interval(found.position_bias.interval);
        let strength = |one: stats::Strength| {
            let (low, high) = interval(one.interval);
            let (best_rank, worst_rank) = one.ranks.unzip();
            ModelStrength {
                model: one.name,
                strength: one.strength,
                low,
                high,
                best_rank,
                worst_rank,
                wins: one.wins,
                comparison_count: one.comparisons,
            }
        };
        let ranked = found.bradley_terry;
        let method = ranked.as_ref().map(|ranked| ranked.method.clone());
        Self {
            pair_count: found.pairs,
            compared_count: found.compared,
            consistent_count: found.consistent,
            tie_count: found.ties,
            first_place_count: found.first_place,
            second_place_count: found.second_place,
            position_bias_rate: found.position_bias.rate,
            position_bias_low,
            position_bias_high,
            refused: found.refused,
            seed: method.as_ref().and_then(|method| method.seed),
            rounds: method.as_ref().and_then(|method| method.rounds),
            method: method.map(|method| method.name),
            warnings: ranked
                .iter()
                .flat_map(|ranked| &ranked.warnings)
                .map(|warning| warning.message.clone())
                .collect(),
            strengths: ranked.map(|ranked| ranked.strengths.into_iter().map(strength).collect()),
        }
    }
}
