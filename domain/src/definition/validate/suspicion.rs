//! What is legal but suspicious.

use super::super::{
    DecisionSpec, DefinitionContent, Dimension, Warning, WarningCode, limits::SCENARIO_COUNT_WARNED,
    prompt_text::decision_placeholder, rule, score, space::Space,
};

pub(super) fn warnings(content: &DefinitionContent, space: Option<&Space>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let has_own_systems =
        !content.scenarios.is_empty() && content.scenarios.iter().all(|each| each.system.is_some());
    if content.preamble.as_deref().is_none_or(|text| text.trim().is_empty()) && !has_own_systems {
        warnings.push(Warning::new(
            "preamble",
            WarningCode::NoPreamble,
            "There is no preamble, so models are asked without a system prompt.",
            "Add one if models shall know their role.",
        ));
    }
    let with_target = content.scenarios.iter().filter(|each| each.target.is_some()).count();
    if with_target > 0 && with_target < content.scenarios.len() {
        warnings.push(Warning::new(
            "scenarios",
            WarningCode::PartialTargets,
            format!("{with_target} of {} scenarios have a target.", content.scenarios.len()),
            "Give all of them one, unless some have no right answer.",
        ));
    }
    for (index, dimension) in content.dimensions.iter().enumerate() {
        check_dimension(&format!("dimensions[{index}]"), dimension, content, &mut warnings);
    }
    if let Some(space) = space {
        scenarios(content, space, &mut warnings);
    }
    if let Some(placeholder) = decision_placeholder(&content.decision)
        && !mentions_decision(content, placeholder)
    {
        warnings.push(Warning::new(
            "template",
            WarningCode::DecisionNotMentioned,
            "The prompts never say which decisions are possible, so answers may be unreadable.",
            format!("Put `[{placeholder}]` where they shall be listed."),
        ));
    }
    warnings
}

fn check_dimension(
    path: &str,
    dimension: &Dimension,
    content: &DefinitionContent,
    warnings: &mut Vec<Warning>,
) {
    let (name, levels) = (&dimension.name, &dimension.levels);
    let mut warn = |path: String, code, message: String, fix: &str| {
        warnings.push(Warning::new(path, code, message, fix))
    };
    let placeholder = format!("[{name}]");
    if !content.prompt_texts().any(|(_, text)| text.contains(&placeholder)) {
        let message = format!("No text holds `{placeholder}`, so this dimension repeats the same prompts.");
        warn(
            path.to_owned(),
            WarningCode::UnusedDimension,
            message,
            "Put the placeholder into the template, or drop the dimension.",
        );
    }
    if levels.len() == 1 {
        let message = format!("`{name}` has one level, so it does not vary.");
        warn(
            format!("{path}.levels"),
            WarningCode::SingleLevel,
            message,
            "Add levels, or write it into the template.",
        );
    }
    let scores: Vec<f64> = levels.iter().filter_map(|level| level.score).collect();
    let target_count = levels.iter().filter(|level| level.target.is_some()).count();
    if scores.is_empty() && target_count == 0 && !levels.is_empty() {
        let message =
            format!("The levels of `{name}` have no scores, so trends over them cannot be computed.");
        warn(
            format!("{path}.levels"),
            WarningCode::NoScores,
            message,
            "Add scores if the levels have an order.",
        );
    } else if !scores.is_empty() && scores.len() < levels.len() {
        let message = format!("{} of {} levels of `{name}` have a score.", scores.len(), levels.len());
        warn(format!("{path}.levels"), WarningCode::PartialScores, message, "Give all of them one, or none.");
    }
    if target_count > 0 && target_count < levels.len() {
        let message = format!("{target_count} of {} levels of `{name}` have a target.", levels.len());
        warn(
            format!("{path}.levels"),
            WarningCode::PartialTargets,
            message,
            "Give all of them one, unless some have no right answer.",
        );
    }
    for (index, level) in levels.iter().enumerate() {
        if let Some(score) = level.score
            && levels[..index].iter().any(|other| other.score == Some(score))
        {
            let message = format!("Another level of `{name}` has the score {} too.", score::display(score));
            warn(
                format!("{path}.levels[{index}].score"),
                WarningCode::DuplicateScore,
                message,
                "If they mean the same, make them two wordings of one level.",
            );
        }
        for (wording, text) in level.wordings.iter().enumerate() {
            if content.dimensions.iter().any(|other| text.contains(&format!("[{}]", other.name))) {
                let message = "The wording holds a placeholder, which is sent as it stands.".to_owned();
                warn(
                    format!("{path}.levels[{index}].wordings[{wording}]"),
                    WarningCode::PlaceholderInWording,
                    message,
                    "Put placeholders into the template only.",
                );
            }
        }
    }
}

fn scenarios(content: &DefinitionContent, space: &Space, warnings: &mut Vec<Warning>) {
    if space.scenario_count() >= SCENARIO_COUNT_WARNED {
        let path = if content.scenarios.is_empty() { "dimensions" } else { "scenarios" };
        warnings.push(Warning::new(
            path,
            WarningCode::ManyScenarios,
            format!(
                "The definition has {} scenarios, each of which is paid for per model and sample.",
                space.scenario_count()
            ),
            "Run a sample of them first.",
        ));
    }
    for (index, text) in content.rules.iter().enumerate() {
        let path = format!("rules[{index}]");
        let alone = rule::compile(&path, text, content).ok().and_then(|rule| Space::new(content, vec![rule]));
        if alone.is_some_and(|alone| alone.scenario_count() == alone.combination_count()) {
            let message = "The rule excludes nothing.";
            warnings.push(Warning::new(
                path,
                WarningCode::IdleRule,
                message,
                "Check its conditions, or drop it.",
            ));
        }
    }
}

/// Listed bodies that are looked through for the decisions; the others will be like them.
const BODIES_LOOKED_AT: usize = 100;

/// Whether the prompts list the decisions, or name each choice, or both ends of the scale; the
/// bodies of listed scenarios may do so in place of the template.
fn mentions_decision(content: &DefinitionContent, placeholder: &str) -> bool {
    let placeholder = format!("[{placeholder}]");
    let texts: Vec<String> = content.prompt_texts().map(|(_, text)| text.to_lowercase()).collect();
    if texts.iter().any(|text| text.contains(&placeholder)) {
        return true;
    }
    let names = match &content.decision {
        DecisionSpec::Scale { points } => {
            let ends =
                [points.iter().map(|point| point.value).min(), points.iter().map(|point| point.value).max()];
            ends.into_iter().flatten().map(|value| value.to_string()).collect()
        }
        DecisionSpec::Choice { choices } => {
            choices.iter().map(|choice| choice.name.to_lowercase()).collect::<Vec<_>>()
        }
        DecisionSpec::FreeText => return true,
    };
    let among = |texts: &[String]| names.iter().all(|name| texts.iter().any(|text| has_word(text, name)));
    let mut bodies = content.scenarios.iter().take(BODIES_LOOKED_AT).map(|each| each.body.to_lowercase());
    among(&texts) || (!content.scenarios.is_empty() && bodies.all(|body| among(&[body])))
}

/// Whether a word stands in a text on its own, not as part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(start, found)| {
        let before = text[..start].chars().next_back();
        let after = text[start + found.len()..].chars().next();
        ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    })
}
