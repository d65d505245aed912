//! What is served.

use sea_orm::entity::prelude::*;

use crate::Origin;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "models")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub provider_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub display_name: String,
    pub default_version: Option<String>,
    pub context_tokens: Option<i64>,
    pub has_system_prompt: bool,
    /// Can be held to a JSON Schema; None: not known.
    pub has_structured_output: Option<bool>,
    pub origin: Origin,
    /// False: runs are not started with it any more.
    pub is_offered: bool,
    pub output_tokens_max: Option<i64>,
    pub has_temperature: bool,
    pub has_seed: bool,
    /// Thinks before it answers, and can be told how much; None: not known.
    pub has_reasoning: Option<bool>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
