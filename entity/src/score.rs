//! What a scorer said of a transcript.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "scores")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub transcript_id: Uuid,
    pub run_id: Uuid,
    pub scorer: String,
    pub scorer_version: String,
    pub revision: i32,
    pub is_in_force: bool,
    /// 1: passed, 0: not.
    pub value: f64,
    pub reason: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
