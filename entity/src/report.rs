//! The final document of a run, as it ended once.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub run_id: Uuid,
    /// From 1: how often the run had ended.
    pub revision: i32,
    pub markdown: String,
    /// Byte for byte as it is served.
    pub json: String,
    /// Of `json`, in hex.
    pub sha256: String,
    /// The version of Probity that wrote it.
    pub code_version: String,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
