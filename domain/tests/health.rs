//! Checks of providers: who does them, and how often.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use std::time::Duration;

use domain::{
    auth::{Actor, local_actor},
    db::Db,
    fleet,
    health::{NewCheck, providers, record_check, request_check},
    queue::{self, Job, JobEnding, JobLane, claim_jobs, finish_job},
    registry,
};
use entity::{Role, job};
use sea_orm::{EntityTrait, PaginatorTrait};
use test_support::databases;
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(60);

async fn ready(db: &Db) -> (domain::config::Config, Actor) {
    let config = test_support::config("http://127.0.0.1:9/v1");
    registry::sync(db, &config).await.unwrap();
    (config, local_actor(db).await.unwrap())
}

async fn jobs(db: &Db) -> u64 {
    job::Entity::find().count(db.read()).await.unwrap()
}

async fn claim(db: &Db, worker: Uuid) -> Vec<queue::ClaimedJob> {
    claim_jobs(db, worker, JobLane::Short, 5, LEASE).await.unwrap()
}

fn well() -> NewCheck {
    NewCheck { is_configured: true, is_reachable: Some(true), ..NewCheck::default() }
}

#[tokio::test]
async fn a_check_goes_to_a_worker_that_serves_the_provider_and_only_without_one_to_any() {
    for database in databases().await {
        let db = &database.db;
        let (config, actor) = ready(db).await;
        let other = fleet::register(db, "other", &["sim".into()]).await.unwrap();
        let serving = fleet::register(db, "serving", &["openai".into()]).await.unwrap();
        request_check(db, &config, &actor, "openai").await.unwrap();
        assert!(claim(db, other).await.is_empty(), "{}", database.name);
        let claimed = claim(db, serving).await;
        assert_eq!(claimed[0].job, Job::CheckProvider("openai".into()));
        assert!(finish_job(db, &claimed[0], JobEnding::Succeeded).await.unwrap());

        fleet::deregister(db, serving).await.unwrap();
        request_check(db, &config, &actor, "openai").await.unwrap();
        assert_eq!(claim(db, other).await.len(), 1, "nobody serves it: any worker says so");
    }
}

#[tokio::test]
async fn a_provider_is_checked_once_however_many_ask_at_once() {
    for database in databases().await {
        let db = &database.db;
        let (config, actor) = ready(db).await;
        let worker = fleet::register(db, "one", &["sim".into()]).await.unwrap();
        let asks = (0..8).map(|_| request_check(db, &config, &actor, "sim"));
        for asked in futures::future::join_all(asks).await {
            assert!(asked.unwrap().is_pending);
        }
        assert_eq!(jobs(db).await, 1, "{}", database.name);
        let claimed = claim(db, worker).await;
        request_check(db, &config, &actor, "sim").await.unwrap();
        assert_eq!(jobs(db).await, 1, "one that is under way counts too");
        record_check(db, "sim", worker, well()).await.unwrap();
        finish_job(db, &claimed[0], JobEnding::Succeeded).await.unwrap();

        let asked = request_check(db, &config, &actor, "sim").await.unwrap();
        assert!(!asked.is_pending && asked.check.is_some(), "it is fresh");
        assert_eq!(jobs(db).await, 1);
        let eager = domain::config::Config { check_cache_seconds: 0.0, ..config };
        assert!(request_check(db, &eager, &actor, "sim").await.unwrap().is_pending);
        assert_eq!(jobs(db).await, 2);
    }
}

#[tokio::test]
async fn that_there_was_no_key_is_not_remembered() {
    for database in databases().await {
        let db = &database.db;
        let (config, actor) = ready(db).await;
        let worker = fleet::register(db, "one", &[]).await.unwrap();
        record_check(db, "openai", worker, NewCheck::default()).await.unwrap();
        assert!(request_check(db, &config, &actor, "openai").await.unwrap().is_pending);
    }
}

#[tokio::test]
async fn viewers_do_not_ask_for_checks_and_researchers_do() {
    for database in databases().await {
        let db = &database.db;
        let (config, actor) = ready(db).await;
        let viewer = Actor { role: Role::Viewer, ..actor.clone() };
        let refused = request_check(db, &config, &viewer, "sim").await.unwrap_err();
        assert_eq!(refused.public_code(), Some("FORBIDDEN"));
        let researcher = Actor { role: Role::Researcher, ..actor };
        let nobody = request_check(db, &config, &researcher, "nobody").await.unwrap_err();
        assert_eq!(nobody.public_code(), Some("NOT_FOUND"));
        request_check(db, &config, &researcher, "sim").await.unwrap();
    }
}

#[tokio::test]
async fn the_overview_has_every_provider_with_its_workers_and_its_latest_check() {
    for database in databases().await {
        let db = &database.db;
        let (config, actor) = ready(db).await;
        let one = fleet::register(db, "one", &["sim".into()]).await.unwrap();
        let gone = fleet::register(db, "gone", &["openai".into()]).await.unwrap();
        fleet::deregister(db, gone).await.unwrap();
        for count in [1, 2, 3] {
            let check = NewCheck { model_count: Some(count), ..well() };
            record_check(db, "sim", one, check).await.unwrap();
        }
        request_check(db, &config, &actor, "openai").await.unwrap();
        let found = providers(db, &config).await.unwrap();
        assert_eq!(found.len(), config.providers.len());
        let of = |id: &str| found.iter().find(|health| health.provider.id == id).unwrap();
        assert_eq!(of("sim").served_by.iter().map(|worker| worker.id).collect::<Vec<_>>(), [one]);
        assert_eq!(of("sim").last_check.as_ref().unwrap().model_count, Some(3), "{}", database.name);
        assert!(!of("sim").is_check_pending && of("openai").is_check_pending);
        assert!(of("openai").served_by.is_empty() && of("openai").last_check.is_none());
        assert!(of("openai").is_in_configuration);
        let mut smaller = config.clone();
        smaller.providers.remove("openai");
        let found = providers(db, &smaller).await.unwrap();
        let gone = found.iter().find(|health| health.provider.id == "openai").unwrap();
        assert!(!gone.is_in_configuration, "it stays, because runs point at it");
        assert_eq!(of("openai").provider.key_variable.as_deref(), Some("OPENAI_API_KEY"));
    }
}
