//! A conversation, whatever the wire format it came in.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    chance::{join, key_of},
    wire_format::WireFormat,
};

/// The shortest prefix that is cached, in tokens.
pub(crate) const CACHED_MIN: u64 = 1_024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    System,
    User,
    Assistant,
}

#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) role: Role,
    pub(crate) text: String,
}

/// Whether the model thinks before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Thinking {
    #[default]
    AsProfile,
    On,
    Off,
}

/// What the answer shall look like.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Shape {
    #[default]
    Text,
    /// Any JSON object.
    Json,
    /// JSON that fits this schema.
    Schema(Value),
}

/// What a simulated model is asked.
#[derive(Debug)]
pub(crate) struct Conversation {
    /// As requested: a name or a version.
    pub(crate) model: String,
    pub(crate) messages: Vec<Message>,
    /// 1 unless the caller says otherwise.
    pub(crate) temperature: f64,
    /// A cap on tokens, reasoning included.
    pub(crate) token_max: Option<u64>,
    /// Texts at which the answer ends, without them.
    pub(crate) stops: Vec<String>,
    pub(crate) thinking: Thinking,
    pub(crate) shape: Shape,
    /// Whether the wire format has a seed. Without one, samples differ by how often a body came.
    pub(crate) is_seeded: bool,
    /// One key per user message: all that was said up to it, and the request's seed.
    pub(crate) turn_keys: Vec<TurnKey>,
    /// The whole body: model, messages, seed.
    pub(crate) call_key: u64,
}

/// Where a model's chance comes from at one turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TurnKey {
    /// What was said, without the request's seed.
    pub(crate) prompt: u64,
    /// What was said, and the request's seed: another seed is another sample.
    pub(crate) sample: u64,
}

impl Conversation {
    pub(crate) fn new(model: String, messages: Vec<Message>, seed: Option<i64>) -> Self {
        let mut hasher = Sha256::new();
        let mut turn_keys = Vec::new();
        // None and 0 are different requests.
        let seed_key = seed.map_or(u64::MAX, |seed| join(1, seed as u64));
        for message in &messages {
            let role = match message.role {
                Role::System => b's',
                Role::User => b'u',
                Role::Assistant => b'a',
            };
            // Lengths keep "ab" + "c" apart from "a" + "bc".
            hasher.update([role]);
            hasher.update((message.text.len() as u64).to_le_bytes());
            hasher.update(message.text.as_bytes());
            if message.role == Role::User {
                let prompt = first_eight_bytes(hasher.clone());
                let sample = join(prompt, seed_key);
                turn_keys.push(TurnKey { prompt, sample });
            }
        }
        let whole = match (turn_keys.last(), messages.last()) {
            (Some(key), Some(last)) if last.role == Role::User => key.prompt,
            _ => first_eight_bytes(hasher),
        };
        Self {
            call_key: join(join(whole, seed_key), key_of(&model)),
            model,
            messages,
            temperature: 1.0,
            token_max: None,
            stops: Vec::new(),
            thinking: Thinking::AsProfile,
            shape: Shape::Text,
            is_seeded: true,
            turn_keys,
        }
    }

    /// For a wire format without seeds. `sample_name` is what else tells two requests apart.
    pub(crate) fn unseeded(model: String, messages: Vec<Message>, sample_name: &str) -> Self {
        let mut conversation = Self::new(model, messages, None);
        conversation.is_seeded = false;
        if !sample_name.is_empty() {
            conversation.call_key = join(conversation.call_key, key_of(sample_name));
        }
        conversation
    }

    /// Tells the same question in two wire formats apart: two providers are asked, and both
    /// are paid. Answers do not depend on it where there is a seed.
    pub(crate) fn sent_as(&mut self, format: WireFormat) {
        self.call_key = join(self.call_key, format as u64);
    }

    /// Makes the nth request of one body another sample, where there is no seed to say so.
    pub(crate) fn count_as(&mut self, nth: u32) {
        if self.is_seeded {
            return;
        }
        let drawn = join(self.call_key, u64::from(nth));
        for key in &mut self.turn_keys {
            key.sample = join(key.prompt, drawn);
        }
    }

    /// How often the user has spoken.
    pub(crate) fn turn(&self) -> usize {
        self.turn_keys.len()
    }

    pub(crate) fn prompts(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.messages.iter().filter(|message| message.role == Role::User).map(|message| message.text.as_str())
    }

    /// What the model said last, before the user spoke again.
    pub(crate) fn last_answer(&self) -> Option<&str> {
        let mut said = self.messages.iter().rev().skip_while(|message| message.role != Role::User);
        said.find(|message| message.role == Role::Assistant).map(|message| message.text.as_str())
    }

    /// What the user said last; empty when nothing.
    pub(crate) fn last_prompt(&self) -> &str {
        self.prompts().next_back().unwrap_or_default()
    }

    /// A guess at the count, four bytes each, as a provider's bill would show.
    pub(crate) fn prompt_tokens(&self) -> u64 {
        let texts: u64 = self.messages.iter().map(|message| tokens_of(&message.text) + 4).sum();
        texts + 3
    }

    /// What of it was sent before, from the 1,024 on below which vendors cache nothing.
    pub(crate) fn repeated_tokens(&self) -> u64 {
        let repeated = self.prompt_tokens().saturating_sub(tokens_of(self.last_prompt()));
        if self.turn() < 2 || repeated < CACHED_MIN { 0 } else { repeated }
    }

    /// The same in the steps of 128 that OpenAI caches in.
    pub(crate) fn cached_tokens(&self) -> u64 {
        self.repeated_tokens() / 128 * 128
    }
}

pub(crate) fn tokens_of(text: &str) -> u64 {
    (text.len() as u64).div_ceil(4)
}

fn first_eight_bytes(hasher: Sha256) -> u64 {
    let digest = hasher.finalize();
    digest.iter().take(8).fold(0, |key, byte| (key << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::{Conversation, Message, Role};

    fn said(texts: &[&str], seed: Option<i64>) -> Conversation {
        let messages =
            texts.iter().map(|text| Message { role: Role::User, text: (*text).to_owned() }).collect();
        Conversation::new("m".into(), messages, seed)
    }

    #[test]
    fn the_key_of_a_call_depends_on_texts_their_borders_and_the_seed() {
        let key = said(&["ab", "c"], None).call_key;
        assert_eq!(key, said(&["ab", "c"], None).call_key);
        assert_ne!(key, said(&["a", "bc"], None).call_key);
        assert_ne!(key, said(&["ab", "c"], Some(0)).call_key);
    }

    #[test]
    fn earlier_turns_keep_their_keys_when_the_conversation_goes_on() {
        let first = said(&["hello"], Some(1)).turn_keys[0].sample;
        assert_eq!(first, said(&["hello", "and?"], Some(1)).turn_keys[0].sample);
    }
}
