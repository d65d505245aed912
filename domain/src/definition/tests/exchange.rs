use crate::definition::{
    DefinitionContent, Format, Problem, ProblemCode, Report, from_json, from_yaml, read_checked, to_json,
    to_yaml,
};

const SMALL: &str = "name: A
template: |
  First [victims]
  then [[this]].
  [scale]
dimensions:
  - name: victims
    levels:
      - {label: few, wording: a few}
      - label: many
        wordings: [many]
rules:
  - exclude: victims=many
  - \"exclude: victims=few AND victims=many\"
decision:
  scale: [{value: 1, label: no}, {value: 2, label: yes}]
";

fn yaml(text: &str) -> Result<DefinitionContent, Box<Problem>> {
    from_yaml(text.as_bytes()).map_err(|problems| problems.into_iter().next().unwrap().into())
}

fn checked(text: &str) -> Report {
    read_checked(text.as_bytes(), Format::Yaml).unwrap().1
}

/// The code, the line and the fix of what stops a file from being read.
fn refused(text: &str) -> (ProblemCode, u64, String) {
    let problem = yaml(text).unwrap_err();
    assert!(problem.column.is_some(), "{problem:?}");
    (problem.code, problem.line.unwrap(), problem.fix)
}

#[test]
fn a_file_may_be_written_as_people_write() {
    let content = yaml(SMALL).unwrap();
    assert_eq!(content.dimensions[0].levels[0].wordings, ["a few"]);
    assert_eq!(content.rules[0], "exclude: victims=many");
    // Plain `no` and `yes` stay texts.
    assert!(to_json(&content).contains("\"label\": \"no\""));
    assert_eq!(yaml(&to_yaml(&content)), Ok(content.clone()));
    assert!(to_yaml(&content).contains("template: |\n"), "{}", to_yaml(&content));
    let with_mark = format!("\u{feff}{SMALL}");
    assert_eq!(yaml(&with_mark), Ok(content));
}

#[test]
fn what_cannot_be_read_says_the_line_and_the_fix() {
    let (code, line, fix) = refused(&SMALL.replace("template:", "tempalte:"));
    assert_eq!((code, line, fix.as_str()), (ProblemCode::UnknownField, 2, "Did you mean `template`?"));
    let (code, line, _) = refused(&SMALL.replace("label: many", "title: many"));
    assert_eq!((code, line), (ProblemCode::UnknownField, 10));
    let (code, line, fix) = refused(&SMALL.replace("  scale:", "  scales:"));
    assert_eq!((code, line, fix.as_str()), (ProblemCode::UnknownField, 16, "Did you mean `scale`?"));
    let (code, line, _) = refused(&SMALL.replace("name: A", "name: [A]"));
    assert_eq!((code, line), (ProblemCode::WrongType, 1));
    let (code, line, _) = refused(&SMALL.replace("value: 2", "value: two"));
    assert_eq!((code, line), (ProblemCode::WrongType, 16));
    assert_eq!(refused(&SMALL.replace("name: A\n", "")).0, ProblemCode::MissingField);
    let (code, line, _) = refused(&format!("{SMALL}name: B\n"));
    assert_eq!((code, line), (ProblemCode::DuplicateField, 17));
    let (code, line, _) = refused(&SMALL.replace("      - label: many", "     - label: many"));
    assert_eq!((code, line), (ProblemCode::Syntax, 10));
    assert_eq!(yaml("").unwrap_err().code, ProblemCode::Syntax);
    assert_eq!(refused(&format!("{SMALL}---\nname: B\n")).0, ProblemCode::Syntax);
    let both = SMALL.replace("wording: a few", "wording: a few, wordings: [x]");
    let problem = yaml(&both).unwrap_err();
    assert!(problem.message.contains("both `wording` and `wordings`"), "{problem:?}");
    assert_eq!(problem.line, Some(9));
}

#[test]
fn a_wrong_type_is_named_in_plain_words() {
    let message = |text: &str| yaml(text).unwrap_err().message;
    assert_eq!(message("- a\n"), "Expected fields (`name: value`).");
    assert_eq!(message("name: [a]\n"), "Expected a text.");
    assert_eq!(message("name: null\n"), "Expected a text, found nothing (null).");
    assert_eq!(message("max_turns: -1\n"), "Expected a whole number, 0 or more.");
    assert_eq!(message(&SMALL.replace("value: 2", "value: two")), "Expected a whole number.");
    assert_eq!(message(&SMALL.replace("label: few", "label: few, score: x")), "Expected a number.");
    assert_eq!(message("tags: a\n"), "Expected a list (`- entry`).");
    let both = message("decision: {scale: [], choices: []}\n");
    assert!(both.ends_with("not from both."), "{both}");
}

#[test]
fn json_problems_carry_their_line_too() {
    let json = to_json(&yaml(SMALL).unwrap());
    let refused = |text: &str| {
        let problem = from_json(text.as_bytes()).unwrap_err().remove(0);
        (problem.code, problem.line.unwrap(), problem.fix)
    };
    let (code, line, fix) = refused(&json.replace("\"template\"", "\"tempalte\""));
    assert_eq!((code, line, fix.as_str()), (ProblemCode::UnknownField, 3, "Did you mean `template`?"));
    assert_eq!(refused(&json.replace("\"A\",", "\"A\"")).0, ProblemCode::Syntax);
    assert_eq!(refused(&json.replace("\"A\"", "1")).0, ProblemCode::WrongType);
    assert_eq!(refused("{}").0, ProblemCode::MissingField);
    assert_eq!(refused(&json.replacen('{', "{\"name\": \"B\",", 1)).0, ProblemCode::DuplicateField);
    assert_eq!(refused(&"[".repeat(100_000)).0, ProblemCode::WrongType);
}

#[test]
fn what_a_file_means_is_checked_with_its_lines() {
    let at = |text: String| {
        let problem = checked(&text).problems.remove(0);
        (problem.code, problem.line.unwrap())
    };
    assert_eq!(at(SMALL.replace("[[this]]", "[this]")), (ProblemCode::UnknownPlaceholder, 4));
    let blank_first = SMALL.replace("template: |\n", "template: |\n\n\n").replace("[victims]", "[x]");
    assert_eq!(at(blank_first), (ProblemCode::UnknownPlaceholder, 5));
    assert_eq!(at(SMALL.replace("label: many", "label: few")), (ProblemCode::DuplicateLabel, 10));
    assert_eq!(at(SMALL.replace("wordings: [many]", "wordings: []")), (ProblemCode::EmptyLevel, 11));
    assert_eq!(at(SMALL.replace("\n        wordings: [many]", "")), (ProblemCode::EmptyLevel, 10));
    assert_eq!(at(SMALL.replace("wording: a few", "wording: ''")), (ProblemCode::EmptyLevel, 9));
    assert_eq!(at(SMALL.replace("victims=few AND", "victims=few UND")), (ProblemCode::RuleSyntax, 14));
    assert_eq!(at(SMALL.replace("value: 2", "value: 1")), (ProblemCode::DuplicateScaleValue, 16));
    let warning = checked(SMALL).warnings.into_iter().find(|each| each.path == "rules[1]").unwrap();
    assert_eq!(warning.line, Some(14));
    let json = to_json(&yaml(SMALL).unwrap()).replace("[[this]]", "[this]");
    let (_, report) = read_checked(json.as_bytes(), Format::Json).unwrap();
    assert_eq!(report.problems[0].line, Some(3));
}

#[test]
fn bytes_that_are_not_utf_8_say_where() {
    let mut bytes = SMALL.as_bytes().to_vec();
    bytes[20] = 0xff;
    for result in [from_yaml(&bytes), from_json(&bytes)] {
        let problem = result.unwrap_err().remove(0);
        assert_eq!(
            (problem.code, problem.line, problem.column),
            (ProblemCode::InvalidUtf8, Some(3), Some(1))
        );
        assert!(problem.message.contains("Byte 20 "));
    }
}

#[test]
fn a_file_that_would_blow_up_is_refused_before_it_does() {
    let mut bomb = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..30 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    assert_eq!(refused(&bomb).0, ProblemCode::TooLarge);
    let long = format!("name: &a \"{}\"\nfollow_ups: [{}]\n", "x".repeat(100_000), "*a,".repeat(1_000));
    assert_eq!(refused(&long).0, ProblemCode::TooLarge);
    assert_eq!(yaml(&"[".repeat(1_000_000)).unwrap_err().code, ProblemCode::Syntax);
    assert_eq!(yaml(&" ".repeat(4_000_001)).unwrap_err().code, ProblemCode::TooLarge);
}

#[test]
fn an_anchor_may_be_used_where_it_saves_writing() {
    let text = SMALL.replace("wording: a few", "wording: &w a few").replace("[many]", "[*w]");
    assert_eq!(yaml(&text).unwrap().dimensions[0].levels[1].wordings, ["a few"]);
}
