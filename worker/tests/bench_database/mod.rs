//! A fresh database of each kind.

use domain::db::Db;
use sea_orm::{ConnectionTrait, Database};
use uuid::Uuid;

/// SQLite always, PostgreSQL where `PROBITY_TEST_POSTGRES` names a server.
pub(crate) async fn databases() -> Vec<(&'static str, Db)> {
    let dir = tempfile::tempdir().unwrap().keep();
    let mut databases = vec![("SQLite", Db::connect(&Db::embedded_url(&dir).unwrap()).await.unwrap())];
    if let Ok(server) = std::env::var("PROBITY_TEST_POSTGRES") {
        let name = format!("test_{}", Uuid::now_v7().simple());
        let admin = Database::connect(&server).await.unwrap();
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        databases.push(("PostgreSQL", Db::connect(&format!("{base}/{name}")).await.unwrap()));
    } else {
        eprintln!("PROBITY_TEST_POSTGRES is not set: SQLite only");
    }
    for (_, db) in &databases {
        db.migrate().await.unwrap();
    }
    databases
}
