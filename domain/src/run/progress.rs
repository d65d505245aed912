//! Progress: a read of a few rows, whatever the size of the run.

use std::collections::HashMap;

use entity::{run, run_model};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

use crate::{db::Db, error::Result};

/// Where the probes stand: planned = queued + running + succeeded + failed + cancelled, and
/// succeeded = decided + reading + unreadable + refused + content filter + truncated + empty.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// All probes.
    pub planned: i64,
    /// Not claimed yet, or waiting for another try.
    pub queued: i64,
    /// In flight.
    pub running: i64,
    /// With a complete transcript.
    pub succeeded: i64,
    /// Given up.
    pub failed: i64,
    /// Not claimed because the run was cancelled.
    pub cancelled: i64,
    /// A decision was read.
    pub decided: i64,
    /// A reader is still at it.
    pub reading: i64,
    /// No decision could be read.
    pub unreadable: i64,
    /// The model declined.
    pub refused: i64,
    /// The provider's filter stopped the answer.
    pub content_filter: i64,
    /// The answer reached the token limit.
    pub truncated: i64,
    /// The answer holds no text.
    pub empty: i64,
}

impl Ledger {
    /// A model's line of the ledger.
    fn of(row: &run_model::Model, running: i64) -> Self {
        let ended = row.succeeded_count + row.failed_count + row.cancelled_count;
        let read = row.decided_count
            + row.unreadable_count
            + row.refused_count
            + row.content_filter_count
            + row.truncated_count
            + row.empty_count;
        // Running is counted a moment after the ended ones were read: never more than there are.
        let running = running.min(row.planned_count - ended);
        Self {
            planned: row.planned_count,
            queued: row.planned_count - ended - running,
            running,
            succeeded: row.succeeded_count,
            failed: row.failed_count,
            cancelled: row.cancelled_count,
            decided: row.decided_count,
            reading: row.succeeded_count - read,
            unreadable: row.unreadable_count,
            refused: row.refused_count,
            content_filter: row.content_filter_count,
            truncated: row.truncated_count,
            empty: row.empty_count,
        }
    }

    /// Probes that will not change any more.
    pub fn ended(&self) -> i64 {
        self.succeeded + self.failed + self.cancelled
    }
}

impl std::iter::Sum for Ledger {
    fn sum<I: Iterator<Item = Self>>(lines: I) -> Self {
        lines.fold(Self::default(), |a, b| Self {
            planned: a.planned + b.planned,
            queued: a.queued + b.queued,
            running: a.running + b.running,
            succeeded: a.succeeded + b.succeeded,
            failed: a.failed + b.failed,
            cancelled: a.cancelled + b.cancelled,
            decided: a.decided + b.decided,
            reading: a.reading + b.reading,
            unreadable: a.unreadable + b.unreadable,
            refused: a.refused + b.refused,
            content_filter: a.content_filter + b.content_filter,
            truncated: a.truncated + b.truncated,
            empty: a.empty + b.empty,
        })
    }
}

/// How far one model of a run is.
#[derive(Clone, Debug)]
pub struct ModelProgress {
    /// The model's row.
    pub row: run_model::Model,
    /// Its ledger.
    pub ledger: Ledger,
}

/// How far a run is.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// In the order in which the run was asked for them.
    pub models: Vec<ModelProgress>,
}

impl Progress {
    /// The whole run's ledger.
    pub fn ledger(&self) -> Ledger {
        self.models.iter().map(|model| model.ledger).sum()
    }

    /// What the answers cost so far; models without a known price left out; None where
    /// no model has one.
    pub fn cost_usd_micros(&self) -> Option<i64> {
        self.models.iter().filter_map(|model| model.row.cost_usd_micros).reduce(|a, b| a + b)
    }
}

/// The progress of several runs in one statement: counters and what is in flight must be of one
/// moment, or a probe that ends between two looks would be shown as queued.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn progress_of(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, Progress>> {
    #[derive(FromQueryResult)]
    struct Counted {
        #[sea_orm(nested)]
        row: run_model::Model,
        running: i64,
    }
    let running = "(SELECT COUNT(*) FROM probes WHERE probes.status = 'running'
        AND probes.run_id = run_models.run_id AND probes.run_model_id = run_models.id)";
    let models = run_model::Entity::find()
        .expr_as(Expr::cust(running), "running")
        .filter(run_model::Column::RunId.is_in(run_ids.iter().copied()))
        .order_by_asc(run_model::Column::Ordinal)
        .into_model::<Counted>()
        .all(db.read())
        .await?;
    let mut progress: HashMap<Uuid, Progress> = run_ids.iter().map(|id| (*id, Progress::default())).collect();
    for Counted { row, running } in models {
        let ledger = Ledger::of(&row, running);
        progress.entry(row.run_id).or_default().models.push(ModelProgress { row, ledger });
    }
    Ok(progress)
}

/// When to ask for progress again, in milliseconds; None: the run is over.
pub fn poll_after_ms(run: &run::Model, usual: u32) -> Option<u32> {
    (!run.status.is_terminal()).then_some(usual.min(5_000))
}
