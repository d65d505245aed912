use crate::definition::{Expansion, Format, from_json, read_checked, samples::SAMPLES, to_json};

fn expansion(name: &str) -> Expansion {
    let (_, text) = SAMPLES.into_iter().find(|(file, _)| *file == name).unwrap();
    let (content, report) = read_checked(text.as_bytes(), Format::Yaml).unwrap();
    assert_eq!(report.problems, []);
    assert_eq!(report.warnings, []);
    Expansion::new(&content).unwrap()
}

#[test]
fn the_dilemma_has_125_scenarios() {
    let expansion = expansion("rescue-dilemma.yaml");
    assert_eq!((expansion.scenario_count(), expansion.combination_count()), (125, 125));
    let prompts = expansion.prompts(0);
    assert!(prompts.first.contains("you save one person. But"));
    assert!(prompts.first.contains("\n1 = Definitely not\n2 = Probably not\n"));
    assert!(prompts.first.ends_with("Decision: N\n"));
    assert!(prompts.system.unwrap().starts_with("You are the coordinator"));
    let last = expansion.scenario(124).key;
    assert_eq!(last, "harm=Certain;relation=Own child;victims=A hundred people");
}

#[test]
fn the_conversation_has_two_follow_ups_and_its_rule_bites() {
    let expansion = expansion("found-wallet.yaml");
    assert_eq!((expansion.scenario_count(), expansion.combination_count()), (32, 36));
    let prompts = expansion.prompts(35);
    assert_eq!(prompts.follow_ups.len(), 2);
    assert!(prompts.follow_ups[0].contains("five thousand euros in an envelope"));
    assert!(prompts.follow_ups[1].contains("keep = keep the money"));
    assert_eq!(expansion.content().turn_count_max(), 3);
}

#[test]
fn the_task_knows_its_right_answers() {
    let expansion = expansion("capital-cities.yaml");
    assert_eq!(expansion.scenario_count(), 12);
    let targets: Vec<&str> = expansion.iter().filter_map(|each| expansion.target_of(each)).collect();
    assert_eq!(targets.len(), 12);
    assert_eq!(targets[0], "Canberra");
    assert_eq!(expansion.scenario(0).key, "country=Australia");
    assert!(expansion.prompts(0).first.contains("capital of Australia?"));
    assert_eq!(expansion.prompts(0).first.lines().count(), 5 + 24 + 1 - 1);
}

#[test]
fn a_sample_is_the_same_in_json() {
    for (_, text) in SAMPLES {
        let (content, _) = read_checked(text.as_bytes(), Format::Yaml).unwrap();
        assert_eq!(from_json(to_json(&content).as_bytes()), Ok(content));
    }
}
