//! Why probes of one model of a run failed, as of one ending of the run.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "diagnoses")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `run`.
    pub subject_type: String,
    pub subject_id: Uuid,
    /// From 1: how often the run had ended.
    pub revision: i32,
    pub run_model_id: Uuid,
    pub category: String,
    /// A word of the table of rules.
    pub cause: String,
    pub failed_count: i64,
    /// A list of `{text, count}`.
    pub evidence: Json,
    /// A list of ids.
    pub example_probe_ids: Json,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
