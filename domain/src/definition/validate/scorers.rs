//! Scorers: names, and what each kind needs.

use std::collections::{HashMap, HashSet};

use super::{
    super::{
        DecisionSpec, DefinitionContent, Problem, ProblemCode, Scorer, ScorerKind,
        limits::{CRITERIA_CHARS_MAX, DIMENSION_NAME_CHARS_MAX, RUBRIC_POINTS_MAX, SCORER_COUNT_MAX},
        prompt_text::is_identifier,
    },
    texts::control_character,
};
use crate::scoring;

pub(super) fn check(content: &DefinitionContent, problems: &mut Vec<Problem>) {
    if content.scorers.len() > SCORER_COUNT_MAX {
        let message =
            format!("There are {} scorers; at most {SCORER_COUNT_MAX} are allowed.", content.scorers.len());
        problems.push(Problem::new("scorers", ProblemCode::InvalidScorer, message, "Drop some."));
        return;
    }
    let mut names: HashMap<String, usize> = HashMap::new();
    for (index, scorer) in content.scorers.iter().enumerate() {
        let path = format!("scorers[{index}]");
        if !is_identifier(&scorer.name) || scorer.name.chars().count() > DIMENSION_NAME_CHARS_MAX {
            let message = format!("{:?} is no name of a scorer.", scorer.name);
            let fix = format!(
                "Take letters, digits and underscores, a letter first, at most {DIMENSION_NAME_CHARS_MAX}: it becomes \
                 the CSV column `score_<name>`."
            );
            problems.push(Problem::new(format!("{path}.name"), ProblemCode::InvalidScorer, message, fix));
        } else if let Some(first) = names.insert(scorer.name.to_lowercase(), index) {
            let message = format!("scorers[{first}] is called {} too.", scorer.name);
            let fix = "Give each scorer a name of its own; upper and lower case count as the same.";
            problems.push(Problem::new(format!("{path}.name"), ProblemCode::DuplicateScorer, message, fix));
        }
        let texts = [
            ("expected", &scorer.expected),
            ("pattern", &scorer.pattern),
            ("schema", &scorer.schema),
            ("criteria", &scorer.criteria),
        ];
        for (field, text) in texts {
            let text = text.as_deref().unwrap_or_default();
            problems.extend(control_character(format!("{path}.{field}"), text, false));
        }
        one(&path, scorer, content, problems);
    }
}

fn one(path: &str, scorer: &Scorer, content: &DefinitionContent, problems: &mut Vec<Problem>) {
    let kind = scorer.kind;
    let mut wrong = |field: &str, message: String, fix: &str| {
        problems.push(Problem::new(format!("{path}.{field}"), ProblemCode::InvalidScorer, message, fix));
    };
    let belongs = [
        ("pattern", scorer.pattern.is_some(), kind == ScorerKind::Regex, true),
        ("schema", scorer.schema.is_some(), kind == ScorerKind::JsonSchema, true),
        ("criteria", scorer.criteria.is_some(), kind.is_judged(), true),
        ("scale", !scorer.scale.is_empty(), kind == ScorerKind::Rubric, false),
        ("expected", scorer.expected.is_some(), kind != ScorerKind::JsonSchema && !kind.is_judged(), false),
        ("tolerance", scorer.tolerance.is_some(), kind == ScorerKind::Numeric, false),
        ("is_relative", scorer.is_relative, kind == ScorerKind::Numeric, false),
        ("ignore_case", scorer.ignore_case, matches!(kind, ScorerKind::Includes | ScorerKind::Regex), false),
    ];
    for (field, is_there, is_its, is_needed) in belongs {
        if is_there && !is_its {
            wrong(field, format!("A scorer of the kind {} takes no `{field}`.", kind.as_str()), "Drop it.");
        }
        if is_its && is_needed && !is_there {
            let fix = format!("Add `{field}`.");
            wrong(field, format!("A scorer of the kind {} needs a `{field}`.", kind.as_str()), &fix);
        }
    }
    if let Some(pattern) = &scorer.pattern
        && let Err(error) = scoring::pattern(pattern, scorer.ignore_case)
    {
        let message = format!("The pattern cannot be read: {error}");
        wrong(
            "pattern",
            message,
            "Look-around and back references are not supported; escape what is meant literally.",
        );
    }
    if let Some(schema) = &scorer.schema
        && let Err(error) = scoring::schema(schema)
    {
        wrong(
            "schema",
            format!("This is no JSON Schema: {error}"),
            "Write the schema as JSON, e.g. `{\"type\": \"object\"}`.",
        );
    }
    if let Some(criteria) = &scorer.criteria {
        let length = criteria.chars().count();
        if criteria.trim().is_empty() {
            wrong("criteria", "The criteria are blank.".into(), "Say what makes an answer good.");
        } else if length > CRITERIA_CHARS_MAX {
            let message =
                format!("The criteria have {length} characters; at most {CRITERIA_CHARS_MAX} are allowed.");
            wrong("criteria", message, "Shorten them, or make two scorers of them.");
        }
    }
    if !scorer.scale.is_empty() {
        let values: HashSet<i64> = scorer.scale.iter().map(|point| point.value).collect();
        if values.len() < scorer.scale.len() || !(2..=RUBRIC_POINTS_MAX).contains(&values.len()) {
            let message =
                format!("The scale needs 2 to {RUBRIC_POINTS_MAX} points, each with a value of its own.");
            wrong("scale", message, "Write e.g. `{value: 1, label: poor}` and `{value: 5, label: good}`.");
        }
    }
    if scorer.tolerance.is_some_and(|tolerance| !tolerance.is_finite() || tolerance < 0.0) {
        wrong("tolerance", "The tolerance is no number of 0 or more.".into(), "Write e.g. `0.01`.");
    }
    if let Some(expected) = &scorer.expected {
        if expected.trim().is_empty() {
            wrong(
                "expected",
                "What is expected is blank.".into(),
                "Write it, or drop it to take the scenario's target.",
            );
        } else if kind == ScorerKind::Numeric && scoring::last_number(expected).is_none() {
            wrong("expected", format!("{expected:?} is no number."), "Write a number, e.g. `3.5`.");
        }
    }
    if kind == ScorerKind::MultipleChoice {
        match &content.decision {
            DecisionSpec::Choice { choices } => {
                if let Some(expected) = &scorer.expected
                    && !choices.iter().any(|choice| choice.name == *expected)
                {
                    let names: Vec<&str> = choices.iter().map(|choice| choice.name.as_str()).collect();
                    let fix = format!("The choices are {}.", names.join(", "));
                    wrong("expected", format!("{expected:?} is the name of no choice."), &fix);
                }
            }
            DecisionSpec::Scale { .. } | DecisionSpec::FreeText => {
                let message = "There are no choices: the decision is a scale or free text.".into();
                wrong("kind", message, "Take another kind, or read the decision from `choices`.");
            }
        }
    }
}
