//! Limits that all workers keep together, a provider that is dead, a key that is wrong.

use std::time::Duration;

use serde_json::{Value, json};
use sim::{Fault, Faults, Latency, RateLimit, Sim, SimOptions};
use tokio::time::Instant;

use crate::harness::{Api, PATIENCE, RESCUE, Site, assert_complete, attempt_results};

on_both_databases!(
    a_configured_limit_is_kept_by_all_workers_together,
    an_unknown_limit_is_learned_by_all_workers_together,
    a_limit_that_is_lowered_under_way_is_followed,
    a_dead_provider_costs_the_other_nothing_and_its_own_probes_no_try,
    a_wrong_key_holds_the_run_after_a_handful_of_calls,
);

const RATE: RateLimit = RateLimit { requests_per_minute: 600, burst: 10 };

const SET_LIMITS: &str = "mutation ($input: SetProviderLimitsInput!) {
    setProviderLimits(input: $input) { providerState { requestsPerMinute { value source } } } }";

const STATES: &str =
    "{ providerStates { providerId parallel { value source } requestsPerMinute { value source }
    isSlowStart cutCount cooldownUntil backlogMs inFlight
    models { wireModel breaker retryAt faultStreak faultMessage } } }";

fn limited(rate_limit: RateLimit) -> Faults {
    Faults { rate_limit: Some(rate_limit), ..Faults::none() }
}

fn refusals(counts: &sim::Counts) -> u64 {
    counts.per_status.get(&429).copied().unwrap_or(0)
}

async fn state(api: &Api, provider: &str) -> Value {
    let found = api.ask(STATES, json!({})).await;
    let states = found["providerStates"].as_array().unwrap().iter();
    states.clone().find(|state| state["providerId"] == provider).cloned().unwrap_or(Value::Null)
}

/// Runs a share of 125 scenarios at the provider's limit; returns the calls, and how long it took.
async fn at_the_limit(site: &Site, percentage: u32, samples: u32) -> (sim::Counts, Duration) {
    site.sim.set_faults(limited(RATE));
    let (server, _workers) = site.serve_with_two_workers().await;
    let _third = (!site.is_sqlite()).then(|| site.start("probity-worker", &["--name", "third"]));
    let definition = server.api.import(RESCUE).await;
    let began = Instant::now();
    let share = json!({"samplePercentage": percentage, "samplesPerScenario": samples});
    let run = server.api.start(&definition, &["sim-balanced"], share).await;
    server.api.finish(&run).await;
    let took = began.elapsed();
    let planned = (125 * percentage / 100 * samples) as usize;
    assert_complete(site, &server.api, &run, planned).await;
    let counts = site.sim.log().counts();
    assert_eq!(counts.duplicates, 0, "an answer was paid for twice");
    println!(
        "{planned} probes in {took:?}, {} refusals; {}",
        refusals(&counts),
        state(&server.api, "sim").await
    );
    (counts, took)
}

async fn a_configured_limit_is_kept_by_all_workers_together(mut site: Site) {
    site.set("PROBITY_PROVIDERS__SIM__REQUESTS_PER_MINUTE", "600");
    let (counts, _) = at_the_limit(&site, 48, 1).await;
    assert!(refusals(&counts) < 10, "{counts:?}");
}

async fn an_unknown_limit_is_learned_by_all_workers_together(site: Site) {
    let (counts, _) = at_the_limit(&site, 48, 1).await;
    assert!(refusals(&counts) < 30, "{counts:?}");
}

/// The figures of `docs/reliability.md`: a minute each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute; run it to measure"]
async fn six_hundred_probes_at_a_configured_limit() {
    let Some(mut site) = Site::postgresql().await else { return };
    site.set("PROBITY_PROVIDERS__SIM__REQUESTS_PER_MINUTE", "600");
    let (counts, took) = at_the_limit(&site, 96, 5).await;
    assert!(refusals(&counts) < 10 && took <= Duration::from_secs(62), "{took:?}, {counts:?}");
}

/// See `six_hundred_probes_at_a_configured_limit`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute; run it to measure"]
async fn six_hundred_probes_at_a_limit_that_nobody_told() {
    let Some(site) = Site::postgresql().await else { return };
    let (counts, took) = at_the_limit(&site, 96, 5).await;
    assert!(refusals(&counts) < 60 && took <= Duration::from_secs(70), "{took:?}, {counts:?}");
}

async fn a_limit_that_is_lowered_under_way_is_followed(site: Site) {
    let (server, _workers) = site.serve_with_two_workers().await;
    site.sim.set_latency(Latency::Fixed(Duration::from_millis(20)));
    let definition = server.api.import(RESCUE).await;
    let run = server.api.start(&definition, &["sim-balanced"], json!({"samplesPerScenario": 40})).await;
    site.asked(|counts| counts.total >= 200).await;
    let input = json!({"input": {"providerId": "sim", "requestsPerMinute": 60, "clientToken": "lower"}});
    for _ in 0..2 {
        let set = server.api.ask(SET_LIMITS, input.clone()).await;
        let limit = &set["setProviderLimits"]["providerState"]["requestsPerMinute"];
        assert_eq!(limit, &json!({"value": 60.0, "source": "ADMIN"}));
    }
    // What was in flight may end, and workers may be a second behind.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = site.sim.log().counts().total;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let sent = site.sim.log().counts().total - before;
    assert!(sent <= 5, "{sent} calls in three seconds at one per second");
    let back = json!({"input": {"providerId": "sim"}});
    server.api.ask(SET_LIMITS, back).await;
    assert_complete(&site, &server.api, &run, 5_000).await;
}

async fn a_dead_provider_costs_the_other_nothing_and_its_own_probes_no_try(mut site: Site) {
    let other = Sim::start(SimOptions::default()).await.unwrap();
    other.set_faults(Faults::from(Fault::Unavailable));
    site.set("PROBITY_PROVIDERS__OTHER__BASE_URL", &other.base_url());
    site.set("PROBITY_PROVIDERS__OTHER__IS_KEY_REQUIRED", "false");
    site.write("probity.toml", "[models.\"other/sim-oracle\"]\n");
    let (server, _workers) = site.serve_with_two_workers().await;
    let definition = server.api.import(RESCUE).await;
    let models = ["sim/sim-balanced", "other/sim-oracle"];
    let run = server.api.start(&definition, &models, json!({})).await;

    // The fine one is done while the dead one waits.
    site.asked(|counts| counts.succeeded >= 125).await;
    let began = Instant::now();
    let waiting = loop {
        let state = state(&server.api, "other").await;
        if state["models"][0]["breaker"] == "OPEN" {
            break state;
        }
        assert!(began.elapsed() < PATIENCE, "{state}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(waiting["models"][0]["retryAt"].is_string(), "{waiting}");
    let calls = other.log().counts().total;
    assert!(calls <= 20, "{calls} calls to a dead provider");
    assert!(state(&server.api, "sim").await["models"].as_array().unwrap().is_empty());

    println!("{calls} calls to the dead provider while the other answered 125");
    other.set_faults(Faults::none());
    assert_complete(&site, &server.api, &run, 250).await;
    let results = attempt_results(&server.api, &run).await;
    assert!(!results.contains_key("FAILED"), "{results:?}");
}

async fn a_wrong_key_holds_the_run_after_a_handful_of_calls(site: Site) {
    site.sim.set_faults(Faults::from(Fault::Unauthorized));
    let (server, _workers) = site.serve_with_two_workers().await;
    let definition = server.api.import(RESCUE).await;
    let run = server.api.start(&definition, &["sim-balanced", "sim-oracle"], json!({})).await;
    let began = Instant::now();
    let kinds = loop {
        let events = server.api.all("events", &run, "seq kind").await;
        let kinds: Vec<String> =
            events.iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect();
        if kinds.iter().any(|kind| kind == "gate.opened") {
            break kinds;
        }
        assert!(began.elapsed() < PATIENCE, "{kinds:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(kinds.iter().filter(|kind| *kind == "model.held").count(), 2, "{kinds:?}");
    let calls = site.sim.log().counts().total;
    assert!(calls <= 16, "{calls} calls with a wrong key");
    println!("{calls} calls, held and asked about after {:?}", began.elapsed());

    site.sim.set_faults(Faults::none());
    let retry = "mutation ($id: ID!) { retryHeldModels(input: {runId: $id}) { run { status } } }";
    server.api.ask(retry, json!({"id": run})).await;
    assert_complete(&site, &server.api, &run, 250).await;
}
