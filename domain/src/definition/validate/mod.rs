//! Whether a definition can be saved, and what is suspicious about it.

mod decision;
mod dimensions;
mod scenarios;
mod scorers;
mod suspicion;
mod texts;
mod values;

pub use dimensions::csv_columns;
pub use scenarios::field_column;

use super::{
    DefinitionContent, Problem, ProblemCode, Report, fingerprint,
    limits::{
        COMBINATION_COUNT_MAX, CONDITION_COUNT_MAX, CONTENT_BYTES_MAX, LISTED_BYTES_MAX, LISTED_COUNT_MAX,
    },
    rule::{self, Condition},
    space::{Space, combination_count},
};

/// Checks everything there is to check, and reports all of it at once.
pub fn validate(content: &DefinitionContent) -> Report {
    examine(content).0
}

/// The report, and the combinations where they can be counted.
pub(super) fn examine(content: &DefinitionContent) -> (Report, Option<Space>) {
    let mut report = Report::default();
    let problems = &mut report.problems;
    let (size, listed_size) = fingerprint::sizes(content);
    for (size, most, what) in
        [(size, CONTENT_BYTES_MAX, "content"), (listed_size, LISTED_BYTES_MAX, "list of scenarios")]
    {
        if size > most {
            // Alone: looking closer would take the time the limit is there to save.
            let message = format!("The {what} has {size} bytes as JSON; at most {most} are allowed.");
            problems.push(Problem::new(
                "",
                ProblemCode::TooLarge,
                message,
                "Shorten its texts, or split it.",
            ));
            return (report, None);
        }
    }
    if content.scenarios.len() > LISTED_COUNT_MAX {
        let message = format!(
            "There are {} scenarios; at most {LISTED_COUNT_MAX} are allowed.",
            content.scenarios.len()
        );
        let fix = "Split the definition.";
        problems.push(Problem::new("scenarios", ProblemCode::TooManyScenarios, message, fix));
        return (report, None);
    }
    texts::check(content, problems);
    let dimensions_are_sound = dimensions::check(&content.dimensions, problems);
    scenarios::check(content, problems);
    decision::check(content, problems);
    scorers::check(content, problems);
    values::check(content, problems);
    let rules = compile_rules(content, problems);
    let space = expand(content, dimensions_are_sound, rules, problems);
    report.warnings = suspicion::warnings(content, space.as_ref());
    (report, space)
}

/// `None` = a rule is wrong, and is among the problems.
fn compile_rules(content: &DefinitionContent, problems: &mut Vec<Problem>) -> Option<Vec<Condition>> {
    let found = problems.len();
    let mut rules = Vec::new();
    for (index, text) in content.rules.iter().enumerate() {
        match rule::compile(&format!("rules[{index}]"), text, content) {
            Ok(rule) => rules.push(rule),
            Err(wrong) => problems.extend(wrong),
        }
    }
    let size: usize = rules.iter().map(Condition::size).sum();
    if size > CONDITION_COUNT_MAX {
        let message =
            format!("The rules make {size} comparisons; at most {CONDITION_COUNT_MAX} are allowed.");
        problems.push(Problem::new(
            "rules",
            ProblemCode::TooManyConditions,
            message,
            "Join values with IN, or compare scores with < and >.",
        ));
    }
    (problems.len() == found).then_some(rules)
}

/// `None` = the combinations cannot be counted, or there are too many.
fn expand(
    content: &DefinitionContent,
    dimensions_are_sound: bool,
    rules: Option<Vec<Condition>>,
    problems: &mut Vec<Problem>,
) -> Option<Space> {
    if combination_count(&content.dimensions).is_none() {
        let message = format!(
            "The dimensions make more than {COMBINATION_COUNT_MAX} combinations (levels × wordings, multiplied)."
        );
        let fix = "Drop a dimension, or some levels or wordings.";
        problems.push(Problem::new("dimensions", ProblemCode::TooManyCombinations, message, fix));
        return None;
    }
    if !dimensions_are_sound {
        return None;
    }
    if !content.scenarios.is_empty() {
        // Rules can name nothing here, so they are among the problems.
        return rules.map(|_| Space::listed(content.scenarios.len()));
    }
    let space = Space::new(content, rules?)?;
    if space.scenario_count() == 0 {
        let message = format!("The rules exclude all {} combinations.", space.combination_count());
        let fix = "Drop or narrow a rule.";
        problems.push(Problem::new("rules", ProblemCode::NoScenario, message, fix));
    }
    Some(space)
}
