//! The same thing done twice at the same moment: one effect.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use std::{collections::HashSet, time::Duration};

use domain::{
    fleet,
    page::PageRequest,
    probe,
    queue::{Sweeper, Written, claim_probes, finish, finish_late},
    run,
};
use entity::{AttemptResult, RunStatus, attempt, transcript};
use futures::future::{join, join_all};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use test_support::{Lane, answered, on_each_lane, sample};
use uuid::Uuid;

async fn transcript_count(lane: &Lane, run_id: Uuid) -> u64 {
    let of_run = transcript::Entity::find().filter(transcript::Column::RunId.eq(run_id));
    of_run.count(lane.db.read()).await.unwrap()
}

async fn attempts_of(lane: &Lane, run_id: Uuid, result: AttemptResult) -> u64 {
    let of_run = attempt::Entity::find()
        .filter(attempt::Column::RunId.eq(run_id))
        .filter(attempt::Column::Result.eq(result));
    of_run.count(lane.db.read()).await.unwrap()
}

on_each_lane!(fan_outs_at_once_queue_each_probe_once, lane, {
    lane.config.inline_fan_out_max = 0;
    for _ in 0..3 {
        // More than one transaction: each fan-out finds the others in the middle of theirs.
        let large = test_support::start(&lane.db, &lane.config, sample("rescue"), &["sim-oracle"], |new| {
            new.samples_per_scenario = 200;
        });
        let run_id = large.await.1.run.id;
        for done in join_all((0..3).map(|_| run::fan_out(&lane.db, run_id))).await {
            done.unwrap();
        }
        let ledger = run::progress_of(&lane.db, &[run_id]).await.unwrap()[&run_id].ledger();
        assert_eq!((ledger.planned, ledger.queued), (25_000, 25_000));
        let request = PageRequest { first: 1, after: None };
        let page = probe::list(&lane.db, run_id, &Default::default(), &request).await.unwrap();
        assert_eq!(page.total, 25_000);
        let events = lane.events(run_id).await;
        assert_eq!(events.iter().filter(|kind| *kind == "run.queued").count(), 1, "{events:?}");
    }
});

on_each_lane!(sweeps_at_once_take_back_what_a_dead_worker_held_once, lane, {
    for _ in 0..4 {
        let (_, run_id) = lane.run(|_| ()).await;
        let dead = fleet::register(&lane.db, "dead", &["sim".into()]).await.unwrap();
        let held = claim_probes(&lane.db, dead, "sim", 8, Duration::ZERO).await.unwrap();
        fleet::deregister(&lane.db, dead).await.unwrap();
        let mut taken_back = 0;
        // The database's clock has milliseconds: until the next one the leases have not lapsed.
        while taken_back < held.len() as u64 {
            let sweeps = (0..3)
                .map(|_| async { Sweeper::new(Duration::from_secs(60), 4).sweep(&lane.db).await.unwrap() });
            taken_back += join_all(sweeps).await.iter().sum::<u64>();
        }
        assert_eq!(taken_back, 8);
        assert_eq!(attempts_of(&lane, run_id, AttemptResult::Lost).await, 8);
        let again = lane.claim(100).await;
        assert_eq!(again.iter().map(|probe| probe.id).collect::<HashSet<_>>().len(), 12);
        for probe in &again {
            lane.write(answered(probe, lane.worker, Some(1))).await;
        }
        assert_eq!(run::find(&lane.db, run_id).await.unwrap().status, RunStatus::Completed);
    }
});

on_each_lane!(finishes_of_the_same_answers_at_once_are_written_once, lane, {
    for _ in 0..4 {
        let (_, run_id) = lane.run(|_| ()).await;
        let writes: Vec<_> =
            lane.claim(12).await.iter().map(|probe| answered(probe, lane.worker, Some(3))).collect();
        let (one, two) = join(finish(&lane.db, &writes), finish(&lane.db, &writes)).await;
        // Whoever came second is told that its answer stands, and books nothing again.
        for (write, written) in writes.iter().zip(one.unwrap()).chain(writes.iter().zip(two.unwrap())) {
            if written == Written::Lapsed {
                assert_eq!(finish_late(&lane.db, write).await.unwrap(), Written::Accepted);
            }
        }
        assert_eq!(transcript_count(&lane, run_id).await, 12);
        assert_eq!(attempts_of(&lane, run_id, AttemptResult::Succeeded).await, 12);
        let events = lane.events(run_id).await;
        assert_eq!(events.iter().filter(|kind| *kind == "run.completed").count(), 1, "{events:?}");
    }
});

on_each_lane!(an_answer_that_comes_while_its_probe_is_taken_back_has_one_effect, lane, {
    for _ in 0..8 {
        let (_, run_id) = lane.run(|_| ()).await;
        let slow = fleet::register(&lane.db, "slow", &["sim".into()]).await.unwrap();
        let held = claim_probes(&lane.db, slow, "sim", 12, Duration::ZERO).await.unwrap();
        fleet::deregister(&lane.db, slow).await.unwrap();
        let writes = held.iter().map(|probe| lane.write(answered(probe, slow, Some(1))));
        join(join_all(writes), async {
            lane.sweep().await;
            lane.sweep().await;
        })
        .await;
        // Each answer was used, whoever was first: nobody has to ask again.
        assert_eq!(transcript_count(&lane, run_id).await, 12);
        assert!(lane.claim(12).await.is_empty());
        assert_eq!(run::find(&lane.db, run_id).await.unwrap().status, RunStatus::Completed);
    }
});
