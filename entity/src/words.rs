//! The closed vocabularies of the tables. Stored words are never renamed.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
        #[sea_orm(rs_type = "String", db_type = "Text")]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$variant_doc])* #[sea_orm(string_value = $word)] $variant,)+
        }

        impl $name {
            /// The stored word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

pub(crate) use words;

words! {
    /// What a user may do; each role may also do what those before it may.
    Role {
        /// Reads.
        Viewer = "viewer",
        /// Writes definitions and starts runs.
        Researcher = "researcher",
        /// Everything, also what others started.
        Admin = "admin",
    }
}

words! {
    /// Where a run stands. `paused` and `cancelling` are latches beside it.
    RunStatus {
        /// Queued; no probe has been claimed yet.
        Pending = "pending",
        /// A gate is open.
        AwaitingApproval = "awaiting_approval",
        /// Probes are being put to the models.
        Running = "running",
        /// All probes have ended; what reads them has not.
        Scoring = "scoring",
        /// Every probe succeeded.
        Completed = "completed",
        /// Some probes failed.
        CompletedWithErrors = "completed_with_errors",
        /// No probe succeeded, or the run was rejected.
        Failed = "failed",
        /// Cancelled, and nothing is in flight any more.
        Cancelled = "cancelled",
    }
}

impl RunStatus {
    /// True where the run has ended for good.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::CompletedWithErrors | Self::Failed | Self::Cancelled)
    }
}

words! {
    /// How much a model shall think before it answers.
    ReasoningEffort {
        /// Not at all, where the model lets itself be told so.
        None = "none",
        /// As little as it can.
        Minimal = "minimal",
        /// Little.
        Low = "low",
        /// Moderately.
        Medium = "medium",
        /// Much.
        High = "high",
    }
}

words! {
    /// Why a run is not worked on any more, though nobody cancelled it.
    StopReason {
        /// A gate was rejected.
        Rejected = "rejected",
        /// Its deadline passed.
        Deadline = "deadline",
    }
}

words! {
    /// Why a run waits for a person.
    GateKind {
        /// It may cost more than may be spent without asking.
        Approval = "approval",
        /// The next call does not fit its budget.
        Budget = "budget",
        /// Every model is held by errors of its provider.
        Provider = "provider",
        /// A judge's answers could not be used: a review list waits. The run does not.
        Judge = "judge",
    }
}

words! {
    /// Where a gate stands.
    GateState {
        /// It waits for a person.
        Open = "open",
        /// The run goes on.
        Approved = "approved",
        /// The run ends.
        Rejected = "rejected",
        /// The run is paused to be changed; then it is asked again.
        ChangesRequested = "changes_requested",
        /// The run ended before anybody decided.
        Aborted = "aborted",
    }
}

words! {
    /// What somebody decides about a gate.
    GateAction {
        /// Let the run go on.
        Approve = "approve",
        /// End it.
        Reject = "reject",
        /// Have it changed, and ask again.
        RequestChanges = "request_changes",
    }
}

words! {
    /// Why a run was made.
    RunType {
        /// All scenarios.
        Full = "full",
        /// A seeded share, or a fraction, of the scenarios.
        Sample = "sample",
        /// A repetition of another run.
        Rerun = "rerun",
        /// One scenario, to prove the way end to end.
        Test = "test",
    }
}

words! {
    /// Which scenarios a run asks.
    SamplePlan {
        /// All.
        Full = "full",
        /// A seeded share.
        Random = "random",
        /// Few, chosen so that the effect of every dimension can still be estimated.
        Fractional = "fractional",
    }
}

words! {
    /// How a fraction of the scenarios was found.
    DesignKind {
        /// Every combination of levels.
        Full = "full",
        /// Each pair of levels of two dimensions occurs equally often.
        OrthogonalArray = "orthogonal_array",
        /// Near the best determinant that exchanges find.
        DOptimal = "d_optimal",
    }
}

words! {
    /// Where a probe or a job stands in the queue.
    QueueStatus {
        /// Waits to be claimed, not before `run_at`.
        Queued = "queued",
        /// A worker holds it.
        Running = "running",
        /// Done.
        Succeeded = "succeeded",
        /// Given up, with a category and a message.
        Failed = "failed",
        /// Its run was cancelled before it was claimed.
        Cancelled = "cancelled",
    }
}

words! {
    /// What became of a probe that succeeded; the ledger's lower line.
    ProbeOutcome {
        /// A decision was read.
        Decided = "decided",
        /// A reader is still at it.
        Reading = "reading",
        /// No decision could be read.
        Unreadable = "unreadable",
        /// The model declined.
        Refused = "refused",
        /// The provider's filter stopped the answer.
        ContentFilter = "content_filter",
        /// The answer reached the token limit.
        Truncated = "truncated",
        /// The answer holds no text.
        Empty = "empty",
    }
}

words! {
    /// How a conversation ended.
    TranscriptOutcome {
        /// Every turn was answered.
        Answered = "answered",
        /// The model declined.
        Refused = "refused",
        /// The provider's filter stopped the answer.
        ContentFilter = "content_filter",
        /// The answer reached the token limit.
        Truncated = "truncated",
        /// The answer holds no text.
        Empty = "empty",
        /// A later turn failed for good; what was answered is kept as a partial transcript.
        BrokenOff = "broken_off",
    }
}

words! {
    /// How one try at a probe ended.
    AttemptResult {
        /// With a transcript.
        Succeeded = "succeeded",
        /// For good, with an error.
        Failed = "failed",
        /// With an error; the probe is tried again.
        Retried = "retried",
        /// The provider asked to wait; this does not count as a try.
        Waited = "waited",
        /// The worker shut down and gave the probe back.
        Released = "released",
        /// The lease lapsed.
        Lost = "lost",
        /// An answer that came after its lease had lapsed.
        Late = "late",
    }
}

words! {
    /// Why a model stopped writing.
    Finish {
        /// It was done.
        Stop = "stop",
        /// The token limit.
        Length = "length",
        /// It declined.
        Refusal = "refusal",
        /// The provider's filter.
        ContentFilter = "content_filter",
        /// Something else; `finish_raw` has it.
        Other = "other",
    }
}

words! {
    /// Whether a reading found a decision.
    DecisionStatus {
        /// `value` has it.
        Decided = "decided",
        /// `reason` says why not.
        Unreadable = "unreadable",
    }
}

words! {
    /// Where a row of the registry comes from.
    Origin {
        /// Probity knows it without being told.
        Builtin = "builtin",
        /// `probity.toml` or the environment.
        Config = "config",
        /// An admin, at run time; a sync leaves it alone.
        Admin = "admin",
        /// A run named it together with its provider; nothing else is known of it.
        Used = "used",
    }
}

words! {
    /// Whether calls to a model go through.
    BreakerState {
        /// They do.
        Closed = "closed",
        /// The provider is failing: calls wait.
        Open = "open",
        /// One probe tries whether it is back.
        HalfOpen = "half_open",
    }
}
