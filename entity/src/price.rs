//! What a tier of a model's price costs from a date on, in micro-dollars per million tokens.

use sea_orm::entity::prelude::*;

use crate::Origin;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "prices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub provider_id: String,
    pub model_id: String,
    pub effective_from: DateTimeUtc,
    /// The tier: holds for the whole call where the prompt has more tokens; 0 = the base tier.
    pub above_input_tokens: i64,
    pub input_usd_micros_per_million: i64,
    /// None: as input.
    pub cached_input_usd_micros_per_million: Option<i64>,
    /// None: as input.
    pub cache_write_usd_micros_per_million: Option<i64>,
    pub output_usd_micros_per_million: i64,
    pub origin: Origin,
    pub recorded_at: DateTimeUtc,
    /// None: it holds.
    pub superseded_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
