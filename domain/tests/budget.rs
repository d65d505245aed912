//! The budget's promise: no call is started whose worst case does not fit.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use domain::{
    Error, budget, gate,
    queue::{ClaimedProbe, ProbeWrite, Written},
    run::{self, Commanded, LimitChanges, NewRun},
};
use entity::{GateAction, GateKind, GateState, RunStatus, run_budget};
use futures::future::join_all;
use test_support::{Lane, answered, failed, on_each_lane};
use uuid::Uuid;

async fn purse(lane: &Lane, run_id: Uuid) -> run_budget::Model {
    budget::of_runs(&lane.db, &[run_id]).await.unwrap().remove(&run_id).unwrap()
}

/// What a probe of the runs of these tests can cost at most, found by reserving one.
async fn worst_case(lane: &Lane) -> i64 {
    let (actor, run_id) = lane.run(|new| new.budget_usd_micros = Some(1_000_000)).await;
    let claimed = lane.claim(1).await;
    let bound = purse(lane, run_id).await.reserved_usd_micros;
    lane.write(answered(&claimed[0], lane.worker, Some(1))).await;
    let command = Commanded { actor: &actor, run_id, client_token: None };
    run::cancel(&lane.db, command).await.unwrap();
    lane.end_queued(run_id).await;
    assert!(bound > 0);
    bound
}

fn with_budget(limit: i64) -> impl FnOnce(&mut NewRun) {
    move |new| new.budget_usd_micros = Some(limit)
}

on_each_lane!(eight_claims_at_once_never_reserve_more_than_there_is, lane, {
    let bound = worst_case(&lane).await;
    let (_, run_id) = lane.run(with_budget(5 * bound + bound / 2)).await;
    let claimed: Vec<ClaimedProbe> = join_all((0..8).map(|_| lane.claim(3))).await.concat();
    assert_eq!(claimed.len(), 5);
    assert_eq!(purse(&lane, run_id).await.reserved_usd_micros, 5 * bound);
    assert!(lane.claim(10).await.is_empty());
    let running = run::progress_of(&lane.db, &[run_id]).await.unwrap()[&run_id].ledger();
    assert_eq!((running.running, running.queued), (5, 7));
    assert_eq!(
        run::find(&lane.db, run_id).await.unwrap().status,
        RunStatus::Running,
        "no gate while in flight"
    );
});

on_each_lane!(what_an_answer_cost_less_than_reserved_is_there_for_others, lane, {
    let bound = worst_case(&lane).await;
    let (_, run_id) = lane.run(with_budget(2 * bound)).await;
    let claimed = lane.claim(10).await;
    assert_eq!(claimed.len(), 2);
    lane.write(answered(&claimed[0], lane.worker, Some(bound))).await;
    assert!(lane.claim(10).await.is_empty(), "the worst case was paid");
    lane.write(answered(&claimed[1], lane.worker, Some(0))).await;
    let row = purse(&lane, run_id).await;
    assert_eq!((row.spent_usd_micros, row.reserved_usd_micros), (bound, 0));
    assert_eq!(lane.claim(10).await.len(), 1);
});

on_each_lane!(what_a_provider_takes_above_its_limits_is_booked_and_shown, lane, {
    let bound = worst_case(&lane).await;
    let (_, run_id) = lane.run(with_budget(bound)).await;
    let claimed = lane.claim(10).await;
    lane.write(answered(&claimed[0], lane.worker, Some(7 * bound))).await;
    let row = purse(&lane, run_id).await;
    assert_eq!((row.spent_usd_micros, row.limit_usd_micros), (7 * bound, Some(bound)));
    assert!(lane.claim(10).await.is_empty());
    assert_eq!(run::find(&lane.db, run_id).await.unwrap().status, RunStatus::AwaitingApproval);
});

on_each_lane!(a_budget_gate_opens_when_nothing_is_in_flight_and_takes_a_larger_budget, lane, {
    let bound = worst_case(&lane).await;
    let (actor, run_id) = lane.run(with_budget(bound)).await;
    let claimed = lane.claim(10).await;
    assert!(lane.claim(10).await.is_empty());
    assert_eq!(run::find(&lane.db, run_id).await.unwrap().status, RunStatus::Running);
    lane.write(answered(&claimed[0], lane.worker, Some(bound))).await;
    assert!(lane.claim(10).await.is_empty());
    let gates = gate::of_runs(&lane.db, &[run_id]).await.unwrap().remove(&run_id).unwrap();
    assert_eq!((gates.len(), gates[0].kind, gates[0].state), (1, GateKind::Budget, GateState::Open));
    let approve = |new_budget_usd_micros| gate::Decision {
        actor: &actor,
        gate_id: gates[0].id,
        action: GateAction::Approve,
        new_budget_usd_micros,
        comment: None,
        client_token: None,
    };
    for too_small in [None, Some(bound + bound / 2)] {
        let refused = gate::decide(&lane.db, &lane.config, approve(too_small)).await.unwrap_err();
        assert!(matches!(refused, Error::Invalid(_)), "{refused}");
        assert!(refused.to_string().contains(&format!("{:.6}", (2 * bound) as f64 / 1e6)), "{refused}");
    }
    gate::decide(&lane.db, &lane.config, approve(Some(3 * bound))).await.unwrap();
    assert_eq!(lane.claim(10).await.len(), 2);
    let events = lane.events(run_id).await;
    assert_eq!(events[3..], ["gate.opened", "gate.approved"], "{events:?}");
});

on_each_lane!(a_budget_into_which_nothing_fits_asks_before_the_first_call, lane, {
    let bound = worst_case(&lane).await;
    let (_, run_id) = lane.run(with_budget(bound - 1)).await;
    assert!(lane.claim(10).await.is_empty());
    let run = run::find(&lane.db, run_id).await.unwrap();
    assert_eq!((run.status, run.started_at), (RunStatus::AwaitingApproval, None));
});

on_each_lane!(a_lost_call_counts_as_its_worst_case_until_its_answer_comes, lane, {
    let bound = worst_case(&lane).await;
    let (_, run_id) = lane.run(with_budget(20 * bound)).await;
    let (dead, lost) = lane.claim_and_lose(2).await;
    let row = purse(&lane, run_id).await;
    assert_eq!((row.spent_usd_micros, row.reserved_usd_micros), (2 * bound, 0));
    // Somebody else asks again; then the first answer comes after all.
    let again = lane.claim(12).await;
    let again = again.into_iter().find(|probe| probe.id == lost[0].id).unwrap();
    let reserved = purse(&lane, run_id).await.reserved_usd_micros;
    assert_eq!(lane.write(answered(&lost[0], dead, Some(3))).await, Written::AcceptedLate);
    let row = purse(&lane, run_id).await;
    assert_eq!(row.spent_usd_micros, 3 + bound + bound, "its cost, the other lost one, the repeated one");
    assert_eq!(row.reserved_usd_micros, reserved - bound);
    assert_eq!(lane.write(answered(&again, lane.worker, Some(4))).await, Written::Late);
    assert_eq!(purse(&lane, run_id).await.spent_usd_micros, 3 + bound + 4);
});

on_each_lane!(a_call_of_which_nobody_knows_whether_it_was_served_counts_as_its_worst_case, lane, {
    let bound = worst_case(&lane).await;
    let (_, run_id) = lane.run(with_budget(100 * bound)).await;
    let claimed = lane.claim(12).await;
    for (probe, category, charged) in [
        (&claimed[0], "timeout", bound),
        (&claimed[1], "malformed", bound),
        (&claimed[2], "rate_limited", 0),
        (&claimed[3], "auth", 0),
        (&claimed[4], "connection", bound),
    ] {
        let before = purse(&lane, run_id).await.spent_usd_micros;
        lane.write(failed(probe, lane.worker, category)).await;
        assert_eq!(purse(&lane, run_id).await.spent_usd_micros - before, charged, "{category}");
    }
    let mut unconnected = failed(&claimed[5], lane.worker, "connection");
    unconnected.attempt.as_mut().unwrap().error_message = Some("no connection: refused".into());
    lane.write(unconnected).await;
    lane.write(answered(&claimed[6], lane.worker, None)).await;
    let row = purse(&lane, run_id).await;
    assert_eq!((row.spent_usd_micros, row.reserved_usd_micros), (4 * bound, 5 * bound));
});

on_each_lane!(a_worker_that_stops_frees_what_it_has_not_asked, lane, {
    let bound = worst_case(&lane).await;
    let (_, run_id) = lane.run(with_budget(3 * bound)).await;
    assert_eq!(lane.claim(12).await.len(), 3);
    domain::queue::release(&lane.db, lane.worker).await.unwrap();
    let row = purse(&lane, run_id).await;
    assert_eq!((row.spent_usd_micros, row.reserved_usd_micros), (0, 0));
    assert_eq!(lane.claim(12).await.len(), 3);
});

on_each_lane!(a_budget_is_refused_where_nothing_bounds_the_cost, lane, {
    let (actor, run_id) = lane.run(|new| new.max_tokens = None).await;
    let command = Commanded { actor: &actor, run_id, client_token: None };
    let changes = LimitChanges { budget_usd_micros: Some(1_000_000), ..LimitChanges::default() };
    let refused = run::set_limits(&lane.db, &lane.config, command, changes).await.unwrap_err();
    assert!(refused.to_string().contains("maxTokens"), "{refused}");
    assert_eq!(purse(&lane, run_id).await.limit_usd_micros, None);
});

on_each_lane!(a_budget_that_is_set_under_way_holds_for_what_is_in_flight, lane, {
    let bound = worst_case(&lane).await;
    let (actor, run_id) = lane.run(|_| ()).await;
    let claimed = lane.claim(5).await;
    lane.write(answered(&claimed[0], lane.worker, Some(11))).await;
    let command = Commanded { actor: &actor, run_id, client_token: None };
    let changes = LimitChanges { budget_usd_micros: Some(6 * bound), ..LimitChanges::default() };
    run::set_limits(&lane.db, &lane.config, command, changes).await.unwrap();
    let row = purse(&lane, run_id).await;
    assert_eq!((row.spent_usd_micros, row.reserved_usd_micros), (11, 4 * bound));
    assert_eq!(lane.claim(10).await.len(), 1);
    for probe in &claimed[1..] {
        lane.write(answered(probe, lane.worker, Some(1))).await;
    }
    assert_eq!(purse(&lane, run_id).await.reserved_usd_micros, bound);
});

on_each_lane!(a_budget_set_while_claims_are_under_way_misses_none_of_them, lane, {
    let bound = worst_case(&lane).await;
    for _ in 0..10 {
        let (actor, run_id) = lane.run(|_| ()).await;
        let command = Commanded { actor: &actor, run_id, client_token: None };
        let changes = LimitChanges { budget_usd_micros: Some(4 * bound), ..LimitChanges::default() };
        let claims = join_all((0..6).map(|_| lane.claim(1)));
        let (claimed, set) =
            futures::future::join(claims, run::set_limits(&lane.db, &lane.config, command, changes)).await;
        set.unwrap();
        let claimed = claimed.concat();
        let reserved = purse(&lane, run_id).await.reserved_usd_micros;
        assert_eq!(reserved, claimed.len() as i64 * bound);
        run::cancel(&lane.db, command).await.unwrap();
        lane.end_queued(run_id).await;
        for probe in &claimed {
            lane.write(answered(probe, lane.worker, Some(1))).await;
        }
    }
});

on_each_lane!(whatever_happens_in_whatever_order_the_wall_holds, lane, {
    let bound = worst_case(&lane).await;
    for seed in 0..6 {
        let mut random = fastrand::Rng::with_seed(seed);
        let limit = 6 * bound;
        let (actor, run_id) = lane.run(with_budget(limit)).await;
        let mut flying: Vec<(Uuid, ClaimedProbe)> = Vec::new();
        let mut lost: Vec<(Uuid, ClaimedProbe)> = Vec::new();
        for _ in 0..40 {
            let cost = random.i64(0..=bound);
            match random.u8(0..6) {
                0 | 1 => {
                    let claimed = lane.claim(random.u64(1..4)).await;
                    flying.extend(claimed.into_iter().map(|probe| (lane.worker, probe)));
                }
                2 => {
                    let (dead, claimed) = lane.claim_and_lose(1).await;
                    lost.extend(claimed.into_iter().map(|probe| (dead, probe)));
                }
                3 if !lost.is_empty() => {
                    let (dead, probe) = lost.swap_remove(random.usize(..lost.len()));
                    lane.write(answered(&probe, dead, Some(cost))).await;
                }
                kind if !flying.is_empty() => {
                    let (worker, probe) = flying.swap_remove(random.usize(..flying.len()));
                    let write: ProbeWrite = match kind {
                        4 => failed(&probe, worker, "timeout"),
                        _ => answered(&probe, worker, Some(cost)),
                    };
                    lane.write(write).await;
                }
                _ => {}
            }
            let row = purse(&lane, run_id).await;
            assert!(row.spent_usd_micros + row.reserved_usd_micros <= limit, "seed {seed}: {row:?}");
        }
        let command = Commanded { actor: &actor, run_id, client_token: None };
        // Cancelling a run that is over is refused.
        drop(run::cancel(&lane.db, command).await);
        lane.end_queued(run_id).await;
        for (worker, probe) in flying.into_iter().chain(lost) {
            lane.write(answered(&probe, worker, Some(0))).await;
        }
        assert_eq!(purse(&lane, run_id).await.reserved_usd_micros, 0, "seed {seed}");
    }
});
