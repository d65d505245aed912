//! Whether budgets agree with what they are made of.

use std::fmt;

use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::{
    db::{Db, execute, rows},
    error::Result,
};

/// A budget that is not what it is made of, in micro-dollars.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct WrongBudget {
    pub(crate) run_id: Uuid,
    reserved: i64,
    /// What `reserved` should be.
    held: i64,
    spent: i64,
    /// What `spent` should be.
    paid: i64,
}

impl fmt::Display for WrongBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { run_id, reserved, held, spent, paid } = self;
        write!(
            f,
            "run {run_id}: of its budget {reserved} micro-dollars are reserved and {spent} spent, but {held} are held and \
             {paid} were paid or are presumed"
        )
    }
}

/// Compares every budget with what is held, paid and presumed. Returns what disagrees, in words.
pub(crate) async fn disagreements(db: &Db) -> Result<Vec<String>> {
    Ok(wrong(db.read(), None).await?.iter().map(ToString::to_string).collect())
}

/// Budgets that are wrong, of one run or of all.
///
/// # Errors
/// `Unavailable` or `Database`.
pub(crate) async fn wrong(
    connection: &impl ConnectionTrait,
    run_id: Option<Uuid>,
) -> Result<Vec<WrongBudget>> {
    let sum = |of: &str, table: &str, condition: &str| {
        format!(
            "CAST(COALESCE((SELECT SUM({of}) FROM {table} AS x WHERE x.run_id = b.run_id{condition}), 0) AS bigint)"
        )
    };
    let sql = format!(
        "SELECT * FROM (
             SELECT b.run_id, b.reserved_usd_micros AS reserved, b.spent_usd_micros AS spent, {held} + {asked} AS held,
                 {paid} + {presumed} + {judged} AS paid
             FROM run_budgets AS b WHERE b.limit_usd_micros IS NOT NULL{of_run}) AS sums
         WHERE reserved <> held OR spent <> paid",
        held = sum("usd_micros", "budget_reservations", " AND NOT x.is_presumed"),
        paid = sum("cost_usd_micros", "run_models", ""),
        asked = sum("held_usd_micros", "ai_calls", ""),
        judged = sum("COALESCE(cost_usd_micros, 0) + presumed_usd_micros", "ai_calls", ""),
        presumed = sum("usd_micros", "budget_reservations", " AND x.is_presumed"),
        of_run = run_id.map_or("", |_| " AND b.run_id = $1"),
    );
    rows(connection, sql, run_id.map(Into::into)).await
}

/// Sets a budget to what it is made of, under its lock.
///
/// # Errors
/// `Database`.
pub(crate) async fn set_counted(connection: &impl ConnectionTrait, wrong: &WrongBudget) -> Result<()> {
    let sql = "UPDATE run_budgets SET reserved_usd_micros = $2, spent_usd_micros = $3 WHERE run_id = $1";
    execute(connection, sql, [wrong.run_id.into(), wrong.held.into(), wrong.paid.into()]).await.map(drop)
}
