//! Judge models that work on a run that is over: they mark by a rubric, compare in pairs, or say what
//! answers do with values.
//!
//! An assessment is a list of cases, each a question that is asked once and repaired once. What
//! cannot be used waits for a person, and no transcript is touched. Every case keeps its call.

mod ask;
mod cases;
mod find;
mod question;
mod ranking;
mod review;
mod start;
mod terms;
mod work;

pub use ask::{Found, PAIRWISE_SCHEMA, RUBRIC_SCHEMA, VALUES_SCHEMA};
pub use cases::write_cases;
pub use find::{AssessmentState, assessments_of, cases, find};
pub use ranking::{JudgedPair, Preferred, Ranking, rank, ranking};
pub use review::{CaseReview, review_case, stop_assessment};
pub use start::{AssessmentPlan, NewAssessment, assess_run, begin_by_itself, plan};
pub use work::{AssessedCase, Assessing, end, load, next, next_open, settle};

pub(crate) use work::resume;

/// The version of what judges are asked here, stored with each call.
pub const PROMPT_VERSION: &str = "1";
/// Pairs that are compared where nobody says how many.
pub const PAIRS_DEFAULT: u32 = 1_000;
/// The most pairs of one comparison.
pub const PAIRS_MAX: u32 = 20_000;
/// Rounds of a ranking's bootstrap where nobody says how many.
pub const ROUNDS_DEFAULT: u32 = 1_000;
/// The most rounds.
pub const ROUNDS_MAX: u32 = 100_000;
