//! The report as a document: what its JSON holds, and what the Markdown is made of.
//!
//! `docs/report.schema.json` describes it. What is not known is null, never 0. Money is in US
//! dollars, times are UTC, spans are in milliseconds.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::design::DesignPart;

use crate::analysis::{ResampledAnalysis, RunAnalysis};

/// The format's name in every document.
pub const FORMAT: &str = "probity.report";
/// The format's version: raised when a reader of the one before would be misled.
pub const FORMAT_VERSION: u32 = 2;

/// A whole report.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Document {
    pub(crate) format: &'static str,
    pub(crate) format_version: u32,
    /// How often the run had ended.
    pub(crate) revision: i32,
    pub(crate) run: RunPart,
    pub(crate) asked: Asked,
    pub(crate) done: Done,
    pub(crate) decisions: Decisions,
    /// None: there is no definition, or the analysis failed.
    pub(crate) findings: Option<FindingsPart>,
    pub(crate) failures: Vec<FailurePart>,
    pub(crate) cost: Cost,
    pub(crate) timings: Timings,
    pub(crate) gates: Vec<GatePart>,
    pub(crate) retries: Vec<RetryPart>,
    pub(crate) events: Events,
    pub(crate) versions: Versions,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct RunPart {
    pub(crate) id: Uuid,
    pub(crate) short_id: String,
    #[serde(rename = "type")]
    pub(crate) run_type: &'static str,
    pub(crate) status: &'static str,
    pub(crate) stop_reason: Option<&'static str>,
    pub(crate) is_cancelled: bool,
    pub(crate) started_by: String,
    pub(crate) parent_run_id: Option<Uuid>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Asked {
    pub(crate) definition: Option<DefinitionPart>,
    pub(crate) plan_hash: Option<String>,
    pub(crate) models: Vec<ModelPart>,
    pub(crate) scenarios_in_version: Option<i64>,
    pub(crate) scenarios: i64,
    /// `full`, `random` or `fractional`.
    pub(crate) sample_plan: &'static str,
    /// The fraction; null: all scenarios are asked, or a random share.
    pub(crate) design: Option<DesignPart>,
    /// How the order of the options changes from probe to probe; null: it does not.
    pub(crate) option_orders: Option<String>,
    pub(crate) sample_percentage: f64,
    pub(crate) sample_seed: i64,
    pub(crate) samples_per_scenario: i32,
    pub(crate) probes: i64,
    pub(crate) parameters: Parameters,
    pub(crate) not_sent: Vec<NotSent>,
    pub(crate) limits: Limits,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct DefinitionPart {
    pub(crate) name: String,
    pub(crate) version: i32,
    pub(crate) sha256: String,
    /// `scale`, `choice` or `free_text`.
    pub(crate) decision: &'static str,
    pub(crate) turns: usize,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ModelPart {
    /// The shortest name that no other model of the run has; what the other parts call it.
    pub(crate) label: String,
    pub(crate) provider: String,
    pub(crate) provider_id: String,
    pub(crate) model_id: String,
    pub(crate) version: Option<String>,
    pub(crate) asked_for: Option<String>,
    /// What the provider was asked for.
    pub(crate) wire_model: String,
    /// What the provider says has answered.
    pub(crate) answered_by: Vec<AnsweredBy>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct AnsweredBy {
    pub(crate) version: Option<String>,
    pub(crate) transcripts: i64,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Parameters {
    pub(crate) temperature: Option<f64>,
    pub(crate) top_p: Option<f64>,
    pub(crate) stop: Vec<String>,
    pub(crate) reasoning_effort: Option<&'static str>,
    pub(crate) max_tokens: Option<i32>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct NotSent {
    pub(crate) model: String,
    pub(crate) parameter: String,
    pub(crate) turns: i64,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Limits {
    pub(crate) budget_usd: Option<f64>,
    pub(crate) deadline_at: Option<DateTime<Utc>>,
    pub(crate) priority: i32,
    pub(crate) parallel: Option<i32>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Done {
    pub(crate) ledger: LedgerPart,
    /// Whether every line of the ledger adds up; false would be a fault of Probity.
    pub(crate) adds_up: bool,
    pub(crate) models: Vec<ModelDone>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ModelDone {
    pub(crate) model: String,
    pub(crate) ledger: LedgerPart,
    /// Answered questions, also those of conversations that broke off.
    pub(crate) turns: i64,
    pub(crate) attempts: Vec<Attempts>,
    /// In the way since then, and why; null: nothing is.
    pub(crate) held: Option<Held>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Held {
    pub(crate) at: DateTime<Utc>,
    pub(crate) category: Option<String>,
    pub(crate) given_up_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Attempts {
    /// `succeeded`, `failed`, `retried`, `waited`, `released`, `lost` or `late`.
    pub(crate) result: String,
    /// A word of the taxonomy; null where it did not fail.
    pub(crate) category: Option<String>,
    pub(crate) count: i64,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct LedgerPart {
    pub(crate) planned: i64,
    pub(crate) queued: i64,
    pub(crate) running: i64,
    pub(crate) succeeded: i64,
    pub(crate) failed: i64,
    pub(crate) cancelled: i64,
    pub(crate) decided: i64,
    pub(crate) reading: i64,
    pub(crate) unreadable: i64,
    pub(crate) refused: i64,
    pub(crate) content_filter: i64,
    pub(crate) truncated: i64,
    pub(crate) empty: i64,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Decisions {
    /// How mean and interval were computed, in words.
    pub(crate) method: &'static str,
    pub(crate) confidence: f64,
    /// `mean score`, or for free answers `share correct`.
    pub(crate) measure: &'static str,
    pub(crate) models: Vec<ModelDecisions>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ModelDecisions {
    pub(crate) model: String,
    /// Decisions: the denominator of the distribution.
    pub(crate) decided: i64,
    /// Decisions that have a score.
    pub(crate) n: u64,
    /// Scenarios that they belong to: the independent observations.
    pub(crate) scenarios: u64,
    pub(crate) mean: Option<f64>,
    pub(crate) standard_deviation: Option<f64>,
    pub(crate) standard_error: Option<f64>,
    pub(crate) interval: Option<[f64; 2]>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) distribution: Vec<Choice>,
    /// Different answers; null where the definition says which there are.
    pub(crate) different_answers: Option<u64>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Warning {
    pub(crate) code: String,
    pub(crate) message: String,
}

/// How often one decision was made.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: Option<String>,
    pub(crate) count: u64,
}

/// What the decisions say, with a figure for each finding.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FindingsPart {
    pub(crate) analysis: RunAnalysis,
    pub(crate) resampled: ResampledAnalysis,
    pub(crate) figures: Vec<Figure>,
    /// A paragraph for a paper.
    pub(crate) methods: String,
}

/// A figure that stands for itself.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Figure {
    /// A stable word.
    pub(crate) id: &'static str,
    pub(crate) title: String,
    /// A whole SVG document.
    pub(crate) svg: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct FailurePart {
    pub(crate) category: &'static str,
    pub(crate) cause: &'static str,
    pub(crate) title: &'static str,
    pub(crate) count: i64,
    pub(crate) models: Vec<ModelCountPart>,
    pub(crate) evidence: Vec<EvidencePart>,
    pub(crate) what_to_do: String,
    pub(crate) is_retryable: bool,
    pub(crate) example_probe_ids: Vec<Uuid>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ModelCountPart {
    pub(crate) model: String,
    pub(crate) count: i64,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct EvidencePart {
    pub(crate) text: String,
    pub(crate) count: i64,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Cost {
    pub(crate) budget_usd: Option<f64>,
    /// Counted where there is a budget: paid, and presumed of calls that nobody heard of.
    pub(crate) spent_usd: Option<f64>,
    pub(crate) presumed_usd: Option<f64>,
    pub(crate) reserved_usd: Option<f64>,
    /// Of everything that has a price; null where nothing has.
    pub(crate) total_usd: Option<f64>,
    /// The most that the plan said it could cost.
    pub(crate) planned_high_usd: Option<f64>,
    pub(crate) models: Vec<ModelCost>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ModelCost {
    pub(crate) model: String,
    pub(crate) input_tokens: i64,
    pub(crate) output_tokens: i64,
    pub(crate) cost_usd: Option<f64>,
    /// Complete transcripts that have no cost: no price, or the provider did not count.
    pub(crate) transcripts_without_cost: i64,
    /// Complete transcripts whose tokens the provider did not count.
    pub(crate) transcripts_without_tokens: i64,
    pub(crate) prices: Vec<Price>,
}

/// A tier, in US dollars per million tokens.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Price {
    pub(crate) effective_from: DateTime<Utc>,
    pub(crate) origin: &'static str,
    pub(crate) above_input_tokens: i64,
    pub(crate) input_usd: f64,
    pub(crate) cached_input_usd: Option<f64>,
    pub(crate) cache_write_usd: Option<f64>,
    pub(crate) output_usd: f64,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Timings {
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) queued_at: Option<DateTime<Utc>>,
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) completed_at: Option<DateTime<Utc>>,
    pub(crate) total_ms: Option<i64>,
    /// From the first claim to the end; null where nothing was claimed.
    pub(crate) working_ms: Option<i64>,
    pub(crate) paused_ms: i64,
    pub(crate) at_gates_ms: i64,
    pub(crate) models: Vec<ModelTimings>,
}

/// The time that complete conversations took to be answered, retries and waits left out.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ModelTimings {
    pub(crate) model: String,
    pub(crate) n: i64,
    pub(crate) latency_p50_ms: Option<i64>,
    pub(crate) latency_p95_ms: Option<i64>,
    pub(crate) latency_max_ms: Option<i64>,
    /// Times that a probe had to wait as the provider asked.
    pub(crate) waits: i64,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct GatePart {
    pub(crate) kind: &'static str,
    pub(crate) attempt: i32,
    pub(crate) state: &'static str,
    pub(crate) reason: String,
    pub(crate) opened_at: DateTime<Utc>,
    pub(crate) closed_at: Option<DateTime<Utc>>,
    pub(crate) decision: Option<DecisionPart>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct DecisionPart {
    pub(crate) action: &'static str,
    pub(crate) by: String,
    pub(crate) comment: Option<String>,
    pub(crate) new_budget_usd: Option<f64>,
    pub(crate) at: DateTime<Utc>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct RetryPart {
    pub(crate) requested_by: String,
    pub(crate) requested_at: DateTime<Utc>,
    /// Empty: whatever the category.
    pub(crate) categories: Vec<String>,
    pub(crate) requeued: i64,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Events {
    /// All events of the run.
    pub(crate) total: i64,
    /// All but those of single probes; the first ones and the last ones where there are very many.
    pub(crate) of_note: Vec<EventPart>,
    /// Those of note that are not listed.
    pub(crate) left_out: i64,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct EventPart {
    pub(crate) seq: i64,
    pub(crate) at: DateTime<Utc>,
    pub(crate) kind: String,
    pub(crate) by: Option<String>,
    pub(crate) payload: Value,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Versions {
    pub(crate) probity: &'static str,
    /// How the plan was made.
    pub(crate) plan_algorithm: Option<String>,
    pub(crate) sampling: &'static str,
    pub(crate) diagnosis_rules: &'static str,
    pub(crate) readers: Vec<ReaderPart>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ReaderPart {
    pub(crate) reader: String,
    pub(crate) version: String,
    pub(crate) readings: i64,
}
