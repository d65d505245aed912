//! Which scenario shows its options in which order.

use crate::sampling::SplitMix64;

use super::StatsError;

/// Names the way orders are made; another one gives other orders for the same seed.
pub const COUNTERBALANCE_METHOD: &str = "williams-1";

/// Orders of options that balance each other, one for each place of a list of scenarios.
///
/// The orders form a Williams square: over each full round (as many places as options, twice as
/// many where the options are odd) every option stands in every place equally often and follows
/// every other equally often. Each round is shuffled by the seed and its own number, so that an order
/// does not go with the scenarios' own order, and the order of any place is known without those
/// before it; an unfinished last round is balanced as far as it goes.
/// Source: Williams (1949), Australian J. Scientific Research A 2:149–168.
#[derive(Debug, Clone)]
pub struct Counterbalance {
    square: Vec<Vec<u32>>,
    seed: u64,
}

impl Counterbalance {
    /// Orders of so many options. Errors: `Design` for fewer than two.
    pub fn new(options: u32, seed: u64) -> Result<Self, StatsError> {
        if options < 2 {
            return Err(StatsError::Design("fewer than two options have only one order".into()));
        }
        // 0, 1, n − 1, 2, n − 2, …: neighbours differ by each distance once.
        let zigzag: Vec<u32> = (0..options)
            .map(|place| if place % 2 == 1 { place.div_ceil(2) } else { (options - place / 2) % options })
            .collect();
        let mut names: Vec<u32> = (0..options).collect();
        shuffle(&mut names, &mut SplitMix64::new(seed));
        let mut square: Vec<Vec<u32>> = Vec::new();
        for shift in 0..options {
            let order = zigzag.iter().map(|place| {
                let index = (place + shift) % options;
                names.get(index as usize).copied().unwrap_or(index)
            });
            square.push(order.collect());
        }
        if options % 2 == 1 {
            let mirrored: Vec<Vec<u32>> =
                square.iter().map(|order| order.iter().rev().copied().collect()).collect();
            square.extend(mirrored);
        }
        Ok(Self { square, seed })
    }

    /// The order at a place of the list, from 0: the positions 0 … options − 1.
    pub fn at(&self, place: u64) -> &[u32] {
        let length = self.square.len() as u64;
        let mut rows: Vec<usize> = (0..self.square.len()).collect();
        shuffle(&mut rows, &mut SplitMix64::of_round(self.seed, place / length));
        let row = rows.get((place % length) as usize).copied().unwrap_or(0);
        self.square.get(row).map(Vec::as_slice).unwrap_or_default()
    }
}

/// An order of options for each of `count` scenarios: the first `count` of [`Counterbalance`]. Test what
/// order does with [`super::regress`]: pass the order as one more factor.
/// Errors: `Design` for fewer than two options.
pub fn counterbalanced_orders(options: u32, count: u64, seed: u64) -> Result<Vec<Vec<u32>>, StatsError> {
    let orders = Counterbalance::new(options, seed)?;
    Ok((0..count).map(|place| orders.at(place).to_vec()).collect())
}

fn shuffle<T>(items: &mut [T], generator: &mut SplitMix64) {
    for step in 0..items.len() {
        let chosen = step + generator.below((items.len() - step) as u64) as usize;
        items.swap(step, chosen);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::collections::BTreeMap;

    use super::counterbalanced_orders;

    #[test]
    fn every_option_stands_in_every_place_and_follows_every_other_equally_often() {
        for options in 2..=7_u32 {
            let round = u64::from(if options % 2 == 0 { options } else { 2 * options });
            let orders = counterbalanced_orders(options, 3 * round, 5).unwrap();
            let mut places: BTreeMap<(usize, u32), u64> = BTreeMap::new();
            let mut follows: BTreeMap<(u32, u32), u64> = BTreeMap::new();
            for order in &orders {
                order
                    .iter()
                    .enumerate()
                    .for_each(|(place, option)| *places.entry((place, *option)).or_default() += 1);
                order.windows(2).for_each(|pair| *follows.entry((pair[0], pair[1])).or_default() += 1);
            }
            assert_eq!(places.len(), (options * options) as usize);
            assert_eq!(follows.len(), (options * (options - 1)) as usize);
            assert!(places.values().all(|count| *count == 3 * round / u64::from(options)), "{places:?}");
            let each = 3 * round / u64::from(options);
            assert!(follows.values().all(|count| *count == each), "{follows:?}");
        }
    }

    #[test]
    fn the_seed_decides_and_the_count_is_kept() {
        let orders = |seed| counterbalanced_orders(3, 10, seed).unwrap();
        assert_eq!((orders(1).len(), orders(1) == orders(1), orders(1) == orders(2)), (10, true, false));
        assert!(counterbalanced_orders(1, 10, 1).is_err());
        assert!(counterbalanced_orders(2, 0, 1).unwrap().is_empty());
    }
}
