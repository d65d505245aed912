//! Which scenario shows its options in which order.

use crate::sampling::SplitMix64;

use super::StatsError;

/// An order of options for each of `count` scenarios: `count` lists of the positions 0 … options − 1.
///
/// The orders form a Williams square: over each full round (as many scenarios as options, twice as
/// many where the options are odd) every option stands in every place equally often and follows
/// every other equally often. Rounds are shuffled by the seed, so that an order does not go with the
/// scenarios' own order; an unfinished last round is balanced as far as it goes. Test what order does
/// with [`super::regress`]: pass the order as one more factor.
/// Errors: `Design` for fewer than two options.
/// Source: Williams (1949), Australian J. Scientific Research A 2:149–168.
pub fn counterbalanced_orders(options: u32, count: u64, seed: u64) -> Result<Vec<Vec<u32>>, StatsError> {
    if options < 2 {
        return Err(StatsError::Design("fewer than two options have only one order".into()));
    }
    let mut generator = SplitMix64::new(seed);
    // 0, 1, n − 1, 2, n − 2, …: neighbours differ by each distance once.
    let zigzag: Vec<u32> = (0..options)
        .map(|place| if place % 2 == 1 { place.div_ceil(2) } else { (options - place / 2) % options })
        .collect();
    let mut names: Vec<u32> = (0..options).collect();
    shuffle(&mut names, &mut generator);
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
    let mut orders = Vec::new();
    while (orders.len() as u64) < count {
        shuffle(&mut square, &mut generator);
        orders.extend(square.iter().cloned());
    }
    orders.truncate(count as usize);
    Ok(orders)
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
