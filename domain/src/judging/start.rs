//! Having a run judged again, alone: nothing is asked of its models.

use entity::{GateAction, GateKind, GateState, ReviewState, gate, review, run, run_judge};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    FromQueryResult, QueryFilter, sea_query::Expr,
};
use serde_json::json;
use uuid::Uuid;

use super::{NewJudge, enqueue, insert, of_run, review::close_gate};
use crate::{
    auth::Actor,
    config::Config,
    db::{Db, now, row},
    error::{Error, Result},
    event, fleet,
    lifecycle::NewEvent,
    lost_race::past_lost_races,
    receipt,
    registry::Tariffs,
    run::{self as runs, Chosen, Commanded, Locks, ModelChoice, resolve_judge},
};

/// Has what is unreadable in a run judged, by its judge or by another one; decisions by hand are
/// left alone. What is on its review list is judged again. Nothing is asked of the run's models.
///
/// # Errors
/// `Invalid` where the run has no judge and none is named, or it has a budget and the judge no price;
/// `Conflict` where nothing is unreadable, or a run without a judge goes on; `NotFound`, `Forbidden`.
pub async fn judge_run(
    db: &Db,
    config: &Config,
    commanded: Commanded<'_>,
    judge: Option<&NewJudge>,
) -> Result<run::Model> {
    if judge.is_some_and(|judge| judge.calls_max == Some(0)) {
        return Err(Error::invalid("judge.maxCalls", "A judge makes at least one call."));
    }
    let before = of_run(db.read(), commanded.run_id).await?;
    let wanted = judge.cloned().or_else(|| before.as_ref().map(as_asked));
    // Of a run that is not there it is said that there is none, not that it has no judge.
    runs::find(db, commanded.run_id).await?;
    let wanted = wanted.ok_or_else(|| {
        Error::invalid("judge", "The run was made without a judge; name the model that is to judge it.")
    })?;
    let is_worker_online = !fleet::online_workers(db, config.beat()).await?.is_empty();
    let chosen = resolve_judge(db, config, &wanted.model, is_worker_online, &mut Vec::new())
        .await?
        .map_err(|message| Error::invalid("judge.model", message))?;
    past_lost_races(|| judge_once(db, commanded, judge, &wanted, &chosen)).await
}

/// The judge of a run as somebody would ask for it again; None: it has none.
pub(crate) async fn asked_of(db: &Db, run_id: Uuid) -> Result<Option<NewJudge>> {
    Ok(of_run(db.read(), run_id).await?.as_ref().map(as_asked))
}

fn as_asked(row: &run_judge::Model) -> NewJudge {
    let model = ModelChoice {
        provider: Some(row.provider_id.clone()),
        model: row.model_id.clone(),
        version: row.model_version.clone(),
    };
    NewJudge { model, calls_max: row.calls_max.and_then(|most| u32::try_from(most).ok()) }
}

async fn judge_once(
    db: &Db,
    commanded: Commanded<'_>,
    asked: Option<&NewJudge>,
    wanted: &NewJudge,
    chosen: &Chosen,
) -> Result<run::Model> {
    let token = commanded.token("judgeRun", format!("/{asked:?}"));
    let (tx, run, receipt) = runs::begin(db, &commanded, &token, Locks::BudgetAndRun).await?;
    if receipt.is_some() {
        return Ok(run);
    }
    if of_run(&tx, run.id).await?.is_none() && !run.status.is_terminal() {
        return Err(Error::conflict(
            "The run was made without a judge and goes on; have it judged when it is over.",
        ));
    }
    if !has_unread(&tx, run.id).await? {
        return Err(Error::conflict("Nothing of the run is unreadable: there is nothing to judge."));
    }
    let purse = crate::budget::lock(&tx, run.id).await?;
    if purse.limit_usd_micros.is_some() && !has_price(&tx, chosen).await? {
        return Err(no_price(chosen));
    }
    let after = begin_again(&tx, commanded.actor, run, chosen, wanted.calls_max).await?;
    receipt::keep(&tx, commanded.actor, &token, after.id).await?;
    tx.commit().await?;
    Ok(after)
}

/// Why a judge without a price cannot work for a run with a budget.
pub(crate) fn no_price(chosen: &Chosen) -> Error {
    Error::invalid(
        "judge.model",
        format!(
            "A budget is not possible: {}/{}, the judge, has no price. Add one in probity.toml, or leave the budget out.",
            chosen.model.provider_id, chosen.model.id
        ),
    )
}

pub(crate) async fn has_price(connection: &impl ConnectionTrait, chosen: &Chosen) -> Result<bool> {
    let tariffs = Tariffs::at(connection, now()).await?;
    Ok(tariffs.of(&chosen.model.provider_id, &chosen.model.id).is_some())
}

/// Judges a run as it was judged last, at the request of somebody who sent its gate back. The run's
/// budget and row are locked.
pub(super) async fn as_before(
    tx: &DatabaseTransaction,
    actor: &Actor,
    run: run::Model,
) -> Result<run::Model> {
    let last = of_run(tx, run.id).await?.ok_or_else(|| Error::not_found("judge of the run", run.id))?;
    let payload = requested(&last.provider_id, &last.wire_model, last.attempt + 1);
    let again = run_judge::ActiveModel {
        id: Set(Uuid::now_v7()),
        run_id: Set(last.run_id),
        attempt: Set(last.attempt + 1),
        provider_id: Set(last.provider_id),
        model_id: Set(last.model_id),
        model_version: Set(last.model_version),
        wire_model: Set(last.wire_model),
        calls_max: Set(last.calls_max),
        prompt_version: Set(super::PROMPT_VERSION.into()),
        requested_by: Set(actor.id),
        created_at: Set(now()),
        is_reopened: Set(false),
        reopened_seq: Set(-1),
        stopped_at: Set(None),
        stop_category: Set(None),
        stop_message: Set(None),
    };
    again.insert(tx).await?;
    enqueue(tx, run.id).await?;
    event::append(tx, run.id, Some(actor.id), vec![payload]).await?;
    runs::read(tx, run.id).await
}

async fn begin_again(
    tx: &DatabaseTransaction,
    actor: &Actor,
    run: run::Model,
    chosen: &Chosen,
    calls_max: Option<u32>,
) -> Result<run::Model> {
    let open = gate::Entity::find()
        .filter(gate::Column::RunId.eq(run.id))
        .filter(gate::Column::Kind.eq(GateKind::Judge))
        .filter(gate::Column::State.eq(GateState::Open));
    if let Some(open) = open.one(tx).await? {
        set_aside(tx, &open).await?;
        close_gate(tx, actor, &open, GateAction::RequestChanges, None).await?;
    }
    let judge = insert(tx, run.id, actor, chosen, calls_max, false).await?;
    enqueue(tx, run.id).await?;
    let asked = requested(&judge.provider_id, &judge.wire_model, judge.attempt);
    event::append(tx, run.id, Some(actor.id), vec![asked]).await?;
    runs::read(tx, run.id).await
}

/// Takes what is open off a review list: it is judged again.
pub(super) async fn set_aside(tx: &DatabaseTransaction, gate: &gate::Model) -> Result<()> {
    review::Entity::update_many()
        .col_expr(review::Column::State, Expr::value(ReviewState::JudgedAgain))
        .col_expr(review::Column::DecidedAt, Expr::value(now()))
        .filter(review::Column::GateId.eq(gate.id))
        .filter(review::Column::State.eq(ReviewState::Open))
        .exec(tx)
        .await?;
    Ok(())
}

fn requested(provider_id: &str, wire_model: &str, attempt: i32) -> NewEvent {
    let payload = json!({"providerId": provider_id, "model": wire_model, "attempt": attempt});
    NewEvent { kind: "judge.requested", payload }
}

async fn has_unread(tx: &impl ConnectionTrait, run_id: Uuid) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Id {
        #[expect(dead_code, reason = "that there is one is what counts")]
        id: Uuid,
    }
    let sql = "SELECT p.id FROM probes AS p JOIN transcripts AS t ON t.probe_id = p.id AND t.is_complete
        WHERE p.run_id = $1 AND p.outcome IN ('unreadable', 'reading') AND NOT EXISTS (
            SELECT 1 FROM decisions AS d WHERE d.transcript_id = t.id AND d.is_in_force AND d.decided_by IS NOT NULL)
        LIMIT 1";
    Ok(row::<Id>(tx, sql, [run_id.into()]).await?.is_some())
}
