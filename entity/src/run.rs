//! One evaluation of a definition version against models.

use sea_orm::entity::prelude::*;

use crate::{ReasoningEffort, RunStatus, RunType, SamplePlan, StopReason};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub definition_id: Option<Uuid>,
    pub definition_version_id: Option<Uuid>,
    pub parent_run_id: Option<Uuid>,
    pub run_type: RunType,
    pub status: RunStatus,
    pub sample_plan: SamplePlan,
    pub sample_percentage: f64,
    pub sample_seed: i64,
    pub samples_per_scenario: i32,
    /// How the order of the options changes; None: it does not.
    pub option_orders: Option<String>,
    pub temperature: Option<f64>,
    pub max_tokens: Option<i32>,
    pub top_p: Option<f64>,
    /// A list of texts.
    pub stop: Json,
    pub reasoning_effort: Option<ReasoningEffort>,
    pub scenario_count: i64,
    pub planned_count: i64,
    /// Scenarios whose probes have been queued.
    pub fanned_out_count: i64,
    /// The last event's number; 0 before the first.
    pub event_seq: i64,
    pub paused_at: Option<DateTimeUtc>,
    pub cancelled_at: Option<DateTimeUtc>,
    pub stopped_at: Option<DateTimeUtc>,
    pub stop_reason: Option<StopReason>,
    /// What the open gate allows; None: no gate is open.
    pub gate_actions: Option<String>,
    pub plan_hash: Option<String>,
    /// Micro-dollars; None where it has no bound.
    pub cost_high_usd_micros: Option<i64>,
    /// How often it has ended: the revision of its report.
    pub ending_count: i32,
    pub created_by: Uuid,
    pub created_at: DateTimeUtc,
    pub queued_at: Option<DateTimeUtc>,
    pub started_at: Option<DateTimeUtc>,
    pub completed_at: Option<DateTimeUtc>,
    pub last_accessed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The texts at which an answer ends.
    pub fn stop_texts(&self) -> Vec<String> {
        serde_json::from_value(self.stop.clone()).unwrap_or_default()
    }
}
