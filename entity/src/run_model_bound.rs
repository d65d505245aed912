//! The most that one call of a turn can cost.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "run_model_bounds")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_model_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub turn_index: i32,
    pub usd_micros: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
