//! How the decision of a data set is read: from its targets, where they look like choices.

use std::collections::HashSet;

use super::super::super::{Choice, DecisionSpec, ListedScenario};

/// More different targets than this are answers, not choices.
const CHOICE_COUNT_MAX: usize = 20;
/// Characters of a target that can be the name of a choice.
const CHOICE_CHARS_MAX: usize = 40;

/// Choices where the targets are few, short and used again and again; else free text.
pub(in super::super) fn decision_of(scenarios: &[ListedScenario]) -> DecisionSpec {
    let used = scenarios.iter().filter(|scenario| scenario.target.is_some()).count();
    let Some(DecisionSpec::Choice { choices }) = choices_of(scenarios) else { return DecisionSpec::FreeText };
    let is_short = |choice: &Choice| {
        choice.name.chars().count() <= CHOICE_CHARS_MAX && !choice.name.contains(char::is_control)
    };
    let are_few = choices.len() <= CHOICE_COUNT_MAX && used > choices.len();
    if are_few && choices.iter().all(is_short) {
        DecisionSpec::Choice { choices }
    } else {
        DecisionSpec::FreeText
    }
}

/// The targets as choices, in the order in which they first stand there. `None` = there are fewer
/// than two, or two that differ in case or surrounding space only.
pub(in super::super) fn choices_of(scenarios: &[ListedScenario]) -> Option<DecisionSpec> {
    let mut known = HashSet::new();
    let targets = scenarios.iter().filter_map(|scenario| scenario.target.as_deref());
    let names: Vec<&str> = targets.filter(|target| known.insert(*target)).collect();
    let folded: HashSet<String> = names.iter().map(|name| name.trim().to_lowercase()).collect();
    if names.len() < 2 || folded.len() < names.len() {
        return None;
    }
    let choice =
        |name: &&str| Choice { name: (*name).to_owned(), label: None, aliases: Vec::new(), score: None };
    Some(DecisionSpec::Choice { choices: names.iter().map(choice).collect() })
}
