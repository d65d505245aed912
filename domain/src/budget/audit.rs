//! Whether budgets agree with what they are made of.

use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::{
    db::{Db, rows},
    error::Result,
};

/// Compares every budget with what is held, paid and presumed. Returns what disagrees, in words.
pub(crate) async fn disagreements(db: &Db) -> Result<Vec<String>> {
    #[derive(FromQueryResult)]
    struct Wrong {
        run_id: Uuid,
        reserved: i64,
        held: i64,
        spent: i64,
        paid: i64,
    }
    let sum = |of: &str, table: &str, condition: &str| {
        format!(
            "CAST(COALESCE((SELECT SUM({of}) FROM {table} AS x WHERE x.run_id = b.run_id{condition}), 0) AS bigint)"
        )
    };
    let sql = format!(
        "SELECT * FROM (
             SELECT b.run_id, b.reserved_usd_micros AS reserved, b.spent_usd_micros AS spent, {held} + {asked} AS held,
                 {paid} + {presumed} + {judged} AS paid
             FROM run_budgets AS b WHERE b.limit_usd_micros IS NOT NULL) AS sums
         WHERE reserved <> held OR spent <> paid",
        held = sum("usd_micros", "budget_reservations", " AND NOT x.is_presumed"),
        paid = sum("cost_usd_micros", "run_models", ""),
        asked = sum("held_usd_micros", "ai_calls", ""),
        judged = sum("COALESCE(cost_usd_micros, 0) + presumed_usd_micros", "ai_calls", ""),
        presumed = sum("usd_micros", "budget_reservations", " AND x.is_presumed"),
    );
    let wrong: Vec<Wrong> = rows(db.read(), sql, []).await?;
    Ok(wrong
        .into_iter()
        .map(|Wrong { run_id, reserved, held, spent, paid }| {
            format!(
                "run {run_id}: of its budget {reserved} micro-dollars are reserved and {spent} spent, but {held} are \
                 held and {paid} were paid or are presumed"
            )
        })
        .collect())
}
