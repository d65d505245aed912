//! Scale, choices and targets.

use std::collections::HashMap;

use super::super::{
    Choice, DecisionSpec, DefinitionContent, Dimension, Problem, ProblemCode, ScalePoint, similar,
};

pub(super) fn check(content: &DefinitionContent, problems: &mut Vec<Problem>) {
    match &content.decision {
        DecisionSpec::Scale { points } => scale(points, problems),
        DecisionSpec::Choice { choices } => check_choices(choices, problems),
        DecisionSpec::FreeText => {}
    }
    targets(content, problems);
}

fn scale(points: &[ScalePoint], problems: &mut Vec<Problem>) {
    if points.len() < 2 {
        let message = format!("A scale needs at least two points; this has {}.", points.len());
        let fix = "Add points such as `{value: 1, label: Definitely not}`.";
        problems.push(Problem::new("decision.scale", ProblemCode::ScaleTooShort, message, fix));
    }
    let mut values = HashMap::new();
    for (index, point) in points.iter().enumerate() {
        if let Some(first) = values.insert(point.value, index) {
            let message = format!("scale[{first}] has the value {} too.", point.value);
            let fix = "Give each point a value of its own.";
            let path = format!("decision.scale[{index}].value");
            problems.push(Problem::new(path, ProblemCode::DuplicateScaleValue, message, fix));
        }
    }
}

fn check_choices(choices: &[Choice], problems: &mut Vec<Problem>) {
    if choices.len() < 2 {
        let message = format!("A decision needs at least two choices; this has {}.", choices.len());
        let fix = "Add choices such as `{name: A}`.";
        problems.push(Problem::new("decision.choices", ProblemCode::TooFewChoices, message, fix));
    }
    let mut spellings: HashMap<String, (usize, &str)> = HashMap::new();
    for (index, choice) in choices.iter().enumerate() {
        let path = format!("decision.choices[{index}]");
        let name = (format!("{path}.name"), choice.name.as_str());
        let aliases = choice.aliases.iter().enumerate();
        let aliases = aliases.map(|(alias, text)| (format!("{path}.aliases[{alias}]"), text.as_str()));
        for (path, text) in std::iter::once(name).chain(aliases) {
            if text.trim().is_empty() {
                let fix = "Write what a model answers with.";
                problems.push(Problem::new(path, ProblemCode::EmptyChoice, "The name is blank.", fix));
                continue;
            }
            // An answer is read without regard to case or the space around it.
            if let Some((first, other)) = spellings.insert(text.trim().to_lowercase(), (index, text)) {
                let message = format!("choices[{first}] answers to {other:?} too.");
                let fix = "Give each choice names of its own; upper and lower case count as the same.";
                problems.push(Problem::new(path, ProblemCode::DuplicateChoice, message, fix));
            }
        }
        if choice.score.is_some_and(|score| !score.is_finite()) {
            let path = format!("{path}.score");
            let fix = "Write a number, or leave the score out.";
            problems.push(Problem::new(
                path,
                ProblemCode::InvalidScore,
                "The score is not a finite number.",
                fix,
            ));
        }
    }
}

fn has_targets(dimension: &Dimension) -> bool {
    dimension.levels.iter().any(|level| level.target.is_some())
}

fn targets(content: &DefinitionContent, problems: &mut Vec<Problem>) {
    let mut wrong_count = 0;
    for (index, scenario) in content.scenarios.iter().enumerate() {
        let Some((target, (message, fix))) = scenario
            .target
            .as_deref()
            .and_then(|target| Some((target, wrong_target(target, &content.decision)?)))
        else {
            continue;
        };
        // A blank one is reported as such; a list with one mistake has it on each line.
        wrong_count += 1;
        if !target.trim().is_empty() && wrong_count <= 20 {
            let path = format!("{}.target", super::scenarios::path_of(scenario, index));
            problems.push(Problem::new(path, ProblemCode::UnknownTarget, message, fix));
        }
    }
    let mut deciding: Option<&Dimension> = None;
    for (index, dimension) in content.dimensions.iter().enumerate().filter(|(_, each)| has_targets(each)) {
        if let Some(first) = deciding {
            let message =
                format!("`{}` and `{}` both say which choice is right.", first.name, dimension.name);
            let fix = "Set targets on the levels of one dimension only.";
            let path = format!("dimensions[{index}]");
            problems.push(Problem::new(path, ProblemCode::AmbiguousTarget, message, fix));
        }
        deciding = deciding.or(Some(dimension));
        for (number, level) in dimension.levels.iter().enumerate() {
            let Some(target) = &level.target else {
                continue;
            };
            if let Some((message, fix)) = wrong_target(target, &content.decision) {
                let path = format!("dimensions[{index}].levels[{number}].target");
                problems.push(Problem::new(path, ProblemCode::UnknownTarget, message, fix));
            }
        }
    }
}

/// What is wrong, and the fix. `None` = the target is a choice.
fn wrong_target(target: &str, decision: &DecisionSpec) -> Option<(String, String)> {
    let choices = match decision {
        DecisionSpec::Choice { choices } => choices,
        DecisionSpec::FreeText if target.trim().is_empty() => {
            return Some((
                "The target is blank.".to_owned(),
                "Write the right answer, or drop it.".to_owned(),
            ));
        }
        DecisionSpec::FreeText => return None,
        DecisionSpec::Scale { .. } => {
            let message = format!("The target {target:?} is no choice: the decision is a scale.");
            return Some((message, "Read the decision from `choices`, or drop the target.".to_owned()));
        }
    };
    if choices.iter().any(|choice| choice.name == target) {
        return None;
    }
    let names = || choices.iter().map(|choice| choice.name.as_str());
    let by_alias = choices.iter().find(|choice| choice.aliases.iter().any(|alias| alias == target));
    let near = by_alias.map(|choice| choice.name.as_str()).or_else(|| similar::closest(target, names()));
    let fix = match near {
        Some(near) => format!("Did you mean {near:?}?"),
        None => format!("The choices are {}.", similar::listed(names())),
    };
    Some((format!("The target {target:?} is the name of no choice."), fix))
}
