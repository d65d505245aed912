//! The queue. A probe's row is its job; jobs that are not probes have rows of their own.
//! The mechanics of leases are written once and serve both.

mod claim;
mod clock;
mod counters;
mod finish;
mod job;
mod late;
mod lease;
mod open_models;
mod run_room;
mod sweep;
mod take;
mod write;

pub use claim::{ClaimRequest, Claimed, ClaimedProbe, claim, claim_probes};
pub use finish::finish;
pub(crate) use job::enqueue_job_in;
pub use job::{ClaimedJob, Job, JobEnding, JobLane, claim_jobs, enqueue_job, finish_job};
pub use late::finish_late;
pub use lease::{beat, release};
pub use sweep::Sweeper;
pub use write::{AttemptRecord, Ending, NewDecision, NewTranscript, NewTurn, ProbeWrite, Written};

pub(crate) use counters::{ModelDelta, add_to_counters};
pub(crate) use finish::decision_row;
