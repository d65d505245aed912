//! When what goes wrong shall go wrong.

use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// When a fault happens. Every condition that is given must hold; the first rule that applies
/// to a call decides it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// What happens.
    pub kind: Fault,
    /// Share of the matching calls that fail, 0–1. Drawn from the seed, the body and how often
    /// that body was sent, so a retry draws again.
    #[serde(default = "always")]
    pub rate: f64,
    /// Only calls of this model, by its name or one of its versions. None: all.
    #[serde(default)]
    pub model: Option<String>,
    /// Only the first n calls that match, whatever their bodies. None: no end.
    #[serde(default)]
    pub first_n: Option<u64>,
    /// Spares the first n calls that match: healthy, then broken.
    #[serde(default)]
    pub after_n: Option<u64>,
    /// Only the first n calls of each body: the retry after them succeeds.
    #[serde(default)]
    pub first_n_of_body: Option<u32>,
    /// Only conversations whose user has spoken this often (1 = the opening prompt).
    #[serde(default)]
    pub turn: Option<usize>,
    /// Only when the last user message holds this text.
    #[serde(default)]
    pub prompt_contains: Option<String>,
}

fn always() -> f64 {
    1.0
}

impl FaultRule {
    /// Every call fails this way, until narrowed.
    pub fn always(kind: Fault) -> Self {
        Self {
            kind,
            rate: 1.0,
            model: None,
            first_n: None,
            after_n: None,
            first_n_of_body: None,
            turn: None,
            prompt_contains: None,
        }
    }

    /// Only this share of the calls, 0–1.
    #[must_use]
    pub fn at_rate(mut self, rate: f64) -> Self {
        self.rate = rate;
        self
    }

    /// Only this model, by its name or one of its versions.
    #[must_use]
    pub fn for_model(mut self, model: &str) -> Self {
        self.model = Some(model.to_owned());
        self
    }

    /// Only the first n calls that match.
    #[must_use]
    pub fn first_n(mut self, n: u64) -> Self {
        self.first_n = Some(n);
        self
    }

    /// Only the first n calls of each body.
    #[must_use]
    pub fn first_n_of_body(mut self, n: u32) -> Self {
        self.first_n_of_body = Some(n);
        self
    }

    /// Only conversations whose user has spoken this often.
    #[must_use]
    pub fn on_turn(mut self, turn: usize) -> Self {
        self.turn = Some(turn);
        self
    }

    /// Only when the last user message holds this text.
    #[must_use]
    pub fn when_prompt_contains(mut self, text: &str) -> Self {
        self.prompt_contains = Some(text.to_owned());
        self
    }
}

/// A requests-per-minute limit, answered with 429 and `Retry-After` when it is exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Calls per minute, refilled continuously.
    pub requests_per_minute: u32,
    /// Calls that may come at once after a pause.
    pub burst: u32,
}

/// Everything that shall go wrong. The default is nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    /// Tried in order.
    #[serde(default)]
    pub rules: Vec<FaultRule>,
    /// Over all models and keys. None: unlimited.
    #[serde(default)]
    pub rate_limit: Option<RateLimit>,
}

impl Faults {
    /// Nothing goes wrong.
    pub fn none() -> Self {
        Self::default()
    }

    /// One rule alone.
    pub fn one(rule: FaultRule) -> Self {
        Self { rules: vec![rule], rate_limit: None }
    }
}

impl From<Fault> for Faults {
    fn from(kind: Fault) -> Self {
        Self::one(FaultRule::always(kind))
    }
}
