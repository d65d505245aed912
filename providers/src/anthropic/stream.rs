//! A streamed answer of Messages, event by event.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json, value::RawValue};

use crate::{
    anthropic::error,
    classify::VendorError,
    fields::Fields,
    sse::Event,
    wire::{Assembled, Assembly},
};

/// The events so far, folded into one message.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// The message's fields beside its content, as the last event that had them said.
    message: BTreeMap<String, Box<RawValue>>,
    /// Counts are cumulative, so a later one replaces an earlier one.
    usage: BTreeMap<String, Box<RawValue>>,
    blocks: BTreeMap<u64, Block>,
    has_message: bool,
    is_done: bool,
    error: Option<VendorError>,
}

/// One block of content; what deltas add is kept apart from its other fields.
#[derive(Debug, Default)]
struct Block {
    fields: BTreeMap<String, Box<RawValue>>,
    kind: Option<&'static str>,
    text: String,
    thinking: String,
    signature: Option<String>,
}

impl Assembly for Events {
    fn take(&mut self, event: &Event<'_>) -> bool {
        let Some(fields) = Fields::of(&event.data) else {
            return false;
        };
        let kind = fields.string("type").unwrap_or_else(|| event.name.to_owned());
        match kind.as_str() {
            "message_start" => self.start(fields.raw("message")),
            "content_block_start" => {
                self.has_message = true;
                let (block, brings_text) = Block::of(fields.raw("content_block"));
                self.blocks.insert(self.index(&fields), block);
                return brings_text;
            }
            "content_block_delta" => {
                self.has_message = true;
                let index = self.index(&fields);
                return self.blocks.entry(index).or_default().take(&fields.object("delta"));
            }
            "message_delta" => {
                self.has_message = true;
                keep(&mut self.message, fields.raw("delta"));
                self.count(fields.raw("usage"));
            }
            "message_stop" => self.is_done = true,
            "error" => self.error = Some(error::read(&event.data)),
            // Pings, ends of blocks, and what may come to be.
            _ => {}
        }
        false
    }

    fn finish(mut self: Box<Self>) -> Assembled {
        if !self.has_message {
            return Assembled { body: None, is_complete: false, error: self.error };
        }
        let is_complete = self.is_done || self.message.contains_key("stop_reason");
        if let Some(usage) = raw(&self.usage) {
            self.message.insert("usage".to_owned(), usage);
        }
        // Without blocks the content is the one that the first event may have brought.
        let content: Vec<_> = self.blocks.into_values().map(Block::into_fields).collect();
        if !content.is_empty() || !self.message.contains_key("content") {
            self.message.extend(raw(&content).map(|content| ("content".to_owned(), content)));
        }
        Assembled { body: serde_json::to_string(&self.message).ok(), is_complete, error: self.error }
    }
}

impl Events {
    fn start(&mut self, message: Option<&str>) {
        self.has_message = true;
        keep(&mut self.message, message);
        if let Some(usage) = self.message.remove("usage") {
            self.count(Some(usage.get()));
        }
    }

    /// Takes cumulative counts: gateways send a zero where they know nothing new.
    fn count(&mut self, usage: Option<&str>) {
        let before = std::mem::take(&mut self.usage);
        keep(&mut self.usage, usage);
        let number = |json: &RawValue| json.get().parse::<u64>().ok();
        for (name, count) in before {
            let is_newer = self.usage.get(&name).is_some_and(|new| number(new) >= number(&count));
            if !is_newer {
                self.usage.insert(name, count);
            }
        }
    }

    /// Where a block stands; the last one where the event does not say.
    fn index(&self, event: &Fields<'_>) -> u64 {
        event.count("index").or_else(|| self.blocks.keys().next_back().copied()).unwrap_or_default()
    }
}

impl Block {
    /// A block as it begins, and whether it begins with text or reasoning.
    fn of(json: Option<&str>) -> (Self, bool) {
        let mut block = Self::default();
        keep(&mut block.fields, json);
        let fields = json.and_then(Fields::of).unwrap_or_default();
        block.text = fields.string("text").unwrap_or_default();
        block.thinking = fields.string("thinking").unwrap_or_default();
        let brings_text = !block.text.is_empty() || !block.thinking.is_empty();
        (block, brings_text)
    }

    /// Adds a delta; true where it brings text or reasoning.
    fn take(&mut self, delta: &Fields<'_>) -> bool {
        let (kind, sum, more) = match delta.string("type").as_deref() {
            Some("text_delta") => ("text", &mut self.text, delta.string("text")),
            Some("thinking_delta") => ("thinking", &mut self.thinking, delta.string("thinking")),
            Some("signature_delta") => {
                self.signature = delta.string("signature").or(self.signature.take());
                return false;
            }
            // Citations, the input of tools and summaries of the prompt are left to the raw body.
            _ => return false,
        };
        self.kind = Some(kind);
        let more = more.unwrap_or_default();
        sum.push_str(&more);
        !more.is_empty()
    }

    fn into_fields(mut self) -> BTreeMap<String, Box<RawValue>> {
        let mut joined = Map::new();
        // A delta shows the kind of a block whose beginning was lost.
        if let Some(kind) = self.kind.filter(|_| !self.fields.contains_key("type")) {
            joined.insert("type".to_owned(), json!(kind));
        }
        let signature = self.signature.unwrap_or_default();
        for (name, value) in [("text", self.text), ("thinking", self.thinking), ("signature", signature)] {
            if !value.is_empty() {
                joined.insert(name.to_owned(), Value::String(value));
            }
        }
        for (name, value) in joined {
            self.fields.extend(raw(&value).map(|value| (name, value)));
        }
        self.fields
    }
}

/// Keeps the fields of an object; null takes back nothing that was said.
fn keep(kept: &mut BTreeMap<String, Box<RawValue>>, object: Option<&str>) {
    let fields: Option<BTreeMap<String, Box<RawValue>>> =
        object.and_then(|json| serde_json::from_str(json).ok());
    kept.extend(fields.unwrap_or_default().into_iter().filter(|(_, value)| value.get() != "null"));
}

fn raw(value: &impl serde::Serialize) -> Option<Box<RawValue>> {
    serde_json::value::to_raw_value(value).ok()
}

#[cfg(test)]
mod tests {
    use super::Events;
    use crate::{
        Finish, Usage,
        anthropic::answer,
        sse,
        wire::{Assembled, Assembly},
    };

    const START: &str = r#"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"usage":{"input_tokens":25,"cache_read_input_tokens":3,"output_tokens":1}}}"#;
    const TEXT: &str =
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#;

    fn assembled(events: &[&str]) -> (Assembled, Option<usize>) {
        let body: String = events.iter().map(|event| format!("event: x\ndata: {event}\n\n")).collect();
        let mut assembly = Box::new(Events::default());
        let mut first = None;
        for (index, event) in sse::events(&body).enumerate() {
            if assembly.take(&event) && first.is_none() {
                first = Some(index);
            }
        }
        (assembly.finish(), first)
    }

    #[test]
    fn a_stream_becomes_the_body_of_an_answer() {
        let (assembled, first) = assembled(&[
            START,
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
            r#"{"type":"ping"}"#,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"h"}}"#,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"m"}}"#,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig"}}"#,
            r#"{"type":"content_block_stop","index":0}"#,
            r#"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
            r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hel"}}"#,
            r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"lo "}}"#,
            r#"{"type":"content_block_stop","index":1}"#,
            r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":15,"input_tokens":null}}"#,
            r#"{"type":"message_stop"}"#,
        ]);
        assert_eq!((assembled.is_complete, assembled.error, first), (true, None, Some(3)));
        let body = assembled.body.unwrap();
        assert!(body.contains(r#""signature":"sig""#), "{body}");
        let answer = answer::read(&body).unwrap();
        assert_eq!((answer.text.as_str(), answer.reasoning.as_deref()), ("Hello ", Some("hm")));
        assert_eq!((answer.finish, answer.model_version.as_deref()), (Finish::Stop, Some("claude-x")));
        let usage = Usage { input: Some(28), cached_input: Some(3), output: Some(15), ..Usage::default() };
        assert_eq!((answer.usage, answer.request_id.as_deref()), (usage, Some("msg_1")));
    }

    #[test]
    fn tools_and_hidden_thoughts_pass_by_without_becoming_text() {
        let (assembled, first) = assembled(&[
            START,
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"redacted_thinking","data":"x"}}"#,
            r#"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"n","input":{}}}"#,
            r#"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}}"#,
            r#"{"type":"content_block_start","index":2,"content_block":{"type":"compaction","content":null}}"#,
            r#"{"type":"content_block_delta","index":2,"delta":{"type":"compaction_delta","content":"c"}}"#,
            r#"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":2}}"#,
            r#"{"type":"message_stop"}"#,
        ]);
        let answer = answer::read(&assembled.body.unwrap()).unwrap();
        assert_eq!((answer.text.as_str(), answer.reasoning, answer.finish), ("", None, Finish::Other));
        assert_eq!(first, None);
    }

    #[test]
    fn a_stream_that_ends_early_is_not_complete_and_keeps_what_had_come() {
        let delta = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#;
        let (assembled, _) = assembled(&[START, TEXT, delta]);
        assert!(!assembled.is_complete);
        let answer = answer::read(&assembled.body.unwrap()).unwrap();
        assert_eq!((answer.text.as_str(), answer.usage.input), ("a", Some(28)));
    }

    #[test]
    fn a_delta_whose_block_was_never_begun_is_kept() {
        let delta = r#"{"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}}"#;
        let (assembled, first) = assembled(&[START, delta]);
        assert_eq!(answer::read(&assembled.body.unwrap()).unwrap().text, "a");
        assert_eq!(first, Some(1));
    }

    #[test]
    fn an_answer_that_comes_whole_in_the_first_event_is_read() {
        let whole = START.replace(r#""content":[]"#, r#""content":[{"type":"text","text":"a"}]"#);
        let (assembled, _) = assembled(&[
            &whole,
            r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}"#,
        ]);
        assert_eq!(answer::read(&assembled.body.unwrap()).unwrap().text, "a");
    }

    #[test]
    fn a_count_that_was_said_is_not_taken_back() {
        let (assembled, _) = assembled(&[
            START,
            r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":0,"cache_read_input_tokens":0,"output_tokens":15}}"#,
        ]);
        let usage = answer::read(&assembled.body.unwrap()).unwrap().usage;
        assert_eq!((usage.input, usage.cached_input, usage.output), (Some(28), Some(3), Some(15)));
    }

    #[test]
    fn an_error_in_the_stream_is_found_before_and_after_text() {
        let error = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
        let delta = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#;
        for (events, has_body) in [(&[error][..], false), (&[START, TEXT, delta, error], true)] {
            let (assembled, _) = assembled(events);
            assert_eq!(assembled.error.unwrap().codes, ["overloaded_error"]);
            assert_eq!((assembled.is_complete, assembled.body.is_some()), (false, has_body));
        }
    }
}
