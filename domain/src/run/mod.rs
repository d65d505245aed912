//! Runs: made, queued, controlled, watched.

mod command;
mod create;
mod fan_out;
mod find;
mod frozen;
mod model_choice;
mod model_label;
mod model_name;
mod progress;
mod settle;

pub use command::{Commanded, cancel, cancel_probes, pause, resume};
pub use create::{Created, ModelChoice, NewRun, create};
pub use fan_out::fan_out;
pub use find::{RunFilter, find, list};
pub use frozen::{FrozenModel, FrozenRun, combination_of, scenario_id};
pub use model_label::model_labels;
pub use progress::{Ledger, ModelProgress, Progress, poll_after_ms, progress_of};
pub use settle::{settle, settle_ended};

pub(crate) use command::apply;
pub(crate) use find::find_written;
