use super::{DbErr, MigrationTrait, SchemaManager, async_trait, run_script};

pub(crate) struct Migration;

impl sea_orm_migration::MigrationName for Migration {
    fn name(&self) -> &str {
        "m0014_sample_plans"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_script(manager, include_str!("m0014_sample_plans.sql")).await
    }
}
