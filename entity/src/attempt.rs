//! One try at a probe; append-only.

use sea_orm::entity::prelude::*;

use crate::AttemptResult;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "attempts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub probe_id: Uuid,
    pub run_id: Uuid,
    /// The model of the run; None for tries older than this column.
    pub run_model_id: Option<Uuid>,
    /// Counts claims; what a former lease holder writes is recognised by it.
    pub fence: i64,
    pub worker_id: Uuid,
    pub result: AttemptResult,
    pub error_category: Option<String>,
    pub error_message: Option<String>,
    pub http_status: Option<i32>,
    pub retry_after_ms: Option<i64>,
    pub request_id: Option<String>,
    pub raw_body: Option<Vec<u8>>,
    /// What had come of a streamed answer that broke off.
    pub partial_answer: Option<String>,
    pub partial_reasoning: Option<String>,
    pub first_turn_index: i32,
    pub turn_count: i32,
    pub input_tokens: Option<i64>,
    pub output_tokens: Option<i64>,
    /// Micro-dollars; None where no price is known.
    pub cost_usd_micros: Option<i64>,
    pub latency_ms: Option<i64>,
    pub started_at: DateTimeUtc,
    pub finished_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
