//! Why a probe waits: one reason, by one order of precedence. Pure.

use chrono::{DateTime, Utc};

/// What there is to know about a probe that is queued.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waiting {
    /// Its run was cancelled.
    pub is_cancelled: bool,
    /// Its run is paused.
    pub is_paused: bool,
    /// A gate of its run is open: what it asks.
    pub gate: Option<String>,
    /// Its model is held: the vendor's words and what to do.
    pub hold: Option<String>,
    /// Its run's budget does not cover its worst case.
    pub is_over_budget: bool,
    /// Its model's breaker is open: until when, and the last fault.
    pub breaker: Option<(Option<DateTime<Utc>>, String)>,
    /// Nothing may be sent to its provider: until when, and why.
    pub rate_limit: Option<(Option<DateTime<Utc>>, String)>,
    /// Its own next try is not due.
    pub backoff_until: Option<DateTime<Utc>>,
    /// A worker that is online can serve its provider.
    pub has_worker: bool,
    /// Others are served first.
    pub has_others_first: bool,
}

/// The kind of a reason, in the order of precedence.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WaitingKind {
    /// The run was cancelled.
    Cancelled,
    /// Somebody paused the run.
    Paused,
    /// A person has to decide.
    Gate,
    /// The provider does not accept the account.
    Hold,
    /// The budget is spent.
    Budget,
    /// The provider is failing.
    Breaker,
    /// The provider takes no more for now.
    RateLimit,
    /// The pause before another try.
    Backoff,
    /// Nobody could ask it.
    NoWorker,
    /// It is not its turn.
    OthersFirst,
}

/// Why a probe waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The kind.
    pub kind: WaitingKind,
    /// A whole sentence.
    pub message: String,
    /// Until when; None: not known, or until somebody does something.
    pub until: Option<DateTime<Utc>>,
}

/// The one reason that counts: the first in the order of `WaitingKind`. None: it can be claimed
/// right now.
pub fn waiting_because(probe: &Waiting) -> Option<Reason> {
    let because = |kind, message: String, until| Some(Reason { kind, message, until });
    let plain = |kind, message: &str| because(kind, message.to_owned(), None);
    if probe.is_cancelled {
        return plain(WaitingKind::Cancelled, "The run was cancelled; the probe will not be asked.");
    }
    if probe.is_paused {
        return plain(WaitingKind::Paused, "The run is paused; resume it to go on.");
    }
    if let Some(asked) = &probe.gate {
        return because(WaitingKind::Gate, asked.clone(), None);
    }
    if let Some(hold) = &probe.hold {
        return because(WaitingKind::Hold, hold.clone(), None);
    }
    if probe.is_over_budget {
        return plain(
            WaitingKind::Budget,
            "What the run's budget has left does not cover the probe's worst case; raise the budget to go on.",
        );
    }
    if let Some((until, fault)) = &probe.breaker {
        let message = format!(
            "The provider is failing ({fault}); one probe at a time finds out whether it is back. Waiting costs no try."
        );
        return because(WaitingKind::Breaker, message, *until);
    }
    if let Some((until, why)) = &probe.rate_limit {
        return because(WaitingKind::RateLimit, why.clone(), *until);
    }
    if probe.backoff_until.is_some() {
        let message = "The last try failed; the next one comes after a pause.".to_owned();
        return because(WaitingKind::Backoff, message, probe.backoff_until);
    }
    if !probe.has_worker {
        return plain(
            WaitingKind::NoWorker,
            "No worker that is online has a key for this provider; start one that has.",
        );
    }
    probe.has_others_first.then(|| Reason {
        kind: WaitingKind::OthersFirst,
        message: "Other probes are served first; it has its turn when a slot is free.".to_owned(),
        until: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_all_reasons_is_named_and_the_next_when_it_is_gone() {
        let at = DateTime::from_timestamp(1_700_000_000, 0);
        let mut probe = Waiting {
            is_cancelled: true,
            is_paused: true,
            gate: Some("Approve?".into()),
            hold: Some("401".into()),
            is_over_budget: true,
            breaker: Some((at, "503".into())),
            rate_limit: Some((at, "429".into())),
            backoff_until: at,
            has_worker: false,
            has_others_first: true,
        };
        let mut seen = Vec::new();
        let removals: [fn(&mut Waiting); 10] = [
            |probe| probe.is_cancelled = false,
            |probe| probe.is_paused = false,
            |probe| probe.gate = None,
            |probe| probe.hold = None,
            |probe| probe.is_over_budget = false,
            |probe| probe.breaker = None,
            |probe| probe.rate_limit = None,
            |probe| probe.backoff_until = None,
            |probe| probe.has_worker = true,
            |probe| probe.has_others_first = false,
        ];
        for remove in removals {
            seen.push(waiting_because(&probe).unwrap().kind);
            remove(&mut probe);
        }
        assert!(seen.is_sorted() && seen.len() == 10, "{seen:?}");
        seen.dedup();
        assert_eq!(seen.len(), 10);
        assert_eq!(waiting_because(&probe), None, "nothing stands in its way");
    }

    #[test]
    fn a_wait_says_until_when() {
        let at = DateTime::from_timestamp(1_700_000_000, 0);
        let probe = Waiting { rate_limit: Some((at, "slow".into())), has_worker: true, ..Waiting::default() };
        assert_eq!(waiting_because(&probe).unwrap().until, at);
    }
}
