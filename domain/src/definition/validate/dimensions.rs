//! Dimensions and their levels.

use std::collections::HashMap;

use super::super::{
    Dimension, Level, Problem, ProblemCode,
    limits::{DIMENSION_COUNT_MAX, DIMENSION_NAME_CHARS_MAX},
    prompt_text::{CHOICES_PLACEHOLDER, SCALE_PLACEHOLDER, is_identifier},
};

/// The CSV columns of a dimension: the level's label, and its score.
///
/// No fixed column of the CSV begins with `dim_`, so only dimensions can collide with each other.
pub fn csv_columns(dimension_name: &str) -> [String; 2] {
    [format!("dim_{dimension_name}"), format!("dim_{dimension_name}_score")]
}

/// Whether every dimension has levels, so that combinations can be counted.
pub(super) fn check(dimensions: &[Dimension], problems: &mut Vec<Problem>) -> bool {
    if dimensions.len() > DIMENSION_COUNT_MAX {
        let message =
            format!("There are {} dimensions; at most {DIMENSION_COUNT_MAX} are allowed.", dimensions.len());
        let fix = "Keep those that vary, and write the others into the template.";
        problems.push(Problem::new("dimensions", ProblemCode::TooManyDimensions, message, fix));
        return false;
    }
    names(dimensions, problems);
    for (index, dimension) in dimensions.iter().enumerate() {
        let path = format!("dimensions[{index}]");
        if dimension.levels.is_empty() {
            let message = format!("The dimension `{}` has no levels.", dimension.name);
            let fix = "Add at least one level with a label and a wording.";
            problems.push(Problem::new(format!("{path}.levels"), ProblemCode::EmptyDimension, message, fix));
        }
        levels(&path, &dimension.levels, problems);
    }
    let has_variants =
        |dimension: &Dimension| dimension.levels.iter().all(|level| !level.wordings.is_empty());
    dimensions.iter().all(|dimension| !dimension.levels.is_empty() && has_variants(dimension))
}

fn names(dimensions: &[Dimension], problems: &mut Vec<Problem>) {
    let mut indexes: HashMap<String, usize> = HashMap::new();
    let mut columns: HashMap<String, usize> = HashMap::new();
    for (index, dimension) in dimensions.iter().enumerate() {
        let name = &dimension.name;
        let path = format!("dimensions[{index}].name");
        if !is_identifier(name) {
            let message = format!(
                "{name:?} cannot name a dimension: a name has letters, digits and `_` only, and does not begin with a digit."
            );
            let fix = match identifier_like(name) {
                Some(like) => format!("Write `{like}`."),
                None => "Choose a name such as `victims`.".to_owned(),
            };
            problems.push(Problem::new(path, ProblemCode::InvalidDimensionName, message, fix));
            continue;
        }
        let length = name.chars().count();
        if length > DIMENSION_NAME_CHARS_MAX {
            let message =
                format!("The name has {length} characters; at most {DIMENSION_NAME_CHARS_MAX} are allowed.");
            problems.push(Problem::new(&path, ProblemCode::NameTooLong, message, "Shorten it."));
        }
        if [SCALE_PLACEHOLDER, CHOICES_PLACEHOLDER].contains(&name.as_str()) {
            let message = format!("`[{name}]` stands for the possible decisions.");
            let fix = "Give the dimension another name.";
            problems.push(Problem::new(&path, ProblemCode::ReservedDimensionName, message, fix));
        }
        // Databases and spreadsheets do not tell `dim_a` from `dim_A`.
        if let Some(first) = indexes.insert(name.to_lowercase(), index) {
            let message = format!("dimensions[{first}] is already called `{}`.", dimensions[first].name);
            let fix = "Rename one of them; upper and lower case count as the same.";
            problems.push(Problem::new(path, ProblemCode::DuplicateDimension, message, fix));
            continue;
        }
        for column in csv_columns(name) {
            if let Some(first) = columns.insert(column.to_lowercase(), index) {
                let message = format!(
                    "`{name}` and `{}` would both have the CSV column `{column}`.",
                    dimensions[first].name
                );
                problems.push(Problem::new(
                    &path,
                    ProblemCode::CollidingColumn,
                    message,
                    "Rename one of them.",
                ));
            }
        }
    }
}

/// The nearest identifier, if there is one.
fn identifier_like(name: &str) -> Option<String> {
    let letters = name.trim().chars().map(|letter| if letter.is_alphanumeric() { letter } else { '_' });
    Some(letters.collect::<String>())
        .filter(|like| is_identifier(like) && like.chars().any(char::is_alphanumeric))
}

fn levels(path: &str, levels: &[Level], problems: &mut Vec<Problem>) {
    let mut labels: HashMap<&str, usize> = HashMap::new();
    for (index, level) in levels.iter().enumerate() {
        let path = format!("{path}.levels[{index}]");
        if level.label.trim().is_empty() {
            let fix = "Give it a short name for tables, e.g. `label: One person`.";
            problems.push(Problem::new(
                format!("{path}.label"),
                ProblemCode::EmptyLabel,
                "The level has no label.",
                fix,
            ));
        } else if let Some(first) = labels.insert(&level.label, index) {
            let message = format!("levels[{first}] of this dimension has the label {:?} too.", level.label);
            let fix = "Give each level a label of its own.";
            problems.push(Problem::new(format!("{path}.label"), ProblemCode::DuplicateLabel, message, fix));
        }
        if level.wordings.is_empty() {
            let message = format!("The level {:?} has no wording.", level.label);
            let fix = "Add what the model shall read, e.g. `wording: one person`.";
            problems.push(Problem::new(format!("{path}.wordings"), ProblemCode::EmptyLevel, message, fix));
        }
        for (wording, text) in level.wordings.iter().enumerate() {
            if text.trim().is_empty() {
                let message = format!("A wording of the level {:?} is blank.", level.label);
                let fix = "Write what the model shall read, or drop it.";
                problems.push(Problem::new(
                    format!("{path}.wordings[{wording}]"),
                    ProblemCode::EmptyLevel,
                    message,
                    fix,
                ));
            }
        }
        if level.score.is_some_and(|score| !score.is_finite()) {
            let fix = "Write a number, or leave the score out.";
            problems.push(Problem::new(
                format!("{path}.score"),
                ProblemCode::InvalidScore,
                "The score is not a finite number.",
                fix,
            ));
        }
    }
}
