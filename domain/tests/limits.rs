//! Limits, breakers, holds and claims by model, on real databases.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use std::{collections::HashSet, time::Duration};

use domain::{
    auth::{Actor, local_actor},
    config::Config,
    db::{Db, now},
    fleet,
    limits::{self, Asking, ModelOutcome, Outcome, Refusal, Report, SetLimits},
    queue::{AttemptRecord, ClaimRequest, ClaimedProbe, Ending, ProbeWrite, claim, claim_probes, finish},
    registry, run,
};
use entity::{AttemptResult, BreakerState, Role, RunStatus};
use sea_orm::ConnectionTrait;
use test_support::{TestDatabase, databases, sample};
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(60);

/// A database with workers that serve `sim`, whose limits are as given.
async fn site(db: &Db, set: SetLimits) -> (Config, Uuid, Uuid) {
    let mut config = test_support::config("http://127.0.0.1:9/v1");
    let sim = config.providers.get_mut("sim").unwrap();
    (sim.parallel, sim.requests_per_minute) = (set.parallel, set.requests_per_minute);
    (sim.tokens_per_minute, sim.requests_per_day) = (set.tokens_per_minute, set.requests_per_day);
    registry::sync(db, &config).await.unwrap();
    limits::sync_configured(db, &config, &["sim".into()]).await.unwrap();
    let one = fleet::register(db, "one", &["sim".into()]).await.unwrap();
    let two = fleet::register(db, "two", &["sim".into()]).await.unwrap();
    (config, one, two)
}

async fn start(db: &Db, config: &Config, models: &[&str]) -> Uuid {
    test_support::start(db, config, sample("rescue"), models, |_| {}).await.1.run.id
}

fn failed(probe: &ClaimedProbe, worker_id: Uuid, category: &str) -> ProbeWrite {
    let attempt = AttemptRecord {
        result: AttemptResult::Retried,
        error_category: Some(category.into()),
        error_message: Some("no".into()),
        http_status: Some(401),
        retry_after: None,
        request_id: None,
        raw_body: None,
        partial_answer: None,
        partial_reasoning: None,
        first_turn_index: 0,
        turn_count: 0,
        input_tokens: None,
        output_tokens: None,
        cost_usd_micros: None,
        latency: Duration::ZERO,
        started_at: now(),
        finished_at: now(),
    };
    let ending = Ending::Requeued {
        delay: Duration::ZERO,
        counts_as_try: true,
        category: Some(category.into()),
        message: Some("the vendor's words".into()),
    };
    ProbeWrite { probe: probe.clone(), worker_id, turns: Vec::new(), attempt: Some(attempt), ending }
}

fn fault(wire_model: &str, probe_id: Uuid, is_fault: bool) -> Report {
    let fault = is_fault.then(|| ("server".to_owned(), "500".to_owned()));
    let outcome =
        ModelOutcome { wire_model: wire_model.into(), outcome: Outcome { probe_id, is_fault }, fault };
    Report { outcomes: vec![outcome], ..Report::default() }
}

async fn kinds(db: &Db, run_id: Uuid) -> Vec<String> {
    let rows = db
        .read()
        .query_all_raw(sea_orm::Statement::from_sql_and_values(
            db.read().get_database_backend(),
            "SELECT kind FROM run_events WHERE run_id = $1 ORDER BY seq",
            [run_id.into()],
        ))
        .await
        .unwrap();
    rows.iter().map(|row| row.try_get("", "kind").unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn takers_at_once_never_take_more_than_the_rate_and_one_burst() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let set = SetLimits { requests_per_minute: Some(6_000), ..SetLimits::default() };
        site(&db, set).await;
        let before = limits::state_of(&db, "sim").await.unwrap().unwrap().now;
        let takers = (0..8).map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut taken = 0;
                for _ in 0..20 {
                    let asking = Asking { worker_id: Uuid::nil(), lane: "sim", wanted: 40, in_flight: 0 };
                    taken += limits::take(&db, &asking).await.unwrap();
                }
                taken
            })
        });
        let mut taken = 0;
        for taker in takers.collect::<Vec<_>>() {
            taken += taker.await.unwrap();
        }
        let took = limits::state_of(&db, "sim").await.unwrap().unwrap().now - before;
        assert!(taken >= 50, "{name}: {taken}");
        assert!(taken as f64 <= took * 100.0 + 51.0, "{name}: {taken} in {took} s");
        db.close().await;
    }
}

#[tokio::test]
async fn calls_in_flight_are_counted_over_all_workers() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let (config, one, two) = site(&db, SetLimits { parallel: Some(10), ..SetLimits::default() }).await;
        start(&db, &config, &["sim-oracle"]).await;
        assert_eq!(claim_probes(&db, one, "sim", 7, LEASE).await.unwrap().len(), 7, "{name}");
        assert_eq!(claim_probes(&db, two, "sim", 7, LEASE).await.unwrap().len(), 3, "{name}");
        let more = ClaimRequest {
            worker_id: one,
            lane: "sim",
            free: 5,
            in_flight: 7,
            lease: LEASE,
            is_governed: true,
        };
        let claimed = claim(&db, &more).await.unwrap();
        assert_eq!((claimed.probes.len(), claimed.leave.wait), (0, None), "{name}");
        // What it has answered and not written is in flight no more.
        let claimed = claim(&db, &ClaimRequest { in_flight: 5, ..more }).await.unwrap();
        assert_eq!(claimed.probes.len(), 2, "{name}");
        db.close().await;
    }
}

#[tokio::test]
async fn a_limit_per_day_and_one_of_tokens_stop_claims_and_say_until_when() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let set = SetLimits { requests_per_day: Some(4), ..SetLimits::default() };
        let (config, one, _) = site(&db, set).await;
        start(&db, &config, &["sim-oracle"]).await;
        let request = ClaimRequest {
            worker_id: one,
            lane: "sim",
            free: 9,
            in_flight: 0,
            lease: LEASE,
            is_governed: true,
        };
        assert_eq!(claim(&db, &request).await.unwrap().probes.len(), 4, "{name}");
        let leave = claim(&db, &request).await.unwrap().leave;
        assert!(leave.wait.is_some_and(|wait| wait <= Duration::from_secs(86_400)), "{name}");

        let admin = local_actor(&db).await.unwrap();
        let set =
            SetLimits { tokens_per_minute: Some(6_000), requests_per_day: Some(99), ..SetLimits::default() };
        limits::set(&db, &admin, "sim", set, None).await.unwrap();
        // A call counts a thousand tokens as long as none was answered.
        assert_eq!(claim(&db, &request).await.unwrap().probes.len(), 1, "{name}");
        assert_eq!(claim(&db, &request).await.unwrap().probes.len(), 0, "{name}");
        db.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_are_refused_together_cut_the_limit_once_and_all_pause() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let set = SetLimits { requests_per_minute: Some(600), ..SetLimits::default() };
        let (config, one, _) = site(&db, set).await;
        start(&db, &config, &["sim-oracle"]).await;
        let refusal = Refusal {
            wire_model: "sim-oracle".into(),
            age: Duration::from_secs(1),
            pause: Duration::from_secs(30),
            is_of_a_day: false,
            is_told: true,
            message: "slow down".into(),
        };
        let reports = (0..8).map(|_| {
            let (db, report) = (db.clone(), Report { refusals: vec![refusal.clone()], ..Report::default() });
            tokio::spawn(async move { limits::report(&db, "sim", &report).await.unwrap() })
        });
        for report in reports.collect::<Vec<_>>() {
            report.await.unwrap();
        }
        let state = limits::state_of(&db, "sim").await.unwrap().unwrap();
        assert_eq!(state.row.cut_count, 1, "{name}");
        assert_eq!(state.limits().requests_per_minute.unwrap().value, 540.0, "{name}");
        assert_eq!(state.cooldown().map(|(_, reason, _)| reason.to_owned()), Some("rate_limited".into()));
        assert_eq!(claim_probes(&db, one, "sim", 5, LEASE).await.unwrap(), [], "{name}");
        db.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_breaker_lets_exactly_one_probe_try_over_all_workers() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let (config, one, two) = site(&db, SetLimits { parallel: Some(500), ..SetLimits::default() }).await;
        start(&db, &config, &["sim-oracle", "sim-balanced"]).await;
        let wire = {
            let probe = &claim_probes(&db, one, "sim", 1, LEASE).await.unwrap()[0];
            run::FrozenRun::load(&db, probe.run_id).await.unwrap().models[&probe.run_model_id].row.clone()
        };
        for _ in 0..5 {
            limits::report(&db, "sim", &fault(&wire.wire_model, Uuid::now_v7(), true)).await.unwrap();
        }
        let claimed = claim_probes(&db, one, "sim", 40, LEASE).await.unwrap();
        assert_eq!(claimed.len(), 40, "{name}: the other model is not slowed");
        assert!(claimed.iter().all(|probe| probe.run_model_id != wire.id), "{name}");

        let past = "UPDATE provider_model_states SET retry_at = opened_at";
        db.write().execute_unprepared(past).await.unwrap();
        let claims = [one, two, one, two, one, two].map(|worker| {
            let db = db.clone();
            tokio::spawn(async move { claim_probes(&db, worker, "sim", 5, LEASE).await.unwrap() })
        });
        let mut trials = Vec::new();
        for claim in claims {
            trials.extend(claim.await.unwrap().into_iter().filter(|probe| probe.run_model_id == wire.id));
        }
        assert_eq!(trials.len(), 1, "{name}");
        let state = limits::report(&db, "sim", &fault(&wire.wire_model, trials[0].id, false)).await.unwrap();
        assert_eq!(state.models[0].breaker, BreakerState::Closed, "{name}");
        db.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_account_errors_hold_a_model_once_and_its_probes_wait() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let (config, one, two) = site(&db, SetLimits { parallel: Some(500), ..SetLimits::default() }).await;
        let run_id = start(&db, &config, &["sim-oracle", "sim-balanced"]).await;
        let claimed = claim_probes(&db, one, "sim", 40, LEASE).await.unwrap();
        let held = claimed[0].run_model_id;
        let (bad, fine): (Vec<_>, Vec<_>) = claimed.into_iter().partition(|p| p.run_model_id == held);
        // Two in a row are none of the model's business yet.
        let writes: Vec<ProbeWrite> = bad[..2].iter().map(|probe| failed(probe, one, "auth")).collect();
        finish(&db, &writes).await.unwrap();
        assert!(!kinds(&db, run_id).await.contains(&"model.held".to_owned()), "{name}");
        let writes = bad[2..].iter().map(|probe| {
            let (db, write) = (db.clone(), failed(probe, one, "auth"));
            tokio::spawn(async move { finish(&db, &[write]).await.unwrap() })
        });
        for write in writes.collect::<Vec<_>>() {
            write.await.unwrap();
        }
        let events = kinds(&db, run_id).await;
        assert_eq!(events.iter().filter(|kind| *kind == "model.held").count(), 1, "{name}: {events:?}");
        assert!(!events.contains(&"gate.opened".to_owned()), "{name}: the other model goes on");
        let next = claim_probes(&db, two, "sim", 400, LEASE).await.unwrap();
        assert!(!next.is_empty() && next.iter().all(|probe| probe.run_model_id != held), "{name}");

        let writes: Vec<ProbeWrite> = fine.iter().map(|probe| failed(probe, one, "billing")).collect();
        finish(&db, &writes).await.unwrap();
        assert_eq!(kinds(&db, run_id).await.last().map(String::as_str), Some("gate.opened"), "{name}");

        let actor = local_actor(&db).await.unwrap();
        let commanded = run::Commanded { actor: &actor, run_id, client_token: Some("t") };
        for _ in 0..2 {
            limits::fail_held_models(&db, commanded).await.unwrap();
        }
        let again = run::Commanded { client_token: None, ..commanded };
        assert!(limits::retry_held_models(&db, again).await.is_err(), "{name}: it was given up");
        assert!(!limits::fail_given_up(&db, run_id).await.unwrap(), "{name}: some are in flight");
        let writes: Vec<ProbeWrite> = next.iter().map(|probe| failed(probe, two, "billing")).collect();
        finish(&db, &writes).await.unwrap();
        assert!(limits::fail_given_up(&db, run_id).await.unwrap(), "{name}");
        assert_eq!(run::find(&db, run_id).await.unwrap().status, RunStatus::Failed, "{name}");
        assert_eq!(domain::audit::counters(&db).await.unwrap(), Vec::<String>::new());
        db.close().await;
    }
}

#[tokio::test]
async fn a_claim_is_shared_evenly_by_the_models_of_a_run() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let (config, one, _) = site(&db, SetLimits { parallel: Some(500), ..SetLimits::default() }).await;
        start(&db, &config, &["sim-oracle", "sim-balanced", "sim-cautious"]).await;
        let claimed = claim_probes(&db, one, "sim", 30, LEASE).await.unwrap();
        let models: HashSet<Uuid> = claimed.iter().map(|probe| probe.run_model_id).collect();
        for model in models {
            assert_eq!(claimed.iter().filter(|probe| probe.run_model_id == model).count(), 10, "{name}");
        }
        db.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_has_no_more_calls_in_flight_than_it_may_however_many_workers_claim_at_once() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let (config, one, two) = site(&db, SetLimits { parallel: Some(500), ..SetLimits::default() }).await;
        let models = ["sim-oracle", "sim-balanced"];
        let small =
            test_support::start(&db, &config, sample("rescue"), &models, |new| new.parallel = Some(7));
        let small = small.await.1.run.id;
        let large = start(&db, &config, &["sim-oracle"]).await;
        let claims = (0..6).map(|turn| {
            let db = db.clone();
            tokio::spawn(async move {
                claim_probes(&db, if turn % 2 == 0 { one } else { two }, "sim", 10, LEASE).await.unwrap()
            })
        });
        let mut claimed = Vec::new();
        for claim in claims.collect::<Vec<_>>() {
            claimed.extend(claim.await.unwrap());
        }
        let (of_small, of_large): (Vec<_>, Vec<_>) = claimed.into_iter().partition(|p| p.run_id == small);
        assert_eq!(of_small.len(), 7, "{name}");
        assert!(of_large.len() > 40 && of_large.iter().all(|probe| probe.run_id == large), "{name}");

        let request = ClaimRequest {
            worker_id: one,
            lane: "sim",
            free: 10,
            in_flight: 0,
            lease: LEASE,
            is_governed: false,
        };
        finish(&db, &[failed(&of_small[0], one, "timeout")]).await.unwrap();
        let more = claim(&db, &request).await.unwrap();
        assert!(more.is_run_full, "{name}");
        assert_eq!(more.probes.iter().filter(|probe| probe.run_id == small).count(), 1, "{name}");

        let actor = local_actor(&db).await.unwrap();
        let commanded = run::Commanded { actor: &actor, run_id: small, client_token: None };
        let changes = run::LimitChanges { parallel: Some(None), ..run::LimitChanges::default() };
        run::set_limits(&db, &config, commanded, changes).await.unwrap();
        let more = claim(&db, &ClaimRequest { free: 100, ..request }).await.unwrap();
        let more = more.probes.iter().filter(|probe| probe.run_id == small).count();
        assert!(more >= 50, "{name}: {more}");
        db.close().await;
    }
}

#[tokio::test]
async fn only_an_admin_sets_limits_and_the_same_token_sets_them_once() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        site(&db, SetLimits { requests_per_minute: Some(600), ..SetLimits::default() }).await;
        let admin = local_actor(&db).await.unwrap();
        let researcher = Actor { role: Role::Researcher, ..admin.clone() };
        let set = SetLimits { requests_per_minute: Some(60), ..SetLimits::default() };
        assert!(limits::set(&db, &researcher, "sim", set, None).await.is_err(), "{name}");
        for _ in 0..2 {
            let state = limits::set(&db, &admin, "sim", set, Some("t")).await.unwrap();
            assert_eq!(state.limits().requests_per_minute.unwrap().value, 60.0, "{name}");
        }
        let zero = SetLimits { parallel: Some(0), ..SetLimits::default() };
        assert!(limits::set(&db, &admin, "sim", zero, None).await.is_err(), "{name}");
        assert!(limits::set(&db, &admin, "nobody", set, None).await.is_err(), "{name}");
        let back = limits::set(&db, &admin, "sim", SetLimits::default(), None).await.unwrap();
        assert_eq!(back.limits().requests_per_minute.unwrap().value, 600.0, "{name}");
        let noted = db
            .read()
            .query_all_raw(sea_orm::Statement::from_string(
                db.read().get_database_backend(),
                "SELECT id FROM audit_events WHERE action = 'setProviderLimits'",
            ))
            .await
            .unwrap();
        assert_eq!(noted.len(), 2, "{name}");
        db.close().await;
    }
}

#[tokio::test]
async fn a_place_in_a_line_that_is_too_long_is_not_taken() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let slow = SetLimits { requests_per_minute: Some(6), ..SetLimits::default() };
        site(&db, slow).await;
        let within = Duration::from_secs(2);
        let turn = || limits::take_turn(&db, "sim", 10.0, within);
        let mut waits = Vec::new();
        for _ in 0..20 {
            waits.push(turn().await.unwrap());
        }
        let told = *waits.last().unwrap();
        assert!(told > within, "{name}: {waits:?}");
        // Had those that were told to wait longer taken places, the line would have grown by 10 s each.
        assert!(told <= Duration::from_secs(15), "{name}: {waits:?}");
        let raised = SetLimits { requests_per_minute: Some(60_000), ..SetLimits::default() };
        limits::set(&db, &local_actor(&db).await.unwrap(), "sim", raised, None).await.unwrap();
        assert!(turn().await.unwrap() <= within, "{name}: a limit that was raised counts at the next look");
    }
}
