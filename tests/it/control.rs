//! Commands while a run goes on.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use sim::Latency;

use crate::harness::{CAPITALS, CREATE_RUN, RESCUE, Site, assert_complete, attempt_results, run_input, text};

on_both_databases!(
    the_same_client_token_sent_many_times_at_once_makes_one_run,
    a_paused_run_asks_nothing_until_it_is_resumed,
    a_cancelled_run_keeps_what_was_answered
);

async fn the_same_client_token_sent_many_times_at_once_makes_one_run(site: Site) {
    let server = site.serve().await;
    let definition = server.api.import(RESCUE).await;
    let input = |samples: u32| {
        let rest = json!({"clientToken": "one", "samplesPerScenario": samples});
        run_input(&definition, &["sim-oracle"], rest)
    };
    let made = join_all((0..8).map(|_| server.api.ask(CREATE_RUN, input(1)))).await;
    let mut ids: Vec<String> = made.iter().map(|made| text(&made["createRun"]["run"]["id"])).collect();
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert_eq!(server.api.census().await, (1, 1));
    let refused = server.api.refusal(CREATE_RUN, input(2)).await;
    assert_eq!(refused["extensions"]["code"], "CONFLICT", "{refused}");
    assert_complete(&site, &server.api, &ids[0], 125).await;
    assert_eq!(site.sim.log().counts().total, 125);
}

async fn a_paused_run_asks_nothing_until_it_is_resumed(site: Site) {
    site.sim.set_latency(Latency::Fixed(Duration::from_millis(100)));
    let (server, _workers) = site.serve_with_two_workers().await;
    let api = &server.api;
    let run = api
        .start(
            &api.import(RESCUE).await,
            &["sim-balanced", "sim-steadfast"],
            json!({"samplesPerScenario": 4}),
        )
        .await;
    site.asked(|counts| counts.total >= 60).await;
    assert_eq!(api.command("pauseRun", &run).await["status"], "PAUSED");
    assert_eq!(api.command("pauseRun", &run).await["status"], "PAUSED", "pausing twice is no error");
    let paused = api.wait(&run, |run| run["progress"]["ledger"]["running"] == 0).await;
    let asked = site.sim.log().counts().total;
    assert!((60..1_000).contains(&asked), "{asked}");
    assert_eq!(paused["progress"]["ledger"]["succeeded"], asked);

    site.sim.set_latency(Latency::None);
    // Another run goes through meanwhile: the workers look for work, and leave this one alone.
    let other = api.start(&api.import(CAPITALS).await, &["sim-oracle"], json!({})).await;
    api.finish(&other).await;
    assert_eq!(site.sim.log().counts().total, asked + 12);
    assert_eq!(api.run(&run).await["status"], "PAUSED");

    assert_eq!(api.command("resumeRun", &run).await["status"], "RUNNING");
    assert_complete(&site, api, &run, 1_000).await;
    assert_eq!(site.sim.log().counts().total, 1_012);
    assert_eq!(attempt_results(api, &run).await["SUCCEEDED"], 1_000);
}

async fn a_cancelled_run_keeps_what_was_answered(site: Site) {
    site.sim.set_latency(Latency::Fixed(Duration::from_millis(100)));
    let (server, _workers) = site.serve_with_two_workers().await;
    let api = &server.api;
    let run = api
        .start(
            &api.import(RESCUE).await,
            &["sim-balanced", "sim-steadfast"],
            json!({"samplesPerScenario": 4}),
        )
        .await;
    site.asked(|counts| counts.total >= 60).await;
    assert_eq!(api.command("cancelRun", &run).await["status"], "CANCELLED");
    let ended = api.finish(&run).await;
    let asked = site.sim.log().counts().total;
    let ledger = &ended["progress"]["ledger"];
    assert_eq!((&ledger["succeeded"], &ledger["cancelled"]), (&json!(asked), &json!(1_000 - asked)));
    assert_eq!(api.csv(&run, "").await.rows().len() as u64, asked);
    let query = "mutation ($id: ID!) { resumeRun(input: {id: $id}) { run { id } } }";
    let refused = api.refusal(query, json!({"id": run})).await;
    assert_eq!(refused["extensions"]["code"], "CONFLICT", "{refused}");
    site.assert_sound().await;
}
