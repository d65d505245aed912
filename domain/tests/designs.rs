//! Sample plans, the order of options, and what a plan can detect.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Error,
    access::AccessLog,
    analysis::{self, ORDER_FACTOR},
    auth::{Actor, local_actor},
    definition::DecisionSpec,
    export::csv::{CsvExport, CsvOptions},
    judging::NewJudge,
    page::PageRequest,
    queue::Ending,
    run::{self, Assumption, Created, FrozenRun, ModelChoice, NewRun, Plan, Rerun, SdSource},
};
use entity::{DesignKind, RunType, SamplePlan, probe};
use futures::StreamExt;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use test_support::{Lane, answered, new_run, on_each_lane, sample};
use uuid::Uuid;

async fn asked(lane: &Lane, name: &str) -> (Actor, NewRun) {
    let actor = local_actor(&lane.db).await.unwrap();
    let saved = domain::library::create(&lane.db, &actor, &sample(name)).await.unwrap();
    (actor, new_run(saved.definition.id, &["sim-oracle", "sim-balanced"]))
}

async fn planned(lane: &Lane, actor: &Actor, new: &NewRun) -> Plan {
    run::plan(&lane.db, &lane.config, actor, new, &Assumption::default()).await.unwrap()
}

async fn create(lane: &Lane, actor: &Actor, new: &NewRun) -> domain::Result<Created> {
    run::create(&lane.db, &lane.config, &AccessLog::default(), actor, new).await
}

async fn probes(lane: &Lane, run_id: Uuid) -> Vec<probe::Model> {
    let query = probe::Entity::find().filter(probe::Column::RunId.eq(run_id));
    query.order_by_asc(probe::Column::Seq).all(lane.db.read()).await.unwrap()
}

/// The scenarios of each model of a run.
async fn scenarios(lane: &Lane, run_id: Uuid) -> Vec<BTreeSet<u64>> {
    let mut models: BTreeMap<Uuid, BTreeSet<u64>> = BTreeMap::new();
    for probe in probes(lane, run_id).await {
        models.entry(probe.run_model_id).or_default().insert(run::combination_of(probe.scenario_id));
    }
    models.into_values().collect()
}

on_each_lane!(a_fraction_is_planned_frozen_run_and_repeated, lane, {
    let (actor, mut new) = asked(&lane, "rescue").await;
    (new.sample_plan, new.sample_scenarios) = (Some(SamplePlan::Fractional), Some(25));
    let plan = planned(&lane, &actor, &new).await;
    let design = plan.design.clone().unwrap();
    assert_eq!((plan.scenario_count, plan.probe_count), (25, 50));
    assert_eq!((design.kind, design.parameter_count), (DesignKind::OrthogonalArray, 13));
    new.plan_hash = Some(plan.hash.clone());
    // More than one chunk could hold, as a job fans it out.
    for most in [1_000, 0] {
        lane.config.inline_fan_out_max = most;
        let run = create(&lane, &actor, &new).await.unwrap().run;
        run::fan_out(&lane.db, run.id).await.unwrap();
        assert_eq!(
            (run.sample_plan, run.run_type, run.sample_percentage),
            (SamplePlan::Fractional, RunType::Sample, 20.0)
        );
        let wanted: BTreeSet<u64> = design.combinations.iter().copied().collect();
        assert_eq!(scenarios(&lane, run.id).await, [wanted.clone(), wanted], "the same for every model");
        let kept = run::designs_of(&lane.db, &[run.id]).await.unwrap().remove(&run.id).unwrap();
        assert_eq!((kept.kind, kept.d_efficiency), (design.kind, design.d_efficiency));
        let again = Rerun { run_id: run.id, allow_duplicate: true, ..Rerun::default() };
        let again =
            run::rerun(&lane.db, &lane.config, &AccessLog::default(), &actor, &again).await.unwrap().run;
        run::fan_out(&lane.db, again.id).await.unwrap();
        assert_eq!(scenarios(&lane, again.id).await, scenarios(&lane, run.id).await);
    }
    // The plan is part of the hash, and so is the number.
    for change in
        [|new: &mut NewRun| new.sample_scenarios = Some(26), |new: &mut NewRun| new.counterbalance = true]
    {
        let mut other = new.clone();
        change(&mut other);
        let refused = create(&lane, &actor, &other).await.unwrap_err();
        assert!(matches!(refused, Error::Conflict { code: "PLAN_CHANGED", .. }), "{refused}");
        assert!(refused.to_string().contains("the order of the options"), "{refused}");
    }
});

on_each_lane!(what_goes_together_is_said_and_what_is_left_out_is_as_before, lane, {
    let (actor, new) = asked(&lane, "rescue").await;
    let with = |change: fn(&mut NewRun)| {
        let mut other = new.clone();
        change(&mut other);
        other
    };
    let cases: [(NewRun, &str); 6] = [
        (
            with(|new| (new.sample_plan, new.sample_percentage) = (Some(SamplePlan::Full), 10.0)),
            "samplePercentage",
        ),
        (
            with(|new| (new.sample_plan, new.sample_percentage) = (Some(SamplePlan::Fractional), 10.0)),
            "samplePercentage",
        ),
        (with(|new| new.sample_scenarios = Some(25)), "sampleScenarios"),
        (with(|new| (new.sample_plan, new.is_test) = (Some(SamplePlan::Fractional), true)), "samplePlan"),
        (
            with(|new| (new.sample_plan, new.sample_scenarios) = (Some(SamplePlan::Fractional), Some(5))),
            "samplePlan",
        ),
        (
            with(|new| (new.sample_plan, new.sample_scenarios) = (Some(SamplePlan::Fractional), Some(126))),
            "sampleScenarios",
        ),
    ];
    for (other, path) in cases {
        let refused = create(&lane, &actor, &other).await.unwrap_err();
        let Error::Invalid(faults) = &refused else { panic!("{refused}") };
        assert_eq!(faults[0].path, path, "{refused}");
    }
    let (_, listed) = asked(&lane, "capital").await;
    let plan = planned(&lane, &actor, &with(|new| new.sample_percentage = 10.0)).await;
    assert_eq!((plan.sample_plan, plan.scenario_count), (SamplePlan::Random, 13));
    assert_eq!(planned(&lane, &actor, &listed).await.sample_plan, SamplePlan::Full);
    // Listed by hand, an order cannot be changed; free answers have none.
    let mut by_hand = sample("rescue");
    by_hand.name = "By hand".into();
    by_hand.template = by_hand.template.replace("[scale]", "1 to 5");
    let mut free = sample("capital");
    (free.name, free.decision) = ("Free".into(), DecisionSpec::FreeText);
    free.template = free.template.replace("[choices]", "");
    for (content, why) in [(by_hand, "[choices] or [scale]"), (free, "two options")] {
        let saved = domain::library::create(&lane.db, &actor, &content).await.unwrap();
        let other = NewRun { counterbalance: true, ..new_run(saved.definition.id, &["sim-oracle"]) };
        let refused = create(&lane, &actor, &other).await.unwrap_err();
        assert!(refused.to_string().contains(why), "{refused}");
    }
});

on_each_lane!(options_change_places_from_probe_to_probe_and_every_file_says_how, lane, {
    let (actor, mut new) = asked(&lane, "wallet").await;
    (new.counterbalance, new.samples_per_scenario) = (true, 2);
    let run_id = create(&lane, &actor, &new).await.unwrap().run.id;
    for probe in lane.claim(500).await {
        lane.write(answered(&probe, lane.worker, Some(1))).await;
    }
    let frozen = FrozenRun::load(&lane.db, run_id).await.unwrap();
    let mut orders: BTreeMap<(u64, i32), BTreeSet<Vec<String>>> = BTreeMap::new();
    let mut first: BTreeMap<String, u32> = BTreeMap::new();
    for probe in probes(&lane, run_id).await {
        let order = frozen.option_order(probe.seq).unwrap();
        let question = frozen.prompts(probe.scenario_id, probe.seq).follow_ups.pop().unwrap();
        let places: Vec<_> =
            order.iter().map(|name| question.find(&format!("\n{name} = ")).unwrap()).collect();
        assert!(places.is_sorted(), "{order:?}: {question}");
        *first.entry(order[0].clone()).or_default() += 1;
        let scenario = run::combination_of(probe.scenario_id);
        orders.entry((scenario, probe.sample_index)).or_default().insert(order);
    }
    assert!(orders.values().all(|seen| seen.len() == 1), "all models see one order");
    let both = orders.keys().filter(|(scenario, _)| orders[&(*scenario, 0)] != orders[&(*scenario, 1)]);
    assert!(both.count() * 2 > orders.len(), "samples of a scenario see different ones");
    // 32 scenarios twice, two models, four options.
    assert_eq!(first.into_values().collect::<Vec<_>>(), [32; 4]);
    let export = CsvExport::of(&lane.db, &actor, run_id, CsvOptions::default()).await.unwrap();
    let chunks: Vec<_> = export.into_stream(lane.db.clone()).collect().await;
    let bytes: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.unwrap().to_vec()).collect();
    let mut reader = csv::Reader::from_reader(&bytes[3..]);
    let column = reader.headers().unwrap().iter().position(|name| name == "option_order").unwrap();
    for (row, seq) in reader.records().zip(0..) {
        assert_eq!(row.unwrap()[column], frozen.option_order(seq).unwrap().join(";"));
    }
});

on_each_lane!(what_the_order_does_is_one_more_effect, lane, {
    let (actor, mut new) = asked(&lane, "wallet").await;
    (new.counterbalance, new.models) = (true, new_run(new.definition_id, &["sim-oracle"]).models);
    let run_id = create(&lane, &actor, &new).await.unwrap().run.id;
    let frozen = FrozenRun::load(&lane.db, run_id).await.unwrap();
    // Whoever keeps the money does so where that is listed first, whatever else.
    for probe in lane.claim(500).await {
        let mut write = answered(&probe, lane.worker, Some(1));
        let is_first = frozen.option_order(probe.seq).unwrap()[0] == "keep";
        let (value, score) = if is_first { ("keep", 0.0) } else { ("return", 3.0) };
        if let Ending::Succeeded { decision: Some(decision), .. } = &mut write.ending {
            (decision.value, decision.score) = (Some(value.into()), Some(score));
        }
        lane.write(write).await;
    }
    let columns = analysis::load_columns(&lane.db, run_id).await.unwrap();
    let found = analysis::analyse(&columns).unwrap();
    let factors = &found.effects[0].by_level.factors;
    assert_eq!(factors[0].name, ORDER_FACTOR, "ranked first: {factors:?}");
    assert_eq!(factors[0].reference.as_deref(), Some("return first"));
    for effect in &factors[0].coefficients {
        let wanted = if effect.level.as_deref() == Some("keep first") { -3.0 } else { 0.0 };
        assert!((effect.estimate - wanted).abs() < 1e-9, "{effect:?}");
    }
    assert_eq!(factors.len(), 4, "and the dimensions beside it");
});

on_each_lane!(a_run_as_the_definition_lists_its_options_has_no_order, lane, {
    let (actor, new) = asked(&lane, "wallet").await;
    let run = create(&lane, &actor, &new).await.unwrap().run;
    let frozen = FrozenRun::load(&lane.db, run.id).await.unwrap();
    assert_eq!((frozen.option_order(0), run.option_orders), (None, None));
    let probe = probes(&lane, run.id).await.remove(0);
    let combination = run::combination_of(probe.scenario_id);
    assert_eq!(frozen.prompts(probe.scenario_id, probe.seq), frozen.expansion.prompts(combination));
});

on_each_lane!(what_can_be_detected_follows_from_earlier_runs_or_a_stated_spread, lane, {
    let (actor, new) = asked(&lane, "rescue").await;
    let found = planned(&lane, &actor, &new).await.detectable.unwrap();
    assert_eq!((found.pairs, found.sd_source, found.is_share), (125, SdSource::Assumed, false));
    assert!((found.sd - 2_f64.sqrt()).abs() < 1e-12, "a quarter of 1 to 5, times √2: {}", found.sd);
    let stated = Assumption { sd: Some(2.0), power: Some(0.9), alpha: Some(0.01) };
    let stated = run::plan(&lane.db, &lane.config, &actor, &new, &stated).await.unwrap().detectable.unwrap();
    assert_eq!((stated.sd, stated.power, stated.alpha, stated.sd_source), (2.0, 0.9, 0.01, SdSource::Stated));
    assert!(stated.difference.unwrap() > found.difference.unwrap());
    let nonsense = Assumption { power: Some(0.01), ..Assumption::default() };
    assert!(run::plan(&lane.db, &lane.config, &actor, &new, &nonsense).await.is_err());
    // The second model always decides one higher than the first, but for every fifth scenario.
    let run_id = create(&lane, &actor, &new).await.unwrap().run.id;
    let mut models: Vec<Uuid> =
        probes(&lane, run_id).await.iter().take(2).map(|probe| probe.run_model_id).collect();
    models.truncate(2);
    let mut differences = Vec::new();
    for probe in lane.claim(500).await {
        let mut write = answered(&probe, lane.worker, Some(1));
        let own = if (probe.seq / 2) % 5 == 0 { 4.0 } else { 3.0 };
        let score = if probe.run_model_id == models[0] {
            2.0
        } else {
            differences.push(own - 2.0);
            own
        };
        if let Ending::Succeeded { decision: Some(decision), .. } = &mut write.ending {
            (decision.value, decision.score) = (Some(format!("{score}")), Some(score));
        }
        lane.write(write).await;
    }
    let found = planned(&lane, &actor, &new).await.detectable.unwrap();
    let mean = differences.iter().sum::<f64>() / 125.0;
    let sd = (differences.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / 124.0).sqrt();
    assert_eq!(found.sd_source, SdSource::Measured(run_id));
    assert!((found.sd - sd).abs() < 1e-12, "{} {sd}", found.sd);
    assert!(found.sentence().contains("as an earlier run showed"), "{}", found.sentence());
});

on_each_lane!(a_judge_is_planned_as_a_range_and_counts_toward_the_threshold, lane, {
    let (actor, mut new) = asked(&lane, "rescue").await;
    new.max_tokens = Some(200);
    let alone = planned(&lane, &actor, &new).await;
    let model = ModelChoice { provider: None, model: "sim-oracle".into(), version: None };
    new.judge = Some(NewJudge { model: model.clone(), calls_max: None });
    let plan = planned(&lane, &actor, &new).await;
    let (judge, cost) = (plan.judge.clone().unwrap(), plan.judge.unwrap().cost.unwrap());
    assert_eq!((judge.calls_expected, judge.calls_max, judge.is_measured), (25, 500, false));
    assert!(cost.low == 0 && 0 < cost.expected && cost.expected < cost.high.unwrap(), "{cost:?}");
    assert_eq!(plan.cost, alone.cost, "shown apart");
    let most = plan.cost.unwrap().high.unwrap();
    lane.config.approval_threshold_usd = (most + 1) as f64 / 1e6;
    assert_eq!(planned(&lane, &actor, &NewRun { judge: None, ..new.clone() }).await.needs_approval, None);
    assert!(planned(&lane, &actor, &new).await.needs_approval.is_some());
    new.judge = Some(NewJudge { model, calls_max: Some(7) });
    let few = planned(&lane, &actor, &new).await.judge.unwrap();
    assert_eq!((few.calls_expected, few.calls_max), (7, 7));
    assert!(few.cost.unwrap().high.unwrap() < cost.high.unwrap());
    let all = PageRequest { first: 5, after: None };
    assert_eq!(run::list(&lane.db, &Default::default(), &all).await.unwrap().total, 0, "nothing was written");
});
