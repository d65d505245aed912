//! The conversation a probe produced; immutable.

use sea_orm::entity::prelude::*;

use crate::TranscriptOutcome;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "transcripts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub probe_id: Uuid,
    pub run_id: Uuid,
    pub run_model_id: Uuid,
    pub scenario_id: Uuid,
    /// Position within the run, from 0; stable.
    pub seq: i64,
    pub is_complete: bool,
    pub outcome: TranscriptOutcome,
    pub model_version: Option<String>,
    pub turn_count: i32,
    pub word_count: i64,
    pub input_tokens: Option<i64>,
    pub output_tokens: Option<i64>,
    /// Micro-dollars; None where no price is known.
    pub cost_usd_micros: Option<i64>,
    pub latency_ms: i64,
    pub started_at: DateTimeUtc,
    pub finished_at: DateTimeUtc,
    pub last_accessed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
