//! What a provider's headers state about its limits, as rates.

use std::time::Duration;

/// One limit as a response stated it; None where it does not say.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct StatedWindow {
    /// How many the window allows.
    pub limit: Option<u64>,
    /// How many are left in it.
    pub remaining: Option<u64>,
    /// Until it is full again.
    pub reset: Option<Duration>,
}

/// The limits of a credential as one response stated them.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// Requests.
    pub requests: StatedWindow,
    /// Tokens.
    pub tokens: StatedWindow,
}

/// A window that takes longer than this to fill is one of a day.
const DAY_WINDOW_MIN: Duration = Duration::from_secs(3_600);

/// The longest pause that a stated reset causes where the rate is known anyway.
const PAUSE_MAX: Duration = Duration::from_secs(10);

impl StatedWindow {
    /// The limit per minute; None where nothing is stated, or the window is one of a day.
    /// Headers do not name their window; nearly all are of a minute.
    pub fn per_minute(&self) -> Option<f64> {
        let is_of_a_day = self.reset.is_some_and(|reset| reset > DAY_WINDOW_MIN);
        self.limit.filter(|limit| *limit > 0 && !is_of_a_day).map(|limit| limit as f64)
    }

    /// True where less than half is left: only then is the limit worth keeping to. Until then
    /// the provider lets more through than its rate. None: nothing is stated.
    pub fn is_tight(&self) -> Option<bool> {
        Some(self.remaining?.saturating_mul(2) < self.limit?)
    }

    /// How long not to ask, where nothing is left; None: go on.
    ///
    /// Where the rate is known, most windows refill steadily, so a quarter of the way to full is
    /// enough; where it is not, the window is waited for.
    pub fn pause(&self) -> Option<Duration> {
        let reset = self.reset.filter(|reset| self.remaining == Some(0) && !reset.is_zero())?;
        Some(match self.per_minute() {
            Some(_) => (reset / 4).min(PAUSE_MAX),
            None => reset,
        })
    }
}

impl Stated {
    /// How long not to ask, where requests or tokens are used up; None: go on.
    pub fn pause(&self) -> Option<Duration> {
        self.requests.pause().max(self.tokens.pause())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(limit: u64, remaining: u64, reset_ms: u64) -> StatedWindow {
        let reset = Some(Duration::from_millis(reset_ms));
        StatedWindow { limit: Some(limit), remaining: Some(remaining), reset }
    }

    #[test]
    fn a_limit_without_more_is_one_per_minute() {
        let window = StatedWindow { limit: Some(500), ..StatedWindow::default() };
        assert_eq!(window.per_minute(), Some(500.0));
        assert_eq!(StatedWindow::default().per_minute(), None);
    }

    #[test]
    fn a_limit_is_tight_when_less_than_half_is_left() {
        for (remaining, is_tight) in [(599, false), (300, false), (299, true), (0, true)] {
            assert_eq!(window(600, remaining, 100).is_tight(), Some(is_tight), "{remaining}");
        }
        assert_eq!(StatedWindow::default().is_tight(), None);
    }

    #[test]
    fn a_window_of_a_day_is_no_rate() {
        assert_eq!(window(14_400, 14_000, 40_000_000).per_minute(), None);
    }

    #[test]
    fn nothing_left_is_heeded_before_a_refusal() {
        assert_eq!(window(600, 0, 1_000).pause(), Some(Duration::from_millis(250)));
        assert_eq!(window(500, 0, 60_000).pause(), Some(PAUSE_MAX));
        assert_eq!(window(500, 1, 60_000).pause(), None);
        let unknown = StatedWindow { limit: None, ..window(1, 0, 30_000) };
        assert_eq!(unknown.pause(), Some(Duration::from_secs(30)));
        let stated = Stated { requests: window(600, 3, 700), tokens: window(1_000, 0, 8_000) };
        assert_eq!(stated.pause(), Some(Duration::from_secs(2)));
    }
}
