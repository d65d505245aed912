//! Fresh databases and ready-made runs for tests.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop where it stands")]

mod lane;

pub use lane::{Lane, answered, attempt, failed, given_back, turn};

use domain::{
    access::AccessLog,
    auth::{Actor, local_actor},
    config::Config,
    db::Db,
    definition::{self, DefinitionContent, samples::SAMPLES},
    library,
    run::{self, Created, ModelChoice, NewRun},
};
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;
use uuid::Uuid;

/// A database of its own; its files go when it is dropped.
pub struct TestDatabase {
    /// `SQLite` or `PostgreSQL`, for messages.
    pub name: &'static str,
    /// Migrated and empty.
    pub db: Db,
    /// Where other processes find it.
    pub url: String,
    /// Holds the SQLite file.
    pub dir: TempDir,
}

/// A fresh SQLite file, and a fresh PostgreSQL database where `PROBITY_TEST_POSTGRES` names a
/// server in which databases can be made.
pub async fn databases() -> Vec<TestDatabase> {
    let dir = tempfile::tempdir().unwrap();
    let url = Db::embedded_url(dir.path()).unwrap();
    let mut databases = vec![open("SQLite", url, dir).await];
    match std::env::var("PROBITY_TEST_POSTGRES") {
        Ok(server) => {
            let name = format!("test_{}", Uuid::now_v7().simple());
            let admin = Database::connect(&server).await.unwrap();
            admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
            admin.close().await.unwrap();
            let (base, _) = server.rsplit_once('/').unwrap();
            databases.push(open("PostgreSQL", format!("{base}/{name}"), tempfile::tempdir().unwrap()).await);
        }
        Err(_) => eprintln!("PROBITY_TEST_POSTGRES is not set: SQLite only"),
    }
    databases
}

async fn open(name: &'static str, url: String, dir: TempDir) -> TestDatabase {
    let db = Db::connect(&url).await.unwrap();
    db.migrate().await.unwrap();
    TestDatabase { name, db, url, dir }
}

/// A configuration with simulated models at this address, quick enough for tests.
pub fn config(sim_base_url: &str) -> Config {
    let mut config = Config::load(None).unwrap();
    config.providers.entry("sim".into()).or_default().base_url = Some(sim_base_url.into());
    config.poll_ms = 20;
    config.backoff_base_ms = 10;
    config.backoff_max_ms = 50;
    config.beat_seconds = 0.5;
    config.lease_seconds = 2.0;
    config
}

/// The sample definition whose file's name contains this.
pub fn sample(name: &str) -> DefinitionContent {
    let (_, text) = SAMPLES.iter().find(|(file, _)| file.contains(name)).unwrap();
    definition::from_yaml(text.as_bytes()).unwrap()
}

/// What a run of these models is made of, all scenarios once.
pub fn new_run(definition_id: Uuid, models: &[&str]) -> NewRun {
    let choice = |model: &&str| ModelChoice { provider: None, model: (*model).into(), version: None };
    NewRun {
        definition_id,
        version: None,
        models: models.iter().map(choice).collect(),
        sample_percentage: 100.0,
        sample_seed: Some(7),
        samples_per_scenario: 1,
        temperature: None,
        top_p: None,
        stop: Vec::new(),
        reasoning_effort: None,
        max_tokens: None,
        priority: 0,
        is_test: false,
        allow_duplicate: true,
        ..NewRun::default()
    }
}

/// Saves a definition under a name of its own and starts a run of it.
pub async fn start(
    db: &Db,
    config: &Config,
    mut content: DefinitionContent,
    models: &[&str],
    change: impl FnOnce(&mut NewRun),
) -> (Actor, Created) {
    let actor = local_actor(db).await.unwrap();
    content.name = format!("{} {}", content.name, Uuid::now_v7());
    let saved = library::create(db, &actor, &content).await.unwrap();
    let mut new = new_run(saved.definition.id, models);
    change(&mut new);
    let created = run::create(db, config, &AccessLog::default(), &actor, &new).await.unwrap();
    (actor, created)
}
