//! Which models and which scenarios of two runs belong together.

use std::collections::HashMap;

use entity::run_model;
use uuid::Uuid;

use super::{load, of_runs::Side};
use crate::{
    analysis::RunColumns,
    error::{Error, Result},
};

/// What to know before relying on a comparison as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caution {
    /// A stable code, e.g. `VERSIONS_DIFFER`.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

/// Models to be compared, and those that have no partner, as indexes into both lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Matched {
    pub(super) pairs: Vec<(usize, usize)>,
    pub(super) only_baseline: Vec<usize>,
    pub(super) only_candidate: Vec<usize>,
}

/// All pairs of the models of one run that are asked for, the earlier one as the baseline.
pub(super) fn within(models: &[run_model::Model], baseline: &Side, candidate: &Side) -> Result<Matched> {
    let first = named(models, baseline.run_model_id, "baseline.runModelId")?;
    let second = named(models, candidate.run_model_id, "candidate.runModelId")?;
    let count = models.len();
    let pairs: Vec<_> = match (first, second) {
        (Some(first), Some(second)) if first == second => {
            return Err(Error::invalid("candidate.runModelId", "A model cannot be compared with itself."));
        }
        (Some(first), Some(second)) => vec![(first, second)],
        (Some(first), None) => {
            (0..count).filter(|other| *other != first).map(|other| (first, other)).collect()
        }
        (None, Some(second)) => {
            (0..count).filter(|other| *other != second).map(|other| (other, second)).collect()
        }
        (None, None) => (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b))).collect(),
    };
    if pairs.is_empty() {
        return Err(Error::invalid(
            "candidate.runId",
            "The run has one model: name another run to compare it with.",
        ));
    }
    Ok(Matched { pairs, ..Matched::default() })
}

/// Each model of one run with the same model of the other, or those that are named.
pub(super) fn between(
    first: &[run_model::Model],
    second: &[run_model::Model],
    baseline: &Side,
    candidate: &Side,
) -> Result<Matched> {
    let a = named(first, baseline.run_model_id, "baseline.runModelId")?;
    let b = named(second, candidate.run_model_id, "candidate.runModelId")?;
    let mut matched = Matched::default();
    match (a, b) {
        (Some(a), Some(b)) => matched.pairs.push((a, b)),
        (Some(a), None) => matched.pairs.extend((0..second.len()).map(|b| (a, b))),
        (None, Some(b)) => matched.pairs.extend((0..first.len()).map(|a| (a, b))),
        (None, None) if first.len() == 1 && second.len() == 1 => matched.pairs.push((0, 0)),
        (None, None) => {
            let mut free: Vec<usize> = (0..second.len()).collect();
            let mut partners = vec![None; first.len()];
            // The same version first: two versions of one model are two models.
            let closeness: [fn(&run_model::Model, &run_model::Model) -> bool; 2] =
                [|a, b| is_same(a, b) && a.wire_model == b.wire_model, is_same];
            for is_close in closeness {
                for (a, partner) in partners.iter_mut().enumerate().filter(|(_, partner)| partner.is_none()) {
                    let close =
                        |b: &usize| first.get(a).zip(second.get(*b)).is_some_and(|(a, b)| is_close(a, b));
                    if let Some(at) = free.iter().position(close) {
                        *partner = Some(free.remove(at));
                    }
                }
            }
            for (a, partner) in partners.into_iter().enumerate() {
                match partner {
                    Some(b) => matched.pairs.push((a, b)),
                    None => matched.only_baseline.push(a),
                }
            }
            matched.only_candidate = free;
        }
    }
    if matched.pairs.is_empty() {
        let message = "The runs share no model: name the two that are to be compared, with `runModelId`.";
        return Err(Error::invalid("candidate.runModelId", message));
    }
    Ok(matched)
}

fn is_same(a: &run_model::Model, b: &run_model::Model) -> bool {
    a.provider_id == b.provider_id && a.model_id == b.model_id
}

fn named(models: &[run_model::Model], id: Option<Uuid>, path: &str) -> Result<Option<usize>> {
    let find = |id| {
        models
            .iter()
            .position(|model| model.id == id)
            .ok_or_else(|| Error::invalid(path, "The run has no such model; give one of its `RunModel.id`."))
    };
    id.map(find).transpose()
}

/// One number for each scenario of both runs: the combination in the baseline's version.
#[derive(Clone, Debug)]
pub(super) struct Numbering {
    /// `None` = both runs are of the same version.
    other: Option<Renumbered>,
}

/// Two versions' combinations and the common numbers.
#[derive(Clone, Debug, Default)]
struct Renumbered {
    combinations: HashMap<u64, u64>,
    numbers: HashMap<u64, u64>,
}

impl FromIterator<(u64, u64)> for Renumbered {
    /// Of numbers with the candidate's combinations.
    fn from_iter<T: IntoIterator<Item = (u64, u64)>>(all: T) -> Self {
        let combinations: HashMap<u64, u64> = all.into_iter().collect();
        let numbers = combinations.iter().map(|(number, combination)| (*combination, *number)).collect();
        Self { combinations, numbers }
    }
}

/// Marks a number of a scenario that the baseline's version does not have.
const ALONE: u64 = 1 << 63;

impl Numbering {
    /// Scenarios of the same version go by combination, those of two versions by their keys.
    pub(super) fn of(baseline: &RunColumns, candidate: &RunColumns) -> Self {
        if load::version_of(baseline) == load::version_of(candidate) {
            return Self { other: None };
        }
        let known: HashMap<String, u64> = load::keys_of(baseline).into_iter().collect();
        let number = |(key, combination): (String, u64)| {
            (known.get(&key).copied().unwrap_or(ALONE | combination), combination)
        };
        Self { other: Some(load::keys_of(candidate).into_iter().map(number).collect()) }
    }

    /// Puts the candidate's values, by combination, under the common numbers.
    pub(super) fn renumber(&self, values: &mut [(u64, f64)]) {
        let Some(other) = &self.other else { return };
        for (place, _) in values.iter_mut() {
            *place = other.numbers.get(place).copied().unwrap_or(ALONE | *place);
        }
        values.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    }

    /// The combination in the baseline's version. `None` = it has no such scenario.
    pub(super) fn in_baseline(&self, number: u64) -> Option<u64> {
        (number & ALONE == 0).then_some(number)
    }

    /// The combination in the candidate's version. `None` = the run has no answer of such a scenario.
    pub(super) fn in_candidate(&self, number: u64) -> Option<u64> {
        match &self.other {
            None => Some(number),
            Some(other) => other.combinations.get(&number).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(id: u128, model: &str, wire: &str) -> run_model::Model {
        run_model::Model {
            id: Uuid::from_u128(id),
            run_id: Uuid::nil(),
            ordinal: 0,
            provider_id: "sim".into(),
            model_id: model.into(),
            model_version: None,
            asked_for: None,
            wire_model: wire.into(),
            lane: "sim".into(),
            planned_count: 0,
            succeeded_count: 0,
            failed_count: 0,
            cancelled_count: 0,
            decided_count: 0,
            unreadable_count: 0,
            refused_count: 0,
            content_filter_count: 0,
            truncated_count: 0,
            empty_count: 0,
            input_tokens: 0,
            output_tokens: 0,
            cost_usd_micros: None,
            hold_streak: 0,
            held_at: None,
            held_category: None,
            held_message: None,
            given_up_at: None,
            reading_revision: 0,
        }
    }

    fn side(id: Option<u128>) -> Side {
        Side { run_id: Uuid::nil(), run_model_id: id.map(Uuid::from_u128) }
    }

    #[test]
    fn all_pairs_of_a_run_are_a_family() {
        let models = [model(1, "a", "a"), model(2, "b", "b"), model(3, "c", "c")];
        let pairs = |first, second| within(&models, &side(first), &side(second)).map(|matched| matched.pairs);
        assert_eq!(pairs(None, None).unwrap(), [(0, 1), (0, 2), (1, 2)]);
        assert_eq!(pairs(Some(2), None).unwrap(), [(1, 0), (1, 2)]);
        assert_eq!(pairs(None, Some(1)).unwrap(), [(1, 0), (2, 0)]);
        assert_eq!(pairs(Some(3), Some(1)).unwrap(), [(2, 0)]);
        assert!(pairs(Some(3), Some(3)).is_err());
        assert!(pairs(Some(9), None).is_err());
        assert!(within(&models[..1], &side(None), &side(None)).is_err());
    }

    #[test]
    fn models_of_two_runs_meet_themselves_and_first_of_all_the_same_version() {
        let first = [model(1, "a", "a-2"), model(2, "a", "a-1"), model(3, "b", "b"), model(4, "x", "x")];
        let second = [model(5, "a", "a-1"), model(6, "a", "a-3"), model(7, "b", "b"), model(8, "y", "y")];
        let found = between(&first, &second, &side(None), &side(None)).unwrap();
        assert_eq!(found.pairs, [(0, 1), (1, 0), (2, 2)]);
        assert_eq!((found.only_baseline, found.only_candidate), (vec![3], vec![3]));
        let alone = between(&first[3..], &second[3..], &side(None), &side(None)).unwrap();
        assert_eq!(alone.pairs, [(0, 0)], "one model each leaves no doubt");
        assert!(between(&first[2..], &second[3..], &side(None), &side(None)).is_err());
        let one = between(&first, &second, &side(Some(4)), &side(None)).unwrap();
        assert_eq!(one.pairs, [(3, 0), (3, 1), (3, 2), (3, 3)]);
    }

    #[test]
    fn scenarios_of_two_versions_go_by_their_keys() {
        let other = [(5, 0), (ALONE | 1, 1)].into_iter().collect();
        let numbering = Numbering { other: Some(other) };
        let mut values = [(0, 2.0), (1, 3.0)];
        numbering.renumber(&mut values);
        assert_eq!(values, [(5, 2.0), (ALONE | 1, 3.0)]);
        assert_eq!((numbering.in_baseline(5), numbering.in_candidate(5)), (Some(5), Some(0)));
        assert_eq!((numbering.in_baseline(ALONE | 1), numbering.in_candidate(ALONE | 1)), (None, Some(1)));
        assert_eq!(numbering.in_candidate(6), None);
    }
}
