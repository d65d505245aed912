//! A job that is not a probe.

use sea_orm::entity::prelude::*;

use crate::QueueStatus;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub run_id: Option<Uuid>,
    pub provider_id: Option<String>,
    /// The queue's lane: the provider.
    pub lane: String,
    /// Position within the run, from 0; stable.
    pub seq: i64,
    pub status: QueueStatus,
    /// Not to be claimed before this time.
    pub run_at: DateTimeUtc,
    /// Failed tries so far; waits do not count.
    pub attempt_count: i32,
    /// Counts claims; what a former lease holder writes is recognised by it.
    pub fence: i64,
    pub leased_by: Option<Uuid>,
    /// By the database's clock.
    pub lease_until: Option<DateTimeUtc>,
    pub error_message: Option<String>,
    pub created_at: DateTimeUtc,
    pub started_at: Option<DateTimeUtc>,
    pub finished_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
