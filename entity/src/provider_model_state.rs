//! The breaker of one model of a provider.

use sea_orm::entity::prelude::*;

use crate::BreakerState;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "provider_model_states")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub lane: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub wire_model: String,
    pub breaker: BreakerState,
    pub fault_streak: i32,
    pub recent_bits: i64,
    pub recent_count: i32,
    pub opened_at: Option<DateTimeUtc>,
    pub retry_at: Option<DateTimeUtc>,
    pub pause_ms: i64,
    pub trial_count: i32,
    pub trial_probe_id: Option<Uuid>,
    pub fault_category: Option<String>,
    pub fault_message: Option<String>,
    pub cooldown_until: Option<DateTimeUtc>,
    pub cooldown_message: Option<String>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
