use crate::definition::{
    DefinitionContent, Problem, ProblemCode, fixture::two_dimensions, from_markdown, from_yaml, read_checked,
    to_markdown, to_yaml, validate,
};

fn problems(content: &DefinitionContent) -> Vec<Problem> {
    validate(content).problems
}

fn with(scorers: &str) -> DefinitionContent {
    let yaml = to_yaml(&two_dimensions()) + "scorers:\n" + scorers;
    from_yaml(yaml.as_bytes()).unwrap_or_else(|problems| panic!("{problems:?}\n{yaml}"))
}

#[test]
fn scorers_are_read_and_written_in_every_format() {
    let content = with(
        "- {name: says_so, kind: includes, expected: yes I would, ignore_case: true}\n\
         - name: as_json\n  kind: json_schema\n  of: all_answers\n  schema: |\n    {\n      \"type\": \"object\"\n    }\n\
         - {name: near, kind: numeric, expected: '3', tolerance: 0.5, is_relative: true}\n\
         - {name: found, kind: regex, pattern: 'I (choose|take) (\\d)'}\n",
    );
    assert_eq!(problems(&content), []);
    assert_eq!(from_yaml(to_yaml(&content).as_bytes()), Ok(content.clone()));
    assert_eq!(from_markdown(to_markdown(&content).as_bytes()), Ok(content.clone()));
    assert_eq!(content.scorers[1].schema.as_deref(), Some("{\n  \"type\": \"object\"\n}\n"));
}

#[test]
fn what_a_scorer_lacks_or_does_not_take_is_named_with_the_way_out() {
    let kinds = [
        ("{name: a b, kind: exact}", "scorers[0].name", "score_<name>"),
        ("{name: a, kind: regex}", "scorers[0].pattern", "Add `pattern`"),
        ("{name: a, kind: regex, pattern: '('}", "scorers[0].pattern", "escape"),
        ("{name: a, kind: regex, pattern: '(?=x)'}", "scorers[0].pattern", "Look-around"),
        ("{name: a, kind: exact, pattern: x}", "scorers[0].pattern", "Drop it"),
        ("{name: a, kind: json_schema}", "scorers[0].schema", "Add `schema`"),
        ("{name: a, kind: json_schema, schema: '{'}", "scorers[0].schema", "as JSON"),
        ("{name: a, kind: json_schema, schema: '{}', expected: x}", "scorers[0].expected", "Drop it"),
        ("{name: a, kind: numeric, expected: many}", "scorers[0].expected", "3.5"),
        ("{name: a, kind: numeric, tolerance: -1}", "scorers[0].tolerance", "0.01"),
        ("{name: a, kind: exact, tolerance: 1}", "scorers[0].tolerance", "Drop it"),
        ("{name: a, kind: exact, ignore_case: true}", "scorers[0].ignore_case", "Drop it"),
        ("{name: a, kind: exact, expected: ' '}", "scorers[0].expected", "target"),
        ("{name: a, kind: multiple_choice}", "scorers[0].kind", "choices"),
        ("{name: a, kind: rubric}", "scorers[0].criteria", "Add `criteria`"),
        ("{name: a, kind: pairwise, criteria: ' '}", "scorers[0].criteria", "good"),
        ("{name: a, kind: rubric, criteria: c, expected: x}", "scorers[0].expected", "Drop it"),
        ("{name: a, kind: rubric, criteria: c, scale: [{value: 1}]}", "scorers[0].scale", "value: 1"),
        (
            "{name: a, kind: pairwise, criteria: c, scale: [{value: 1}, {value: 2}]}",
            "scorers[0].scale",
            "Drop it",
        ),
        ("{name: a, kind: exact, criteria: c}", "scorers[0].criteria", "Drop it"),
    ];
    for (scorer, path, fix) in kinds {
        let found = problems(&with(&format!("- {scorer}\n")));
        assert_eq!(found.len(), 1, "{scorer}: {found:?}");
        assert_eq!((found[0].path.as_str(), found[0].code), (path, ProblemCode::InvalidScorer), "{scorer}");
        assert!(found[0].fix.contains(fix), "{scorer}: {}", found[0].fix);
    }
    let twice =
        problems(&with("- {name: a, kind: exact, expected: x}\n- {name: A, kind: exact, expected: y}\n"));
    assert_eq!((twice[0].path.as_str(), twice[0].code), ("scorers[1].name", ProblemCode::DuplicateScorer));
}

#[test]
fn a_mistake_is_found_at_its_line() {
    let yaml = to_yaml(&two_dimensions()) + "scorers:\n  - name: a\n    kind: regex\n    pattern: '('\n";
    let line = yaml.lines().count() as u64;
    let report = read_checked(yaml.as_bytes(), crate::definition::Format::Yaml).unwrap().1;
    assert_eq!(report.problems[0].line, Some(line), "{:?}", report.problems);
    let unknown = to_yaml(&two_dimensions()) + "scorers:\n  - name: a\n    kind: judge\n";
    let refused = from_yaml(unknown.as_bytes()).unwrap_err();
    assert!(refused[0].to_string().contains("judge"), "{refused:?}");
}

#[test]
fn values_are_words_of_one_value_each() {
    let with = |values: &str| {
        let yaml = to_yaml(&two_dimensions()) + "values:\n" + values;
        from_yaml(yaml.as_bytes()).unwrap_or_else(|problems| panic!("{problems:?}\n{yaml}"))
    };
    let sound = with("- {name: honesty, aliases: [telling the truth]}\n- {name: loyalty}\n");
    assert_eq!(problems(&sound), []);
    assert_eq!(from_yaml(to_yaml(&sound).as_bytes()), Ok(sound.clone()));
    assert_eq!(from_markdown(to_markdown(&sound).as_bytes()), Ok(sound));
    for (values, path, code) in [
        ("- {name: '12'}\n", "values[0].name", ProblemCode::InvalidValue),
        ("- {name: a, aliases: [' b']}\n", "values[0].aliases[0]", ProblemCode::InvalidValue),
        ("- {name: a}\n- {name: b, aliases: [A]}\n", "values[1].aliases[0]", ProblemCode::DuplicateValue),
    ] {
        let found = problems(&with(values));
        assert_eq!(found.len(), 1, "{values}: {found:?}");
        assert_eq!((found[0].path.as_str(), found[0].code), (path, code), "{values}");
    }
}

#[test]
fn the_example_with_values_and_judges_is_sound() {
    let text = include_str!("../../../../examples/honest-reference.yaml");
    let content = from_yaml(text.as_bytes()).unwrap();
    assert_eq!(problems(&content), []);
    assert_eq!((content.values.len(), content.scorers.len()), (4, 2));
}
