//! One question of an assessment.

use sea_orm::entity::prelude::*;

use crate::CaseState;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "assessment_cases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub assessment_id: Uuid,
    /// From 0.
    pub seq: i64,
    /// Of a pair: the one that is shown first.
    pub transcript_id: Uuid,
    /// Of a pair: the one that is shown second.
    pub other_transcript_id: Option<Uuid>,
    /// Of a pair: from 0; both orders have one.
    pub pair: Option<i64>,
    pub state: CaseState,
    /// Points of a rubric; of a pair `first`, `second` or `tie`.
    pub verdict: Option<String>,
    pub reason: Option<String>,
    /// Why the judge brought nothing of use.
    pub category: Option<String>,
    pub message: Option<String>,
    /// The last call.
    pub ai_call_id: Option<Uuid>,
    pub decided_by: Option<Uuid>,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
