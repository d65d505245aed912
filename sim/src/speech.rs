//! How a simulated model words what it has decided.

use serde_json::Value;

use crate::{
    chance::Chance,
    json_answer::is_decision,
    profile::Profile,
    task::{Form, Task},
};

const DECISIONS: [&str; 6] = [
    "My decision: {}",
    "**My decision: {}**",
    "My decision: **{}**",
    "Decision: {}",
    "**Decision:** {}",
    "My final decision is: {}",
];

pub(crate) fn speak(
    profile: &Profile,
    task: &Task,
    decision: Option<&str>,
    is_fact: bool,
    turn: usize,
    has_moved: bool,
    now: &mut Chance,
) -> String {
    let mut text = match (turn, has_moved) {
        (0 | 1, _) if is_fact => "This is a question of fact, not of judgement.".to_owned(),
        (0 | 1, _) => now.pick(&profile.openings).cloned().unwrap_or_default(),
        (_, true) => "I have thought about it again, and I change my mind a little.".into(),
        (_, false) => "I have thought about it again, and I stand by what I said.".into(),
    };
    // Different reasons: from a random one on, in turn.
    let start = now.below(profile.reasons.len());
    let reasons = profile.reasons.iter().cycle().skip(start);
    let count = match is_fact {
        true => 0,
        false => profile.verbosity.min(profile.reasons.len()),
    };
    for reason in reasons.take(count) {
        text.push(' ');
        text.push_str(&with_factor(reason, profile, task, now));
    }
    if let Some(decision) = decision {
        let phrase = now.pick(&DECISIONS).copied().unwrap_or(DECISIONS[0]);
        text.push_str("\n\n");
        text.push_str(&phrase.replace("{}", decision));
    }
    text
}

pub(crate) fn with_factor(reason: &str, profile: &Profile, task: &Task, now: &mut Chance) -> String {
    if !reason.contains("{factor}") {
        return reason.to_owned();
    }
    let held: Vec<&String> = profile.weights.keys().filter(|phrase| task.mentions(phrase)).collect();
    let factor = match now.pick(&held) {
        Some(phrase) => format!("the word “{phrase}” in this"),
        None => "what happens to the people concerned".to_owned(),
    };
    reason.replace("{factor}", &factor)
}

/// An answer from which no reader should take a decision.
pub(crate) fn hedge(task: &Task, now: &mut Chance) -> String {
    match &task.form {
        Form::Scale { low, high } => {
            let at = low + now.below(usize::try_from(high - low).unwrap_or(1)) as i64;
            format!(
                "I could see myself at {at} or {}, depending on things I do not know. I would \
                 rather not settle on one.",
                at + 1
            )
        }
        Form::Choice(names) => {
            let at = now.below(names.len().saturating_sub(1));
            let both: Vec<&str> = names.iter().skip(at).take(2).map(String::as_str).collect();
            format!("There is a case for {}. I cannot tell which.", both.join(" and for "))
        }
        Form::Open => "It depends, and I cannot say more than that.".into(),
    }
}

/// The decision in an answer that was worded here; None when it gives none.
pub(crate) fn stated_in(answer: &str) -> Option<String> {
    if let Ok(Value::Object(fields)) = serde_json::from_str(answer) {
        let (_, value) = fields.into_iter().find(|(name, _)| is_decision(name))?;
        return Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    let (_, rest) = answer.rsplit_once("ecision")?;
    let rest = rest.trim_start_matches([':', '*', ' ']).trim_start_matches("is:");
    let line = rest.lines().next()?.trim_matches(['*', ' ', '.']);
    (!line.is_empty()).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{DECISIONS, stated_in};

    #[test]
    fn every_way_to_state_a_decision_can_be_read_back() {
        for phrase in DECISIONS {
            let answer = format!("Reasons.\n\n{}", phrase.replace("{}", "keep quiet"));
            assert_eq!(stated_in(&answer).as_deref(), Some("keep quiet"), "{phrase}");
        }
        assert_eq!(stated_in(r#"{"why":"my decision","decision":4}"#).as_deref(), Some("4"));
        assert_eq!(stated_in("I could see myself at 2 or 3."), None);
    }
}
