//! The judge: a model that reads what the deterministic reader cannot.
//!
//! It is asked after the transcript is stored, by a job, and never touches it. What it says is
//! held to a schema, repaired once, and else goes to a person: `unreadable`, with a line on the
//! run's review list.

mod answer;
mod call;
mod conclude;
mod find;
mod prompt;
mod resume;
mod review;
mod setting;
mod start;
mod terms;
mod work;

pub use answer::{PUBLISHED_SCHEMA, Verdict};
pub use call::{CallCosts, Ended, Entered, Failure, Started, enter, start};
pub use conclude::{Conclusion, settle, stop};
pub use find::{CallFilter, JudgeState, calls, calls_by_id, judges_of, reviews, waiting_because};
pub use prompt::PROMPT_VERSION;
pub use resume::resume;
pub use review::{Review, Reviewed, review};
pub use setting::NewJudge;
pub use start::judge_run;
pub(crate) use start::{asked_of, has_price, no_price};
pub use terms::{OUTPUT_TOKENS_MAX, Question, Terms, Work};
pub use work::{Case, Judging, load, next, note, reopen};

pub(crate) use answer::{faults_of, for_providers, object_in};
pub(crate) use call::{costs_of, disagreements, settle_call};
pub(crate) use prompt::{Names, Spoken, conversation, mark_of};
pub(crate) use resume::enqueue;
pub(crate) use review::{close_reviewed, decide_gate};
pub(crate) use setting::{insert, of_run};
pub(crate) use terms::{cost_max, left_by, price_of};
pub(crate) use work::{framing_bytes, names_of};
