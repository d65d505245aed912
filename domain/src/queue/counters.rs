//! The counters of a run's models. They equal a count over its probes at every commit.

use std::collections::BTreeMap;

use entity::ProbeOutcome;
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use super::NewTurn;
use crate::{db::row, error::Result, limits};

/// What is added to the counters of one model of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ModelDelta {
    pub(crate) succeeded: i64,
    pub(crate) failed: i64,
    pub(crate) cancelled: i64,
    pub(crate) decided: i64,
    pub(crate) unreadable: i64,
    pub(crate) refused: i64,
    pub(crate) content_filter: i64,
    pub(crate) truncated: i64,
    pub(crate) empty: i64,
    pub(crate) input_tokens: i64,
    pub(crate) output_tokens: i64,
    pub(crate) cost_usd_micros: Option<i64>,
    /// Errors of the account since the last answer, with the words of the latest.
    pub(crate) account_errors: i32,
    pub(crate) account_error: Option<(String, String)>,
    /// Changes of decisions and scores after their first reading.
    pub(crate) reading_revisions: i64,
}

impl ModelDelta {
    /// Adds what an answered turn used. Unknown stays unknown: it is not 0.
    pub(crate) fn add_turn(&mut self, turn: &NewTurn) {
        self.input_tokens += turn.input_tokens.unwrap_or(0);
        self.output_tokens += turn.output_tokens.unwrap_or(0);
        if let Some(cost) = turn.cost_usd_micros {
            self.cost_usd_micros = Some(self.cost_usd_micros.unwrap_or(0) + cost);
        }
    }

    /// Notes an error that ended a try; those of the account hold the model when they repeat.
    pub(crate) fn add_error(&mut self, category: &str, message: &str) {
        if limits::is_of_the_account(category) {
            self.account_errors += 1;
            self.account_error = Some((category.to_owned(), message.to_owned()));
        }
    }

    /// Counts one probe that succeeded.
    pub(crate) fn count(&mut self, outcome: ProbeOutcome) {
        self.succeeded += 1;
        self.account_errors = 0;
        self.add(outcome, 1);
    }

    /// Moves one probe that succeeded from one line of the ledger to another.
    pub(crate) fn move_one(&mut self, from: ProbeOutcome, to: ProbeOutcome) {
        self.add(from, -1);
        self.add(to, 1);
    }

    fn add(&mut self, outcome: ProbeOutcome, count: i64) {
        match outcome {
            ProbeOutcome::Decided => self.decided += count,
            // What is still being read is the rest of the succeeded ones.
            ProbeOutcome::Reading => {}
            ProbeOutcome::Unreadable => self.unreadable += count,
            ProbeOutcome::Refused => self.refused += count,
            ProbeOutcome::ContentFilter => self.content_filter += count,
            ProbeOutcome::Truncated => self.truncated += count,
            ProbeOutcome::Empty => self.empty += count,
        }
    }
}

/// Adds to the counters, locking the rows in sorted order so that two batches never wait for
/// each other in a circle. Returns the runs of which a model has nothing left to do.
pub(crate) async fn add_to_counters(
    tx: &impl ConnectionTrait,
    deltas: &BTreeMap<Uuid, ModelDelta>,
) -> Result<Vec<Uuid>> {
    #[derive(FromQueryResult)]
    struct Left {
        run_id: Uuid,
        left_count: i64,
    }
    let mut done = Vec::new();
    for (run_model_id, delta) in deltas.iter().filter(|(_, delta)| **delta != ModelDelta::default()) {
        let sql = "UPDATE run_models SET
                succeeded_count = succeeded_count + $2, failed_count = failed_count + $3,
                cancelled_count = cancelled_count + $4, decided_count = decided_count + $5,
                unreadable_count = unreadable_count + $6, refused_count = refused_count + $7,
                content_filter_count = content_filter_count + $8, truncated_count = truncated_count + $9,
                empty_count = empty_count + $10, input_tokens = input_tokens + $11,
                output_tokens = output_tokens + $12, 
                cost_usd_micros = CASE WHEN $13 IS NULL THEN cost_usd_micros
                                       ELSE COALESCE(cost_usd_micros, 0) + $13 END,
                hold_streak = CASE WHEN $2 > 0 THEN 0 ELSE hold_streak END + $14,
                reading_revision = reading_revision + $15
            WHERE id = $1
            RETURNING run_id, planned_count - succeeded_count - failed_count - cancelled_count AS left_count";
        let values = [
            (*run_model_id).into(),
            delta.succeeded.into(),
            delta.failed.into(),
            delta.cancelled.into(),
            delta.decided.into(),
            delta.unreadable.into(),
            delta.refused.into(),
            delta.content_filter.into(),
            delta.truncated.into(),
            delta.empty.into(),
            delta.input_tokens.into(),
            delta.output_tokens.into(),
            delta.cost_usd_micros.into(),
            delta.account_errors.into(),
            delta.reading_revisions.into(),
        ];
        let left: Option<Left> = row(tx, sql, values).await?;
        done.extend(left.filter(|left| left.left_count == 0).map(|left| left.run_id));
    }
    done.sort_unstable();
    done.dedup();
    Ok(done)
}
