//! The breaker of one model: stops asking a provider that fails, and finds out with one probe at
//! a time whether it is back. Pure; `report` and the claim keep it in the model's row.

use std::time::Duration;

use entity::BreakerState;
use uuid::Uuid;

/// Faults in a row that open it.
const STREAK_MAX: i32 = 5;
/// The last calls that are looked at; more than half of them faulty opens it too.
const WINDOW: i32 = 20;
/// How long it stays open at first; this doubles with each trial in vain.
const PAUSE_FIRST: Duration = Duration::from_secs(5);
/// The longest it stays open.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// How one call ended, as far as the provider is concerned.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The probe that it was for.
    pub probe_id: Uuid,
    /// True for a fault of the provider's side; a refusal of the request itself is none.
    pub is_fault: bool,
}

/// Whether calls to a model go through. Instants are seconds since 1970.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Breaker {
    /// Where it stands.
    pub state: BreakerState,
    /// Faults in a row, over all workers.
    pub fault_streak: i32,
    /// The last calls, the latest in the lowest bit; 1: a fault.
    pub recent_bits: i64,
    /// How many of the bits are calls.
    pub recent_count: i32,
    /// Since when it is not closed.
    pub opened_at: Option<f64>,
    /// When one probe may try.
    pub retry_at: Option<f64>,
    /// How long it stays open this time.
    pub pause: Duration,
    /// Trials in vain since it opened.
    pub trial_count: i32,
    /// The probe that tries.
    pub trial: Option<Uuid>,
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            state: BreakerState::Closed,
            fault_streak: 0,
            recent_bits: 0,
            recent_count: 0,
            opened_at: None,
            retry_at: None,
            pause: Duration::ZERO,
            trial_count: 0,
            trial: None,
        }
    }
}

impl Breaker {
    /// Takes note of how a call ended. While it is open nothing but the trial's own end counts:
    /// what else comes in was sent before.
    pub fn record(&mut self, outcome: Outcome, now: f64) {
        match self.state {
            BreakerState::Closed => self.record_closed(outcome.is_fault, now),
            BreakerState::HalfOpen if self.trial == Some(outcome.probe_id) => {
                if outcome.is_fault {
                    self.trial_count += 1;
                    self.open(now, (self.pause * 2).clamp(PAUSE_FIRST, PAUSE_MAX));
                } else {
                    *self = Self::default();
                }
            }
            BreakerState::Open | BreakerState::HalfOpen => {}
        }
    }

    fn record_closed(&mut self, is_fault: bool, now: f64) {
        self.fault_streak = if is_fault { self.fault_streak + 1 } else { 0 };
        self.recent_bits = (self.recent_bits << 1 | i64::from(is_fault)) & ((1 << WINDOW) - 1);
        self.recent_count = (self.recent_count + 1).min(WINDOW);
        let faults = i32::try_from(self.recent_bits.count_ones()).unwrap_or(0);
        let is_mostly_faulty = self.recent_count >= WINDOW && faults * 2 > WINDOW;
        if is_fault && (self.fault_streak >= STREAK_MAX || is_mostly_faulty) {
            self.opened_at = Some(now);
            self.open(now, PAUSE_FIRST);
        }
    }

    fn open(&mut self, now: f64, pause: Duration) {
        self.state = BreakerState::Open;
        self.retry_at = Some(now + pause.as_secs_f64());
        self.pause = pause;
        self.trial = None;
    }

    /// True where one probe may try now. `is_trial_running`: the probe that tried last is still
    /// at it; one whose worker died is not.
    pub fn is_due(&self, now: f64, is_trial_running: bool) -> bool {
        match self.state {
            BreakerState::Closed => false,
            BreakerState::Open => self.retry_at.is_none_or(|at| at <= now),
            BreakerState::HalfOpen => !is_trial_running,
        }
    }

    /// Lets this probe, and no other, try.
    pub fn let_try(&mut self, probe_id: Uuid) {
        self.state = BreakerState::HalfOpen;
        self.trial = Some(probe_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(is_fault: bool) -> Outcome {
        Outcome { probe_id: Uuid::nil(), is_fault }
    }

    fn after(outcomes: impl IntoIterator<Item = bool>) -> Breaker {
        let mut breaker = Breaker::default();
        outcomes.into_iter().for_each(|is_fault| breaker.record(call(is_fault), 100.0));
        breaker
    }

    #[test]
    fn five_faults_in_a_row_open_it_and_four_do_not() {
        assert_eq!(after([true; 4]).state, BreakerState::Closed);
        let open = after([true; 5]);
        assert_eq!((open.state, open.retry_at), (BreakerState::Open, Some(105.0)));
        assert_eq!(after([true, true, true, true, false, true]).state, BreakerState::Closed);
    }

    #[test]
    fn more_than_half_of_the_last_twenty_open_it() {
        assert_eq!(after((0..20).map(|n| n % 2 == 0)).state, BreakerState::Closed);
        let mostly = [true, true, false].into_iter().cycle().take(20);
        assert_eq!(after(mostly.clone().take(19)).state, BreakerState::Closed, "19 are too few to say");
        assert_eq!(after(mostly).state, BreakerState::Open);
        // Old faults are forgotten.
        assert_eq!(
            after([true, true, false].into_iter().cycle().take(18).chain([false; 40])).state,
            BreakerState::Closed
        );
    }

    #[test]
    fn one_probe_decides_and_the_others_are_not_heard() {
        let (trial, other) = (Uuid::now_v7(), Uuid::now_v7());
        let mut breaker = after([true; 5]);
        breaker.record(Outcome { probe_id: other, is_fault: false }, 101.0);
        assert_eq!(breaker.state, BreakerState::Open, "what comes in late says nothing about now");
        assert!(!breaker.is_due(104.9, false) && breaker.is_due(105.0, false));
        breaker.let_try(trial);
        assert!(!breaker.is_due(106.0, true), "one probe, not two");
        assert!(breaker.is_due(106.0, false), "a trial whose worker died makes room for another");
        breaker.record(Outcome { probe_id: other, is_fault: true }, 106.0);
        assert_eq!(breaker.state, BreakerState::HalfOpen);
        breaker.record(Outcome { probe_id: trial, is_fault: false }, 107.0);
        assert_eq!(breaker, Breaker::default());
    }

    #[test]
    fn each_trial_in_vain_doubles_the_pause_up_to_a_minute() {
        let mut breaker = after([true; 5]);
        let mut pauses = Vec::new();
        for _ in 0..6 {
            pauses.push(breaker.pause.as_secs());
            breaker.let_try(Uuid::nil());
            breaker.record(call(true), 200.0);
        }
        assert_eq!(pauses, [5, 10, 20, 40, 60, 60]);
        assert_eq!((breaker.trial_count, breaker.opened_at), (6, Some(100.0)));
    }
}
