//! Counters that were broken by hand: found, and put right from a count.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use domain::{audit, report, run};
use entity::RunStatus;
use futures::future::join;
use sea_orm::ConnectionTrait;
use test_support::{Lane, answered, failed, on_each_lane};
use uuid::Uuid;

async fn break_it(lane: &Lane, sql: &str) {
    lane.db.write().execute_unprepared(sql).await.unwrap();
}

async fn faults(lane: &Lane) -> String {
    audit::counters(&lane.db).await.unwrap().join("\n")
}

/// A run that is over: 9 answered for 1,000 micro-dollars each, 3 failed.
async fn over(lane: &Lane) -> Uuid {
    let (_, run_id) = lane.run(|new| new.budget_usd_micros = Some(1_000_000)).await;
    for (index, probe) in lane.claim(20).await.iter().enumerate() {
        let write = match index < 9 {
            true => answered(probe, lane.worker, Some(1_000)),
            false => failed(probe, lane.worker, "auth"),
        };
        lane.write(write).await;
    }
    report::write(&lane.db, run_id).await.unwrap();
    run_id
}

on_each_lane!(each_counter_that_is_broken_is_found_and_put_right, lane, {
    let run_id = over(&lane).await;
    assert_eq!(faults(&lane).await, "");
    for (broken, said) in [
        (
            "UPDATE run_models SET succeeded_count = 8, decided_count = 7",
            "succeeded is 8, a count gives 9; decided is 7, a count gives 9",
        ),
        (
            "UPDATE run_models SET failed_count = 2, cancelled_count = 1",
            "failed is 2, a count gives 3; cancelled is 1, a count gives 0",
        ),
        (
            "UPDATE run_models SET unreadable_count = 0, decided_count = 0, refused_count = 1, empty_count = 2",
            "empty is 2, a count gives 0",
        ),
        ("UPDATE run_models SET input_tokens = 1", "input_tokens is 1, a count gives 90"),
        ("UPDATE run_models SET output_tokens = 100000", "output_tokens is 100000, a count gives 45"),
        ("UPDATE run_models SET cost_usd_micros = NULL", "cost_usd_micros is nothing, a count gives 9000"),
        ("UPDATE run_budgets SET reserved_usd_micros = 5", "5 micro-dollars are reserved"),
        ("UPDATE run_budgets SET spent_usd_micros = 5", "5 spent, but 0 are held and 9000 were paid"),
        ("UPDATE runs SET event_seq = event_seq + 3", "and the run says"),
    ] {
        break_it(&lane, broken).await;
        let found = faults(&lane).await;
        assert!(found.contains(said) && found.contains(&run_id.to_string()), "{broken}: {found}");
        let repaired = audit::repair(&lane.db).await.unwrap();
        assert!(repaired.changes.iter().any(|change| change.contains(said)), "{broken}: {repaired:?}");
        assert_eq!(faults(&lane).await, "", "{broken}");
        assert_eq!(lane.events(run_id).await.last().unwrap(), "run.repaired", "{broken}");
        assert_eq!(audit::repair(&lane.db).await.unwrap(), audit::Repaired::default(), "{broken}");
    }
});

on_each_lane!(a_report_made_of_wrong_counters_is_made_again, lane, {
    let run_id = over(&lane).await;
    let right = report::find(&lane.db, run_id, None).await.unwrap();
    break_it(&lane, "DELETE FROM reports").await;
    break_it(&lane, "UPDATE run_models SET decided_count = 4").await;
    let wrong = report::find(&lane.db, run_id, None).await.unwrap();
    assert!(wrong.json.contains("\"decided\": 4"), "{}", wrong.json);
    let repaired = audit::repair(&lane.db).await.unwrap();
    assert_eq!(repaired.reports, [run_id]);
    let again = report::find(&lane.db, run_id, None).await.unwrap();
    assert!(again.json.contains("\"decided\": 9") && again.revision == right.revision);
    break_it(&lane, "DELETE FROM reports").await;
    assert!(audit::attention(&lane.db, &lane.config).await.unwrap().join("\n").contains("no report yet"));
    assert_eq!(audit::repair(&lane.db).await.unwrap().reports, [run_id]);
});

on_each_lane!(a_run_that_never_ended_for_a_wrong_counter_ends, lane, {
    let (_, run_id) = lane.run(|_| ()).await;
    let claimed = lane.claim(20).await;
    for probe in &claimed[1..] {
        lane.write(answered(probe, lane.worker, Some(1))).await;
    }
    break_it(&lane, "UPDATE run_models SET succeeded_count = 2, decided_count = 2").await;
    lane.write(answered(&claimed[0], lane.worker, Some(1))).await;
    assert_eq!(run::find(&lane.db, run_id).await.unwrap().status, RunStatus::Running);
    audit::repair(&lane.db).await.unwrap();
    assert_eq!(run::find(&lane.db, run_id).await.unwrap().status, RunStatus::Completed);
});

on_each_lane!(a_repair_while_probes_end_loses_none_of_them, lane, {
    let (_, run_id) = lane.run(|new| new.samples_per_scenario = 20).await;
    let claimed = lane.claim(500).await;
    assert_eq!(claimed.len(), 240);
    let is_over = std::cell::Cell::new(false);
    let write = async {
        for probe in &claimed {
            lane.write(answered(probe, lane.worker, Some(1))).await;
        }
        is_over.set(true);
    };
    // Always the counters that the writes change: an end between count and correction would be lost.
    let repair = async {
        while !is_over.get() {
            let broken = "UPDATE run_models SET succeeded_count = succeeded_count - 1, decided_count = decided_count - 1";
            break_it(&lane, broken).await;
            audit::repair(&lane.db).await.unwrap();
        }
    };
    join(write, repair).await;
    assert_eq!(faults(&lane).await, "");
    let ledger = run::progress_of(&lane.db, &[run_id]).await.unwrap()[&run_id].ledger();
    assert_eq!((ledger.succeeded, ledger.failed), (240, 0));
});

on_each_lane!(what_cannot_be_counted_anew_is_said_and_left, lane, {
    let run_id = over(&lane).await;
    let sql = "UPDATE run_events SET seq = 1000 WHERE kind = 'run.started'";
    break_it(&lane, sql).await;
    let found = faults(&lane).await;
    assert!(found.contains("numbered up to 1000"), "{found}");
    assert_eq!(audit::repair(&lane.db).await.unwrap().changes, Vec::<String>::new());
    break_it(&lane, &sql.replace("1000", "3")).await;
    break_it(&lane, "UPDATE probes SET outcome = 'unreadable' WHERE seq = 0").await;
    break_it(&lane, "UPDATE decisions SET is_in_force = false WHERE transcript_id IN (SELECT id FROM transcripts WHERE seq = 1)").await;
    let found = faults(&lane).await;
    assert!(found.contains("1 probes are decided without a decision in force"), "{found}");
    break_it(&lane, "UPDATE probes SET outcome = 'decided' WHERE seq = 0").await;
    break_it(&lane, "UPDATE decisions SET is_in_force = true").await;
    break_it(&lane, "UPDATE runs SET completed_at = NULL, status = 'running'").await;
    assert!(run::settle(&lane.db, run_id).await.unwrap());
});
