//! The fraction of the scenarios that a run asks, as it was found when the run was made.

use sea_orm::entity::prelude::*;

use crate::DesignKind;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "run_designs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: Uuid,
    pub kind: DesignKind,
    pub d_efficiency: f64,
    pub parameter_count: i64,
    pub next_orthogonal_size: Option<i64>,
    pub method: String,
    pub method_version: i32,
    /// A list of numbers, ascending.
    pub combinations: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
