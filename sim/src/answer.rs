//! What a simulated model answers: its profile applied to what is asked.

use std::{collections::HashMap, sync::LazyLock};

use crate::{
    chance::{Chance, join, key_of},
    conversation::{Conversation, tokens_of},
    profile::Profile,
    task::{Form, Task, contains_words},
};

/// Country in lower case and its capital.
static CAPITALS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let facts: HashMap<String, String> = toml::from_str(include_str!("capitals.toml")).unwrap_or_default();
    facts.into_iter().map(|(country, capital)| (country.to_lowercase(), capital)).collect()
});

const DECISIONS: [&str; 6] = [
    "My decision: {}",
    "**My decision: {}**",
    "My decision: **{}**",
    "Decision: {}",
    "**Decision:** {}",
    "My final decision is: {}",
];

/// Why an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finish {
    Stop,
    Length,
    ContentFilter,
}

/// One answer, whatever the wire format it goes out in.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// None: the wire format's null.
    pub(crate) text: Option<String>,
    /// JSON escapes put before the text, for what a Rust string cannot hold.
    pub(crate) escapes: &'static str,
    pub(crate) refusal: Option<String>,
    pub(crate) reasoning: Option<String>,
    pub(crate) finish: Finish,
}

impl Answer {
    /// What the model of this profile says next. The same for the same arguments, everywhere.
    pub(crate) fn compose(seed: u64, profile: &Profile, version: usize, conversation: &Conversation) -> Self {
        let mind = join(seed, key_of(&profile.name));
        let first = conversation.turn_keys.first().copied();
        let prompt_key = first.map_or(conversation.call_key, |key| key.prompt);
        let sample_key = first.map_or(conversation.call_key, |key| key.sample);
        let task = task_of(conversation);
        let mut quirks = Chance::new(join(mind, prompt_key));
        let mut sample = Chance::new(join(mind, sample_key));
        let mut now =
            Chance::new(join(mind, conversation.turn_keys.last().map_or(sample_key, |key| key.sample) ^ 1));

        if quirks.happens(profile.refusal_rate) {
            return Self::refused();
        }
        let lean = profile.bias
            + profile.version_drift * version as f64
            + weight_of(profile, &task)
            + profile.quirk_sd * quirks.normal()
            + profile.noise_sd * sample.normal() * conversation.temperature.clamp(0.0, 2.0);
        let steps: Vec<i64> = conversation
            .turn_keys
            .iter()
            .skip(1)
            .map(|key| step(profile, &mut Chance::new(join(mind, key.sample))))
            .collect();
        let decision = decide(&task, capital_of(&task), profile, lean, &steps, &mut quirks);
        let has_moved = steps.last().is_some_and(|step| *step != 0);
        let text = if now.happens(profile.unreadable_rate) {
            hedge(&task, &mut now)
        } else {
            speak(profile, &task, &decision, conversation.turn(), has_moved, &mut now)
        };
        let reasoning = profile.is_reasoning.then(|| {
            let thoughts = now.pick(&profile.reasons).cloned().unwrap_or_default();
            format!("First, what is asked. {}", with_factor(&thoughts, profile, &task, &mut now))
        });
        Self { text: Some(text), escapes: "", refusal: None, reasoning, finish: Finish::Stop }
    }

    pub(crate) fn refused() -> Self {
        Self {
            text: None,
            escapes: "",
            refusal: Some("I'm sorry, but I can't help with making this decision.".into()),
            reasoning: None,
            finish: Finish::Stop,
        }
    }

    pub(crate) fn reasoning_tokens(&self) -> u64 {
        self.reasoning.as_deref().map_or(0, tokens_of)
    }

    pub(crate) fn completion_tokens(&self) -> u64 {
        let said = self.text.as_deref().or(self.refusal.as_deref());
        self.reasoning_tokens() + said.map_or(0, tokens_of).max(1)
    }

    /// Breaks off where the cap on tokens is reached.
    pub(crate) fn cut_to(&mut self, token_max: u64) {
        if self.completion_tokens() <= token_max {
            return;
        }
        let left = token_max.saturating_sub(self.reasoning_tokens()).saturating_mul(4);
        self.cut_to_bytes(usize::try_from(left).unwrap_or(usize::MAX));
        self.finish = Finish::Length;
    }

    pub(crate) fn cut_to_bytes(&mut self, bytes: usize) {
        if let Some(text) = &mut self.text {
            text.truncate(text.floor_char_boundary(bytes));
        }
    }
}

/// The last message that asks for something definite; else the first.
fn task_of(conversation: &Conversation) -> Task {
    let mut asked = conversation.prompts().rev().map(Task::read).find(|task| task.form != Form::Open);
    let first = conversation.prompts().next().unwrap_or_default();
    match &mut asked {
        // What was told at the start still weighs when a follow-up asks.
        Some(task) if conversation.turn() > 1 => {
            let opening = Task::read(first).situation;
            if opening != task.situation {
                task.situation.push_str(&opening);
            }
        }
        _ => {}
    }
    asked.unwrap_or_else(|| Task::read(first))
}

fn weight_of(profile: &Profile, task: &Task) -> f64 {
    let held = profile.weights.iter().filter(|(phrase, _)| task.mentions(phrase));
    held.map(|(_, weight)| weight).sum()
}

/// On a follow-up some models move: mostly not, and then by one step.
fn step(profile: &Profile, chance: &mut Chance) -> i64 {
    match chance.happens(profile.revision_rate) {
        true if chance.happens(0.5) => 1,
        true => -1,
        false => 0,
    }
}

/// The right answer, when a capital is asked for that is known here.
fn capital_of(task: &Task) -> Option<&'static str> {
    if !task.mentions("capital") {
        return None;
    }
    CAPITALS
        .iter()
        .filter(|(country, _)| contains_words(&task.situation, country))
        // Of several the longest, then the first: a map has no order of its own.
        .max_by_key(|(country, _)| (country.len(), std::cmp::Reverse(country.as_str())))
        .map(|(_, capital)| capital.as_str())
}

/// The decision as it stands in the answer; None when nothing definite was asked.
fn decide(
    task: &Task,
    fact: Option<&str>,
    profile: &Profile,
    lean: f64,
    steps: &[i64],
    quirks: &mut Chance,
) -> Option<String> {
    let place = |low: i64, high: i64| {
        let exact = low as f64 + lean.clamp(0.0, 1.0) * (high - low) as f64;
        steps.iter().fold(exact.round() as i64, |at, step| (at + step).clamp(low, high))
    };
    match (&task.form, fact) {
        (Form::Scale { low, high }, _) => Some(place(*low, *high).to_string()),
        (Form::Choice(names), Some(capital)) if names.iter().any(|n| same(n, capital)) => {
            let is_right = quirks.happens(profile.accuracy);
            let fitting: Vec<&String> = names.iter().filter(|name| same(name, capital) == is_right).collect();
            quirks.pick(&fitting).map(|name| (*name).clone())
        }
        (Form::Choice(names), _) => {
            let last = i64::try_from(names.len()).unwrap_or(1) - 1;
            let at = usize::try_from(place(0, last)).unwrap_or(0);
            names.get(at).cloned()
        }
        (Form::Open, Some(capital)) => quirks.happens(profile.accuracy).then(|| capital.to_owned()),
        (Form::Open, _) => None,
    }
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

fn speak(
    profile: &Profile,
    task: &Task,
    decision: &Option<String>,
    turn: usize,
    has_moved: bool,
    now: &mut Chance,
) -> String {
    let is_fact = capital_of(task).is_some();
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

fn with_factor(reason: &str, profile: &Profile, task: &Task, now: &mut Chance) -> String {
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
fn hedge(task: &Task, now: &mut Chance) -> String {
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

#[cfg(test)]
mod tests {
    use super::{CAPITALS, capital_of};
    use crate::task::Task;

    #[test]
    fn the_table_of_capitals_can_be_read() {
        assert!(CAPITALS.len() >= 20);
        let of = |prompt| capital_of(&Task::read(prompt));
        assert_eq!(of("What is the capital of New Zealand?"), Some("Wellington"));
        assert_eq!(of("Two friends travel to China."), None);
    }
}
