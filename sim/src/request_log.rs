//! What the simulated provider was asked and what it answered.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

const RECENT_MAX: usize = 256;
const MODEL_NAMES_MAX: usize = 1_000;
// About 40 MB when full. Bodies after these are answered and counted, but not told apart.
const BODIES_MAX: usize = 1_000_000;

/// Counts over all completion calls since the start or the last reset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Calls that arrived.
    pub total: u64,
    /// Calls that got an answer of any status.
    pub answered: u64,
    /// Calls that got a usable answer: status 200 and a body that says what the wire format says.
    pub succeeded: u64,
    /// Successes beyond the first of the same body (wire format, model, messages,
    /// seed): what was paid twice.
    pub duplicates: u64,
    /// Calls whose client left before the answer.
    pub abandoned: u64,
    /// Calls whose connection was reset.
    pub cut: u64,
    /// Calls being worked on now.
    pub in_flight: u64,
    /// The most at one time.
    pub in_flight_max: u64,
    /// Different bodies told apart; at most 1,000,000.
    pub bodies: u64,
    /// Calls whose body was beyond that bound, so that duplicates of it are not seen.
    pub untracked: u64,
    /// Calls by the model's name as requested.
    pub per_model: BTreeMap<String, u64>,
    /// Answers by HTTP status.
    pub per_status: BTreeMap<u16, u64>,
    /// Calls that had a fault, by its name.
    pub per_fault: BTreeMap<String, u64>,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A usable answer.
    Succeeded,
    /// Another status, or a broken body.
    Failed,
    /// The connection was reset.
    Cut,
    /// The client left first.
    Abandoned,
}

/// One call that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentRequest {
    /// As requested; empty when the request could not be read.
    pub model: String,
    /// 64 bits that stand for wire format, model, messages and seed.
    pub body: u64,
    /// How often this body had come, this call included; 0 when it is not tracked.
    pub nth: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// None when nothing was answered.
    pub status: Option<u16>,
    /// The fault it had.
    pub fault: Option<String>,
}

/// A handle to the log of a [`Sim`](crate::Sim); clones see the same log.
#[derive(Debug, Clone, Default)]
pub struct RequestLog(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    tally: Mutex<Tally>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Tally {
    counts: Counts,
    bodies: HashMap<u64, BodyCounts>,
    recent: VecDeque<RecentRequest>,
    /// Calls begun before a reset must not be subtracted after it.
    generation: u64,
}

#[derive(Debug, Default, Clone, Copy)]
struct BodyCounts {
    calls: u32,
    successes: u32,
}

impl RequestLog {
    /// The counts as they stand.
    pub fn counts(&self) -> Counts {
        self.tally().counts.clone()
    }

    /// The last calls that ended, oldest first; at most 256.
    pub fn recent(&self) -> Vec<RecentRequest> {
        self.tally().recent.iter().cloned().collect()
    }

    /// Waits until the counts satisfy the condition, which is asked after every change.
    pub async fn wait_for(&self, condition: impl Fn(&Counts) -> bool) -> Counts {
        loop {
            let mut changed = pin!(self.0.changed.notified());
            // Listening starts before looking, or a change in between would be missed.
            changed.as_mut().enable();
            let counts = self.counts();
            if condition(&counts) {
                return counts;
            }
            changed.await;
        }
    }

    /// Forgets everything. Calls in flight are forgotten too.
    pub fn reset(&self) {
        let mut tally = self.tally();
        let generation = tally.generation + 1;
        *tally = Tally { generation, ..Tally::default() };
        drop(tally);
        self.0.changed.notify_waiters();
    }

    pub(crate) fn begin(&self, model: &str, body: u64) -> Entry {
        let mut tally = self.tally();
        let nth = tally.count_body(body);
        let generation = tally.generation;
        let counts = &mut tally.counts;
        counts.total += 1;
        counts.in_flight += 1;
        counts.in_flight_max = counts.in_flight_max.max(counts.in_flight);
        let is_full = counts.per_model.len() >= MODEL_NAMES_MAX;
        if let Some(count) = counts.per_model.get_mut(model) {
            *count += 1;
        } else {
            let name = if is_full { "(others)" } else { model };
            *counts.per_model.entry(name.to_owned()).or_default() += 1;
        }
        drop(tally);
        self.0.changed.notify_waiters();
        Entry {
            log: self.clone(),
            call: Some(RecentRequest {
                model: model.to_owned(),
                body,
                nth,
                outcome: Outcome::Abandoned,
                status: None,
                fault: None,
            }),
            generation,
        }
    }

    fn end(&self, call: RecentRequest, generation: u64) {
        let mut tally = self.tally();
        if tally.generation == generation {
            tally.count_end(call);
        }
        drop(tally);
        self.0.changed.notify_waiters();
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.0.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tally {
    /// 0 stands for a request that could not be read: it has no body to tell apart.
    fn count_body(&mut self, body: u64) -> u32 {
        if body == 0 {
            return 0;
        }
        if self.bodies.len() >= BODIES_MAX && !self.bodies.contains_key(&body) {
            self.counts.untracked += 1;
            return 0;
        }
        let known = self.bodies.entry(body).or_default();
        known.calls += 1;
        let nth = known.calls;
        self.counts.bodies = self.bodies.len() as u64;
        nth
    }

    fn count_end(&mut self, call: RecentRequest) {
        let counts = &mut self.counts;
        counts.in_flight -= 1;
        match call.outcome {
            Outcome::Succeeded => {
                counts.answered += 1;
                counts.succeeded += 1;
                if let Some(known) = self.bodies.get_mut(&call.body) {
                    known.successes += 1;
                    counts.duplicates += u64::from(known.successes > 1);
                }
            }
            Outcome::Failed => counts.answered += 1,
            Outcome::Cut => counts.cut += 1,
            Outcome::Abandoned => counts.abandoned += 1,
        }
        if let Some(status) = call.status {
            *counts.per_status.entry(status).or_default() += 1;
        }
        if let Some(fault) = &call.fault {
            *counts.per_fault.entry(fault.clone()).or_default() += 1;
        }
        if self.recent.len() == RECENT_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back(call);
    }
}

/// One call in flight. Dropped without [`Entry::end`], its client has left.
#[derive(Debug)]
pub(crate) struct Entry {
    log: RequestLog,
    call: Option<RecentRequest>,
    generation: u64,
}

impl Entry {
    /// 1 for the first call of this body.
    pub(crate) fn nth(&self) -> u32 {
        self.call.as_ref().map_or(0, |call| call.nth)
    }

    pub(crate) fn set_fault(&mut self, fault: Option<&'static str>) {
        if let Some(call) = &mut self.call {
            call.fault = fault.map(str::to_owned);
        }
    }

    pub(crate) fn end(mut self, outcome: Outcome, status: Option<u16>) {
        if let Some(mut call) = self.call.take() {
            call.outcome = outcome;
            call.status = status;
            self.log.end(call, self.generation);
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            self.log.end(call, self.generation);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, RequestLog};

    #[test]
    fn only_a_second_success_of_a_body_is_a_duplicate() {
        let log = RequestLog::default();
        let call = |outcome| log.begin("m", 1).end(outcome, Some(200));
        call(Outcome::Failed);
        call(Outcome::Succeeded);
        assert_eq!(log.counts().duplicates, 0);
        call(Outcome::Succeeded);
        call(Outcome::Succeeded);
        assert_eq!(log.counts().duplicates, 2);
        assert_eq!(log.recent().last().unwrap().nth, 4);
    }

    #[test]
    fn a_call_begun_before_a_reset_is_not_counted_after_it() {
        let log = RequestLog::default();
        let entry = log.begin("m", 1);
        log.reset();
        drop(entry);
        assert_eq!(log.counts(), super::Counts::default());
    }

    #[test]
    fn the_recent_calls_are_bounded() {
        let log = RequestLog::default();
        for body in 0..1_000 {
            log.begin("m", body).end(Outcome::Succeeded, Some(200));
        }
        assert_eq!(log.recent().len(), super::RECENT_MAX);
        assert_eq!(log.recent().last().unwrap().body, 999);
    }
}
