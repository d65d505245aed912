//! What a run found, computed from its decisions and scores and kept: statistics of its models, what
//! divides them, and what moved them; and models and runs beside each other.

mod columns;
pub mod compare;

pub use columns::{Cell, ModelColumns, RunColumns, ScoreRange, ScorerCell, load as load_columns};
