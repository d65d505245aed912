//! The examples of `docs/decisions.md` are read as that page says.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::corpus::spec;
use super::{DecisionValue, Reader, Reading};

const PAGE: &str = include_str!("../../../docs/decisions.md");

/// The rows of the table below a heading, as cells.
fn rows(heading: &str) -> Vec<Vec<&'static str>> {
    let section = PAGE.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| rule"));
    // The bar of “\|” is part of an example.
    rows.map(|row| row.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

/// The examples of a cell.
fn examples(cell: &str) -> Vec<String> {
    let odd = cell.split('`').enumerate().filter(|(index, _)| index % 2 == 1);
    odd.map(|(_, example)| example.replace("\\n", "\n")).collect()
}

fn read(definition: &str, text: &str) -> (Option<String>, &'static str) {
    match Reader::new(&spec(definition)).read(text) {
        Reading::Decided { value: DecisionValue::Point(point), rule, .. } => (Some(point.to_string()), rule),
        Reading::Decided { value: DecisionValue::Choice(name) | DecisionValue::Text(name), rule, .. } => {
            (Some(name), rule)
        }
        Reading::Unreadable { .. } => (None, ""),
    }
}

#[test]
fn each_documented_rule_reads_its_examples() {
    let rows = rows("What counts");
    assert!(rows.len() >= 10, "the table of rules was not found");
    let mut wrong = Vec::new();
    for row in rows {
        let rules = examples(row[0]);
        let answers = examples(row[1]);
        let values: Vec<&str> = row[2].split(", ").collect();
        for (index, answer) in answers.iter().enumerate() {
            let expected = values.get(index).or(values.last()).unwrap();
            let definition = if expected.parse::<i64>().is_ok() { "s5" } else { "ab" };
            let (value, rule) = read(definition, answer);
            if value.as_deref() != Some(*expected) || !rules.iter().any(|name| name == rule) {
                wrong.push(format!("{answer:?} is {expected} by {rules:?}, read as {value:?} by {rule:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_documented_not_to_count_does_not() {
    let rows = rows("What does not count");
    assert!(rows.len() >= 10, "the table was not found");
    let mut wrong = Vec::new();
    for answer in rows.iter().filter(|row| row[0] != "answers").flat_map(|row| examples(row[0])) {
        for definition in ["s5", "ab"] {
            let found = read(definition, &answer);
            if found.0.is_some() {
                wrong.push(format!("{answer:?} of {definition} is read as {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
