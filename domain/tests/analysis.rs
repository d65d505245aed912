//! Analyses: computed from the decisions in force, kept by what they were computed from, and made anew when
//! that changes.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    analysis::{self, Kind, Measure, State},
    auth::Actor,
    decision::{self, Correction},
    definition, findings,
    queue::{ClaimedProbe, Ending, Job, JobLane, ProbeWrite, claim_jobs},
    run::{self, Commanded, combination_of},
};
use entity::transcript;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use test_support::{Lane, failed, on_each_lane};
use uuid::Uuid;

const MODELS: [&str; 2] = ["sim-oracle", "sim-balanced"];

const SCALE: &str = "
name: Weighed
template: |
  A [weight] load goes [place]. How bad is that?
  [scale]
dimensions:
  - name: weight
    levels: [{label: light, score: 1, wording: light}, {label: heavy, score: 3, wording: heavy}, {label: huge, score: 5, wording: huge}]
  - name: place
    levels: [{label: here, wording: here}, {label: there, wording: there}, {label: away, wording: away}, {label: up, wording: up}]
decision:
  scale: [{value: 1, label: Fine}, {value: 2, label: So-so}, {value: 3, label: Bad}, {value: 4, label: Worse}, {value: 5, label: Worst}]
";

const CHOICE: &str = "
name: Coloured
template: |
  What colour is [thing]? One of:
  [choices]
dimensions:
  - name: thing
    levels: [{label: sky, wording: the sky}, {label: sea, wording: the sea}, {label: sun, wording: the sun}, {label: leaf, wording: a leaf}]
decision:
  choices: [{name: blue}, {name: green}, {name: yellow}]
";

/// A run of this definition by two models, two samples of each scenario.
async fn run_of(lane: &Lane, yaml: &str) -> (Actor, Uuid) {
    let content = definition::from_yaml(yaml.as_bytes()).unwrap();
    let (actor, created) = test_support::start(&lane.db, &lane.config, content, &MODELS, |new| {
        new.samples_per_scenario = 2;
        new.max_tokens = Some(100);
    })
    .await;
    (actor, created.run.id)
}

/// A probe that decided this.
fn decides(lane: &Lane, probe: &ClaimedProbe, value: &str, score: Option<f64>) -> ProbeWrite {
    let mut write = test_support::answered(probe, lane.worker, Some(1));
    if let Ending::Succeeded { decision: Some(decision), .. } = &mut write.ending {
        decision.value = Some(value.into());
        decision.score = score;
    }
    write
}

/// Answers every probe with a point that depends on its scenario, sample and model.
async fn answer_scale(lane: &Lane) {
    for probe in lane.claim(500).await {
        let number = combination_of(probe.scenario_id);
        let weight = number / 4;
        let noise = (number * 7 + probe.seq.unsigned_abs() * 3) % 3;
        let point = 1 + weight + noise;
        lane.write(decides(lane, &probe, &point.to_string(), Some(point as f64))).await;
    }
}

/// The jobs that wait to be done now, in words.
async fn asked_for(lane: &Lane) -> Vec<Job> {
    let lease = std::time::Duration::from_secs(60);
    let claimed = claim_jobs(&lane.db, lane.worker, JobLane::Short, 20, lease).await.unwrap();
    claimed.into_iter().map(|claimed| claimed.job).collect()
}

async fn standing(lane: &Lane, run_id: Uuid) -> analysis::Standing {
    analysis::of_runs(&lane.db, &[run_id]).await.unwrap().remove(&run_id).unwrap()
}

async fn transcripts(lane: &Lane, run_id: Uuid) -> Vec<transcript::Model> {
    let of_run = transcript::Entity::find().filter(transcript::Column::RunId.eq(run_id));
    of_run.order_by_asc(transcript::Column::Seq).all(lane.db.read()).await.unwrap()
}

async fn queued_analyses(lane: &Lane, run_id: Uuid) -> usize {
    let of_run = entity::job::Entity::find()
        .filter(entity::job::Column::RunId.eq(run_id))
        .filter(entity::job::Column::Kind.eq("analyze_run"))
        .filter(entity::job::Column::Status.eq(entity::QueueStatus::Queued));
    of_run.all(lane.db.read()).await.unwrap().len()
}

on_each_lane!(columns_hold_every_decision_at_its_place, lane, {
    let (_, run_id) = run_of(&lane, SCALE).await;
    answer_scale(&lane).await;
    let columns = analysis::load_columns(&lane.db, run_id).await.unwrap();
    let rows = transcripts(&lane, run_id).await;
    assert_eq!(columns.models.iter().map(|model| model.cells.len()).sum::<usize>(), rows.len());
    assert_eq!(columns.values, ["1", "2", "3", "4", "5"]);
    let mut places = BTreeSet::new();
    for model in &columns.models {
        for cell in &model.cells {
            let row = rows.iter().find(|row| row.seq == cell.seq).unwrap();
            assert_eq!((row.run_model_id, combination_of(row.scenario_id)), (model.row.id, cell.combination));
            assert_eq!(columns.values[cell.value as usize], cell.score.unwrap().to_string());
            assert!(places.insert((model.row.id, cell.combination, cell.sample)), "two at {cell:?}");
            let probe = entity::probe::Entity::find_by_id(row.probe_id).one(lane.db.read()).await.unwrap();
            assert_eq!(probe.unwrap().sample_index.unsigned_abs(), cell.sample);
        }
    }
});

on_each_lane!(a_run_is_analysed_when_it_is_over, lane, {
    let (_, run_id) = run_of(&lane, SCALE).await;
    assert_eq!(standing(&lane, run_id).await.state, State::None, "nobody asked while it goes on");
    answer_scale(&lane).await;
    let asked = asked_for(&lane).await;
    assert!(asked.len() == 2 && asked.contains(&Job::AnalyzeRun(run_id)), "{asked:?}");
    assert_eq!(standing(&lane, run_id).await.state, State::Running);
    let raw = findings::of_run(&lane.db, run_id).await.unwrap();
    analysis::refresh(&lane.db, run_id).await.unwrap();
    let now = standing(&lane, run_id).await;
    assert_eq!(now.state, State::Ready);
    let found = now.found.unwrap();
    assert_eq!((found.measure, found.range), (Measure::Scale, Some((1.0, 5.0))));
    for (model, raw) in found.models.iter().zip(&raw) {
        assert_eq!((model.run_model_id, &model.score), (raw.row.id, &raw.score));
        assert_eq!(model.interval, raw.interval);
        let interval = model.interval.unwrap();
        assert!(interval.low >= 1.0 && interval.high <= 5.0);
        let counts: Vec<u64> = model.distribution.iter().map(|share| share.count).collect();
        assert_eq!(counts, raw.distribution.iter().map(|count| count.count).collect::<Vec<_>>());
        assert_eq!(model.retest.as_ref().unwrap().agreement.clusters, 12);
    }
    // What is kept says the same as what is read from the decisions.
    let kept = findings::of_run(&lane.db, run_id).await.unwrap();
    for (kept, raw) in kept.iter().zip(&raw) {
        assert_eq!(
            (&kept.score, &kept.distribution, kept.interval),
            (&raw.score, &raw.distribution, raw.interval)
        );
    }
    assert_eq!(found.agreement.unwrap().pairs[0].scenarios, 12);
    let alpha = now.resampled.unwrap().alpha.unwrap();
    assert!(alpha.alpha.is_some() && alpha.method.seed == Some(analysis::SEED), "{alpha:?}");
    let all = &found.effects[0];
    assert_eq!((all.run_model_id, found.effects.len()), (None, 3));
    assert_eq!(all.by_level.factors[0].name, "weight", "the strongest first");
    let slope = all.by_score.as_ref().unwrap().factors.iter().find(|factor| factor.reference.is_none());
    let slope = &slope.unwrap().coefficients[0];
    assert!((slope.estimate - 0.5).abs() < 0.2, "a point per step of two: {slope:?}");
});

on_each_lane!(any_number_of_corrections_ask_for_one_analysis_and_the_old_one_is_kept, lane, {
    let (actor, run_id) = run_of(&lane, SCALE).await;
    answer_scale(&lane).await;
    asked_for(&lane).await;
    analysis::refresh(&lane.db, run_id).await.unwrap();
    let before = standing(&lane, run_id).await;
    for row in transcripts(&lane, run_id).await.iter().take(3) {
        let reason = "It says so.";
        let correction =
            Correction { actor: &actor, transcript_id: row.id, value: Some("5"), reason, client_token: None };
        decision::correct(&lane.db, correction).await.unwrap();
    }
    assert_eq!(queued_analyses(&lane, run_id).await, 1);
    let stale = standing(&lane, run_id).await;
    assert_ne!(stale.state, State::Ready);
    assert_ne!(stale.input_sha256, before.input_sha256, "no counter moved, and yet the decisions did");
    assert_eq!(stale.found, before.found, "the last one is shown meanwhile");
    // Never the figures of before: what is shown follows the decisions at once.
    let shown = findings::of_run(&lane.db, run_id).await.unwrap();
    analysis::refresh(&lane.db, run_id).await.unwrap();
    let after = standing(&lane, run_id).await;
    let found = after.found.unwrap();
    assert_eq!(found.models[0].score, shown[0].score);
    assert_ne!(Some(&found), before.found.as_ref());
    let kept = analysis::superseded(&lane.db, Kind::Run, &run_id.to_string()).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(analysis::read_run(&kept[0]), before.found);
    // A second look computes nothing.
    let id = after.row.unwrap().id;
    analysis::refresh(&lane.db, run_id).await.unwrap();
    assert_eq!(standing(&lane, run_id).await.row.unwrap().id, id);
});

on_each_lane!(one_that_is_missing_is_asked_for_by_looking_and_a_run_that_goes_on_by_command, lane, {
    let (actor, run_id) = run_of(&lane, SCALE).await;
    analysis::analyze(&lane.db, Commanded { actor: &actor, run_id, client_token: None }).await.unwrap();
    assert_eq!(standing(&lane, run_id).await.state, State::Queued);
    analysis::refresh(&lane.db, run_id).await.unwrap();
    assert_eq!(standing(&lane, run_id).await.state, State::Ready, "of nothing, which is what there is");
    answer_scale(&lane).await;
    assert_eq!(queued_analyses(&lane, run_id).await, 1);
    // What asked for it was lost.
    entity::job::Entity::delete_many().exec(lane.db.write()).await.unwrap();
    assert_eq!(standing(&lane, run_id).await.state, State::Queued);
    assert_eq!(queued_analyses(&lane, run_id).await, 1);
});

on_each_lane!(
    a_retry_that_fails_again_leaves_the_analysis_in_force_and_one_that_is_answered_does_not,
    lane,
    {
        let (actor, run_id) = run_of(&lane, SCALE).await;
        for (index, probe) in lane.claim(500).await.iter().enumerate() {
            let write = match index {
                0 => failed(probe, lane.worker, "timeout"),
                _ => decides(&lane, probe, "2", Some(2.0)),
            };
            lane.write(write).await;
        }
        let found = analysis::current(&lane.db, run_id).await.unwrap().0;
        assert_eq!(found.models[0].counts.failed + found.models[1].counts.failed, 1);
        assert!(found.notes.iter().any(|note| note.code == "NO_VARIANCE"), "{:?}", found.notes);
        for is_answered in [false, true] {
            let commanded = Commanded { actor: &actor, run_id, client_token: None };
            run::retry_failed(&lane.db, &lane.config, commanded, &[]).await.unwrap();
            lane.queue_retries(run_id).await;
            let probe = lane.claim(1).await.remove(0);
            assert_ne!(standing(&lane, run_id).await.state, State::Ready, "its ledger is another one");
            let write = match is_answered {
                true => decides(&lane, &probe, "3", Some(3.0)),
                false => failed(&probe, lane.worker, "timeout"),
            };
            lane.write(write).await;
            assert_eq!(standing(&lane, run_id).await.state == State::Ready, !is_answered);
        }
    }
);

on_each_lane!(choices_without_numbers_have_shares_and_say_why_they_have_no_mean, lane, {
    let (_, run_id) = run_of(&lane, CHOICE).await;
    for probe in lane.claim(500).await {
        let names = ["blue", "green", "yellow"];
        let name = names[usize::try_from(probe.seq % 3).unwrap()];
        lane.write(decides(&lane, &probe, name, None)).await;
    }
    let (found, drawn) = analysis::current(&lane.db, run_id).await.unwrap();
    assert_eq!((found.measure, found.range), (Measure::None, None));
    assert!(found.models.iter().all(|model| model.score.mean.is_none() && model.correct.is_none()));
    let shares: BTreeMap<&str, u64> =
        found.models[0].distribution.iter().map(|share| (share.value.as_str(), share.count)).collect();
    assert_eq!(shares.values().sum::<u64>(), 8);
    let rate = found.models[0].distribution[0].rate.as_ref().unwrap();
    assert!(rate.interval.is_some() && rate.trials == 8, "{rate:?}");
    let agreement = found.agreement.unwrap();
    assert!(agreement.pairs[0].spearman.is_none() && drawn.alpha.is_some());
    let about: Vec<&str> = found
        .notes
        .iter()
        .filter(|note| note.code == "NOT_COMPUTED")
        .map(|note| note.about.as_str())
        .collect();
    assert!(about.contains(&"score"), "{about:?}");
});
