//! Why a probe waits: one reason, by one order of precedence. Pure.

use chrono::{DateTime, TimeDelta, Utc};

/// What stands in the way of probes that are queued; None: this does not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waiting {
    /// The run was cancelled or ended: its queued probes will not be asked.
    pub cancelled: Option<Obstacle>,
    /// The run is paused.
    pub paused: Option<Obstacle>,
    /// A gate of the run is open.
    pub gate: Option<Obstacle>,
    /// The model is held, or was given up.
    pub hold: Option<Obstacle>,
    /// What the run's budget has left does not cover the worst case.
    pub budget: Option<Obstacle>,
    /// The model's breaker is open.
    pub breaker: Option<Obstacle>,
    /// Nothing may be sent to the provider now.
    pub rate_limit: Option<Obstacle>,
    /// The next try is not due.
    pub backoff: Option<Obstacle>,
    /// No worker that is online can serve the provider.
    pub no_worker: Option<Obstacle>,
    /// Others are served first.
    pub others_first: Option<Obstacle>,
}

/// One thing that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// A whole sentence.
    pub message: String,
    /// Until when; None: not known, or until somebody does something.
    pub until: Option<DateTime<Utc>>,
}

impl Obstacle {
    /// One that lasts until somebody does something, or that nobody knows the end of.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), until: None }
    }

    /// One that ends at a known time.
    pub fn until(message: impl Into<String>, until: Option<DateTime<Utc>>) -> Self {
        Self { message: message.into(), until }
    }
}

/// The kind of a reason, in the order of precedence.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WaitingKind {
    /// The run was cancelled or ended.
    Cancelled,
    /// Somebody paused the run.
    Paused,
    /// A person has to decide.
    Gate,
    /// The provider does not accept the account.
    Hold,
    /// The budget is spent or reserved.
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

impl WaitingKind {
    /// True where time alone does not help: somebody has to do something.
    pub fn needs_somebody(self) -> bool {
        matches!(self, Self::Cancelled | Self::Paused | Self::Gate | Self::Hold | Self::NoWorker)
    }

    /// In two words, for a place with little room.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Paused => "paused",
            Self::Gate => "gate",
            Self::Hold => "held",
            Self::Budget => "budget",
            Self::Breaker => "provider fails",
            Self::RateLimit => "rate limit",
            Self::Backoff => "backoff",
            Self::NoWorker => "no worker",
            Self::OthersFirst => "others first",
        }
    }
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

impl Reason {
    /// How long from now; None: nobody knows, or until somebody does something.
    pub fn left(&self) -> Option<std::time::Duration> {
        Some((self.until? - crate::db::now()).to_std().unwrap_or_default())
    }
}

/// The one reason that counts: the first in the order of `WaitingKind`. None: nothing stands in
/// the way.
pub fn waiting_because(waiting: &Waiting) -> Option<Reason> {
    use WaitingKind as Kind;
    let in_order = [
        (Kind::Cancelled, &waiting.cancelled),
        (Kind::Paused, &waiting.paused),
        (Kind::Gate, &waiting.gate),
        (Kind::Hold, &waiting.hold),
        (Kind::Budget, &waiting.budget),
        (Kind::Breaker, &waiting.breaker),
        (Kind::RateLimit, &waiting.rate_limit),
        (Kind::Backoff, &waiting.backoff),
        (Kind::NoWorker, &waiting.no_worker),
        (Kind::OthersFirst, &waiting.others_first),
    ];
    let (kind, found) = in_order.into_iter().find_map(|(kind, found)| Some((kind, found.clone()?)))?;
    Some(Reason { kind, message: found.message, until: found.until })
}

/// A wait that is over sooner is no standstill: a run that is sent as many calls as a rate allows
/// waits a part of a second again and again.
pub const WAIT_BRIEF: TimeDelta = TimeDelta::seconds(2);

/// Why a run as a whole stands still, given why each of its models with something queued waits
/// (None: nothing stands in its way). The reason that will be over first is the run's. None: one
/// of them moves, or will in a moment, or none has anything queued.
pub fn run_waits_because(models: &[Option<Reason>], now: DateTime<Utc>) -> Option<Reason> {
    let is_stuck = |reason: &&Reason| {
        let is_soon = reason.until.is_some_and(|until| until - now < WAIT_BRIEF);
        match reason.kind {
            WaitingKind::OthersFirst => false,
            WaitingKind::RateLimit | WaitingKind::Backoff => !is_soon,
            _ => true,
        }
    };
    let stuck: Vec<&Reason> =
        models.iter().map(|reason| reason.as_ref().filter(is_stuck)).collect::<Option<_>>()?;
    let by_end = |reason: &&&Reason| {
        (reason.until.is_none(), reason.until, reason.kind.needs_somebody(), std::cmp::Reverse(reason.kind))
    };
    stuck.iter().min_by_key(by_end).map(|reason| (*reason).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_all_reasons_is_named_and_the_next_when_it_is_gone() {
        let at = DateTime::from_timestamp(1_700_000_000, 0);
        let some = || Some(Obstacle::until("Why.", at));
        let mut waiting = Waiting {
            cancelled: some(),
            paused: some(),
            gate: some(),
            hold: some(),
            budget: some(),
            breaker: some(),
            rate_limit: some(),
            backoff: some(),
            no_worker: some(),
            others_first: some(),
        };
        let mut seen = Vec::new();
        let removals: [fn(&mut Waiting) -> &mut Option<Obstacle>; 10] = [
            |waiting| &mut waiting.cancelled,
            |waiting| &mut waiting.paused,
            |waiting| &mut waiting.gate,
            |waiting| &mut waiting.hold,
            |waiting| &mut waiting.budget,
            |waiting| &mut waiting.breaker,
            |waiting| &mut waiting.rate_limit,
            |waiting| &mut waiting.backoff,
            |waiting| &mut waiting.no_worker,
            |waiting| &mut waiting.others_first,
        ];
        for of in removals {
            let reason = waiting_because(&waiting).unwrap();
            assert_eq!((reason.message.as_str(), reason.until), ("Why.", at));
            seen.push(reason.kind);
            *of(&mut waiting) = None;
        }
        assert!(seen.is_sorted() && seen.len() == 10, "{seen:?}");
        seen.dedup();
        assert_eq!(seen.len(), 10);
        assert_eq!(waiting_because(&waiting), None, "nothing stands in its way");
    }

    fn reason(kind: WaitingKind, until: Option<i64>) -> Option<Reason> {
        let until = until.and_then(|at| DateTime::from_timestamp(at, 0));
        Some(Reason { kind, message: "Why.".into(), until })
    }

    #[test]
    fn a_run_stands_still_only_where_all_of_its_models_do() {
        use WaitingKind::{Breaker, Hold, NoWorker, OthersFirst, RateLimit};
        let now = DateTime::from_timestamp(0, 0).unwrap();
        let of = |models: &[Option<Reason>]| run_waits_because(models, now).map(|reason| reason.kind);
        assert_eq!(of(&[]), None, "nothing is queued");
        assert_eq!(of(&[reason(Hold, None), None]), None);
        assert_eq!(of(&[reason(Hold, None), reason(OthersFirst, None)]), None, "in line is no standstill");
        assert_eq!(of(&[reason(Hold, None), reason(NoWorker, None)]), Some(NoWorker));
        assert_eq!(of(&[reason(Hold, None), reason(RateLimit, Some(9))]), Some(RateLimit));
        assert_eq!(of(&[reason(RateLimit, Some(1))]), None, "a moment is no standstill");
        assert_eq!(of(&[reason(Breaker, Some(1))]), Some(Breaker), "a trial soon is no way out yet");
        let first = run_waits_because(&[reason(RateLimit, Some(9)), reason(RateLimit, Some(5))], now);
        assert_eq!(first.unwrap().until, DateTime::from_timestamp(5, 0));
    }
}
