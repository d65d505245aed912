//! Gates: points at which a run waits for a person.

mod audit;
mod decide;
mod find;
mod open;

use entity::GateKind;

use crate::lifecycle::GateActions;

pub use decide::{Decision, blocked_because, decide};
pub use find::{OpenGates, decisions_of, find, list_open, of_runs};

pub(crate) use audit::disagreements;
pub(crate) use decide::carry_out;
pub(crate) use find::open_of;
pub use open::open_provider_gate;
pub(crate) use open::{abort, ask_again, open_approval_gate, open_budget_gate};

/// What a judge's gate allows: it holds nothing up, and so there is nothing to reject.
pub(crate) const JUDGE_ACTIONS: GateActions =
    GateActions { approve: true, reject: false, request_changes: true, resume: false };

/// What a gate of a kind allows.
fn actions_of(kind: GateKind) -> GateActions {
    match kind {
        // All kinds that hold a run may be decided in every way. Approving means: start, go on with a larger
        // budget, try the models again; rejecting: nothing more is asked, of a
        // provider's gate of the models that are held.
        GateKind::Approval | GateKind::Budget | GateKind::Provider => GateActions::ALL,
        GateKind::Judge => JUDGE_ACTIONS,
    }
}
