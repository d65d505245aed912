//! Values: names that can be found in answers, each of one value.

use std::collections::HashMap;

use super::{
    super::{
        DefinitionContent, Problem, ProblemCode,
        limits::{VALUE_CHARS_MAX, VALUE_COUNT_MAX, VALUE_NAME_COUNT_MAX},
    },
    texts::control_character,
};
use crate::values::folded;

pub(super) fn check(content: &DefinitionContent, problems: &mut Vec<Problem>) {
    let mut wrong = |path: String, message: String, fix: &str| {
        problems.push(Problem::new(path, ProblemCode::InvalidValue, message, fix));
    };
    if content.values.len() > VALUE_COUNT_MAX {
        let message =
            format!("There are {} values; at most {VALUE_COUNT_MAX} are allowed.", content.values.len());
        return wrong("values".into(), message, "Drop some.");
    }
    let mut spellings: HashMap<String, usize> = HashMap::new();
    let mut duplicates = Vec::new();
    for (index, value) in content.values.iter().enumerate() {
        let path = format!("values[{index}]");
        if value.aliases.len() >= VALUE_NAME_COUNT_MAX {
            let message = format!("{:?} has more than {} aliases.", value.name, VALUE_NAME_COUNT_MAX - 1);
            wrong(format!("{path}.aliases"), message, "Drop some.");
            continue;
        }
        let aliases = value.aliases.iter().enumerate();
        let aliases = aliases.map(|(place, alias)| (format!("{path}.aliases[{place}]"), alias));
        for (path, text) in std::iter::once((format!("{path}.name"), &value.name)).chain(aliases) {
            let length = text.chars().count();
            if !text.chars().any(char::is_alphabetic) || length > VALUE_CHARS_MAX || text.trim() != text {
                let message = format!("{text:?} is no name of a value.");
                let fix = format!(
                    "Take words as answers use them, at most {VALUE_CHARS_MAX} characters: `honesty`."
                );
                wrong(path, message, &fix);
            } else if control_character(path.clone(), text, true).is_some() {
                wrong(path, format!("{text:?} has a control character or a line break."), "Drop it.");
            } else if let Some(first) = spellings.insert(folded(text), index) {
                duplicates.push((path, format!("values[{first}] answers to {text:?} too.")));
            }
        }
    }
    let fix = "Give each value names of its own; upper and lower case count as the same.";
    for (path, message) in duplicates {
        problems.push(Problem::new(path, ProblemCode::DuplicateValue, message, fix));
    }
}
