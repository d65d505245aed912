//! The closed vocabularies of the schema.

use async_graphql::Enum;
use domain::lifecycle::ShownStatus;

/// A run's status as people see it: the latches come first.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "ShownStatus")]
pub(crate) enum RunStatus {
    /// Queued; no probe has been claimed yet.
    Pending,
    /// A gate is open: the run waits for a person.
    AwaitingApproval,
    /// Probes are being put to the models.
    Running,
    /// The probes have ended; what reads them has not.
    Scoring,
    /// Somebody paused it; `pausedFrom` says where it stands.
    Paused,
    /// Every probe succeeded.
    Completed,
    /// Some probes succeeded, some failed.
    CompletedWithErrors,
    /// No probe succeeded, or the run was rejected.
    Failed,
    /// Somebody cancelled it. Probes in flight may still finish: see `isFinished`.
    Cancelled,
}

/// How much a model shall think before it answers.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::ReasoningEffort")]
pub(crate) enum ReasoningEffort {
    /// Not at all, where the model lets itself be told so.
    None,
    /// As little as it can.
    Minimal,
    /// Little.
    Low,
    /// Moderately.
    Medium,
    /// Much.
    High,
}

/// Why a run was made.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::RunType")]
pub(crate) enum RunType {
    /// All scenarios.
    Full,
    /// A seeded share, or a fraction, of the scenarios.
    Sample,
    /// A repetition of another run.
    Rerun,
    /// One scenario, to prove the way end to end.
    Test,
}

/// Which scenarios a run asks; the same ones for every model.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::SamplePlan")]
pub(crate) enum SamplePlan {
    /// All.
    Full,
    /// A seeded share: `samplePercentage`.
    Random,
    /// Few, chosen so that the effect of every dimension can still be estimated: `sampleScenarios`.
    Fractional,
}

/// How a fraction of the scenarios was found.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::DesignKind")]
pub(crate) enum SampleDesignKind {
    /// Every combination of levels.
    Full,
    /// Each pair of levels of two dimensions occurs equally often.
    OrthogonalArray,
    /// Near the best determinant that exchanges find.
    DOptimal,
}

/// Where a probe stands in the queue.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::QueueStatus")]
pub(crate) enum ProbeStatus {
    /// Waits to be claimed by a worker.
    Queued,
    /// A worker holds it.
    Running,
    /// It has a complete transcript.
    Succeeded,
    /// Given up, with a category and a message.
    Failed,
    /// Its run was cancelled before it was claimed.
    Cancelled,
}

/// What became of a probe that succeeded: the ledger's lower line.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::ProbeOutcome")]
pub(crate) enum ProbeOutcome {
    /// A decision was read.
    Decided,
    /// A reader is still at it.
    Reading,
    /// No decision could be read.
    Unreadable,
    /// The model declined.
    Refused,
    /// The provider's filter stopped the answer.
    ContentFilter,
    /// The answer reached the token limit.
    Truncated,
    /// The answer holds no text.
    Empty,
}

/// How a conversation ended.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::TranscriptOutcome")]
pub(crate) enum TranscriptEnding {
    /// Every turn was answered.
    Answered,
    /// The model declined.
    Refused,
    /// The provider's filter stopped the answer.
    ContentFilter,
    /// The answer reached the token limit.
    Truncated,
    /// The answer holds no text.
    Empty,
    /// A later turn failed for good; what was answered is kept as a partial transcript.
    BrokenOff,
}

/// How one try at a probe ended.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::AttemptResult")]
pub(crate) enum AttemptResult {
    /// With a transcript.
    Succeeded,
    /// For good, with an error.
    Failed,
    /// With an error; the probe is tried again.
    Retried,
    /// The provider asked to wait; this does not count as a try.
    Waited,
    /// The worker shut down and gave the probe back.
    Released,
    /// The lease lapsed.
    Lost,
    /// With an answer that came after its lease had lapsed.
    Late,
}

/// Why a model stopped writing.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::Finish")]
pub(crate) enum Finish {
    /// It was done.
    Stop,
    /// It reached the token limit.
    Length,
    /// It declined.
    Refusal,
    /// The provider's filter stopped it.
    ContentFilter,
    /// Something else; `finishRaw` has the provider's word.
    Other,
}

/// Whether a reading found a decision.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::DecisionStatus")]
pub(crate) enum DecisionStatus {
    /// `value` has it.
    Decided,
    /// `reason` says why not.
    Unreadable,
}

/// What a user may do; each role may also do what those before it may.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::Role")]
pub(crate) enum Role {
    /// Reads and exports.
    Viewer,
    /// Writes definitions and starts runs, and changes what is theirs.
    Researcher,
    /// Everything, also with what others started.
    Admin,
}

/// How a definition file is written.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "domain::definition::Format")]
pub(crate) enum DefinitionFormat {
    /// YAML 1.2, one document.
    Yaml,
    /// JSON, one object.
    Json,
    /// Markdown with YAML front matter.
    Markdown,
    /// A data set: one scenario per row, RFC 4180.
    Csv,
    /// A data set: one scenario per line, each a JSON object.
    Jsonl,
}

/// What an import does where a definition has the name already.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "domain::library::OnNameTaken")]
pub(crate) enum OnNameTaken {
    /// Refuses with `NAME_TAKEN`, and offers another name.
    Refuse,
    /// Saves a new version of it, or nothing where it asks the same already.
    NewVersion,
    /// Saves a new definition under another name: `Name (2)`.
    NewName,
}

/// Where something of the registry comes from.
#[derive(Copy, Clone, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "entity::Origin")]
pub(crate) enum Origin {
    /// Probity knows it without being told.
    Builtin,
    /// `probity.toml` or the environment.
    Config,
    /// An admin set it, and nothing but an admin changes it.
    Admin,
    /// A run named it together with its provider; nothing else is known of it.
    Used,
}
