//! The queue's promises, on real databases.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use std::{collections::HashSet, time::Duration};

use domain::{
    audit,
    config::Config,
    db::{Db, now},
    fleet,
    page::PageRequest,
    probe,
    queue::{
        AttemptRecord, ClaimedProbe, Ending, NewDecision, NewTranscript, NewTurn, ProbeWrite, Sweeper,
        Written, claim_probes, finish, finish_late,
    },
    registry, run,
};
use entity::{
    AttemptResult, DecisionStatus, Finish, ProbeOutcome, QueueStatus, RunStatus, TranscriptOutcome,
};
use test_support::{TestDatabase, databases, sample};
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(60);

struct Queue {
    db: Db,
    config: Config,
    worker: Uuid,
}

impl Queue {
    async fn new(db: &Db) -> Self {
        let config = test_support::config("http://127.0.0.1:9/v1");
        registry::sync(db, &config).await.unwrap();
        let worker = fleet::register(db, "one", &["sim".into()]).await.unwrap();
        Self { db: db.clone(), config, worker }
    }

    async fn run(&self, priority: i32) -> Uuid {
        let (_, created) =
            test_support::start(&self.db, &self.config, sample("capital"), &["sim-oracle"], |new| {
                new.priority = priority;
            })
            .await;
        created.run.id
    }

    async fn claim(&self, worker: Uuid, free: u64) -> Vec<ClaimedProbe> {
        claim_probes(&self.db, worker, "sim", free, LEASE).await.unwrap()
    }

    async fn statuses(&self, run_id: Uuid) -> Vec<QueueStatus> {
        let request = PageRequest { first: 500, after: None };
        let page = probe::list(&self.db, run_id, &Default::default(), &request).await.unwrap();
        page.rows.into_iter().map(|(_, row)| row.status).collect()
    }

    /// Claims a probe for a worker that dies with a lease that has lapsed, and takes it back.
    async fn claim_and_lose(&self, attempts_max: u32) -> (Uuid, ClaimedProbe) {
        let dead = fleet::register(&self.db, "dead", &["sim".into()]).await.unwrap();
        let claimed = claim_probes(&self.db, dead, "sim", 1, Duration::from_secs(0)).await.unwrap();
        fleet::deregister(&self.db, dead).await.unwrap();
        let mut sweeper = Sweeper::new(LEASE, attempts_max);
        // The database's clock has milliseconds: until the next one the lease has not lapsed.
        while sweeper.sweep(&self.db).await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        (dead, claimed.into_iter().next().unwrap())
    }
}

fn turn(index: i32) -> NewTurn {
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
        cost_usd_micros: Some(7),
        first_byte: Duration::from_millis(1),
        first_token: None,
        omitted: vec![],
        latency: Duration::from_millis(2),
        started_at: now(),
        finished_at: now(),
    }
}

fn attempt(result: AttemptResult) -> AttemptRecord {
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
        cost_usd_micros: Some(7),
        latency: Duration::from_millis(2),
        started_at: now(),
        finished_at: now(),
    }
}

fn answered(probe: ClaimedProbe, worker_id: Uuid) -> ProbeWrite {
    let turns = vec![turn(probe.turn_count)];
    let ending = Ending::Succeeded {
        transcript: NewTranscript {
            outcome: TranscriptOutcome::Answered,
            model_version: Some("v1".into()),
            turn_count: probe.turn_count + 1,
            word_count: 2,
            input_tokens: Some(10),
            output_tokens: Some(5),
            cost_usd_micros: Some(7),
            latency: Duration::from_millis(2),
            started_at: now(),
            finished_at: now(),
        },
        decision: Some(NewDecision {
            status: DecisionStatus::Decided,
            value: Some("Paris".into()),
            score: Some(1.0),
            reader: "test".into(),
            reader_version: "1".into(),
            rule: None,
            reason: None,
            turn_index: Some(0),
            quote: None,
        }),
        scores: Vec::new(),
        values: Vec::new(),
        outcome: ProbeOutcome::Decided,
    };
    ProbeWrite { probe, worker_id, turns, attempt: Some(attempt(AttemptResult::Succeeded)), ending }
}

fn requeued(probe: ClaimedProbe, worker_id: Uuid, counts_as_try: bool) -> ProbeWrite {
    let ending = Ending::Requeued { delay: Duration::ZERO, counts_as_try, category: None, message: None };
    ProbeWrite { probe, worker_id, turns: vec![], attempt: Some(attempt(AttemptResult::Waited)), ending }
}

macro_rules! on_each_database {
    ($name:ident, $queue:ident, $body:block) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            for TestDatabase { name, db, dir: _dir, .. } in databases().await {
                eprintln!("{name}");
                let $queue = Queue::new(&db).await;
                $body
                assert_eq!(audit::counters(&db).await.unwrap(), Vec::<String>::new());
                db.close().await;
            }
        }
    };
}

on_each_database!(workers_that_claim_at_once_never_get_the_same_probe, queue, {
    let run_id = queue.run(0).await;
    let claims = (0..8).map(|_| queue.claim(queue.worker, 3));
    let claimed: Vec<_> = futures::future::join_all(claims).await.into_iter().flatten().collect();
    let ids: HashSet<Uuid> = claimed.iter().map(|probe| probe.id).collect();
    assert_eq!(ids.len(), claimed.len());
    assert_eq!(ids.len(), queue.statuses(run_id).await.len());
});

on_each_database!(runs_share_the_slots_evenly_and_a_higher_priority_goes_first, queue, {
    let (first, second) = (queue.run(0).await, queue.run(0).await);
    let claimed = queue.claim(queue.worker, 6).await;
    let of = |run_id: Uuid| claimed.iter().filter(|probe| probe.run_id == run_id).count();
    assert_eq!((of(first), of(second)), (3, 3));
    let urgent = queue.run(5).await;
    let claimed = queue.claim(queue.worker, 6).await;
    assert!(claimed.iter().all(|probe| probe.run_id == urgent));
});

on_each_database!(what_one_run_leaves_goes_to_the_other, queue, {
    let (first, second) = (queue.run(0).await, queue.run(0).await);
    let count = queue.statuses(first).await.len();
    let claimed = queue.claim(queue.worker, 10_000).await;
    assert_eq!(claimed.len(), 2 * count);
    assert_eq!(queue.statuses(second).await, vec![QueueStatus::Running; count]);
});

on_each_database!(a_paused_run_is_not_claimed_and_a_resumed_one_is, queue, {
    let run_id = queue.run(0).await;
    let actor = domain::auth::local_actor(&queue.db).await.unwrap();
    let command = run::Commanded { actor: &actor, run_id, client_token: None };
    run::pause(&queue.db, command).await.unwrap();
    assert!(queue.claim(queue.worker, 5).await.is_empty());
    run::resume(&queue.db, command).await.unwrap();
    assert_eq!(queue.claim(queue.worker, 5).await.len(), 5);
});

on_each_database!(a_finish_under_the_fence_stands_and_repeating_it_changes_nothing, queue, {
    let run_id = queue.run(0).await;
    let claimed = queue.claim(queue.worker, 1).await;
    let write = answered(claimed[0].clone(), queue.worker);
    assert_eq!(finish(&queue.db, std::slice::from_ref(&write)).await.unwrap(), [Written::Accepted]);
    // As after a commit whose answer was lost.
    assert_eq!(finish(&queue.db, std::slice::from_ref(&write)).await.unwrap(), [Written::Lapsed]);
    assert_eq!(finish_late(&queue.db, &write).await.unwrap(), Written::Accepted);
    let progress = run::progress_of(&queue.db, &[run_id]).await.unwrap();
    assert_eq!((progress[&run_id].ledger().succeeded, progress[&run_id].cost_usd_micros()), (1, Some(7)));
    assert_eq!(probe::attempts_of(&queue.db, &[write.probe.id]).await.unwrap()[&write.probe.id].len(), 1);
});

on_each_database!(a_turn_whose_commit_is_repeated_is_written_once, queue, {
    queue.run(0).await;
    let claimed = queue.claim(queue.worker, 1).await;
    let write =
        ProbeWrite { attempt: None, ending: Ending::Continues, ..answered(claimed[0].clone(), queue.worker) };
    assert_eq!(finish(&queue.db, std::slice::from_ref(&write)).await.unwrap(), [Written::Accepted]);
    assert_eq!(finish(&queue.db, std::slice::from_ref(&write)).await.unwrap(), [Written::Lapsed]);
    assert_eq!(finish_late(&queue.db, &write).await.unwrap(), Written::Accepted);
    assert_eq!(probe::turns_of(&queue.db, &[write.probe.id]).await.unwrap()[&write.probe.id].len(), 1);
});

on_each_database!(a_dead_workers_probe_goes_back_with_the_lost_try_recorded, queue, {
    queue.run(0).await;
    let (dead, lost) = queue.claim_and_lose(4).await;
    let attempts = probe::attempts_of(&queue.db, &[lost.id]).await.unwrap();
    assert_eq!(attempts[&lost.id][0].result, AttemptResult::Lost);
    assert_eq!(attempts[&lost.id][0].worker_id, dead);
    let again = queue.claim(queue.worker, 10_000).await;
    let again = again.iter().find(|probe| probe.id == lost.id).unwrap();
    assert_eq!((again.fence, again.attempt_count), (lost.fence + 1, 1));
});

on_each_database!(a_late_answer_is_used_where_the_probe_has_none, queue, {
    let run_id = queue.run(0).await;
    let (dead, lost) = queue.claim_and_lose(4).await;
    let again = queue.claim(queue.worker, 10_000).await;
    let again = again.into_iter().find(|probe| probe.id == lost.id).unwrap();
    let late = answered(lost, dead);
    assert_eq!(finish(&queue.db, std::slice::from_ref(&late)).await.unwrap(), [Written::Lapsed]);
    assert_eq!(finish_late(&queue.db, &late).await.unwrap(), Written::AcceptedLate);
    // Whoever holds the probe now is the late one; the call is booked with its cost.
    let second = answered(again, queue.worker);
    assert_eq!(finish(&queue.db, std::slice::from_ref(&second)).await.unwrap(), [Written::Lapsed]);
    assert_eq!(finish_late(&queue.db, &second).await.unwrap(), Written::Late);
    assert_eq!(finish_late(&queue.db, &second).await.unwrap(), Written::Late);
    let progress = run::progress_of(&queue.db, &[run_id]).await.unwrap();
    assert_eq!((progress[&run_id].ledger().succeeded, progress[&run_id].cost_usd_micros()), (1, Some(14)));
});

on_each_database!(a_probe_that_has_lost_its_last_worker_fails_with_the_reason, queue, {
    let run_id = queue.run(0).await;
    for _ in 0..2 {
        queue.claim_and_lose(1).await;
        assert!(!queue.statuses(run_id).await.contains(&QueueStatus::Failed), "it was the worker's fault");
    }
    let (_, lost) = queue.claim_and_lose(1).await;
    let request = PageRequest { first: 500, after: None };
    let page = probe::list(&queue.db, run_id, &Default::default(), &request).await.unwrap();
    let row = page.rows.into_iter().map(|(_, row)| row).find(|row| row.id == lost.id).unwrap();
    assert_eq!((row.status, row.error_category.as_deref()), (QueueStatus::Failed, Some("worker_lost")));
});

on_each_database!(waiting_consumes_no_try_and_a_retry_does, queue, {
    queue.run(0).await;
    let claimed = queue.claim(queue.worker, 10_000).await;
    let waited = requeued(claimed[0].clone(), queue.worker, false);
    let retried = requeued(claimed[1].clone(), queue.worker, true);
    let (waited_id, retried_id) = (waited.probe.id, retried.probe.id);
    finish(&queue.db, &[waited, retried]).await.unwrap();
    let again = queue.claim(queue.worker, 10).await;
    let tries = |id: Uuid| again.iter().find(|probe| probe.id == id).unwrap().attempt_count;
    assert_eq!((tries(waited_id), tries(retried_id)), (0, 1));
});

on_each_database!(a_run_ends_with_its_last_probe_and_says_how, queue, {
    let run_id = queue.run(0).await;
    let claimed = queue.claim(queue.worker, 10_000).await;
    let (failing, rest) = claimed.split_first().unwrap();
    let writes: Vec<_> = rest.iter().map(|probe| answered(probe.clone(), queue.worker)).collect();
    finish(&queue.db, &writes).await.unwrap();
    assert_eq!(run::find(&queue.db, run_id).await.unwrap().status, RunStatus::Running);
    let failed = ProbeWrite {
        turns: vec![],
        attempt: Some(attempt(AttemptResult::Failed)),
        ending: Ending::Failed { category: "server".into(), message: "a\0b".into(), partial: None },
        ..answered(failing.clone(), queue.worker)
    };
    finish(&queue.db, &[failed]).await.unwrap();
    let run = run::find(&queue.db, run_id).await.unwrap();
    assert_eq!(run.status, RunStatus::CompletedWithErrors);
    let events = probe::events(&queue.db, run_id, &PageRequest { first: 100, after: None }).await.unwrap();
    let kinds: Vec<_> = events.rows.iter().map(|(_, event)| event.kind.as_str()).collect();
    assert_eq!(kinds, ["run.created", "run.queued", "run.started", "probe.failed", "run.completed"]);
    assert_eq!(events.rows.iter().map(|(_, event)| event.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
});

on_each_database!(batches_that_finish_the_last_probes_at_once_still_end_the_run, queue, {
    let run_id = queue.run(0).await;
    let claimed = queue.claim(queue.worker, 10_000).await;
    let batches: Vec<Vec<_>> = claimed
        .chunks(2)
        .map(|chunk| chunk.iter().map(|probe| answered(probe.clone(), queue.worker)).collect())
        .collect();
    let finishes = batches.iter().map(|batch| finish(&queue.db, batch));
    futures::future::try_join_all(finishes).await.unwrap();
    assert_eq!(run::find(&queue.db, run_id).await.unwrap().status, RunStatus::Completed);
});
