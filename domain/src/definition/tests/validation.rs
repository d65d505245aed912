use super::{only_problem, problems};
use crate::definition::{
    Choice, DecisionSpec, DefinitionContent, Expansion, ProblemCode, ScalePoint, csv_columns,
    fixture::{numbered, two_dimensions, with_dimensions},
};

fn changed(change: impl FnOnce(&mut DefinitionContent)) -> DefinitionContent {
    let mut content = two_dimensions();
    change(&mut content);
    content
}

fn code_of(change: impl FnOnce(&mut DefinitionContent)) -> (ProblemCode, String) {
    let problem = only_problem(&changed(change));
    assert!(!problem.message.is_empty() && !problem.fix.is_empty());
    (problem.code, problem.path)
}

fn choices(names: &[&str]) -> Vec<Choice> {
    let choice =
        |name: &&str| Choice { name: (*name).to_owned(), label: None, aliases: Vec::new(), score: None };
    names.iter().map(choice).collect()
}

fn with_choices(names: &[&str]) -> DefinitionContent {
    changed(|content| {
        content.decision = DecisionSpec::Choice { choices: choices(names) };
        content.template = "[victims] [relation] [choices]".to_owned();
    })
}

#[test]
fn a_sound_definition_has_no_problem() {
    assert_eq!(problems(&two_dimensions()), []);
}

#[test]
fn each_text_has_its_rules() {
    use ProblemCode as Code;
    let at = |code, path: &str| (code, path.to_owned());
    assert_eq!(code_of(|c| c.name = " ".into()), at(Code::EmptyName, "name"));
    assert_eq!(code_of(|c| c.name = "é".repeat(201)), at(Code::NameTooLong, "name"));
    assert_eq!(problems(&changed(|c| c.name = "é".repeat(200))), []);
    assert_eq!(code_of(|c| c.name = "a\nb".into()), at(Code::LineBreak, "name"));
    assert_eq!(code_of(|c| c.template = "\n".into()), at(Code::EmptyTemplate, "template"));
    assert_eq!(code_of(|c| c.template.push('\0')), at(Code::ControlCharacter, "template"));
    assert_eq!(problems(&changed(|c| c.template.push_str("\r\n\té\u{202e}א👩‍👧"))), []);
    assert_eq!(code_of(|c| c.follow_ups.push(String::new())), at(Code::EmptyFollowUp, "follow_ups[0]"));
    assert_eq!(code_of(|c| c.tags.push(" ".into())), at(Code::EmptyTag, "tags[0]"));
    assert_eq!(code_of(|c| c.preamble = Some("[x]".into())), at(Code::UnknownPlaceholder, "preamble"));
    assert_eq!(code_of(|c| c.follow_ups.push("[x]".into())), at(Code::UnknownPlaceholder, "follow_ups[0]"));
    assert_eq!(code_of(|c| c.template = "x".repeat(1_000_001)), at(Code::TooLarge, ""));
}

#[test]
fn a_control_character_is_found_where_it_stands() {
    let problem = only_problem(&changed(|c| c.dimensions[1].levels[2].wordings[0] = "a\n b\u{1b}".into()));
    assert_eq!(problem.path, "dimensions[1].levels[2].wordings[0]");
    let position = problem.within.unwrap();
    assert_eq!((position.line, position.column), (2, 3));
    assert!(problem.message.contains("U+001B"));
}

#[test]
fn each_dimension_has_its_rules() {
    use ProblemCode as Code;
    let at = |code, path: &str| (code, path.to_owned());
    let named = |name: &str| {
        let mut content = with_dimensions(vec![numbered("victims", 2), numbered("relation", 2)]);
        content.dimensions[1].name = name.to_owned();
        content.template = "[victims] [scale]".to_owned();
        let problem = only_problem(&content);
        assert_eq!(problem.path, "dimensions[1].name");
        (problem.code, problem.fix)
    };
    assert_eq!(named("my role"), (Code::InvalidDimensionName, "Write `my_role`.".to_owned()));
    assert_eq!(named("").0, Code::InvalidDimensionName);
    assert_eq!(named("1st").0, Code::InvalidDimensionName);
    assert_eq!(named("VICTIMS").0, Code::DuplicateDimension);
    assert_eq!(named("victims_score").0, Code::CollidingColumn);
    assert_eq!(named("choices").0, Code::ReservedDimensionName);
    assert_eq!(named(&"a".repeat(61)).0, Code::NameTooLong);
    assert_eq!(csv_columns("a"), ["dim_a", "dim_a_score"]);

    assert_eq!(code_of(|c| c.dimensions[1].levels.clear()), at(Code::EmptyDimension, "dimensions[1].levels"));
    let level = "dimensions[0].levels[1]";
    assert_eq!(
        code_of(|c| c.dimensions[0].levels[1].wordings.clear()),
        at(Code::EmptyLevel, &format!("{level}.wordings"))
    );
    assert_eq!(
        code_of(|c| c.dimensions[0].levels[1].wordings[0] = " ".into()),
        at(Code::EmptyLevel, &format!("{level}.wordings[0]"))
    );
    assert_eq!(
        code_of(|c| c.dimensions[0].levels[1].label = "".into()),
        at(Code::EmptyLabel, &format!("{level}.label"))
    );
    assert_eq!(
        code_of(|c| c.dimensions[0].levels[1].label = "few".into()),
        at(Code::DuplicateLabel, &format!("{level}.label"))
    );
    assert_eq!(
        code_of(|c| c.dimensions[0].levels[1].score = Some(f64::NAN)),
        at(Code::InvalidScore, &format!("{level}.score"))
    );
}

#[test]
fn a_name_in_any_script_is_allowed() {
    let mut content = two_dimensions();
    content.dimensions[0].name = "größe_人".to_owned();
    content.template = "[größe_人] [relation] [scale]".to_owned();
    assert_eq!(problems(&content), []);
}

#[test]
fn each_decision_has_its_rules() {
    use ProblemCode as Code;
    let at = |code, path: &str| (code, path.to_owned());
    let scale = |values: &[i64]| {
        let points = values.iter().map(|value| ScalePoint { value: *value, label: String::new() });
        code_of(|c| c.decision = DecisionSpec::Scale { points: points.collect() })
    };
    assert_eq!(scale(&[1]), at(Code::ScaleTooShort, "decision.scale"));
    assert_eq!(scale(&[1, 2, 1]), at(Code::DuplicateScaleValue, "decision.scale[2].value"));
    let first = |content: &DefinitionContent| problems(content).remove(0);
    assert_eq!(first(&with_choices(&["A"])), at(Code::TooFewChoices, "decision.choices"));
    assert_eq!(first(&with_choices(&["A", " a "])), at(Code::DuplicateChoice, "decision.choices[1].name"));
    assert_eq!(first(&with_choices(&["A", ""])), at(Code::EmptyChoice, "decision.choices[1].name"));
    let mut content = with_choices(&["A", "B"]);
    if let DecisionSpec::Choice { choices } = &mut content.decision {
        choices[1].aliases.push("a".to_owned());
    }
    assert_eq!(first(&content), at(Code::DuplicateChoice, "decision.choices[1].aliases[0]"));
}

#[test]
fn a_target_must_be_a_choice_and_say_so_once() {
    let mut content = with_choices(&["Paris", "Rome"]);
    content.dimensions[0].levels[0].target = Some("paris".to_owned());
    let problem = only_problem(&content);
    assert_eq!((problem.code, problem.fix.as_str()), (ProblemCode::UnknownTarget, "Did you mean \"Paris\"?"));
    content.dimensions[0].levels[0].target = Some("Paris".to_owned());
    assert_eq!(problems(&content), []);
    content.dimensions[1].levels[0].target = Some("Rome".to_owned());
    assert_eq!(only_problem(&content).code, ProblemCode::AmbiguousTarget);
    let on_a_scale = |c: &mut DefinitionContent| c.dimensions[0].levels[0].target = Some("1".into());
    assert_eq!(code_of(on_a_scale).0, ProblemCode::UnknownTarget);
}

#[test]
fn a_wrong_rule_says_where_and_what_was_meant() {
    let rule = |text: &str| {
        let problem = only_problem(&changed(|content| content.rules.push(text.to_owned())));
        assert_eq!(problem.path, "rules[0]");
        (problem.code, problem.within.unwrap().column, problem.fix)
    };
    use ProblemCode as Code;
    assert_eq!(rule("exclude: victims=1 AND").0, Code::RuleSyntax);
    assert_eq!(rule("exclude: victim=1"), (Code::RuleUnknownDimension, 10, "Did you mean `victims`?".into()));
    assert_eq!(
        rule("exclude: relation=neighbor"),
        (Code::RuleUnknownLevel, 19, "Did you mean \"neighbour\"?".into())
    );
    let (code, column, fix) = rule("exclude: victims=77");
    assert_eq!((code, column), (Code::RuleUnknownLevel, 18));
    assert_eq!(fix, "Its labels are \"few\", \"many\"; its scores are 1, 2.");
    assert_eq!(rule("exclude: victims<many").0, Code::RuleSyntax);
    let mut content = changed(|content| content.rules.push("exclude: victims>1".to_owned()));
    content.dimensions[0].levels.iter_mut().for_each(|level| level.score = None);
    assert_eq!(only_problem(&content).code, Code::RuleWithoutScores);
}

#[test]
fn rules_may_neither_leave_nothing_nor_grow_without_end() {
    let rules = |texts: Vec<String>| code_of(|content| content.rules = texts);
    let none = rules(vec!["exclude: victims=1".into(), "exclude: victims=2".into()]);
    assert_eq!(none, (ProblemCode::NoScenario, "rules".to_owned()));
    let many = rules(vec![["victims=1 AND relation=1"; 600].join(" OR ").replacen("", "exclude: ", 1)]);
    assert_eq!(many.0, ProblemCode::TooManyConditions);
}

#[test]
fn more_combinations_than_allowed_are_refused_before_they_are_made() {
    let names: Vec<String> = (0..64).map(|number| format!("d{number}")).collect();
    let content = with_dimensions(names.iter().map(|name| numbered(name, 100)).collect());
    assert_eq!(only_problem(&content).code, ProblemCode::TooManyCombinations);
    assert!(Expansion::new(&content).is_err());
    let ten = |count| with_dimensions(names[..7].iter().map(|name| numbered(name, count)).collect());
    assert_eq!(problems(&ten(10)), []);
    assert_eq!(only_problem(&ten(11)).code, ProblemCode::TooManyCombinations);
    let wide = with_dimensions((0..65).map(|number| numbered(&format!("e{number}"), 1)).collect());
    assert_eq!(problems(&wide), [(ProblemCode::TooManyDimensions, "dimensions".to_owned())]);
}

#[test]
fn fewer_turns_than_questions_are_refused() {
    let turns = |count, max| {
        changed(|content| {
            content.follow_ups = vec!["And now?".to_owned(); count];
            content.max_turns = max;
        })
    };
    assert_eq!(only_problem(&turns(2, Some(2))).code, ProblemCode::TooFewTurns);
    assert_eq!(only_problem(&turns(0, Some(0))).code, ProblemCode::TooFewTurns);
    assert_eq!(problems(&turns(2, Some(3))), []);
    assert_eq!(turns(2, None).turn_count_max(), 3);
}

#[test]
fn all_problems_are_reported_at_once() {
    let content = changed(|content| {
        content.name.clear();
        content.template = "[nothing] [victims".to_owned();
        content.dimensions[0].levels[0].wordings.clear();
        content.rules.push("exclude".to_owned());
    });
    assert_eq!(problems(&content).len(), 5);
}
