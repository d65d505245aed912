//! What a file says stays as it is written.

use serde_json::{Value, json};

use crate::definition::{DefinitionContent, Source, from_yaml, read_source, to_csv, to_yaml};

const VALUES: [&str; 26] = [
    "001",
    "017",
    "00123",
    "on",
    "off",
    "yes",
    "No",
    "y",
    "99999999999999999999999",
    "1.50",
    "1.10",
    "+5",
    "0x1F",
    "0o17",
    "1_000",
    ".5",
    "5.",
    "1e400",
    ".inf",
    ".NaN",
    "tRUE",
    "-0",
    "12:30",
    "2026-01-01",
    "18446744073709551616",
    "1e3",
];

fn listed(yaml: &str) -> DefinitionContent {
    from_yaml(yaml.as_bytes()).unwrap_or_else(|problems| panic!("{problems:?}\n{yaml}"))
}

#[test]
fn a_further_key_is_the_text_that_is_written_where_a_number_would_change_it() {
    for value in VALUES {
        for yaml in [
            format!(
                "name: n\nscenarios:\n  a:\n    v: {value}   # a remark\n    body: b\n    target: {value}\n"
            ),
            format!("name: n\nscenarios: {{a: {{body: b, v: {value}, target: {value} }}}}\n"),
            format!("name: n\nscenarios:\n  {value}: {{body: b, v: &x {value}, w: *x, target: *x}}\n"),
        ] {
            let content = listed(&yaml);
            let scenario = &content.scenarios[0];
            assert_eq!(scenario.field("v"), Some(&json!(value)), "{yaml}");
            assert_eq!(scenario.target.as_deref(), Some(value), "{yaml}");
            assert!(["a", value].contains(&scenario.key.as_str()), "{yaml}");
            assert_eq!(listed(&to_yaml(&content)), content);
            assert!(to_csv(&content).unwrap().contains(value));
        }
        let markdown =
            format!("---\nname: n\n---\n# Scenarios\n## a\n```yaml\nv: {value}\ntarget: {value}\n```\nb\n");
        let source = Source { bytes: markdown.as_bytes(), file_name: Some("n.md"), ..Source::default() };
        let content = read_source(&source).content.unwrap();
        assert_eq!(content.scenarios[0].field("v"), Some(&json!(value)), "{markdown}");
        assert_eq!(content.scenarios[0].target.as_deref(), Some(value), "{markdown}");
    }
}

#[test]
fn a_further_key_that_is_a_number_or_a_truth_keeps_its_type() {
    for (written, value) in [
        ("17", json!(17)),
        ("-3", json!(-3)),
        ("0", json!(0)),
        ("0.5", json!(0.5)),
        ("1.0", json!(1.0)),
        ("18446744073709551615", json!(u64::MAX)),
        ("true", json!(true)),
        ("False", json!(false)),
        ("~", Value::Null),
        ("[1, 02]", json!([1, "02"])),
        ("{on: 1}", json!({"on": 1})),
        ("!!str 17", json!("17")),
    ] {
        let content = listed(&format!("name: n\nscenarios:\n  a:\n    body: b\n    v: {written}\n"));
        assert_eq!(content.scenarios[0].field("v"), Some(&value), "{written}");
    }
}

#[test]
fn numbers_outside_the_scenarios_are_numbers_however_they_are_written() {
    let yaml = "name: n\ntemplate: '[a]'\ndimensions:\n- name: a\n  levels: [{score: 1.50, label: x, wording: y}]\ndecision: free_text\n";
    assert_eq!(listed(yaml).dimensions[0].levels[0].score, Some(1.5));
}
