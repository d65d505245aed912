//! A worker with a judge, and a model that never settles on anything.

use std::{sync::Arc, time::Duration};

use domain::{
    audit,
    auth::{Actor, local_actor},
    config::Config,
    db::Db,
    gate,
    judging::{self, CallFilter, JudgeState, NewJudge, Review, Reviewed},
    page::PageRequest,
    probe::{self, TranscriptFilter},
    run::{self, Commanded, Ledger, ModelChoice, NewRun},
};
use entity::{AiCallStatus, AiCallStep, ai_call, decision as decision_row, review, transcript};
use sim::{Fault, FaultRule, Profiles, Sim, SimOptions};
use test_support::sample;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub(crate) const JUDGE: &str = "sim-oracle";
pub(crate) const MUMBLER: &str = "sim-cautious";

pub(crate) struct Bench {
    pub(crate) db: Db,
    pub(crate) config: Arc<Config>,
    pub(crate) sim: Sim,
    pub(crate) actor: Actor,
    stop: CancellationToken,
    worker: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl Bench {
    /// A worker, and a provider of which one model never settles on anything.
    pub(crate) async fn new(db: Db, change: impl FnOnce(&mut Config)) -> Self {
        worker::process::init_logging("warn");
        let mut profiles = Profiles::builtin();
        let mumbler = profiles.get_mut(MUMBLER).unwrap();
        (mumbler.unreadable_rate, mumbler.refusal_rate) = (1.0, 0.0);
        let sim = Sim::start(SimOptions { profiles, ..SimOptions::default() }).await.unwrap();
        let mut config = test_support::config(&sim.base_url());
        change(&mut config);
        domain::registry::sync(&db, &config).await.unwrap();
        let (config, stop) = (Arc::new(config), CancellationToken::new());
        let worker = work(&db, &config, &stop);
        while domain::fleet::online_workers(&db, config.beat()).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        let actor = local_actor(&db).await.unwrap();
        Self { db, config, sim, actor, stop, worker }
    }

    /// A run of so many scenarios, all of them unreadable, with a judge.
    pub(crate) async fn start(&self, scenarios: u32, change: impl FnOnce(&mut NewRun)) -> Uuid {
        let models = &[MUMBLER];
        let share = f64::from(scenarios) * 100.0 / 125.0;
        let (_, created) = test_support::start(&self.db, &self.config, sample("rescue"), models, |new| {
            new.sample_percentage = share;
            (new.judge, new.max_tokens) = (Some(judge(None)), Some(200));
            change(new);
        })
        .await;
        created.run.id
    }

    pub(crate) async fn state(&self, run_id: Uuid) -> JudgeState {
        judging::judges_of(&self.db, &[run_id]).await.unwrap().remove(&run_id).unwrap()
    }

    /// Waits until the run is over and nothing waits for its judge.
    pub(crate) async fn judged(&self, run_id: Uuid) -> Ledger {
        loop {
            let (run, state) = (run::find(&self.db, run_id).await.unwrap(), self.state(run_id).await);
            let in_flight = self.calls(run_id).await.iter().any(|call| call.finished_at.is_none());
            if run.status.is_terminal() && state.row.is_reopened && state.pending == 0 && !in_flight {
                assert_eq!(audit::counters(&self.db).await.unwrap(), Vec::<String>::new());
                return run::progress_of(&self.db, &[run_id]).await.unwrap()[&run_id].ledger();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) async fn calls(&self, run_id: Uuid) -> Vec<ai_call::Model> {
        let page = PageRequest { first: 500, after: None };
        let found = judging::calls(&self.db, run_id, &CallFilter::default(), &page).await.unwrap();
        found.rows.into_iter().map(|(_, row)| row).collect()
    }

    pub(crate) async fn statuses(&self, run_id: Uuid) -> Vec<(AiCallStep, AiCallStatus)> {
        let mut statuses: Vec<_> =
            self.calls(run_id).await.iter().map(|call| (call.step, call.status)).collect();
        statuses.sort_unstable();
        statuses
    }

    pub(crate) async fn reviews(&self, run_id: Uuid) -> Vec<review::Model> {
        let page = PageRequest { first: 500, after: None };
        let found = judging::reviews(&self.db, run_id, true, &page).await.unwrap();
        found.rows.into_iter().map(|(_, row)| row).collect()
    }

    pub(crate) async fn transcripts(&self, run_id: Uuid) -> Vec<transcript::Model> {
        let page = PageRequest { first: 500, after: None };
        let found = probe::transcripts(&self.db, run_id, &TranscriptFilter::default(), &page).await.unwrap();
        found.rows.into_iter().map(|(_, row)| row).collect()
    }

    pub(crate) async fn decisions(&self, transcript_id: Uuid) -> Vec<decision_row::Model> {
        probe::revisions_of(&self.db, &[transcript_id]).await.unwrap().remove(&transcript_id).unwrap()
    }

    pub(crate) async fn gates(&self, run_id: Uuid) -> Vec<entity::gate::Model> {
        gate::of_runs(&self.db, &[run_id]).await.unwrap().remove(&run_id).unwrap_or_default()
    }

    pub(crate) async fn events(&self, run_id: Uuid) -> Vec<String> {
        let page = PageRequest { first: 500, after: None };
        let found = probe::events(&self.db, run_id, &page).await.unwrap();
        found.rows.into_iter().map(|(_, event)| event.kind).collect()
    }

    pub(crate) fn command(&self, run_id: Uuid) -> Commanded<'_> {
        Commanded { actor: &self.actor, run_id, client_token: None }
    }

    pub(crate) async fn judge_again(
        &self,
        run_id: Uuid,
        judge: Option<&NewJudge>,
    ) -> domain::Result<entity::run::Model> {
        judging::judge_run(&self.db, &self.config, self.command(run_id), judge).await
    }

    pub(crate) async fn review(
        &self,
        review_id: Uuid,
        reviewed: Reviewed<'_>,
    ) -> domain::Result<review::Model> {
        let actor = &self.actor;
        let review = Review { actor, review_id, reviewed, reason: "I looked.", client_token: None };
        judging::review(&self.db, review).await
    }

    /// Stops the worker within its grace period, and starts another one.
    pub(crate) async fn restart(&mut self, between: impl FnOnce(&Self)) {
        self.stop.cancel();
        (&mut self.worker).await.unwrap().unwrap();
        between(self);
        self.stop = CancellationToken::new();
        self.worker = work(&self.db, &self.config, &self.stop);
    }

    pub(crate) async fn end(self) {
        assert_eq!(audit::counters(&self.db).await.unwrap(), Vec::<String>::new());
        self.stop.cancel();
        self.worker.await.unwrap().unwrap();
        self.sim.shutdown().await;
        self.db.close().await;
    }
}

pub(crate) fn work(
    db: &Db,
    config: &Arc<Config>,
    stop: &CancellationToken,
) -> tokio::task::JoinHandle<anyhow::Result<()>> {
    let (db, config, stop) = (db.clone(), config.clone(), stop.clone());
    tokio::spawn(async move { worker::run(db, config, "worker", stop).await })
}

pub(crate) fn judge(calls_max: Option<u32>) -> NewJudge {
    let model = ModelChoice { provider: Some("sim".into()), model: JUDGE.into(), version: None };
    NewJudge { model, calls_max }
}

pub(crate) fn faulty(fault: Fault) -> FaultRule {
    FaultRule::always(fault).for_model(JUDGE)
}

pub(crate) fn all(statuses: &[(AiCallStep, AiCallStatus)], count: usize) -> Vec<(AiCallStep, AiCallStatus)> {
    statuses.iter().flat_map(|status| vec![*status; count]).collect()
}

macro_rules! on_each_bench {
    ($name:ident, |$bench:ident| $body:block) => {
        on_each_bench!($name, |_config| (), |$bench| $body);
    };
    ($name:ident, |$config:ident| $change:expr, |$bench:ident| $body:block) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            for TestDatabase { name, db, dir: _dir, .. } in databases().await {
                eprintln!("{name}");
                #[allow(unused_mut, reason = "some tests restart the worker")]
                let mut $bench = Bench::new(db, |$config: &mut Config| $change).await;
                $body
                $bench.end().await;
            }
        }
    };
}
