//! Names, prompts and other texts.

use super::super::{
    DecisionSpec, DefinitionContent, Problem, ProblemCode, limits::NAME_CHARS_MAX, placeholder::Placeholders,
    problem::position_at, prompt_text,
};

pub(super) fn check(content: &DefinitionContent, problems: &mut Vec<Problem>) {
    name(&content.name, problems);
    characters(content, problems);
    for (index, tag) in content.tags.iter().enumerate() {
        if tag.trim().is_empty() {
            let path = format!("tags[{index}]");
            problems.push(Problem::new(path, ProblemCode::EmptyTag, "The tag is blank.", "Drop it."));
        }
    }
    if content.first_question().trim().is_empty() {
        let fix = "Write the question to ask, with placeholders such as `[victims]`.";
        problems.push(Problem::new("template", ProblemCode::EmptyTemplate, "The template is blank.", fix));
    }
    for (index, text) in content.follow_ups.iter().enumerate() {
        if text.trim().is_empty() {
            let path = format!("follow_ups[{index}]");
            let fix = "Write the question, or drop it.";
            problems.push(Problem::new(path, ProblemCode::EmptyFollowUp, "The follow-up is blank.", fix));
        }
    }
    let known = Placeholders::of(content);
    for (path, text) in content.prompt_texts() {
        if let Err(wrong) = prompt_text::parse(&path, text, &known) {
            problems.extend(wrong);
        }
    }
    turns(content, problems);
}

fn name(name: &str, problems: &mut Vec<Problem>) {
    if name.trim().is_empty() {
        let fix = "Give the definition a name to find it by.";
        problems.push(Problem::new("name", ProblemCode::EmptyName, "The name is blank.", fix));
    }
    let length = name.chars().count();
    if length > NAME_CHARS_MAX {
        let message = format!("The name has {length} characters; at most {NAME_CHARS_MAX} are allowed.");
        let fix = "Shorten it, and move the rest to `description`.";
        problems.push(Problem::new("name", ProblemCode::NameTooLong, message, fix));
    }
}

fn turns(content: &DefinitionContent, problems: &mut Vec<Problem>) {
    let asked = content.follow_ups.len() as u64 + 1;
    let Some(turn_count_max) = content.max_turns.filter(|max| u64::from(*max) < asked) else {
        return;
    };
    let message = format!(
        "The first question and {} follow-ups take {asked} turns, but at most {turn_count_max} are allowed.",
        content.follow_ups.len()
    );
    let fix = format!("Raise `max_turns` to {asked}, or leave it out.");
    problems.push(Problem::new("max_turns", ProblemCode::TooFewTurns, message, fix));
}

/// Line breaks and tabs belong in prompts; other control characters get lost on the way (XML,
/// terminals) or cannot be stored at all (NUL in PostgreSQL). `None` = the text has none.
pub(super) fn control_character(path: String, text: &str, one_line: bool) -> Option<Problem> {
    let (offset, letter) = text
        .char_indices()
        .find(|(_, letter)| letter.is_control() && (one_line || !"\t\n\r".contains(*letter)))?;
    let problem = if "\n\r".contains(letter) {
        Problem::new(path, ProblemCode::LineBreak, "It may have one line only.", "Remove the line break.")
    } else {
        let message = format!("It holds the control character U+{:04X}.", u32::from(letter));
        Problem::new(path, ProblemCode::ControlCharacter, message, "Remove the character.")
    };
    Some(problem.within(position_at(text, offset)))
}

fn characters(content: &DefinitionContent, problems: &mut Vec<Problem>) {
    let mut check = |path: String, text: &str, one_line: bool| {
        problems.extend(control_character(path, text, one_line));
    };
    check("name".to_owned(), &content.name, true);
    check("description".to_owned(), content.description.as_deref().unwrap_or_default(), false);
    for (index, tag) in content.tags.iter().enumerate() {
        check(format!("tags[{index}]"), tag, true);
    }
    for (path, text) in content.prompt_texts() {
        check(path, text, false);
    }
    for (index, rule) in content.rules.iter().enumerate() {
        check(format!("rules[{index}]"), rule, false);
    }
    for (index, dimension) in content.dimensions.iter().enumerate() {
        let path = format!("dimensions[{index}]");
        // The name is an identifier or refused, so it needs no look here.
        check(format!("{path}.description"), dimension.description.as_deref().unwrap_or_default(), false);
        for (index, level) in dimension.levels.iter().enumerate() {
            let path = format!("{path}.levels[{index}]");
            check(format!("{path}.label"), &level.label, true);
            for (index, wording) in level.wordings.iter().enumerate() {
                check(format!("{path}.wordings[{index}]"), wording, false);
            }
        }
    }
    match &content.decision {
        DecisionSpec::FreeText => {}
        DecisionSpec::Scale { points } => {
            for (index, point) in points.iter().enumerate() {
                check(format!("decision.scale[{index}].label"), &point.label, true);
            }
        }
        DecisionSpec::Choice { choices } => {
            for (index, choice) in choices.iter().enumerate() {
                let path = format!("decision.choices[{index}]");
                check(format!("{path}.name"), &choice.name, true);
                check(format!("{path}.label"), choice.label.as_deref().unwrap_or_default(), true);
                for (index, alias) in choice.aliases.iter().enumerate() {
                    check(format!("{path}.aliases[{index}]"), alias, true);
                }
            }
        }
    }
}
