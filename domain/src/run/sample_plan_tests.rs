#![expect(clippy::unwrap_used, reason = "tests")]

use std::{collections::BTreeMap, time::Instant};

use entity::DesignKind;

use super::design;
use crate::definition::{DefinitionContent, Dimension, Expansion, fixture};

fn expansion(content: &DefinitionContent) -> Expansion {
    Expansion::new(content).unwrap()
}

fn refused(content: &DefinitionContent, size: Option<u64>) -> String {
    design(&expansion(content), size, 7).unwrap_err().to_string()
}

fn four_by_three() -> DefinitionContent {
    let names = ["a", "b", "c", "d"];
    fixture::with_dimensions(names.iter().map(|name| fixture::numbered(name, 3)).collect())
}

#[test]
fn the_least_fraction_estimates_every_effect_and_a_known_array_is_found() {
    let expansion = expansion(&four_by_three());
    let least = design(&expansion, None, 7).unwrap();
    // 1 + 4 × 2 effects, and the orthogonal array of nine rows.
    assert_eq!((least.parameter_count, least.combinations.len()), (9, 9));
    assert_eq!(least.kind, DesignKind::OrthogonalArray);
    assert!((least.d_efficiency - 1.0).abs() < 1e-9);
    assert!(least.warnings.iter().any(|warning| warning.contains("nothing to tell errors from")));
    let more = design(&expansion, Some(14), 7).unwrap();
    assert_eq!(
        (more.kind, more.combinations.len(), more.next_orthogonal_size),
        (DesignKind::DOptimal, 14, Some(27))
    );
    assert_eq!(design(&expansion, Some(14), 7).unwrap(), more);
    assert_ne!(design(&expansion, Some(14), 8).unwrap().combinations, more.combinations);
}

#[test]
fn wordings_take_turns_and_a_dimension_of_one_level_is_none() {
    let mut content = four_by_three();
    content.dimensions[1].levels[2].wordings = vec!["one".into(), "two".into(), "three".into()];
    content.dimensions.insert(0, Dimension { ..fixture::numbered("same", 1) });
    content.template.push_str("[same]");
    let expansion = expansion(&content);
    let found = design(&expansion, Some(27), 3).unwrap();
    let mut wordings: BTreeMap<usize, u32> = BTreeMap::new();
    for combination in &found.combinations {
        let choice = expansion.levels_of(*combination)[2];
        if choice.level == 2 {
            *wordings.entry(choice.wording).or_default() += 1;
        }
    }
    assert_eq!(wordings.into_values().collect::<Vec<_>>(), [3, 3, 3], "nine rows have the level");
    assert!(found.combinations.is_sorted());
}

#[test]
fn rules_are_kept_or_refused_in_words() {
    let mut content = four_by_three();
    content.rules = vec!["exclude: a=\"a 1\" AND b=\"b 2\"".into()];
    let expansion = expansion(&content);
    let found = design(&expansion, Some(12), 7).unwrap();
    assert!(found.combinations.iter().all(|combination| expansion.is_scenario(*combination)));
    // Without one of its levels, a dimension's effect cannot be estimated.
    content.rules = vec!["exclude: a=\"a 1\"".into()];
    assert!(refused(&content, Some(20)).contains("FULL or RANDOM"), "{}", refused(&content, Some(20)));
}

#[test]
fn what_cannot_be_is_refused_with_what_to_do() {
    assert!(refused(&fixture::listed(), None).contains("no dimensions"));
    assert!(refused(&fixture::with_dimensions(Vec::new()), None).contains("no dimensions"));
    assert!(refused(&four_by_three(), Some(8)).contains("at least 9"));
    assert!(refused(&four_by_three(), Some(82)).contains("81 combinations"));
}

#[test]
fn millions_of_combinations_are_not_walked_through() {
    let names = ["a", "b", "c", "d", "e", "f", "g"];
    let content = fixture::with_dimensions(names.iter().map(|name| fixture::numbered(name, 9)).collect());
    let expansion = expansion(&content);
    assert_eq!(expansion.combination_count(), 9_u64.pow(7));
    let start = Instant::now();
    let found = design(&expansion, Some(81), 7).unwrap();
    assert_eq!((found.kind, found.combinations.len()), (DesignKind::OrthogonalArray, 81));
    eprintln!("81 of 4,782,969 in {:?}", start.elapsed());
    let start = Instant::now();
    let found = design(&expansion, Some(100), 7).unwrap();
    assert_eq!((found.kind, found.combinations.len()), (DesignKind::DOptimal, 100));
    eprintln!("100 of 4,782,969 in {:?}", start.elapsed());
}
