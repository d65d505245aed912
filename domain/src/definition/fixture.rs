//! Definitions for tests.

use super::{
    DecisionSpec, DefinitionContent, Dimension, Level, Listed, ListedScenario, Requirements, ScalePoint,
};

pub(crate) fn level(score: f64, label: &str) -> Level {
    let wordings = vec![format!("the {label}")];
    Level { score: Some(score), label: label.to_owned(), wordings, target: None }
}

pub(crate) fn dimension(name: &str, labels: &[&str]) -> Dimension {
    let levels = labels.iter().zip(1_i32..).map(|(label, score)| level(score.into(), label));
    Dimension { name: name.to_owned(), description: None, levels: levels.collect() }
}

/// A dimension of numbered levels.
pub(crate) fn numbered(name: &str, count: usize) -> Dimension {
    let labels: Vec<String> = (1..=count).map(|number| format!("{name} {number}")).collect();
    dimension(name, &labels.iter().map(String::as_str).collect::<Vec<_>>())
}

pub(crate) fn with_dimensions(dimensions: Vec<Dimension>) -> DefinitionContent {
    let names: Vec<String> = dimensions.iter().map(|each| format!("[{}]", each.name)).collect();
    let point = |value, label: &str| ScalePoint { value, label: label.to_owned() };
    DefinitionContent {
        name: "Rescue".to_owned(),
        description: None,
        tags: Vec::new(),
        preamble: Some("You decide.".to_owned()),
        template: format!("{}\n[scale]", names.join(" ")),
        dimensions,
        scenarios: Listed::default(),
        follow_ups: Vec::new(),
        rules: Vec::new(),
        decision: DecisionSpec::Scale { points: vec![point(1, "Never"), point(5, "Always")] },
        max_turns: None,
        requires: Requirements::default(),
        scorers: Vec::new(),
        values: Vec::new(),
    }
}

/// `victims` (few, many) × `relation` (stranger, neighbour, close friend).
pub(crate) fn two_dimensions() -> DefinitionContent {
    with_dimensions(vec![
        dimension("victims", &["few", "many"]),
        dimension("relation", &["stranger", "neighbour", "close friend"]),
    ])
}

/// Two questions with right answers, answered freely.
pub(crate) fn listed() -> DefinitionContent {
    let scenario = |key: &str, body: &str, target: &str, number: i64| ListedScenario {
        key: key.to_owned(),
        body: body.to_owned(),
        system: None,
        target: Some(target.to_owned()),
        fields: vec![("category".to_owned(), "geography".into()), ("base_id".to_owned(), number.into())],
    };
    DefinitionContent {
        template: String::new(),
        scenarios: vec![
            scenario("peru", "What is the capital of Peru?", "Lima", 1),
            scenario("chad", "What is the capital of Chad?", "N'Djamena", 2),
        ]
        .into(),
        decision: DecisionSpec::FreeText,
        ..with_dimensions(Vec::new())
    }
}
