//! Plans: what is shown beforehand is what is run.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use domain::{
    Error,
    access::AccessLog,
    auth::{Actor, local_actor},
    run::{self, Assumption, Created, NewRun, Plan},
};
use test_support::{Lane, answered, new_run, on_each_lane, sample};

async fn asked(lane: &Lane) -> (Actor, NewRun) {
    let actor = local_actor(&lane.db).await.unwrap();
    let saved = domain::library::create(&lane.db, &actor, &sample("wallet")).await.unwrap();
    let mut new = new_run(saved.definition.id, &["sim-oracle", "sim-balanced"]);
    (new.max_tokens, new.samples_per_scenario) = (Some(200), 2);
    (actor, new)
}

async fn planned(lane: &Lane, actor: &Actor, new: &NewRun) -> Plan {
    run::plan(&lane.db, &lane.config, actor, new, &Assumption::default()).await.unwrap()
}

async fn create(lane: &Lane, actor: &Actor, new: &NewRun) -> domain::Result<Created> {
    run::create(&lane.db, &lane.config, &AccessLog::default(), actor, new).await
}

on_each_lane!(a_plan_counts_exactly_and_writes_nothing, lane, {
    let (actor, new) = asked(&lane).await;
    let plan = planned(&lane, &actor, &new).await;
    assert_eq!((plan.scenario_count, plan.probe_count), (32, 128));
    assert_eq!(plan.models.iter().map(|model| model.probe_count).sum::<u64>(), 128);
    let cost = plan.cost.unwrap();
    assert!(0 < cost.low && cost.low <= cost.expected && cost.expected <= cost.high.unwrap(), "{cost:?}");
    assert_eq!(plan.needs_approval, None);
    assert_eq!(
        run::list(&lane.db, &Default::default(), &domain::page::PageRequest { first: 5, after: None })
            .await
            .unwrap()
            .total,
        0
    );
});

on_each_lane!(a_run_by_a_plan_is_that_plan, lane, {
    let (actor, mut new) = asked(&lane).await;
    new.sample_seed = None;
    let plan = planned(&lane, &actor, &new).await;
    new.plan_hash = Some(plan.hash.clone());
    let refused = create(&lane, &actor, &new).await.unwrap_err();
    assert!(refused.to_string().contains("seed"), "{refused}");
    new.sample_seed = Some(plan.sample_seed);
    let run = create(&lane, &actor, &new).await.unwrap().run;
    assert_eq!(run.plan_hash, Some(plan.hash));
    assert_eq!(run.planned_count, plan.probe_count as i64);
    assert_eq!(run.cost_high_usd_micros, plan.cost.unwrap().high);
});

on_each_lane!(a_run_by_a_plan_whose_inputs_changed_is_refused_and_says_which, lane, {
    let (actor, new) = asked(&lane).await;
    let planned_hash = planned(&lane, &actor, &new).await.hash;
    let changed = |change: fn(&mut NewRun)| {
        let mut other = NewRun { plan_hash: Some(planned_hash.clone()), ..new.clone() };
        change(&mut other);
        other
    };
    let cases: [(NewRun, &str); 4] = [
        (changed(|new| new.sample_seed = Some(8)), "the sample"),
        (changed(|new| new.temperature = Some(0.1)), "the parameters"),
        (changed(|new| new.models.reverse()), "the models"),
        (changed(|new| new.max_tokens = Some(100)), "the parameters"),
    ];
    for (other, part) in cases {
        let refused = create(&lane, &actor, &other).await.unwrap_err();
        assert!(matches!(refused, Error::Conflict { code: "PLAN_CHANGED", .. }), "{refused}");
        assert!(refused.to_string().contains(part), "{part}: {refused}");
    }
    // Prices are inputs too.
    let mut dearer = lane.config.clone();
    for model in dearer.models.values_mut() {
        for price in &mut model.prices {
            price.output_usd *= 2.0;
        }
    }
    domain::registry::sync(&lane.db, &dearer).await.unwrap();
    let refused = create(&lane, &actor, &changed(|_| ())).await.unwrap_err().to_string();
    assert!(refused.contains("the prices") && !refused.contains("the sample"), "{refused}");
    assert_eq!(
        domain::census::take(&lane.db, &lane.config).await.unwrap().runs.len(),
        0,
        "nothing was started"
    );
});

on_each_lane!(what_a_model_answered_before_is_what_is_expected, lane, {
    let (_, run_id) = lane.run(|_| ()).await;
    for probe in lane.claim(20).await {
        lane.write(answered(&probe, lane.worker, Some(1))).await;
    }
    let run = run::find(&lane.db, run_id).await.unwrap();
    let actor = local_actor(&lane.db).await.unwrap();
    let mut new = new_run(run.definition_id.unwrap(), &["sim-oracle", "sim-balanced"]);
    new.max_tokens = Some(100);
    let plan = planned(&lane, &actor, &new).await;
    let [known, unknown] = &plan.models[..] else { panic!("{plan:?}") };
    assert_eq!((known.is_measured, known.output_tokens), (true, 12 * 5));
    assert_eq!(
        (unknown.is_measured, unknown.output_tokens),
        (false, 12 * 100),
        "300 usually, at most 100 here"
    );
});

on_each_lane!(a_model_without_a_price_has_an_unknown_cost, lane, {
    let model = toml_model();
    lane.config.models.insert("sim/free".into(), model);
    domain::registry::sync(&lane.db, &lane.config).await.unwrap();
    let (actor, mut new) = asked(&lane).await;
    new.models = test_support::new_run(new.definition_id, &["free"]).models;
    let plan = planned(&lane, &actor, &new).await;
    assert_eq!(plan.cost, None);
    assert!(plan.warnings.iter().any(|warning| warning.contains("sim/free")), "{:?}", plan.warnings);
    new.budget_usd_micros = Some(1_000);
    let refused = create(&lane, &actor, &new).await.unwrap_err().to_string();
    assert!(refused.contains("has no price"), "{refused}");
});

fn toml_model() -> domain::config::ModelConfig {
    domain::config::ModelConfig { prices: Vec::new(), ..domain::config::ModelConfig::default() }
}
