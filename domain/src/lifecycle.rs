//! A run's life as one pure function. Nothing else decides what `runs.status` becomes.

use entity::RunStatus;
use serde_json::{Value, json};

/// What of a run decides which commands it accepts.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct RunState {
    /// Where it stands.
    pub status: RunStatus,
    /// The pause latch: no probe is handed out.
    pub is_paused: bool,
    /// The cancel latch: irrevocable; what is in flight finishes.
    pub is_cancelled: bool,
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
        }
    }

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

/// What a command makes of a run, or why it is refused. Pure and total.
///
/// A command that has already had its effect is accepted again without an event.
pub fn transition(state: RunState, command: Command) -> Result<(RunState, Vec<NewEvent>), Refusal> {
    let same = |state| Ok((state, Vec::new()));
    match command {
        Command::Settle(endings) => settle(state, endings),
        Command::Cancel if state.is_cancelled || state.status == RunStatus::Cancelled => same(state),
        _ if state.status.is_terminal() => Err(refused(command, state)),
        Command::Cancel => {
            Ok((RunState { is_cancelled: true, ..state }, vec![NewEvent::plain("run.cancelled")]))
        }
        _ if state.is_cancelled => Err(refused(command, state)),
        Command::Pause if state.is_paused => same(state),
        Command::Pause => Ok((RunState { is_paused: true, ..state }, vec![NewEvent::plain("run.paused")])),
        Command::Resume if !state.is_paused => same(state),
        Command::Resume => Ok((RunState { is_paused: false, ..state }, vec![NewEvent::plain("run.resumed")])),
        Command::Start if state.is_paused || state.status == RunStatus::AwaitingApproval => {
            Err(refused(command, state))
        }
        Command::Start if state.status == RunStatus::Pending => {
            Ok((RunState { status: RunStatus::Running, ..state }, vec![NewEvent::plain("run.started")]))
        }
        Command::Start => same(state),
    }
}

/// Why a command would have no effect on a run, as a sentence; None: it would. For buttons: a
/// command that has already had its effect is accepted, but there is no use in offering it.
pub fn blocked_because(state: RunState, command: Command) -> Option<String> {
    match transition(state, command) {
        Err(refusal) => Some(refusal.reason),
        Ok((after, _)) if after != state => None,
        Ok(_) => Some(match command {
            Command::Resume => "The run is not paused.".into(),
            _ => format!("The run is {} already.", state.shown().as_str()),
        }),
    }
}

fn settle(state: RunState, endings: Endings) -> Result<(RunState, Vec<NewEvent>), Refusal> {
    if state.status.is_terminal() {
        return Ok((state, Vec::new()));
    }
    let (status, kind) = match endings {
        _ if state.is_cancelled => (RunStatus::Cancelled, "run.ended"),
        Endings { failed: 0, .. } => (RunStatus::Completed, "run.completed"),
        Endings { succeeded: 0, .. } => (RunStatus::Failed, "run.failed"),
        _ => (RunStatus::CompletedWithErrors, "run.completed"),
    };
    let payload = json!({
        "status": status.as_str(),
        "succeeded": endings.succeeded,
        "failed": endings.failed,
        "cancelled": endings.cancelled,
    });
    Ok((RunState { status, ..state }, vec![NewEvent { kind, payload }]))
}

fn refused(command: Command, state: RunState) -> Refusal {
    let (verb, accepted) = match command {
        Command::Start => ("started", "pending"),
        Command::Pause => ("paused", "pending, awaiting approval, running or scoring"),
        Command::Resume => ("resumed", "paused"),
        Command::Cancel => ("cancelled", "pending, awaiting approval, running, scoring or paused"),
        Command::Settle(_) => ("settled", "any that is not over"),
    };
    let shown = state.shown().as_str();
    Refusal { reason: format!("The run is {shown} and cannot be {verb}; a run that is {accepted} can.") }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    fn all_states() -> impl Iterator<Item = RunState> {
        RunStatus::iter().flat_map(|status| {
            [(false, false), (true, false), (false, true), (true, true)]
                .map(|(is_paused, is_cancelled)| RunState { status, is_paused, is_cancelled })
        })
    }

    const COMMANDS: [Command; 5] = [
        Command::Start,
        Command::Pause,
        Command::Resume,
        Command::Cancel,
        Command::Settle(Endings { succeeded: 1, failed: 1, cancelled: 0 }),
    ];

    #[test]
    fn a_command_that_was_accepted_is_accepted_again_without_an_effect() {
        for state in all_states() {
            for command in COMMANDS {
                if let Ok((after, _)) = transition(state, command) {
                    assert_eq!(transition(after, command), Ok((after, vec![])), "{state:?} {command:?}");
                }
            }
        }
    }

    #[test]
    fn a_run_that_has_ended_stays_as_it_is() {
        for state in all_states().filter(|state| state.status.is_terminal()) {
            for command in COMMANDS {
                if let Ok((after, events)) = transition(state, command) {
                    assert_eq!((after, events), (state, vec![]), "{command:?}");
                }
            }
        }
    }

    #[test]
    fn cancel_cannot_be_taken_back() {
        for state in all_states().filter(|state| state.is_cancelled) {
            for command in COMMANDS {
                if let Ok((after, _)) = transition(state, command) {
                    assert!(after.is_cancelled, "{state:?} {command:?}");
                }
            }
        }
    }

    #[test]
    fn pause_and_cancel_show_as_cancelled_in_either_order() {
        for state in all_states().filter(|state| !state.status.is_terminal() && !state.is_cancelled) {
            let (paused, _) = transition(state, Command::Pause).unwrap();
            let (both, _) = transition(paused, Command::Cancel).unwrap();
            assert_eq!(both.shown(), ShownStatus::Cancelled);
            let (cancelled, _) = transition(state, Command::Cancel).unwrap();
            let refusal = transition(cancelled, Command::Pause).unwrap_err();
            assert!(refusal.reason.contains("is cancelled"), "{}", refusal.reason);
            assert_eq!(cancelled.shown(), ShownStatus::Cancelled);
        }
    }

    #[test]
    fn a_pause_keeps_what_it_interrupted() {
        for state in all_states().filter(|state| !state.status.is_terminal() && !state.is_cancelled) {
            let (paused, _) = transition(state, Command::Pause).unwrap();
            let (resumed, _) = transition(paused, Command::Resume).unwrap();
            assert_eq!(resumed, RunState { is_paused: false, ..state });
        }
    }

    #[test]
    fn a_paused_run_hands_out_no_first_probe() {
        let paused = RunState { status: RunStatus::Pending, is_paused: true, is_cancelled: false };
        assert!(transition(paused, Command::Start).is_err());
    }

    #[test]
    fn a_command_is_offered_exactly_where_it_would_change_the_run() {
        for state in all_states() {
            for command in COMMANDS {
                let changes = transition(state, command).is_ok_and(|(after, _)| after != state);
                assert_eq!(blocked_because(state, command).is_none(), changes, "{state:?} {command:?}");
            }
        }
    }

    #[test]
    fn a_run_ends_by_how_its_probes_ended() {
        let running = RunState { status: RunStatus::Running, is_paused: false, is_cancelled: false };
        let ends = |succeeded, failed| {
            transition(running, Command::Settle(Endings { succeeded, failed, cancelled: 0 }))
                .unwrap()
                .0
                .status
        };
        assert_eq!(ends(5, 0), RunStatus::Completed);
        assert_eq!(ends(4, 1), RunStatus::CompletedWithErrors);
        assert_eq!(ends(0, 5), RunStatus::Failed);
        let cancelled = RunState { is_cancelled: true, ..running };
        let (after, _) = transition(cancelled, Command::Settle(Endings::default())).unwrap();
        assert_eq!(after.status, RunStatus::Cancelled);
    }
}
