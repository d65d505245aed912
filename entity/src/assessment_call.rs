//! Which case of an assessment a call is about.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "assessment_calls")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub ai_call_id: Uuid,
    pub assessment_id: Uuid,
    pub case_id: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
