//! A wait of a run for a person.

use sea_orm::entity::prelude::*;

use crate::{GateKind, GateState};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "gates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub run_id: Uuid,
    pub kind: GateKind,
    pub state: GateState,
    /// From 1, per run and kind.
    pub attempt: i32,
    /// Separated by commas.
    pub allowed_actions: String,
    pub reason: String,
    pub opened_at: DateTimeUtc,
    pub closed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
