//! What a worker has seen of a lane: a copy of its state, and what is not reported yet.

use std::collections::VecDeque;

use domain::limits::{LaneState, ModelOutcome, Outcome, Report, Stated};
use entity::BreakerState;
use tokio::time::Instant;

use crate::pacer::Call;

/// Answers that are remembered until a fault asks for what was before it.
const OUTCOMES_KEPT: usize = 20;
/// See the module.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) state: Option<LaneState>,
    pub(crate) read_at: Option<Instant>,
    pub(crate) pending: Report,
    pub(crate) pending_tokens: (f64, f64),
    pub(crate) sent: VecDeque<Instant>,
}

impl Seen {
    pub(crate) fn has_token_limit(&self) -> bool {
        self.state.as_ref().is_some_and(|state| state.limits().tokens_per_minute.is_some())
    }

    pub(crate) fn note_outcome(&mut self, call: Call<'_>, fault: Option<(String, String)>) {
        let outcome = Outcome { probe_id: call.probe_id, is_fault: fault.is_some() };
        self.pending.outcomes.push(ModelOutcome { wire_model: call.wire_model.to_owned(), outcome, fault });
        let too_many = self.pending.outcomes.len() > OUTCOMES_KEPT;
        if too_many && self.pending.outcomes.iter().all(|seen| !seen.outcome.is_fault) {
            self.pending.outcomes.remove(0);
        }
    }

    /// True where the headers state what the row does not have yet.
    pub(crate) fn is_news(&self, stated: &Stated) -> bool {
        if stated.pause().is_some() {
            return true;
        }
        let Some(state) = &self.state else { return false };
        let pairs = [
            (stated.requests, state.row.stated_requests_per_minute),
            (stated.tokens, state.row.stated_tokens_per_minute),
        ];
        pairs.into_iter().any(|(window, known)| match window.is_tight() {
            Some(true) => window.per_minute() != known,
            Some(false) => known.is_some(),
            None => false,
        })
    }

    /// True where enough was answered for the slow start's next step.
    pub(crate) fn is_ramp_due(&self) -> bool {
        let row = self.state.as_ref().map(|state| &state.row);
        row.and_then(|row| row.learned_parallel)
            .is_some_and(|parallel| i64::from(self.pending.answered) * 4 >= i64::from(parallel))
    }

    /// True where the model's breaker is not closed or has faults to forget.
    pub(crate) fn is_troubled(&self, wire_model: &str) -> bool {
        let models = self.state.as_ref().map(|state| state.models.as_slice()).unwrap_or_default();
        models.iter().any(|row| {
            row.wire_model == wire_model && (row.fault_streak > 0 || row.breaker != BreakerState::Closed)
        })
    }

    pub(crate) fn has_to_report(&self) -> bool {
        let pending = &self.pending;
        let Some(state) = &self.state else { return false };
        let row = &state.row;
        let is_learning = row.learned_parallel.is_some()
            || row.learned_requests_per_minute.is_some()
            || row.limited_in_a_row > 0;
        pending.answered > 0 && (is_learning || self.has_token_limit())
            || pending.token_correction != 0.0
            || !pending.refusals.is_empty()
            || pending.stated.is_some()
    }

    /// Everything pending; answers alone are kept for the fault that may come.
    pub(crate) fn take_report(&mut self) -> Option<Report> {
        let mut report = std::mem::take(&mut self.pending);
        let troubled =
            report.outcomes.iter().any(|seen| seen.outcome.is_fault || self.is_troubled(&seen.wire_model));
        if !troubled {
            self.pending.outcomes = std::mem::take(&mut report.outcomes);
        }
        let (all, output) = std::mem::take(&mut self.pending_tokens);
        report.tokens = (all > 0.0).then_some((all, output));
        report.observed_per_minute = self.observed_per_minute();
        (!report.is_empty()).then_some(report)
    }

    pub(crate) fn observed_per_minute(&self) -> f64 {
        let Some(first) = self.sent.front() else { return 0.0 };
        self.sent.len() as f64 * 60.0 / first.elapsed().as_secs_f64().max(1.0)
    }
}
