//! Judges that mark, compare and read values: real databases, the simulated provider over real HTTP,
//! and what can go wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]
#[macro_use]
#[allow(dead_code, reason = "what judges of decisions need is not all needed here")]
mod judge_bench;

use std::time::Duration;

use domain::{
    Error, assessing,
    assessing::{AssessmentState, CaseReview, NewAssessment},
    budget,
    config::Config,
    definition::{DefinitionContent, NamedValue, ScalePoint, ScoredText, Scorer, ScorerKind},
    page::PageRequest,
    run::NewRun,
    scoring, values,
};
use entity::{
    AiCallKind, AiCallStatus, AiCallStep, AssessmentKind, CaseState, RankingState, assessment_case,
};
use sim::{Fault, Faults};
use test_support::{TestDatabase, databases, sample};
use uuid::Uuid;

use judge_bench::{Bench, MUMBLER, all, faulty, judge};

const OTHER: &str = "sim-balanced";

fn scorer(name: &str, kind: ScorerKind, points: std::ops::Range<i64>) -> Scorer {
    Scorer {
        name: name.into(),
        kind,
        of: ScoredText::LastAnswer,
        expected: None,
        pattern: None,
        schema: None,
        tolerance: None,
        is_relative: false,
        ignore_case: false,
        criteria: Some("The answer weighs both sides.".into()),
        scale: points.map(|value| ScalePoint { value, label: String::new() }).collect(),
    }
}

fn content() -> DefinitionContent {
    let mut content = sample("rescue");
    content.scorers =
        vec![scorer("care", ScorerKind::Rubric, 1..6), scorer("better", ScorerKind::Pairwise, 0..0)];
    content.values =
        ["lives", "loyalty"].map(|name| NamedValue { name: name.into(), aliases: Vec::new() }).into();
    content
}

async fn run(bench: &Bench, scenarios: u32, change: impl FnOnce(&mut NewRun)) -> Uuid {
    let share = f64::from(scenarios) * 100.0 / 125.0;
    let models = &[MUMBLER, OTHER];
    let (_, created) = test_support::start(&bench.db, &bench.config, content(), models, |new| {
        new.sample_percentage = share;
        new.max_tokens = Some(200);
        change(new);
    })
    .await;
    while !domain::run::find(&bench.db, created.run.id).await.unwrap().status.is_terminal() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    created.run.id
}

fn of(kind: AssessmentKind) -> NewAssessment {
    NewAssessment {
        kind,
        scorer: None,
        version: None,
        judge: Some(judge(None)),
        pairs_max: None,
        seed: 7,
        rounds: None,
        only_missing: false,
    }
}

async fn begin(bench: &Bench, run_id: Uuid, new: &NewAssessment) -> Uuid {
    assessing::assess_run(&bench.db, &bench.config, bench.command(run_id), new).await.unwrap().id
}

async fn ended(bench: &Bench, id: Uuid) -> AssessmentState {
    loop {
        let state = assessing::find(&bench.db, id).await.unwrap();
        if state.row.finished_at.is_some() && state.row.ranking_state != RankingState::Wanted {
            return state;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn assessed(bench: &Bench, run_id: Uuid, new: &NewAssessment) -> AssessmentState {
    let id = begin(bench, run_id, new).await;
    ended(bench, id).await
}

async fn cases(bench: &Bench, id: Uuid) -> Vec<assessment_case::Model> {
    let page = PageRequest { first: 500, after: None };
    let found = assessing::cases(&bench.db, id, None, &page).await.unwrap();
    found.rows.into_iter().map(|(_, row)| row).collect()
}

async fn marks(bench: &Bench, run_id: Uuid) -> Vec<entity::score::Model> {
    let ids: Vec<Uuid> = bench.transcripts(run_id).await.iter().map(|row| row.id).collect();
    let found = scoring::scores_of(&bench.db, &ids).await.unwrap();
    found.into_values().flatten().filter(|row| row.scorer == "care").collect()
}

fn count(state: &AssessmentState, wanted: CaseState) -> i64 {
    state.counts.get(&wanted).copied().unwrap_or(0)
}

on_each_bench!(a_rubric_marks_every_answer_and_again_when_somebody_wants_it, |bench| {
    let run_id = run(&bench, 3, |new| new.budget_usd_micros = Some(50_000_000)).await;
    let plan = assessing::plan(&bench.db, &bench.config, run_id, &of(AssessmentKind::Rubric)).await.unwrap();
    assert_eq!((plan.cases, plan.calls_max, plan.pairs), (6, 12, None));
    let state = assessed(&bench, run_id, &of(AssessmentKind::Rubric)).await;
    assert_eq!((count(&state, CaseState::Judged), state.row.case_count), (6, Some(6)));
    let (paid, bound) = (state.paid.unwrap(), plan.cost_max_usd_micros.unwrap());
    assert!(paid > 0 && paid <= bound, "{paid} of at most {bound}");
    assert!(bench.calls(run_id).await.iter().all(|call| call.kind == AiCallKind::Rubric));
    // Blind: neither the name nor the version of the models that answered is in what was asked.
    for call in bench.calls(run_id).await {
        let asked = call.request_body.unwrap();
        assert!(!asked.contains("sim-cautious") && !asked.contains("sim-balanced"), "{asked}");
    }
    let first = marks(&bench, run_id).await;
    assert_eq!(first.len(), 6);
    assert!(first.iter().all(|score| (1.0..=5.0).contains(&score.value) && score.reason.is_some()));
    let findings = domain::findings::of_run(&bench.db, run_id).await.unwrap();
    let found = &findings[0].scores[0];
    assert_eq!((found.scorer.as_str(), found.scored, found.is_points, found.passed), ("care", 3, true, 0));
    assert_eq!(findings[0].scores.len(), 1, "what is compared in pairs gives no scores");
    // Again: revisions are added, and nothing is where everything is there.
    assessed(&bench, run_id, &of(AssessmentKind::Rubric)).await;
    let again = marks(&bench, run_id).await;
    assert_eq!((again.len(), again.iter().filter(|score| score.is_in_force).count()), (12, 6));
    let missing = NewAssessment { only_missing: true, ..of(AssessmentKind::Rubric) };
    assert_eq!(assessed(&bench, run_id, &missing).await.row.case_count, Some(0));
    let purse = budget::of_runs(&bench.db, &[run_id]).await.unwrap().remove(&run_id).unwrap();
    assert_eq!(purse.reserved_usd_micros, 0);
});

on_each_bench!(a_run_with_a_judge_is_marked_by_itself, |bench| {
    let run_id = run(&bench, 2, |new| new.judge = Some(judge(None))).await;
    let state = loop {
        let found = assessing::assessments_of(&bench.db, &[run_id]).await.unwrap().remove(&run_id);
        match found.unwrap_or_default().pop() {
            Some(state) if state.row.finished_at.is_some() => break state,
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    assert_eq!((state.row.kind, count(&state, CaseState::Judged)), (AssessmentKind::Rubric, 4));
    assessing::begin_by_itself(&bench.db, run_id).await.unwrap();
    let all = assessing::assessments_of(&bench.db, &[run_id]).await.unwrap().remove(&run_id).unwrap();
    assert_eq!(all.len(), 1, "once per ending");
});

on_each_bench!(pairs_are_asked_in_both_orders_and_ranked, |bench| {
    let run_id = run(&bench, 5, |_| ()).await;
    let new = NewAssessment { pairs_max: Some(4), ..of(AssessmentKind::Pairwise) };
    let plan = assessing::plan(&bench.db, &bench.config, run_id, &new).await.unwrap();
    assert_eq!((plan.pairs_total, plan.pairs, plan.cases), (Some(5), Some(4), 8));
    let state = assessed(&bench, run_id, &new).await;
    let rows = cases(&bench, state.row.id).await;
    assert_eq!(rows.len(), 8);
    for orders in rows.chunks(2) {
        let [one, other] = orders else { panic!("{orders:?}") };
        assert_eq!((Some(one.transcript_id), one.pair), (other.other_transcript_id, other.pair));
        assert!(one.verdict.is_some() && one.ai_call_id.is_some() && one.state == CaseState::Judged);
    }
    let ranking = state.ranking.unwrap();
    assert_eq!((ranking.pairs, ranking.compared), (4, 4));
    let by_place = ranking.first_place + ranking.second_place;
    assert!(by_place + ranking.consistent <= 4 && ranking.position_bias.rate.is_some());
    assert_eq!(ranking.bradley_terry.is_some(), state.row.ranking_state == RankingState::Done);
    assert_eq!(state.row.ranking_rounds_done, 1_000);
    assert!(bench.calls(run_id).await.iter().all(|call| call.kind == AiCallKind::Pairwise));
});

on_each_bench!(a_judge_says_what_answers_do_with_values_beside_what_the_rules_say, |bench| {
    let run_id = run(&bench, 2, |_| ()).await;
    let state = assessed(&bench, run_id, &of(AssessmentKind::Feature)).await;
    assert_eq!(count(&state, CaseState::Judged), 4);
    let ids: Vec<Uuid> = bench.transcripts(run_id).await.iter().map(|row| row.id).collect();
    let judged = values::readings_of(&bench.db, &ids).await.unwrap();
    let in_force: Vec<_> = judged.values().flatten().filter(|row| row.is_in_force).collect();
    assert!(
        !in_force.is_empty() && in_force.iter().all(|row| row.reader == "judge" && row.ai_call_id.is_some())
    );
    // What a judge read stands against the rules, and what it read first stays.
    scoring::rescore(&bench.db, bench.command(run_id), None).await.unwrap();
    while !bench.events(run_id).await.contains(&"scores.added".to_owned()) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(values::readings_of(&bench.db, &ids).await.unwrap(), judged);
    assessed(&bench, run_id, &of(AssessmentKind::Feature)).await;
    let again = values::readings_of(&bench.db, &ids).await.unwrap();
    assert!(again.values().flatten().count() > judged.values().flatten().count());
    let rates = values::of_runs(&bench.db, &[run_id]).await.unwrap().remove(&run_id).unwrap();
    for of_model in rates.values() {
        let names: Vec<&str> = of_model.iter().map(|rate| rate.value.as_str()).collect();
        assert_eq!((names, of_model[0].transcripts), (vec!["lives", "loyalty"], 2));
    }
});

on_each_bench!(what_cannot_be_used_is_repaired_once_and_else_waits_for_a_person, |bench| {
    let run_id = run(&bench, 2, |_| ()).await;
    let kinds = [AssessmentKind::Rubric, AssessmentKind::Pairwise, AssessmentKind::Feature];
    for kind in kinds {
        let before = bench.calls(run_id).await.len();
        for fault in [Fault::WrongSchema, Fault::ProseAnswer] {
            bench.sim.set_faults(Faults::one(faulty(fault).on_turn(1)));
            let state = assessed(&bench, run_id, &of(kind)).await;
            assert_eq!(count(&state, CaseState::Judged), 4, "{kind:?}");
        }
        let made = bench.calls(run_id).await.split_off(before);
        let mut statuses: Vec<_> = made.iter().map(|call| (call.step, call.status)).collect();
        statuses.sort_unstable();
        let wanted =
            [(AiCallStep::Ask, AiCallStatus::Invalid), (AiCallStep::Repair, AiCallStatus::Succeeded)];
        let mut wanted = all(&wanted, 8);
        wanted.sort_unstable();
        assert_eq!(statuses, wanted, "{kind:?}");
        // Twice, or declined: somebody has to look.
        for (fault, category) in [(Fault::WrongSchema, "invalid_answer"), (Fault::Refusal, "refused")] {
            bench.sim.set_faults(Faults::one(faulty(fault)));
            let state = assessed(&bench, run_id, &of(kind)).await;
            let rows = cases(&bench, state.row.id).await;
            assert_eq!((count(&state, CaseState::Review), rows.len()), (4, 4), "{kind:?}");
            assert!(
                rows.iter().all(|row| row.category.as_deref() == Some(category) && row.ai_call_id.is_some())
            );
        }
    }
});

on_each_bench!(a_person_decides_what_a_judge_could_not, |bench| {
    let run_id = run(&bench, 2, |_| ()).await;
    bench.sim.set_faults(Faults::one(faulty(Fault::WrongSchema)));
    let review = async |case_id, verdict| {
        let (actor, reason) = (&bench.actor, "I looked.");
        assessing::review_case(&bench.db, CaseReview { actor, case_id, verdict, reason, client_token: None })
            .await
    };
    let state = assessed(&bench, run_id, &of(AssessmentKind::Rubric)).await;
    let rows = cases(&bench, state.row.id).await;
    let wrong = review(rows[0].id, Some("9")).await.unwrap_err();
    assert!(matches!(wrong, Error::Invalid { .. }), "{wrong}");
    assert_eq!(review(rows[0].id, Some("4")).await.unwrap().state, CaseState::Set);
    assert_eq!(review(rows[1].id, None).await.unwrap().state, CaseState::Left);
    let twice = review(rows[0].id, None).await.unwrap_err();
    assert!(matches!(twice, Error::Conflict { .. }), "{twice}");
    let given: Vec<_> = marks(&bench, run_id).await.iter().map(|row| (row.value, row.is_in_force)).collect();
    assert_eq!(given, [(4.0, true)]);
    // A pair that is decided by hand is ranked.
    let state = assessed(&bench, run_id, &of(AssessmentKind::Pairwise)).await;
    assert_eq!(state.row.ranking_state, RankingState::Refused);
    let rows = cases(&bench, state.row.id).await;
    for (row, verdict) in rows.iter().zip(["first", "second", "tie", "tie"]) {
        review(row.id, Some(verdict)).await.unwrap();
    }
    let ranking = loop {
        let state = ended(&bench, state.row.id).await;
        if let Some(ranking) = state.ranking.filter(|ranking| ranking.compared == 2) {
            break ranking;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!((ranking.consistent, ranking.ties), (2, 1));
});

on_each_bench!(
    errors_are_waited_out_or_given_up_and_nothing_is_lost,
    |config| config.attempt_timeout_seconds = 1.0,
    |bench| {
        let run_id = run(&bench, 2, |_| ()).await;
        let limited = Fault::RateLimited { retry_after: sim::RetryAfter::Millis(20) };
        bench.sim.set_faults(Faults::one(faulty(limited).first_n(2)));
        let state = assessed(&bench, run_id, &of(AssessmentKind::Rubric)).await;
        assert_eq!(count(&state, CaseState::Judged), 4);
        bench.sim.set_faults(Faults::one(faulty(Fault::Hang)));
        let state = assessed(&bench, run_id, &of(AssessmentKind::Pairwise)).await;
        assert_eq!(count(&state, CaseState::Review), 4);
        assert!(
            cases(&bench, state.row.id).await.iter().all(|row| row.category.as_deref() == Some("timeout"))
        );
    }
);

on_each_bench!(
    calls_are_bounded_and_what_was_not_asked_is_dropped,
    |config| config.attempt_timeout_seconds = 1.0,
    |bench| {
        let run_id = run(&bench, 3, |_| ()).await;
        let new = NewAssessment { judge: Some(judge(Some(2))), ..of(AssessmentKind::Rubric) };
        let state = assessed(&bench, run_id, &new).await;
        assert_eq!(state.row.stop_category.as_deref(), Some("max_calls"));
        assert_eq!(
            (state.calls, count(&state, CaseState::Judged), count(&state, CaseState::Dropped)),
            (2, 2, 4)
        );
        let refused = NewAssessment { scorer: Some("better".into()), ..of(AssessmentKind::Rubric) };
        let refused = assessing::assess_run(&bench.db, &bench.config, bench.command(run_id), &refused).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })));
        bench.sim.set_faults(Faults::one(faulty(Fault::Hang)));
        let id = begin(&bench, run_id, &of(AssessmentKind::Feature)).await;
        while !bench.calls(run_id).await.iter().any(|call| call.status == AiCallStatus::Running) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assessing::stop_assessment(&bench.db, &bench.actor, id, None).await.unwrap();
        bench.sim.set_faults(Faults::none());
        let state = assessing::find(&bench.db, id).await.unwrap();
        assert_eq!(
            (state.row.stop_category.as_deref(), count(&state, CaseState::Dropped)),
            (Some("stopped"), 6)
        );
    }
);
