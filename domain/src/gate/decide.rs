//! Deciding about a gate: once, by whoever comes first.

use entity::{GateAction, GateKind, GateState, gate, gate_decision, run, user};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::Expr,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    auth::{Action, Actor, Resource, authorize},
    budget,
    config::Config,
    db::{Db, now},
    error::{Error, Result},
    judging,
    lifecycle::{self, Command, GateActions, RunState},
    limits,
    lost_race::past_lost_races,
    queue::{Job, enqueue_job},
    receipt,
    run::{self as runs, Commanded, Locks},
};

/// A decision as somebody gave it.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// About which gate.
    pub gate_id: Uuid,
    /// What.
    pub action: GateAction,
    /// With an approval: the run's budget from now on, in micro-dollars. None: as it is.
    pub new_budget_usd_micros: Option<i64>,
    /// Why, in words.
    pub comment: Option<&'a str>,
    /// The same token has no second effect.
    pub client_token: Option<&'a str>,
}

const COMMENT_MAX: usize = 10_000;

/// Decides about an open gate. Of two people at once one decides; the other is told who did.
///
/// # Errors
/// `Conflict` where the gate is decided or aborted, or its run is paused; `Invalid` where a budget
/// gate is approved with a budget into which nothing fits; `Forbidden`; `NotFound`.
pub async fn decide(db: &Db, config: &Config, decision: Decision<'_>) -> Result<(gate::Model, run::Model)> {
    past_lost_races(|| decide_once(db, config, decision)).await
}

async fn decide_once(db: &Db, config: &Config, decision: Decision<'_>) -> Result<(gate::Model, run::Model)> {
    let Decision { actor, gate_id, action, comment, client_token, .. } = decision;
    let found = super::find(db, gate_id).await?;
    checked(&decision)?;
    let commanded = Commanded { actor, run_id: found.run_id, client_token };
    let input = format!("/{gate_id}/{:?}/{comment:?}", decision.new_budget_usd_micros);
    let token = commanded.token(command_name(action), input);
    let locks = if found.kind == GateKind::Provider { Locks::All } else { Locks::BudgetAndRun };
    let (tx, run, receipt) = runs::begin(db, &commanded, &token, locks).await?;
    let gate = gate::Entity::find_by_id(gate_id).one(&tx).await?;
    let gate = gate.ok_or_else(|| Error::not_found("gate", gate_id))?;
    if receipt.is_some() {
        return Ok((gate, run));
    }
    may_decide(actor, action, gate.kind, &run)?;
    if gate.state != GateState::Open {
        return Err(closed(&tx, &gate).await?);
    }
    if let Some(limit) = decision.new_budget_usd_micros {
        budget::may_set(&tx, config, actor, &run, limit).await?;
        budget::set_limit(&tx, &run, limit).await?;
    }
    if action == GateAction::Approve && gate.kind == GateKind::Budget {
        budget::check_next_fits(&tx, run.id).await?;
    }
    let (after, closed) = match gate.kind {
        GateKind::Judge => judging::decide_gate(&tx, actor, &gate, &run, action, comment).await?,
        _ => carry_out(&tx, &decision, &gate, &run).await?,
    };
    receipt::keep(&tx, actor, &token, gate_id).await?;
    tx.commit().await?;
    Ok((closed, after))
}

fn checked(decision: &Decision<'_>) -> Result<()> {
    if let Some(comment) = decision.comment {
        crate::search::without_nul("comment", comment)?;
        if comment.len() > COMMENT_MAX {
            return Err(Error::invalid("comment", format!("A comment has at most {COMMENT_MAX} bytes.")));
        }
    }
    if decision.new_budget_usd_micros.is_some() && decision.action != GateAction::Approve {
        return Err(Error::invalid("newBudgetUsd", "Only an approval can set a new budget."));
    }
    Ok(())
}

/// What a decision about a gate of a kind is to its run, and what the gate is then.
fn effect(kind: GateKind, action: GateAction) -> (Command, GateState) {
    match (action, kind) {
        (GateAction::Approve, _) => (Command::Approve, GateState::Approved),
        (GateAction::Reject, GateKind::Provider) => (Command::RejectHeld, GateState::Rejected),
        (GateAction::Reject, _) => (Command::Reject, GateState::Rejected),
        (GateAction::RequestChanges, _) => (Command::RequestChanges, GateState::ChangesRequested),
    }
}

/// Writes the decision; the gate is open, and its run is locked, for a provider's gate its models too.
pub(crate) async fn carry_out(
    tx: &impl ConnectionTrait,
    decision: &Decision<'_>,
    gate: &gate::Model,
    run: &run::Model,
) -> Result<(run::Model, gate::Model)> {
    let Decision { actor, action, comment, .. } = *decision;
    let (command, state) = effect(gate.kind, action);
    let new_budget = decision.new_budget_usd_micros;
    let note = json!({
        "gateId": gate.id, "kind": gate.kind.as_str(), "comment": comment,
        "newBudgetUsdMicros": new_budget,
    });
    let after = runs::apply_noting(tx, run.id, Some(actor.id), command, note).await?;
    // Compare and set: the state is part of the condition, whatever was read before.
    let changed = gate::Entity::update_many()
        .col_expr(gate::Column::State, Expr::value(state))
        .col_expr(gate::Column::ClosedAt, Expr::value(now()))
        .filter(gate::Column::Id.eq(gate.id))
        .filter(gate::Column::State.eq(GateState::Open))
        .exec(tx)
        .await?;
    if changed.rows_affected != 1 {
        return Err(closed(tx, gate).await?);
    }
    gate_decision::ActiveModel {
        id: Set(Uuid::now_v7()),
        gate_id: Set(gate.id),
        action: Set(action),
        decided_by: Set(actor.id),
        comment: Set(comment.map(Into::into)),
        new_budget_usd_micros: Set(new_budget),
        created_at: Set(now()),
    }
    .insert(tx)
    .await?;
    match (gate.kind, action) {
        (GateKind::Provider, GateAction::Approve) => {
            limits::let_go(tx, actor, run.id).await?;
        }
        (GateKind::Provider, GateAction::Reject) => {
            limits::give_up(tx, actor, run.id).await?;
        }
        (_, GateAction::Reject) => {
            enqueue_job(tx, Job::CancelProbes(run.id)).await?;
        }
        _ => {}
    }
    let closed = gate::Entity::find_by_id(gate.id).one(tx).await?;
    Ok((after, closed.ok_or_else(|| Error::not_found("gate", gate.id))?))
}

/// Why a gate cannot be decided any more, naming who decided.
async fn closed(tx: &impl ConnectionTrait, gate: &gate::Model) -> Result<Error> {
    let decided =
        gate_decision::Entity::find().filter(gate_decision::Column::GateId.eq(gate.id)).one(tx).await?;
    Ok(match decided {
        Some(decision) => {
            let user = user::Entity::find_by_id(decision.decided_by).one(tx).await?;
            let who = user.map_or_else(|| "Somebody".into(), |user| user.name);
            let did = match decision.action {
                GateAction::Approve => "approved it",
                GateAction::Reject => "rejected it",
                GateAction::RequestChanges => "requested changes",
            };
            let at = decision.created_at.format("%Y-%m-%d %H:%M:%S UTC");
            Error::conflict(format!("The gate is decided: {who} {did} at {at}. A gate is decided once."))
        }
        None => Error::conflict("The run ended before anybody decided; there is nothing to decide any more."),
    })
}

/// An approval lets somebody spend more than anybody may without asking, so it takes an admin
/// (on loopback that is whoever sits there); everything else takes the run's owner or an admin.
fn may_decide(actor: &Actor, action: GateAction, kind: GateKind, run: &run::Model) -> Result<()> {
    let needs = match (kind, action) {
        (GateKind::Approval, GateAction::Approve) => Action::Administer,
        _ => Action::Control,
    };
    authorize(actor, needs, Resource::Run(Some(run.created_by)))
}

/// Why an actor cannot decide so about a gate now, as a sentence; None: they can.
pub fn blocked_because(
    actor: &Actor,
    gate: &gate::Model,
    run: &run::Model,
    action: GateAction,
) -> Option<String> {
    if let Err(error) = may_decide(actor, action, gate.kind, run) {
        return Some(error.to_string());
    }
    match gate.state {
        GateState::Open => {}
        GateState::Aborted => return Some("The run ended before anybody decided.".into()),
        state => return Some(format!("The gate is decided: {}.", state.as_str().replace('_', " "))),
    }
    let (command, _) = effect(gate.kind, action);
    let allowed = GateActions::parse(&gate.allowed_actions);
    if gate.kind == GateKind::Judge {
        let is_refused = action == GateAction::Reject;
        return is_refused.then(|| "A judge's gate holds nothing up: there is nothing to reject.".into());
    }
    lifecycle::blocked_because(RunState { gate: Some(allowed), ..RunState::of(run) }, command)
}

fn command_name(action: GateAction) -> &'static str {
    match action {
        GateAction::Approve => "approveGate",
        GateAction::Reject => "rejectGate",
        GateAction::RequestChanges => "requestChanges",
    }
}
