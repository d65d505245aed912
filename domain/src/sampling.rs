//! Picks the scenarios of a sample: the same seed picks the same on every platform, for ever.
//!
//! **Generator**: SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number
//! generators", <https://doi.org/10.1145/2660193.2660195>), its state beginning at the seed.
//! **Bounded draw**: Lemire 2019 ("Fast random integer generation in an interval",
//! <https://doi.org/10.1145/3230636>), which favours no position.
//! **Shuffle**: the first `count` steps of a Fisher–Yates shuffle of 0, 1, … n − 1 from the
//! front; what stands there is the sample, sorted.
//!
//! The whole in Python, to check a sample by hand:
//!
//! ```python
//! def sample(n, count, seed):
//!     state = seed
//!     def draw(bound):                        # 0 <= result < bound
//!         nonlocal state
//!         while True:
//!             state = (state + 0x9E3779B97F4A7C15) % 2**64
//!             z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
//!             z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
//!             product = (z ^ (z >> 31)) * bound
//!             if product % 2**64 >= 2**64 % bound:
//!                 return product >> 64
//!     deck = list(range(n))
//!     for i in range(min(count, n)):
//!         j = i + draw(n - i)
//!         deck[i], deck[j] = deck[j], deck[i]
//!     return sorted(deck[:count])
//! ```

use std::collections::HashMap;

/// Names generator, draw and shuffle, as reports state it.
pub const ALGORITHM: &str = "splitmix64, lemire, fisher-yates";

/// Which positions of 0 … n − 1 are in the sample, ascending: `count` of them, all where `count`
/// is `n` or more. Memory grows with `count`, not with `n`.
pub fn sample(n: u64, count: u64, seed: u64) -> Vec<u64> {
    if count >= n {
        return (0..n).collect();
    }
    let mut generator = SplitMix64(seed);
    // Only positions that were swapped differ from the sorted deck.
    let mut moved: HashMap<u64, u64> = HashMap::new();
    let mut picked: Vec<u64> = (0..count)
        .map(|step| {
            let chosen = step + generator.below(n - step);
            let front = moved.remove(&step).unwrap_or(step);
            if chosen == step { front } else { moved.insert(chosen, front).unwrap_or(chosen) }
        })
        .collect();
    picked.sort_unstable();
    picked
}

/// How many of `n` scenarios a percentage (0–100) asks for: max(1, ceil(share × n)), at most `n`;
/// 0 where there are none.
///
/// What rounding errors add is not counted: 7 % of 100 is 7, though 0.07 × 100 is a little more.
pub fn sample_size(n: u64, percentage: f64) -> u64 {
    // Exact: there are far fewer than 2^53 scenarios.
    let share = n as f64 * percentage / 100.0;
    let nearest = share.round();
    let is_noise = (share - nearest).abs() <= 1e-9 * nearest.abs().max(1.0);
    let wanted = if is_noise { nearest } else { share.ceil() };
    // A negative or NaN share becomes 0 here, and 1 below.
    (wanted as u64).max(1).min(n)
}

/// The generator that this page describes.
#[derive(Debug, Clone)]
pub(crate) struct SplitMix64(u64);

impl SplitMix64 {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The generator of one of many rounds, so that a round's draws do not depend on who made the
    /// rounds before: it starts where a draw from the seed and a draw from the round's number say.
    pub(crate) fn of_round(seed: u64, round: u64) -> Self {
        Self(Self(seed).next() ^ Self(!round).next().rotate_left(32))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is at least 1, each as likely as the others.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // 2^64 mod bound: so many products would favour small numbers.
        let rejected = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.next()) * u128::from(bound);
            // The low half is what the cast keeps.
            if product as u64 >= rejected {
                return (product >> 64) as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::{SplitMix64, sample, sample_size};

    #[test]
    fn the_generator_gives_the_published_numbers() {
        let mut generator = SplitMix64(1_234_567);
        let numbers: [u64; 5] = std::array::from_fn(|_| generator.next());
        assert_eq!(
            numbers,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821
            ]
        );
    }

    #[test]
    fn the_python_of_the_documentation_picks_the_same() {
        assert_eq!(sample(125, 13, 42), [8, 20, 31, 33, 36, 44, 47, 67, 70, 80, 92, 101, 109]);
        assert_eq!(sample(10, 3, 0), [2, 4, 8]);
        assert_eq!(sample(10, 9, u64::MAX), [0, 1, 2, 3, 5, 6, 7, 8, 9]);
        assert_eq!(sample(1_000_000, 5, 7), [16_789, 389_829, 452_444, 582_931, 900_760]);
        let many: Vec<String> = sample(100_000, 10_000, 123).iter().map(u64::to_string).collect();
        assert_eq!(
            hex::encode(Sha256::digest(many.join(","))),
            "b26e1b3daa4d130f564ca4f7ec52a89ecd531136abbe0828d2523aa981835187"
        );
    }

    #[test]
    fn a_draw_that_would_favour_small_numbers_is_repeated() {
        // With this bound a quarter of all draws is rejected.
        let bound = 3 << 62;
        let mut generator = SplitMix64(7);
        let rejected = (0..1_000).filter(|_| {
            let before = SplitMix64(generator.0).next();
            let first = ((u128::from(before) * u128::from(bound)) >> 64) as u64;
            generator.below(bound) != first
        });
        assert!((150..350).contains(&rejected.count()));
    }

    #[test]
    fn every_position_is_picked_equally_often() {
        let mut counts = [0_u32; 10];
        for seed in 0..10_000 {
            sample(10, 3, seed).into_iter().for_each(|position| counts[position as usize] += 1);
        }
        // 3,000 expected each, standard deviation 46.
        assert!(counts.iter().all(|count| (2_770..3_230).contains(count)), "{counts:?}");
    }

    #[test]
    fn a_sample_is_ascending_without_repetition_and_all_where_all_are_asked_for() {
        for count in 0..=40 {
            let picked = sample(40, count, 99);
            assert_eq!(picked.len() as u64, count);
            assert!(picked.windows(2).all(|pair| pair[0] < pair[1]));
        }
        assert_eq!(sample(3, 5, 1), [0, 1, 2]);
        assert!(sample(0, 1, 1).is_empty());
    }

    #[test]
    fn ten_positions_of_a_huge_deck_need_no_huge_memory() {
        assert_eq!(sample(u64::MAX, 10, 1).len(), 10);
    }

    #[test]
    fn a_share_is_rounded_up_but_not_by_rounding_errors() {
        assert_eq!(sample_size(30, 10.0), 3);
        assert_eq!(sample_size(100, 7.0), 7);
        assert_eq!(sample_size(125, 10.0), 13);
        assert_eq!(sample_size(125, 0.1), 1);
        assert_eq!(sample_size(125, 100.0), 125);
        assert_eq!(sample_size(10_000_000, 0.00001), 1);
        assert_eq!(sample_size(10_000_000, 33.33333), 3_333_333);
        assert_eq!(sample_size(0, 50.0), 0);
        assert_eq!(sample_size(5, f64::NAN), 1);
        for n in 1..=1_000_u64 {
            for percent in 1..=100_u64 {
                assert_eq!(sample_size(n, percent as f64), (n * percent).div_ceil(100).max(1));
            }
        }
    }
}
