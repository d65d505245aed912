//! Faults in force: the rules with how many calls each has seen.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use crate::{
    chance::{Chance, join},
    conversation::Conversation,
    fault::Fault,
    fault_rule::{FaultRule, Faults, RateLimit},
    limiter::Limiter,
    profile::Profile,
};

#[derive(Debug)]
pub(crate) struct FaultPlan {
    rules: Vec<(FaultRule, AtomicU64)>,
    limiter: Option<Limiter>,
}

/// What the limiter said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    Unlimited,
    Admitted { limit: RateLimit, remaining: u64 },
    Refused { limit: RateLimit, wait: Duration },
}

impl FaultPlan {
    pub(crate) fn new(faults: Faults) -> Self {
        Self {
            limiter: faults.rate_limit.map(Limiter::new),
            rules: faults.rules.into_iter().map(|rule| (rule, AtomicU64::new(0))).collect(),
        }
    }

    pub(crate) fn admit(&self) -> Admission {
        let Some(limiter) = &self.limiter else {
            return Admission::Unlimited;
        };
        let limit = limiter.limit();
        match limiter.take() {
            Ok(remaining) => Admission::Admitted { limit, remaining },
            Err(wait) => Admission::Refused { limit, wait },
        }
    }

    /// The fault of one call, if it has one. `nth` is 1 for the first call of this body.
    pub(crate) fn fault_of(
        &self,
        seed: u64,
        conversation: &Conversation,
        profile: &Profile,
        nth: u32,
    ) -> Option<Fault> {
        self.rules
            .iter()
            .enumerate()
            .find(|(index, (rule, seen))| {
                let key = join(seed, join(*index as u64, join(conversation.call_key, u64::from(nth))));
                matches(rule, conversation, profile, nth)
                    // Counted before the rate is drawn, so that `first_n` means n calls.
                    && in_window(rule, seen.fetch_add(1, Ordering::Relaxed))
                    && (rule.rate >= 1.0 || Chance::new(key).happens(rule.rate))
            })
            .map(|(_, (rule, _))| rule.kind)
    }
}

fn matches(rule: &FaultRule, conversation: &Conversation, profile: &Profile, nth: u32) -> bool {
    rule.model.as_deref().is_none_or(|model| model == conversation.model || model == profile.name)
        && rule.first_n_of_body.is_none_or(|n| nth <= n)
        && rule.turn.is_none_or(|turn| turn == conversation.turn())
        && rule.prompt_contains.as_deref().is_none_or(|text| conversation.last_prompt().contains(text))
}

fn in_window(rule: &FaultRule, seen_before: u64) -> bool {
    let start = rule.after_n.unwrap_or(0);
    seen_before >= start && rule.first_n.is_none_or(|n| seen_before < start.saturating_add(n))
}
