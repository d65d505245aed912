//! What a command makes of a run.

use entity::{RunStatus, StopReason};
use serde_json::json;

use super::{Command, Endings, GateActions, NewEvent, Refusal, RunState};

type Outcome = Result<(RunState, Vec<NewEvent>), Refusal>;

/// What a command makes of a run, or why it is refused. Pure and total.
///
/// A command that has already had its effect is accepted again without an event. Decisions of a
/// gate are not: the gate is gone then, and whoever comes later must hear so.
pub fn transition(state: RunState, command: Command) -> Outcome {
    let same = || Ok((state, Vec::new()));
    let refused = || Err(refused(command, state));
    match command {
        Command::Settle(endings) => settle(state, endings),
        Command::Reopen => reopen(state),
        Command::Cancel if state.is_cancelled || state.status == RunStatus::Cancelled => same(),
        _ if state.status.is_terminal() => refused(),
        Command::Cancel => {
            let status = leave_gate(state);
            to(RunState { is_cancelled: true, gate: None, status, ..state }, "run.cancelled")
        }
        _ if state.is_cancelled => refused(),
        Command::Deadline if state.stopped == Some(StopReason::Deadline) => same(),
        Command::Deadline if state.stopped.is_none() => stop(state, StopReason::Deadline),
        Command::Pause if state.is_paused => same(),
        Command::Pause if state.gate.is_some_and(|allowed| !allowed.resume) => refused(),
        Command::Pause => to(RunState { is_paused: true, ..state }, "run.paused"),
        Command::Resume if !state.is_paused => same(),
        Command::Resume if state.gate.is_some_and(|allowed| !allowed.resume) => refused(),
        Command::Resume => to(RunState { is_paused: false, ..state }, "run.resumed"),
        _ if state.stopped.is_some() => refused(),
        Command::ChangeLimits => to(state, "run.limits_changed"),
        Command::OpenGate(_) if state.gate.is_some() => same(),
        Command::OpenGate(_) if state.is_paused || state.status == RunStatus::AwaitingApproval => refused(),
        Command::OpenGate(allowed) => {
            to(RunState { status: RunStatus::AwaitingApproval, gate: Some(allowed), ..state }, "gate.opened")
        }
        Command::Approve | Command::Reject | Command::RejectHeld | Command::RequestChanges => {
            decide(state, command)
        }
        Command::Start if state.is_paused || state.gate.is_some() => refused(),
        Command::Start if state.status == RunStatus::Pending => {
            to(RunState { status: RunStatus::Running, is_started: true, ..state }, "run.started")
        }
        Command::Start if state.status == RunStatus::AwaitingApproval => refused(),
        Command::Start => same(),
        Command::Deadline => refused(),
    }
}

/// Why a command would have no effect on a run, as a sentence; None: it would. For buttons: a
/// command that has already had its effect is accepted, but there is no use in offering it.
pub fn blocked_because(state: RunState, command: Command) -> Option<String> {
    match transition(state, command) {
        Err(refusal) => Some(refusal.reason),
        Ok((after, _)) if after != state => None,
        Ok(_) => match command {
            Command::Reopen | Command::ChangeLimits => None,
            Command::Resume => Some("The run is not paused.".into()),
            _ => Some(format!("The run is {} already.", state.shown().as_str())),
        },
    }
}

fn to(after: RunState, event: &'static str) -> Outcome {
    Ok((after, vec![NewEvent::plain(event)]))
}

fn leave_gate(state: RunState) -> RunStatus {
    match state.status {
        RunStatus::AwaitingApproval => state.under_way(),
        other => other,
    }
}

fn stop(state: RunState, reason: StopReason) -> Outcome {
    let after = RunState { stopped: Some(reason), gate: None, status: leave_gate(state), ..state };
    Ok((after, vec![NewEvent { kind: "run.stopped", payload: json!({"reason": reason.as_str()}) }]))
}

fn decide(state: RunState, command: Command) -> Outcome {
    let Some(allowed) = state.gate else { return Err(refused(command, state)) };
    let GateActions { approve, reject, request_changes, .. } = allowed;
    if state.is_paused {
        return Err(refused(command, state));
    }
    let passed = RunState { gate: None, status: leave_gate(state), ..state };
    match command {
        Command::Approve if approve => to(passed, "gate.approved"),
        Command::Reject if reject => {
            let (after, events) = stop(state, StopReason::Rejected)?;
            Ok((after, [vec![NewEvent::plain("gate.rejected")], events].concat()))
        }
        Command::RejectHeld if reject => to(passed, "gate.rejected"),
        Command::RequestChanges if request_changes => {
            to(RunState { is_paused: true, ..passed }, "gate.changes_requested")
        }
        _ => Err(Refusal { reason: format!("The run's gate does not allow this; it allows {allowed}.") }),
    }
}

fn reopen(state: RunState) -> Outcome {
    if state.is_cancelled || state.stopped == Some(StopReason::Rejected) {
        return Err(refused(Command::Reopen, state));
    }
    match state.status {
        RunStatus::Failed | RunStatus::CompletedWithErrors => {
            let open = RunState { stopped: None, gate: None, is_paused: false, ..state };
            to(RunState { status: open.under_way(), ..open }, "run.reopened")
        }
        RunStatus::Pending | RunStatus::AwaitingApproval | RunStatus::Running if state.stopped.is_none() => {
            Ok((state, Vec::new()))
        }
        _ => Err(refused(Command::Reopen, state)),
    }
}

fn settle(state: RunState, endings: Endings) -> Outcome {
    if state.status.is_terminal() {
        return Ok((state, Vec::new()));
    }
    let (status, kind) = match endings {
        _ if state.is_cancelled => (RunStatus::Cancelled, "run.ended"),
        _ if state.stopped == Some(StopReason::Rejected) => (RunStatus::Failed, "run.failed"),
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
    Ok((RunState { status, gate: None, ..state }, vec![NewEvent { kind, payload }]))
}

fn refused(command: Command, state: RunState) -> Refusal {
    const LIVE: &str = "pending, awaiting approval, running or scoring";
    let (verb, accepted) = match command {
        Command::Start => ("be started", "pending"),
        Command::Pause => ("be paused", LIVE),
        Command::Resume => ("be resumed", "paused"),
        Command::Cancel => ("be cancelled", "pending, awaiting approval, running, scoring or paused"),
        Command::OpenGate(_) => ("wait at a gate", "pending, running or scoring"),
        Command::Approve | Command::Reject | Command::RejectHeld | Command::RequestChanges => {
            ("be decided about", "awaiting approval and not paused")
        }
        Command::Reopen => (
            "have failed probes tried again",
            "pending, awaiting approval, running, completed with errors or failed, and was not rejected,",
        ),
        Command::ChangeLimits => ("have its limits changed", "not over and is not ending"),
        Command::Deadline => ("be stopped", "not over and is not ending"),
        Command::Settle(_) => ("be settled", "not over"),
    };
    let shown = state.shown().as_str();
    let why = match state {
        RunState { gate: Some(GateActions { resume: false, .. }), .. }
            if matches!(command, Command::Pause | Command::Resume) =>
        {
            " and its gate has to be decided first"
        }
        RunState { stopped: Some(StopReason::Rejected), .. } => " and was rejected",
        RunState { stopped: Some(StopReason::Deadline), status, .. } if !status.is_terminal() => {
            " and its deadline has passed"
        }
        _ => "",
    };
    Refusal { reason: format!("The run is {shown}{why}: it cannot {verb}; a run that is {accepted} can.") }
}
