use super::*;
use crate::definition::Choice;

fn scorer(kind: ScorerKind) -> Scorer {
    Scorer {
        name: "s".into(),
        kind,
        of: ScoredText::LastAnswer,
        expected: None,
        pattern: None,
        schema: None,
        tolerance: None,
        is_relative: false,
        ignore_case: false,
        criteria: None,
        scale: Vec::new(),
    }
}

fn value(scorer: &Scorer, answer: &str, target: Option<&str>) -> Option<f64> {
    let choice = |name: &str| Choice { name: name.into(), label: None, aliases: Vec::new(), score: None };
    let decision = DecisionSpec::Choice { choices: vec![choice("Lima"), choice("Quito")] };
    CompiledScorer::new(scorer, &decision)
        .unwrap()
        .score(&["Before: 12.", answer], target)
        .map(|score| score.value)
}

fn expecting(kind: ScorerKind, expected: &str) -> Scorer {
    Scorer { expected: Some(expected.into()), ..scorer(kind) }
}

#[test]
fn exact_and_normalised_text_differ_in_what_they_forgive() {
    let exact = expecting(ScorerKind::Exact, "Lima");
    assert_eq!(value(&exact, " Lima\n", None), Some(1.0));
    assert_eq!(value(&exact, "lima", None), Some(0.0));
    let normalized = expecting(ScorerKind::Normalized, "New  York");
    assert_eq!(value(&normalized, "new york.", None), Some(1.0));
    assert_eq!(value(&normalized, "new york city", None), Some(0.0));
}

#[test]
fn what_is_expected_is_the_target_where_nothing_else_is_said_and_no_target_is_no_score() {
    for kind in [ScorerKind::Exact, ScorerKind::Normalized, ScorerKind::Includes, ScorerKind::MultipleChoice]
    {
        assert_eq!(value(&scorer(kind), "Lima", Some("Lima")), Some(1.0), "{kind:?}");
        assert_eq!(value(&scorer(kind), "Quito", Some("Lima")), Some(0.0), "{kind:?}");
        assert_eq!(value(&scorer(kind), "Lima", None), None, "{kind:?}");
    }
}

#[test]
fn includes_takes_case_as_it_is_told() {
    let includes = expecting(ScorerKind::Includes, "LIMA");
    assert_eq!(value(&includes, "It is Lima.", None), Some(0.0));
    assert_eq!(value(&Scorer { ignore_case: true, ..includes }, "It is Lima.", None), Some(1.0));
    let sharp = Scorer { ignore_case: true, ..expecting(ScorerKind::Includes, "STRASSE") };
    assert_eq!(value(&sharp, "In der Straße.", None), Some(1.0));
}

#[test]
fn a_pattern_is_found_or_what_it_captures_is_compared() {
    let pattern = Scorer { pattern: Some(r"answer:\s*(\w+)".into()), ..scorer(ScorerKind::Regex) };
    assert_eq!(value(&pattern, "answer: Lima", None), Some(1.0));
    assert_eq!(value(&pattern, "Answer: Lima", None), Some(0.0));
    assert_eq!(value(&Scorer { ignore_case: true, ..pattern.clone() }, "Answer: Lima", None), Some(1.0));
    let captured = Scorer { expected: Some("lima".into()), ..pattern };
    assert_eq!(value(&captured, "answer: Quito, no, answer: Lima", None), Some(1.0), "the last one counts");
    assert_eq!(value(&captured, "answer: Lima, no, answer: Quito", None), Some(0.0));
}

#[test]
fn a_pattern_that_explodes_elsewhere_is_quick() {
    let pattern = Scorer { pattern: Some("(a+)+$".into()), ..scorer(ScorerKind::Regex) };
    assert_eq!(value(&pattern, &("a".repeat(200_000) + "!"), None), Some(0.0));
    assert!(super::pattern(r"(?=a)", false).is_err(), "no look-around");
    assert!(super::pattern(r"\w{1000}{1000}", false).is_err(), "nothing that grows beyond measure");
}

#[test]
fn the_last_number_is_compared_within_its_tolerance() {
    for (text, number) in [
        ("It is 42", Some(42.0)),
        ("1,234.5 apples", Some(1234.5)),
        ("from 3 to −7", Some(-7.0)),
        ("5-3", Some(3.0)),
        ("1.5e3", Some(1500.0)),
        ("about .5", Some(0.5)),
        ("12.", Some(12.0)),
        ("none", None),
        ("1e999", None),
    ] {
        assert_eq!(last_number(text), number, "{text}");
    }
    let exact = expecting(ScorerKind::Numeric, "0.3");
    assert_eq!(value(&exact, "0.3", None), Some(1.0));
    assert_eq!(value(&exact, "0.31", None), Some(0.0));
    let absolute = Scorer { tolerance: Some(0.01), ..exact };
    assert_eq!(value(&absolute, "It is 0.31.", None), Some(1.0), "the end counts");
    assert_eq!(value(&absolute, "0.311", None), Some(0.0));
    let relative =
        Scorer { tolerance: Some(0.1), is_relative: true, ..expecting(ScorerKind::Numeric, "-200") };
    assert_eq!(value(&relative, "-181", None), Some(1.0));
    assert_eq!(value(&relative, "-179", None), Some(0.0));
    assert_eq!(value(&relative, "no idea", None), Some(0.0));
}

#[test]
fn json_fits_a_schema_also_in_a_fence() {
    let schema = r#"{"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}"#;
    let fits = Scorer { schema: Some(schema.into()), ..scorer(ScorerKind::JsonSchema) };
    assert_eq!(value(&fits, r#"{"a": 1}"#, None), Some(1.0));
    assert_eq!(value(&fits, "```json\n{\"a\": 1}\n```", None), Some(1.0));
    assert_eq!(value(&fits, r#"{"a": "1"}"#, None), Some(0.0));
    assert_eq!(value(&fits, "Sure: {\"a\": 1}", None), Some(0.0));
    assert!(super::schema("{").is_err());
    assert!(super::schema(r#"{"type": "nothing"}"#).is_err());
    assert!(super::schema(r#"{"$ref": "http://127.0.0.1:9/schema.json"}"#).is_err(), "nothing is fetched");
}

#[test]
fn a_choice_is_read_as_decisions_are() {
    let right = expecting(ScorerKind::MultipleChoice, "Lima");
    assert_eq!(value(&right, "I choose Lima.", None), Some(1.0));
    assert_eq!(value(&right, "I choose Quito.", None), Some(0.0));
    assert_eq!(value(&right, "Lima or Quito", None), Some(0.0));
}

#[test]
fn all_answers_are_looked_at_where_that_is_asked_for() {
    let last = expecting(ScorerKind::Includes, "Before");
    assert_eq!(value(&last, "After", None), Some(0.0));
    assert_eq!(value(&Scorer { of: ScoredText::AllAnswers, ..last }, "After", None), Some(1.0));
}

#[test]
fn another_setting_is_another_version_and_another_name_is_not() {
    let scorer = expecting(ScorerKind::Numeric, "1");
    let version = version_of(&scorer);
    assert!(version.starts_with("numeric-1-"), "{version}");
    assert_eq!(version_of(&Scorer { name: "other".into(), ..scorer.clone() }), version);
    assert_ne!(version_of(&Scorer { tolerance: Some(0.5), ..scorer }), version);
}
