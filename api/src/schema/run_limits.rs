//! What of a run may change while it lives.

use async_graphql::{Context, Result, SimpleObject};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    access::{present, rows},
    ids::usd,
    loaders::{BudgetOf, LimitsOf},
};

/// What of a run may change while it lives; `setRunLimits` changes it.
#[derive(SimpleObject)]
pub(crate) struct RunLimits {
    /// What it may cost; null: no budget.
    budget: Option<RunBudget>,
    /// Runs of higher priority are served first; 0 is usual.
    priority: i32,
    /// When it is ended: what is queued then fails.
    deadline_at: Option<DateTime<Utc>>,
    /// Calls in flight at once; null: what its providers allow.
    parallel: Option<i32>,
}

/// The money of a run, in US dollars. What is left for further calls is limit − reserved − spent.
#[derive(SimpleObject)]
pub(crate) struct RunBudget {
    /// What it may cost.
    limit_usd: f64,
    /// The worst case of the calls in flight.
    reserved_usd: f64,
    /// What was paid, with the worst case of calls that nobody has heard of since. Above the limit
    /// where a provider took more than it could by its own limits.
    spent_usd: f64,
}

impl RunLimits {
    pub(crate) async fn of(ctx: &Context<'_>, run_id: Uuid) -> Result<Self> {
        let limits = present(rows(ctx).load_one(LimitsOf(run_id)).await?, "run's limits")?;
        let budget = rows(ctx).load_one(BudgetOf(run_id)).await?;
        Ok(Self {
            budget: budget.and_then(|row| {
                Some(RunBudget {
                    limit_usd: usd(row.limit_usd_micros?),
                    reserved_usd: usd(row.reserved_usd_micros),
                    spent_usd: usd(row.spent_usd_micros),
                })
            }),
            priority: limits.priority,
            deadline_at: limits.deadline_at,
            parallel: limits.parallel,
        })
    }
}
