//! A run's life as one pure function. Nothing else decides what `runs.status` becomes.

mod actions;
mod shown;
#[cfg(test)]
mod tests;
mod transition;

use entity::{RunStatus, StopReason};
use serde_json::{Value, json};

pub use actions::GateActions;
pub use shown::ShownStatus;
pub use transition::{blocked_because, transition};

/// What of a run decides which commands it accepts.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct RunState {
    /// Where it stands.
    pub status: RunStatus,
    /// The pause latch: no probe is handed out.
    pub is_paused: bool,
    /// The cancel latch: irrevocable; what is in flight finishes.
    pub is_cancelled: bool,
    /// The stop latch: what is queued fails, what is in flight finishes. None: not set.
    pub stopped: Option<StopReason>,
    /// What the open gate allows. None: no gate is open.
    pub gate: Option<GateActions>,
    /// True once a probe was claimed: where an approved run goes on.
    pub is_started: bool,
}

/// What can happen to a run.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A worker claims its first probe.
    Start,
    /// Somebody pauses it.
    Pause,
    /// Somebody lets it go on.
    Resume,
    /// Somebody cancels it.
    Cancel,
    /// It has to wait for a person, who may do this.
    OpenGate(GateActions),
    /// Somebody lets it pass its gate.
    Approve,
    /// Somebody ends it at its gate.
    Reject,
    /// Somebody has what is left of the held models fail, at the gate that asks about them; what
    /// else there is goes on.
    RejectHeld,
    /// Somebody has it changed before it is asked again: it is paused meanwhile.
    RequestChanges,
    /// Somebody has failed probes tried again.
    Reopen,
    /// Somebody changes its limits.
    ChangeLimits,
    /// Its deadline passes.
    Deadline,
    /// Every probe has ended.
    Settle(Endings),
}

/// How the probes of a run ended.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Default)]
pub struct Endings {
    /// With a complete transcript.
    pub succeeded: u64,
    /// Given up.
    pub failed: u64,
    /// Never claimed, because the run was cancelled.
    pub cancelled: u64,
}

/// An event that goes into the run's history.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// E.g. `run.paused`.
    pub kind: &'static str,
    /// What there is to say beside the kind.
    pub payload: Value,
}

impl NewEvent {
    /// An event with nothing to add.
    pub fn plain(kind: &'static str) -> Self {
        Self { kind, payload: json!({}) }
    }
}

/// Why a command is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// A whole sentence that says what stands in the way and which states would have accepted it.
    pub reason: String,
}

impl RunState {
    /// The state of a stored run.
    pub fn of(run: &entity::run::Model) -> Self {
        Self {
            status: run.status,
            is_paused: run.paused_at.is_some(),
            is_cancelled: run.cancelled_at.is_some(),
            stopped: run.stopped_at.and(run.stop_reason),
            gate: run.gate_actions.as_deref().map(GateActions::parse),
            is_started: run.started_at.is_some(),
        }
    }

    /// Where a run that waits at no gate stands before its end.
    fn under_way(self) -> RunStatus {
        match self.status {
            RunStatus::Scoring => RunStatus::Scoring,
            _ if self.is_started => RunStatus::Running,
            _ => RunStatus::Pending,
        }
    }
}
