//! Gates: a run waits for a person, and one person decides.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use domain::{
    Error, Result,
    auth::{Actor, create_token},
    config::Config,
    db::Db,
    gate::{self, Decision},
    limits,
    queue::ClaimedProbe,
    run::{self, Commanded, LimitChanges},
};
use entity::{GateAction, GateKind, GateState, Role, RunStatus, StopReason};
use futures::future::join_all;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Statement};
use test_support::{Lane, answered, failed, given_back, on_each_lane, sample};
use uuid::Uuid;

/// A run of 12 scenarios that waits for approval.
async fn waiting(lane: &mut Lane) -> (Actor, Uuid) {
    lane.config.approval_threshold_scenarios = 11;
    let (actor, run_id) = lane.run(|_| ()).await;
    lane.config.approval_threshold_scenarios = 1_000;
    assert_eq!(status(lane, run_id).await, RunStatus::AwaitingApproval);
    (actor, run_id)
}

async fn status(lane: &Lane, run_id: Uuid) -> RunStatus {
    run::find(&lane.db, run_id).await.unwrap().status
}

async fn gates(lane: &Lane, run_id: Uuid) -> Vec<entity::gate::Model> {
    gate::of_runs(&lane.db, &[run_id]).await.unwrap().remove(&run_id).unwrap_or_default()
}

async fn decide(
    lane: &Lane,
    actor: &Actor,
    gate_id: Uuid,
    action: GateAction,
) -> Result<entity::gate::Model> {
    decide_with(&lane.db, &lane.config, actor, gate_id, action, None).await
}

async fn decide_with(
    db: &Db,
    config: &Config,
    actor: &Actor,
    gate_id: Uuid,
    action: GateAction,
    client_token: Option<&str>,
) -> Result<entity::gate::Model> {
    let comment = Some("Because.");
    let decision = Decision { actor, gate_id, action, new_budget_usd_micros: None, comment, client_token };
    gate::decide(db, config, decision).await.map(|(gate, _)| gate)
}

async fn somebody(lane: &Lane, name: &str, role: Role) -> Actor {
    let token = create_token(&lane.db, name, role).await.unwrap();
    domain::auth::actor_of_token(&lane.db, &token).await.unwrap()
}

async fn decision_count(lane: &Lane, gate_id: Uuid) -> u64 {
    entity::gate_decision::Entity::find()
        .filter(entity::gate_decision::Column::GateId.eq(gate_id))
        .count(lane.db.read())
        .await
        .unwrap()
}

fn command<'a>(actor: &'a Actor, run_id: Uuid) -> Commanded<'a> {
    Commanded { actor, run_id, client_token: None }
}

on_each_lane!(a_run_over_the_threshold_waits_until_it_is_approved, lane, {
    let (actor, run_id) = waiting(&mut lane).await;
    assert!(lane.claim(5).await.is_empty());
    let gate = gates(&lane, run_id).await.remove(0);
    assert_eq!((gate.kind, gate.attempt), (GateKind::Approval, 1));
    assert!(gate.reason.contains("12 scenarios"), "{}", gate.reason);
    assert_eq!(
        gate::list_open(&lane.db, &domain::page::PageRequest { first: 5, after: None }).await.unwrap().total,
        1
    );
    let approved = decide(&lane, &actor, gate.id, GateAction::Approve).await.unwrap();
    assert_eq!(approved.state, GateState::Approved);
    assert_eq!(status(&lane, run_id).await, RunStatus::Pending);
    assert_eq!(lane.claim(5).await.len(), 5);
    let events = lane.events(run_id).await;
    assert_eq!(events, ["run.created", "gate.opened", "run.queued", "gate.approved", "run.started"]);
});

on_each_lane!(the_cost_alone_can_ask_for_approval_and_a_budget_can_spare_it, lane, {
    lane.config.approval_threshold_usd = 0.000_1;
    let (_, run_id) = lane.run(|_| ()).await;
    assert_eq!(status(&lane, run_id).await, RunStatus::AwaitingApproval);
    let (_, spared) = lane.run(|new| new.budget_usd_micros = Some(100)).await;
    assert_eq!(status(&lane, spared).await, RunStatus::Pending);
});

on_each_lane!(a_run_that_was_never_approved_asks_again_when_it_is_retried, lane, {
    let (actor, run_id) = waiting(&mut lane).await;
    let past = "UPDATE run_limits SET deadline_at = '2020-01-01T00:00:00.000+00:00'";
    lane.db.write().execute_unprepared(past).await.unwrap();
    lane.sweep().await;
    lane.end_queued(run_id).await;
    assert_eq!(status(&lane, run_id).await, RunStatus::Failed);
    assert_eq!(gates(&lane, run_id).await[0].state, GateState::Aborted);
    run::retry_failed(&lane.db, &lane.config, command(&actor, run_id), &[]).await.unwrap();
    lane.queue_retries(run_id).await;
    lane.sweep().await;
    assert_eq!(status(&lane, run_id).await, RunStatus::AwaitingApproval);
    assert!(lane.claim(5).await.is_empty());
    let asked = gates(&lane, run_id).await.pop().unwrap();
    assert_eq!((asked.kind, asked.attempt, asked.state), (GateKind::Approval, 2, GateState::Open));
    decide(&lane, &actor, asked.id, GateAction::Approve).await.unwrap();
    assert_eq!(lane.claim(5).await.len(), 5);
    // Approved once, it is not asked about again.
    let events = lane.events(run_id).await;
    assert_eq!(events.iter().filter(|kind| *kind == "gate.opened").count(), 2, "{events:?}");
});

on_each_lane!(of_two_people_at_once_one_decides_and_the_other_hears_who, lane, {
    let (_, run_id) = waiting(&mut lane).await;
    let gate_id = gates(&lane, run_id).await[0].id;
    let admins = [somebody(&lane, "Ada", Role::Admin).await, somebody(&lane, "Grace", Role::Admin).await];
    let actions = [GateAction::Approve, GateAction::Reject];
    let outcomes =
        join_all(admins.iter().zip(actions).map(|(actor, action)| decide(&lane, actor, gate_id, action)))
            .await;
    let winner = outcomes.iter().position(std::result::Result::is_ok).unwrap();
    let refused = outcomes[1 - winner].as_ref().unwrap_err();
    assert!(matches!(refused, Error::Conflict { .. }), "{refused}");
    assert!(refused.to_string().contains(&admins[winner].name), "{refused}");
    assert_eq!(decision_count(&lane, gate_id).await, 1);
});

on_each_lane!(the_same_token_decides_once_and_gives_the_same_answer, lane, {
    let (actor, run_id) = waiting(&mut lane).await;
    let gate_id = gates(&lane, run_id).await[0].id;
    let send = || decide_with(&lane.db, &lane.config, &actor, gate_id, GateAction::Approve, Some("one"));
    for gate in join_all((0..6).map(|_| send())).await {
        assert_eq!(gate.unwrap().state, GateState::Approved);
    }
    assert_eq!(decision_count(&lane, gate_id).await, 1);
    let other = decide_with(&lane.db, &lane.config, &actor, gate_id, GateAction::Reject, Some("one")).await;
    assert!(other.unwrap_err().to_string().contains("was used for another"));
});

on_each_lane!(a_rejected_run_fails_with_what_it_has, lane, {
    let (actor, run_id) = waiting(&mut lane).await;
    let gate_id = gates(&lane, run_id).await[0].id;
    decide(&lane, &actor, gate_id, GateAction::Reject).await.unwrap();
    assert!(lane.claim(5).await.is_empty());
    lane.end_queued(run_id).await;
    let run = run::find(&lane.db, run_id).await.unwrap();
    assert_eq!((run.status, run.stop_reason), (RunStatus::Failed, Some(StopReason::Rejected)));
    let failures = domain::probe::failures_of(&lane.db, run_id).await.unwrap();
    assert_eq!((failures[0].category.as_str(), failures[0].count), ("rejected", 12));
    let again = run::retry_failed(&lane.db, &lane.config, command(&actor, run_id), &[]).await.unwrap_err();
    assert!(again.to_string().contains("was rejected"), "{again}");
});

on_each_lane!(a_run_that_is_cancelled_at_its_gate_aborts_it, lane, {
    let (actor, run_id) = waiting(&mut lane).await;
    run::cancel(&lane.db, command(&actor, run_id)).await.unwrap();
    let gate = gates(&lane, run_id).await.remove(0);
    assert_eq!(gate.state, GateState::Aborted);
    let stale = decide(&lane, &actor, gate.id, GateAction::Approve).await.unwrap_err();
    assert!(matches!(stale, Error::Conflict { .. }) && stale.to_string().contains("ended"), "{stale}");
    lane.end_queued(run_id).await;
    assert_eq!(status(&lane, run_id).await, RunStatus::Cancelled);
    assert!(lane.events(run_id).await.contains(&"gate.aborted".to_owned()));
});

on_each_lane!(under_a_pause_nobody_decides, lane, {
    let (actor, run_id) = waiting(&mut lane).await;
    let gate_id = gates(&lane, run_id).await[0].id;
    run::pause(&lane.db, command(&actor, run_id)).await.unwrap();
    let refused = decide(&lane, &actor, gate_id, GateAction::Approve).await.unwrap_err();
    assert!(refused.to_string().contains("paused"), "{refused}");
    assert_eq!(gates(&lane, run_id).await[0].state, GateState::Open);
    run::resume(&lane.db, command(&actor, run_id)).await.unwrap();
    decide(&lane, &actor, gate_id, GateAction::Approve).await.unwrap();
});

on_each_lane!(a_run_that_is_sent_back_is_asked_again_when_it_is_resumed, lane, {
    let (actor, run_id) = waiting(&mut lane).await;
    let gate_id = gates(&lane, run_id).await[0].id;
    decide(&lane, &actor, gate_id, GateAction::RequestChanges).await.unwrap();
    assert!(run::find(&lane.db, run_id).await.unwrap().paused_at.is_some());
    let changes = LimitChanges { budget_usd_micros: Some(1_000), ..LimitChanges::default() };
    run::set_limits(&lane.db, &lane.config, command(&actor, run_id), changes).await.unwrap();
    run::resume(&lane.db, command(&actor, run_id)).await.unwrap();
    let gates = gates(&lane, run_id).await;
    assert_eq!((gates.len(), gates[1].attempt, gates[1].state), (2, 2, GateState::Open));
    assert!(lane.claim(5).await.is_empty());
    decide(&lane, &actor, gates[1].id, GateAction::Approve).await.unwrap();
    assert!(!lane.claim(5).await.is_empty());
});

on_each_lane!(an_approval_takes_an_admin_and_a_budget_is_no_way_around_it, lane, {
    let researcher = somebody(&lane, "Rosalind", Role::Researcher).await;
    lane.config.approval_threshold_usd = 0.000_1;
    let (_, created) = test_support::start(
        &lane.db,
        &lane.config,
        test_support::sample("capital"),
        &["sim-oracle"],
        |new| new.max_tokens = Some(100),
    )
    .await;
    let mut new = test_support::new_run(created.run.definition_id.unwrap(), &["sim-oracle"]);
    new.max_tokens = Some(100);
    new.budget_usd_micros = Some(100);
    let access = domain::access::AccessLog::default();
    let mine = run::create(&lane.db, &lane.config, &access, &researcher, &new).await.unwrap().run;
    assert_eq!(mine.status, RunStatus::Pending, "its budget bounds it");
    let changes = LimitChanges { budget_usd_micros: Some(1_000_000), ..LimitChanges::default() };
    let refused = run::set_limits(&lane.db, &lane.config, command(&researcher, mine.id), changes).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    new.budget_usd_micros = None;
    let mine = run::create(&lane.db, &lane.config, &access, &researcher, &new).await.unwrap().run;
    let gate_id = gates(&lane, mine.id).await[0].id;
    let refused = decide(&lane, &researcher, gate_id, GateAction::Approve).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    decide(&lane, &researcher, gate_id, GateAction::Reject).await.unwrap();
});

/// Refuses the account for so many probes of a run's models; three in a row hold a model.
async fn refuse(lane: &Lane, probes: &[ClaimedProbe]) {
    for probe in probes {
        lane.write(failed(probe, lane.worker, "auth")).await;
    }
}

async fn is_held(lane: &Lane, run_id: Uuid) -> bool {
    limits::all_models_held(lane.db.read(), run_id).await.unwrap()
}

on_each_lane!(when_every_model_is_held_a_gate_asks_and_a_rejection_fails_what_is_left, lane, {
    let (actor, run_id) = lane.run(|_| ()).await;
    let claimed = lane.claim(6).await;
    lane.write(answered(&claimed[0], lane.worker, Some(1))).await;
    refuse(&lane, &claimed[1..4]).await;
    let asked = gates(&lane, run_id).await.remove(0);
    assert_eq!((asked.kind, asked.state), (GateKind::Provider, GateState::Open));
    assert_eq!(status(&lane, run_id).await, RunStatus::AwaitingApproval);
    assert!(lane.claim(5).await.is_empty());
    // In flight at the gate: it finishes and counts.
    lane.write(answered(&claimed[4], lane.worker, Some(1))).await;
    decide(&lane, &actor, asked.id, GateAction::Reject).await.unwrap();
    assert_eq!(
        status(&lane, run_id).await,
        RunStatus::Running,
        "it is not stopped: only the held models are"
    );
    while !limits::fail_given_up(&lane.db, run_id).await.unwrap() {
        lane.write(answered(&claimed[5], lane.worker, Some(1))).await;
    }
    assert_eq!(status(&lane, run_id).await, RunStatus::CompletedWithErrors);
    let ledger = run::progress_of(&lane.db, &[run_id]).await.unwrap()[&run_id].ledger();
    assert_eq!((ledger.succeeded, ledger.failed, ledger.queued), (3, 9, 0));
});

on_each_lane!(an_approval_tries_the_held_models_again, lane, {
    let (actor, run_id) = lane.run(|_| ()).await;
    let claimed = lane.claim(3).await;
    refuse(&lane, &claimed).await;
    let asked = gates(&lane, run_id).await.remove(0);
    decide(&lane, &actor, asked.id, GateAction::Approve).await.unwrap();
    assert!(!is_held(&lane, run_id).await);
    let again = lane.claim(3).await;
    assert_eq!(again.len(), 3);
    refuse(&lane, &again).await;
    let asked = gates(&lane, run_id).await.pop().unwrap();
    assert_eq!((asked.attempt, asked.state), (2, GateState::Open), "held again, it is asked again");
    let events = lane.events(run_id).await;
    assert_eq!(events.iter().filter(|kind| *kind == "gate.opened").count(), 2, "{events:?}");
    assert!(events.contains(&"model.released".to_owned()), "{events:?}");
});

on_each_lane!(whoever_decides_about_the_held_models_decides_about_their_gate, lane, {
    let (actor, run_id) = lane.run(|_| ()).await;
    refuse(&lane, &lane.claim(3).await).await;
    let retry = Commanded { client_token: Some("retry"), ..command(&actor, run_id) };
    for _ in 0..2 {
        limits::retry_held_models(&lane.db, retry).await.unwrap();
    }
    let asked = gates(&lane, run_id).await.remove(0);
    assert_eq!(asked.state, GateState::Approved);
    assert_eq!(decision_count(&lane, asked.id).await, 1);
    assert_eq!(status(&lane, run_id).await, RunStatus::Running);
    refuse(&lane, &lane.claim(3).await).await;
    limits::fail_held_models(&lane.db, command(&actor, run_id)).await.unwrap();
    assert_eq!(gates(&lane, run_id).await[1].state, GateState::Rejected);
    assert!(limits::fail_given_up(&lane.db, run_id).await.unwrap());
    assert_eq!(status(&lane, run_id).await, RunStatus::Failed, "nothing succeeded");
});

on_each_lane!(a_run_that_was_paused_when_its_models_were_held_asks_when_it_goes_on, lane, {
    let (actor, run_id) = lane.run(|_| ()).await;
    let claimed = lane.claim(3).await;
    run::pause(&lane.db, command(&actor, run_id)).await.unwrap();
    refuse(&lane, &claimed).await;
    assert!(gates(&lane, run_id).await.is_empty() && is_held(&lane, run_id).await);
    lane.sweep().await;
    assert!(gates(&lane, run_id).await.is_empty(), "a paused run is not asked about");
    let resumed = run::resume(&lane.db, command(&actor, run_id)).await.unwrap();
    assert_eq!(resumed.status, RunStatus::AwaitingApproval);
    assert_eq!(gates(&lane, run_id).await.len(), 1);
});

on_each_lane!(a_run_whose_last_free_model_has_ended_asks_about_those_that_are_held, lane, {
    let models = &["sim-oracle", "sim-balanced"];
    let (_, created) = test_support::start(&lane.db, &lane.config, sample("capital"), models, |_| ()).await;
    let run_id = created.run.id;
    let claimed = lane.claim(24).await;
    let held = claimed[0].run_model_id;
    let (bad, fine): (Vec<_>, Vec<_>) = claimed.into_iter().partition(|probe| probe.run_model_id == held);
    refuse(&lane, &bad[..3]).await;
    for probe in &bad[3..] {
        lane.write(given_back(probe, lane.worker)).await;
    }
    for probe in &fine {
        assert!(gates(&lane, run_id).await.is_empty(), "the other model goes on");
        lane.write(answered(probe, lane.worker, Some(1))).await;
    }
    assert_eq!(gates(&lane, run_id).await.len(), 1);
    assert_eq!(status(&lane, run_id).await, RunStatus::AwaitingApproval);
});

on_each_lane!(a_gate_that_a_crash_left_unopened_is_opened_by_the_sweep, lane, {
    let (_, run_id) = lane.run(|_| ()).await;
    let sql = "UPDATE run_models SET held_at = runs.created_at, held_category = 'auth' FROM runs \
                       WHERE runs.id = run_models.run_id AND runs.id = $1";
    let statement =
        Statement::from_sql_and_values(lane.db.write().get_database_backend(), sql, [run_id.into()]);
    lane.db.write().execute_raw(statement).await.unwrap();
    for _ in 0..2 {
        lane.sweep().await;
    }
    assert_eq!(gates(&lane, run_id).await.len(), 1, "asked once");
});

#[tokio::test]
async fn the_gates_of_an_older_database_are_kept_with_what_was_decided() {
    use migration::{Migrator, MigratorTrait};
    let dir = tempfile::tempdir().unwrap();
    let mut urls = vec![Db::embedded_url(dir.path()).unwrap()];
    if let Some(postgres) =
        test_support::databases().await.into_iter().find(|database| database.db.is_postgres())
    {
        let name = format!("old_{}", Uuid::now_v7().simple());
        postgres.db.write().execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        let (base, _) = postgres.url.rsplit_once('/').unwrap();
        urls.push(format!("{base}/{name}"));
    }
    for url in urls {
        let db = Db::connect(&url).await.unwrap();
        Migrator::up(db.write(), Some(6)).await.unwrap();
        let id = if db.is_postgres() {
            "'00000000-0000-0000-0000-0000000000ff'"
        } else {
            "x'000000000000000000000000000000ff'"
        };
        let at = "'2026-01-01T00:00:00.000+00:00'";
        db.write()
            .execute_unprepared(&format!(
                "INSERT INTO users VALUES ({id}, 'somebody', 'admin', {at});
                 INSERT INTO runs (id, run_type, status, sample_percentage, sample_seed, samples_per_scenario,
                     scenario_count, planned_count, created_by, created_at, stop)
                 VALUES ({id}, 'full', 'running', 100, 7, 1, 1, 1, {id}, {at}, '[]');
                 INSERT INTO gates VALUES ({id}, {id}, 'budget', 'approved', 1, 'approve', 'r', {at}, {at});
                 INSERT INTO gate_decisions VALUES ({id}, {id}, 'approve', {id}, 'Go on.', 5, {at})"
            ))
            .await
            .unwrap();
        db.migrate().await.unwrap();
        let run_id = Uuid::from_u128(0xff);
        let kept = gate::of_runs(&db, &[run_id]).await.unwrap().remove(&run_id).unwrap().remove(0);
        assert_eq!(
            (kept.kind, kept.state, kept.reason.as_str()),
            (GateKind::Budget, GateState::Approved, "r")
        );
        let decided = gate::decisions_of(&db, &[kept.id]).await.unwrap().remove(&kept.id).unwrap();
        assert_eq!((decided.comment.as_deref(), decided.new_budget_usd_micros), (Some("Go on."), Some(5)));
        // What refers to what is as it was: a decision without its gate is refused.
        let orphan = format!("UPDATE gate_decisions SET gate_id = {}", id.replace("ff'", "ee'"));
        assert!(db.write().execute_unprepared(&orphan).await.is_err());
        db.close().await;
    }
}
