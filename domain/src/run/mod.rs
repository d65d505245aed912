//! Runs: made, queued, controlled, watched.

mod admission;
mod command;
mod create;
mod ending;
mod estimate;
pub mod eta;
mod fan_out;
mod find;
mod frozen;
mod limits;
mod model_choice;
mod model_label;
mod model_name;
mod new_run;
mod plan;
mod plan_hash;
mod progress;
mod rerun;
mod retry;
mod settle;

pub use command::{Commanded, cancel, pause, resume};
pub use create::{Created, create};
pub use ending::{cancel_probes, end_stragglers, stop_overdue};
pub use estimate::Estimate;
pub use fan_out::fan_out;
pub use find::{RunFilter, find, list};
pub use frozen::{FrozenModel, FrozenRun, combination_of, scenario_id};
pub use limits::{LimitChanges, limits_blocked_because, set_limits};
pub use model_label::model_labels;
pub use new_run::{ModelChoice, NewRun};
pub use plan::{ModelPlan, Plan, plan};
pub use progress::{Ledger, ModelProgress, Progress, poll_after_ms, progress_of};
pub use rerun::{Rerun, children_of, rerun};
pub use retry::{finish_retries, retry_failed, retry_probes};
pub use settle::{settle, settle_ended};

pub(crate) use command::{Locks, apply, apply_noting, begin, locked_row, read};
pub(crate) use find::find_written;
pub(crate) use model_choice::{Chosen, resolve_judge};
