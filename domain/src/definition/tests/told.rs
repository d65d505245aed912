//! What is said about files that are something else, or wrong in several places.

use crate::definition::{Problem, ProblemCode, Source, read_source};

fn refused(name: &str, text: &str) -> Vec<Problem> {
    read_source(&Source { bytes: text.as_bytes(), file_name: Some(name), ..Source::default() })
        .report
        .problems
}

fn first(name: &str, text: &str) -> (Option<u64>, Option<u64>, String) {
    let problem = refused(name, text).remove(0);
    (problem.line, problem.column, format!("{} {}", problem.message, problem.fix))
}

#[test]
fn a_list_of_rows_as_json_is_told_what_a_data_set_is() {
    for name in ["rows.json", "rows"] {
        let (line, column, said) = first(name, "[\n  {\"prompt\": \"a\"},\n  {\"prompt\": \"b\"}\n]\n");
        assert_eq!((line, column), (Some(1), Some(1)));
        assert!(said.contains("JSON lines") && said.contains("`scenarios`"), "{said}");
    }
}

#[test]
fn a_line_that_is_no_object_is_named_by_its_first_letter() {
    let (line, column, said) = first("r.jsonl", "{\"prompt\": \"a\"}\n  [1]\n");
    assert_eq!((line, column), (Some(2), Some(3)), "{said}");
    assert_eq!(first("r.jsonl", "[1]\n").1, Some(1));
}

#[test]
fn a_header_with_a_column_twice_is_wrong_in_its_own_line() {
    let (line, column, said) = first("r.csv", "prompt,target,Prompt\na,b,c\n");
    assert_eq!((line, column), (Some(1), Some(3)), "{said}");
}

#[test]
fn rows_without_a_prompt_are_named_where_they_stand() {
    let (line, column, said) = first("r.jsonl", "\n{\"promt\": \"a\"}\n");
    assert_eq!((line, column), (Some(2), Some(1)), "{said}");
    assert!(said.contains("promt"), "{said}");
    assert_eq!(first("r.csv", "target,promt\na,b\n").1, Some(2));
}

#[test]
fn an_empty_list_of_scenarios_is_said_to_be_empty() {
    let (line, _, said) = first("r.yaml", "name: n\ndecision: free_text\nscenarios: {}\n");
    assert_eq!(line, Some(3));
    assert!(said.starts_with("`scenarios` is empty."), "{said}");
}

#[test]
fn a_scenario_without_a_body_is_named_with_its_misspelt_key() {
    for (name, text) in [
        ("r.yaml", "scenarios:\n  a: {body: x}\n  b: {boddy: y, target: 1}\n"),
        ("r.json", "{\"scenarios\": {\"a\": {\"body\": \"x\"},\n \"b\": {\"boddy\": \"y\"}}}"),
    ] {
        let problem = refused(name, text).remove(0);
        assert_eq!(problem.code, ProblemCode::MissingField, "{problem:?}");
        assert!(problem.message.contains("`b`") && problem.fix.contains("`boddy`"), "{problem:?}");
    }
}

#[test]
fn a_wrong_front_matter_does_not_hide_a_wrong_section() {
    let text = "---\nnmae: n\n---\n# Templat\nx\n# Template\n```\nopen\n";
    let lines: Vec<_> = refused("r.md", text).iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [Some(2), Some(7)]);
    let text = "---\nnmae: n\n---\n# Templat\nx\n";
    let lines: Vec<_> = refused("r.md", text).iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [Some(2), Some(4)]);
}

#[test]
fn every_wrong_row_is_reported_up_to_a_number() {
    let text = "{\"prompt\": \"a\"}\n{oops\n{\"prompt\": 3}\n{\"prompt\": \"b\"}\n{\"prompt\": \"\"}\n";
    let lines: Vec<_> = refused("r.jsonl", text).iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [Some(2), Some(3), Some(5)]);
    let many = "{oops\n{\"prompt\": 3}\n".repeat(40);
    assert_eq!(refused("r.jsonl", &many).len(), 20);
    let lines: Vec<_> =
        refused("r.csv", "prompt,n\na,1\nb\n,2\n").iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [Some(3), Some(4)]);
}
