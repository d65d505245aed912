//! Tries at probes.

use async_graphql::{ID, SimpleObject};
use chrono::{DateTime, Utc};
use entity::attempt;

use super::{ids::usd, words::AttemptResult};

/// One try at a probe: how it ended, how long it took, what it cost.
#[derive(SimpleObject)]
pub(crate) struct Attempt {
    /// The attempt's id.
    id: ID,
    /// How it ended.
    result: AttemptResult,
    /// Why it failed, as a word, e.g. `rate_limited`; null: it did not.
    error_category: Option<String>,
    /// Why it failed, in words; null: it did not.
    error_message: Option<String>,
    /// The provider's HTTP status; null where there was no answer.
    http_status: Option<i32>,
    /// How long the provider asked to wait, in milliseconds; null: it did not.
    retry_after_ms: Option<i64>,
    /// The provider's name for the call; null where it gave none.
    request_id: Option<String>,
    /// The body of an error, as text; null where there was none.
    error_body: Option<String>,
    /// What had come of a streamed answer before it broke off; null where nothing had.
    partial_answer: Option<String>,
    /// The reasoning that had come of it; null where none had.
    partial_reasoning: Option<String>,
    /// The first turn this try asked, from 0.
    first_turn_index: i32,
    /// Turns that this try had answered.
    turn_count: i32,
    /// Input tokens of the answered turns; null where the provider counted none.
    input_tokens: Option<i64>,
    /// Output tokens of the answered turns; null where the provider counted none.
    output_tokens: Option<i64>,
    /// What the answered turns cost, in US dollars; null where no price or count is known.
    cost_usd: Option<f64>,
    /// Time spent waiting for the provider, in milliseconds; null where it is not known.
    latency_ms: Option<i64>,
    /// The worker that tried.
    worker_id: ID,
    /// When the first request was sent.
    started_at: DateTime<Utc>,
    /// When it ended.
    finished_at: DateTime<Utc>,
}

impl From<attempt::Model> for Attempt {
    fn from(row: attempt::Model) -> Self {
        Self {
            id: row.id.into(),
            result: row.result.into(),
            error_category: row.error_category,
            error_message: row.error_message,
            http_status: row.http_status,
            retry_after_ms: row.retry_after_ms,
            request_id: row.request_id,
            error_body: row.raw_body.map(|body| String::from_utf8_lossy(&body).into_owned()),
            partial_answer: row.partial_answer,
            partial_reasoning: row.partial_reasoning,
            first_turn_index: row.first_turn_index,
            turn_count: row.turn_count,
            input_tokens: row.input_tokens,
            output_tokens: row.output_tokens,
            cost_usd: row.cost_usd_micros.map(usd),
            latency_ms: row.latency_ms,
            worker_id: row.worker_id.into(),
            started_at: row.started_at,
            finished_at: row.finished_at,
        }
    }
}
