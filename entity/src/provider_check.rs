//! What asking a provider's free endpoint showed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "provider_checks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub provider_id: String,
    pub worker_id: Uuid,
    pub checked_at: DateTimeUtc,
    /// False: the worker holds no key, so nothing was asked.
    pub is_configured: bool,
    /// None: not known.
    pub is_reachable: Option<bool>,
    /// None: not known, or no key is needed.
    pub is_key_accepted: Option<bool>,
    pub latency_ms: Option<i64>,
    pub model_count: Option<i64>,
    pub error_category: Option<String>,
    pub error_message: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
