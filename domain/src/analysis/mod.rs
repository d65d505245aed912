//! What a run found, computed from its decisions and scores and kept: statistics of its models, what
//! divides them, and what moved them.

mod columns;

pub use columns::{Cell, ModelColumns, RunColumns, ScoreRange, ScorerCell, load as load_columns};
