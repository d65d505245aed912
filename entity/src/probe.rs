//! One unit of work of a run, and the queue's row.

use sea_orm::entity::prelude::*;

use crate::{ProbeOutcome, QueueStatus};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "probes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub run_id: Uuid,
    pub run_model_id: Uuid,
    pub scenario_id: Uuid,
    pub sample_index: i32,
    /// Position within the run, from 0; stable.
    pub seq: i64,
    /// The queue's lane: the provider.
    pub lane: String,
    pub status: QueueStatus,
    pub outcome: Option<ProbeOutcome>,
    /// Not to be claimed before this time.
    pub run_at: DateTimeUtc,
    /// Failed tries so far; waits do not count.
    pub attempt_count: i32,
    pub turn_count: i32,
    /// Counts claims; what a former lease holder writes is recognised by it.
    pub fence: i64,
    pub leased_by: Option<Uuid>,
    /// By the database's clock.
    pub lease_until: Option<DateTimeUtc>,
    pub error_category: Option<String>,
    pub error_message: Option<String>,
    pub started_at: Option<DateTimeUtc>,
    pub finished_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
