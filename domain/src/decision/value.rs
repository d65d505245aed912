//! A decision as somebody names it: a point, a choice, or words.

use entity::DecisionStatus;

use crate::{
    conversation::score_of,
    definition::DecisionSpec,
    error::{Error, Result},
    queue::NewDecision,
    reading::DecisionValue,
};

/// The longest answer in free words.
const TEXT_MAX: usize = 10_000;

/// Reads a value that a definition allows; choices also by their aliases and in any case.
///
/// # Errors
/// `Invalid`, naming what is allowed.
pub(crate) fn read_value(spec: &DecisionSpec, text: &str) -> Result<DecisionValue> {
    let known = match spec {
        DecisionSpec::Scale { points } => {
            let point = text.trim().parse().ok();
            let known = points.iter().find(|known| Some(known.value) == point);
            known.map(|known| DecisionValue::Point(known.value))
        }
        DecisionSpec::Choice { choices } => {
            let wanted = text.trim().to_lowercase();
            let is_named = |name: &String| name.trim().to_lowercase() == wanted;
            let exact = choices.iter().find(|choice| choice.name == text);
            let known = exact.or_else(|| {
                choices.iter().find(|choice| is_named(&choice.name) || choice.aliases.iter().any(is_named))
            });
            known.map(|choice| DecisionValue::Choice(choice.name.clone()))
        }
        DecisionSpec::FreeText => {
            crate::search::without_nul("value", text)?;
            let is_text = !text.trim().is_empty() && text.len() <= TEXT_MAX;
            is_text.then(|| DecisionValue::Text(text.to_owned()))
        }
    };
    known.ok_or_else(|| {
        let allowed: Vec<String> = match spec {
            DecisionSpec::Scale { points } => points.iter().map(|point| point.value.to_string()).collect(),
            DecisionSpec::Choice { choices } => choices.iter().map(|choice| choice.name.clone()).collect(),
            DecisionSpec::FreeText => vec![format!("a text of 1 to {TEXT_MAX} bytes")],
        };
        let shown: String = text.chars().take(60).collect();
        Error::invalid("value", format!("{shown:?} is no decision here; give {}.", allowed.join(", ")))
    })
}

/// The decision that a value is, by a reader that the caller names.
pub(crate) fn decided(
    value: DecisionValue,
    spec: &DecisionSpec,
    target: Option<&str>,
    reader: &str,
    reader_version: &str,
) -> NewDecision {
    NewDecision {
        status: DecisionStatus::Decided,
        score: score_of(&value, spec, target),
        value: Some(match value {
            DecisionValue::Point(point) => point.to_string(),
            DecisionValue::Choice(name) | DecisionValue::Text(name) => name,
        }),
        ..unreadable(reader, reader_version)
    }
}

/// The decision that there is none.
pub(crate) fn unreadable(reader: &str, reader_version: &str) -> NewDecision {
    NewDecision {
        status: DecisionStatus::Unreadable,
        value: None,
        score: None,
        reader: reader.into(),
        reader_version: reader_version.into(),
        rule: None,
        reason: None,
        turn_index: None,
        quote: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::{Choice, ScalePoint};

    #[test]
    fn a_value_is_one_that_the_definition_allows() {
        let points = (1..=5).map(|value| ScalePoint { value, label: String::new() }).collect();
        let scale = DecisionSpec::Scale { points };
        assert_eq!(read_value(&scale, " 4 ").unwrap(), DecisionValue::Point(4));
        let refused = read_value(&scale, "6").unwrap_err().to_string();
        assert!(refused.contains("1, 2, 3, 4, 5"), "{refused}");
        let choice = |name: &str, alias: &str| Choice {
            name: name.into(),
            label: None,
            aliases: vec![alias.into()],
            score: None,
        };
        let choices =
            DecisionSpec::Choice { choices: vec![choice("New York", "NYC"), choice("Rome", "Roma")] };
        for text in ["New York", "nyc", "new york "] {
            assert_eq!(read_value(&choices, text).unwrap(), DecisionValue::Choice("New York".into()));
        }
        assert!(read_value(&choices, "Paris").is_err());
        assert_eq!(read_value(&DecisionSpec::FreeText, " x").unwrap(), DecisionValue::Text(" x".into()));
        assert!(read_value(&DecisionSpec::FreeText, " ").is_err());
        assert!(read_value(&DecisionSpec::FreeText, "a\0b").is_err());
    }
}
