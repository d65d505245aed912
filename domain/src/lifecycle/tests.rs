use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use sea_orm::Iterable;

use super::*;

/// Every state that there can be, and many that there cannot.
fn all_states() -> impl Iterator<Item = RunState> {
    let gates = [
        None,
        Some(GateActions::ALL),
        Some(GateActions { resume: false, ..GateActions::ALL }),
        Some(GateActions { approve: true, ..GateActions::default() }),
    ];
    let flags = |status| {
        (0..8).map(move |bits: u8| RunState {
            status,
            is_paused: bits & 1 != 0,
            is_cancelled: bits & 2 != 0,
            is_started: bits & 4 != 0,
            stopped: None,
            gate: None,
        })
    };
    RunStatus::iter()
        .flat_map(flags)
        .flat_map(move |state| gates.map(|gate| RunState { gate, ..state }))
        .flat_map(|state| {
            [None, Some(StopReason::Rejected), Some(StopReason::Deadline)]
                .map(|stopped| RunState { stopped, ..state })
        })
}

fn live_states() -> impl Iterator<Item = RunState> {
    all_states().filter(|state| {
        !state.status.is_terminal() && !state.is_cancelled && state.stopped.is_none() && state.gate.is_none()
    })
}

const ENDINGS: Endings = Endings { succeeded: 1, failed: 1, cancelled: 0 };

const COMMANDS: [Command; 13] = [
    Command::Start,
    Command::Pause,
    Command::Resume,
    Command::Cancel,
    Command::OpenGate(GateActions::ALL),
    Command::Approve,
    Command::Reject,
    Command::RejectHeld,
    Command::RequestChanges,
    Command::Reopen,
    Command::ChangeLimits,
    Command::Deadline,
    Command::Settle(ENDINGS),
];

fn is_decision(command: Command) -> bool {
    matches!(command, Command::Approve | Command::Reject | Command::RejectHeld | Command::RequestChanges)
}

fn fresh() -> RunState {
    RunState {
        status: RunStatus::Pending,
        is_paused: false,
        is_cancelled: false,
        stopped: None,
        gate: None,
        is_started: false,
    }
}

fn after(state: RunState, command: Command) -> RunState {
    transition(state, command).unwrap().0
}

#[test]
fn a_command_that_was_accepted_is_accepted_again_without_an_effect() {
    let repeatable = |command| !is_decision(command) && command != Command::ChangeLimits;
    for state in all_states() {
        for command in COMMANDS.into_iter().filter(|command| repeatable(*command)) {
            if let Ok((after, _)) = transition(state, command) {
                assert_eq!(transition(after, command), Ok((after, vec![])), "{state:?} {command:?}");
            }
        }
    }
}

#[test]
fn a_gate_is_decided_once() {
    let waiting = after(fresh(), Command::OpenGate(GateActions::ALL));
    for first in COMMANDS.into_iter().filter(|command| is_decision(*command)) {
        let decided = after(waiting, first);
        assert_eq!(decided.gate, None);
        for second in COMMANDS.into_iter().filter(|command| is_decision(*command)) {
            assert!(transition(decided, second).is_err(), "{first:?} then {second:?}");
        }
    }
}

#[test]
fn a_run_that_has_ended_stays_as_it_is_unless_failed_probes_are_tried_again() {
    for state in all_states().filter(|state| state.status.is_terminal()) {
        for command in COMMANDS.into_iter().filter(|command| *command != Command::Reopen) {
            if let Ok((after, events)) = transition(state, command) {
                assert_eq!((after, events), (state, vec![]), "{command:?}");
            }
        }
        let reopens = transition(state, Command::Reopen).is_ok();
        let may = matches!(state.status, RunStatus::Failed | RunStatus::CompletedWithErrors)
            && !state.is_cancelled
            && state.stopped != Some(StopReason::Rejected);
        assert_eq!(reopens, may, "{state:?}");
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
    for state in live_states() {
        assert_eq!(after(after(state, Command::Pause), Command::Cancel).shown(), ShownStatus::Cancelled);
        let cancelled = after(state, Command::Cancel);
        let refusal = transition(cancelled, Command::Pause).unwrap_err();
        assert!(refusal.reason.contains("is cancelled"), "{}", refusal.reason);
        assert_eq!(cancelled.shown(), ShownStatus::Cancelled);
    }
}

#[test]
fn a_pause_keeps_what_it_interrupted() {
    for state in live_states() {
        let resumed = after(after(state, Command::Pause), Command::Resume);
        assert_eq!(resumed, RunState { is_paused: false, ..state });
    }
    let waiting = after(fresh(), Command::OpenGate(GateActions::ALL));
    assert_eq!(after(after(waiting, Command::Pause), Command::Resume), waiting);
}

#[test]
fn a_paused_run_hands_out_no_first_probe_and_decides_about_no_gate() {
    let waiting = after(fresh(), Command::OpenGate(GateActions::ALL));
    for state in [fresh(), waiting].map(|state| after(state, Command::Pause)) {
        for command in [Command::Start, Command::Approve, Command::Reject, Command::RequestChanges] {
            assert!(transition(state, command).is_err(), "{command:?}");
        }
    }
}

#[test]
fn a_gate_allows_what_it_says_and_nothing_else() {
    let approve_only = GateActions { approve: true, ..GateActions::default() };
    let waiting = after(fresh(), Command::OpenGate(approve_only));
    assert!(transition(waiting, Command::Approve).is_ok());
    for command in [Command::Reject, Command::RequestChanges, Command::Pause] {
        assert!(transition(waiting, command).is_err(), "{command:?}");
    }
    // Nobody could take the pause away again: it is refused rather than laid over the gate.
    let paused = RunState { is_paused: true, ..waiting };
    assert!(transition(paused, Command::Resume).unwrap_err().reason.contains("gate has to be decided"));
    assert_eq!(GateActions::parse(&approve_only.to_string()), approve_only);
    assert_eq!(GateActions::parse(&GateActions::ALL.to_string()), GateActions::ALL);
}

#[test]
fn an_approved_run_goes_on_where_it_was() {
    let running = after(fresh(), Command::Start);
    for state in [fresh(), running] {
        let waiting = after(state, Command::OpenGate(GateActions::ALL));
        assert_eq!(waiting.shown(), ShownStatus::AwaitingApproval);
        assert_eq!(after(waiting, Command::Approve), state);
    }
}

#[test]
fn a_rejected_run_fails_whatever_succeeded_and_is_not_reopened() {
    let waiting = after(after(fresh(), Command::Start), Command::OpenGate(GateActions::ALL));
    let rejected = after(waiting, Command::Reject);
    assert_eq!(rejected.stopped, Some(StopReason::Rejected));
    let ended = after(rejected, Command::Settle(ENDINGS));
    assert_eq!(ended.status, RunStatus::Failed);
    assert!(transition(ended, Command::Reopen).unwrap_err().reason.contains("was rejected"));
}

#[test]
fn a_run_whose_deadline_passed_can_be_reopened() {
    let stopped = after(after(fresh(), Command::Start), Command::Deadline);
    assert!(transition(stopped, Command::Reopen).is_err(), "what is queued is still being ended");
    let ended = after(stopped, Command::Settle(ENDINGS));
    assert_eq!(ended.status, RunStatus::CompletedWithErrors);
    assert_eq!(after(ended, Command::Reopen), after(fresh(), Command::Start));
}

#[test]
fn a_refusal_says_which_states_would_have_accepted_it() {
    for state in all_states() {
        for command in COMMANDS {
            if let Err(refusal) = transition(state, command) {
                let says = refusal.reason.contains(" can.") || refusal.reason.contains("it allows");
                assert!(says && refusal.reason.starts_with("The run"), "{}", refusal.reason);
            }
        }
    }
}

#[test]
fn a_command_is_offered_exactly_where_it_would_change_something() {
    for state in all_states() {
        for command in COMMANDS {
            let outcome = transition(state, command);
            let works_unchanged = matches!(command, Command::Reopen | Command::ChangeLimits);
            let is_of_use = outcome.is_ok_and(|(after, _)| after != state || works_unchanged);
            assert_eq!(blocked_because(state, command).is_none(), is_of_use, "{state:?} {command:?}");
        }
    }
}

#[test]
fn a_run_ends_by_how_its_probes_ended() {
    let running = after(fresh(), Command::Start);
    let ends = |succeeded, failed| {
        after(running, Command::Settle(Endings { succeeded, failed, cancelled: 0 })).status
    };
    assert_eq!(ends(5, 0), RunStatus::Completed);
    assert_eq!(ends(4, 1), RunStatus::CompletedWithErrors);
    assert_eq!(ends(0, 5), RunStatus::Failed);
    let cancelled = RunState { is_cancelled: true, ..running };
    assert_eq!(after(cancelled, Command::Settle(Endings::default())).status, RunStatus::Cancelled);
}

fn any_command() -> impl Strategy<Value = Command> {
    let endings = (0..3_u64, 0..3_u64, 0..3_u64).prop_map(|(succeeded, failed, cancelled)| Endings {
        succeeded,
        failed,
        cancelled,
    });
    let actions = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(approve, reject, request_changes, resume)| GateActions { approve, reject, request_changes, resume },
    );
    let plain = COMMANDS.to_vec();
    prop_oneof![
        8 => proptest::sample::select(plain),
        1 => actions.prop_map(Command::OpenGate),
        1 => endings.prop_map(Command::Settle),
    ]
}

proptest! {
    #[test]
    fn whatever_order_commands_come_in_the_promises_hold(
        commands in proptest::collection::vec(any_command(), 0..60),
    ) {
        let mut state = fresh();
        for command in commands {
            let Ok((after, events)) = transition(state, command) else { continue };
            prop_assert!(!state.is_cancelled || after.is_cancelled, "a cancel was taken back");
            let is_waiting = after.status == RunStatus::AwaitingApproval;
            prop_assert_eq!(is_waiting, after.gate.is_some(), "waits without a gate, or has one and does not");
            if state.status.is_terminal() && command != Command::Reopen {
                prop_assert_eq!(after, state, "an ended run changed");
            }
            if state.stopped == Some(StopReason::Rejected) {
                prop_assert_eq!(after.stopped, state.stopped, "a rejection was taken back");
            }
            prop_assert!(!state.is_started || after.is_started, "a run was not started any more");
            prop_assert!(after == state || !events.is_empty(), "a change without an event");
            if !is_decision(command) && command != Command::ChangeLimits {
                prop_assert_eq!(transition(after, command), Ok((after, vec![])), "a second effect");
            }
            state = after;
        }
    }
}
