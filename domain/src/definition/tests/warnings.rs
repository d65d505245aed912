use crate::definition::{
    DecisionSpec, DefinitionContent, WarningCode,
    fixture::{dimension, numbered, two_dimensions, with_dimensions},
    validate,
};

fn codes(content: &DefinitionContent) -> Vec<WarningCode> {
    let report = validate(content);
    assert_eq!(report.problems, []);
    report.warnings.into_iter().map(|warning| warning.code).collect()
}

fn changed(change: impl FnOnce(&mut DefinitionContent)) -> Vec<WarningCode> {
    let mut content = two_dimensions();
    change(&mut content);
    codes(&content)
}

#[test]
fn what_is_suspicious_is_named() {
    assert_eq!(changed(|_| {}), []);
    assert_eq!(changed(|c| c.preamble = None), [WarningCode::NoPreamble]);
    assert_eq!(changed(|c| c.preamble = Some(" ".into())), [WarningCode::NoPreamble]);
    assert_eq!(changed(|c| c.template = "[victims] [scale]".into()), [WarningCode::UnusedDimension]);
    assert_eq!(changed(|c| c.dimensions[0].levels.truncate(1)), [WarningCode::SingleLevel]);
    assert_eq!(changed(|c| c.dimensions[0].levels[1].score = None), [WarningCode::PartialScores]);
    assert_eq!(changed(|c| c.dimensions[0].levels[1].score = Some(1.0)), [WarningCode::DuplicateScore]);
    assert_eq!(
        changed(|c| c.dimensions[0].levels.iter_mut().for_each(|level| level.score = None)),
        [WarningCode::NoScores]
    );
    assert_eq!(changed(|c| c.rules.push("exclude: victims>9".into())), [WarningCode::IdleRule]);
    assert_eq!(changed(|c| c.rules.push("exclude: victims=1".into())), []);
    assert_eq!(
        changed(|c| c.dimensions[0].levels[0].wordings[0] = "x [relation]".into()),
        [WarningCode::PlaceholderInWording]
    );
}

#[test]
fn a_dimension_used_only_in_a_follow_up_is_used() {
    let used = changed(|content| {
        content.template = "[victims] [scale]".into();
        content.follow_ups.push("And for [relation]?".into());
    });
    assert_eq!(used, []);
}

#[test]
fn a_thousand_scenarios_are_many() {
    let content = |count| with_dimensions(vec![numbered("a", count), dimension("b", &["x", "y"])]);
    assert_eq!(codes(&content(499)), []);
    assert_eq!(codes(&content(500)), [WarningCode::ManyScenarios]);
}

#[test]
fn a_prompt_that_never_says_how_to_decide_is_suspicious() {
    let silent = |template: &str| changed(|c| c.template = format!("[victims] [relation] {template}"));
    assert_eq!(silent("Well?"), [WarningCode::DecisionNotMentioned]);
    assert_eq!(silent("From 10 to 55?"), [WarningCode::DecisionNotMentioned]);
    assert_eq!(silent("From 1 to 5?"), []);
    assert_eq!(silent("[scale]"), []);
}

#[test]
fn targets_stand_in_for_scores_but_should_be_complete() {
    let mut content = two_dimensions();
    let choice = |name: &str| crate::definition::Choice {
        name: name.to_owned(),
        label: None,
        aliases: Vec::new(),
        score: None,
    };
    content.decision = DecisionSpec::Choice { choices: vec![choice("yes"), choice("no")] };
    content.template = "[victims] [relation]: yes or no?".to_owned();
    for level in &mut content.dimensions[0].levels {
        level.score = None;
        level.target = Some("yes".to_owned());
    }
    assert_eq!(codes(&content), []);
    content.dimensions[0].levels[0].target = None;
    assert_eq!(codes(&content), [WarningCode::PartialTargets]);
}
