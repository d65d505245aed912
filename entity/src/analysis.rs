//! A computed result, with what it was computed from.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "analyses")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// A stored word of `domain::analysis::Kind`.
    pub kind: String,
    /// What it is about, in words of its kind.
    pub subject: String,
    pub run_id: Uuid,
    pub other_run_id: Option<Uuid>,
    /// Of everything that it was computed from, in hex.
    pub input_sha256: String,
    pub code_version: String,
    /// JSON; None: it failed.
    pub document: Option<String>,
    pub failure_reason: Option<String>,
    pub computed_ms: i64,
    pub created_at: DateTimeUtc,
    /// None: it is the last one of its subject.
    pub superseded_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
