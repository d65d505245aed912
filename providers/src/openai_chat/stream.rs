//! A streamed answer of Chat Completions, chunk by chunk.

use serde_json::{Map, Value, json};

use crate::{
    classify::VendorError,
    fields::Fields,
    openai_chat::error,
    sse::Event,
    wire::{Assembled, Assembly},
};

/// The chunks so far, folded into one message.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    /// Fields beside the choices, as the last chunk that had them said.
    outer: Map<String, Value>,
    /// The message; text of several chunks is joined.
    message: Map<String, Value>,
    finish_reason: Option<Value>,
    is_done: bool,
    has_choice: bool,
    error: Option<VendorError>,
}

impl Assembly for Chunks {
    fn take(&mut self, event: &Event<'_>) -> bool {
        if event.data.trim() == "[DONE]" {
            self.is_done = true;
            return false;
        }
        let Ok(Value::Object(chunk)) = serde_json::from_str(&event.data) else {
            return false;
        };
        let mut brings_text = false;
        for (name, value) in chunk {
            match (name.as_str(), value) {
                (_, Value::Null) => {}
                ("error", _) => self.error = Some(error::read(&event.data)),
                ("choices", Value::Array(choices)) => {
                    // Further choices were not asked for; the first is the answer.
                    if let Some(Value::Object(choice)) = choices.into_iter().next() {
                        brings_text |= self.take_choice(choice);
                    }
                }
                // Groq counts here, in its last chunk.
                ("x_groq", Value::Object(mut own)) => {
                    if let Some(usage) = own.remove("usage") {
                        self.outer.insert("usage".to_owned(), usage);
                    }
                }
                (_, value) => {
                    self.outer.insert(name, value);
                }
            }
        }
        brings_text
    }

    fn finish(mut self: Box<Self>) -> Assembled {
        let is_complete = self.finish_reason.is_some() || self.is_done && self.has_choice;
        if !self.has_choice {
            return Assembled { body: None, is_complete: false, error: self.error };
        }
        let choice = json!({"message": self.message, "finish_reason": self.finish_reason});
        self.outer.insert("choices".to_owned(), json!([choice]));
        let body = Value::Object(self.outer).to_string();
        Assembled { body: Some(body), is_complete, error: self.error }
    }
}

impl Chunks {
    fn take_choice(&mut self, mut choice: Map<String, Value>) -> bool {
        self.has_choice = true;
        if let Some(reason) = choice.remove("finish_reason").filter(|reason| !reason.is_null()) {
            self.finish_reason = Some(reason);
        }
        if let Some(error) = choice.remove("error").filter(|error| !error.is_null()) {
            let object = error.to_string();
            self.error = Some(Fields::of(&object).as_ref().map(error::of_object).unwrap_or_default());
        }
        // Some servers send the whole message in their last chunk, under its usual name.
        let delta = choice.remove("delta").or_else(|| choice.remove("message"));
        let Some(Value::Object(delta)) = delta else {
            return false;
        };
        let mut brings_text = false;
        for (name, value) in delta {
            let is_text = name != "role" && !value.is_null() && value != "";
            brings_text |= is_text;
            join(&mut self.message, name, value);
        }
        brings_text
    }
}

/// Text is appended to text and lists to lists; anything else replaces what was there.
fn join(message: &mut Map<String, Value>, name: String, value: Value) {
    match (message.get_mut(&name), value) {
        (_, Value::Null) => {}
        (Some(Value::String(before)), Value::String(more)) if name != "role" => before.push_str(&more),
        (Some(Value::Array(before)), Value::Array(more)) => before.extend(more),
        (Some(Value::Array(before)), Value::String(more)) => {
            before.push(json!({"type": "text", "text": more}));
        }
        // Mistral's reasoning models begin with parts and go on with plain text, or the reverse.
        (Some(before @ Value::String(_)), Value::Array(mut more)) => {
            more.insert(0, json!({"type": "text", "text": before.take()}));
            *before = Value::Array(more);
        }
        (_, value) => {
            message.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Chunks;
    use crate::{
        sse::{self},
        wire::{Assembled, Assembly},
    };

    fn assembled(chunks: &[&str]) -> (Assembled, Option<usize>) {
        let body: String = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
        let mut assembly = Box::new(Chunks::default());
        let mut first = None;
        for (index, event) in sse::events(&body).enumerate() {
            if assembly.take(&event) && first.is_none() {
                first = Some(index);
            }
        }
        (assembly.finish(), first)
    }

    #[test]
    fn chunks_become_the_body_of_an_answer() {
        let (assembled, first) = assembled(&[
            r#"{"id":"c","model":"m","choices":[{"delta":{"role":"assistant","content":""}}]}"#,
            r#"{"id":"c","choices":[{"delta":{"reasoning_content":"hm"}}],"usage":null}"#,
            r#"{"id":"c","choices":[{"delta":{"content":"a"}}]}"#,
            r#"{"id":"c","choices":[{"delta":{"content":"b"},"finish_reason":"stop"}]}"#,
            r#"{"id":"c","choices":[],"usage":{"prompt_tokens":3}}"#,
            "[DONE]",
        ]);
        let body: Value = serde_json::from_str(&assembled.body.unwrap()).unwrap();
        let message = json!({"role": "assistant", "content": "ab", "reasoning_content": "hm"});
        assert_eq!(body["choices"][0], json!({"message": message, "finish_reason": "stop"}));
        assert_eq!((&body["usage"]["prompt_tokens"], &body["model"]), (&json!(3), &json!("m")));
        assert_eq!((assembled.is_complete, assembled.error, first), (true, None, Some(1)));
    }

    #[test]
    fn a_stream_that_ends_early_is_not_complete_and_keeps_what_had_come() {
        let (assembled, _) = assembled(&[r#"{"choices":[{"delta":{"content":"a"}}]}"#]);
        assert!(!assembled.is_complete);
        assert!(assembled.body.unwrap().contains(r#""content":"a""#));
    }

    #[test]
    fn an_error_in_the_stream_is_found_beside_and_within_a_choice() {
        for chunk in [
            r#"{"error":{"code":502,"message":"gone"},"choices":[]}"#,
            r#"{"choices":[{"delta":{"content":""},"finish_reason":"error","error":{"code":502,"message":"gone"}}]}"#,
        ] {
            let (assembled, _) = assembled(&[chunk]);
            assert_eq!(assembled.error.unwrap().message, "gone", "{chunk}");
        }
    }
}
