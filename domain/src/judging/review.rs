//! The review list: what a judge could not read, looked through by a person.

use entity::{
    GateAction, GateKind, GateState, ReviewState, decision, gate, gate_decision, review as row, run,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    PaginatorTrait, QueryFilter, sea_query::Expr,
};
use serde_json::json;
use uuid::Uuid;

use super::{PROMPT_VERSION, start};
use crate::{
    auth::{Action, Actor, Resource, authorize},
    db::{Db, locked, now},
    decision::{JUDGE, Revision, append, by_hand, checked_reason, decided, lock, read_value},
    error::{Error, Result},
    event,
    lifecycle::NewEvent,
    lost_race::past_lost_races,
    queue::NewDecision,
    receipt::{self, Token},
    run::{FrozenRun, combination_of},
};

/// What somebody makes of a transcript on a review list.
#[derive(Clone, Copy, Debug)]
pub enum Reviewed<'a> {
    /// What can be read from the judge's raw answer is right.
    Approve,
    /// This is what it decided.
    Set(&'a str),
    /// It decides nothing.
    Leave,
}

/// A review as somebody gives it.
#[derive(Clone, Copy, Debug)]
pub struct Review<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// Of which line.
    pub review_id: Uuid,
    /// What.
    pub reviewed: Reviewed<'a>,
    /// Why, in words; not blank.
    pub reason: &'a str,
    /// The same token has no second effect.
    pub client_token: Option<&'a str>,
}

/// Decides a line of a review list: a decision is appended and in force. With the last line the
/// gate closes.
///
/// # Errors
/// `Conflict` where somebody was faster, `Invalid` where there is nothing to approve or the value is
/// none of the definition's, `NotFound`, `Forbidden`.
pub async fn review(db: &Db, asked: Review<'_>) -> Result<row::Model> {
    checked_reason(asked.reason)?;
    let found = row::Entity::find_by_id(asked.review_id).one(db.read()).await?;
    let found = found.ok_or_else(|| Error::not_found("review", asked.review_id))?;
    let frozen = FrozenRun::load(db, found.run_id).await?;
    authorize(asked.actor, Action::Control, Resource::Run(Some(frozen.run.created_by)))?;
    let transcript = crate::probe::transcript(db, found.transcript_id).await?;
    let decision = match asked.reviewed {
        Reviewed::Approve => {
            let value = found.value.as_deref().ok_or_else(|| {
                Error::invalid(
                    "action",
                    "Nothing can be read from the judge's answer; set the decision by hand.",
                )
            })?;
            let spec = &frozen.content.decision;
            let target = frozen.expansion.target_of(combination_of(transcript.scenario_id));
            let decision = decided(read_value(spec, value)?, spec, target, JUDGE, PROMPT_VERSION);
            NewDecision { reason: Some(asked.reason.to_owned()), ..decision }
        }
        Reviewed::Set(value) => by_hand(&frozen, &transcript, Some(value), asked.reason)?,
        Reviewed::Leave => by_hand(&frozen, &transcript, None, asked.reason)?,
    };
    past_lost_races(|| review_once(db, &asked, &found, &decision)).await
}

async fn review_once(
    db: &Db,
    asked: &Review<'_>,
    found: &row::Model,
    decision: &NewDecision,
) -> Result<row::Model> {
    let Review { actor, review_id, reviewed, reason, client_token } = *asked;
    let input = format!("{review_id}/{reviewed:?}/{reason}");
    let token = Token { client_token, command: "decideReview", input };
    let tx = db.begin_queue().await?;
    let standing = lock(&tx, &[found.transcript_id]).await?.into_iter().next();
    let standing = standing.ok_or_else(|| Error::not_found("transcript", found.transcript_id))?;
    if receipt::find(&tx, actor, &token).await?.is_some() {
        return read(&tx, review_id).await;
    }
    let is_approved = matches!(reviewed, Reviewed::Approve);
    let revision = Revision {
        of: &standing,
        decision: decision.clone(),
        decided_by: Some(actor.id),
        ai_call_id: is_approved.then_some(found.ai_call_id),
        is_in_force: true,
    };
    let ids = append(&tx, &[revision]).await?;
    // The run's row is what all that change the list wait for.
    let run = locked(run::Entity::find_by_id(found.run_id), &tx).one(&tx).await?;
    run.ok_or_else(|| Error::not_found("run", found.run_id))?;
    let current = read(&tx, review_id).await?;
    if current.state != ReviewState::Open {
        let state = current.state.as_str().replace('_', " ");
        return Err(Error::conflict(format!(
            "This is decided already: {state}. Correct the decision instead."
        )));
    }
    let state = match reviewed {
        Reviewed::Approve => ReviewState::Approved,
        Reviewed::Set(_) => ReviewState::Set,
        Reviewed::Leave => ReviewState::Left,
    };
    close(&tx, actor, &current, state).await?;
    let payload = json!({
        "reviewId": review_id, "transcriptId": found.transcript_id, "decisionId": ids.first(),
        "state": state.as_str(), "value": decision.value, "reason": reason,
    });
    event::append(&tx, found.run_id, Some(actor.id), vec![NewEvent { kind: "review.decided", payload }])
        .await?;
    receipt::keep(&tx, actor, &token, review_id).await?;
    let after = read(&tx, review_id).await?;
    tx.commit().await?;
    Ok(after)
}

async fn read(tx: &impl ConnectionTrait, id: Uuid) -> Result<row::Model> {
    row::Entity::find_by_id(id).one(tx).await?.ok_or_else(|| Error::not_found("review", id))
}

/// Closes a line, and with the last one its gate.
async fn close(tx: &DatabaseTransaction, actor: &Actor, line: &row::Model, state: ReviewState) -> Result<()> {
    row::ActiveModel {
        id: Set(line.id),
        state: Set(state),
        decided_by: Set(Some(actor.id)),
        decided_at: Set(Some(now())),
        ..Default::default()
    }
    .update(tx)
    .await?;
    let of_gate = row::Entity::find().filter(row::Column::GateId.eq(line.gate_id));
    if of_gate.filter(row::Column::State.eq(ReviewState::Open)).count(tx).await? > 0 {
        return Ok(());
    }
    let gate = gate::Entity::find_by_id(line.gate_id).one(tx).await?;
    match gate.filter(|gate| gate.state == GateState::Open) {
        Some(gate) => close_gate(tx, actor, &gate, GateAction::Approve, None).await.map(drop),
        None => Ok(()),
    }
}

/// Takes a transcript off the review list whose decision somebody has corrected; its probe is locked.
pub(crate) async fn close_reviewed(
    tx: &DatabaseTransaction,
    actor: &Actor,
    run_id: Uuid,
    decision: &decision::Model,
) -> Result<()> {
    let open = || {
        let of = row::Entity::find().filter(row::Column::TranscriptId.eq(decision.transcript_id));
        of.filter(row::Column::State.eq(ReviewState::Open))
    };
    if open().one(tx).await?.is_none() {
        return Ok(());
    }
    locked(run::Entity::find_by_id(run_id), tx).one(tx).await?;
    let state = if decision.value.is_some() { ReviewState::Set } else { ReviewState::Left };
    match open().one(tx).await? {
        Some(line) => close(tx, actor, &line, state).await,
        None => Ok(()),
    }
}

/// Closes a judge's gate, with who did it. The run's row is locked.
pub(super) async fn close_gate(
    tx: &DatabaseTransaction,
    actor: &Actor,
    gate: &gate::Model,
    action: GateAction,
    comment: Option<&str>,
) -> Result<gate::Model> {
    let (state, kind) = match action {
        GateAction::RequestChanges => (GateState::ChangesRequested, "gate.changes_requested"),
        GateAction::Approve | GateAction::Reject => (GateState::Approved, "gate.approved"),
    };
    gate::Entity::update_many()
        .col_expr(gate::Column::State, Expr::value(state))
        .col_expr(gate::Column::ClosedAt, Expr::value(now()))
        .filter(gate::Column::Id.eq(gate.id))
        .exec(tx)
        .await?;
    gate_decision::ActiveModel {
        id: Set(Uuid::now_v7()),
        gate_id: Set(gate.id),
        action: Set(action),
        decided_by: Set(actor.id),
        comment: Set(comment.map(Into::into)),
        new_budget_usd_micros: Set(None),
        created_at: Set(now()),
    }
    .insert(tx)
    .await?;
    let payload = json!({"gateId": gate.id, "kind": GateKind::Judge.as_str(), "comment": comment});
    event::append(tx, gate.run_id, Some(actor.id), vec![NewEvent { kind, payload }]).await?;
    gate::Entity::find_by_id(gate.id).one(tx).await?.ok_or_else(|| Error::not_found("gate", gate.id))
}

/// Decides about a judge's gate as a whole: what is open on its list stays unreadable, or is judged
/// again. The run's budget and row are locked.
pub(crate) async fn decide_gate(
    tx: &DatabaseTransaction,
    actor: &Actor,
    gate: &gate::Model,
    run: &run::Model,
    action: GateAction,
    comment: Option<&str>,
) -> Result<(run::Model, gate::Model)> {
    match action {
        GateAction::Reject => {
            return Err(Error::conflict(
                "A judge's gate holds nothing up, and cannot end the run: approve it to leave unreadable what is on its \
                 list, or request changes to have it judged again.",
            ));
        }
        GateAction::RequestChanges => start::set_aside(tx, gate).await?,
        GateAction::Approve => {
            row::Entity::update_many()
                .col_expr(row::Column::State, Expr::value(ReviewState::Left))
                .col_expr(row::Column::DecidedBy, Expr::value(actor.id))
                .col_expr(row::Column::DecidedAt, Expr::value(now()))
                .filter(row::Column::GateId.eq(gate.id))
                .filter(row::Column::State.eq(ReviewState::Open))
                .exec(tx)
                .await?;
        }
    }
    let closed = close_gate(tx, actor, gate, action, comment).await?;
    let after = match action {
        GateAction::RequestChanges => start::as_before(tx, actor, run.clone()).await?,
        _ => crate::run::read(tx, run.id).await?,
    };
    Ok((after, closed))
}
