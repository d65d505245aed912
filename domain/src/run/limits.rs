//! What of a run may change while it lives: budget, priority, deadline, calls at once.

use chrono::{DateTime, Utc};
use entity::{run, run_limit};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde_json::{Map, Value, json};

use super::{Commanded, Locks, apply_noting, begin};
use crate::{
    budget,
    config::Config,
    db::{Db, now},
    error::{Error, Fault, Result},
    lifecycle::{self, Command, RunState},
    lost_race::past_lost_races,
    receipt,
};

/// The most calls that a run may be allowed at once.
const PARALLEL_MAX: u32 = 100_000;

/// New limits of a run; None: as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitChanges {
    /// Micro-dollars. A budget can be raised and lowered, not taken away.
    pub budget_usd_micros: Option<i64>,
    /// Runs of higher priority are served first.
    pub priority: Option<i32>,
    /// When the run is ended.
    pub deadline_at: Option<DateTime<Utc>>,
    /// Calls in flight at once. Some(None): what its providers allow.
    pub parallel: Option<Option<u32>>,
}

/// What is wrong with limits, whatever the run.
pub(super) fn checked(
    deadline_at: Option<DateTime<Utc>>,
    parallel: Option<u32>,
    budget_usd_micros: Option<i64>,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut check = |is_right: bool, path: &str, message: &str| {
        if !is_right && let Error::Invalid(found) = Error::invalid(path, message) {
            faults.extend(found);
        }
    };
    check(
        deadline_at.is_none_or(|at| at > now()),
        "deadlineAt",
        "The deadline has passed already; give a later one.",
    );
    check(
        parallel.is_none_or(|calls| (1..=PARALLEL_MAX).contains(&calls)),
        "parallel",
        "Give 1 to 100,000 calls at once.",
    );
    check(
        budget_usd_micros.is_none_or(|limit| (1..=budget::LIMIT_MAX_USD_MICROS).contains(&limit)),
        "budgetUsd",
        "A budget lies above 0 and at most at 1,000,000,000 US dollars.",
    );
    faults
}

/// Changes limits of a run that is not over. What stays as it is leaves no trace.
///
/// # Errors
/// `Invalid`, `NotFound`, `Forbidden` (also where a budget would be a way around an approval), or
/// `Conflict` where the run is over or ending.
pub async fn set_limits(
    db: &Db,
    config: &Config,
    commanded: Commanded<'_>,
    changes: LimitChanges,
) -> Result<run::Model> {
    let mut faults = checked(changes.deadline_at, changes.parallel.flatten(), changes.budget_usd_micros);
    if changes.priority.is_some_and(|priority| !(-1_000..=1_000).contains(&priority))
        && let Error::Invalid(found) =
            Error::invalid("priority", "A priority lies between -1000 and 1000; 0 is usual.")
    {
        faults.extend(found);
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    past_lost_races(|| set_once(db, config, commanded, changes)).await
}

async fn set_once(
    db: &Db,
    config: &Config,
    commanded: Commanded<'_>,
    changes: LimitChanges,
) -> Result<run::Model> {
    let token = commanded.token("setRunLimits", format!("/{changes:?}"));
    let (tx, run, receipt) = begin(db, &commanded, &token, Locks::BudgetAndRun).await?;
    if receipt.is_some() {
        return Ok(run);
    }
    if let Some(reason) = limits_blocked_because(&run) {
        return Err(Error::conflict(reason));
    }
    let mut note = Map::new();
    change_row(&tx, &run, changes, &mut note).await?;
    if let Some(limit) = changes.budget_usd_micros {
        let before = budget::lock(&tx, run.id).await?.limit_usd_micros;
        if before != Some(limit) {
            budget::may_set(&tx, config, commanded.actor, &run, limit).await?;
            budget::set_limit(&tx, &run, limit).await?;
            note.insert("budgetUsdMicros".into(), json!({"from": before, "to": limit}));
        }
    }
    let after = if note.is_empty() {
        run
    } else {
        let actor = Some(commanded.actor.id);
        apply_noting(&tx, run.id, actor, Command::ChangeLimits, Value::Object(note)).await?
    };
    receipt::keep(&tx, commanded.actor, &token, after.id).await?;
    tx.commit().await?;
    Ok(after)
}

async fn change_row(
    tx: &impl ConnectionTrait,
    run: &run::Model,
    changes: LimitChanges,
    note: &mut Map<String, Value>,
) -> Result<()> {
    let row = run_limit::Entity::find_by_id(run.id).one(tx).await?;
    let row = row.ok_or_else(|| Error::not_found("run", run.id))?;
    let mut changed = run_limit::ActiveModel { run_id: Set(run.id), ..Default::default() };
    if let Some(priority) = changes.priority.filter(|priority| *priority != row.priority) {
        note.insert("priority".into(), json!({"from": row.priority, "to": priority}));
        changed.priority = Set(priority);
    }
    if let Some(at) = changes.deadline_at.filter(|at| Some(*at) != row.deadline_at) {
        note.insert("deadlineAt".into(), json!({"from": row.deadline_at, "to": at}));
        changed.deadline_at = Set(Some(at));
    }
    if let Some(parallel) = changes.parallel {
        let parallel = parallel.and_then(|calls| i32::try_from(calls).ok());
        if parallel != row.parallel {
            note.insert("parallel".into(), json!({"from": row.parallel, "to": parallel}));
            changed.parallel = Set(parallel);
        }
    }
    if !note.is_empty() {
        changed.update(tx).await?;
    }
    Ok(())
}

/// Why the limits of a run cannot be changed, as a sentence; None: they can.
pub fn limits_blocked_because(run: &run::Model) -> Option<String> {
    lifecycle::blocked_because(RunState::of(run), Command::ChangeLimits)
}
