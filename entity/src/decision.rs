//! One reading of a transcript.

use sea_orm::entity::prelude::*;

use crate::DecisionStatus;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "decisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub transcript_id: Uuid,
    pub run_id: Uuid,
    pub revision: i32,
    pub is_in_force: bool,
    pub status: DecisionStatus,
    pub value: Option<String>,
    pub score: Option<f64>,
    pub reader: String,
    pub reader_version: String,
    pub rule: Option<String>,
    pub reason: Option<String>,
    pub turn_index: Option<i32>,
    pub quote_start: Option<i32>,
    pub quote_end: Option<i32>,
    pub decided_by: Option<Uuid>,
    /// The call in which a judge read it; None: no judge did.
    pub ai_call_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
