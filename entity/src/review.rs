//! A transcript that a judge could not read, and what somebody made of it.

use sea_orm::entity::prelude::*;

use crate::ReviewState;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reviews")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub run_id: Uuid,
    pub gate_id: Uuid,
    pub transcript_id: Uuid,
    pub ai_call_id: Uuid,
    pub category: String,
    pub message: String,
    /// What can be read from the judge's raw answer.
    pub value: Option<String>,
    pub state: ReviewState,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
