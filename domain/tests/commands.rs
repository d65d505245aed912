//! Commands on runs, alone and racing.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use std::time::Duration;

use domain::{
    Error,
    auth::Actor,
    db::now,
    lifecycle::{RunState, ShownStatus},
    queue::{AttemptRecord, Ending, ProbeWrite},
    run::{self, Commanded, LimitChanges, Rerun},
};
use entity::{AttemptResult, RunStatus, RunType, StopReason};
use futures::future::{join, join_all};
use sea_orm::{ConnectionTrait, EntityTrait};
use test_support::{Lane, answered, attempt, failed, on_each_lane};
use uuid::Uuid;

fn command<'a>(actor: &'a Actor, run_id: Uuid) -> Commanded<'a> {
    Commanded { actor, run_id, client_token: None }
}

/// A run that is over: half of its probes failed with each of two categories but for one that
/// succeeded.
async fn half_failed(lane: &Lane) -> (Actor, Uuid) {
    let (actor, run_id) = lane.run(|_| ()).await;
    let claimed = lane.claim(20).await;
    assert_eq!(claimed.len(), 12);
    lane.write(answered(&claimed[0], lane.worker, Some(1))).await;
    for (index, probe) in claimed.iter().enumerate().skip(1) {
        let category = if index < 6 { "timeout" } else { "auth" };
        lane.write(failed(probe, lane.worker, category)).await;
    }
    assert_eq!(run::find(&lane.db, run_id).await.unwrap().status, RunStatus::CompletedWithErrors);
    (actor, run_id)
}

async fn counts(lane: &Lane, run_id: Uuid) -> (i64, i64, i64) {
    let ledger = run::progress_of(&lane.db, &[run_id]).await.unwrap()[&run_id].ledger();
    (ledger.queued, ledger.succeeded, ledger.failed)
}

on_each_lane!(failed_probes_of_a_category_are_tried_again_in_the_same_run, lane, {
    let (actor, run_id) = half_failed(&lane).await;
    let timeouts = ["timeout".to_owned()];
    let reopened =
        run::retry_failed(&lane.db, &lane.config, command(&actor, run_id), &timeouts).await.unwrap();
    assert_eq!((reopened.status, reopened.completed_at), (RunStatus::Running, None));
    // The sweep comes before the job: nothing is open, and still the run is not over.
    lane.sweep().await;
    assert_eq!(run::find(&lane.db, run_id).await.unwrap().status, RunStatus::Running);
    lane.queue_retries(run_id).await;
    assert_eq!(counts(&lane, run_id).await, (5, 1, 6));
    let again = lane.claim(20).await;
    assert_eq!(again.len(), 5);
    let tries = domain::probe::attempts_of(&lane.db, &[again[0].id]).await.unwrap();
    assert_eq!(
        (again[0].attempt_count, tries[&again[0].id].len()),
        (0, 1),
        "all tries anew, the old one kept"
    );
    for probe in &again {
        lane.write(answered(probe, lane.worker, Some(1))).await;
    }
    assert_eq!(run::find(&lane.db, run_id).await.unwrap().status, RunStatus::CompletedWithErrors);
    assert_eq!(counts(&lane, run_id).await, (0, 6, 6));
    let events = lane.events(run_id).await;
    let tail: Vec<&str> =
        events.iter().skip_while(|kind| *kind != "run.reopened").map(String::as_str).collect();
    assert_eq!(tail, ["run.reopened", "retry.requested", "retry.queued", "run.completed"]);
});

on_each_lane!(a_retry_without_such_a_failure_is_refused_and_changes_nothing, lane, {
    let (actor, run_id) = half_failed(&lane).await;
    let refused =
        run::retry_failed(&lane.db, &lane.config, command(&actor, run_id), &["server".into()]).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("server") && refused.contains("auth, timeout"), "{refused}");
    assert_eq!(run::find(&lane.db, run_id).await.unwrap().status, RunStatus::CompletedWithErrors);
});

on_each_lane!(a_retry_sent_twice_and_done_by_two_jobs_has_one_effect, lane, {
    let (actor, run_id) = half_failed(&lane).await;
    let sent = Commanded { client_token: Some("again"), ..command(&actor, run_id) };
    for run in join_all((0..4).map(|_| run::retry_failed(&lane.db, &lane.config, sent, &[]))).await {
        assert_eq!(run.unwrap().status, RunStatus::Running);
    }
    join_all((0..3).map(|_| lane.queue_retries(run_id))).await;
    assert_eq!(counts(&lane, run_id).await, (11, 1, 0));
    let events = lane.events(run_id).await;
    assert_eq!(events.iter().filter(|kind| *kind == "run.reopened").count(), 1);
    assert_eq!(events.iter().filter(|kind| *kind == "retry.requested").count(), 1);
});

on_each_lane!(a_retry_whose_job_is_gone_is_finished_by_the_sweep, lane, {
    let (actor, run_id) = half_failed(&lane).await;
    run::retry_failed(&lane.db, &lane.config, command(&actor, run_id), &[]).await.unwrap();
    let gone = "UPDATE jobs SET status = 'failed', finished_at = created_at";
    lane.db.write().execute_unprepared(gone).await.unwrap();
    join(lane.sweep(), lane.sweep()).await;
    assert_eq!(counts(&lane, run_id).await, (11, 1, 0));
});

on_each_lane!(a_rerun_is_a_child_like_its_parent_but_for_what_is_other, lane, {
    let (actor, parent_id) =
        lane.run(|new| (new.sample_percentage, new.temperature) = (50.0, Some(0.5))).await;
    let access = domain::access::AccessLog::default();
    let again = Rerun { run_id: parent_id, allow_duplicate: true, ..Rerun::default() };
    let child = run::rerun(&lane.db, &lane.config, &access, &actor, &again).await.unwrap().run;
    let parent = run::find(&lane.db, parent_id).await.unwrap();
    assert_eq!((child.run_type, child.parent_run_id), (RunType::Rerun, Some(parent_id)));
    let asked = |run: &entity::run::Model| {
        (run.definition_version_id, run.sample_seed, run.scenario_count, run.temperature, run.max_tokens)
    };
    assert_eq!(asked(&child), asked(&parent));
    assert_eq!(child.plan_hash, parent.plan_hash, "the same plan");
    let more = Rerun { samples_per_scenario: Some(3), ..again };
    let more = run::rerun(&lane.db, &lane.config, &access, &actor, &more).await.unwrap().run;
    assert_eq!(more.planned_count, 3 * parent.planned_count);
    let children = run::children_of(&lane.db, &[parent_id]).await.unwrap();
    assert_eq!(children[&parent_id].iter().map(|run| run.id).collect::<Vec<_>>(), [more.id, child.id]);
});

on_each_lane!(a_changed_limit_is_an_event_and_an_unchanged_one_is_not, lane, {
    let (actor, run_id) = lane.run(|_| ()).await;
    let changes = LimitChanges {
        budget_usd_micros: Some(1_000_000),
        priority: Some(7),
        parallel: Some(Some(3)),
        deadline_at: Some(now() + Duration::from_secs(60)),
    };
    for _ in 0..2 {
        run::set_limits(&lane.db, &lane.config, command(&actor, run_id), changes).await.unwrap();
    }
    let events = lane.events(run_id).await;
    assert_eq!(events.iter().filter(|kind| *kind == "run.limits_changed").count(), 1, "{events:?}");
    let row = entity::run_limit::Entity::find_by_id(run_id).one(lane.db.read()).await.unwrap().unwrap();
    assert_eq!((row.priority, row.parallel, row.deadline_at), (7, Some(3), changes.deadline_at));
    let wrong = LimitChanges { priority: Some(5_000), parallel: Some(Some(0)), ..LimitChanges::default() };
    let refused = run::set_limits(&lane.db, &lane.config, command(&actor, run_id), wrong).await;
    assert!(matches!(&refused, Err(Error::Invalid(faults)) if faults.len() == 2), "{refused:?}");
    run::cancel(&lane.db, command(&actor, run_id)).await.unwrap();
    let refused = run::set_limits(&lane.db, &lane.config, command(&actor, run_id), changes).await;
    assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
});

on_each_lane!(a_run_past_its_deadline_ends_with_what_it_has_and_can_be_reopened, lane, {
    let (actor, run_id) = lane.run(|_| ()).await;
    let claimed = lane.claim(2).await;
    let past = "UPDATE run_limits SET deadline_at = '2020-01-01T00:00:00.000+00:00'";
    lane.db.write().execute_unprepared(past).await.unwrap();
    join(lane.sweep(), lane.sweep()).await;
    let run = run::find(&lane.db, run_id).await.unwrap();
    assert_eq!((run.status, run.stop_reason), (RunStatus::Running, Some(StopReason::Deadline)));
    assert!(lane.claim(5).await.is_empty());
    lane.end_queued(run_id).await;
    for probe in &claimed {
        lane.write(answered(probe, lane.worker, Some(1))).await;
    }
    assert_eq!(run::find(&lane.db, run_id).await.unwrap().status, RunStatus::CompletedWithErrors);
    let failures = domain::probe::failures_of(&lane.db, run_id).await.unwrap();
    assert_eq!((failures[0].category.as_str(), failures[0].count), ("deadline", 10));
    let events = lane.events(run_id).await;
    assert_eq!(events.iter().filter(|kind| *kind == "run.stopped").count(), 1, "{events:?}");
    run::retry_failed(&lane.db, &lane.config, command(&actor, run_id), &["deadline".into()]).await.unwrap();
    lane.queue_retries(run_id).await;
    lane.sweep().await;
    assert_eq!(lane.claim(20).await.len(), 10, "it has a new deadline");
});

on_each_lane!(a_call_that_goes_back_to_the_queue_of_a_cancelled_run_is_ended_too, lane, {
    let (actor, run_id) = lane.run(|_| ()).await;
    let claimed = lane.claim(1).await;
    run::cancel(&lane.db, command(&actor, run_id)).await.unwrap();
    lane.end_queued(run_id).await;
    lane.db
        .write()
        .execute_unprepared("UPDATE jobs SET status = 'succeeded', finished_at = created_at")
        .await
        .unwrap();
    let ending = Ending::Requeued {
        delay: Duration::from_secs(60),
        counts_as_try: false,
        category: None,
        message: None,
    };
    let record = AttemptRecord { turn_count: 0, ..attempt(AttemptResult::Waited) };
    let (probe, worker_id) = (claimed[0].clone(), lane.worker);
    lane.write(ProbeWrite { probe, worker_id, turns: Vec::new(), attempt: Some(record), ending }).await;
    lane.sweep().await;
    assert_eq!(run::find(&lane.db, run_id).await.unwrap().status, RunStatus::Cancelled);
});

on_each_lane!(pause_and_cancel_from_two_clients_at_once_end_as_cancelled, lane, {
    for _ in 0..8 {
        let (actor, run_id) = lane.run(|_| ()).await;
        let (paused, cancelled) = join(
            run::pause(&lane.db, command(&actor, run_id)),
            run::cancel(&lane.db, command(&actor, run_id)),
        )
        .await;
        cancelled.unwrap();
        assert!(matches!(paused, Ok(_) | Err(Error::Conflict { .. })), "{paused:?}");
        let run = run::find(&lane.db, run_id).await.unwrap();
        assert_eq!(RunState::of(&run).shown(), ShownStatus::Cancelled);
        join_all((0..3).map(|_| lane.end_queued(run_id))).await;
        join_all((0..3).map(|_| run::settle(&lane.db, run_id))).await;
        let events = lane.events(run_id).await;
        for once in ["run.cancelled", "run.ended"] {
            assert_eq!(events.iter().filter(|kind| *kind == once).count(), 1, "{events:?}");
        }
    }
});

on_each_lane!(random_commands_from_several_clients_leave_every_promise_kept, lane, {
    for seed in 0..4 {
        let mut random = fastrand::Rng::with_seed(seed);
        let (actor, run_id) = lane.run(|_| ()).await;
        for _ in 0..15 {
            let kinds: Vec<u8> = (0..3).map(|_| random.u8(0..12)).collect();
            let (actor, lane) = (&actor, &lane);
            let was_cancelled = run::find(&lane.db, run_id).await.unwrap().cancelled_at.is_some();
            let commands = kinds.into_iter().map(|kind| async move {
                let command = command(actor, run_id);
                match kind {
                    0 => drop(run::pause(&lane.db, command).await),
                    1 | 2 => drop(run::resume(&lane.db, command).await),
                    3 if seed > 1 => drop(run::cancel(&lane.db, command).await),
                    4 => drop(run::retry_failed(&lane.db, &lane.config, command, &[]).await),
                    5 => lane.queue_retries(run_id).await,
                    6 => lane.end_queued(run_id).await,
                    7 => lane.sweep().await,
                    _ => {
                        for probe in lane.claim(2).await {
                            let write = match kind % 2 {
                                0 => answered(&probe, lane.worker, Some(1)),
                                _ => failed(&probe, lane.worker, "server"),
                            };
                            lane.write(write).await;
                        }
                    }
                }
            });
            join_all(commands).await;
            let run = run::find(&lane.db, run_id).await.unwrap();
            assert!(!was_cancelled || run.cancelled_at.is_some());
            assert_eq!(run.status.is_terminal(), run.completed_at.is_some());
            let (queued, succeeded, failed) = counts(lane, run_id).await;
            assert!(queued + succeeded + failed <= 12);
        }
        // events are checked for gaps, and counters by the audit at the end
        lane.events(run_id).await;
    }
});
