//! The model that judges a run's transcripts, each time somebody has it do so.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "run_judges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub run_id: Uuid,
    /// From 1, per run; the last one counts.
    pub attempt: i32,
    pub provider_id: String,
    pub model_id: String,
    pub model_version: Option<String>,
    /// What the provider is asked for.
    pub wire_model: String,
    pub calls_max: Option<i64>,
    pub prompt_version: String,
    pub requested_by: Uuid,
    pub created_at: DateTimeUtc,
    /// True once what was unreadable before waits to be judged.
    pub is_reopened: bool,
    /// How far that is, by the place in the run.
    pub reopened_seq: i64,
    /// When it ended before everything was judged.
    pub stopped_at: Option<DateTimeUtc>,
    pub stop_category: Option<String>,
    pub stop_message: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
