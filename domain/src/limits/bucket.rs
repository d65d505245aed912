//! The rate limiter as arithmetic: GCRA, the generic cell rate algorithm.
//!
//! Source: ITU-T I.371, the virtual scheduling form. One number, the theoretical arrival time
//! (`tat`), stands for the whole bucket, so that a row of the database can hold it.

/// The share of a second's worth that may be sent at once after a pause. Providers commonly
/// allow a second's worth: the other half absorbs that calls do not take equally long to arrive.
const BURST_SECONDS: f64 = 0.5;

/// The share of a second's worth that is worth waking up for.
const SLICE_SECONDS: f64 = 0.2;

/// A limit per minute. Instants are seconds since 1970.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Bucket {
    /// Seconds that one unit (a request, a token) takes.
    interval: f64,
    /// Units that may be taken at once.
    burst: f64,
}

impl Bucket {
    /// A bucket that lets this many units through per minute; a limit below one counts as one
    /// per hundred minutes.
    pub fn per_minute(limit: f64) -> Self {
        let per_second = limit.max(0.01) / 60.0;
        Self { interval: 1.0 / per_second, burst: (per_second * BURST_SECONDS).max(1.0) }
    }

    /// Units that may be taken at once.
    pub fn burst(&self) -> f64 {
        self.burst
    }

    /// How many calls of `cost` units each may be sent now. One that costs more than the burst
    /// may be sent when nothing is owed.
    pub fn available(&self, tat: f64, now: f64, cost: f64) -> u64 {
        let room = now + self.interval * self.burst.max(cost) - tat.max(now);
        let count = room / (self.interval * cost.max(f64::MIN_POSITIVE));
        // A hair's breadth of rounding must not cost a call.
        if count >= 1.0 - 1e-6 { (count + 1e-6) as u64 } else { 0 }
    }

    /// The arrival time after `units` were taken.
    pub fn take(&self, tat: f64, now: f64, units: f64) -> f64 {
        tat.max(now) + self.interval * units
    }

    /// When a call of `cost` units may be sent that takes its place in the line at once.
    pub fn send_at(&self, tat: f64, now: f64, cost: f64) -> f64 {
        (tat.max(now) + self.interval * (cost - self.burst.max(cost))).max(now)
    }

    /// When the next slice of calls may be sent: waking up for each single one would be busy.
    pub fn slice_at(&self, tat: f64, cost: f64) -> f64 {
        let cost = cost.max(f64::MIN_POSITIVE);
        let per_second = 1.0 / self.interval / cost;
        let calls = (per_second * SLICE_SECONDS).floor().clamp(1.0, (self.burst / cost).max(1.0));
        tat + self.interval * (calls * cost - self.burst.max(cost))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_minute_of_taking_all_that_is_there_takes_the_limit_and_one_burst() {
        let bucket = Bucket::per_minute(600.0);
        let (mut tat, mut taken) = (0.0, 0);
        for tick in 0..60_000 {
            let now = 1_000.0 + f64::from(tick) / 1_000.0;
            let count = bucket.available(tat, now, 1.0);
            tat = bucket.take(tat, now, count as f64);
            taken += count;
        }
        assert_eq!(taken, 604, "5 at once, then one every 100 ms, the last before the minute is over");
    }

    #[test]
    fn a_pause_earns_no_more_than_the_burst() {
        let bucket = Bucket::per_minute(600.0);
        assert_eq!(bucket.available(0.0, 1e9, 1.0), 5);
        assert_eq!(Bucket::per_minute(6.0).available(0.0, 1e9, 1.0), 1);
    }

    #[test]
    fn a_call_larger_than_the_burst_goes_through_when_nothing_is_owed() {
        let bucket = Bucket::per_minute(60_000.0);
        assert_eq!(bucket.available(100.0, 100.0, 5_000.0), 1);
        let tat = bucket.take(100.0, 100.0, 5_000.0);
        assert_eq!(bucket.available(tat, 101.0, 5_000.0), 0);
        assert_eq!(bucket.available(tat, 105.0, 5_000.0), 1);
    }

    #[test]
    fn a_slice_is_there_at_the_instant_that_was_named() {
        for limit in [1.0, 60.0, 600.0, 6_000.0, 100_000.0] {
            let bucket = Bucket::per_minute(limit);
            let tat = bucket.take(0.0, 1_000.0, bucket.burst());
            let at = bucket.slice_at(tat, 1.0);
            assert!(at > 1_000.0 && bucket.available(tat, at, 1.0) >= 1, "{limit}");
            assert_eq!(bucket.available(tat, 1_000.0, 1.0), 0, "{limit}");
        }
    }

    #[test]
    fn a_call_that_takes_its_place_in_the_line_is_sent_when_its_turn_comes() {
        let bucket = Bucket::per_minute(600.0);
        let mut tat = 0.0;
        let times: Vec<f64> = (0..8)
            .map(|_| {
                let at = bucket.send_at(tat, 1_000.0, 1.0);
                tat = bucket.take(tat, 1_000.0, 1.0);
                ((at - 1_000.0) * 1_000.0).round()
            })
            .collect();
        assert_eq!(times, [0.0, 0.0, 0.0, 0.0, 0.0, 100.0, 200.0, 300.0]);
    }

    proptest! {
        #[test]
        fn no_pattern_of_asking_exceeds_the_rate(
            limit in 1.0f64..100_000.0, pauses in prop::collection::vec(0.0f64..3.0, 1..200),
        ) {
            let bucket = Bucket::per_minute(limit);
            let (mut now, mut tat, mut taken) = (1_000.0, 0.0, 0.0);
            for pause in pauses {
                now += pause;
                let count = bucket.available(tat, now, 1.0) as f64;
                tat = bucket.take(tat, now, count);
                taken += count;
            }
            prop_assert!(taken <= limit / 60.0 * (now - 1_000.0) + bucket.burst() + 1.0 + 1e-3);
        }
    }
}
