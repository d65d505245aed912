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
    /// What is wrong with rows that are not among them.
    problems: Vec<Problem>,
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
    let Some(roles) = Roles::of(&table.names) else {
        let is_known = !table.problems.is_empty();
        return Err(if is_known { table.problems } else { vec![no_prompt(&table, format)] });
    };
    if format == Format::Csv
        && let Some(problem) = roles.column_twice(&table.names)
    {
        return Err(vec![problem]);
    }
    let read_problem_count = table.problems.len();
    let mut problems = table.problems;
    for (column, name) in (1..).zip(&table.names).filter(|_| format == Format::Csv) {
        places.add_column(roles.part(name), column);
    }
    let rows = table.rows;
    if rows.is_empty() && problems.is_empty() {
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
        if problems.len() - read_problem_count >= REPORTED_MAX {
            break;
        }
    }
    problems.sort_by_key(|problem| (problem.line, problem.column));
    problems.truncate(REPORTED_MAX);
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
        scorers: Vec::new(),
        values: Vec::new(),
    }
}

fn no_prompt(table: &Table, format: Format) -> Problem {
    let names = || table.names.iter().map(String::as_str);
    let near = names().find(|name| similar::closest(name, PROMPT).is_some());
    let fix = match near {
        Some(near) => format!("Rename {near:?} to `prompt`."),
        None => format!("Call what holds the prompts `prompt`; there are {}.", similar::listed(names())),
    };
    let (message, line) = match (format, table.rows.first()) {
        (Format::Csv, _) => ("There is no column `prompt`.", 1),
        (_, row) => ("The row has no `prompt`, and no other has.", row.map_or(1, |row| row.line)),
    };
    let column = (1..).zip(names()).find(|(_, name)| format == Format::Csv && Some(*name) == near);
    let problem = Problem::new("", ProblemCode::MissingField, message, fix);
    Problem { line: Some(line), column: Some(column.map_or(1, |(column, _)| column)), ..problem }
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

    /// The second column that means the same as one before, in the header of a table.
    fn column_twice(&self, names: &[String]) -> Option<Problem> {
        let mut known = HashSet::new();
        let means_something = |own: &str| {
            own == self.prompt || SYSTEM.contains(&own) || self.target == Some(own) || self.key == Some(own)
        };
        let twice = |(_, name): &(u64, &String)| {
            let own = folded(name);
            means_something(&own) && !known.insert(own)
        };
        let (column, name) = (1..).zip(names).find(twice)?;
        let message = format!("The column {name:?} means the same as one before it.");
        let problem = Problem::new("", ProblemCode::DuplicateField, message, "Rename one of them.");
        Some(Problem { line: Some(1), column: Some(column), ..problem })
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
