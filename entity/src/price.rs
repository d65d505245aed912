//! What a model costs from a date on, in micro-dollars per million tokens.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "prices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub provider_id: String,
    pub model_id: String,
    pub effective_from: DateTimeUtc,
    pub input_usd_micros_per_million: i64,
    pub cached_input_usd_micros_per_million: Option<i64>,
    pub output_usd_micros_per_million: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
