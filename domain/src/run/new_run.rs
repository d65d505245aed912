//! What a run is made of.

use chrono::{DateTime, Utc};
use entity::{ReasoningEffort, SamplePlan};
use uuid::Uuid;

use crate::judging::NewJudge;

/// A model to evaluate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelChoice {
    /// Needed where two providers serve a model of that name, and for a model that the registry
    /// does not know.
    pub provider: Option<String>,
    /// The model's id, also as `provider/model`, each also with `@version` or `@default`.
    pub model: String,
    /// None, or `default`: the model's default version.
    pub version: Option<String>,
}

/// What a run is made of.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// The definition.
    pub definition_id: Uuid,
    /// Its version; None: the latest.
    pub version: Option<i32>,
    /// At least one, none twice.
    pub models: Vec<ModelChoice>,
    /// Which scenarios are asked; None: a random share below 100 %, else all.
    pub sample_plan: Option<SamplePlan>,
    /// Scenarios of a fraction; None: the least from which main effects can be estimated.
    pub sample_scenarios: Option<u64>,
    /// Of a random sample; above 0, up to 100.
    pub sample_percentage: f64,
    /// Picks the sample, and is passed on to models that take a seed. None: a random one.
    pub sample_seed: Option<u32>,
    /// Repetitions of each scenario, from 1.
    pub samples_per_scenario: u32,
    /// List the decisions in another order from probe to probe, so that order can be told from content.
    pub counterbalance: bool,
    /// 0 to 2; None: the provider's default.
    pub temperature: Option<f64>,
    /// Nucleus sampling, above 0 to 1; None: the provider's default.
    pub top_p: Option<f64>,
    /// Texts at which an answer ends; at most 4.
    pub stop: Vec<String>,
    /// How much models that reason shall think; None: the model's default.
    pub reasoning_effort: Option<ReasoningEffort>,
    /// Output tokens of one answer; None: the provider's default.
    pub max_tokens: Option<u32>,
    /// Runs of higher priority are served first; 0 is usual.
    pub priority: i32,
    /// One scenario only.
    pub is_test: bool,
    /// Start even if the same is being run already.
    pub allow_duplicate: bool,
    /// What it may cost, in micro-dollars; None: no budget.
    pub budget_usd_micros: Option<i64>,
    /// When it is ended; None: after the configured time.
    pub deadline_at: Option<DateTime<Utc>>,
    /// Calls in flight at once; None: what its providers allow.
    pub parallel: Option<u32>,
    /// What reads the answers that the deterministic reader cannot; None: nothing.
    pub judge: Option<NewJudge>,
    /// Exactly this plan is to be run; None: whatever is asked.
    pub plan_hash: Option<String>,
    /// The run that this one repeats.
    pub parent_run_id: Option<Uuid>,
    /// The same token makes no second run.
    pub client_token: Option<String>,
}

impl Default for NewRun {
    fn default() -> Self {
        Self {
            definition_id: Uuid::nil(),
            version: None,
            models: Vec::new(),
            sample_plan: None,
            sample_scenarios: None,
            sample_percentage: 100.0,
            sample_seed: None,
            samples_per_scenario: 1,
            counterbalance: false,
            temperature: None,
            top_p: None,
            stop: Vec::new(),
            reasoning_effort: None,
            max_tokens: None,
            priority: 0,
            is_test: false,
            allow_duplicate: false,
            budget_usd_micros: None,
            deadline_at: None,
            parallel: None,
            judge: None,
            plan_hash: None,
            parent_run_id: None,
            client_token: None,
        }
    }
}
