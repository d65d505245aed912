//! A streamed answer of Responses, event by event.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{
    classify::VendorError,
    fields::Fields,
    openai_chat::error,
    sse::Event,
    wire::{Assembled, Assembly},
};

/// The events so far. The last of them carries the whole response; what is put together from
/// the others counts where the stream breaks off before, or where the last one lacks it.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// The response as the last event that had one showed it.
    response: Map<String, Value>,
    /// Items by `output_index`.
    items: BTreeMap<u64, Item>,
    is_final: bool,
    error: Option<VendorError>,
}

/// One item of the output, as far as it came.
#[derive(Debug, Default)]
struct Item {
    fields: Map<String, Value>,
    /// Parts by the list that they are in (`content` or `summary`) and their index in it.
    parts: BTreeMap<(&'static str, u64), Map<String, Value>>,
}

/// Where the text of an event belongs: the item's type, the list, the part's type and field.
struct Place {
    item: &'static str,
    list: &'static str,
    part: &'static str,
    field: &'static str,
}

fn place(kind: &str) -> Option<Place> {
    Some(match kind {
        "response.output_text" => {
            Place { item: "message", list: "content", part: "output_text", field: "text" }
        }
        "response.refusal" => Place { item: "message", list: "content", part: "refusal", field: "refusal" },
        "response.reasoning_summary_text" | "response.reasoning_summary" => {
            Place { item: "reasoning", list: "summary", part: "summary_text", field: "text" }
        }
        "response.reasoning_text" | "response.reasoning" => {
            Place { item: "reasoning", list: "content", part: "reasoning_text", field: "text" }
        }
        _ => return None,
    })
}

impl Assembly for Events {
    fn take(&mut self, event: &Event<'_>) -> bool {
        let Ok(Value::Object(mut fields)) = serde_json::from_str(&event.data) else {
            return false;
        };
        let kind = match fields.get("type") {
            Some(Value::String(kind)) => kind.clone(),
            _ => event.name.to_owned(),
        };
        let is_error = || Fields::of(&event.data).as_ref().is_some_and(error::is_error);
        if kind == "error" || kind.is_empty() && is_error() {
            // The event's own type says nothing of the kind of error.
            fields.remove("type");
            self.error = Some(error::read(&Value::Object(fields).to_string()));
            return false;
        }
        if let Some(Value::Object(response)) = fields.remove("response") {
            return self.take_response(&kind, response);
        }
        if let Some(kind) = kind.strip_suffix(".delta") {
            return self.take_text(kind, &fields, "delta");
        }
        match (kind.as_str(), fields.remove("item")) {
            ("response.output_item.added" | "response.output_item.done", Some(Value::Object(item))) => {
                self.item(&fields).fields.extend(item);
            }
            // The whole text once more, for those who missed its pieces.
            (_, _) => {
                if let Some(kind) = kind.strip_suffix(".done") {
                    self.take_text(kind, &fields, "done");
                }
            }
        }
        false
    }

    fn finish(mut self: Box<Self>) -> Assembled {
        if self.response.is_empty() && self.items.is_empty() {
            return Assembled { body: None, is_complete: false, error: self.error };
        }
        let is_told = matches!(self.response.get("output"), Some(Value::Array(items)) if !items.is_empty());
        if !is_told {
            let items = self.items.into_values().map(Item::whole).collect();
            self.response.insert("output".to_owned(), Value::Array(items));
        }
        if self.error.is_some() {
            // What had come is read as a part of an answer; the error is told apart from it.
            self.response.remove("error");
            self.response.insert("status".to_owned(), json!("in_progress"));
        }
        let body = Value::Object(self.response).to_string();
        Assembled { body: Some(body), is_complete: self.is_final, error: self.error }
    }
}

impl Events {
    fn take_response(&mut self, kind: &str, response: Map<String, Value>) -> bool {
        let state = kind.rsplit('.').next().unwrap_or_default();
        if state == "failed" || response.get("status").is_some_and(|status| status == "failed") {
            let is_said = response.get("error").is_some_and(|error| !error.is_null());
            self.error = Some(if is_said {
                error::read(&json!({"error": response.get("error")}).to_string())
            } else {
                let message = "the provider says that the response failed and gives no reason";
                VendorError {
                    codes: vec!["server_error".to_owned()],
                    message: message.to_owned(),
                    ..VendorError::default()
                }
            });
        }
        self.is_final |= matches!(state, "completed" | "incomplete" | "cancelled" | "done");
        self.response = response;
        false
    }

    fn take_text(&mut self, kind: &str, fields: &Map<String, Value>, how: &str) -> bool {
        let Some(place) = place(kind) else {
            return false;
        };
        let name = if how == "done" { place.field } else { "delta" };
        let Some(Value::String(text)) = fields.get(name) else {
            return false;
        };
        let index = match place.list {
            "summary" => fields.get("summary_index"),
            _ => fields.get("content_index"),
        };
        let index = index.and_then(Value::as_u64).unwrap_or_default();
        let item = self.item(fields);
        item.fields.entry("type").or_insert_with(|| json!(place.item));
        let part = item.parts.entry((place.list, index)).or_default();
        part.insert("type".to_owned(), json!(place.part));
        match part.get_mut(place.field) {
            Some(Value::String(before)) if how == "delta" => before.push_str(text),
            _ => {
                part.insert(place.field.to_owned(), json!(text));
            }
        }
        how == "delta" && !text.is_empty()
    }

    fn item(&mut self, fields: &Map<String, Value>) -> &mut Item {
        let index = fields.get("output_index").and_then(Value::as_u64).unwrap_or_default();
        self.items.entry(index).or_default()
    }
}

impl Item {
    /// The item with its parts, unless it came whole.
    fn whole(self) -> Value {
        let mut fields = self.fields;
        let mut lists: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for ((list, _), part) in self.parts {
            lists.entry(list).or_default().push(Value::Object(part));
        }
        for (list, parts) in lists {
            if !matches!(fields.get(list), Some(Value::Array(told)) if !told.is_empty()) {
                fields.insert(list.to_owned(), Value::Array(parts));
            }
        }
        Value::Object(fields)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Events;
    use crate::{
        Finish,
        openai_responses::answer,
        sse,
        wire::{Answer, Assembled, Assembly},
    };

    fn assembled(events: &[&str]) -> (Assembled, Option<usize>) {
        let body: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
        let mut assembly = Box::new(Events::default());
        let mut first = None;
        for (index, event) in sse::events(&body).enumerate() {
            if assembly.take(&event) && first.is_none() {
                first = Some(index);
            }
        }
        (assembly.finish(), first)
    }

    fn answer(assembled: &Assembled) -> Answer {
        answer::read(assembled.body.as_deref().unwrap(), false).unwrap()
    }

    const PIECES: [&str; 6] = [
        r#"{"type":"response.created","response":{"id":"r","model":"m","status":"in_progress","output":[]}}"#,
        r#"{"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"rs","summary":[]}}"#,
        r#"{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"hm"}"#,
        r#"{"type":"response.output_item.added","output_index":1,"item":{"type":"message","role":"assistant","content":[]}}"#,
        r#"{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"a"}"#,
        r#"{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"b"}"#,
    ];

    #[test]
    fn the_last_event_carries_the_answer() {
        let last = r#"{"type":"response.completed","response":{"id":"r","status":"completed","output":
            [{"type":"message","content":[{"type":"output_text","text":"whole"}]}]}}"#
            .replace('\n', "");
        let (assembled, first) = assembled(&[&PIECES[..], &[&last]].concat());
        let answer = answer(&assembled);
        assert_eq!((answer.text.as_str(), answer.finish, first), ("whole", Finish::Stop, Some(2)));
        assert!(assembled.is_complete && assembled.error.is_none());
    }

    #[test]
    fn pieces_count_where_the_last_event_has_no_output_or_never_comes() {
        let last = r#"{"type":"response.incomplete","response":{"status":"incomplete","output":[],
            "incomplete_details":{"reason":"max_output_tokens"}}}"#
            .replace('\n', "");
        for (events, is_complete, finish) in [
            (PIECES.to_vec(), false, Finish::Other),
            ([&PIECES[..], &[&last]].concat(), true, Finish::Length),
        ] {
            let (assembled, _) = assembled(&events);
            let answer = answer(&assembled);
            assert_eq!((answer.text.as_str(), answer.reasoning.as_deref()), ("ab", Some("hm")));
            assert_eq!((assembled.is_complete, answer.finish), (is_complete, finish));
        }
    }

    #[test]
    fn an_item_that_came_whole_replaces_its_pieces() {
        let item = r#"{"type":"response.output_item.done","output_index":1,"item":{"type":"message","content":[{"type":"output_text","text":"abc"}]}}"#;
        let done = r#"{"type":"response.refusal.done","output_index":2,"content_index":0,"refusal":"no"}"#;
        let (assembled, _) = assembled(&[&PIECES[..], &[item, done]].concat());
        let answer = answer(&assembled);
        assert_eq!((answer.text.as_str(), answer.finish), ("abcno", Finish::Refusal));
    }

    #[test]
    fn an_error_in_the_stream_keeps_what_had_come() {
        for (event, code, message) in [
            (
                r#"{"type":"error","code":"server_error","message":"gone","param":null}"#,
                "server_error",
                "gone",
            ),
            (
                r#"{"type":"error","error":{"type":"rate_limit_exceeded","message":"slow"}}"#,
                "rate_limit_exceeded",
                "slow",
            ),
            (
                r#"{"type":"response.failed","response":{"status":"failed","output":[],"error":{"code":"server_error","message":"gone"}}}"#,
                "server_error",
                "gone",
            ),
            (
                r#"{"type":"response.failed","response":{"status":"failed","error":null}}"#,
                "server_error",
                "the provider says that the response failed and gives no reason",
            ),
        ] {
            let (assembled, _) = assembled(&[&PIECES[..], &[event]].concat());
            assert_eq!(answer(&assembled).text, "ab", "{event}");
            let error = assembled.error.unwrap();
            assert_eq!((error.codes[0].as_str(), error.message.as_str()), (code, message), "{event}");
            assert!(!assembled.is_complete);
        }
    }

    #[test]
    fn the_type_of_an_event_is_no_code_of_an_error() {
        let (assembled, _) = assembled(&[r#"{"type":"error","code":null,"message":"gone"}"#]);
        assert_eq!(assembled.error.unwrap().codes, Vec::<String>::new());
    }

    #[test]
    fn a_stream_without_an_answer_is_none() {
        let (assembled, first) = assembled(&["[DONE]", "7", r#"{"type":"keepalive"}"#]);
        assert_eq!((assembled.body, assembled.is_complete, first), (None, false, None));
    }

    proptest! {
        #[test]
        fn no_events_make_the_assembly_panic(picks in prop::collection::vec((0_usize..12, 0_usize..200, "\\PC?"), 0..12)) {
            let kinds = ["response.output_text.delta", "response.output_item.done", "response.completed",
                "response.failed", "error", "response.reasoning_text.done", ""];
            let events: Vec<String> = picks.iter().map(|(pick, cut, noise)| {
                let text = match PIECES.get(*pick) {
                    Some(piece) => (*piece).to_owned(),
                    None => format!(r#"{{"type":"{}","output_index":{cut},"content_index":"x","delta":"d","text":[],
                        "item":{{}},"response":{{"output":7}}}}"#, kinds[pick % kinds.len()]),
                };
                text.chars().take(*cut).chain(noise.chars()).chain(text.chars().skip(*cut)).collect()
            }).collect();
            let events: Vec<&str> = events.iter().map(String::as_str).collect();
            if let Some(body) = assembled(&events).0.body {
                let _ = answer::read(&body, true);
            }
        }
    }
}
