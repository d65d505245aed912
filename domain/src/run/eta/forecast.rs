//! The forecast as arithmetic. Pure.

use std::time::Duration;

/// Probes that must have ended before their speed says anything.
const ENDED_MIN: u32 = 5;
/// The time to an answer of a model that nothing is known of.
const ANSWER_SECONDS: f64 = 8.0;
/// How much slower, and how much faster, it may be than assumed: calls in flight may double a few
/// times until a limit shows.
const ASSUMED_SLOWER: f64 = 4.0;
const ASSUMED_FASTER: f64 = 16.0;
/// A century: as good as any longer time.
const SECONDS_MAX: f64 = 3.2e9;

/// What a forecast is made of.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// How fast probes of this run have ended lately, and the limits in force.
    Observed,
    /// Too few have ended: answers of usual length, and the limits in force.
    Assumed,
}

/// How long from now until the run is over.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Where nothing gets in the way.
    pub low: Duration,
    /// As things go now.
    pub expected: Duration,
    /// Where it goes slower than it went.
    pub high: Duration,
    /// What it is made of.
    pub basis: Basis,
}

/// What of a run matters. Spans are in seconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Its providers work side by side.
    pub lanes: Vec<LaneFacts>,
    /// Calls that the run may have in flight; None: as many as its providers allow.
    pub parallel: Option<f64>,
}

/// A provider as its limits stand now; other runs may use a part of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LaneFacts {
    /// What its rates let through; None: anything.
    pub calls_per_second: Option<f64>,
    /// Calls in flight at once.
    pub parallel: f64,
    /// What is left of a quota of the day, and a whole one; None: there is none.
    pub calls_left_today: Option<u64>,
    /// See `calls_left_today`.
    pub calls_per_day: Option<f64>,
    /// Until that quota is renewed.
    pub seconds_to_midnight: f64,
    /// The run's models that it serves and that have something left.
    pub models: Vec<ModelFacts>,
}

/// A model of the run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelFacts {
    /// Probes that have not ended.
    pub left: u64,
    /// Until calls to it are let through; 0: they are.
    pub opens_in: f64,
    /// What it has shown.
    pub seen: Seen,
}

/// How fast probes of a model have ended lately.
#[derive(Copy, Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// So many probes have ended …
    pub ended: u32,
    /// … within so many seconds up to now.
    pub seconds: f64,
    /// The mean time for the answers to a probe, all turns together; None: none was answered.
    pub answer_seconds: Option<f64>,
    /// The time within which 95 % of the probes were answered.
    pub slow_answer_seconds: Option<f64>,
    /// Calls of a probe; None: none was answered.
    pub calls_per_probe: Option<f64>,
}

/// Seconds until something is done: at best, as things go, and at worst.
#[derive(Copy, Clone, Debug, Default)]
struct Range {
    low: f64,
    expected: f64,
    high: f64,
}

impl Range {
    fn at_least(self, other: Self) -> Self {
        Self {
            low: self.low.max(other.low),
            expected: self.expected.max(other.expected),
            high: self.high.max(other.high),
        }
    }
}

impl Seen {
    fn is_enough(&self) -> bool {
        self.ended >= ENDED_MIN && self.seconds > 0.0
    }

    fn answer(&self) -> f64 {
        self.answer_seconds.unwrap_or(ANSWER_SECONDS).max(0.001)
    }
}

impl ModelFacts {
    /// Probes per second, slow, as observed, and fast. `parallel`: the calls that are its share.
    fn speed(&self, parallel: f64) -> Range {
        if self.seen.is_enough() {
            let speed = f64::from(self.seen.ended) / self.seen.seconds;
            // Two standard errors of a count, and never surer than a tenth.
            let error = (2.0 / f64::from(self.seen.ended).sqrt()).clamp(0.1, 0.7);
            return Range { low: speed * (1.0 - error), expected: speed, high: speed * (1.0 + error) };
        }
        let speed = parallel / self.seen.answer();
        Range { low: speed / ASSUMED_SLOWER, expected: speed, high: speed * ASSUMED_FASTER }
    }
}

impl LaneFacts {
    /// Until the lane's part of the run is done.
    fn range(&self, run_parallel: Option<f64>) -> Range {
        let left: f64 = self.models.iter().map(|model| model.left as f64).sum();
        if left == 0.0 {
            return Range::default();
        }
        let parallel = run_parallel.map_or(self.parallel, |limit| limit.min(self.parallel)).max(1.0);
        let share = parallel / self.models.len().max(1) as f64;
        let speeds: Vec<Range> = self.models.iter().map(|model| model.speed(share)).collect();
        let calls: f64 = self
            .models
            .iter()
            .map(|model| model.left as f64 * model.seen.calls_per_probe.unwrap_or(1.0))
            .sum();
        // However fast it was: a limit that was lowered since holds from now on.
        let by_rate = self.calls_per_second.map_or(0.0, |rate| calls / rate.max(1e-9));
        let seconds: f64 = self.models.iter().map(|model| model.left as f64 * model.seen.answer()).sum();
        let by_slots = seconds / parallel;
        let is_seen = self.models.iter().all(|model| model.seen.is_enough());
        // What calls at once allow is sure only where it was seen how long a call takes.
        let floor = if is_seen { by_rate.max(by_slots * 0.5) } else { by_rate };
        let sum = |of: fn(&Range) -> f64| speeds.iter().map(of).sum::<f64>().max(1e-9);
        // A model that is slower than the others goes on alone when they are done.
        let slowest = self
            .models
            .iter()
            .zip(&speeds)
            .map(|(model, speed)| model.left as f64 / speed.low.max(1e-9))
            .fold(0.0, f64::max);
        let opens = self.models.iter().map(|model| model.opens_in).fold(0.0, f64::max);
        // The last probe is claimed a while before it is answered.
        let tail = self.models.iter().map(|model| model.seen.answer()).fold(0.0, f64::max);
        let slow_tail = self
            .models
            .iter()
            .map(|model| model.seen.slow_answer_seconds.unwrap_or(model.seen.answer()))
            .fold(tail, f64::max);
        let days = self.days(calls);
        Range {
            low: opens.max(days) + (left / sum(|speed| speed.high)).max(floor),
            expected: opens.max(days) + (left / sum(|speed| speed.expected)).max(floor) + tail,
            high: opens.max(days) + slowest.max(left / sum(|speed| speed.low)).max(floor) + slow_tail,
        }
    }

    /// Until the day on which the last calls are let through.
    fn days(&self, calls: f64) -> f64 {
        let (Some(left), Some(per_day)) = (self.calls_left_today, self.calls_per_day) else { return 0.0 };
        let over = calls - left as f64;
        if over <= 0.0 {
            return 0.0;
        }
        self.seconds_to_midnight + ((over / per_day.max(1.0)).ceil() - 1.0) * 86_400.0
    }
}

/// How long until the run is over.
pub fn forecast(facts: &Facts) -> Forecast {
    let whole =
        facts.lanes.iter().map(|lane| lane.range(facts.parallel)).fold(Range::default(), Range::at_least);
    let models = || facts.lanes.iter().flat_map(|lane| &lane.models);
    // The run's own limit counts over all its providers.
    let seconds: f64 = models().map(|model| model.left as f64 * model.seen.answer()).sum();
    let own = facts.parallel.map_or(0.0, |parallel| seconds / parallel.max(1.0));
    let Range { low, expected, high } = whole.at_least(Range { low: 0.0, expected: own, high: own });
    let span = |seconds: f64| Duration::from_secs_f64(seconds.clamp(0.0, SECONDS_MAX));
    let is_seen = models().all(|model| model.seen.is_enough());
    Forecast {
        low: span(low.min(expected)),
        expected: span(expected),
        high: span(high.max(expected)),
        basis: if is_seen { Basis::Observed } else { Basis::Assumed },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seen(ended: u32, seconds: f64, answer: f64) -> Seen {
        Seen {
            ended,
            seconds,
            answer_seconds: Some(answer),
            slow_answer_seconds: Some(2.0 * answer),
            calls_per_probe: Some(1.0),
        }
    }

    fn run(left: u64, seen: Seen, change: impl FnOnce(&mut LaneFacts)) -> Forecast {
        let models = vec![ModelFacts { left, opens_in: 0.0, seen }];
        let mut lane = LaneFacts { parallel: 64.0, models, ..LaneFacts::default() };
        change(&mut lane);
        forecast(&Facts { lanes: vec![lane], parallel: None })
    }

    fn close(span: Duration, seconds: f64) -> bool {
        (span.as_secs_f64() - seconds).abs() <= seconds * 0.05
    }

    #[test]
    fn it_goes_on_as_it_went() {
        let found = run(1_000, seen(200, 20.0, 1.0), |_| ());
        assert!(close(found.expected, 101.0), "{found:?}");
        assert!(found.low < found.expected && found.expected < found.high && found.basis == Basis::Observed);
    }

    #[test]
    fn a_limit_that_was_lowered_counts_from_now_on() {
        let found = run(1_000, seen(200, 20.0, 1.0), |lane| lane.calls_per_second = Some(1.0));
        assert!(close(found.expected, 1_001.0) && found.low.as_secs() >= 1_000, "{found:?}");
        let raised = run(1_000, seen(200, 20.0, 1.0), |lane| lane.calls_per_second = Some(100.0));
        assert!(close(raised.expected, 101.0), "one that was raised shows by and by: {raised:?}");
    }

    #[test]
    fn follow_ups_are_calls_too() {
        let two = Seen { calls_per_probe: Some(2.0), ..seen(200, 20.0, 1.0) };
        let found = run(1_000, two, |lane| lane.calls_per_second = Some(1.0));
        assert!(found.low.as_secs() >= 2_000, "{found:?}");
    }

    #[test]
    fn a_pause_and_a_quota_of_the_day_are_waited_for() {
        let paused = run(10, seen(200, 20.0, 1.0), |lane| lane.models[0].opens_in = 600.0);
        assert!(paused.low.as_secs() >= 600 && paused.high.as_secs() < 700, "{paused:?}");
        let tomorrow = run(1_000, seen(200, 20.0, 1.0), |lane| {
            (lane.calls_left_today, lane.calls_per_day) = (Some(100), Some(500.0));
            lane.seconds_to_midnight = 3_600.0;
        });
        assert!(
            close(tomorrow.expected, 3_600.0 + 86_400.0),
            "today's, tomorrow's, and 400 more: {tomorrow:?}"
        );
    }

    #[test]
    fn with_nothing_seen_the_range_is_wide_and_says_so() {
        let found = run(640, Seen::default(), |_| ());
        assert_eq!(found.basis, Basis::Assumed);
        assert!(close(found.expected, 88.0), "640 answers of 8 s, 64 at once: {found:?}");
        assert!(found.high > found.low * 8, "{found:?}");
        let bound = run(640, Seen::default(), |lane| lane.calls_per_second = Some(0.1));
        assert!(bound.low.as_secs() >= 6_400, "a limit is sure all the same: {bound:?}");
    }

    #[test]
    fn providers_work_side_by_side_and_the_runs_own_limit_counts_over_all() {
        let lane = || LaneFacts {
            parallel: 10.0,
            models: vec![ModelFacts { left: 100, opens_in: 0.0, seen: seen(100, 10.0, 1.0) }],
            ..LaneFacts::default()
        };
        let both = forecast(&Facts { lanes: vec![lane(), lane()], parallel: None });
        assert!(close(both.expected, 11.0), "{both:?}");
        let own = forecast(&Facts { lanes: vec![lane(), lane()], parallel: Some(1.0) });
        assert!(own.expected.as_secs() >= 200, "{own:?}");
    }

    #[test]
    fn a_run_with_nothing_left_is_over_now() {
        assert_eq!(forecast(&Facts::default()).high, Duration::ZERO);
        assert_eq!(run(0, Seen::default(), |_| ()).high, Duration::ZERO);
    }

    proptest! {
        #[test]
        fn the_range_is_ordered_and_more_work_never_takes_less_time(
            left in 0_u64..10_000_000, more in 0_u64..1_000, ended in 0_u32..300, seconds in 0.0..1e6f64,
            answer in 0.0..1e4f64, parallel in 0.0..5_000.0f64, rate in prop::option::of(0.0..1e4f64),
        ) {
            let of = |left| run(left, seen(ended, seconds, answer), |lane| {
                (lane.parallel, lane.calls_per_second) = (parallel, rate);
            });
            let (one, two) = (of(left), of(left + more));
            prop_assert!(one.low <= one.expected && one.expected <= one.high);
            prop_assert!(one.low <= two.low && one.expected <= two.expected && one.high <= two.high);
        }
    }
}
