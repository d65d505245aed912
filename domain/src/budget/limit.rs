//! Setting a budget, at first or anew.

use entity::{
    GateKind, GateState, budget_reservation, definition_version, gate, model, run, run_budget, run_model,
    run_model_bound,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult,
    QueryFilter, QueryOrder, sea_query::Expr,
};
use uuid::Uuid;

use super::{
    Bounds, CallPrice, LIMIT_MAX_USD_MICROS, call_bounds, for_each, output_cap, reserve::smallest_next,
};
use crate::{
    auth::{Action, Actor, Resource, authorize},
    config::Config,
    db::{insert_all, row, rows},
    definition::Expansion,
    error::{Error, Result},
    judging,
    registry::Tariffs,
};

/// Sets a run's budget. Its row is locked already. What is in flight is reserved too where the
/// run had none before.
///
/// # Errors
/// `Invalid` with the way out where a model has no price or nothing bounds its output.
pub(crate) async fn set_limit(tx: &DatabaseTransaction, run: &run::Model, limit: i64) -> Result<()> {
    if !(1..=LIMIT_MAX_USD_MICROS).contains(&limit) {
        return Err(Error::invalid(
            "budgetUsd",
            "A budget lies above 0 and at most at 1,000,000,000 US dollars.",
        ));
    }
    let before = super::lock(tx, run.id).await?;
    let mut set = run_budget::Entity::update_many()
        .col_expr(run_budget::Column::LimitUsdMicros, Expr::value(limit))
        .filter(run_budget::Column::RunId.eq(run.id));
    if before.limit_usd_micros.is_none() {
        write_bounds(tx, run).await?;
        let (reserved, spent) = open_account(tx, run).await?;
        set = set
            .col_expr(run_budget::Column::ReservedUsdMicros, Expr::value(reserved))
            .col_expr(run_budget::Column::SpentUsdMicros, Expr::value(spent));
    }
    set.exec(tx).await?;
    Ok(())
}

/// Reserves what is in flight and counts what was spent. Claims that saw no budget are committed:
/// they share the lock that is held here.
async fn open_account(tx: &DatabaseTransaction, run: &run::Model) -> Result<(i64, i64)> {
    #[derive(FromQueryResult)]
    struct Flying {
        id: Uuid,
        run_model_id: Uuid,
        fence: i64,
        turn_count: i32,
    }
    #[derive(FromQueryResult)]
    struct Spent {
        spent: i64,
    }
    // Locked: one that is being finished at this moment is finished first, and counted below.
    let sql = format!(
        "SELECT id, run_model_id, fence, turn_count FROM probes WHERE run_id = $1 AND status = 'running'
         ORDER BY id{}",
        for_each(tx, " FOR UPDATE")
    );
    let flying: Vec<Flying> = rows(tx, sql, [run.id.into()]).await?;
    let bounds = Bounds::read(tx, flying.iter().map(|probe| probe.run_model_id)).await?;
    let mut reserved = 0;
    let held: Vec<_> = flying
        .iter()
        .map(|probe| {
            let worst_case = bounds.from(probe.run_model_id, probe.turn_count);
            reserved += worst_case;
            budget_reservation::ActiveModel {
                probe_id: Set(probe.id),
                fence: Set(probe.fence),
                run_id: Set(run.id),
                run_model_id: Set(probe.run_model_id),
                usd_micros: Set(worst_case),
                is_presumed: Set(false),
            }
        })
        .collect();
    insert_all(tx, &held).await?;
    let sql =
        "SELECT CAST(COALESCE(SUM(cost_usd_micros), 0) AS bigint) AS spent FROM run_models WHERE run_id = $1";
    let spent: Option<Spent> = row(tx, sql, [run.id.into()]).await?;
    // A judge's calls wait for this lock before they are noted.
    let judged = judging::costs_of(tx, &[run.id], None).await?.remove(&run.id).unwrap_or_default();
    let spent = spent.map_or(0, |row| row.spent) + judged.paid.unwrap_or(0) + judged.presumed;
    Ok((reserved + judged.held, spent))
}

/// Writes what each call of the run can cost at most.
async fn write_bounds(tx: &DatabaseTransaction, run: &run::Model) -> Result<()> {
    let version_id = run.definition_version_id.unwrap_or_default();
    let version = definition_version::Entity::find_by_id(version_id).one(tx).await?;
    let version = version.ok_or_else(|| Error::not_found("definition version", version_id))?;
    let content = crate::definition::from_stored(version.content)?;
    let expansion = Expansion::new(&content)
        .map_err(|_| Error::Internal(format!("the definition of run {} cannot be expanded", run.id)))?;
    let tariffs = Tariffs::at(tx, run.created_at).await?;
    let models = run_model::Entity::find()
        .filter(run_model::Column::RunId.eq(run.id))
        .order_by_asc(run_model::Column::Ordinal)
        .all(tx)
        .await?;
    let mut bounds = Vec::new();
    for row in models {
        let model =
            model::Entity::find_by_id((row.provider_id.clone(), row.model_id.clone())).one(tx).await?;
        let model = model.ok_or_else(|| Error::not_found("model", &row.model_id))?;
        let price = tariffs.of(&row.provider_id, &row.model_id);
        let max_tokens = run.max_tokens.and_then(|tokens| u32::try_from(tokens).ok());
        let (price, cap) = bounded(&model, price.map(CallPrice::worst), max_tokens)?;
        let calls = (0..).zip(call_bounds(&expansion, price, cap));
        bounds.extend(calls.map(|(turn, usd_micros)| run_model_bound::ActiveModel {
            run_model_id: Set(row.id),
            turn_index: Set(turn),
            usd_micros: Set(usd_micros),
        }));
    }
    insert_all(tx, &bounds).await
}

/// What bounds the calls of a model.
///
/// # Errors
/// `Invalid` with the way out where nothing does.
fn bounded(
    model: &model::Model,
    price: Option<CallPrice>,
    max_tokens: Option<u32>,
) -> Result<(CallPrice, u64)> {
    let name = format!("{}/{}", model.provider_id, model.id);
    let price = price.ok_or_else(|| {
        Error::invalid(
            "budgetUsd",
            format!(
                "A budget is not possible: {name} has no price. Add one in probity.toml, or leave it out."
            ),
        )
    })?;
    let cap = output_cap(max_tokens, model).ok_or_else(|| {
        Error::invalid(
            "budgetUsd",
            format!(
                "A budget is not possible: nothing bounds what an answer of {name} can cost. Set maxTokens when the \
                 run is made."
            ),
        )
    })?;
    Ok((price, cap))
}

/// Whether somebody may set this budget: a run that may cost more than may be spent without
/// asking has to be approved, and its budget must not be a way around that.
///
/// # Errors
/// `Forbidden`, naming who can.
pub(crate) async fn may_set(
    tx: &impl ConnectionTrait,
    config: &Config,
    actor: &Actor,
    run: &run::Model,
    limit: i64,
) -> Result<()> {
    let most = run.cost_high_usd_micros.map_or(limit, |high| high.min(limit));
    if most <= config.approval_threshold_usd_micros() {
        return Ok(());
    }
    let approved = gate::Entity::find()
        .filter(gate::Column::RunId.eq(run.id))
        .filter(gate::Column::Kind.eq(GateKind::Approval))
        .filter(gate::Column::State.eq(GateState::Approved))
        .one(tx)
        .await?;
    if approved.is_some() || authorize(actor, Action::Administer, Resource::Run(Some(run.created_by))).is_ok()
    {
        return Ok(());
    }
    Err(Error::Forbidden(format!(
        "A budget of more than {} USD takes an admin, because nobody has approved that this run costs as much.",
        config.approval_threshold_usd
    )))
}

/// Checks that after an approval at least one probe can be started.
///
/// # Errors
/// `Invalid`, naming the smallest budget that would do.
pub(crate) async fn check_next_fits(tx: &impl ConnectionTrait, run_id: Uuid) -> Result<()> {
    let purse = super::lock(tx, run_id).await?;
    let (Some(limit), Some(next)) = (purse.limit_usd_micros, smallest_next(tx, run_id).await?) else {
        return Ok(());
    };
    let needed = purse.spent_usd_micros + purse.reserved_usd_micros + next;
    if needed > limit {
        return Err(Error::invalid(
            "newBudgetUsd",
            format!(
                "No further probe fits a budget of {:.6} USD; give a new budget of at least {:.6} USD.",
                limit as f64 / 1e6,
                needed as f64 / 1e6
            ),
        ));
    }
    Ok(())
}
