//! The worker at work: real databases, the simulated provider over real HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use std::sync::Arc;

use domain::{
    audit,
    auth::local_actor,
    config::Config,
    db::Db,
    limits::{self, SetLimits},
    run::{self, Ledger, NewRun},
};
use entity::RunStatus;
use sim::{Fault, FaultRule, Faults, Sim, SimOptions};
use test_support::{TestDatabase, databases, sample};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

struct Bench {
    db: Db,
    config: Arc<Config>,
    sim: Sim,
    stop: CancellationToken,
    workers: Vec<tokio::task::JoinHandle<anyhow::Result<()>>>,
}

impl Bench {
    async fn new(db: Db, worker_count: usize) -> Self {
        Self::configured(db, worker_count, |_| ()).await
    }

    async fn configured(db: Db, worker_count: usize, change: impl FnOnce(&mut Config)) -> Self {
        worker::process::init_logging("warn");
        let sim = Sim::start(SimOptions::default()).await.unwrap();
        let mut config = test_support::config(&sim.base_url());
        change(&mut config);
        domain::registry::sync(&db, &config).await.unwrap();
        let config = Arc::new(config);
        let stop = CancellationToken::new();
        let workers = (0..worker_count)
            .map(|n| {
                let (db, config, stop) = (db.clone(), config.clone(), stop.clone());
                tokio::spawn(async move { worker::run(db, config, &format!("worker-{n}"), stop).await })
            })
            .collect();
        let bench = Self { db, config, sim, stop, workers };
        while domain::fleet::online_workers(&bench.db, bench.config.beat()).await.unwrap().len()
            < worker_count
        {
            tokio::task::yield_now().await;
        }
        bench
    }

    async fn start(&self, name: &str, models: &[&str], change: impl FnOnce(&mut NewRun)) -> Uuid {
        test_support::start(&self.db, &self.config, sample(name), models, change).await.1.run.id
    }

    async fn wait(&self, run_id: Uuid) -> entity::run::Model {
        loop {
            let run = run::find(&self.db, run_id).await.unwrap();
            if run.status.is_terminal() {
                return run;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    async fn ledger(&self, run_id: Uuid) -> Ledger {
        run::progress_of(&self.db, &[run_id]).await.unwrap()[&run_id].ledger()
    }

    async fn end(self) {
        assert_eq!(audit::counters(&self.db).await.unwrap(), Vec::<String>::new());
        self.stop.cancel();
        for worker in self.workers {
            worker.await.unwrap().unwrap();
        }
        self.sim.shutdown().await;
        self.db.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_probe_of_a_run_is_answered_once() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let bench = Bench::new(db, 2).await;
        let run_id = bench.start("rescue", &["sim-steadfast", "sim-balanced"], |_| {}).await;
        let run = bench.wait(run_id).await;
        assert_eq!(run.status, RunStatus::Completed, "{name}");
        let ledger = bench.ledger(run_id).await;
        assert_eq!((ledger.planned, ledger.succeeded), (250, 250), "{name}");
        let counts = bench.sim.log().counts();
        assert_eq!((counts.total, counts.duplicates), (250, 0), "{name}");
        bench.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn options_are_asked_and_read_in_whatever_order() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let bench = Bench::new(db, 1).await;
        let change = |new: &mut NewRun| new.counterbalance = true;
        let models = ["sim-balanced", "sim-steadfast"];
        let run_ids =
            [bench.start("wallet", &models, change).await, bench.start("rescue", &models, change).await];
        for run_id in run_ids {
            bench.wait(run_id).await;
            let frozen = run::FrozenRun::load(&bench.db, run_id).await.unwrap();
            let request = domain::page::PageRequest { first: 500, after: None };
            let page =
                domain::probe::transcripts(&bench.db, run_id, &Default::default(), &request).await.unwrap();
            let ids: Vec<Uuid> = page.rows.iter().map(|(_, row)| row.probe_id).collect();
            let turns = domain::probe::turns_of(&bench.db, &ids).await.unwrap();
            let ids: Vec<Uuid> = page.rows.iter().map(|(_, row)| row.id).collect();
            let decisions = domain::probe::decisions_of(&bench.db, &ids).await.unwrap();
            let (mut orders, mut read) = (std::collections::BTreeSet::new(), 0);
            for (_, row) in &page.rows {
                let asked = &turns[&row.probe_id].last().unwrap().prompt;
                let order = frozen.option_order(row.seq).unwrap();
                let places: Vec<_> = order.iter().map(|value| asked.find(&format!("\n{value} = "))).collect();
                assert!(
                    places.iter().all(Option::is_some) && places.is_sorted(),
                    "{name}: {order:?} {asked}"
                );
                orders.insert(order);
                let answer = &turns[&row.probe_id].last().unwrap().answer;
                // Some of the simulated answers state nothing.
                if let Some((_, said)) = answer.rsplit_once("Decision: ") {
                    let said = said.trim().trim_end_matches('.');
                    assert_eq!(decisions[&row.id].value.as_deref(), Some(said), "{name}: {asked} {answer}");
                    read += 1;
                }
            }
            assert!(orders.len() >= 2, "{name}: {orders:?}");
            let ledger = bench.ledger(run_id).await;
            assert!(read > 0 && ledger.decided * 10 > ledger.planned * 8, "{name}: {read} of {ledger:?}");
        }
        bench.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_has_all_its_turns() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let bench = Bench::new(db, 1).await;
        let run_id = bench.start("wallet", &["sim-balanced"], |_| {}).await;
        bench.wait(run_id).await;
        let request = domain::page::PageRequest { first: 500, after: None };
        let page =
            domain::probe::transcripts(&bench.db, run_id, &Default::default(), &request).await.unwrap();
        assert!(page.total > 0, "{name}");
        let ids: Vec<Uuid> = page.rows.iter().map(|(_, row)| row.probe_id).collect();
        let turns = domain::probe::turns_of(&bench.db, &ids).await.unwrap();
        for (_, transcript) in &page.rows {
            let turns = &turns[&transcript.probe_id];
            assert_eq!(turns.len(), usize::try_from(transcript.turn_count).unwrap(), "{name}");
            if transcript.outcome == entity::TranscriptOutcome::Answered {
                assert_eq!(turns.len(), 3, "{name}");
            }
        }
        bench.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_wait_for_a_limit_in_the_queue_and_go_on_once_it_is_raised() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let bench = Bench::new(db, 1).await;
        let actor = local_actor(&bench.db).await.unwrap();
        let of_a_day = |requests| SetLimits { requests_per_day: Some(requests), ..SetLimits::default() };
        limits::set(&bench.db, &actor, "sim", of_a_day(40), None).await.unwrap();
        let run_id = bench.start("wallet", &["sim-balanced"], |_| {}).await;
        // Whatever was begun when the day was used up gives its place back.
        loop {
            let ledger = bench.ledger(run_id).await;
            if bench.sim.log().counts().total >= 40 && ledger.running == 0 {
                assert!(ledger.queued > 0, "{name}: {ledger:?}");
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        limits::set(&bench.db, &actor, "sim", of_a_day(100_000), None).await.unwrap();
        bench.wait(run_id).await;
        let (ledger, counts) = (bench.ledger(run_id).await, bench.sim.log().counts());
        assert_eq!((ledger.succeeded, ledger.failed), (ledger.planned, 0), "{name}");
        assert_eq!(counts.duplicates, 0, "{name}: no answered turn is asked again");
        bench.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_retried_and_rate_limits_cost_no_try() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let bench = Bench::new(db, 2).await;
        let rules = vec![
            FaultRule::always(Fault::rate_limited(0)).at_rate(0.1).first_n_of_body(1),
            FaultRule::always(Fault::ServerError).at_rate(0.1).first_n_of_body(2),
            FaultRule::always(Fault::Reset).at_rate(0.05).first_n_of_body(2),
            FaultRule::always(Fault::MalformedJson).at_rate(0.05).first_n_of_body(1),
        ];
        bench.sim.set_faults(Faults { rules, ..Faults::none() });
        let run_id = bench.start("rescue", &["sim-steadfast", "sim-balanced"], |_| {}).await;
        let run = bench.wait(run_id).await;
        let ledger = bench.ledger(run_id).await;
        assert_eq!(ledger.succeeded + ledger.failed, 250, "{name}");
        assert!(ledger.failed <= 5, "{name}: {ledger:?}");
        assert!(run.status.is_terminal(), "{name}");
        bench.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_whose_key_is_refused_is_held_after_a_handful_of_calls_and_can_be_given_up() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let bench = Bench::new(db, 2).await;
        bench.sim.set_faults(Faults::from(Fault::Unauthorized));
        let run_id = bench.start("rescue", &["sim-oracle"], |_| {}).await;
        while !limits::all_models_held(bench.db.read(), run_id).await.unwrap() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let actor = local_actor(&bench.db).await.unwrap();
        let command = run::Commanded { actor: &actor, run_id, client_token: None };
        limits::fail_held_models(&bench.db, command).await.unwrap();
        let run = bench.wait(run_id).await;
        assert_eq!(run.status, RunStatus::Failed, "{name}");
        let calls = bench.sim.log().counts().total;
        assert!((3..=12).contains(&calls), "{name}: {calls} calls");
        let request = domain::page::PageRequest { first: 500, after: None };
        let probes = domain::probe::list(&bench.db, run_id, &Default::default(), &request).await.unwrap();
        assert_eq!(probes.total, 125, "{name}");
        let is_auth = |category: Option<&str>| category == Some("auth");
        assert!(probes.rows.iter().all(|(_, probe)| is_auth(probe.error_category.as_deref())), "{name}");
        bench.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_whose_calls_take_longer_than_its_deadline_fails() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let bench = Bench::configured(db, 1, |config| {
            config.attempts_max = 100;
            config.attempt_timeout_seconds = 0.2;
            config.probe_timeout_seconds = 0.3;
        })
        .await;
        // Two probes of many, so that the provider does not pass for dead.
        let text = "five thousand euros in an envelope in it, and a card with the owner's name and\naddress. \
                    I was alone when I picked it up.";
        bench.sim.set_faults(Faults::one(FaultRule::always(Fault::Hang).when_prompt_contains(text)));
        let run_id = bench.start("wallet", &["sim-balanced"], |_| {}).await;
        let run = bench.wait(run_id).await;
        assert_eq!(run.status, RunStatus::CompletedWithErrors, "{name}");
        let request = domain::page::PageRequest { first: 500, after: None };
        let probes = domain::probe::list(&bench.db, run_id, &Default::default(), &request).await.unwrap();
        let failed: Vec<_> = probes
            .rows
            .iter()
            .map(|(_, probe)| probe)
            .filter(|probe| probe.error_category.is_some())
            .collect();
        assert_eq!(failed.len(), 2, "{name}");
        for probe in failed {
            let message = probe.error_message.as_deref().unwrap();
            assert_eq!(probe.error_category.as_deref(), Some("timeout"), "{name}");
            assert!(message.contains("probe_timeout_seconds"), "{name}: {message}");
            // A whole call, and a second one that was cut at what was left.
            assert_eq!(probe.attempt_count, 2, "{name}");
        }
        bench.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_model_goes_on_once_the_key_is_right() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let bench = Bench::new(db, 1).await;
        bench.sim.set_faults(Faults::from(Fault::Unauthorized));
        let run_id = bench.start("capital", &["sim-oracle"], |_| {}).await;
        while !limits::all_models_held(bench.db.read(), run_id).await.unwrap() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        bench.sim.set_faults(Faults::none());
        let actor = local_actor(&bench.db).await.unwrap();
        let command = run::Commanded { actor: &actor, run_id, client_token: Some("once") };
        for _ in 0..2 {
            limits::retry_held_models(&bench.db, command).await.unwrap();
        }
        assert_eq!(bench.wait(run_id).await.status, RunStatus::Completed, "{name}");
        bench.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_run_keeps_what_was_answered_and_asks_no_more() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let bench = Bench::new(db, 1).await;
        bench.sim.set_latency(sim::Latency::Fixed(std::time::Duration::from_millis(50)));
        // Many times more than can be in flight: the cancel comes long before the last claim.
        let run_id = bench.start("rescue", &["sim-steadfast"], |new| new.samples_per_scenario = 16).await;
        bench.sim.log().wait_for(|counts| counts.succeeded >= 10).await;
        let actor = local_actor(&bench.db).await.unwrap();
        let command = run::Commanded { actor: &actor, run_id, client_token: None };
        run::cancel(&bench.db, command).await.unwrap();
        let run = bench.wait(run_id).await;
        assert_eq!(run.status, RunStatus::Cancelled, "{name}");
        let ledger = bench.ledger(run_id).await;
        assert!(ledger.succeeded >= 10 && ledger.cancelled > 0, "{name}: {ledger:?}");
        assert_eq!(ledger.ended(), ledger.planned, "{name}");
        assert_eq!(bench.sim.log().counts().total, u64::try_from(ledger.succeeded).unwrap(), "{name}");
        bench.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_run_is_fanned_out_by_the_worker() {
    for TestDatabase { name, db, dir: _dir, .. } in databases().await {
        let bench = Bench::new(db, 1).await;
        let run_id = bench
            .start("rescue", &["sim-steadfast", "sim-balanced"], |new| new.samples_per_scenario = 10)
            .await;
        let run = bench.wait(run_id).await;
        assert_eq!(run.status, RunStatus::Completed, "{name}");
        assert_eq!(bench.ledger(run_id).await.succeeded, 2_500, "{name}");
        assert!(run.queued_at.is_some(), "{name}");
        bench.end().await;
    }
}
