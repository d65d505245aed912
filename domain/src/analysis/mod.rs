//! What a run found, computed from its decisions and scores and kept: statistics of its models, what
//! divides them, and what moved them.

mod agreement;
mod columns;
mod compute;
mod document;
mod effects;
mod model;

pub use columns::{Cell, ModelColumns, RunColumns, ScoreRange, ScorerCell, load as load_columns};
pub use compute::{ROUNDS, SEED, analyse, resample};
pub use document::{
    Agreement, Apart, CONFIDENCE, CONTESTED_MAX, Contested, Counts, Decided, DecisionShare, Effects,
    MODEL_FACTOR, Measure, MethodUse, ModelAnalysis, Note, PairAgreement, Passing, ResampledAnalysis,
    RunAnalysis, ScorerAnalysis,
};
