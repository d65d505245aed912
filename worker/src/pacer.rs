//! What this worker knows of a provider's limits, and what it tells the others.
//!
//! Rules and state are `domain::limits`'; this keeps a copy that is at most half a second old, so
//! that a lane without limits asks nobody, and gathers what calls showed into few reports.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{
    db::Db,
    limits::{self, LaneState, Refusal, Stated, StatedWindow},
};
use entity::BreakerState;
use providers::{ErrorCategory, ProviderError, ProviderReply, RateLimits, Window};
use tokio::{
    sync::Notify,
    time::{Instant, MissedTickBehavior, interval},
};
use uuid::Uuid;

use crate::seen::Seen;

/// How old the copy may be.
const FRESH: Duration = Duration::from_millis(500);
/// What can wait is reported this often.
const REPORT_EVERY: Duration = Duration::from_millis(100);
/// The time over which this worker's own rate is measured.
const RATE_WINDOW: Duration = Duration::from_secs(5);
/// How far ahead a turn takes its place in the line.
const TURN_AHEAD: Duration = Duration::from_secs(2);
/// The longest line in which a conversation stands beside the queue.
const TURN_WAIT_MAX: Duration = Duration::from_secs(20);
/// Output tokens of an answer where nothing is known.
const OUTPUT_TOKENS: f64 = 500.0;
/// A wait longer than this is one for another day.
const DAY_WAIT_MIN: Duration = Duration::from_secs(3_600);
/// Trials in vain after which a provider that answers with errors is taken to mean the probe.
const TRIALS_IN_VAIN: i32 = 20;

/// One call.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) probe_id: Uuid,
    pub(crate) wire_model: &'a str,
    /// Tokens that it was expected to take.
    pub(crate) estimate: f64,
    pub(crate) sent_at: Instant,
}

/// What a failed call means for its probe.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The fault may be the request's own.
    Usual,
    /// The provider is known to be failing: the try does not count. With the pause until the next
    /// trial where this call was one.
    Broken(Option<Duration>),
}

/// The limits of one lane as this worker sees them.
pub(crate) struct Pacer {
    db: Db,
    lane: String,
    seen: Mutex<Seen>,
    /// One report at a time: what comes meanwhile goes with the next.
    reporting: tokio::sync::Mutex<()>,
    changed: Notify,
}

impl Pacer {
    pub(crate) fn new(db: Db, lane: String) -> Self {
        Self {
            db,
            lane,
            seen: Mutex::default(),
            reporting: tokio::sync::Mutex::default(),
            changed: Notify::new(),
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the lane's state where the copy is too old.
    pub(crate) async fn refresh(&self) {
        if self.seen().read_at.is_some_and(|at| at.elapsed() < FRESH) {
            return;
        }
        match limits::state_of(&self.db, &self.lane).await {
            Ok(state) => self.learn(state),
            // The claim that follows meets the same outage and says so.
            Err(error) => tracing::debug!(lane = self.lane, %error, "the limits could not be read"),
        }
    }

    fn learn(&self, state: Option<LaneState>) {
        let mut seen = self.seen();
        seen.state = state;
        seen.read_at = Some(Instant::now());
    }

    /// Notes the lane's row as a claim found it.
    pub(crate) fn learn_row(&self, state: LaneState) {
        if let Some(known) = &mut self.seen().state {
            known.row = state.row;
            known.now = state.now;
        }
    }

    /// True where a claim has to ask for leave.
    pub(crate) fn is_governed(&self) -> bool {
        self.seen().state.as_ref().is_some_and(LaneState::is_governed)
    }

    /// Waits until something has changed that a claim should know of.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// A slot is free, or a limit has changed.
    pub(crate) fn wake(&self) {
        self.changed.notify_one();
    }

    /// The tokens that a claim reserves for each call.
    pub(crate) fn reserved_tokens(&self) -> f64 {
        self.seen().state.as_ref().map_or(0.0, |state| limits::call_tokens(&state.row))
    }

    /// The tokens that a call will take: its text, and an answer of usual length.
    pub(crate) fn estimate(&self, prompt_bytes: usize, output_max: Option<u32>) -> f64 {
        let usual = self.seen().state.as_ref().and_then(|state| state.row.mean_output_tokens);
        prompt_bytes as f64 / 3.0 + output_max.map_or(usual.unwrap_or(OUTPUT_TOKENS), f64::from)
    }

    /// Corrects what a claim reserved for a call by what it will take.
    pub(crate) fn correct(&self, tokens: f64) {
        let mut seen = self.seen();
        if seen.has_token_limit() {
            seen.pending.token_correction += tokens;
        }
    }

    /// Waits for leave to ask the next turn of a conversation. False: that would take so long that
    /// the probe waits better in the queue, where it occupies nobody and is seen to wait.
    pub(crate) async fn turn(&self, tokens: f64) -> bool {
        loop {
            self.refresh().await;
            if !self.is_governed() {
                return true;
            }
            match limits::take_turn(&self.db, &self.lane, tokens, TURN_AHEAD).await {
                Ok(wait) if wait <= TURN_AHEAD => {
                    tokio::time::sleep(wait).await;
                    return true;
                }
                Ok(wait) if wait > TURN_WAIT_MAX => return false,
                // What was raised or lowered meanwhile counts at the next look.
                Ok(_) => tokio::time::sleep(TURN_AHEAD / 2).await,
                Err(error) => {
                    // The turn before is committed; a limiter that cannot be asked must not lose it.
                    tracing::debug!(lane = self.lane, %error, "the limiter could not be asked");
                    return true;
                }
            }
        }
    }

    /// A call is being sent.
    pub(crate) fn sent(&self) {
        let mut seen = self.seen();
        let now = Instant::now();
        seen.sent.push_back(now);
        while seen.sent.front().is_some_and(|at| now.duration_since(*at) > RATE_WINDOW)
            || seen.sent.len() > 50_000
        {
            seen.sent.pop_front();
        }
    }

    /// A call was answered.
    pub(crate) async fn answered(&self, call: Call<'_>, reply: &ProviderReply) {
        let is_urgent = {
            let mut seen = self.seen();
            let stated = stated_of(&reply.limits);
            let usage = reply.usage.input.zip(reply.usage.output);
            if let Some((input, output)) = usage {
                let (all, output) = ((input + output) as f64, output as f64);
                seen.pending_tokens.0 += all;
                seen.pending_tokens.1 += output;
                if seen.has_token_limit() {
                    seen.pending.token_correction += all - call.estimate;
                }
            }
            seen.pending.answered += 1;
            seen.note_outcome(call, None);
            if seen.is_news(&stated) {
                seen.pending.stated = Some(stated);
            }
            seen.pending.stated.is_some() || seen.is_ramp_due() || seen.is_troubled(call.wire_model)
        };
        if is_urgent {
            self.report().await;
        }
    }

    /// A call failed. `pause`: how long to wait where it was refused, given how many refusals there
    /// were in a row.
    pub(crate) async fn failed(
        &self,
        call: Call<'_>,
        error: &ProviderError,
        pause: impl FnOnce(u32) -> Duration,
    ) -> (Standing, Duration) {
        let is_of_a_day = is_of_a_day(error);
        let mut wait = Duration::ZERO;
        {
            let mut seen = self.seen();
            if error.category == ErrorCategory::RateLimited || is_of_a_day {
                let in_a_row =
                    seen.state.as_ref().map_or(0, |state| state.row.limited_in_a_row.unsigned_abs());
                wait = pause(in_a_row);
                seen.pending.refusals.push(Refusal {
                    wire_model: call.wire_model.to_owned(),
                    age: call.sent_at.elapsed(),
                    pause: wait,
                    is_of_a_day,
                    is_told: error.retry_after.is_some(),
                    message: error.message.clone(),
                });
                if seen.has_token_limit() {
                    seen.pending.token_correction -= call.estimate;
                }
            }
            let is_fault = is_fault(error.category);
            let fault = is_fault.then(|| (error.category.to_string(), error.message.clone()));
            seen.note_outcome(call, fault);
            let stated = stated_of(&error.limits);
            if stated != Stated::default() && error.category == ErrorCategory::RateLimited {
                seen.pending.stated = Some(stated);
            }
            if !is_fault && seen.pending.refusals.is_empty() && !seen.is_troubled(call.wire_model) {
                return (Standing::Usual, wait);
            }
        }
        let was_trial = self.is_trial(call);
        self.report().await;
        (self.standing(call, error.category, was_trial), wait)
    }

    fn is_trial(&self, call: Call<'_>) -> bool {
        let seen = self.seen();
        let row = seen
            .state
            .as_ref()
            .and_then(|state| state.models.iter().find(|row| row.wire_model == call.wire_model));
        row.is_some_and(|row| row.trial_probe_id == Some(call.probe_id))
    }

    fn standing(&self, call: Call<'_>, category: ErrorCategory, was_trial: bool) -> Standing {
        let seen = self.seen();
        let Some(state) = &seen.state else { return Standing::Usual };
        let row = state.models.iter().find(|row| row.wire_model == call.wire_model);
        let Some(row) = row.filter(|row| is_fault(category) && row.breaker != BreakerState::Closed) else {
            return Standing::Usual;
        };
        // A provider that answers each trial with an error for so long may be right about this
        // probe: it must not try for ever.
        let is_answer = matches!(category, ErrorCategory::Server | ErrorCategory::Timeout);
        if was_trial && is_answer && row.trial_count >= TRIALS_IN_VAIN {
            return Standing::Usual;
        }
        let until = row.retry_at.filter(|_| was_trial).map(|at| {
            let left = at.timestamp_millis() as f64 / 1_000.0 - state.now;
            Duration::try_from_secs_f64(left.max(0.0)).unwrap_or_default()
        });
        Standing::Broken(until)
    }

    /// Reports what is pending, all of it at once.
    async fn report(&self) {
        let _turn = self.reporting.lock().await;
        let Some(report) = self.seen().take_report() else { return };
        match limits::report(&self.db, &self.lane, &report).await {
            Ok(state) => {
                self.learn(Some(state));
                self.wake();
            }
            Err(error) => {
                tracing::warn!(lane = self.lane, %error, "what a provider said of its limits could not be shared");
            }
        }
    }

    /// Reports what can wait, until it is dropped.
    pub(crate) async fn report_now_and_then(&self) {
        let mut ticks = interval(REPORT_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if self.seen().has_to_report() {
                self.report().await;
            }
        }
    }
}

/// Faults of the provider's side: another request would meet them too.
fn is_fault(category: ErrorCategory) -> bool {
    matches!(
        category,
        ErrorCategory::Server
            | ErrorCategory::Overloaded
            | ErrorCategory::Timeout
            | ErrorCategory::Connection
    )
}

/// True where a quota of a day is used up: told so, or to wait for hours.
pub(crate) fn is_of_a_day(error: &ProviderError) -> bool {
    let words = error.message.to_ascii_lowercase();
    let names_a_day = ["per day", "perday", "per-day", "per_day", "daily", "/day", "rpd", "tpd"]
        .iter()
        .any(|word| words.contains(word));
    match error.category {
        ErrorCategory::RateLimited => {
            names_a_day || error.retry_after.is_some_and(|wait| wait > DAY_WAIT_MIN)
        }
        ErrorCategory::Quota => names_a_day,
        _ => false,
    }
}

fn stated_of(limits: &RateLimits) -> Stated {
    let window = |window: Window| StatedWindow {
        limit: window.limit,
        remaining: window.remaining,
        reset: window.reset,
    };
    Stated { requests: window(limits.requests), tokens: window(limits.tokens) }
}
