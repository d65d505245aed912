//! A worker without a provider: it claims, and writes whatever a test wants to have come back.

use std::time::Duration;

use domain::{
    auth::Actor,
    config::Config,
    db::{Db, now},
    fleet,
    page::PageRequest,
    probe,
    queue::{
        AttemptRecord, ClaimedProbe, Ending, NewDecision, NewTranscript, NewTurn, ProbeWrite, Sweeper,
        Written, claim_probes, finish, finish_late,
    },
    registry,
    run::{self, NewRun},
};
use entity::{AttemptResult, DecisionStatus, Finish, ProbeOutcome, TranscriptOutcome};
use uuid::Uuid;

use crate::{config, sample, start};

const LEASE: Duration = Duration::from_secs(60);

/// A worker's view of the queue of simulated models.
pub struct Lane {
    /// Its database.
    pub db: Db,
    /// Its configuration; runs are made with it too.
    pub config: Config,
    /// A worker that lives.
    pub worker: Uuid,
}

impl Lane {
    /// Registers the models and a worker that can serve them.
    pub async fn new(db: &Db) -> Self {
        let config = config("http://127.0.0.1:9/v1");
        registry::sync(db, &config).await.unwrap();
        let worker = fleet::register(db, "one", &["sim".into()]).await.unwrap();
        Self { db: db.clone(), config, worker }
    }

    /// Starts a run of 12 scenarios of one turn, with bounded answers.
    pub async fn run(&self, change: impl FnOnce(&mut NewRun)) -> (Actor, Uuid) {
        let (actor, created) = start(&self.db, &self.config, sample("capital"), &["sim-oracle"], |new| {
            new.max_tokens = Some(100);
            change(new);
        })
        .await;
        (actor, created.run.id)
    }

    /// Claims up to `free` probes.
    pub async fn claim(&self, free: u64) -> Vec<ClaimedProbe> {
        claim_probes(&self.db, self.worker, "sim", free, LEASE).await.unwrap()
    }

    /// Writes, late where the lease has lapsed.
    pub async fn write(&self, write: ProbeWrite) -> Written {
        match finish(&self.db, std::slice::from_ref(&write)).await.unwrap()[0] {
            Written::Lapsed => finish_late(&self.db, &write).await.unwrap(),
            written => written,
        }
    }

    /// Claims probes for a worker that dies, and takes them back.
    pub async fn claim_and_lose(&self, count: u64) -> (Uuid, Vec<ClaimedProbe>) {
        let dead = fleet::register(&self.db, "dead", &["sim".into()]).await.unwrap();
        let claimed = claim_probes(&self.db, dead, "sim", count, Duration::ZERO).await.unwrap();
        fleet::deregister(&self.db, dead).await.unwrap();
        let mut sweeper = Sweeper::new(LEASE, 4);
        let mut taken_back = 0;
        // The database's clock has milliseconds: until the next one the lease has not lapsed.
        while taken_back < claimed.len() as u64 {
            taken_back += sweeper.sweep(&self.db).await.unwrap();
            tokio::task::yield_now().await;
        }
        (dead, claimed)
    }

    /// One sweep.
    pub async fn sweep(&self) {
        Sweeper::new(LEASE, 4).sweep(&self.db).await.unwrap();
    }

    /// Ends what is queued of a run that was cancelled or stopped, as the job does.
    pub async fn end_queued(&self, run_id: Uuid) {
        while !run::cancel_probes(&self.db, run_id).await.unwrap() {}
    }

    /// Queues failed probes again, as the job does.
    pub async fn queue_retries(&self, run_id: Uuid) {
        while !run::retry_probes(&self.db, run_id).await.unwrap() {}
    }

    /// The kinds of a run's events, which are numbered without a gap.
    pub async fn events(&self, run_id: Uuid) -> Vec<String> {
        let page = probe::events(&self.db, run_id, &PageRequest { first: 500, after: None }).await.unwrap();
        let events: Vec<_> = page.rows.into_iter().map(|(_, event)| event).collect();
        let seqs: Vec<i64> = events.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, (1..=seqs.len() as i64).collect::<Vec<_>>());
        events.into_iter().map(|event| event.kind).collect()
    }
}

/// An answered turn at this price in micro-dollars; None: nobody counted its tokens.
pub fn turn(index: i32, cost: Option<i64>) -> NewTurn {
    NewTurn {
        turn_index: index,
        prompt: "Which?".into(),
        answer: "Decision: Paris".into(),
        reasoning: None,
        finish: Finish::Stop,
        finish_raw: Some("stop".into()),
        model_version: Some("v1".into()),
        request_id: None,
        request_body: "{}".into(),
        raw_body: b"{}".to_vec(),
        is_text_altered: false,
        input_tokens: Some(10),
        cached_input_tokens: None,
        cache_write_tokens: None,
        output_tokens: Some(5),
        reasoning_tokens: None,
        price_id: None,
        cost_usd_micros: cost,
        first_byte: Duration::from_millis(1),
        first_token: None,
        omitted: vec![],
        latency: Duration::from_millis(2),
        started_at: now(),
        finished_at: now(),
    }
}

/// A try that ended so.
pub fn attempt(result: AttemptResult) -> AttemptRecord {
    AttemptRecord {
        result,
        error_category: None,
        error_message: None,
        http_status: None,
        retry_after: None,
        request_id: None,
        raw_body: None,
        partial_answer: None,
        partial_reasoning: None,
        first_turn_index: 0,
        turn_count: 1,
        input_tokens: Some(10),
        output_tokens: Some(5),
        cost_usd_micros: None,
        latency: Duration::from_millis(2),
        started_at: now(),
        finished_at: now(),
    }
}

/// A probe whose last turn was answered at this price.
pub fn answered(probe: &ClaimedProbe, worker_id: Uuid, cost: Option<i64>) -> ProbeWrite {
    let transcript = NewTranscript {
        outcome: TranscriptOutcome::Answered,
        model_version: Some("v1".into()),
        turn_count: probe.turn_count + 1,
        word_count: 2,
        input_tokens: Some(10),
        output_tokens: Some(5),
        cost_usd_micros: cost,
        latency: Duration::from_millis(2),
        started_at: now(),
        finished_at: now(),
    };
    let decision = NewDecision {
        status: DecisionStatus::Decided,
        value: Some("Paris".into()),
        score: Some(1.0),
        reader: "test".into(),
        reader_version: "1".into(),
        rule: None,
        reason: None,
        turn_index: Some(0),
        quote: None,
    };
    let (decision, scores, outcome) = (Some(decision), Vec::new(), ProbeOutcome::Decided);
    let ending = Ending::Succeeded { transcript, decision, scores, values: Vec::new(), outcome };
    ProbeWrite {
        probe: probe.clone(),
        worker_id,
        turns: vec![turn(probe.turn_count, cost)],
        attempt: Some(AttemptRecord { cost_usd_micros: cost, ..attempt(AttemptResult::Succeeded) }),
        ending,
    }
}

/// A probe that is given up for this reason.
pub fn failed(probe: &ClaimedProbe, worker_id: Uuid, category: &str) -> ProbeWrite {
    let message = format!("It failed: {category}.");
    let attempt = AttemptRecord {
        error_category: Some(category.into()),
        error_message: Some(message.clone()),
        turn_count: 0,
        ..attempt(AttemptResult::Failed)
    };
    ProbeWrite {
        probe: probe.clone(),
        worker_id,
        turns: Vec::new(),
        attempt: Some(attempt),
        ending: Ending::Failed { category: category.into(), message, partial: None },
    }
}

/// A probe that goes back to the queue untried.
pub fn given_back(probe: &ClaimedProbe, worker_id: Uuid) -> ProbeWrite {
    let ending =
        Ending::Requeued { delay: Duration::ZERO, counts_as_try: false, category: None, message: None };
    ProbeWrite { probe: probe.clone(), worker_id, turns: Vec::new(), attempt: None, ending }
}

/// Makes a test of a body on each database there is; counters, events and budgets must agree at
/// its end.
#[macro_export]
macro_rules! on_each_lane {
    ($name:ident, $lane:ident, $body:block) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            for database in $crate::databases().await {
                eprintln!("{}", database.name);
                #[allow(unused_mut, reason = "some tests change the configuration")]
                let mut $lane = $crate::Lane::new(&database.db).await;
                $body
                let faults = domain::audit::counters(&database.db).await.unwrap();
                assert_eq!(faults, Vec::<String>::new());
                database.db.close().await;
            }
        }
    };
}
