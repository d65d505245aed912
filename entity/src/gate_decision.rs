//! What somebody decided about a gate.

use sea_orm::entity::prelude::*;

use crate::GateAction;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "gate_decisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub gate_id: Uuid,
    pub action: GateAction,
    pub decided_by: Uuid,
    pub comment: Option<String>,
    pub new_budget_usd_micros: Option<i64>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
