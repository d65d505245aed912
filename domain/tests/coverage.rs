//! Whether intervals hold what they promise: simulated runs of models whose truth is known.
//!
//! The models answer as `sim`'s do. 2,000 runs tell a percentage to half a point.
//!
//! ```text
//! cargo test -p domain --test coverage -- --nocapture              # the short form, with its table
//! cargo test --release -p domain --test coverage -- --include-ignored --nocapture   # the tables of docs/statistics.md
//! ```

#![expect(clippy::unwrap_used, reason = "tests")]
#![expect(clippy::print_stdout, reason = "what was measured is to be read")]

#[path = "simulated/comparisons.rs"]
mod comparisons;
#[path = "simulated/effects.rs"]
mod effects;
#[path = "simulated/means.rs"]
mod means;
#[path = "simulated/model.rs"]
mod model;
#[path = "simulated/rates.rs"]
mod rates;

use std::sync::Mutex;
use std::thread;

/// Runs per row of a table: 2,000, or what `PROBITY_SIMULATED_RUNS` says.
fn runs() -> u64 {
    std::env::var("PROBITY_SIMULATED_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(2_000)
}

/// Counts how often each of `N` things holds in many runs, in percent. Every row has seeds of its
/// own, fixed by its name.
pub(crate) fn percent<const N: usize>(
    name: &str,
    run: impl Fn(&mut model::Dice) -> [bool; N] + Sync,
) -> [f64; N] {
    let runs = runs();
    let counts = Mutex::new([0_u64; N]);
    let start = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let threads = thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    thread::scope(|scope| {
        for first in 0..threads {
            let (counts, run) = (&counts, &run);
            scope.spawn(move || {
                for number in (first..runs).step_by(threads as usize) {
                    let held =
                        run(&mut model::Dice::new(start.wrapping_add(number.wrapping_mul(0x9E37_79B9))));
                    let mut counts = counts.lock().unwrap();
                    counts.iter_mut().zip(held).for_each(|(count, held)| *count += u64::from(held));
                }
            });
        }
    });
    counts.into_inner().unwrap().map(|count| count as f64 * 100.0 / runs as f64)
}

/// An interval that holds the truth in 93 to 97 % of the runs. Only the short tables are held to it: of the
/// hundreds of rows of the whole ones some are outside by chance, and those are to be seen.
pub(crate) fn assert_covers(name: &str, covered: f64) {
    assert!((93.0..=97.0).contains(&covered), "{name}: {covered} % of the intervals hold the truth");
}
