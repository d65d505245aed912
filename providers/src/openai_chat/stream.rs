//! A streamed answer of Chat Completions, chunk by chunk.

use serde_json::{Map, Value, json};

use crate::{
    classify::VendorError,
    fields::Fields,
    openai_chat::error,
    sse::{self, Event},
    wire::{Assembled, Assembly},
};

/// Fields of a message that hold neither text nor reasoning.
const NO_TEXT: [&str; 4] = ["role", "tool_calls", "function_call", "annotations"];

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
        if !chunk.contains_key("choices") && Fields::of(&event.data).as_ref().is_some_and(error::is_error) {
            self.error = Some(error::read(&event.data));
            return false;
        }
        let mut brings_text = false;
        for (name, value) in chunk {
            match (name.as_str(), value) {
                (_, Value::Null) => {}
                ("error", _) => self.error = Some(error::read(&event.data)),
                ("choices", Value::Array(choices)) => {
                    // Further choices were not asked for; the first is the answer.
                    let is_first =
                        |choice: &Value| choice.get("index").is_none_or(|at| at.is_null() || at == 0);
                    if let Some(Value::Object(choice)) = choices.into_iter().find(is_first) {
                        brings_text |= self.take_choice(choice);
                    }
                }
                // Groq counts here, in its last chunk, and says here why it broke off.
                ("x_groq", Value::Object(mut own)) => {
                    if let Some(usage) = own.remove("usage").filter(|usage| !usage.is_null()) {
                        self.outer.insert("usage".to_owned(), usage);
                    }
                    if let Some(error) = own.remove("error").filter(|error| !error.is_null()) {
                        self.error = Some(error::read(&json!({"error": error}).to_string()));
                    }
                    let known = self.outer.entry("x_groq").or_insert_with(|| json!({}));
                    if let Value::Object(known) = known {
                        known.extend(own);
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
        // Some servers send the whole message in their last chunk, under its usual name; older
        // completions have the text beside it.
        let delta = choice.remove("delta").or_else(|| choice.remove("message"));
        let delta = match (delta, choice.remove("text")) {
            (Some(Value::Object(delta)), _) => delta,
            (_, Some(text @ Value::String(_))) => Map::from_iter([("content".to_owned(), text)]),
            _ => return false,
        };
        let mut brings_text = false;
        for (name, value) in delta {
            let is_empty = match &value {
                Value::Null => true,
                Value::String(text) => text.is_empty(),
                Value::Array(list) => list.is_empty(),
                _ => false,
            };
            brings_text |= !is_empty && !NO_TEXT.contains(&name.as_str());
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
        (Some(Value::Array(before)), Value::Array(more)) => {
            for piece in more {
                if let Some(piece) = added_to_last(before, piece) {
                    before.push(piece);
                }
            }
        }
        // Spoken answers: their words come in pieces beside the sound.
        (Some(Value::Object(before)), Value::Object(more)) if name == "audio" => {
            for (name, value) in more {
                join(before, name, value);
            }
        }
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

/// Adds a piece of a thought to the thought it is a piece of: OpenRouter numbers them, and
/// wants them back whole. Returns what is a thing of its own.
fn added_to_last(before: &mut [Value], piece: Value) -> Option<Value> {
    let (Some(Value::Object(last)), Value::Object(piece)) = (before.last_mut(), &piece) else {
        return Some(piece);
    };
    let is_thought =
        piece.get("type").and_then(Value::as_str).is_some_and(|kind| kind.starts_with("reasoning."));
    let same = |name: &str| last.get(name) == piece.get(name);
    if !is_thought || !same("type") || !same("index") || piece.get("index").is_none() {
        return Some(Value::Object(piece.clone()));
    }
    for (name, value) in piece {
        match (last.get_mut(name), value) {
            (_, Value::Null) => {}
            (Some(Value::String(text)), Value::String(more))
                if matches!(name.as_str(), "text" | "summary" | "data") =>
            {
                text.push_str(more);
            }
            _ => {
                last.insert(name.clone(), value.clone());
            }
        }
    }
    None
}

/// The body that a recorded stream stands for; `None` where it broke off.
pub(super) fn whole(stream: &str) -> Option<String> {
    let mut assembly = Box::new(Chunks::default());
    for event in sse::events(stream) {
        assembly.take(&event);
    }
    let assembled = assembly.finish();
    assembled.body.filter(|_| assembled.is_complete)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::Chunks;
    use crate::{
        openai_chat::answer,
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
    fn thoughts_that_came_in_pieces_become_whole_ones() {
        let piece = |index: u8, text: &str| {
            format!(
                r#"{{"choices":[{{"delta":{{"content":"","reasoning_details":[
                {{"type":"reasoning.text","index":{index},"text":"{text}","signature":null}}]}}}}]}}"#
            )
            .replace('\n', "")
        };
        let signed = r#"{"choices":[{"delta":{"reasoning_details":[{"type":"reasoning.text","index":0,"signature":"s"}]}}]}"#;
        let encrypted = r#"{"choices":[{"delta":{"reasoning_details":[{"type":"reasoning.encrypted","data":"x"}]},"finish_reason":"stop"}]}"#;
        let (assembled, first) =
            assembled(&[&piece(0, "a"), &piece(0, "b"), signed, &piece(1, "c"), encrypted]);
        let body: Value = serde_json::from_str(&assembled.body.unwrap()).unwrap();
        assert_eq!(
            body["choices"][0]["message"]["reasoning_details"],
            json!([
                {"type": "reasoning.text", "index": 0, "text": "ab", "signature": "s"},
                {"type": "reasoning.text", "index": 1, "text": "c", "signature": null},
                {"type": "reasoning.encrypted", "data": "x"},
            ])
        );
        assert_eq!(first, Some(0));
    }

    #[test]
    fn what_relatives_put_elsewhere_is_found() {
        let (assembled, _) = assembled(&[
            r#"{"choices":[{"text":"a"}],"x_groq":{"id":"g"}}"#,
            r#"{"choices":[{"delta":{"audio":{"transcript":"b"}}}]}"#,
            r#"{"choices":[{"delta":{"audio":{"transcript":"c"}},"finish_reason":"stop"}],"x_groq":{"usage":{"prompt_tokens":3}}}"#,
        ]);
        let body: Value = serde_json::from_str(&assembled.body.unwrap()).unwrap();
        assert_eq!(body["choices"][0]["message"], json!({"content": "a", "audio": {"transcript": "bc"}}));
        assert_eq!((&body["usage"]["prompt_tokens"], &body["x_groq"]["id"]), (&json!(3), &json!("g")));
    }

    #[test]
    fn content_may_change_between_text_and_parts() {
        let (assembled, first) = assembled(&[
            r#"{"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"h"}]}]}}]}"#,
            r#"{"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"m"}]}]}}]}"#,
            r#"{"choices":[{"delta":{"content":"a"}}]}"#,
            r#"{"choices":[{"delta":{"content":"b"},"finish_reason":"stop"}]}"#,
        ]);
        let answer = answer::read(&assembled.body.unwrap(), &[], false).unwrap();
        assert_eq!((answer.text.as_str(), answer.reasoning.as_deref(), first), ("ab", Some("hm"), Some(0)));
        let (assembled, _) = super::tests::assembled(&[
            r#"{"choices":[{"delta":{"content":"a"}}]}"#,
            r#"{"choices":[{"delta":{"content":[{"type":"text","text":"b"}]},"finish_reason":"stop"}]}"#,
        ]);
        assert_eq!(answer::read(&assembled.body.unwrap(), &[], false).unwrap().text, "ab");
    }

    #[test]
    fn of_several_choices_the_first_is_the_answer() {
        let (assembled, _) = assembled(&[
            r#"{"choices":[{"index":0,"delta":{"content":"a"}}]}"#,
            r#"{"choices":[{"index":1,"delta":{"content":"no"},"finish_reason":"length"}]}"#,
            r#"{"choices":[{"index":1,"delta":{"content":"no"}},{"index":0,"delta":{"content":"b"},"finish_reason":"stop"}]}"#,
        ]);
        let body: Value = serde_json::from_str(&assembled.body.unwrap()).unwrap();
        let choice = json!({"message": {"content": "ab"}, "finish_reason": "stop"});
        assert_eq!(body["choices"], json!([choice]));
    }

    #[test]
    fn an_error_without_an_envelope_ends_the_stream() {
        let words = r#"{"object":"error","message":"gone","type":"InternalServerError","code":500}"#;
        let (assembled, _) = assembled(&[r#"{"choices":[{"delta":{"content":"a"}}]}"#, words]);
        assert_eq!(assembled.error.unwrap().message, "gone");
        assert!(!assembled.is_complete);
    }

    #[test]
    fn the_first_token_is_the_first_text_and_no_empty_list() {
        let (_, first) = assembled(&[
            r#"{"choices":[{"delta":{"role":"assistant","content":"","tool_calls":[],"reasoning_details":[]}}]}"#,
            r#"{"choices":[{"delta":{"content":"a"}}]}"#,
        ]);
        assert_eq!(first, Some(1));
    }

    proptest! {
        #[test]
        fn no_chunks_make_the_assembly_panic(
            chunks in prop::collection::vec(
                r#"\{"choices":\[\{"(delta|message|text|error)":(\{"(content|audio|role|reasoning_details)":("a"|\[1,\{"type":"reasoning.text","index":0\}\]|\{"transcript":"x"\}|7|null)\}|"t"|null)\}\]\}|\{"x_groq":(\{"error":"e"\}|1)\}|\[DONE\]"#,
                0..9,
            )
        ) {
            let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
            let _ = assembled(&chunks);
        }
    }

    #[test]
    fn an_error_in_the_stream_is_found_beside_and_within_a_choice() {
        for chunk in [
            r#"{"error":{"code":502,"message":"gone"},"choices":[]}"#,
            r#"{"choices":[],"x_groq":{"error":"gone"}}"#,
            r#"{"choices":[{"delta":{"content":""},"finish_reason":"error","error":{"code":502,"message":"gone"}}]}"#,
        ] {
            let (assembled, _) = assembled(&[chunk]);
            assert_eq!(assembled.error.unwrap().message, "gone", "{chunk}");
        }
    }
}
