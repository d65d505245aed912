//! Judges at work: real databases, the simulated provider over real HTTP, and what can go wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]
#[macro_use]
mod judge_bench;

use std::time::Duration;

use domain::{
    Error, budget,
    config::Config,
    decision::{self, Correction},
    gate,
    judging::Reviewed,
    run::{self},
};
use entity::{AiCallStatus, AiCallStep, GateAction, GateKind, GateState, ReviewState};
use sim::{Fault, Faults};
use test_support::{TestDatabase, databases};

use judge_bench::{Bench, all, faulty, judge};

on_each_bench!(what_the_reader_cannot_read_a_judge_reads, |bench| {
    let run_id = bench.start(5, |new| new.budget_usd_micros = Some(10_000_000)).await;
    let ledger = bench.judged(run_id).await;
    assert_eq!((ledger.succeeded, ledger.decided, ledger.unreadable), (5, 5, 0));
    assert_eq!(bench.statuses(run_id).await, all(&[(AiCallStep::Ask, AiCallStatus::Succeeded)], 5));
    for transcript in bench.transcripts(run_id).await {
        let rows = bench.decisions(transcript.id).await;
        let seen: Vec<_> = rows.iter().map(|row| (row.reader.as_str(), row.is_in_force)).collect();
        assert_eq!(seen, [("deterministic", false), ("judge", true)]);
        assert!(rows[1].ai_call_id.is_some() && rows[1].reason.is_some() && rows[1].score.is_some());
    }
    let calls = bench.calls(run_id).await;
    let paid: i64 = calls.iter().map(|call| call.cost_usd_micros.unwrap()).sum();
    assert!(paid > 0 && calls.iter().all(|call| call.held_usd_micros == 0));
    let purse = budget::of_runs(&bench.db, &[run_id]).await.unwrap().remove(&run_id).unwrap();
    let models = run::progress_of(&bench.db, &[run_id]).await.unwrap()[&run_id].cost_usd_micros().unwrap();
    assert_eq!((purse.spent_usd_micros, purse.reserved_usd_micros), (models + paid, 0));
    assert_eq!(bench.state(run_id).await.costs.paid, Some(paid), "apart from what the models cost");
    // Blind: neither the name nor the version of the model that answered is in what was asked.
    assert!(calls.iter().all(|call| !call.request_body.as_deref().unwrap().contains("cautious")));
    assert!(bench.gates(run_id).await.is_empty());
    // Noted for all of a chunk once the last of it is settled.
    while !bench.events(run_id).await.contains(&"decisions.judged".to_owned()) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
});

on_each_bench!(an_answer_that_does_not_fit_is_repaired_once, |bench| {
    for fault in [Fault::WrongSchema, Fault::ProseAnswer] {
        bench.sim.set_faults(Faults::one(faulty(fault).on_turn(1)));
        let run_id = bench.start(3, |_| ()).await;
        assert_eq!(bench.judged(run_id).await.decided, 3);
        let wanted =
            [(AiCallStep::Ask, AiCallStatus::Invalid), (AiCallStep::Repair, AiCallStatus::Succeeded)];
        assert_eq!(bench.statuses(run_id).await, all(&wanted, 3));
        let invalid =
            bench.calls(run_id).await.into_iter().find(|call| call.step == AiCallStep::Ask).unwrap();
        assert!(invalid.answer.is_some() && invalid.raw_body.is_some() && invalid.cost_usd_micros.is_some());
        assert_eq!(invalid.failure_category.as_deref(), Some("invalid_answer"));
    }
});

on_each_bench!(invalid_twice_goes_to_a_person_and_holds_nothing_up, |bench| {
    bench.sim.set_faults(Faults::one(faulty(Fault::WrongSchema)));
    let run_id = bench.start(4, |_| ()).await;
    let ledger = bench.judged(run_id).await;
    assert_eq!((ledger.decided, ledger.unreadable), (0, 4));
    let gates = bench.gates(run_id).await;
    assert_eq!((gates.len(), gates[0].kind, gates[0].state), (1, GateKind::Judge, GateState::Open));
    let reviews = bench.reviews(run_id).await;
    assert_eq!(reviews.len(), 4);
    assert!(reviews.iter().all(|line| line.category == "invalid_answer" && line.value.is_some()));
    let [first, second, third, fourth] = &reviews[..] else { panic!("{reviews:?}") };
    bench.review(first.id, Reviewed::Approve).await.unwrap();
    bench.review(second.id, Reviewed::Set("2")).await.unwrap();
    bench.review(third.id, Reviewed::Leave).await.unwrap();
    let again = bench.review(first.id, Reviewed::Leave).await.unwrap_err();
    assert!(matches!(again, Error::Conflict { .. }), "{again}");
    assert_eq!(bench.gates(run_id).await[0].state, GateState::Open);
    // Correcting the decision is as good.
    let correction = Correction {
        actor: &bench.actor,
        transcript_id: fourth.transcript_id,
        value: Some("5"),
        reason: "Read it.",
        client_token: None,
    };
    decision::correct(&bench.db, correction).await.unwrap();
    assert_eq!(bench.gates(run_id).await[0].state, GateState::Approved, "the list is done");
    let states: Vec<_> = bench.reviews(run_id).await.iter().map(|line| line.state).collect();
    assert_eq!(states, [ReviewState::Approved, ReviewState::Set, ReviewState::Left, ReviewState::Set]);
    let in_force = bench.decisions(first.transcript_id).await.pop().unwrap();
    assert_eq!((in_force.reader.as_str(), in_force.value), ("judge", first.value.clone()));
    assert_eq!(in_force.decided_by, Some(bench.actor.id));
    let ledger = bench.judged(run_id).await;
    assert_eq!((ledger.decided, ledger.unreadable), (3, 1));
    // All of it is by hand now: there is nothing that a judge may take back.
    let refused = bench.judge_again(run_id, None).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict { .. }), "{refused}");
});

on_each_bench!(a_judges_gate_is_sent_back_to_be_judged_again_or_accepted_as_it_is, |bench| {
    bench.sim.set_faults(Faults::one(faulty(Fault::ProseAnswer)));
    let run_id = bench.start(3, |_| ()).await;
    bench.judged(run_id).await;
    let decide = async |action| {
        let open = bench.gates(run_id).await.into_iter().find(|gate| gate.state == GateState::Open).unwrap();
        let (gate_id, actor) = (open.id, &bench.actor);
        let decision = gate::Decision {
            actor,
            gate_id,
            action,
            new_budget_usd_micros: None,
            comment: None,
            client_token: None,
        };
        gate::decide(&bench.db, &bench.config, decision).await
    };
    let refused = decide(GateAction::Reject).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict { .. }), "{refused}");
    assert!(bench.reviews(run_id).await.iter().all(|line| line.value.is_none()), "prose decides nothing");
    decide(GateAction::RequestChanges).await.unwrap();
    assert_eq!(bench.judged(run_id).await.unreadable, 3);
    let gates = bench.gates(run_id).await;
    assert_eq!((gates.len(), gates[1].attempt), (2, 2));
    assert_eq!(bench.reviews(run_id).await.len(), 6);
    decide(GateAction::Approve).await.unwrap();
    let states: Vec<_> = bench.reviews(run_id).await.iter().map(|line| line.state).collect();
    assert_eq!(states[..3], [ReviewState::JudgedAgain; 3]);
    assert_eq!(states[3..], [ReviewState::Left; 3]);
    bench.sim.set_faults(Faults::none());
    bench.judge_again(run_id, None).await.unwrap();
    assert_eq!(bench.judged(run_id).await.decided, 3);
    assert_eq!(bench.state(run_id).await.row.attempt, 3);
});

on_each_bench!(a_judge_that_declines_is_no_answer, |bench| {
    bench.sim.set_faults(Faults::one(faulty(Fault::Refusal)));
    let run_id = bench.start(3, |_| ()).await;
    assert_eq!(bench.judged(run_id).await.unreadable, 3);
    assert_eq!(bench.statuses(run_id).await, all(&[(AiCallStep::Ask, AiCallStatus::Failed)], 3));
    assert!(bench.reviews(run_id).await.iter().all(|line| line.category == "refused"));
});

on_each_bench!(rate_limits_and_errors_that_pass_cost_nothing, |bench| {
    let rules = vec![faulty(Fault::rate_limited(0)).first_n(3), faulty(Fault::ServerError).first_n(3)];
    bench.sim.set_faults(Faults { rules, ..Faults::none() });
    let run_id = bench.start(4, |_| ()).await;
    assert_eq!(bench.judged(run_id).await.decided, 4);
    assert!(bench.reviews(run_id).await.is_empty());
    let statuses = bench.statuses(run_id).await;
    assert_eq!(statuses.iter().filter(|(_, status)| *status == AiCallStatus::Succeeded).count(), 4);
    assert_eq!(statuses.iter().filter(|(_, status)| *status == AiCallStatus::Failed).count(), 6);
});

on_each_bench!(
    a_judge_that_never_answers_is_given_up_and_what_it_may_have_cost_is_booked,
    |config| {
        (config.attempt_timeout_seconds, config.first_byte_timeout_seconds) = (0.5, 0.5);
        config.attempts_max = 2;
    },
    |bench| {
        bench.sim.set_faults(Faults::one(faulty(Fault::Hang)));
        let run_id = bench.start(2, |new| new.budget_usd_micros = Some(10_000_000)).await;
        assert_eq!(bench.judged(run_id).await.unreadable, 2);
        let calls = bench.calls(run_id).await;
        assert_eq!(calls.len(), 4, "two tries each");
        assert!(calls.iter().all(|call| call.failure_category.as_deref() == Some("timeout")));
        assert!(calls.iter().all(|call| call.presumed_usd_micros > 0), "nobody knows what it cost");
        assert_eq!(bench.reviews(run_id).await.len(), 2);
    }
);

on_each_bench!(a_judge_whose_account_is_refused_stops_and_can_be_asked_again, |bench| {
    bench.sim.set_faults(Faults::one(faulty(Fault::Unauthorized)));
    let run_id = bench.start(6, |_| ()).await;
    assert_eq!(bench.judged(run_id).await.unreadable, 6);
    let state = bench.state(run_id).await;
    assert_eq!(state.row.stop_category.as_deref(), Some("auth"));
    assert!(bench.reviews(run_id).await.is_empty(), "there is nothing to review");
    assert!(bench.events(run_id).await.contains(&"judge.stopped".to_owned()));
    bench.sim.set_faults(Faults::none());
    bench.judge_again(run_id, None).await.unwrap();
    assert_eq!(bench.judged(run_id).await.decided, 6);
});

on_each_bench!(a_judge_is_asked_as_often_as_it_may_be_and_never_above_the_budget, |bench| {
    let run_id = bench.start(6, |new| new.judge = Some(judge(Some(2)))).await;
    let ledger = bench.judged(run_id).await;
    assert_eq!((ledger.decided, ledger.unreadable), (2, 4));
    assert_eq!(bench.calls(run_id).await.len(), 2);
    assert_eq!(bench.state(run_id).await.row.stop_category.as_deref(), Some("max_calls"));
    bench.judge_again(run_id, Some(&judge(None))).await.unwrap();
    assert_eq!(bench.judged(run_id).await.decided, 6);
    // What the models cost leaves no room for a call of the judge, whose worst case is far above.
    let run_id = bench.start(3, |new| new.budget_usd_micros = Some(6_000)).await;
    let ledger = bench.judged(run_id).await;
    assert_eq!((ledger.decided, ledger.unreadable), (0, 3));
    assert_eq!(bench.state(run_id).await.row.stop_category.as_deref(), Some("budget"));
    assert!(bench.calls(run_id).await.is_empty());
});

on_each_bench!(a_run_without_a_judge_is_judged_when_it_is_over, |bench| {
    let run_id = bench.start(3, |new| new.judge = None).await;
    while !run::find(&bench.db, run_id).await.unwrap().status.is_terminal() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let refused = bench.judge_again(run_id, None).await.unwrap_err();
    assert!(refused.to_string().contains("name the model"), "{refused}");
    bench.judge_again(run_id, Some(&judge(None))).await.unwrap();
    assert_eq!(bench.judged(run_id).await.decided, 3);
    let nothing = bench.judge_again(run_id, None).await.unwrap_err();
    assert!(matches!(nothing, Error::Conflict { .. }), "{nothing}");
});

on_each_bench!(
    a_judge_keeps_to_the_limit_of_calls_in_flight_and_is_not_left_without_a_place,
    |config| config.providers.get_mut("sim").unwrap().parallel = Some(2),
    |bench| {
        bench.sim.set_latency(sim::Latency::Fixed(Duration::from_millis(10)));
        let run_id = bench.start(20, |new| new.samples_per_scenario = 4).await;
        // While probes wait for every place there is, the judge gets some.
        while bench.state(run_id).await.costs.paid.is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let ledger = run::progress_of(&bench.db, &[run_id]).await.unwrap()[&run_id].ledger();
        assert!(ledger.queued > 0, "{ledger:?}");
        assert_eq!(bench.judged(run_id).await.decided, 80);
        assert!(bench.sim.log().counts().in_flight_max <= 2, "{:?}", bench.sim.log().counts());
    }
);

on_each_bench!(
    a_worker_that_stops_gives_its_judges_calls_back,
    |config| config.grace_seconds = 0.2,
    |bench| {
        bench.sim.set_faults(Faults::one(faulty(Fault::Hang)));
        let run_id = bench.start(3, |new| new.budget_usd_micros = Some(10_000_000)).await;
        bench.sim.log().wait_for(|counts| counts.total >= 6).await;
        bench.restart(|bench| bench.sim.set_faults(Faults::none())).await;
        assert_eq!(bench.judged(run_id).await.decided, 3);
        let calls = bench.calls(run_id).await;
        let released = calls.iter().filter(|call| call.failure_category.as_deref() == Some("released"));
        assert_eq!(released.filter(|call| call.presumed_usd_micros > 0).count(), 3, "{calls:?}");
        assert_eq!(calls.len(), 6);
    }
);
