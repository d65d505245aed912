//! What a run asks of each model.

use async_graphql::SimpleObject;
use entity::run;

use super::words::ReasoningEffort;

/// How a run's scenarios were drawn, and with which parameters its models are asked: fields of `Run`.
#[derive(SimpleObject)]
pub(crate) struct RunSettings {
    /// The share of the scenarios that is run: above 0, up to 100.
    sample_percentage: f64,
    /// What the sample was drawn with: the same seed picks the same scenarios.
    sample_seed: i64,
    /// Repetitions of each scenario.
    samples_per_scenario: i32,
    /// The temperature that is asked for; null: the provider's default.
    temperature: Option<f64>,
    /// The share of nucleus sampling that is asked for; null: the provider's default.
    top_p: Option<f64>,
    /// Texts at which an answer ends.
    stop: Vec<String>,
    /// How much models that reason are told to think; null: the model's default.
    reasoning_effort: Option<ReasoningEffort>,
    /// The most output tokens of one answer; null: the provider's default.
    max_tokens: Option<i32>,
}

impl RunSettings {
    /// Those of a run's row.
    pub(crate) fn of(run: &run::Model) -> Self {
        Self {
            sample_percentage: run.sample_percentage,
            sample_seed: run.sample_seed,
            samples_per_scenario: run.samples_per_scenario,
            temperature: run.temperature,
            top_p: run.top_p,
            stop: run.stop_texts(),
            reasoning_effort: run.reasoning_effort.map(Into::into),
            max_tokens: run.max_tokens,
        }
    }
}
