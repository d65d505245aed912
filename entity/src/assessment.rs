//! A judge model at work on a run that is over: by a rubric, in pairs, or about values.

use sea_orm::entity::prelude::*;

use crate::{AssessmentKind, RankingState};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "assessments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub run_id: Uuid,
    pub kind: AssessmentKind,
    /// From 1, per run.
    pub attempt: i32,
    /// Whose scorer, or whose values.
    pub definition_version_id: Uuid,
    /// None: it is about values.
    pub scorer: Option<String>,
    pub provider_id: String,
    pub model_id: String,
    pub model_version: Option<String>,
    /// What the provider is asked for.
    pub wire_model: String,
    pub calls_max: Option<i64>,
    pub pairs_max: Option<i64>,
    pub seed: i64,
    /// True where transcripts that this scorer has scored are left out.
    pub only_missing: bool,
    pub prompt_version: String,
    pub requested_by: Uuid,
    pub created_at: DateTimeUtc,
    /// How far its cases are written, by the place in the run.
    pub cases_seq: i64,
    /// None: they are being written.
    pub case_count: Option<i64>,
    pub finished_at: Option<DateTimeUtc>,
    /// Why it ended before every case was asked.
    pub stop_category: Option<String>,
    pub stop_message: Option<String>,
    pub ranking_state: RankingState,
    /// Of the bootstrap.
    pub ranking_rounds: i64,
    pub ranking_rounds_done: i64,
    /// A `domain::assessing::Ranking` as JSON.
    pub ranking: Option<Json>,
    pub ranking_message: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
