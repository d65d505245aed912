//! One process that claims probes and jobs.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "workers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub version: String,
    /// Grows by one per heartbeat; without change for three beats the worker is offline.
    pub beat: i64,
    pub beat_at: DateTimeUtc,
    pub started_at: DateTimeUtc,
    pub stopped_at: Option<DateTimeUtc>,
    /// The machine it runs on.
    pub host: Option<String>,
    /// What starts it again there, without anything secret.
    pub restart_command: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
