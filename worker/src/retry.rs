//! What becomes of a probe whose call failed.

use std::time::Duration;

use domain::{config::Config, limits};
use providers::{NextStep, ProviderError};

use crate::pacer::{self, Standing};

/// The next step for the probe.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Wait as told; no try is consumed.
    Wait,
    /// Try again after this pause.
    Retry(Duration),
    /// Give up.
    GiveUp,
}

/// Decides by the taxonomy and the tries so far (this one not among them).
pub(crate) fn step(config: &Config, error: &ProviderError, attempt_count: i32) -> Step {
    let tries = u32::try_from(attempt_count).unwrap_or(0);
    let again = |tries_max: u32| {
        if tries + 1 >= tries_max {
            return Step::GiveUp;
        }
        let backoff = full_jitter(config, tries);
        Step::Retry(error.retry_after.map_or(backoff, |told| told.max(backoff)))
    };
    match error.category.next_step() {
        NextStep::Wait => Step::Wait,
        NextStep::Retry => again(config.attempts_max),
        NextStep::RetryOnce => again(config.attempts_max.min(2)),
        // A quota of a day comes back by itself.
        NextStep::Hold if pacer::is_of_a_day(error) => Step::Wait,
        // The model is held at the third in a row; until then this could be this probe's alone.
        NextStep::Hold => again(config.attempts_max.max(HOLD_TRIES)),
        NextStep::Fail => Step::GiveUp,
    }
}

/// Tries at least before an error of the account fails a probe: enough for one probe alone to
/// have its model held first.
const HOLD_TRIES: u32 = limits::HOLD_STREAK.unsigned_abs() + 1;

/// The pause of a try that does not count because the provider is known to be failing; None: it
/// counts.
pub(crate) fn excused(step: Step, standing: Standing) -> Option<Duration> {
    let usual = match step {
        Step::Retry(delay) => delay,
        Step::GiveUp | Step::Wait => Duration::ZERO,
    };
    match standing {
        // Whoever tried in vain sorts behind those that have not, and comes when it is time.
        Standing::Broken(until) => Some(until.unwrap_or(usual)),
        Standing::Usual => None,
    }
}

/// A pause drawn evenly from zero to the exponential ceiling.
/// Source: "full jitter", <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>.
pub(crate) fn full_jitter(config: &Config, tries: u32) -> Duration {
    let ceiling = config.backoff_base_ms.saturating_mul(1 << tries.min(20)).min(config.backoff_max_ms).max(1);
    Duration::from_millis(fastrand::u64(0..=ceiling))
}

/// How long a rate limit is waited for: as told, else half to all of a pause that doubles with
/// each limit in a row, so that nobody asks again at once.
pub(crate) fn wait(config: &Config, error: &ProviderError, waits_in_a_row: u32) -> Duration {
    error.retry_after.unwrap_or_else(|| {
        let ceiling = config
            .backoff_base_ms
            .saturating_mul(1 << waits_in_a_row.min(20))
            .min(config.backoff_max_ms)
            .max(2);
        Duration::from_millis(fastrand::u64(ceiling / 2..=ceiling))
    })
}
