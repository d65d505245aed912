//! Reports: one for each ending, made again when lost, and always what the schema says.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use domain::{
    Error,
    auth::Actor,
    gate::{self, Decision},
    queue::{Job, JobLane, claim_jobs},
    report::{self, Kind},
    run::{self, Commanded},
};
use entity::{GateAction, RunStatus};
use futures::future::join_all;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use test_support::{Lane, answered, failed, on_each_lane};
use uuid::Uuid;

const SCHEMA: &str = include_str!("../../docs/report.schema.json");

fn command<'a>(actor: &'a Actor, run_id: Uuid) -> Commanded<'a> {
    Commanded { actor, run_id, client_token: None }
}

/// Answers the first `count` probes and fails the others with this category.
async fn work(lane: &Lane, count: usize, category: &str) {
    for (index, probe) in lane.claim(50).await.iter().enumerate() {
        let write = match index < count {
            true => answered(probe, lane.worker, Some(1_500)),
            false => failed(probe, lane.worker, category),
        };
        lane.write(write).await;
    }
}

/// The report of a run's last ending, checked against the schema and against what always holds.
async fn report_of(lane: &Lane, run_id: Uuid) -> (entity::report::Model, Value) {
    let found = report::find(&lane.db, run_id, None).await.unwrap();
    let document: Value = serde_json::from_str(&found.json).unwrap();
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(&document).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert_eq!(faults, Vec::<String>::new(), "{document:#}");
    assert_eq!(document["done"]["adds_up"], true, "{document:#}");
    let run = run::find(&lane.db, run_id).await.unwrap();
    assert_eq!((found.revision, &document["revision"]), (run.ending_count, &json!(run.ending_count)));
    let failures = document["failures"].as_array().unwrap().iter();
    let diagnosed: i64 = failures.map(|part| part["count"].as_i64().unwrap()).sum();
    assert_eq!(document["done"]["ledger"]["failed"], diagnosed, "every failed probe is diagnosed");
    assert!(found.markdown.starts_with("# ") && found.markdown.ends_with("\n"), "{}", found.markdown);
    assert!(!found.markdown.contains("null") && !found.markdown.contains("NaN"), "{}", found.markdown);
    (found, document)
}

async fn count(lane: &Lane, run_id: Uuid) -> u64 {
    let of_run = entity::report::Entity::find().filter(entity::report::Column::RunId.eq(run_id));
    of_run.count(lane.db.read()).await.unwrap()
}

/// The runs whose report a job is to write.
async fn asked_for(lane: &Lane) -> Vec<Uuid> {
    let claimed = claim_jobs(&lane.db, lane.worker, JobLane::Short, 20, std::time::Duration::from_secs(60))
        .await
        .unwrap();
    let run_of = |claimed: domain::queue::ClaimedJob| match claimed.job {
        Job::WriteReport(run_id) => Some(run_id),
        _ => None,
    };
    claimed.into_iter().filter_map(run_of).collect()
}

on_each_lane!(a_completed_run_has_a_report_that_says_what_was_found, lane, {
    let (_, run_id) = lane.run(|new| new.temperature = Some(0.5)).await;
    let early = report::find(&lane.db, run_id, None).await.unwrap_err();
    assert!(matches!(early, Error::Conflict { .. }), "{early}");
    work(&lane, 12, "").await;
    assert_eq!(asked_for(&lane).await, [run_id], "asked for in the transaction that ended the run");
    assert_eq!(count(&lane, run_id).await, 0);
    let (found, document) = report_of(&lane, run_id).await;
    assert_eq!(document["run"]["status"], "completed");
    assert_eq!(document["asked"]["parameters"]["temperature"], 0.5);
    assert_eq!(document["done"]["models"][0]["attempts"][0]["count"], 12);
    let decided = &document["decisions"]["models"][0];
    assert_eq!((&decided["decided"], &decided["mean"], &decided["n"]), (&json!(12), &json!(1.0), &json!(12)));
    assert_eq!(document["cost"]["total_usd"], 0.018);
    assert_eq!(document["timings"]["models"][0]["latency_p95_ms"], 2);
    assert_eq!(document["failures"], json!([]));
    for part in
        ["**Completed**", "12 (100 %) of 12 planned probes", "None of 12 planned probes failed.", "0.018 USD"]
    {
        assert!(found.markdown.contains(part), "{part}: {}", found.markdown);
    }
});

on_each_lane!(every_other_ending_has_a_report_too, lane, {
    let (_, mixed) = lane.run(|_| ()).await;
    work(&lane, 5, "timeout").await;
    let (found, document) = report_of(&lane, mixed).await;
    assert_eq!(document["run"]["status"], "completed with errors");
    assert_eq!(document["failures"][0]["cause"], "timeout");
    assert!(found.markdown.contains("7 probes failed (58.3 % of 12 planned)"), "{}", found.markdown);

    let (_, dead) = lane.run(|_| ()).await;
    work(&lane, 0, "context_length").await;
    let (found, document) = report_of(&lane, dead).await;
    assert_eq!(
        (&document["run"]["status"], &document["cost"]["total_usd"]),
        (&json!("failed"), &Value::Null)
    );
    assert_eq!(document["decisions"]["models"][0]["mean"], Value::Null);
    assert!(found.markdown.contains("What it cost is not known"), "{}", found.markdown);

    let (actor, cancelled) = lane.run(|_| ()).await;
    let in_flight = lane.claim(2).await;
    run::cancel(&lane.db, command(&actor, cancelled)).await.unwrap();
    lane.end_queued(cancelled).await;
    let early = report::find(&lane.db, cancelled, None).await.unwrap_err();
    assert!(matches!(early, Error::Conflict { .. }), "two are in flight: {early}");
    for probe in &in_flight {
        lane.write(answered(probe, lane.worker, None)).await;
    }
    let (found, document) = report_of(&lane, cancelled).await;
    assert_eq!(
        (&document["run"]["status"], &document["run"]["is_cancelled"]),
        (&json!("cancelled"), &json!(true))
    );
    assert_eq!(document["done"]["ledger"]["cancelled"], 10);
    assert_eq!(document["cost"]["models"][0]["transcripts_without_cost"], 2);
    assert!(found.markdown.contains("10 were cancelled"), "{}", found.markdown);

    lane.config.approval_threshold_scenarios = 11;
    let (actor, rejected) = lane.run(|_| ()).await;
    lane.config.approval_threshold_scenarios = 1_000;
    let gate_id = gate::of_runs(&lane.db, &[rejected]).await.unwrap()[&rejected][0].id;
    let comment = Some("Too | dear *for* me.");
    let decision = Decision {
        actor: &actor,
        gate_id,
        action: GateAction::Reject,
        new_budget_usd_micros: None,
        comment,
        client_token: None,
    };
    gate::decide(&lane.db, &lane.config, decision).await.unwrap();
    lane.end_queued(rejected).await;
    let (found, document) = report_of(&lane, rejected).await;
    assert_eq!(document["run"]["stop_reason"], "rejected");
    assert_eq!(document["gates"][0]["decision"]["comment"], "Too | dear *for* me.");
    assert_eq!(document["failures"][0]["category"], "stopped");
    assert!(found.markdown.contains("“Too \\| dear \\*for\\* me.”"), "{}", found.markdown);

    let (_, overdue) = lane.run(|_| ()).await;
    let sql = format!(
        "UPDATE run_limits SET deadline_at = '2020-01-01T00:00:00.000+00:00' WHERE run_id = {}",
        literal(&lane, overdue)
    );
    lane.db.write().execute_unprepared(&sql).await.unwrap();
    lane.sweep().await;
    lane.end_queued(overdue).await;
    let (found, document) = report_of(&lane, overdue).await;
    assert_eq!(
        (&document["run"]["stop_reason"], &document["failures"][0]["cause"]),
        (&json!("deadline"), &json!("deadline"))
    );
    assert!(found.markdown.contains("its deadline passed"), "{}", found.markdown);
});

/// An id as SQL.
fn literal(lane: &Lane, id: Uuid) -> String {
    if lane.db.is_postgres() { format!("'{id}'") } else { format!("X'{}'", id.simple()) }
}

on_each_lane!(a_report_that_is_lost_is_made_again_byte_for_byte, lane, {
    let (_, run_id) = lane.run(|_| ()).await;
    work(&lane, 9, "auth").await;
    report::write(&lane.db, run_id).await.unwrap();
    let (first, _) = report_of(&lane, run_id).await;
    assert_eq!(asked_for(&lane).await, [run_id]);
    lane.sweep().await;
    assert!(asked_for(&lane).await.is_empty(), "it is there");

    let lose = || async { lane.db.write().execute_unprepared("DELETE FROM reports").await.unwrap() };
    lose().await;
    // The job that is under way belongs to nobody any more.
    lane.db.write().execute_unprepared("DELETE FROM jobs").await.unwrap();
    lane.sweep().await;
    lane.sweep().await;
    assert_eq!(asked_for(&lane).await, [run_id], "asked for once, by the sweep");
    let (again, _) = report_of(&lane, run_id).await;
    assert_eq!((again.sha256, again.markdown), (first.sha256.clone(), first.markdown));

    lose().await;
    lane.db.write().execute_unprepared("DELETE FROM diagnoses").await.unwrap();
    let writes = join_all((0..6).map(|_| report::write(&lane.db, run_id))).await;
    assert!(writes.iter().all(std::result::Result::is_ok), "{writes:?}");
    assert_eq!(count(&lane, run_id).await, 1, "six writers at once make one");
    assert_eq!(report_of(&lane, run_id).await.0.sha256, first.sha256);
});

on_each_lane!(a_run_that_ends_again_has_a_second_revision_and_keeps_the_first, lane, {
    let (actor, run_id) = lane.run(|_| ()).await;
    work(&lane, 8, "connection").await;
    report::write(&lane.db, run_id).await.unwrap();
    run::retry_failed(&lane.db, &lane.config, command(&actor, run_id), &[]).await.unwrap();
    // A late job finds the run reopened, and leaves it alone.
    report::write(&lane.db, run_id).await.unwrap();
    assert_eq!(report::find(&lane.db, run_id, None).await.unwrap().revision, 1, "the last ending there was");
    lane.queue_retries(run_id).await;
    work(&lane, 3, "server").await;
    assert_eq!(run::find(&lane.db, run_id).await.unwrap().status, RunStatus::CompletedWithErrors);
    let (second, document) = report_of(&lane, run_id).await;
    assert_eq!((second.revision, document["failures"].as_array().unwrap().len()), (2, 1));
    assert_eq!(document["failures"][0]["cause"], "server");
    assert_eq!(document["retries"][0]["requeued"], 4);
    assert!(second.markdown.contains("revision 2"), "{}", second.markdown);
    let first = report::find(&lane.db, run_id, Some(1)).await.unwrap();
    assert!(first.json.contains("\"cause\": \"connection\""));
    let none = report::find(&lane.db, run_id, Some(3)).await.unwrap_err().to_string();
    assert!(none.contains("no report 3") && none.contains("is 2"), "{none}");
    let file = report::download(&lane.db, &actor, run_id, Kind::Markdown, None).await.unwrap();
    assert!(
        file.file_name.starts_with("run_") && file.file_name.ends_with("_report-2.md"),
        "{}",
        file.file_name
    );
});

on_each_lane!(texts_of_others_do_not_break_the_markdown, lane, {
    let actor = domain::auth::local_actor(&lane.db).await.unwrap();
    let mut content = test_support::sample("capital");
    content.name = "A | b <script>\u{202e} `c` # d [e](f) 日本".into();
    let saved = domain::library::create(&lane.db, &actor, &content).await.unwrap();
    let new = test_support::new_run(saved.definition.id, &["sim-oracle"]);
    let access = domain::access::AccessLog::default();
    let made = run::create(&lane.db, &lane.config, &access, &actor, &new).await.unwrap();
    for (index, probe) in lane.claim(50).await.iter().enumerate() {
        let mut write = failed(probe, lane.worker, "server");
        if let domain::queue::Ending::Failed { message, .. } = &mut write.ending {
            *message = format!("bad ``` | thing\n\n# {index}\n| a | b |\nBearer sk-abcdefgh12345678 \u{0}");
        }
        lane.write(write).await;
    }
    let (found, document) = report_of(&lane, made.run.id).await;
    let evidence = document["failures"][0]["evidence"].as_array().unwrap();
    assert_eq!((evidence.len(), &evidence[0]["count"]), (1, &json!(12)), "alike but for a number");
    assert!(!found.json.contains("sk-abcdefgh"), "{}", found.json);
    // Every line of a table has as many cells as the one before.
    let mut cells = 0;
    for line in found.markdown.lines() {
        let here = line.replace("\\|", "").matches('|').count();
        assert!(!line.starts_with('|') || cells == 0 || here == cells, "{line}\n{}", found.markdown);
        assert!(line.starts_with('|') || here == 0, "{line}");
        cells = if line.starts_with('|') { here } else { 0 };
    }
    let headings = found.markdown.lines().filter(|line| line.starts_with("# ")).count();
    assert_eq!(headings, 1, "{}", found.markdown);
    assert!(
        !found.markdown.contains("<script") || found.markdown.contains("\\<script"),
        "{}",
        found.markdown
    );
});
