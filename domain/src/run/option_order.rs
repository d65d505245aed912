//! In which order a probe lists the decisions of its definition.

use entity::run;

use crate::{
    definition::{DecisionSpec, option_count},
    error::{Error, Result},
    stats::{COUNTERBALANCE_METHOD, Counterbalance},
};

/// The orders in which a run's probes list the decisions, frozen with it: known from the run and a
/// probe's place alone.
///
/// Choices are listed in all orders of a Williams square. A scale is listed upwards or downwards: in any
/// other order it would be no scale. All models of a scenario and sample see the same order, so that it
/// does not go with the model; the samples of a scenario see different ones.
#[derive(Clone, Debug)]
pub struct OptionOrders {
    orders: Counterbalance,
    is_scale: bool,
    option_count: usize,
    /// Probes side by side: one per model.
    model_count: u64,
}

impl OptionOrders {
    /// The orders of a run; None: it lists the decisions as they are written.
    ///
    /// # Errors
    /// `Internal` where they were made in a way that this version does not know.
    pub fn of(run: &run::Model, decision: &DecisionSpec) -> Result<Option<Self>> {
        let Some(method) = run.option_orders.as_deref() else { return Ok(None) };
        if method != COUNTERBALANCE_METHOD {
            return Err(Error::Internal(format!("run {} orders its options by {method}", run.id)));
        }
        let per_model = run.scenario_count.saturating_mul(run.samples_per_scenario.into()).max(1);
        let model_count = (run.planned_count / per_model).max(1).unsigned_abs();
        Self::new(decision, model_count, run.sample_seed.unsigned_abs()).map(Some)
    }

    fn new(decision: &DecisionSpec, model_count: u64, seed: u64) -> Result<Self> {
        let is_scale = matches!(decision, DecisionSpec::Scale { .. });
        let option_count = option_count(decision);
        let ordered = if is_scale { 2 } else { u32::try_from(option_count).unwrap_or(u32::MAX) };
        let orders =
            Counterbalance::new(ordered, seed).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Self { orders, is_scale, option_count, model_count })
    }

    /// The order that the probe at this place of the run (its `seq`) sees: positions of the
    /// definition's decisions, from 0.
    pub fn at(&self, seq: i64) -> Vec<usize> {
        let order = self.orders.at(seq.unsigned_abs() / self.model_count);
        match self.is_scale {
            true if order.first() == Some(&1) => (0..self.option_count).rev().collect(),
            true => (0..self.option_count).collect(),
            false => order.iter().map(|place| *place as usize).collect(),
        }
    }

    /// The place, from 0, at which a decision is listed by that probe.
    pub fn place_of(&self, seq: i64, decision: usize) -> Option<usize> {
        self.at(seq).into_iter().position(|listed| listed == decision)
    }

    /// The levels of the order as one more dimension. Of the decisions' numbers (`outcome` None): a scale
    /// upwards or downwards, or which choice is listed first. Of how often a decision is made: the place at
    /// which it is listed.
    pub fn levels(&self, values: &[String], outcome: Option<u32>) -> Vec<String> {
        match outcome {
            _ if self.is_scale => vec!["upwards".into(), "downwards".into()],
            Some(_) => (1..=self.option_count).map(|place| format!("listed at place {place}")).collect(),
            None => values.iter().take(self.option_count).map(|value| format!("{value} first")).collect(),
        }
    }

    /// Which of [`OptionOrders::levels`] the probe at this place saw.
    pub fn level_at(&self, seq: i64, outcome: Option<u32>) -> u32 {
        let first = || self.at(seq).first().copied().unwrap_or(0);
        let level = match outcome {
            _ if self.is_scale => usize::from(first() != 0),
            Some(decision) => self.place_of(seq, decision as usize).unwrap_or(0),
            None => first(),
        };
        u32::try_from(level).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::collections::BTreeMap;

    use super::OptionOrders;
    use crate::definition::{Choice, DecisionSpec, ScalePoint};

    #[test]
    fn all_models_of_a_scenario_see_one_order_and_each_choice_stands_everywhere_equally_often() {
        let choice = |name: &str| Choice { name: name.into(), label: None, aliases: Vec::new(), score: None };
        let decision = DecisionSpec::Choice { choices: ["a", "b", "c"].map(choice).to_vec() };
        let orders = OptionOrders::new(&decision, 4, 7).unwrap();
        let mut places: BTreeMap<(usize, usize), u32> = BTreeMap::new();
        for scenario in 0..60 {
            let seen: Vec<_> = (0..4).map(|model| orders.at(scenario * 4 + model)).collect();
            assert!(seen.iter().all(|order| *order == seen[0]));
            for option in 0..3 {
                *places.entry((option, orders.place_of(scenario * 4, option).unwrap())).or_default() += 1;
            }
        }
        assert_eq!(places.into_values().collect::<Vec<_>>(), [20; 9]);
    }

    #[test]
    fn a_scale_goes_up_or_down() {
        let point = |value| ScalePoint { value, label: String::new() };
        let decision = DecisionSpec::Scale { points: [1, 2, 3].map(point).to_vec() };
        let orders = OptionOrders::new(&decision, 1, 7).unwrap();
        let up = (0..100).filter(|seq| orders.at(*seq) == [0, 1, 2]).count();
        assert_eq!((up, (0..100).filter(|seq| orders.at(*seq) == [2, 1, 0]).count()), (50, 50));
    }
}
