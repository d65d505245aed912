//! How a result was computed, so that it can be computed again.

use serde::{Deserialize, Serialize};

/// The method behind a result. Two results with the same method on the same data are the same number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// Its name, for people: what a methods paragraph says.
    pub name: String,
    /// Raised whenever the same data would give another number.
    pub version: u32,
    /// The seed of its random draws. `None` = nothing was drawn.
    pub seed: Option<u64>,
    /// How many times it drew. `None` = nothing was drawn.
    pub rounds: Option<u64>,
}

impl Method {
    pub(super) fn exact(name: &str, version: u32) -> Self {
        Self { name: name.into(), version, seed: None, rounds: None }
    }

    pub(super) fn drawn(name: &str, version: u32, seed: u64, rounds: u64) -> Self {
        Self { name: name.into(), version, seed: Some(seed), rounds: Some(rounds) }
    }
}
