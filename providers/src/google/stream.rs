//! A streamed answer of generateContent, chunk by chunk. Each chunk has the shape of an answer.

use std::collections::BTreeMap;

use serde_json::{json, value::RawValue};

use crate::{
    classify::VendorError,
    fields::Fields,
    google::error,
    sse::Event,
    wire::{Assembled, Assembly},
};

type Object = BTreeMap<String, Box<RawValue>>;

/// The chunks so far, folded into one answer.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    /// Fields beside the candidates, as the last chunk that had them said.
    outer: Object,
    /// Counts are cumulative, but the first chunks leave out some.
    usage: Object,
    candidate: Object,
    parts: Vec<Part>,
    has_candidate: bool,
    error: Option<VendorError>,
}

/// A part of the content.
#[derive(Debug)]
enum Part {
    /// Text or a thought and nothing else, which the next one continues.
    Text { text: String, is_thought: bool },
    /// Anything else, and text with a signature, which belongs to that part alone.
    Other(Box<RawValue>),
}

impl Assembly for Chunks {
    fn take(&mut self, event: &Event<'_>) -> bool {
        self.take_chunk(&event.data)
    }

    fn finish(mut self: Box<Self>) -> Assembled {
        let is_complete = self.candidate.contains_key("finishReason") || self.is_blocked();
        let error = self.error.take();
        Assembled { body: self.into_body(), is_complete, error }
    }
}

impl Chunks {
    /// The chunks of a stream that came as one list.
    pub(super) fn of(chunks: &[&str]) -> Self {
        let mut sum = Self::default();
        for chunk in chunks {
            sum.take_chunk(chunk);
        }
        sum
    }

    /// The answer without streaming; `None` where nothing of one had come.
    pub(super) fn into_body(mut self) -> Option<String> {
        if self.has_candidate {
            let parts: Vec<Box<RawValue>> = self.parts.into_iter().filter_map(Part::into_raw).collect();
            let content = BTreeMap::from([("parts", raw(&parts)?), ("role", raw(&"model")?)]);
            self.candidate.insert("content".to_owned(), raw(&content)?);
            self.outer.insert("candidates".to_owned(), raw(&[self.candidate])?);
        }
        if !self.usage.is_empty() {
            self.outer.insert("usageMetadata".to_owned(), raw(&self.usage)?);
        }
        if self.outer.is_empty() { None } else { serde_json::to_string(&self.outer).ok() }
    }

    fn is_blocked(&self) -> bool {
        let feedback = self.outer.get("promptFeedback").and_then(|json| Fields::of(json.get()));
        feedback.is_some_and(|feedback| feedback.raw("blockReason").is_some())
    }

    fn take_chunk(&mut self, json: &str) -> bool {
        let Some(fields) = Fields::of(json) else {
            // A list of one error, as without streaming.
            if json.trim_start().starts_with('[') && json.contains("\"error\"") {
                self.error = Some(error::read(json));
            }
            return false;
        };
        if fields.raw("error").is_some() {
            self.error = Some(error::read(json));
            return false;
        }
        for (name, value) in object(Some(json)) {
            match name.as_str() {
                "candidates" => {}
                "usageMetadata" => self.usage.extend(object(Some(value.get()))),
                _ => {
                    self.outer.insert(name, value);
                }
            }
        }
        let candidates = fields.array("candidates").unwrap_or_default();
        let mut candidates = candidates.into_iter().filter_map(|json| Some((json, Fields::of(json)?)));
        // Further candidates were not asked for; the first is the answer.
        let first = candidates.find(|(_, fields)| fields.count("index").unwrap_or_default() == 0);
        first.is_some_and(|(json, fields)| self.take_candidate(json, &fields))
    }

    fn take_candidate(&mut self, json: &str, candidate: &Fields<'_>) -> bool {
        self.has_candidate = true;
        self.candidate.extend(object(Some(json)).into_iter().filter(|(name, _)| name != "content"));
        let mut brings_text = false;
        for json in candidate.object("content").array("parts").unwrap_or_default() {
            brings_text |= self.take_part(json);
        }
        brings_text
    }

    fn take_part(&mut self, json: &str) -> bool {
        let part = object(Some(json));
        let fields = Fields::of(json).unwrap_or_default();
        let text = fields.string("text");
        let brings_text = text.as_deref().is_some_and(|text| !text.is_empty());
        let is_thought = fields.raw("thought") == Some("true");
        let is_plain = part.keys().all(|name| name == "text" || name == "thought");
        match (text, self.parts.last_mut()) {
            (Some(more), Some(Part::Text { text, is_thought: before }))
                if is_plain && *before == is_thought =>
            {
                text.push_str(&more);
            }
            (Some(text), _) if is_plain => self.parts.push(Part::Text { text, is_thought }),
            _ => self.parts.extend(RawValue::from_string(json.to_owned()).ok().map(Part::Other)),
        }
        brings_text
    }
}

impl Part {
    fn into_raw(self) -> Option<Box<RawValue>> {
        match self {
            Self::Text { text, is_thought: false } => raw(&json!({"text": text})),
            Self::Text { text, is_thought: true } => raw(&json!({"text": text, "thought": true})),
            Self::Other(json) => Some(json),
        }
    }
}

/// The fields of an object that are not null; none where the JSON is something else.
fn object(json: Option<&str>) -> Object {
    let fields: Option<Object> = json.and_then(|json| serde_json::from_str(json).ok());
    fields.unwrap_or_default().into_iter().filter(|(_, value)| value.get() != "null").collect()
}

fn raw(value: &impl serde::Serialize) -> Option<Box<RawValue>> {
    serde_json::value::to_raw_value(value).ok()
}

#[cfg(test)]
mod tests {
    use super::Chunks;
    use crate::{
        Finish, Usage,
        google::answer,
        sse,
        wire::{Answer, Assembled, Assembly},
    };

    fn assembled(chunks: &[&str]) -> (Assembled, Option<usize>) {
        let body: String = chunks.iter().map(|chunk| format!("data: {chunk}\r\n\r\n")).collect();
        let mut assembly = Box::new(Chunks::default());
        let mut first = None;
        for (index, event) in sse::events(&body).enumerate() {
            if assembly.take(&event) && first.is_none() {
                first = Some(index);
            }
        }
        (assembly.finish(), first)
    }

    fn read(assembled: &Assembled) -> Answer {
        answer::read(assembled.body.as_deref().unwrap()).unwrap()
    }

    const CHUNKS: [&str; 5] = [
        r#"{"candidates":[{"content":{"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":9,"cachedContentTokenCount":4,"totalTokenCount":9},"modelVersion":"gemini-x","responseId":"r"}"#,
        r#"{"candidates":[{"content":{"parts":[{"text":"h","thought":true}],"role":"model"}}]}"#,
        r#"{"candidates":[{"index":1,"content":{"parts":[{"text":"no"}]}},{"content":{"parts":[{"text":"m","thought":true},{"text":"a"}]},"finishReason":null}]}"#,
        r#"{"candidates":[{"content":{"parts":[{"text":"b "}],"role":"model"},"index":0}]}"#,
        r#"{"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"sig"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":2,"thoughtsTokenCount":3,"totalTokenCount":14}}"#,
    ];

    #[test]
    fn chunks_become_the_body_of_an_answer() {
        let (assembled, first) = assembled(&CHUNKS);
        let answer = read(&assembled);
        assert_eq!((answer.text.as_str(), answer.reasoning.as_deref()), ("ab ", Some("hm")));
        assert_eq!((answer.finish, answer.finish_raw.as_deref()), (Finish::Stop, Some("STOP")));
        assert_eq!(
            (answer.model_version.as_deref(), answer.request_id.as_deref()),
            (Some("gemini-x"), Some("r"))
        );
        let usage = Usage {
            input: Some(9),
            cached_input: Some(4),
            output: Some(5),
            reasoning: Some(3),
            ..Usage::default()
        };
        assert_eq!(
            (answer.usage, assembled.is_complete, assembled.error, first),
            (usage, true, None, Some(1))
        );
        let body = assembled.body.unwrap();
        assert!(body.contains(r#"{"text":"","thoughtSignature":"sig"}"#), "{body}");
    }

    #[test]
    fn a_list_of_chunks_is_read_as_their_stream_is() {
        let list = format!("[{}\n]", CHUNKS.join(",\r\n"));
        assert_eq!(answer::read(&list), Ok(read(&assembled(&CHUNKS).0)));
    }

    #[test]
    fn a_stream_that_ends_early_is_not_complete_and_keeps_what_had_come() {
        let (assembled, _) = assembled(&CHUNKS[..4]);
        assert!(!assembled.is_complete);
        assert_eq!(read(&assembled).text, "ab ");
        assert_eq!(super::Chunks::of(&[]).into_body(), None);
    }

    #[test]
    fn a_prompt_that_is_held_back_completes_the_stream() {
        let (assembled, first) = assembled(&[
            r#"{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":4}}"#,
        ]);
        let answer = read(&assembled);
        assert_eq!((answer.finish, answer.finish_raw.as_deref()), (Finish::ContentFilter, Some("SAFETY")));
        assert_eq!((assembled.is_complete, answer.usage.input, first), (true, Some(4), None));
    }

    #[test]
    fn an_error_in_the_stream_is_found_and_what_had_come_is_kept() {
        let error = r#"{"error":{"code":503,"message":"gone","status":"UNAVAILABLE"}}"#;
        for error in [error, &format!("[{error}]")] {
            let (assembled, _) = assembled(&[CHUNKS[2], error]);
            assert_eq!(assembled.error.as_ref().unwrap().message, "gone", "{error}");
            assert_eq!((assembled.is_complete, read(&assembled).text.as_str()), (false, "a"));
        }
    }
}
