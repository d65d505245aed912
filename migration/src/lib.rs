//! Schema changes, in order.
//!
//! Statements are written as SQL once for both databases: the few words that differ
//! (`{uuid}`, `{time}`, …) are substituted per backend, so that constraints and partial
//! indexes stand in the table itself and can be read as what they are.

use sea_orm_migration::{
    prelude::{DbErr, MigrationTrait, SchemaManager, async_trait},
    sea_orm::{ConnectionTrait, DbBackend},
};

pub use sea_orm_migration::prelude::MigratorTrait;

mod m0001_definitions_and_runs;
mod m0002_registry_and_health;
mod m0003_request_parameters;
mod m0004_limits;
mod m0005_lifecycle;
mod m0007_unknown_capabilities;
mod m0008_reports;
mod m0009_observability;
mod m0010_judging;
mod m0011_analyses;
mod m0013_assessments;
mod m0014_sample_plans;

/// Applies all migrations that a database has not seen yet.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_definitions_and_runs::Migration),
            Box::new(m0002_registry_and_health::Migration),
            Box::new(m0003_request_parameters::Migration),
            Box::new(m0004_limits::Migration),
            Box::new(m0005_lifecycle::Migration),
            Box::new(m0007_unknown_capabilities::Migration),
            Box::new(m0008_reports::Migration),
            Box::new(m0009_observability::Migration),
            Box::new(m0010_judging::Migration),
            Box::new(m0011_analyses::Migration),
            Box::new(m0013_assessments::Migration),
            Box::new(m0014_sample_plans::Migration),
        ]
    }
}

/// Runs a script of statements separated by `;`, with the words of the backend put in.
async fn run_script(manager: &SchemaManager<'_>, script: &str) -> Result<(), DbErr> {
    let words: &[(&str, &str)] = match manager.get_database_backend() {
        DbBackend::Postgres => &[
            ("{uuid}", "uuid"),
            ("{time}", "timestamptz"),
            ("{json}", "jsonb"),
            ("{bytes}", "bytea"),
            ("{float}", "double precision"),
        ],
        _ => &[
            ("{uuid}", "blob"),
            ("{time}", "text"),
            ("{json}", "text"),
            ("{bytes}", "blob"),
            ("{float}", "real"),
        ],
    };
    let script = words.iter().fold(script.to_owned(), |sql, (word, value)| sql.replace(word, value));
    // sea-orm's `execute_unprepared` takes several statements on both backends.
    manager.get_connection().execute_unprepared(&script).await.map(drop)
}
