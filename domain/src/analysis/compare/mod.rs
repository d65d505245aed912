//! Comparisons: two models, or two runs, on the scenarios that both answered.
//!
//! The scenario is the unit: samples of one are averaged first, and only scenarios that both sides
//! have a value for are compared. All comparisons of one request are a family, whose p values are
//! adjusted together. `docs/statistics.md` says what stands behind each figure.

mod family;
mod load;
mod matching;
mod measure;
mod of_runs;
mod scenarios;
mod verdict;

pub use family::{PairFindings, Samples, Settings, Tested, compare_family};
pub use matching::Caution;
pub use measure::{Adjustment, Measure};
pub use of_runs::{Compared, ComparedPair, Request, Side, compare, compare_columns, within};
pub use scenarios::{Change, ChangeCounts, ScenarioPair, TranscriptsBehind, transcripts_behind};
pub use verdict::Verdict;
