//! One model version of a run, with its counters.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "run_models")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub run_id: Uuid,
    pub ordinal: i32,
    pub provider_id: String,
    pub model_id: String,
    pub model_version: Option<String>,
    /// How the run named it; None for runs made before this was kept.
    pub asked_for: Option<String>,
    /// What the provider is asked for.
    pub wire_model: String,
    /// The queue's lane: the provider.
    pub lane: String,
    pub planned_count: i64,
    pub succeeded_count: i64,
    pub failed_count: i64,
    pub cancelled_count: i64,
    pub decided_count: i64,
    pub unreadable_count: i64,
    pub refused_count: i64,
    pub content_filter_count: i64,
    pub truncated_count: i64,
    pub empty_count: i64,
    pub input_tokens: i64,
    pub output_tokens: i64,
    /// Micro-dollars; None where no price is known.
    pub cost_usd_micros: Option<i64>,
    /// Errors of the account in a row, over all workers.
    pub hold_streak: i32,
    /// Since when it waits for a person; None: it does not.
    pub held_at: Option<DateTimeUtc>,
    /// Why, as a word of the taxonomy.
    pub held_category: Option<String>,
    /// Why, in the vendor's words.
    pub held_message: Option<String>,
    /// Since when what is left of it fails; None: it does not.
    pub given_up_at: Option<DateTimeUtc>,
    /// How often decisions or scores of it were changed after their first reading.
    pub reading_revision: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
