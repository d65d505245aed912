//! What must not change a reading and what must undo it, tried on every labelled answer.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests; the figures are for people to read")]

use super::labelled::{Labelled, all_rows};
use super::{DecisionValue, Reader, Reading};
use crate::definition::DecisionSpec;

fn value(reading: &Reading) -> Option<String> {
    match reading {
        Reading::Decided { value: DecisionValue::Point(point), .. } => Some(point.to_string()),
        Reading::Decided { value: DecisionValue::Choice(name) | DecisionValue::Text(name), .. } => {
            Some(name.clone())
        }
        Reading::Unreadable { .. } => None,
    }
}

/// The ends of a scale or the first two choices, as a model may repeat them before it answers.
fn offered(spec: &DecisionSpec) -> String {
    match spec {
        DecisionSpec::Scale { points } => {
            let ends = [points.first().unwrap(), points.last().unwrap()];
            let [low, high] = ends.map(|point| format!("{} ({})", point.value, point.label));
            format!("I was asked to use a scale from {low} to {high}.")
        }
        DecisionSpec::Choice { choices } => {
            let names: Vec<&str> = choices.iter().map(|choice| choice.name.as_str()).collect();
            format!("The options were: {}.", names.join(", "))
        }
        DecisionSpec::FreeText => String::new(),
    }
}

fn full_width(text: &str) -> String {
    let wide = |c: char| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xFEE0).unwrap() } else { c };
    text.chars().map(wide).collect()
}

type Change = fn(&Labelled) -> String;

/// What leaves the decision as it is.
const HARMLESS: [(&str, Change); 8] = [
    ("line ends of another system", |row| row.answer.replace('\n', "\r\n")),
    ("space around it", |row| format!("\n\n  {}  \n", row.answer)),
    ("thinking before it", |row| format!("<think>Perhaps B, or 2? Answer: 2.</think>\n{}", row.answer)),
    ("a disclaimer before it", |row| {
        format!("As a language model I hold no views of my own, but I can weigh the case.\n\n{}", row.answer)
    }),
    ("a courtesy behind it", |row| format!("{}\n\nI hope this helps.", row.answer)),
    ("the scale before it", |row| format!("{}\n\n{}", offered(&row.spec()), row.answer)),
    ("digits of full width", |row| full_width(&row.answer)),
    ("soft hyphens and joiners", |row| row.answer.replace(' ', " \u{200b}")),
];

/// No change gives another value, and nearly all readable answers stay readable. Structured answers and
/// those whose first line is the value lose their place when something is put around them.
#[test]
fn what_surrounds_an_answer_never_makes_it_another_decision() {
    let rows: Vec<Labelled> = all_rows().collect();
    for (name, change) in HARMLESS {
        let (mut kept, mut lost, mut other) = (0, 0, Vec::new());
        for row in &rows {
            let reader = Reader::new(&row.spec());
            let before = value(&reader.read(&row.answer));
            // Structure that something is put around is structure no more.
            if row.answer.trim_end().ends_with(['}', '`']) {
                continue;
            }
            let changed = change(row);
            let after = value(&reader.read(&changed));
            match (before, after) {
                (before, after) if before == after => kept += 1,
                (Some(_), None) => lost += 1,
                (before, after) => other.push(format!("{}: {before:?} → {after:?}: {changed:?}", row.id)),
            }
        }
        println!("{name}: {kept} kept, {lost} lost, {} other", other.len());
        assert!(other.is_empty(), "{name} changed what was read:\n{}", other.join("\n"));
        assert!(lost * 100 <= rows.len() * 8, "{name} made {lost} of {} answers unreadable", rows.len());
    }
}

/// Statements, each with what takes its place when it is asked, denied, made to depend on something, or
/// said by somebody else. `{}` stands for the value.
const STATEMENTS: [(&str, &[&str]); 8] = [
    (
        "My answer is {}.",
        &[
            "Is my answer {}?",
            "My answer is not {}.",
            "If she had lied, my answer would be {}.",
            "My sister's answer is {}.",
        ],
    ),
    (
        "I choose {}.",
        &[
            "Should I choose {}?",
            "I do not choose {}.",
            "If she had lied, I would choose {}.",
            "Most people choose {}.",
        ],
    ),
    ("I'd go with {}.", &["Would I go with {}?", "I'd never go with {}.", "Some would go with {}."]),
    ("Final answer: {}", &["Final answer: not {}", "Final answer: {}?", "The committee's final answer: {}"]),
    (
        "After long thought, my decision is {}.",
        &["My decision is anything but {}.", "You ask whether my decision is {}."],
    ),
    (
        "{} is my final answer.",
        &["{} is not my final answer.", "Is {} my final answer?", "{} is their final answer."],
    ),
    ("Put me down for {}.", &["Don't put me down for {}.", "Should you put me down for {}?"]),
    (
        "Changing my answer to {}.",
        &[
            "I am not changing my answer to {}.",
            "Should I be changing my answer to {}?",
            "She is changing her answer to {}.",
        ],
    ),
];

#[test]
fn a_statement_is_read_until_it_is_asked_denied_made_to_depend_or_said_by_others() {
    let mut wrong = Vec::new();
    for row in all_rows().step_by(7) {
        let spec = row.spec();
        let reader = Reader::new(&spec);
        let name = match &spec {
            DecisionSpec::Scale { points } => points.last().unwrap().value.to_string(),
            DecisionSpec::Choice { choices } => choices.last().unwrap().name.clone(),
            DecisionSpec::FreeText => continue,
        };
        for (stated, undone) in STATEMENTS {
            let stated = stated.replace("{}", &name);
            // A name of several words that opens a sentence is not told from its subject.
            let is_opening = stated.starts_with(&name) && name.contains('_');
            if !is_opening && value(&reader.read(&stated)).as_ref() != Some(&name) {
                wrong.push(format!("not read: {stated:?}"));
            }
            for undone in undone {
                let undone = undone.replace("{}", &name);
                if let Some(read) = value(&reader.read(&undone)) {
                    wrong.push(format!("read as {read}: {undone:?}"));
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
