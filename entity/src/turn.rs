//! One question and its answer.

use sea_orm::entity::prelude::*;

use crate::Finish;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "turns")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub probe_id: Uuid,
    pub turn_index: i32,
    pub prompt: String,
    pub answer: String,
    pub reasoning: Option<String>,
    pub finish: Finish,
    pub finish_raw: Option<String>,
    pub model_version: Option<String>,
    pub request_id: Option<String>,
    pub request_body: String,
    pub raw_body: Vec<u8>,
    pub is_text_altered: bool,
    pub input_tokens: Option<i64>,
    pub cached_input_tokens: Option<i64>,
    pub cache_write_tokens: Option<i64>,
    pub output_tokens: Option<i64>,
    pub reasoning_tokens: Option<i64>,
    pub price_id: Option<Uuid>,
    /// Micro-dollars; None where no price is known.
    pub cost_usd_micros: Option<i64>,
    pub first_byte_ms: i64,
    /// None where the answer came in one piece.
    pub first_token_ms: Option<i64>,
    /// A list of the parameters that were asked for and not sent.
    pub omitted: Json,
    pub latency_ms: i64,
    pub started_at: DateTimeUtc,
    pub finished_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
