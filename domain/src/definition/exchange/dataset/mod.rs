//! Data sets: one scenario per row of a CSV, or per line of JSON objects.

mod csv;
mod infer;
mod jsonl;

pub use csv::to_csv;
pub(super) use infer::{choices_of, decision_of};
pub use jsonl::to_jsonl;

use std::collections::HashSet;

use serde_json::Value;

use super::{
    super::{DecisionSpec, DefinitionContent, ListedScenario, Problem, ProblemCode, Requirements, similar},
    Format, bytes,
    locations::{Locations, Place},
};

/// Names of the columns that mean something, the best first; all others are further keys.
const PROMPT: [&str; 4] = ["prompt", "input", "question", "body"];
const SYSTEM: [&str; 1] = ["system"];
const TARGET: [&str; 5] = ["target", "answer", "expected", "ideal", "label"];
const KEY: [&str; 2] = ["key", "id"];
/// How many rows with something wrong are reported.
const REPORTED_MAX: usize = 20;

/// A row of either format: its line, and its cells by column, in order.
struct Row {
    line: u64,
    cells: Vec<(String, Value)>,
}

/// A file of either format.
struct Table {
    /// Its columns, or the keys of all its objects.
    names: Vec<String>,
    rows: Vec<Row>,
}

/// Reads a data set into a definition. Errors: every row that is wrong, up to a number.
pub(super) fn read(
    text: &str,
    format: Format,
    name: Option<&str>,
) -> Result<(DefinitionContent, Locations), Vec<Problem>> {
    let mut places = Locations::default();
    let table = match format {
        Format::Csv => csv::rows(text)?,
        _ => jsonl::rows(text)?,
    };
    let mut problems = Vec::new();
    let Some(roles) = Roles::of(&table.names) else {
        return Err(vec![no_prompt(&table)]);
    };
    for (column, name) in (1..).zip(&table.names).filter(|_| format == Format::Csv) {
        places.add_column(roles.part(name), column);
    }
    let rows = table.rows;
    if rows.is_empty() {
        let fix = "Add at least one row with a prompt.";
        return Err(vec![bytes::syntax(1, 1, "The data set has no rows.", fix)]);
    }
    let width = rows.len().to_string().len();
    let mut scenarios = Vec::with_capacity(rows.len());
    for (index, row) in rows.into_iter().enumerate() {
        let line = row.line;
        match roles.scenario(row) {
            Ok(mut scenario) => {
                if scenario.key.is_empty() {
                    scenario.key = format!("{:0width$}", index + 1);
                }
                places.add(format!("scenarios.{}", scenario.key), Place::at(line, 1));
                scenarios.push(scenario);
            }
            Err(problem) => problems.push(*problem),
        }
        if problems.len() >= REPORTED_MAX {
            break;
        }
    }
    let Some(name) = name.filter(|_| problems.is_empty()) else {
        if problems.is_empty() {
            let mut problem = bytes::missing_field("name");
            problem.fix = "A data set has no name of its own: give one, or the name of its file.".to_owned();
            problems.push(problem);
        }
        return Err(problems);
    };
    let decision = decision_of(&scenarios);
    Ok((content(name, scenarios, decision), places))
}

fn content(name: &str, scenarios: Vec<ListedScenario>, decision: DecisionSpec) -> DefinitionContent {
    DefinitionContent {
        name: name.to_owned(),
        description: None,
        tags: Vec::new(),
        preamble: None,
        template: String::new(),
        dimensions: Vec::new(),
        scenarios: scenarios.into(),
        follow_ups: Vec::new(),
        rules: Vec::new(),
        decision,
        max_turns: None,
        requires: Requirements::default(),
    }
}

fn no_prompt(table: &Table) -> Problem {
    let names = || table.names.iter().map(String::as_str);
    let near = names().find(|name| similar::closest(name, PROMPT).is_some());
    let fix = match near {
        Some(near) => format!("Rename the column {near:?} to `prompt`."),
        None => format!("Name the column of the prompts `prompt`; there are {}.", similar::listed(names())),
    };
    let problem = Problem::new("", ProblemCode::MissingField, "There is no column `prompt`.", fix);
    Problem { line: Some(1), column: Some(1), ..problem }
}

/// Whether a line is the name of the column of prompts and nothing else.
pub(super) fn is_prompt_column(line: &[u8]) -> bool {
    str::from_utf8(line).is_ok_and(|line| PROMPT.contains(&folded(line.trim_matches('"')).as_str()))
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Which column means what, the same for all rows.
struct Roles {
    prompt: &'static str,
    target: Option<&'static str>,
    key: Option<&'static str>,
}

impl Roles {
    /// `None` = no column holds prompts.
    fn of(names: &[String]) -> Option<Self> {
        let known: HashSet<String> = names.iter().map(|name| folded(name)).collect();
        let first =
            |names: &'static [&'static str]| names.iter().find(|name| known.contains(**name)).copied();
        Some(Self { prompt: first(&PROMPT)?, target: first(&TARGET), key: first(&KEY) })
    }

    /// What a column is called in the content it is read into.
    fn part(&self, name: &str) -> String {
        let own = folded(name);
        if own == self.prompt {
            "body".to_owned()
        } else if self.target.is_some_and(|target| own == target) {
            "target".to_owned()
        } else {
            name.to_owned()
        }
    }

    fn scenario(&self, row: Row) -> Result<ListedScenario, Box<Problem>> {
        let mut scenario = ListedScenario::default();
        let mut seen = [false; 4];
        for (column, (name, value)) in row.cells.into_iter().enumerate() {
            let own = folded(&name);
            let own = own.as_str();
            let (role, slot) = match own {
                _ if own == self.prompt => (0, &mut scenario.body),
                _ if SYSTEM.contains(&own) => (1, scenario.system.get_or_insert_default()),
                _ if self.target == Some(own) => (2, scenario.target.get_or_insert_default()),
                _ if self.key == Some(own) => (3, &mut scenario.key),
                _ => {
                    scenario.fields.push((name.trim().to_owned(), value));
                    continue;
                }
            };
            let wrong = |message: String, fix: &str| {
                let problem = Problem::new("", ProblemCode::WrongType, message, fix);
                Box::new(Problem { line: Some(row.line), column: Some(column as u64 + 1), ..problem })
            };
            if std::mem::replace(&mut seen[role], true) {
                return Err(wrong(format!("The column `{own}` stands twice."), "Rename one of them."));
            }
            match value {
                Value::String(text) => *slot = text,
                Value::Null => {}
                // A prompt that is a number is a column taken for another.
                Value::Number(number) if role > 1 => *slot = number.to_string(),
                Value::Bool(is) if role > 1 => *slot = is.to_string(),
                other => {
                    let found = match other {
                        Value::Array(_) => "a list",
                        Value::Object(_) => "an object",
                        _ => "a number, true or false",
                    };
                    return Err(wrong(format!("`{name}` is {found}, not a text."), "Write it as one text."));
                }
            }
        }
        if scenario.body.trim().is_empty() {
            let message = format!("The row has no `{}`.", self.prompt);
            let problem = Problem::new(
                "",
                ProblemCode::EmptyScenarioText,
                message,
                "Write the prompt, or drop the row.",
            );
            return Err(Box::new(Problem { line: Some(row.line), column: Some(1), ..problem }));
        }
        // An empty cell is no value.
        scenario.system = scenario.system.filter(|text| !text.trim().is_empty());
        scenario.target = scenario.target.filter(|text| !text.trim().is_empty());
        Ok(scenario)
    }
}
