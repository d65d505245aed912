//! What a transcript did with a value of its definition.

use sea_orm::entity::prelude::*;

use crate::ValueOutcome;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "value_readings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub run_id: Uuid,
    pub transcript_id: Uuid,
    pub value: String,
    /// From 1, per transcript and value.
    pub revision: i32,
    pub is_in_force: bool,
    /// None: it is not named any more, by this reading.
    pub outcome: Option<ValueOutcome>,
    pub reader: String,
    pub reader_version: String,
    pub turn_index: Option<i32>,
    pub quote: Option<String>,
    pub ai_call_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
