//! Opening gates, and closing those that nobody decided.

use entity::{GateKind, GateState, gate, run};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, sea_query::Expr,
};
use serde_json::json;
use uuid::Uuid;

use super::{actions_of, find::open_of};
use crate::{
    db::now,
    error::{Error, Result},
    lifecycle::{Command, NewEvent},
    run as runs,
};

/// Has a run wait for approval before it starts.
///
/// # Errors
/// `NotFound` or `Database`.
pub(crate) async fn open_approval_gate(
    tx: &impl ConnectionTrait,
    run_id: Uuid,
    reason: String,
) -> Result<()> {
    open(tx, run_id, GateKind::Approval, reason).await.map(drop)
}

/// Has a run wait because its next call does not fit its budget. Changes nothing where the run is
/// paused, cancelled or over: the question comes up again if it goes on.
///
/// # Errors
/// `NotFound` or `Database`.
pub(crate) async fn open_budget_gate(tx: &impl ConnectionTrait, run_id: Uuid, reason: String) -> Result<()> {
    open(tx, run_id, GateKind::Budget, reason).await.map(drop)
}

/// Has a run wait because every model of it that has something left to do is held: approving tries
/// them again, rejecting fails what is left of them. Returns false, and changes nothing, where the run
/// is paused, cancelled or over, or waits at a gate already.
///
/// # Errors
/// `NotFound` or `Database`.
pub async fn open_provider_gate(tx: &impl ConnectionTrait, run_id: Uuid) -> Result<bool> {
    let reason = "Every model of the run is held because its provider refuses it (credentials, quota or billing). \
                  Approve to try them again, or reject to fail the rest.";
    open(tx, run_id, GateKind::Provider, reason.into()).await
}

async fn open(tx: &impl ConnectionTrait, run_id: Uuid, kind: GateKind, reason: String) -> Result<bool> {
    let of_kind =
        gate::Entity::find().filter(gate::Column::RunId.eq(run_id)).filter(gate::Column::Kind.eq(kind));
    let attempt = i32::try_from(of_kind.count(tx).await?).unwrap_or(i32::MAX - 1) + 1;
    let (id, allowed) = (Uuid::now_v7(), actions_of(kind));
    let note = json!({
        "gateId": id, "kind": kind.as_str(), "attempt": attempt, "reason": reason,
        "allowedActions": allowed.to_string(),
    });
    if open_of(tx, run_id).await?.is_some() {
        return Ok(false);
    }
    match runs::apply_noting(tx, run_id, None, Command::OpenGate(allowed), note).await {
        Ok(_) => {}
        Err(Error::Conflict { .. }) => return Ok(false),
        Err(error) => return Err(error),
    }
    gate::ActiveModel {
        id: Set(id),
        run_id: Set(run_id),
        kind: Set(kind),
        state: Set(GateState::Open),
        attempt: Set(attempt),
        allowed_actions: Set(allowed.to_string()),
        reason: Set(reason),
        opened_at: Set(now()),
        closed_at: Set(None),
    }
    .insert(tx)
    .await?;
    Ok(true)
}

/// Closes the open gate of a run without a decision; returns the event that says so.
///
/// # Errors
/// `Database`.
pub(crate) async fn abort(tx: &impl ConnectionTrait, run_id: Uuid) -> Result<Option<NewEvent>> {
    let Some(open) = open_of(tx, run_id).await? else { return Ok(None) };
    gate::Entity::update_many()
        .col_expr(gate::Column::State, Expr::value(GateState::Aborted))
        .col_expr(gate::Column::ClosedAt, Expr::value(now()))
        .filter(gate::Column::Id.eq(open.id))
        .exec(tx)
        .await?;
    let payload = json!({"gateId": open.id, "kind": open.kind.as_str()});
    Ok(Some(NewEvent { kind: "gate.aborted", payload }))
}

/// A run that was never approved waits for that again: one that was sent back from its approval gate when it is
/// resumed, one that ended at it when it is reopened.
///
/// # Errors
/// `NotFound` or `Database`.
pub(crate) async fn ask_again(tx: &impl ConnectionTrait, run: run::Model) -> Result<run::Model> {
    let last = gate::Entity::find()
        .filter(gate::Column::RunId.eq(run.id))
        .filter(gate::Column::Kind.eq(GateKind::Approval))
        .order_by_desc(gate::Column::Attempt)
        .one(tx)
        .await?;
    let is_unapproved =
        |gate: &gate::Model| matches!(gate.state, GateState::ChangesRequested | GateState::Aborted);
    let Some(gate::Model { reason, .. }) = last.filter(is_unapproved) else { return Ok(run) };
    open(tx, run.id, GateKind::Approval, reason).await?;
    runs::read(tx, run.id).await
}
