use std::{collections::HashSet, time::Instant};

use proptest::prelude::{Strategy, any, prop, prop_assert_eq, proptest};

use crate::definition::{
    DefinitionContent, Dimension, Expansion, Level, LevelChoice, ProblemCode, content_sha256,
    fixture::{dimension, numbered, two_dimensions, with_dimensions},
};

fn keys(content: &DefinitionContent) -> Vec<String> {
    let expansion = Expansion::new(content).unwrap();
    expansion.iter().map(|combination| expansion.scenario(combination).key).collect()
}

#[test]
fn without_dimensions_there_is_one_scenario() {
    let expansion = Expansion::new(&with_dimensions(Vec::new())).unwrap();
    assert_eq!((expansion.combination_count(), expansion.scenario_count()), (1, 1));
    assert_eq!(expansion.iter().collect::<Vec<_>>(), [0]);
    let scenario = expansion.scenario(0);
    assert_eq!((scenario.key.as_str(), scenario.levels.len()), ("base", 0));
    assert_eq!(expansion.prompts(0).first, "\n1 = Never\n5 = Always");
}

#[test]
fn the_first_dimension_varies_slowest() {
    assert_eq!(
        keys(&two_dimensions()),
        [
            "relation=stranger;victims=few",
            "relation=neighbour;victims=few",
            "relation=close friend;victims=few",
            "relation=stranger;victims=many",
            "relation=neighbour;victims=many",
            "relation=close friend;victims=many",
        ]
    );
}

#[test]
fn wordings_are_variants_with_keys_of_their_own() {
    let mut content = two_dimensions();
    content.dimensions.pop();
    content.template = "[victims] [scale]".to_owned();
    content.dimensions[0].levels[0].wordings.push("a few".to_owned());
    assert_eq!(keys(&content), ["victims=few", "victims=few~2", "victims=many"]);
    let expansion = Expansion::new(&content).unwrap();
    assert_eq!(expansion.levels_of(1), [LevelChoice { dimension: 0, level: 0, wording: 1 }]);
    assert!(expansion.prompts(1).first.starts_with("a few "));
}

#[test]
fn rules_leave_out_what_they_name() {
    let excluded = |rules: &[&str]| {
        let mut content = two_dimensions();
        content.rules = rules.iter().map(|rule| (*rule).to_owned()).collect();
        let expansion = Expansion::new(&content).unwrap();
        let left: Vec<u64> = expansion.iter().collect();
        assert_eq!(left.len() as u64, expansion.scenario_count());
        (0..6).filter(|each| !left.contains(each)).collect::<Vec<u64>>()
    };
    assert!(excluded(&[]).is_empty());
    assert_eq!(excluded(&["exclude: victims=1"]), [0, 1, 2]);
    assert_eq!(excluded(&["exclude: victims=few AND relation>=2"]), [1, 2]);
    assert_eq!(excluded(&["exclude: relation=\"close friend\""]), [2, 5]);
    assert_eq!(excluded(&["exclude: relation IN (1, 'close friend') AND victims!=1"]), [3, 5]);
    assert_eq!(excluded(&["exclude: relation NOT IN (stranger, neighbour)"]), [2, 5]);
    assert_eq!(excluded(&["exclude: NOT (relation<3 OR victims=2)"]), [2]);
    assert_eq!(excluded(&["exclude: relation>1 AND relation<=2", "exclude: victims=2"]), [1, 3, 4, 5]);
    assert!(excluded(&["exclude: relation>99"]).is_empty());
}

#[test]
fn a_number_means_a_label_where_no_score_fits() {
    let mut content = with_dimensions(vec![dimension("year", &["1990", "2000"])]);
    content.rules = vec!["exclude: year=1990".to_owned()];
    assert_eq!(keys(&content), ["year=2000"]);
    // A quoted number is always a label.
    content.rules = vec!["exclude: year=\"1\"".to_owned()];
    assert_eq!(Expansion::new(&content).unwrap_err()[0].code, ProblemCode::RuleUnknownLevel);
}

#[test]
fn a_combination_out_of_range_does_no_harm() {
    let expansion = Expansion::new(&two_dimensions()).unwrap();
    assert!(!expansion.is_scenario(6));
    assert!(!expansion.is_scenario(u64::MAX));
    assert_eq!(expansion.scenario(u64::MAX).levels.len(), 2);
    expansion.prompts(u64::MAX);
}

#[test]
fn keys_survive_a_change_of_order() {
    let content = two_dimensions();
    let mut other = content.clone();
    other.dimensions.reverse();
    other.dimensions[0].levels.reverse();
    let sorted = |content| keys(content).into_iter().collect::<HashSet<_>>();
    assert_eq!(sorted(&content), sorted(&other));
    assert_ne!(content_sha256(&content), content_sha256(&other));
}

#[test]
fn the_fingerprint_is_that_of_the_documented_form() {
    // sha256 of {"decision":{"scale":[{"label":"Never","value":1},{"label":"Always","value":5}]},
    // "name":"Rescue","preamble":"You decide.","template":"\n[scale]"} without the line break.
    let expected = "7f78019bfbdb46c61e51723996bfc7027a2a7c91de7596cd9721c61218d1f0a2";
    assert_eq!(content_sha256(&with_dimensions(Vec::new())), expected);
}

/// Small contents with rules of every kind.
fn small() -> impl Strategy<Value = (DefinitionContent, Vec<(usize, usize, bool)>)> {
    let dimensions = prop::collection::vec(prop::collection::vec(1_usize..3, 1..4), 1..4);
    let pairs = prop::collection::vec((any::<usize>(), any::<usize>(), any::<bool>()), 0..5);
    (dimensions, pairs).prop_map(|(shape, pairs)| {
        let dimensions = shape
            .iter()
            .enumerate()
            .map(|(number, wordings)| Dimension {
                name: format!("d{number}"),
                description: None,
                levels: wordings
                    .iter()
                    .enumerate()
                    .map(|(level, count)| Level {
                        score: Some(level as f64),
                        label: format!("l{level}"),
                        wordings: (0..*count).map(|wording| format!("w{wording}")).collect(),
                        target: None,
                    })
                    .collect(),
            })
            .collect();
        let pairs = pairs
            .into_iter()
            .map(|(dimension, level, negated)| {
                let dimension = dimension % shape.len();
                (dimension, level % shape[dimension].len(), negated)
            })
            .collect();
        (with_dimensions(dimensions), pairs)
    })
}

proptest! {
    #[test]
    fn counting_and_iterating_agree_with_testing_every_combination((mut content, pairs) in small()) {
        let condition = |(dimension, level, negated): &(usize, usize, bool)| {
            format!("d{dimension}{}{level}", if *negated { "!=" } else { "=" })
        };
        let rules = pairs.chunks(2).map(|pair| {
            format!("exclude: {}", pair.iter().map(condition).collect::<Vec<_>>().join(" AND "))
        });
        content.rules = rules.collect();
        let mut free = content.clone();
        free.rules.clear();
        let all = Expansion::new(&free).unwrap();
        let expected: Vec<u64> = all.iter().filter(|combination| {
            let levels = all.levels_of(*combination);
            !pairs.chunks(2).any(|pair| pair.iter().all(|(dimension, level, negated)| {
                (levels[*dimension].level == *level) != *negated
            }))
        }).collect();
        prop_assert_eq!(all.scenario_count(), all.combination_count());
        match Expansion::new(&content) {
            Ok(expansion) => {
                prop_assert_eq!(expansion.scenario_count(), expected.len() as u64);
                prop_assert_eq!(expansion.iter().collect::<Vec<_>>(), &expected[..]);
                let tested: Vec<u64> = (0..all.combination_count()).filter(|each| expansion.is_scenario(*each)).collect();
                prop_assert_eq!(tested, expected);
                let keys: HashSet<String> = expansion.iter().map(|each| expansion.scenario(each).key).collect();
                prop_assert_eq!(keys.len() as u64, expansion.scenario_count());
            }
            Err(problems) => {
                prop_assert_eq!(problems[0].code, ProblemCode::NoScenario);
                prop_assert_eq!(expected, Vec::<u64>::new());
            }
        }
    }
}

#[test]
fn ten_million_combinations_are_counted_and_walked_without_being_held() {
    let dimensions = ["a", "b", "c", "d", "e", "f", "g"].map(|name| numbered(name, 10));
    let mut content = with_dimensions(dimensions.into());
    content.rules =
        ["exclude: a=1 AND g>5", "exclude: c IN (2, 3) AND NOT (e<4 OR g=\"g 7\")"].map(str::to_owned).into();
    let started = Instant::now();
    let expansion = Expansion::new(&content).unwrap();
    let counted = started.elapsed();
    let walked = expansion.iter().count() as u64;
    eprintln!("counted in {counted:?}, walked in {:?}", started.elapsed() - counted);
    assert_eq!(expansion.combination_count(), 10_000_000);
    // Left by the first rule: 9,500,000. Excluded by the second alone: a ≠ 1 or g ≤ 5.
    let second = 9 * 2 * 7 * 9 * 1_000 + 2 * 7 * 5 * 1_000;
    assert_eq!(expansion.scenario_count(), 9_500_000 - second);
    assert_eq!(walked, expansion.scenario_count());
}

#[test]
fn a_million_combinations_are_previewed_in_the_memory_of_one() {
    let dimensions = ["a", "b", "c", "d", "e", "f"].map(|name| numbered(name, 10));
    let expansion = Expansion::new(&with_dimensions(dimensions.into())).unwrap();
    let last = expansion.iter().map(|each| expansion.scenario(each).key.len()).last();
    assert_eq!(last, Some("a=a 10;b=b 10;c=c 10;d=d 10;e=e 10;f=f 10".len()));
    // The walk holds one number per dimension, whatever is asked of it.
    assert_eq!(expansion.iter().take(3).collect::<Vec<_>>(), [0, 1, 2]);
}
