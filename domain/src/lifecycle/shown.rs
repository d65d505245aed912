//! The status as people see it.

use entity::RunStatus;

use super::RunState;

/// A run's status as people see it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum ShownStatus {
    /// Queued; no probe has been claimed yet.
    Pending,
    /// A gate is open.
    AwaitingApproval,
    /// Probes are being put to the models.
    Running,
    /// The probes have ended; what reads them has not.
    Scoring,
    /// Somebody paused it.
    Paused,
    /// Every probe succeeded.
    Completed,
    /// Some probes failed.
    CompletedWithErrors,
    /// No probe succeeded, or it was rejected.
    Failed,
    /// Somebody cancelled it.
    Cancelled,
}

impl ShownStatus {
    /// The word shown to people and written to files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::AwaitingApproval => "awaiting approval",
            Self::Running => "running",
            Self::Scoring => "scoring",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::CompletedWithErrors => "completed with errors",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl RunState {
    /// The status as people see it: the latches come first.
    pub fn shown(self) -> ShownStatus {
        match self.status {
            RunStatus::Completed => ShownStatus::Completed,
            RunStatus::CompletedWithErrors => ShownStatus::CompletedWithErrors,
            RunStatus::Failed => ShownStatus::Failed,
            RunStatus::Cancelled => ShownStatus::Cancelled,
            _ if self.is_cancelled => ShownStatus::Cancelled,
            _ if self.is_paused => ShownStatus::Paused,
            RunStatus::Pending => ShownStatus::Pending,
            RunStatus::AwaitingApproval => ShownStatus::AwaitingApproval,
            RunStatus::Running => ShownStatus::Running,
            RunStatus::Scoring => ShownStatus::Scoring,
        }
    }
}
