//! What all workers together may ask of a provider's credential.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "provider_states")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub lane: String,
    pub configured_parallel: Option<i32>,
    pub configured_requests_per_minute: Option<i32>,
    pub configured_tokens_per_minute: Option<i64>,
    pub configured_requests_per_day: Option<i64>,
    pub admin_parallel: Option<i32>,
    pub admin_requests_per_minute: Option<i32>,
    pub admin_tokens_per_minute: Option<i64>,
    pub admin_requests_per_day: Option<i64>,
    pub stated_requests_per_minute: Option<f64>,
    pub stated_tokens_per_minute: Option<f64>,
    pub learned_parallel: Option<i32>,
    pub learned_requests_per_minute: Option<f64>,
    pub is_slow_start: bool,
    pub ramp_count: i32,
    pub cut_at: f64,
    pub cut_count: i32,
    pub risen_at: f64,
    pub limited_in_a_row: i32,
    pub request_tat: f64,
    pub token_tat: f64,
    pub mean_output_tokens: Option<f64>,
    pub mean_call_tokens: Option<f64>,
    pub day: i64,
    pub day_count: i64,
    pub cooldown_until: Option<DateTimeUtc>,
    pub cooldown_reason: Option<String>,
    pub cooldown_message: Option<String>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
