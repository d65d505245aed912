//! From comparisons in pairs to a ranking of models.

use std::{
    collections::{BTreeMap, HashMap},
    sync::atomic::AtomicU64,
};

use entity::{RankingState, assessment, run_model};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult,
    QueryFilter,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    db::{Db, locked, rows},
    error::{Error, Result},
    lost_race::past_lost_races,
    run::{combination_of, model_labels},
    stats::{
        BradleyTerry, Comparison, Draws, PairOutcome, RateEstimate, StatsError, bradley_terry, rate_clustered,
    },
};

/// Which of two conversations a judge preferred, by the place in which it was shown.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preferred {
    /// The one that was shown first.
    First,
    /// The one that was shown second.
    Second,
    /// Neither.
    Tie,
}

/// One pair of conversations, asked in both orders.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct JudgedPair {
    /// The scenario, as a number.
    pub scenario: u64,
    /// Position of one model among the names.
    pub one: u32,
    /// Position of the other.
    pub other: u32,
    /// What the judge said where `one` was shown first; None: nothing of use.
    pub forward: Option<Preferred>,
    /// What it said where `other` was shown first.
    pub backward: Option<Preferred>,
}

/// What comparisons in pairs came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// Pairs that were drawn.
    pub pairs: u64,
    /// Pairs with an answer in both orders: what the ranking is made of.
    pub compared: u64,
    /// Those in which both orders preferred the same conversation, or none.
    pub consistent: u64,
    /// Those of them in which none was preferred.
    pub ties: u64,
    /// Inconsistent ones in which the place shown first was preferred in both orders.
    pub first_place: u64,
    /// Inconsistent ones in which the place shown second was preferred in both orders.
    pub second_place: u64,
    /// How often the place decided, of those compared: (first_place + second_place) / compared.
    pub position_bias: RateEstimate,
    /// The ranking; None: `refused` says why there is none.
    pub bradley_terry: Option<BradleyTerry>,
    /// Why there is no ranking.
    pub refused: Option<String>,
}

impl JudgedPair {
    /// Both orders agree, or it is a tie.
    fn outcome(self) -> Option<PairOutcome> {
        Some(match (self.forward?, self.backward?) {
            (Preferred::First, Preferred::Second) => PairOutcome::First,
            (Preferred::Second, Preferred::First) => PairOutcome::Second,
            _ => PairOutcome::Tie,
        })
    }
}

/// Ranks models by pairs that a judge compared in both orders: a preference that does not hold in the
/// other order is a tie.
///
/// # Errors
/// `TooFewRounds` below 1,000. What cannot be ranked is refused in the result, with the reason.
pub fn ranking(names: &[String], pairs: &[JudgedPair], draws: Draws<'_>) -> Result<Ranking, StatsError> {
    let compared: Vec<(JudgedPair, PairOutcome)> =
        pairs.iter().filter_map(|pair| Some((*pair, pair.outcome()?))).collect();
    let both = |wanted: Preferred| {
        let is_it = |pair: &&(JudgedPair, PairOutcome)| {
            pair.0.forward == Some(wanted) && pair.0.backward == Some(wanted)
        };
        compared.iter().filter(is_it).count() as u64
    };
    let (first_place, second_place, ties) =
        (both(Preferred::First), both(Preferred::Second), both(Preferred::Tie));
    let by_place: Vec<(u64, bool)> = compared
        .iter()
        .map(|(pair, _)| {
            (pair.scenario, pair.forward == pair.backward && pair.forward != Some(Preferred::Tie))
        })
        .collect();
    let decided = compared.iter().filter(|(_, outcome)| *outcome != PairOutcome::Tie).count() as u64;
    let comparisons: Vec<Comparison> = compared
        .iter()
        .map(|(pair, outcome)| Comparison {
            cluster: pair.scenario,
            first: pair.one,
            second: pair.other,
            outcome: *outcome,
        })
        .collect();
    let (bradley_terry, refused) = match bradley_terry(names, &comparisons, 0.95, draws) {
        Ok(found) => (Some(found), None),
        Err(error @ StatsError::TooFewRounds { .. }) => return Err(error),
        Err(error) => (None, Some(error.to_string())),
    };
    Ok(Ranking {
        pairs: pairs.len() as u64,
        compared: compared.len() as u64,
        consistent: decided + ties,
        ties,
        first_place,
        second_place,
        position_bias: rate_clustered(&by_place, 0.95)?,
        bradley_terry,
        refused,
    })
}

/// The pairs of an assessment with the names of their models.
async fn judged_pairs(
    connection: &impl ConnectionTrait,
    row: &assessment::Model,
) -> Result<(Vec<String>, Vec<JudgedPair>)> {
    #[derive(FromQueryResult)]
    struct Found {
        pair: i64,
        seq: i64,
        state: String,
        verdict: Option<String>,
        scenario_id: Uuid,
        run_model_id: Uuid,
    }
    let models =
        run_model::Entity::find().filter(run_model::Column::RunId.eq(row.run_id)).all(connection).await?;
    let labels = model_labels(&models.iter().collect::<Vec<_>>());
    let sql = "SELECT c.pair, c.seq, c.state, c.verdict, t.scenario_id, t.run_model_id
        FROM assessment_cases AS c JOIN transcripts AS t ON t.id = c.transcript_id
        WHERE c.assessment_id = $1 AND c.pair IS NOT NULL ORDER BY c.seq";
    let mut of_pair: BTreeMap<i64, Vec<Found>> = BTreeMap::new();
    for found in rows::<Found>(connection, sql, [row.id.into()]).await? {
        of_pair.entry(found.pair).or_default().push(found);
    }
    // Only models that are compared are ranked: the others would make every set disconnected.
    let mut places: HashMap<Uuid, u32> = HashMap::new();
    let mut names = Vec::new();
    let mut place = |id: Uuid| {
        *places.entry(id).or_insert_with(|| {
            let label = models.iter().zip(&labels).find(|(model, _)| model.id == id);
            names.push(label.map_or_else(|| id.to_string(), |(_, label)| label.clone()));
            u32::try_from(names.len() - 1).unwrap_or(u32::MAX)
        })
    };
    let said = |found: &Found| match (found.state.as_str(), found.verdict.as_deref()) {
        ("judged" | "set", Some("first")) => Some(Preferred::First),
        ("judged" | "set", Some("second")) => Some(Preferred::Second),
        ("judged" | "set", Some(_)) => Some(Preferred::Tie),
        _ => None,
    };
    let mut pairs = Vec::new();
    for orders in of_pair.values() {
        let [forward, backward] = orders.as_slice() else { continue };
        debug_assert!(forward.seq < backward.seq);
        pairs.push(JudgedPair {
            scenario: combination_of(forward.scenario_id),
            one: place(forward.run_model_id),
            other: place(backward.run_model_id),
            forward: said(forward),
            backward: said(backward),
        });
    }
    Ok((names, pairs))
}

/// Makes the ranking of a comparison and stores it; how many rounds are made is noted meanwhile.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn rank(db: &Db, row: &assessment::Model) -> Result<()> {
    let (names, pairs) = judged_pairs(db.write(), row).await?;
    let ranked = pairs.clone();
    let rounds = row.ranking_rounds.unsigned_abs().max(1_000);
    let done = std::sync::Arc::new(AtomicU64::new(0));
    let (counter, seed) = (std::sync::Arc::clone(&done), row.seed.unsigned_abs());
    let mut making = tokio::task::spawn_blocking(move || {
        let draws = Draws { progress: Some(&counter), ..Draws::new(rounds, seed) };
        ranking(&names, &pairs, draws)
    });
    let made = loop {
        tokio::select! {
            made = &mut making => break made,
            () = tokio::time::sleep(std::time::Duration::from_millis(500)) => {
                let rounds = done.load(std::sync::atomic::Ordering::Relaxed);
                note_rounds(db, row.id, rounds).await?;
            }
        }
    };
    let internal = |error: String| Error::Internal(error);
    let made = made.map_err(|error| internal(error.to_string()))?;
    let made = made.map_err(|error| internal(error.to_string()))?;
    let changed = assessment::ActiveModel {
        id: Set(row.id),
        ranking_state: Set(if made.refused.is_some() { RankingState::Refused } else { RankingState::Done }),
        ranking_rounds_done: Set(i64::try_from(rounds).unwrap_or(i64::MAX)),
        ranking_message: Set(made.refused.clone()),
        ranking: Set(Some(serde_json::to_value(&made)?)),
        ..Default::default()
    };
    past_lost_races(|| keep(db, row, &ranked, &changed)).await
}

/// Stores a ranking, where nobody has decided a pair since it was begun: else it is still wanted, and
/// made again.
async fn keep(
    db: &Db,
    row: &assessment::Model,
    ranked: &[JudgedPair],
    changed: &assessment::ActiveModel,
) -> Result<()> {
    let tx = db.begin_queue().await?;
    locked(assessment::Entity::find_by_id(row.id), &tx).one(&tx).await?;
    let (_, pairs) = judged_pairs(&tx, row).await?;
    if pairs == ranked {
        changed.clone().update(&tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn note_rounds(db: &Db, id: Uuid, rounds: u64) -> Result<()> {
    let done = i64::try_from(rounds).unwrap_or(i64::MAX);
    let changed =
        assessment::ActiveModel { id: Set(id), ranking_rounds_done: Set(done), ..Default::default() };
    changed.update(db.write()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(scenario: u64, one: u32, other: u32, said: (Preferred, Preferred)) -> JudgedPair {
        JudgedPair { scenario, one, other, forward: Some(said.0), backward: Some(said.1) }
    }

    const ONE: (Preferred, Preferred) = (Preferred::First, Preferred::Second);
    const OTHER: (Preferred, Preferred) = (Preferred::Second, Preferred::First);
    const PLACE: (Preferred, Preferred) = (Preferred::First, Preferred::First);

    fn names() -> Vec<String> {
        ["a", "b", "c"].map(str::to_owned).into()
    }

    #[test]
    fn the_order_that_holds_in_both_orders_is_recovered() {
        let mut pairs = Vec::new();
        for scenario in 0..40 {
            // a beats b and b beats c, mostly.
            let upset = scenario % 8 == 0;
            pairs.push(pair(scenario, 0, 1, if upset { OTHER } else { ONE }));
            pairs.push(pair(scenario, 2, 1, if upset { ONE } else { OTHER }));
        }
        pairs.push(JudgedPair { backward: None, ..pair(41, 0, 1, OTHER) });
        let found = ranking(&names(), &pairs, Draws::new(1_000, 1)).unwrap();
        let ranked = found.bradley_terry.unwrap();
        let order: Vec<&str> = ranked.strengths.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(order, ["a", "b", "c"]);
        assert_eq!((found.pairs, found.compared, found.consistent, found.ties), (81, 80, 80, 0));
        assert_eq!(found.position_bias.rate, Some(0.0));
    }

    #[test]
    fn a_preference_for_a_place_is_a_tie_and_is_reported() {
        let pairs: Vec<_> =
            (0..30).map(|one| pair(one, 0, 1, if one % 3 == 0 { ONE } else { PLACE })).collect();
        let found = ranking(&names()[..2], &pairs, Draws::new(1_000, 1)).unwrap();
        assert_eq!((found.first_place, found.second_place, found.consistent), (20, 0, 10));
        assert_eq!(found.position_bias.rate, Some(20.0 / 30.0));
        let ranked = found.bradley_terry.unwrap();
        assert_eq!((ranked.ties, ranked.strengths[0].wins), (20, 20.0));
    }

    #[test]
    fn models_that_nothing_connects_are_refused_by_name() {
        let found = ranking(&names(), &[pair(1, 0, 1, PLACE)], Draws::new(1_000, 1)).unwrap();
        assert!(found.bradley_terry.is_none());
        assert!(found.refused.unwrap().contains('c'));
        let none = ranking(&[], &[], Draws::new(1_000, 1)).unwrap();
        assert!(none.refused.is_some() && none.position_bias.rate.is_none());
    }
}
