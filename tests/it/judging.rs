//! A judge, its faults and its review list, as a notebook sees them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sim::{Fault, FaultRule, Faults, Latency};

use crate::harness::{Api, PATIENCE, RESCUE, Site, text};

on_both_databases!(
    a_judge_that_fails_in_every_way_loses_nothing_and_what_it_cannot_read_waits_for_a_person,
    a_judge_is_a_model_like_others
);

const JUDGE: &str = "sim-oracle";

const STATE: &str = "query ($id: ID!) { run(id: $id) { isFinished status
    progress { costUsd ledger { succeeded decided reading unreadable } }
    limits { budget { limitUsd reservedUsd spentUsd } }
    judge { attempt pendingCount openReviewCount callCount costUsd presumedCostUsd stopCategory waitingBecause }
    gates { kind state allowedActions } } }";

async fn state(api: &Api, run: &str) -> Value {
    api.ask(STATE, json!({"id": run})).await["run"].take()
}

/// Polls until the run is over and nothing waits for its judge.
async fn judged(api: &Api, run: &str) -> Value {
    let began = Instant::now();
    loop {
        let state = state(api, run).await;
        if state["isFinished"] == true && state["judge"]["pendingCount"] == 0 {
            return state;
        }
        assert!(began.elapsed() < PATIENCE, "the judge does not get on: {state}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

const DECIDE: &str = "mutation ($input: DecideReviewInput!) { decideReview(input: $input) {
    review { state decision { value reader decidedBy { name } } } } }";

async fn a_judge_that_fails_in_every_way_loses_nothing_and_what_it_cannot_read_waits_for_a_person(
    site: Site,
) {
    let site = site.with_short_leases();
    site.sim.set_latency(Latency::Fixed(Duration::from_millis(20)));
    let faulty = |fault| FaultRule::always(fault).for_model(JUDGE);
    let rules = vec![
        faulty(Fault::rate_limited(0)).at_rate(0.1).first_n_of_body(1),
        faulty(Fault::ServerError).at_rate(0.1).first_n_of_body(1),
        faulty(Fault::Reset).at_rate(0.05).first_n_of_body(1),
        faulty(Fault::MalformedJson).at_rate(0.05).first_n_of_body(1),
        faulty(Fault::Refusal).at_rate(0.1),
        faulty(Fault::WrongSchema).at_rate(0.4),
        faulty(Fault::ProseAnswer).at_rate(0.2),
    ];
    site.sim.set_faults(Faults { rules, ..Faults::none() });
    let (server, mut workers) = site.serve_with_two_workers().await;
    let api = &server.api;
    let rest =
        json!({"samplesPerScenario": 8, "maxTokens": 400, "budgetUsd": 50.0, "judge": {"model": JUDGE}});
    let run = api.start(&api.import(RESCUE).await, &["sim-cautious"], rest).await;
    let began = Instant::now();
    while state(api, &run).await["judge"]["callCount"].as_i64().unwrap() < 20 {
        assert!(began.elapsed() < PATIENCE, "the judge is not asked");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    workers.pop().unwrap().kill().await;
    let found = judged(api, &run).await;
    site.assert_sound().await;
    let ledger = &found["progress"]["ledger"];
    assert_eq!((&ledger["succeeded"], &ledger["reading"]), (&json!(1000), &json!(0)), "{found}");
    let purse = &found["limits"]["budget"];
    let usd = |value: &Value| value.as_f64().unwrap();
    assert_eq!(purse["reservedUsd"], 0.0, "{found}");
    let judge = &found["judge"];
    let cost = usd(&found["progress"]["costUsd"]) + usd(&judge["costUsd"]) + usd(&judge["presumedCostUsd"]);
    // What probes of the killed worker may have cost is presumed too.
    assert!(usd(&purse["spentUsd"]) > cost - 1e-6, "{found}");
    assert!(usd(&judge["costUsd"]) > 0.0);

    let lines = api
        .all("reviewList", &run, "id category value state transcript { id decisions { reader status isInForce } } call { status answer }")
        .await;
    assert!(!lines.is_empty(), "{found}");
    assert_eq!(ledger["unreadable"], lines.len(), "all that is unreadable is on the list");
    assert_eq!(judge["openReviewCount"], lines.len());
    assert_eq!(
        found["gates"],
        json!([{"kind": "JUDGE", "state": "OPEN", "allowedActions": ["APPROVE", "REQUEST_CHANGES"]}])
    );
    for line in &lines {
        let decisions = line["transcript"]["decisions"].as_array().unwrap();
        assert_eq!(decisions[0]["reader"], "deterministic", "{line}");
        assert_eq!(decisions.last().unwrap()["reader"], "judge", "{line}");
        let input = match &line["value"] {
            Value::Null => {
                json!({"reviewId": line["id"], "action": "SET", "value": "3", "reason": "Read it."})
            }
            _ => json!({"reviewId": line["id"], "action": "APPROVE", "reason": "It says so."}),
        };
        let decided = api.ask(DECIDE, json!({"input": input})).await["decideReview"]["review"].take();
        assert_eq!(decided["decision"]["decidedBy"]["name"], "local", "{decided}");
        let again = api.refusal(DECIDE, json!({"input": input})).await;
        assert_eq!(again["extensions"]["code"], "CONFLICT", "{again}");
    }
    let found = state(api, &run).await;
    assert_eq!(found["progress"]["ledger"]["unreadable"], 0, "{found}");
    assert_eq!(found["gates"][0]["state"], "APPROVED", "{found}");
    let csv = api.csv(&run, "").await;
    let by = |reader: &str| csv.rows().iter().filter(|row| row["decided_by"] == reader).count();
    assert!(by("deterministic") > 800 && by("judge") > 0, "{} {}", by("deterministic"), by("judge"));
    site.assert_sound().await;
}

async fn a_judge_is_a_model_like_others(site: Site) {
    let server = site.serve().await;
    let api = &server.api;
    let definition = api.import(RESCUE).await;
    let create = "mutation ($input: CreateRunInput!) { createRun(input: $input) { run { id } } }";
    let input =
        |judge: Value| crate::harness::run_input(&definition, &["sim-cautious"], json!({"judge": judge}));
    let refused = api.refusal(create, input(json!({"model": "nobody"}))).await;
    assert_eq!(refused["extensions"]["code"], "INVALID", "{refused}");
    assert!(refused.to_string().contains("judge.model"), "{refused}");
    let refused = api.refusal(create, input(json!({"model": JUDGE, "maxCalls": 0}))).await;
    assert!(refused.to_string().contains("judge.maxCalls"), "{refused}");
    let plan = "query ($input: CreateRunInput!) { planRun(input: $input) { planHash sampleSeed } }";
    let hash = async |judge: Value| api.ask(plan, input(judge)).await["planRun"]["planHash"].take();
    let (without, with) = (hash(Value::Null).await, hash(json!({"model": JUDGE})).await);
    assert_ne!(without, with, "the judge is part of the plan");
    assert_ne!(with, hash(json!({"model": JUDGE, "maxCalls": 3})).await);

    let run = api.start(&definition, &["sim-cautious"], json!({})).await;
    api.finish(&run).await;
    let unread = state(api, &run).await["progress"]["ledger"]["unreadable"].as_i64().unwrap();
    assert!(unread > 0);
    let again =
        "mutation ($input: JudgeRunInput!) { judgeRun(input: $input) { run { id judge { attempt } } } }";
    let refused = api.refusal(again, json!({"input": {"runId": run}})).await;
    assert_eq!(refused["extensions"]["code"], "INVALID", "{refused}");
    let asked = json!({"input": {"runId": run, "judge": {"model": JUDGE}, "clientToken": "once"}});
    for _ in 0..2 {
        assert_eq!(api.ask(again, asked.clone()).await["judgeRun"]["run"]["judge"]["attempt"], 1);
    }
    let began = Instant::now();
    let is_read = |state: Value| {
        let ledger = &state["progress"]["ledger"];
        (&ledger["unreadable"], &ledger["reading"]) == (&json!(0), &json!(0))
    };
    while !is_read(state(api, &run).await) {
        assert!(began.elapsed() < PATIENCE, "{}", state(api, &run).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let calls = api.all("aiCalls", &run, "kind step status costUsd transcript { id } answer").await;
    assert_eq!(calls.len(), usize::try_from(unread).unwrap());
    assert!(calls.iter().all(|call| call["status"] == "SUCCEEDED" && !text(&call["answer"]).is_empty()));
    site.assert_sound().await;
}
