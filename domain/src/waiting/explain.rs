//! What stands in the way, in words.

use chrono::{DateTime, Utc};
use entity::{BreakerState, StopReason, probe};
use uuid::Uuid;

use super::{LaneScene, ModelScene, Obstacle, Reason, Scene, Waiting, reason, waiting_because};
use crate::limits::{self, InForce, LaneState, LimitSource, seconds};

/// What of a probe, or of the next probe of a model, matters beside its model.
struct Next<'a> {
    run_at: Option<DateTime<Utc>>,
    error_category: Option<&'a str>,
    error_message: Option<&'a str>,
    /// Turns that are paid for already.
    turn_count: i32,
}

impl Scene {
    /// Why a queued probe waits; None: its model is not in the scene.
    pub(super) fn probe_waits_because(&self, probe: &probe::Model) -> Option<Reason> {
        let model = self.models.get(*self.by_id.get(&probe.run_model_id)?)?;
        let next = Next {
            run_at: Some(probe.run_at),
            error_category: probe.error_category.as_deref(),
            error_message: probe.error_message.as_deref(),
            turn_count: probe.turn_count,
        };
        waiting_because(&self.waiting(model, &next))
    }

    /// Why what is queued of a model waits; None: nothing is.
    pub(crate) fn model_waits_because(&self, model: &ModelScene) -> Option<Reason> {
        if model.status.is_terminal() || model.queued_count() <= 0 {
            return None;
        }
        let next = Next { run_at: model.next_at, error_category: None, error_message: None, turn_count: 0 };
        waiting_because(&self.waiting(model, &next))
    }

    /// Why a run stands still as a whole; None: it moves, or is over.
    pub(crate) fn run_waits_because(&self, run_id: Uuid) -> Option<Reason> {
        let open = self.models.iter().filter(|model| model.run_id == run_id && model.queued_count() > 0);
        let reasons: Vec<Option<Reason>> = open.map(|model| self.model_waits_because(model)).collect();
        let now = self
            .models
            .first()
            .and_then(|model| DateTime::from_timestamp_millis((model.now * 1_000.0) as i64))?;
        reason::run_waits_because(&reasons, now)
    }

    fn waiting(&self, model: &ModelScene, next: &Next<'_>) -> Waiting {
        let lane = self.lane(&model.lane);
        let backoff = next.run_at.filter(|at| seconds(*at) > model.now);
        let is_told = next.error_category == Some("rate_limited");
        let told = backoff.filter(|_| is_told).map(|at| {
            let message = format!("{} refused the last call as one too many; {}", model.lane, AT_NO_COST);
            Obstacle::until(message, Some(at))
        });
        Waiting {
            cancelled: cancelled(model),
            paused: model.paused_at.map(|_| Obstacle::new("The run is paused; resume it to go on.")),
            gate: self.gates.get(&model.run_id).map(|gate| Obstacle::new(gate.reason.clone())),
            hold: hold(model),
            budget: self.budget(model, next.turn_count),
            breaker: lane.state.as_ref().and_then(|state| breaker(state, model)),
            rate_limit: lane.state.as_ref().and_then(|state| rate_limit(state, model)).or(told),
            backoff: backoff.map(|at| backing_off(at, next.error_message)),
            no_worker: (lane.worker_count == 0).then(|| Obstacle::new(no_worker(&model.lane))),
            others_first: Some(Obstacle::new(in_line(lane, model))),
        }
    }

    fn budget(&self, model: &ModelScene, turn_count: i32) -> Option<Obstacle> {
        let limit = model.limit_usd_micros?;
        let worst_case = self.bounds.from(model.id, turn_count);
        let unspent = limit.saturating_sub(model.spent_usd_micros.unwrap_or(0));
        let reserved = model.reserved_usd_micros.unwrap_or(0);
        if worst_case <= unspent.saturating_sub(reserved) {
            return None;
        }
        let usd = |micros: i64| format!("{:.6}", micros.max(0) as f64 / 1e6);
        let (cost, left) = (usd(worst_case), usd(unspent.saturating_sub(reserved)));
        Some(Obstacle::new(match worst_case <= unspent {
            true => format!(
                "It can cost up to {cost} USD, and the run's budget has {left} USD left beside what calls in flight \
                 have reserved. What they do not use becomes free when they end."
            ),
            false => format!(
                "It can cost up to {cost} USD, and the run's budget has {left} USD left; raise the budget to go on."
            ),
        }))
    }
}

const AT_NO_COST: &str = "waiting costs no try.";

fn cancelled(model: &ModelScene) -> Option<Obstacle> {
    if model.cancelled_at.is_some() {
        return Some(Obstacle::new("The run was cancelled; the probe will not be asked."));
    }
    model.stopped_at?;
    Some(Obstacle::new(match model.stop_reason {
        Some(StopReason::Deadline) => "The run's deadline has passed; the probe will not be asked.",
        _ => "The run was rejected; the probe will not be asked.",
    }))
}

fn hold(model: &ModelScene) -> Option<Obstacle> {
    model.held_at?;
    if model.given_up_at.is_some() {
        return Some(Obstacle::new("The model was given up; what is left of it fails."));
    }
    let category = model.held_category.as_deref().unwrap_or("auth");
    let words = model.held_message.as_deref().unwrap_or_default();
    Some(Obstacle::new(format!("{} says: {} {}", model.lane, sentence(words), limits::advice(category))))
}

fn breaker(state: &LaneState, model: &ModelScene) -> Option<Obstacle> {
    let row = state.models.iter().find(|row| row.wire_model == model.wire_model)?;
    if row.breaker == BreakerState::Closed {
        return None;
    }
    let fault = row.fault_message.as_deref().or(row.fault_category.as_deref()).unwrap_or("no answer");
    let message = format!(
        "{} fails ({}). One probe at a time finds out whether it is back; {AT_NO_COST}",
        model.lane,
        fault.trim_end_matches('.')
    );
    Some(Obstacle::until(message, row.retry_at.filter(|at| seconds(*at) > state.now)))
}

fn rate_limit(state: &LaneState, model: &ModelScene) -> Option<Obstacle> {
    let lane = &model.lane;
    if let Some((until, reason, words)) = state.cooldown() {
        let message = match (reason, words) {
            ("exhausted", _) => format!("{lane} states that nothing of its limit is left for now."),
            (_, Some(words)) => format!("{lane} asks for a pause: {}", sentence(words)),
            (_, None) => format!("{lane} asks for a pause."),
        };
        return Some(Obstacle::until(message, Some(until)));
    }
    let row = state.models.iter().find(|row| row.wire_model == model.wire_model);
    let quota = row.and_then(|row| Some((row.cooldown_until?, row.cooldown_message.as_deref())));
    if let Some((until, words)) = quota.filter(|(until, _)| seconds(*until) > state.now) {
        let message = format!("The quota of the day is used up: {}", sentence(words.unwrap_or("429")));
        return Some(Obstacle::until(message, Some(until)));
    }
    let pace = state.pace()?;
    let message = format!(
        "{lane} is sent at most {} {} ({}), and that is used up for now.",
        number(pace.limit.value),
        pace.what,
        source(pace.limit)
    );
    Some(Obstacle::until(message, Some(pace.until)))
}

fn backing_off(at: DateTime<Utc>, words: Option<&str>) -> Obstacle {
    let message = match words {
        Some(words) => format!("The last try failed: {} The next one comes after a pause.", sentence(words)),
        None => "The last try failed; the next one comes after a pause.".to_owned(),
    };
    Obstacle::until(message, Some(at))
}

fn no_worker(lane: &str) -> String {
    format!("No worker that is online has a key for {lane}; start one that has.")
}

fn in_line(lane: &LaneScene, model: &ModelScene) -> String {
    let parallel = lane.state.as_ref().and_then(|state| state.limits().parallel);
    let is_full = parallel.filter(|limit| lane.in_flight as f64 >= limit.value);
    let own = model.parallel.filter(|limit| model.run_running_count >= Some(i64::from(*limit)));
    if lane.priority_max > Some(model.priority) {
        "A run of higher priority is served first.".into()
    } else if let Some(limit) = own {
        format!("The run may have {limit} calls in flight at once, and it has.")
    } else if let Some(limit) = is_full {
        let (lane, count) = (&model.lane, number(limit.value));
        format!("{lane} may have {count} calls in flight at once ({}), and it has.", source(limit))
    } else {
        "It is in line: its turn comes when a worker has a slot free.".into()
    }
}

fn source(limit: InForce) -> &'static str {
    match limit.source {
        LimitSource::Configured => "configured",
        LimitSource::Admin => "set by an admin",
        LimitSource::Stated => "stated by the provider",
        LimitSource::Learned => "learned",
    }
}

fn number(value: f64) -> String {
    if value < 10.0 && value.fract() > 0.05 { format!("{value:.1}") } else { format!("{value:.0}") }
}

/// A vendor's words as a sentence of its own, and not all of a page.
fn sentence(words: &str) -> String {
    const LENGTH_MAX: usize = 300;
    let words = words.trim();
    let short: String = words.chars().take(LENGTH_MAX).collect();
    match words {
        "" => "nothing.".into(),
        _ if short.len() < words.len() => format!("{short} …"),
        _ if short.ends_with(['.', '!', '?', '…']) => short,
        _ => format!("{short}."),
    }
}
