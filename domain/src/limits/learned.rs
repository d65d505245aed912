//! Limits that nobody told us: learned by additive increase and multiplicative decrease, for
//! all workers at once. Pure; `report` keeps it in the lane's row.

/// Calls in flight over all workers that a provider begins with whose limits nobody knows. A
/// wrong key or a strict limit then costs a handful of calls.
pub(super) const SLOW_START: i32 = 8;

/// With this many in flight and no refusal, nothing stands in the way.
const PARALLEL_FREE: i32 = 1_024;

/// What is left of a limit after a refusal: a known one was hardly exceeded, a guessed one may
/// be far off.
const CUT_OF_KNOWN: f64 = 0.9;
const CUT_OF_UNKNOWN: f64 = 0.7;

/// The growth per second: of the known limit, towards it; of a guess before and after it proved
/// too high for the second time.
const RISE_TO_KNOWN: f64 = 0.02;
const RISE_AT_FIRST: f64 = 0.25;
const RISE_LATER: f64 = 0.03;

/// The lowest guess: a provider that takes less states it.
const REQUESTS_MIN: f64 = 30.0;

/// A guess beyond this limits nobody.
const REQUESTS_FREE: f64 = 120_000.0;

/// What refusals and answers have taught.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Learned {
    /// Calls in flight over all workers; None: no limit.
    pub parallel: Option<i32>,
    /// Requests per minute; None: no limit.
    pub requests_per_minute: Option<f64>,
    /// True until a limit is known or the first refusal.
    pub is_slow_start: bool,
    /// Answers since the last step of `parallel`.
    pub ramp_count: i32,
    /// When it was last cut, in seconds since 1970.
    pub cut_at: f64,
    /// How often it was cut.
    pub cut_count: i32,
    /// When it was last raised.
    pub risen_at: f64,
}

impl Learned {
    /// What is known of a provider at first; `is_limit_configured`: somebody said how many calls
    /// it takes, so there is nothing to find out slowly.
    pub fn at_first(is_limit_configured: bool) -> Self {
        Self {
            parallel: (!is_limit_configured).then_some(SLOW_START),
            requests_per_minute: None,
            is_slow_start: !is_limit_configured,
            ramp_count: 0,
            cut_at: 0.0,
            cut_count: 0,
            risen_at: 0.0,
        }
    }

    /// A limit has become known: the slow search for one is over.
    pub fn limit_is_known(&mut self) {
        if self.is_slow_start {
            self.is_slow_start = false;
            self.parallel = None;
            self.ramp_count = 0;
        }
    }

    /// Answers came; rises towards `ceiling` (requests per minute; None: not known).
    pub fn answered(&mut self, count: u32, now: f64, ceiling: Option<f64>) {
        let count = i32::try_from(count).unwrap_or(i32::MAX);
        if let Some(parallel) = &mut self.parallel {
            self.ramp_count = self.ramp_count.saturating_add(count);
            // Doubling while all goes well; after a refusal an eighth more at a time.
            while self.ramp_count >= *parallel && *parallel < PARALLEL_FREE {
                self.ramp_count -= *parallel;
                *parallel += if self.is_slow_start { *parallel } else { (*parallel / 8).max(1) };
            }
            if *parallel >= PARALLEL_FREE {
                (self.parallel, self.is_slow_start, self.ramp_count) = (None, false, 0);
            }
        }
        if let Some(requests) = self.requests_per_minute {
            // A second at a time, whoever reports, and never for a time without answers.
            let seconds = (now - self.risen_at).clamp(0.0, 1.0);
            let risen = match ceiling {
                Some(ceiling) => requests + ceiling * RISE_TO_KNOWN * seconds,
                None if self.cut_count < 2 => requests * (1.0 + RISE_AT_FIRST * seconds),
                None => requests * (1.0 + RISE_LATER * seconds),
            };
            self.risen_at = now;
            self.requests_per_minute = Some(risen).filter(|risen| *risen < ceiling.unwrap_or(REQUESTS_FREE));
        }
    }

    /// A call that was sent at `sent_at` was refused. True where this cut the limit: once per
    /// window, whoever sees it first, because calls in flight together are refused together.
    ///
    /// `in_force`: requests per minute, None where no limit was; `observed`: those really sent.
    pub fn refused(&mut self, sent_at: f64, now: f64, in_force: Option<f64>, observed: f64) -> bool {
        if sent_at <= self.cut_at {
            return false;
        }
        let cut = match in_force {
            Some(limit) => limit * CUT_OF_KNOWN,
            None => (observed * CUT_OF_UNKNOWN).max(REQUESTS_MIN),
        };
        self.requests_per_minute = Some(cut.max(1.0));
        self.parallel = self.parallel.map(|parallel| (parallel / 2).max(1));
        self.is_slow_start = false;
        self.ramp_count = 0;
        self.cut_at = now;
        self.risen_at = now;
        self.cut_count = self.cut_count.saturating_add(1);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_provider_gets_few_calls_then_twice_as_many_each_time_all_is_well() {
        let mut learned = Learned::at_first(false);
        assert_eq!(learned.parallel, Some(8));
        let mut seen = Vec::new();
        for answers in [7, 1, 16, 32, 64, 128, 256, 512] {
            learned.answered(answers, 1.0, None);
            seen.push(learned.parallel);
        }
        assert_eq!(
            seen,
            [Some(8), Some(16), Some(32), Some(64), Some(128), Some(256), Some(512), None],
            "and in the end nothing stands in the way"
        );
        assert_eq!(Learned::at_first(true).parallel, None);
    }

    #[test]
    fn calls_that_were_in_flight_together_cut_the_limit_once() {
        let mut learned = Learned::at_first(true);
        assert!(learned.refused(99.0, 100.0, Some(600.0), 0.0));
        assert!(!learned.refused(99.5, 100.2, Some(540.0), 0.0));
        assert_eq!(learned.requests_per_minute, Some(540.0));
        assert!(learned.refused(100.1, 100.3, Some(540.0), 0.0), "one sent after the cut is another matter");
    }

    #[test]
    fn a_cut_limit_rises_to_the_ceiling_and_no_further() {
        let mut learned = Learned::at_first(true);
        learned.refused(99.0, 100.0, Some(600.0), 0.0);
        learned.answered(5, 101.0, Some(600.0));
        assert_eq!(learned.requests_per_minute, Some(552.0));
        for second in 102..200 {
            learned.answered(5, f64::from(second), Some(600.0));
            assert!(learned.requests_per_minute.is_none_or(|limit| limit < 600.0));
        }
        assert_eq!(learned.requests_per_minute, None, "the ceiling alone is in force again");
    }

    #[test]
    fn an_hour_without_answers_raises_nothing_but_a_second() {
        let mut learned = Learned::at_first(true);
        learned.refused(99.0, 100.0, None, 1_000.0);
        learned.answered(1, 3_700.0, None);
        assert_eq!(learned.requests_per_minute, Some(875.0));
    }

    #[test]
    fn a_guess_rises_fast_until_it_proved_too_high_again() {
        let mut learned = Learned::at_first(true);
        learned.refused(99.0, 100.0, None, 1_000.0);
        learned.answered(9, 101.0, None);
        assert_eq!(learned.requests_per_minute, Some(875.0));
        learned.refused(102.0, 102.0, learned.requests_per_minute, 0.0);
        let cut = learned.requests_per_minute.unwrap();
        learned.answered(9, 103.0, None);
        assert!(learned.requests_per_minute.unwrap() < cut * 1.04);
    }
}
