//! A call that Probity makes for itself.

use sea_orm::entity::prelude::*;

use crate::{AiCallKind, AiCallStatus, AiCallStep};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ai_calls")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: AiCallKind,
    pub step: AiCallStep,
    pub status: AiCallStatus,
    pub run_id: Uuid,
    pub run_judge_id: Option<Uuid>,
    pub transcript_id: Option<Uuid>,
    pub job_id: Uuid,
    /// Of the job's claim.
    pub fence: i64,
    pub lane: String,
    pub provider_id: String,
    pub wire_model: String,
    pub prompt_version: String,
    /// Micro-dollars that it may cost; 0 once it is settled.
    pub held_usd_micros: i64,
    /// Micro-dollars that it may have cost.
    pub presumed_usd_micros: i64,
    pub input_tokens: Option<i64>,
    pub output_tokens: Option<i64>,
    pub price_id: Option<Uuid>,
    /// Micro-dollars; None where no price or count is known.
    pub cost_usd_micros: Option<i64>,
    pub model_version: Option<String>,
    pub failure_category: Option<String>,
    pub failure_message: Option<String>,
    pub http_status: Option<i32>,
    pub request_id: Option<String>,
    pub request_body: Option<String>,
    pub answer: Option<String>,
    pub raw_body: Option<Vec<u8>>,
    pub latency_ms: Option<i64>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
