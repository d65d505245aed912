//! A database that can be read and not written.

use std::time::Duration;

use sea_orm::{ConnectionTrait, Database};
use serde_json::json;
use sim::Latency;

use crate::harness::{CREATE_RUN, RESCUE, Site, assert_complete, run_input};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_on_a_read_only_database_is_refused_and_says_so() {
    let Some(site) = Site::postgresql().await else {
        println!("skipped: PROBITY_TEST_POSTGRES names no server");
        return;
    };
    let server = site.server("probity-api", &["--bind", "127.0.0.1:0"]).await;
    let api = &server.api;
    let definition = api.import(RESCUE).await;
    set_read_only(&site, "on").await;
    let refused = api.refusal(CREATE_RUN, run_input(&definition, &["sim-oracle"], json!({}))).await;
    assert_eq!(refused["extensions"]["code"], "UNAVAILABLE", "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("read-only"), "{refused}");
    assert_eq!(api.census().await, (1, 0), "it can still be read");

    set_read_only(&site, "off").await;
    api.start(&definition, &["sim-oracle"], json!({})).await;
    assert_eq!(api.census().await, (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_file_is_refused_and_says_so() {
    let mut site = Site::sqlite().await;
    let file = site.write("rescue.yaml", RESCUE).display().to_string();
    assert_eq!(site.probity(&["import", &file]).await.code, Some(0));
    // The mode binds also a user who may write every file.
    let url = format!("sqlite:{}?mode=ro", site.path("data/probity.db").display());
    site.set("PROBITY_DATABASE_URL", &url);
    let refused = site.probity(&["run", "Rescue at the cost of one", "--model", "sim-oracle"]).await;
    assert_eq!(refused.code, Some(1), "{}", refused.err);
    assert!(refused.err.contains("read-only"), "{}", refused.err);
    assert_eq!(site.sim.log().counts().total, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_whose_database_becomes_read_only_goes_on_once_it_can_be_written() {
    let Some(site) = Site::postgresql().await else {
        println!("skipped: PROBITY_TEST_POSTGRES names no server");
        return;
    };
    site.sim.set_latency(Latency::Fixed(Duration::from_millis(50)));
    let (server, mut workers) = site.serve_with_two_workers().await;
    let definition = server.api.import(RESCUE).await;
    let models = ["sim-steadfast", "sim-balanced", "sim-oracle", "sim-utilitarian"];
    let run = server.api.start(&definition, &models, json!({"samplesPerScenario": 4})).await;
    site.asked(|counts| counts.total >= 200).await;
    set_read_only(&site, "on").await;
    for worker in &mut workers {
        worker.says("read-only").await;
    }
    set_read_only(&site, "off").await;
    assert_complete(&site, &server.api, &run, 2_000).await;
    let counts = site.sim.log().counts();
    assert_eq!((counts.total, counts.duplicates), (2_000, 0), "{counts:?}");
}

/// From now on, for new connections; those that are open are ended.
async fn set_read_only(site: &Site, state: &str) {
    let url = site.postgres_url.as_ref().unwrap();
    let name = url.rsplit_once('/').unwrap().1;
    let admin = Database::connect(std::env::var("PROBITY_TEST_POSTGRES").unwrap()).await.unwrap();
    for sql in [
        format!("ALTER DATABASE {name} SET default_transaction_read_only = {state}"),
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"),
    ] {
        admin.execute_unprepared(&sql).await.unwrap();
    }
    admin.close().await.unwrap();
}
