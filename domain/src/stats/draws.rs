//! Random rounds that give the same result on any number of threads.

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::sampling::SplitMix64;

/// How many random rounds a method makes, from which seed, and on how many threads.
#[derive(Debug, Clone, Copy)]
pub struct Draws<'a> {
    /// Rounds to make.
    pub rounds: u64,
    /// The same seed gives the same result, on any number of threads.
    pub seed: u64,
    /// Threads to use; 0 = as many as the machine has.
    pub threads: usize,
    /// Counts the rounds made so far, for whoever shows progress.
    pub progress: Option<&'a AtomicU64>,
}

impl Draws<'_> {
    /// `rounds` rounds from `seed` on all of the machine's threads.
    pub fn new(rounds: u64, seed: u64) -> Self {
        Self { rounds, seed, threads: 0, progress: None }
    }

    /// What each round gives, in the rounds' order. Each has a generator of its own; `room` is made
    /// once per thread, for what a round would else allocate.
    pub(super) fn run<R, T: Send>(
        &self,
        room: impl Fn() -> R + Sync,
        round: impl Fn(&mut R, &mut SplitMix64) -> T + Sync,
    ) -> Vec<T> {
        let threads = match self.threads {
            0 => thread::available_parallelism().map_or(1, NonZero::get),
            threads => threads,
        };
        let share = self.rounds.div_ceil(threads as u64).max(1);
        let work = |start: u64| {
            let mut room = room();
            let made = (start..(start + share).min(self.rounds)).map(|number| {
                let given = round(&mut room, &mut SplitMix64::of_round(self.seed, number));
                if let Some(progress) = self.progress {
                    progress.fetch_add(1, Ordering::Relaxed);
                }
                given
            });
            made.collect::<Vec<T>>()
        };
        let starts: Vec<u64> = (0..self.rounds).step_by(share as usize).collect();
        thread::scope(|scope| {
            let running: Vec<_> = starts.iter().skip(1).map(|start| scope.spawn(|| work(*start))).collect();
            let mut given = starts.first().map_or_else(Vec::new, |start| work(*start));
            for thread in running {
                match thread.join() {
                    Ok(made) => given.extend(made),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            given
        })
    }
}

/// The value below which this share of the sorted values lies, interpolated between neighbours.
/// Source: Hyndman & Fan (1996), The American Statistician 50:361–365, definition 7.
pub(super) fn quantile_of_sorted(sorted: &[f64], share: f64) -> Option<f64> {
    let position = share * (sorted.len().checked_sub(1)?) as f64;
    let below = *sorted.get(position.floor() as usize)?;
    let above = *sorted.get(position.ceil() as usize)?;
    Some(below + (above - below) * position.fract())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::{Draws, quantile_of_sorted};

    #[test]
    fn the_number_of_threads_does_not_change_the_result() {
        let made = |threads| {
            let draws = Draws { threads, ..Draws::new(101, 7) };
            draws.run(|| (), |(), generator| generator.below(1_000_000))
        };
        assert_eq!(made(1), made(2));
        assert_eq!(made(1), made(64));
        assert_eq!(made(1).len(), 101);
        assert!(Draws::new(0, 1).run(|| (), |(), _| 1).is_empty());
    }

    #[test]
    fn progress_counts_every_round() {
        let progress = AtomicU64::new(0);
        let draws = Draws { progress: Some(&progress), ..Draws::new(50, 1) };
        draws.run(|| (), |(), _| ());
        assert_eq!(progress.load(Ordering::Relaxed), 50);
    }

    #[test]
    fn quantiles_lie_between_neighbours() {
        assert_eq!(quantile_of_sorted(&[1.0, 2.0, 4.0], 0.75), Some(3.0));
        assert_eq!(quantile_of_sorted(&[1.0], 0.3), Some(1.0));
        assert_eq!(quantile_of_sorted(&[], 0.5), None);
    }
}
