use sea_orm_migration::sea_orm::DbBackend;

use super::{DbErr, MigrationTrait, SchemaManager, async_trait, run_script};

pub(crate) struct Migration;

impl sea_orm_migration::MigrationName for Migration {
    fn name(&self) -> &str {
        "m0013_assessments"
    }
}

/// What Probity asks models for, for itself: the whole set, so that it does not matter who widened
/// it first.
const KINDS: &str = "'judge', 'summary', 'rubric', 'pairwise', 'feature'";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let widened = match manager.get_database_backend() {
            DbBackend::Postgres => format!(
                "ALTER TABLE ai_calls DROP CONSTRAINT IF EXISTS ai_calls_kind_check;
                 ALTER TABLE ai_calls ADD CONSTRAINT ai_calls_kind_check CHECK (kind IN ({KINDS}));"
            ),
            // Decisions and reviews refer to the calls, so making them anew would copy every decision.
            // The wider CHECK changes nothing of what is stored: the schema's text is enough, as
            // https://sqlite.org/lang_altertable.html#otheralter has it for constraints.
            _ => format!(
                "PRAGMA writable_schema = ON;
                 UPDATE sqlite_schema SET sql = replace(sql, 'kind IN (''judge'')', 'kind IN ({})')
                     WHERE type = 'table' AND name = 'ai_calls';
                 PRAGMA writable_schema = RESET;",
                KINDS.replace('\'', "''")
            ),
        };
        run_script(manager, &widened).await?;
        run_script(manager, include_str!("m0013_assessments.sql")).await
    }
}
