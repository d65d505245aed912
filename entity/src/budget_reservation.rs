//! What a claim of a probe may cost, or may have cost unheard.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "budget_reservations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub probe_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    /// Of the claim.
    pub fence: i64,
    pub run_id: Uuid,
    pub run_model_id: Uuid,
    pub usd_micros: i64,
    /// False: held for a call in flight.
    pub is_presumed: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
