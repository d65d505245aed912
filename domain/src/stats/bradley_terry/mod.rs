//! Strengths of models from comparisons in pairs.

mod graph;
mod likelihood;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::graph::{check_connected, is_strongly_connected};
use self::likelihood::strengths;
use super::draws::quantile_of_sorted;
use super::{Draws, Interval, Method, StatWarning, StatWarningCode, StatsError, check_confidence};

/// How a comparison ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairOutcome {
    /// The first was preferred.
    First,
    /// The second was preferred.
    Second,
    /// Neither, or a judge who preferred another in the other order.
    Tie,
}

/// Two competitors compared once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The scenario: comparisons of one scenario are resampled together.
    pub cluster: u64,
    /// Position of one competitor among the names.
    pub first: u32,
    /// Position of the other.
    pub second: u32,
    /// Who was preferred.
    pub outcome: PairOutcome,
}

/// A competitor's strength.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Strength {
    /// Who.
    pub name: String,
    /// Natural logarithm of the odds to beat an average competitor: strengths have mean 0, and the
    /// logistic function of a difference is the chance that one beats the other.
    pub strength: f64,
    /// Percentile bootstrap over scenarios. `None` = one scenario, or unstable.
    pub interval: Option<Interval>,
    /// Best and worst rank, from 1, in the same share of the resamples. `None` as `interval`.
    pub ranks: Option<(u64, u64)>,
    /// Comparisons won, ties counting half.
    pub wins: f64,
    /// Comparisons in all.
    pub comparisons: u64,
}

/// A ranking from comparisons in pairs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BradleyTerry {
    /// The competitors, strongest first.
    pub strengths: Vec<Strength>,
    /// Comparisons that went in.
    pub comparisons: u64,
    /// Ties among them.
    pub ties: u64,
    /// Scenarios they belong to.
    pub clusters: u64,
    /// How it was computed.
    pub method: Method,
    /// What to know before relying on it.
    pub warnings: Vec<StatWarning>,
}

/// One cluster's wins: (winner, loser, how many).
type Wins = Vec<(usize, usize, f64)>;

/// Bradley–Terry strengths by maximum likelihood, with a bootstrap over scenarios.
///
/// A tie counts as half a win of each. Resamples in which somebody never lost or never won have no
/// finite strengths and are left out; where they are more than the tail of the interval none is given
/// (`UnstableResampling`). Errors: `Disconnected` and `Separated` by name, `TooFewRounds` below
/// 1,000, `Lengths` for a competitor without a name or compared with itself, `NoTrials`, `Confidence`.
/// Source: Bradley & Terry (1952), Biometrika 39:324–345; when a maximum exists: Ford (1957), Am.
/// Math. Monthly 64(8):28–33; bootstrap over clusters: Davison & Hinkley (1997), ch. 3.8.
pub fn bradley_terry(
    names: &[String],
    comparisons: &[Comparison],
    confidence: f64,
    draws: Draws<'_>,
) -> Result<BradleyTerry, StatsError> {
    check_confidence(confidence)?;
    if draws.rounds < 1_000 {
        return Err(StatsError::TooFewRounds { given: draws.rounds, least: 1_000 });
    }
    if comparisons.is_empty() {
        return Err(StatsError::NoTrials);
    }
    let size = names.len();
    let clusters = clustered(size, comparisons)?;
    let mut wins = vec![0.0; size * size];
    clusters.iter().for_each(|cluster| add(&mut wins, size, cluster));
    check_connected(names, &wins)?;
    let best = strengths(size, &wins, &vec![0.0; size])?;
    let made = draws.run(
        || vec![0.0; size * size],
        |drawn, generator| {
            drawn.fill(0.0);
            for _ in 0..clusters.len() {
                let chosen = generator.below(clusters.len() as u64) as usize;
                clusters.get(chosen).into_iter().for_each(|cluster| add(drawn, size, cluster));
            }
            is_strongly_connected(size, drawn).then(|| strengths(size, drawn, &best).ok()).flatten()
        },
    );
    let drawn: Vec<Vec<f64>> = made.into_iter().flatten().collect();
    let failed = draws.rounds - drawn.len() as u64;
    let mut warnings = Vec::new();
    let tail = (1.0 - confidence) / 2.0;
    let mut has_interval = false;
    if clusters.len() < 2 {
        let message = "All comparisons belong to one scenario: no uncertainty can be given.";
        warnings.push(StatWarning::new(StatWarningCode::OneCluster, message));
    } else if failed as f64 > tail * draws.rounds as f64 {
        let message = format!(
            "In {failed} of {} resamples somebody never won or never lost: no interval is given.",
            draws.rounds
        );
        warnings.push(StatWarning::new(StatWarningCode::UnstableResampling, message));
    } else {
        has_interval = true;
    }
    let played = |index: usize| comparisons.iter().filter(move |one| one.involves(index)).count() as u64;
    warnings.extend(StatWarning::if_unbalanced((0..size).map(played), "The competitors"));
    let ranks = ranks(&drawn);
    let mut found: Vec<Strength> = names
        .iter()
        .zip(&best)
        .enumerate()
        .map(|(index, (name, strength))| {
            let bounds = |values: &mut dyn Iterator<Item = f64>| {
                let mut sorted: Vec<f64> = values.filter(|_| has_interval).collect();
                sorted.sort_by(f64::total_cmp);
                Some((quantile_of_sorted(&sorted, tail)?, quantile_of_sorted(&sorted, 1.0 - tail)?))
            };
            let interval = bounds(&mut drawn.iter().filter_map(|round| round.get(index).copied()));
            let placed = bounds(&mut ranks.iter().filter_map(|round| round.get(index).copied()));
            Strength {
                name: name.clone(),
                strength: *strength,
                interval: interval.map(|(low, high)| Interval { low, high }),
                ranks: placed.map(|(low, high)| (low.floor() as u64, high.ceil() as u64)),
                wins: wins.iter().skip(index * size).take(size).sum(),
                comparisons: played(index),
            }
        })
        .collect();
    found.sort_by(|a, b| b.strength.total_cmp(&a.strength));
    let ties = comparisons.iter().filter(|one| one.outcome == PairOutcome::Tie).count() as u64;
    Ok(BradleyTerry {
        strengths: found,
        comparisons: comparisons.len() as u64,
        ties,
        clusters: clusters.len() as u64,
        method: Method::drawn(
            "Bradley-Terry maximum likelihood, ties as half wins",
            1,
            draws.seed,
            draws.rounds,
        ),
        warnings,
    })
}

impl Comparison {
    fn involves(&self, index: usize) -> bool {
        self.first as usize == index || self.second as usize == index
    }
}

/// Wins of each cluster, each pair of competitors once, in the clusters' order.
fn clustered(size: usize, comparisons: &[Comparison]) -> Result<Vec<Wins>, StatsError> {
    let mut clusters: BTreeMap<u64, BTreeMap<(usize, usize), f64>> = BTreeMap::new();
    for one in comparisons {
        let (first, second) = (one.first as usize, one.second as usize);
        if first >= size || second >= size || first == second {
            return Err(StatsError::Lengths("names and competitors"));
        }
        let wins = clusters.entry(one.cluster).or_default();
        let (to_first, to_second) = match one.outcome {
            PairOutcome::First => (1.0, 0.0),
            PairOutcome::Second => (0.0, 1.0),
            PairOutcome::Tie => (0.5, 0.5),
        };
        for (pair, won) in [((first, second), to_first), ((second, first), to_second)] {
            if won > 0.0 {
                *wins.entry(pair).or_default() += won;
            }
        }
    }
    let flat =
        |wins: BTreeMap<_, _>| wins.into_iter().map(|((winner, loser), won)| (winner, loser, won)).collect();
    Ok(clusters.into_values().map(flat).collect())
}

fn add(wins: &mut [f64], size: usize, cluster: &Wins) {
    for (winner, loser, won) in cluster {
        if let Some(place) = wins.get_mut(winner * size + loser) {
            *place += won;
        }
    }
}

/// Each round's ranks, 1 for the strongest.
fn ranks(rounds: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let rank = |round: &Vec<f64>| {
        round.iter().map(|own| round.iter().filter(|other| *other > own).count() as f64 + 1.0).collect()
    };
    rounds.iter().map(rank).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Comparison, PairOutcome, bradley_terry};
    use crate::stats::{Draws, StatWarningCode, StatsError};

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// (first, second, times first won, times second won, ties), each comparison a scenario of its own.
    fn compared(results: &[(u32, u32, usize, usize, usize)]) -> Vec<Comparison> {
        let mut comparisons = Vec::new();
        for (first, second, won, lost, tied) in results {
            for (outcome, count) in
                [(PairOutcome::First, won), (PairOutcome::Second, lost), (PairOutcome::Tie, tied)]
            {
                for _ in 0..*count {
                    let cluster = comparisons.len() as u64;
                    comparisons.push(Comparison { cluster, first: *first, second: *second, outcome });
                }
            }
        }
        comparisons
    }

    #[test]
    fn two_competitors_differ_by_the_log_of_their_odds() {
        let found =
            bradley_terry(&names(&["a", "b"]), &compared(&[(0, 1, 10, 28, 4)]), 0.95, Draws::new(1_000, 1))
                .unwrap();
        let odds: f64 = 30.0 / 12.0;
        assert_eq!(found.strengths[0].name, "b");
        assert!((found.strengths[0].strength - found.strengths[1].strength - odds.ln()).abs() < 1e-10);
        assert_eq!((found.strengths[0].wins, found.strengths[0].comparisons, found.ties), (30.0, 42, 4));
        let interval = found.strengths[0].interval.unwrap();
        assert!(interval.low < found.strengths[0].strength && interval.high > found.strengths[0].strength);
    }

    #[test]
    fn threads_do_not_change_the_bootstrap() {
        let comparisons = compared(&[(0, 1, 7, 5, 1), (1, 2, 9, 4, 0), (0, 2, 6, 6, 2)]);
        let ranked = |threads| {
            let draws = Draws { threads, ..Draws::new(1_000, 9) };
            bradley_terry(&names(&["a", "b", "c"]), &comparisons, 0.9, draws).unwrap()
        };
        assert_eq!(ranked(1), ranked(3));
    }

    #[test]
    fn groups_that_never_met_are_refused_by_name() {
        let comparisons = compared(&[(0, 1, 1, 1, 0), (2, 3, 1, 1, 0)]);
        let error = bradley_terry(&names(&["a", "b", "c", "d"]), &comparisons, 0.95, Draws::new(1_000, 1));
        let groups = vec![names(&["a", "b"]), names(&["c", "d"])];
        assert_eq!(error, Err(StatsError::Disconnected(groups)));
    }

    #[test]
    fn who_never_lost_has_no_finite_strength_and_is_named() {
        let comparisons = compared(&[(0, 1, 3, 0, 0), (1, 2, 2, 1, 0), (0, 2, 1, 0, 0)]);
        let error = bradley_terry(&names(&["a", "b", "c"]), &comparisons, 0.95, Draws::new(1_000, 1));
        let separated = StatsError::Separated { winners: names(&["a"]), losers: names(&["b", "c"]) };
        assert_eq!(error, Err(separated));
    }

    #[test]
    fn a_single_loss_is_too_little_for_an_interval() {
        let comparisons = compared(&[(0, 1, 9, 1, 0)]);
        let found = bradley_terry(&names(&["a", "b"]), &comparisons, 0.95, Draws::new(1_000, 1)).unwrap();
        assert_eq!((found.strengths[0].interval, found.strengths[0].ranks), (None, None));
        assert_eq!(found.warnings[0].code, StatWarningCode::UnstableResampling);
    }

    #[test]
    fn nonsense_is_refused() {
        let both = names(&["a", "b"]);
        let comparisons = compared(&[(0, 1, 1, 1, 0)]);
        assert!(bradley_terry(&both, &comparisons, 0.95, Draws::new(999, 1)).is_err());
        assert!(bradley_terry(&both, &[], 0.95, Draws::new(1_000, 1)).is_err());
        assert!(bradley_terry(&both, &compared(&[(0, 2, 1, 1, 0)]), 0.95, Draws::new(1_000, 1)).is_err());
        assert!(bradley_terry(&both, &compared(&[(1, 1, 1, 1, 0)]), 0.95, Draws::new(1_000, 1)).is_err());
    }
}
