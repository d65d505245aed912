//! What a simulated model answers: its profile applied to what is asked.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use crate::{
    chance::{Chance, join, key_of},
    conversation::{Conversation, Shape, Thinking, tokens_of},
    json_answer::{any_object, fit},
    profile::Profile,
    speech::{hedge, speak, stated_in, with_factor},
    task::{Form, Task, contains_words},
};

/// Country in lower case and its capital.
static CAPITALS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let facts: HashMap<String, String> = toml::from_str(include_str!("capitals.toml")).unwrap_or_default();
    facts.into_iter().map(|(country, capital)| (country.to_lowercase(), capital)).collect()
});

// Noncharacters: no text has them, and a JSON writer leaves them as they are.
const MARK: &str = "\u{FDD0}\u{FDD1}";

/// Why an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finish {
    Stop,
    Length,
    Filter(Filter),
}

/// Why a vendor's filter stepped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filter {
    Safety,
    Recitation,
    Prohibited,
    /// It stopped the prompt: the model never saw it.
    Prompt,
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
    /// The stop sequence that ended it.
    pub(crate) stopped_by: Option<String>,
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
        // Without a seed nothing says which sample an earlier turn was, so it is read back.
        let stated = conversation.last_answer().filter(|_| !conversation.is_seeded).and_then(stated_in);
        let stand = Stand { lean, steps: &steps, stated };
        let decision = decide(&task, capital_of(&task), profile, &stand, &mut quirks);
        let has_moved = steps.last().is_some_and(|step| *step != 0);
        let is_text = conversation.shape == Shape::Text;
        let text = if now.happens(profile.unreadable_rate) && is_text {
            hedge(&task, &mut now)
        } else {
            let stated = decision.as_deref().filter(|_| is_text);
            let fact = capital_of(&task).is_some();
            speak(profile, &task, stated, fact, conversation.turn(), has_moved, &mut now)
        };
        let text = match &conversation.shape {
            Shape::Text => text,
            Shape::Json => any_object(decision.as_deref(), &text).to_string(),
            Shape::Schema(schema) => fit(schema, decision.as_deref(), lean, &text).to_string(),
        };
        let thinks = match conversation.thinking {
            Thinking::AsProfile => profile.is_reasoning,
            Thinking::On => true,
            Thinking::Off => false,
        };
        let reasoning = thinks.then(|| {
            let thoughts = now.pick(&profile.reasons).cloned().unwrap_or_default();
            format!("First, what is asked. {}", with_factor(&thoughts, profile, &task, &mut now))
        });
        Self { text: Some(text), reasoning, ..Self::nothing(Finish::Stop) }
    }

    /// Not a word.
    pub(crate) fn nothing(finish: Finish) -> Self {
        Self { text: None, escapes: "", refusal: None, reasoning: None, finish, stopped_by: None }
    }

    pub(crate) fn refused() -> Self {
        let refusal = Some("I'm sorry, but I can't help with making this decision.".into());
        Self { refusal, ..Self::nothing(Finish::Stop) }
    }

    /// What was said, whether it is an answer or a refusal.
    pub(crate) fn said(&self) -> Option<&str> {
        self.text.as_deref().or(self.refusal.as_deref())
    }

    pub(crate) fn reasoning_tokens(&self) -> u64 {
        self.reasoning.as_deref().map_or(0, tokens_of)
    }

    /// Reasoning included.
    pub(crate) fn completion_tokens(&self) -> u64 {
        (self.reasoning_tokens() + self.said().map_or(0, tokens_of)).max(1)
    }

    /// Breaks off where the cap on tokens is reached.
    pub(crate) fn cut_to(&mut self, token_max: u64) {
        if self.completion_tokens() <= token_max {
            return;
        }
        let bytes = |tokens: u64| usize::try_from(tokens.saturating_mul(4)).unwrap_or(usize::MAX);
        if let Some(reasoning) = &mut self.reasoning {
            reasoning.truncate(reasoning.floor_char_boundary(bytes(token_max)));
        }
        let left = token_max.saturating_sub(self.reasoning_tokens());
        self.break_off(bytes(left), Finish::Length);
    }

    pub(crate) fn break_off(&mut self, bytes: usize, finish: Finish) {
        if let Some(text) = &mut self.text {
            text.truncate(text.floor_char_boundary(bytes));
        }
        self.finish = finish;
    }

    /// Ends before the first of these texts.
    pub(crate) fn stop_at(&mut self, stops: &[String]) {
        let Some(text) = &mut self.text else { return };
        let found = stops.iter().filter(|stop| !stop.is_empty());
        let first = found.filter_map(|stop| Some((text.find(stop.as_str())?, stop))).min();
        if let Some((at, stop)) = first {
            text.truncate(at);
            self.stopped_by = Some(stop.clone());
        }
    }

    /// Puts the escapes into a serialised body in which [`Answer::marked_text`] stands.
    pub(crate) fn unmark(&self, body: String) -> String {
        if self.escapes.is_empty() { body } else { body.replacen(MARK, self.escapes, 1) }
    }

    /// The text with a mark where the escapes go.
    pub(crate) fn marked_text(&self) -> Option<Cow<'_, str>> {
        let text = self.text.as_deref()?;
        Some(match self.escapes.is_empty() {
            true => Cow::Borrowed(text),
            false => Cow::Owned(format!("{MARK}{text}")),
        })
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

/// Where a model stands when it decides.
struct Stand<'a> {
    lean: f64,
    /// How it moves, one step per follow-up.
    steps: &'a [i64],
    /// What it decided last, where the steps alone do not tell.
    stated: Option<String>,
}

impl Stand<'_> {
    fn place(&self, low: i64, high: i64, stated: Option<i64>) -> i64 {
        if let Some(stated) = stated {
            return (stated + self.steps.last().unwrap_or(&0)).clamp(low, high);
        }
        let exact = low as f64 + self.lean.clamp(0.0, 1.0) * (high - low) as f64;
        self.steps.iter().fold(exact.round() as i64, |at, step| (at + step).clamp(low, high))
    }
}

/// The decision as it stands in the answer; None when nothing definite was asked.
fn decide(
    task: &Task,
    fact: Option<&str>,
    profile: &Profile,
    stand: &Stand<'_>,
    quirks: &mut Chance,
) -> Option<String> {
    match (&task.form, fact) {
        (Form::Scale { low, high }, _) => {
            let stated = stand.stated.as_deref().and_then(|text| text.parse().ok());
            Some(stand.place(*low, *high, stated).to_string())
        }
        (Form::Choice(names), Some(capital)) if names.iter().any(|n| same(n, capital)) => {
            let is_right = quirks.happens(profile.accuracy);
            let fitting: Vec<&String> = names.iter().filter(|name| same(name, capital) == is_right).collect();
            quirks.pick(&fitting).map(|name| (*name).clone())
        }
        (Form::Choice(names), _) => {
            let position = |text: &String| names.iter().position(|name| same(name, text));
            let stated = stand.stated.as_ref().and_then(position).and_then(|at| i64::try_from(at).ok());
            let last = i64::try_from(names.len()).unwrap_or(1) - 1;
            let at = usize::try_from(stand.place(0, last, stated)).unwrap_or(0);
            names.get(at).cloned()
        }
        (Form::Open, Some(capital)) => quirks.happens(profile.accuracy).then(|| capital.to_owned()),
        (Form::Open, _) => None,
    }
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
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
