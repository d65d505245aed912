//! What a run found, computed from its decisions and scores and kept: statistics of its models, what
//! divides them, and what moved them; and models and runs beside each other.

mod agreement;
mod columns;
pub mod compare;
mod compute;
mod document;
mod effects;
mod model;
mod standing;
mod store;

pub use columns::{Cell, ModelColumns, RunColumns, ScoreRange, ScorerCell, load as load_columns};
pub use compute::{ROUNDS, SEED, analyse, resample};
pub use document::{
    Agreement, Apart, CONFIDENCE, CONTESTED_MAX, Contested, Counts, Decided, DecisionShare, Effects,
    MODEL_FACTOR, Measure, MethodUse, ModelAnalysis, Note, ORDER_FACTOR, PairAgreement, Passing,
    ResampledAnalysis, RunAnalysis, ScorerAnalysis,
};
pub use standing::{Standing, State, analyze, current, is_about_to_change, of_runs, read_run, refresh};
pub use store::{Key, Kind, code_version, inputs_of, is_fresh, keep, latest, latest_of, superseded};

pub(crate) use columns::range_of;
pub(crate) use standing::ask_again;
