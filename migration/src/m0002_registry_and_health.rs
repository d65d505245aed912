use super::{DbErr, MigrationTrait, SchemaManager, async_trait, run_script};

pub(crate) struct Migration;

impl sea_orm_migration::MigrationName for Migration {
    fn name(&self) -> &str {
        "m0002_registry_and_health"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_script(manager, include_str!("m0002_registry_and_health.sql")).await
    }

    /// Also on SQLite: a table is copied, and half a copy must not stay.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
