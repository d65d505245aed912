//! What every call of a judge has in common, whatever it is asked.

use entity::{AiCallKind, AiCallStatus, AiCallStep, ai_call, model, run};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    budget::CallPrice,
    registry::{Tariff, Tariffs},
};

/// The most output tokens of a judge's answer, its reasoning among them.
pub const OUTPUT_TOKENS_MAX: u32 = 4_096;
/// What wraps the messages of a call costs at most so many tokens.
pub(super) const WRAPPING_TOKENS: u64 = 256;

/// What a judge works on.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// The decisions of a run: a row of `run_judges`.
    Decisions(Uuid),
    /// An assessment.
    Assessment(Uuid),
}

/// Who is asked, for what, and on what terms.
#[derive(Clone, Debug)]
pub struct Terms {
    /// What for.
    pub kind: AiCallKind,
    /// What counts its calls.
    pub work: Work,
    /// The run, as it was when the work was taken up.
    pub run: run::Model,
    /// Who serves the judge.
    pub provider_id: String,
    /// What the provider is asked for.
    pub wire_model: String,
    /// The version of what is asked.
    pub prompt_version: &'static str,
    /// The most calls of this work; None: as many as are needed.
    pub calls_max: Option<i64>,
    /// The judge's price; None where none is known.
    pub price: Option<Tariff>,
    /// What the registry knows of the judge; None: nothing.
    pub model: Option<model::Model>,
    /// What its answers must look like, as providers take it.
    pub schema: Value,
}

/// One question to a judge, and how far its answer is.
#[derive(Clone, Debug)]
pub struct Question {
    /// The transcript, or the case of an assessment: what is asked once at a time.
    pub id: Uuid,
    /// The transcript that it is about; of a pair, the first.
    pub transcript_id: Uuid,
    /// The transcript's probe.
    pub probe_id: Uuid,
    /// The system prompt.
    pub system: &'static str,
    /// The question.
    pub text: String,
    /// An answer to it that could not be used, with what was wrong: the judge is asked to repair it.
    pub invalid: Option<(String, Vec<String>)>,
    /// Failed tries of this judge so far.
    pub try_count: i32,
}

impl Terms {
    /// The most that a call with these bytes of text can cost, in micro-dollars; None: it has no price.
    pub fn cost_max(&self, bytes: usize) -> Option<i64> {
        cost_max(self.price.as_ref(), bytes + self.schema.to_string().len(), 1)
    }
}

/// The most that so many calls with so many bytes of text altogether can cost.
pub(crate) fn cost_max(price: Option<&Tariff>, bytes: usize, calls: u64) -> Option<i64> {
    let tokens = bytes as u64 + calls * WRAPPING_TOKENS;
    Some(CallPrice::worst(price?).cost(tokens, calls * u64::from(OUTPUT_TOKENS_MAX)))
}

/// The price of a model among the tariffs of a moment.
pub(crate) fn price_of(tariffs: &Tariffs, provider_id: &str, model_id: &str) -> Option<Tariff> {
    tariffs.of(provider_id, model_id).cloned()
}

/// What earlier calls about a question leave to be done: an answer to be repaired, and how often it
/// was tried. What was paid for is not asked again. `faults_of`: what is wrong with an answer.
pub(crate) fn left_by<'a>(
    calls: impl Iterator<Item = &'a ai_call::Model> + Clone,
    faults_of: impl Fn(&str) -> Option<Vec<String>>,
) -> (Option<(String, Vec<String>)>, i32) {
    let is_failed = |call: &&ai_call::Model| {
        call.status == AiCallStatus::Failed && call.failure_category.as_deref() != Some("rate_limited")
    };
    let tries = calls.clone().filter(is_failed).count();
    let asked =
        calls.filter(|call| call.status == AiCallStatus::Invalid && call.step == AiCallStep::Ask).last();
    let invalid = asked.map(|call| {
        let answer = call.answer.clone().unwrap_or_default();
        let faults = faults_of(&answer);
        let faults = faults.unwrap_or_else(|| call.failure_message.clone().into_iter().collect());
        (answer, faults)
    });
    (invalid, i32::try_from(tries).unwrap_or(i32::MAX))
}
