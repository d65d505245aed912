//! Putting counters right from a count, under the locks of those who change them.

use std::collections::BTreeSet;

use entity::{report, run, run_model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::counts::{set_counters, wrong_events, wrong_models};
use crate::{
    budget,
    db::{Db, execute, locked},
    error::Result,
    event,
    lifecycle::NewEvent,
    report as reports, run as runs,
};

/// What a repair has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// What was changed, a sentence each.
    pub changes: Vec<String>,
    /// Runs whose missing report was written.
    pub reports: Vec<Uuid>,
}

/// Sets every counter that is wrong to what a count gives, says so in the run's history, ends runs
/// that turn out to be over, and writes the reports that are missing or were made of wrong counters.
/// Safe while workers work. What cannot be counted anew (missing events, gates) is left as it is.
///
/// # Errors
/// `Unavailable` or `Database`; what was put right until then stays so.
pub async fn repair(db: &Db) -> Result<Repaired> {
    let mut suspects: BTreeSet<Uuid> = BTreeSet::new();
    suspects.extend(wrong_models(db.read(), None).await?.iter().map(|wrong| wrong.run_id));
    suspects.extend(wrong_events(db.read(), None).await?.iter().map(|wrong| wrong.id));
    suspects.extend(budget::wrong(db.read(), None).await?.iter().map(|wrong| wrong.run_id));
    let mut repaired = Repaired::default();
    for run_id in suspects {
        let changes = repair_run(db, run_id).await?;
        if !changes.is_empty() {
            runs::settle(db, run_id).await?;
        }
        repaired.changes.extend(changes);
    }
    for run_id in reports::missing(db).await? {
        reports::write(db, run_id).await?;
        repaired.reports.push(run_id);
    }
    Ok(repaired)
}

/// Counts one run again and corrects it. Whoever changes probes changes their counters in the same
/// transaction and needs these locks for that: while they are held, what is committed of the probes
/// is what is committed of the counters.
async fn repair_run(db: &Db, run_id: Uuid) -> Result<Vec<String>> {
    let tx = db.begin_queue().await?;
    // Budgets, models, the run: the order in which everybody takes them.
    budget::lock(&tx, run_id).await?;
    let models = run_model::Entity::find()
        .filter(run_model::Column::RunId.eq(run_id))
        .order_by_asc(run_model::Column::Id);
    locked(models, &tx).all(&tx).await?;
    let Some(run) = locked(run::Entity::find_by_id(run_id), &tx).one(&tx).await? else {
        return Ok(Vec::new());
    };
    let mut changes = Vec::new();
    for wrong in wrong_models(&tx, Some(run_id)).await? {
        set_counters(&tx, &wrong).await?;
        changes.push(wrong.to_string());
    }
    // What was paid is among what was just counted.
    for wrong in budget::wrong(&tx, Some(run_id)).await? {
        budget::set_counted(&tx, &wrong).await?;
        changes.push(wrong.to_string());
    }
    for wrong in wrong_events(&tx, Some(run_id)).await? {
        if let Some(right) = wrong.right() {
            let sql = "UPDATE runs SET event_seq = $2 WHERE id = $1";
            execute(&tx, sql, [run_id.into(), right.into()]).await?;
            changes.push(wrong.to_string());
        }
    }
    if changes.is_empty() {
        return Ok(changes);
    }
    event::append(
        &tx,
        run_id,
        None,
        vec![NewEvent { kind: "run.repaired", payload: json!({"changes": changes}) }],
    )
    .await?;
    forget_report(&tx, &run).await?;
    tx.commit().await?;
    Ok(changes)
}

/// A report that was made of wrong counters is made again.
async fn forget_report(tx: &impl ConnectionTrait, run: &run::Model) -> Result<()> {
    report::Entity::delete_many()
        .filter(report::Column::RunId.eq(run.id))
        .filter(report::Column::Revision.eq(run.ending_count))
        .exec(tx)
        .await?;
    Ok(())
}
