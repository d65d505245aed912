//! Questions and answers.

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use entity::turn;
use uuid::Uuid;

use super::{
    access::{present, rows},
    ids::usd,
    loaders::PriceKey,
    model::Price,
    words::Finish,
};

/// One question and its answer.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct Turn {
    /// The turn's id.
    id: ID,
    /// From 0.
    turn_index: i32,
    /// The question, as sent.
    prompt: String,
    /// The answer, as received; what cannot be stored stands as U+FFFD.
    answer: String,
    /// What the model thought, where the provider keeps it apart from the answer.
    reasoning: Option<String>,
    /// Why the model stopped.
    finish: Finish,
    /// The provider's word for it.
    finish_raw: Option<String>,
    /// The version that really answered; null where the provider does not say.
    model_version: Option<String>,
    /// The provider's name for the call; null where it gave none.
    request_id: Option<String>,
    /// What was sent, without the key.
    request_body: String,
    /// What came back, as text; bytes that are not UTF-8 stand as U+FFFD.
    response_body: String,
    /// What came back, byte for byte, in Base64.
    response_body_base64: String,
    /// True where the answer could not be stored as received; the body has it.
    is_text_altered: bool,
    /// All input tokens, cached ones among them; null where the provider counted none.
    input_tokens: Option<i64>,
    /// Input tokens read from the provider's cache; null where it does not say.
    cached_input_tokens: Option<i64>,
    /// Input tokens written to the provider's cache; null where it does not say.
    cache_write_tokens: Option<i64>,
    /// All output tokens, reasoning among them; null where the provider counted none.
    output_tokens: Option<i64>,
    /// Output tokens spent on reasoning; null where the provider does not say.
    reasoning_tokens: Option<i64>,
    /// What it cost, in US dollars; null where no price or count is known.
    cost_usd: Option<f64>,
    /// From sending to the first byte of the answer, in milliseconds.
    first_byte_ms: i64,
    /// From sending to the first text of a streamed answer, in milliseconds; null where it came
    /// in one piece.
    first_token_ms: Option<i64>,
    /// Parameters that the run asks for and that were not sent, because the model does not take
    /// them, e.g. `temperature`.
    omitted: Vec<String>,
    /// From sending to the last byte of the answer, in milliseconds.
    latency_ms: i64,
    /// When it was sent.
    started_at: DateTime<Utc>,
    /// When the answer was complete.
    finished_at: DateTime<Utc>,
    #[graphql(skip)]
    price_id: Option<Uuid>,
}

#[ComplexObject]
impl Turn {
    /// The price that `costUsd` was reckoned with; null where none is known.
    async fn price(&self, ctx: &Context<'_>) -> Result<Option<Price>> {
        let Some(id) = self.price_id else { return Ok(None) };
        let found = present(rows(ctx).load_one(PriceKey(id)).await?, "price")?;
        Ok(Some(Price::from(&found)))
    }
}

impl From<turn::Model> for Turn {
    fn from(row: turn::Model) -> Self {
        Self {
            id: row.id.into(),
            turn_index: row.turn_index,
            prompt: row.prompt,
            answer: row.answer,
            reasoning: row.reasoning,
            finish: row.finish.into(),
            finish_raw: row.finish_raw,
            model_version: row.model_version,
            request_id: row.request_id,
            request_body: row.request_body,
            response_body: String::from_utf8_lossy(&row.raw_body).into_owned(),
            response_body_base64: STANDARD.encode(&row.raw_body),
            is_text_altered: row.is_text_altered,
            input_tokens: row.input_tokens,
            cached_input_tokens: row.cached_input_tokens,
            cache_write_tokens: row.cache_write_tokens,
            output_tokens: row.output_tokens,
            reasoning_tokens: row.reasoning_tokens,
            cost_usd: row.cost_usd_micros.map(usd),
            first_byte_ms: row.first_byte_ms,
            first_token_ms: row.first_token_ms,
            omitted: serde_json::from_value(row.omitted).unwrap_or_default(),
            latency_ms: row.latency_ms,
            started_at: row.started_at,
            finished_at: row.finished_at,
            price_id: row.price_id,
        }
    }
}
