//! What depends on clocks, when the database's is set back by an hour: rows that were written
//! before look as if they were written for later.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use std::time::Duration;

use domain::{
    config::Config,
    db::Db,
    fleet,
    queue::{ClaimedProbe, Sweeper, claim_probes},
    registry,
};
use sea_orm::ConnectionTrait;
use test_support::{databases, sample};
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(60);

async fn run(db: &Db) -> (Config, Uuid) {
    let config = test_support::config("http://127.0.0.1:9/v1");
    registry::sync(db, &config).await.unwrap();
    let worker = fleet::register(db, "one", &["sim".into()]).await.unwrap();
    test_support::start(db, &config, sample("capital"), &["sim-oracle"], |_| {}).await;
    (config, worker)
}

async fn claim(db: &Db, worker: Uuid) -> Vec<ClaimedProbe> {
    claim_probes(db, worker, "sim", 100, LEASE).await.unwrap()
}

/// Moves a time of rows into the future, as seen by a clock that was set back by so much.
async fn put_off(db: &Db, table: &str, column: &str, minutes: u32, which: &str) {
    let later = match db.is_postgres() {
        true => format!("{column} + interval '{minutes} minutes'"),
        false => format!("strftime('%Y-%m-%dT%H:%M:%f+00:00', {column}, '+{minutes} minutes')"),
    };
    let sql = format!("UPDATE {table} SET {column} = {later} WHERE {which}");
    db.write().execute_unprepared(&sql).await.unwrap();
}

#[tokio::test]
async fn what_was_queued_before_the_clock_was_set_back_is_due_at_once() {
    for database in databases().await {
        let (name, db) = (database.name, &database.db);
        let (_, worker) = run(db).await;
        put_off(db, "probes", "run_at", 60, "true").await;
        assert!(claim(db, worker).await.is_empty(), "{name}");
        Sweeper::new(LEASE, 4).sweep(db).await.unwrap();
        assert_eq!(claim(db, worker).await.len(), 12, "{name}");
    }
}

#[tokio::test]
async fn a_probe_that_was_told_to_wait_for_an_hour_waits_for_an_hour() {
    for database in databases().await {
        let (name, db) = (database.name, &database.db);
        let (_, worker) = run(db).await;
        put_off(db, "probes", "run_at", 60, "true").await;
        let told =
            "UPDATE probes SET error_category = 'rate_limited', error_message = 'Too many.' WHERE seq < 5";
        db.write().execute_unprepared(told).await.unwrap();
        Sweeper::new(LEASE, 4).sweep(db).await.unwrap();
        assert_eq!(claim(db, worker).await.len(), 7, "{name}");
    }
}

#[tokio::test]
async fn a_lease_given_before_the_clock_was_set_back_lapses_with_its_worker() {
    for database in databases().await {
        let (name, db) = (database.name, &database.db);
        let (_, worker) = run(db).await;
        let held = claim(db, worker).await.len() as u64;
        put_off(db, "probes", "lease_until", 60, "status = 'running'").await;
        // It lives, as far as anybody can know.
        let mut sweeper = Sweeper::new(LEASE, 4);
        assert_eq!(sweeper.sweep(db).await.unwrap(), 0, "{name}");
        fleet::deregister(db, worker).await.unwrap();
        assert_eq!(sweeper.sweep(db).await.unwrap(), held, "{name}");
    }
}

#[tokio::test]
async fn what_a_dead_worker_held_keeps_its_place_before_what_was_not_asked_yet() {
    for database in databases().await {
        let (name, db) = (database.name, &database.db);
        let (_, dead) = run(db).await;
        let held = claim_probes(db, dead, "sim", 3, Duration::ZERO).await.unwrap();
        fleet::deregister(db, dead).await.unwrap();
        let mut sweeper = Sweeper::new(LEASE, 4);
        // The database's clock has milliseconds: until the next one the lease has not lapsed.
        while sweeper.sweep(db).await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        let other = fleet::register(db, "two", &["sim".into()]).await.unwrap();
        let next = claim_probes(db, other, "sim", 3, LEASE).await.unwrap();
        let seqs = |probes: &[ClaimedProbe]| probes.iter().map(|probe| probe.seq).collect::<Vec<_>>();
        assert_eq!(seqs(&next), seqs(&held), "{name}");
    }
}
