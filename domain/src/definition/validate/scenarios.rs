//! Listed scenarios and their further keys.

use std::collections::HashMap;

use serde_json::Value;

use super::super::{
    DefinitionContent, ListedScenario, Problem, ProblemCode,
    limits::{FIELD_COUNT_MAX, SCENARIO_KEY_BYTES_MAX},
};

/// Names that mean a scenario's own parts, or columns that are there already.
const RESERVED: [(&str, &str); 6] = [
    ("body", "body"),
    ("system", "system"),
    ("target", "target"),
    ("prompt", "body"),
    ("key", "scenario_key"),
    ("id", "scenario_id"),
];
/// How often one kind of problem is reported: a long list with one mistake has it on each line.
const REPORTED_MAX: usize = 20;

/// The CSV column of a further key of listed scenarios.
pub fn field_column(name: &str) -> String {
    format!("scenario_{name}")
}

pub(super) fn check(content: &DefinitionContent, problems: &mut Vec<Problem>) {
    if content.scenarios.is_empty() {
        return;
    }
    if !content.dimensions.is_empty() {
        let message = "A definition has either dimensions or listed scenarios, and this has both.";
        let fix = "Drop `dimensions`, or make each list a definition of its own.";
        problems.push(Problem::new("scenarios", ProblemCode::DimensionsAndScenarios, message, fix));
    }
    let mut found = Vec::new();
    let mut keys: HashMap<&str, usize> = HashMap::new();
    for (index, scenario) in content.scenarios.iter().enumerate() {
        let path = path_of(scenario, index);
        key(&path, scenario, &mut found);
        if keys.insert(&scenario.key, index).is_some() {
            let message = format!("Another scenario has the key {:?} too.", scenario.key);
            let fix = "Give each scenario a key of its own.";
            found.push(Problem::new(path.clone(), ProblemCode::DuplicateScenario, message, fix));
        }
        texts(&path, scenario, &mut found);
        if found.len() > REPORTED_MAX {
            break;
        }
    }
    field_names(content, &mut found);
    let more = found.len().saturating_sub(REPORTED_MAX);
    found.truncate(REPORTED_MAX);
    if let Some(last) = found.last_mut().filter(|_| more > 0) {
        last.fix.push_str(" There are more such problems.");
    }
    problems.extend(found);
}

/// Where a scenario stands: by its key, as in a file.
pub(super) fn path_of(scenario: &ListedScenario, index: usize) -> String {
    if scenario.key.is_empty() {
        format!("scenarios[{index}]")
    } else {
        format!("scenarios.{}", scenario.key)
    }
}

fn key(path: &str, scenario: &ListedScenario, problems: &mut Vec<Problem>) {
    let key = &scenario.key;
    let message = if key.trim().is_empty() {
        "The scenario's key is blank.".to_owned()
    } else if key.len() > SCENARIO_KEY_BYTES_MAX {
        format!("The key has {} bytes; at most {SCENARIO_KEY_BYTES_MAX} are allowed.", key.len())
    } else if key.chars().any(char::is_control) {
        format!("The key {key:?} holds a line break or a control character.")
    } else {
        return;
    };
    let fix = "Give it a short name on one line, e.g. `peru`.";
    problems.push(Problem::new(path, ProblemCode::InvalidScenarioKey, message, fix));
}

fn texts(path: &str, scenario: &ListedScenario, problems: &mut Vec<Problem>) {
    let own = [
        ("body", Some(&scenario.body), "Write the prompt."),
        ("system", scenario.system.as_ref(), "Leave it out; the preamble is sent then."),
        ("target", scenario.target.as_ref(), "Leave it out where no answer is right."),
    ];
    for (name, text, fix) in own {
        let Some(text) = text else { continue };
        if text.trim().is_empty() {
            let message = format!("The {name} of the scenario {:?} is blank.", scenario.key);
            let code = ProblemCode::EmptyScenarioText;
            problems.push(Problem::new(format!("{path}.{name}"), code, message, fix));
        }
        characters(format!("{path}.{name}"), text, problems);
    }
    for (name, value) in &scenario.fields {
        value_characters(&format!("{path}.{name}"), value, problems);
    }
}

fn value_characters(path: &str, value: &Value, problems: &mut Vec<Problem>) {
    match value {
        Value::String(text) => characters(path.to_owned(), text, problems),
        Value::Array(values) => values.iter().for_each(|value| value_characters(path, value, problems)),
        Value::Object(entries) => entries.iter().for_each(|(name, value)| {
            characters(path.to_owned(), name, problems);
            value_characters(path, value, problems);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn characters(path: String, text: &str, problems: &mut Vec<Problem>) {
    problems.extend(super::texts::control_character(path, text, false));
}

fn field_names(content: &DefinitionContent, problems: &mut Vec<Problem>) {
    let mut columns: HashMap<String, &str> = HashMap::new();
    for (index, scenario) in content.scenarios.iter().enumerate() {
        for (name, _) in &scenario.fields {
            // Databases and spreadsheets do not tell `Category` from `category`.
            let folded = name.to_lowercase();
            if columns.get(&folded) == Some(&name.as_str()) {
                continue;
            }
            let first = columns.insert(folded.clone(), name);
            if let Some((code, message, fix)) = wrong_name(name, &folded, first) {
                problems.push(Problem::new(
                    format!("{}.{name}", path_of(scenario, index)),
                    code,
                    message,
                    fix,
                ));
            }
            if columns.len() > FIELD_COUNT_MAX || problems.len() > REPORTED_MAX {
                break;
            }
        }
    }
    if columns.len() > FIELD_COUNT_MAX {
        let message = format!("The scenarios have more than {FIELD_COUNT_MAX} different further keys.");
        let fix = "Put those that few scenarios have into one key with an object.";
        problems.push(Problem::new("scenarios", ProblemCode::TooManyFields, message, fix));
    }
}

fn wrong_name(name: &str, folded: &str, first: Option<&str>) -> Option<(ProblemCode, String, String)> {
    if name.trim().is_empty() || name.trim() != name || name.len() > 200 || name.chars().any(char::is_control)
    {
        let message = format!("{name:?} cannot name a key of a scenario.");
        let fix = "A name has one line of 1 to 200 bytes and no space around it.".to_owned();
        return Some((ProblemCode::InvalidFieldName, message, fix));
    }
    if let Some((_, own)) = RESERVED.iter().find(|(reserved, _)| folded.trim() == *reserved) {
        let message = format!("`{name}` cannot be a further key: it would be taken for `{own}`.");
        return Some((
            ProblemCode::InvalidFieldName,
            message,
            format!("Write `{own}` if that is meant, or rename it."),
        ));
    }
    let first = first?;
    let column = field_column(name);
    let message = format!("`{name}` and `{first}` would both have the CSV column `{column}`.");
    let fix = "Spell them the same; upper and lower case count as the same.".to_owned();
    Some((ProblemCode::CollidingColumn, message, fix))
}
