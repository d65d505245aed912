use serde_json::json;
use sim::{Faults, Profiles, Sim, SimOptions};

use crate::{DILEMMA, ask, body, decided, post, say, start};

#[tokio::test]
async fn the_same_request_gets_the_same_answer_from_every_server_of_one_seed() {
    let (one, other) = (start(Faults::none()).await, start(Faults::none()).await);
    let mut differs_by_server_seed = false;
    let reseeded = SimOptions { seed: 1, ..SimOptions::default() };
    let reseeded = Sim::start(reseeded).await.unwrap();
    for seed in 0..20 {
        let request = body("sim-balanced", DILEMMA, seed);
        let answer = say(&one, &request).await;
        assert_eq!(answer, say(&one, &request).await);
        assert_eq!(answer, say(&other, &request).await);
        differs_by_server_seed |= answer != say(&reseeded, &request).await;
    }
    assert!(differs_by_server_seed);
}

#[tokio::test]
async fn an_answer_is_the_one_it_was_on_every_platform() {
    let sim = start(Faults::none()).await;
    let answers = [
        say(&sim, &body("sim-steadfast", DILEMMA, 1)).await,
        say(&sim, &body("sim-utilitarian", DILEMMA, 1)).await,
    ];
    assert_eq!(answers.map(|text| decided(&text)), PINNED);
}

const PINNED: [Option<i64>; 2] = [Some(2), Some(3)];

#[tokio::test]
async fn the_models_value_numbers_and_closeness_differently() {
    let sim = start(Faults::none()).await;
    let mut means = Vec::new();
    for (model, situation) in [
        ("sim-utilitarian", "one person, a stranger, unlikely to live"),
        ("sim-utilitarian", "twenty strangers, certain to live"),
        ("sim-steadfast", "twenty strangers, certain to live"),
        ("sim-cautious", "a child, certain to live"),
        ("sim-cautious", "a stranger, unlikely to live"),
    ] {
        let prompt = format!("At stake: {situation}. Act?\n1 = no\n2 = -\n3 = -\n4 = -\n5 = yes");
        let mut values = Vec::new();
        for seed in 0..20 {
            values.extend(decided(&say(&sim, &body(model, &prompt, seed)).await));
        }
        means.push(values.iter().sum::<i64>() as f64 / values.len() as f64);
    }
    let [few, many, steadfast, child, stranger] = means[..] else { panic!("{means:?}") };
    assert!(few + 1.5 < many, "{means:?}");
    assert!(steadfast + 1.0 < many, "{means:?}");
    assert!(stranger + 1.0 < child, "{means:?}");
}

#[tokio::test]
async fn a_changed_profile_changes_the_answers() {
    let sim = start(Faults::none()).await;
    let request = body("sim-steadfast", DILEMMA, 4);
    let before = decided(&say(&sim, &request).await).unwrap();
    let mut profiles = Profiles::builtin();
    profiles.get_mut("sim-steadfast").unwrap().bias = 0.95;
    sim.set_profiles(profiles);
    let after = decided(&say(&sim, &request).await).unwrap();
    assert!(after > before, "{before} {after}");
}

#[tokio::test]
async fn facts_are_right_as_often_as_the_profile_says() {
    let sim = start(Faults::none()).await;
    let prompt = "What is the capital of Australia?\n\
        Answer with exactly one of: Sydney, Canberra, Melbourne, Perth.";
    assert!(say(&sim, &body("sim-oracle", prompt, 1)).await.contains("Canberra"));
    let mut profiles = Profiles::builtin();
    profiles.get_mut("sim-oracle").unwrap().accuracy = 0.0;
    sim.set_profiles(profiles);
    let wrong = say(&sim, &body("sim-oracle", prompt, 1)).await;
    assert!(!wrong.contains("Canberra"), "{wrong}");
    assert!(["Sydney", "Melbourne", "Perth"].iter().any(|name| wrong.contains(name)), "{wrong}");
}

#[tokio::test]
async fn a_follow_up_restates_the_decision_of_a_model_that_never_revises() {
    let sim = start(Faults::none()).await;
    let mut profiles = Profiles::builtin();
    let profile = profiles.get_mut("sim-balanced").unwrap();
    (profile.revision_rate, profile.unreadable_rate) = (0.0, 0.0);
    sim.set_profiles(profiles.clone());
    let first = say(&sim, &body("sim-balanced", DILEMMA, 5)).await;
    let mut request = body("sim-balanced", DILEMMA, 5);
    let messages = request["messages"].as_array_mut().unwrap();
    messages.push(json!({ "role": "assistant", "content": first }));
    messages.push(json!({ "role": "user", "content": "Are you sure?" }));
    let second = say(&sim, &request).await;
    assert_eq!(decided(&first), decided(&second));

    profiles.get_mut("sim-balanced").unwrap().revision_rate = 1.0;
    sim.set_profiles(profiles);
    let revised = say(&sim, &request).await;
    assert_eq!(decided(&first).unwrap().abs_diff(decided(&revised).unwrap()), 1);
}

#[tokio::test]
async fn an_answer_names_its_version_and_has_the_vendors_headers() {
    let sim = start(Faults::none()).await;
    let response = post(&sim, &body("sim-balanced", DILEMMA, 1)).await.unwrap();
    for header in ["x-request-id", "openai-processing-ms", "x-ratelimit-remaining-requests"] {
        assert!(response.headers().contains_key(header), "{header}");
    }
    let answer: serde_json::Value = response.json().await.unwrap();
    assert_eq!(answer["model"], "sim-balanced-2026-09-01");
    let older = ask(&sim, &body("sim-balanced-2026-03-10", DILEMMA, 1)).await;
    assert_eq!(older["model"], "sim-balanced-2026-03-10");
}

#[tokio::test]
async fn only_loopback_addresses_are_served() {
    let options = SimOptions { addr: "0.0.0.0:0".parse().unwrap(), ..SimOptions::default() };
    let error = Sim::start(options).await.unwrap_err().to_string();
    assert!(error.contains("loopback"), "{error}");
}
