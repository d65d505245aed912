//! A request as Responses writes it.

use serde_json::{Map, Value, json};

use crate::{
    Message, Parameter, ProviderRequest, Role,
    openai_responses::stream,
    quirks::{Behaviour, SystemRole},
    sse,
    wire::{Assembly, Encoded, merge},
};

/// The body to send, and what the model does not take and so was left out.
///
/// Nothing is kept at the vendor (`store: false`), so a conversation is sent whole every time,
/// and reasoning comes and goes encrypted. Summaries of the reasoning are not asked for by
/// themselves: OpenAI refuses the whole request of an organisation that has not had itself
/// verified. Who has sets `reasoning.summary` in the quirks' `body`.
pub(super) fn encode(
    request: &ProviderRequest,
    behaviour: &Behaviour,
    is_streamed: bool,
) -> Result<Encoded, serde_json::Error> {
    let mut omitted = Vec::new();
    let mut body = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    let is_system_apart = behaviour.system_role != SystemRole::User;
    let temperature = behaviour.taken(Parameter::Temperature, request.temperature, &mut omitted);
    let top_p = behaviour.taken(Parameter::TopP, request.top_p, &mut omitted);
    // The format has neither, whatever the model.
    omitted.extend(request.seed.map(|_| Parameter::Seed));
    omitted.extend((!request.stop.is_empty()).then_some(Parameter::Stop));
    let effort = behaviour.taken(Parameter::ReasoningEffort, request.reasoning_effort, &mut omitted);
    let schema = behaviour.taken(Parameter::AnswerSchema, request.answer_schema.as_deref(), &mut omitted);
    if request.system.is_some() && !is_system_apart {
        omitted.push(Parameter::System);
    }
    // Models that do not reason refuse the whole request when asked for reasoning.
    let reasons = !behaviour.refuses.contains(&Parameter::ReasoningEffort);

    put("model", Some(json!(request.model)));
    put("instructions", request.system.as_ref().filter(|_| is_system_apart).map(|text| json!(text)));
    put("input", Some(Value::Array(input(request, !is_system_apart))));
    put("temperature", temperature.map(|temperature| json!(temperature)));
    put("top_p", top_p.map(|top_p| json!(top_p)));
    put("max_output_tokens", request.max_output_tokens.map(|count| json!(count)));
    put("reasoning", effort.map(|effort| json!({"effort": effort.as_str()})));
    put("text", schema.map(|wanted| {
        json!({"format": {"type": "json_schema", "name": wanted.name, "strict": true, "schema": wanted.schema}})
    }));
    put("store", Some(json!(false)));
    put("include", reasons.then(|| json!(["reasoning.encrypted_content"])));
    put("stream", Some(json!(is_streamed)));
    merge(&mut body, &behaviour.body);
    Ok(Encoded { body: serde_json::to_string(&body)?, omitted })
}

fn input(request: &ProviderRequest, system_is_said_by_user: bool) -> Vec<Value> {
    let said = |role: &str, kind: &str, text: &str| json!({"type": "message", "role": role, "content": [{"type": kind, "text": text}]});
    let system = request.system.iter().filter(|_| system_is_said_by_user);
    let mut items: Vec<Value> = system.map(|text| said("user", "input_text", text)).collect();
    for message in &request.messages {
        match message.role {
            Role::User => items.push(said("user", "input_text", &message.text)),
            Role::Assistant => match answered(message) {
                Some(answered) => items.extend(answered),
                None => items.push(said("assistant", "output_text", &message.text)),
            },
        }
    }
    items
}

/// The items of an earlier answer, as the vendor wants them back: reasoning before the message
/// that came of it, each with its id. `None` where the text alone must do: without the body
/// it came in, without the content of the reasoning (the vendor has kept none, so an id alone
/// is refused), and where the body says another text than was recorded.
fn answered(message: &Message) -> Option<Vec<Value>> {
    let body = str::from_utf8(message.raw_body.as_deref()?).ok()?;
    let body = if sse::is_stream(body) { whole(body)? } else { body.to_owned() };
    let Ok(Value::Object(mut response)) = serde_json::from_str(&body) else {
        return None;
    };
    let Some(Value::Array(output)) = response.remove("output") else {
        return None;
    };
    let (mut items, mut text) = (Vec::new(), String::new());
    for item in output {
        let Value::Object(item) = item else {
            return None;
        };
        match item.get("type").and_then(Value::as_str) {
            Some("message") => {
                for part in item.get("content")?.as_array()? {
                    let said = part.get("text").or_else(|| part.get("refusal"));
                    text.push_str(said.and_then(Value::as_str).unwrap_or_default());
                }
                items.push(kept(item, &["type", "id", "role", "status", "content", "phase"]));
            }
            Some("reasoning") => items.push(reasoning(item)?),
            Some("compaction") => items.push(kept(item, &["type", "id", "encrypted_content"])),
            // Without tools there are no further kinds; with tools set up in the quirks'
            // `body`, their calls and outcomes are the vendor's own affair.
            _ => {}
        }
    }
    (text == message.text && !text.is_empty()).then_some(items)
}

/// A reasoning item with either its encrypted content or, from servers that show it, its
/// content: with both OpenAI refuses the latter.
fn reasoning(mut item: Map<String, Value>) -> Option<Value> {
    item.entry("summary").or_insert_with(|| json!([]));
    let is_encrypted = item.get("encrypted_content").is_some_and(Value::is_string);
    if is_encrypted {
        return Some(kept(item, &["type", "id", "summary", "encrypted_content"]));
    }
    let is_shown = item.get("content").and_then(Value::as_array).is_some_and(|parts| !parts.is_empty());
    is_shown.then(|| kept(item, &["type", "id", "summary", "content"]))
}

/// The item with these of its fields. A field that is null is refused where it is sent back.
fn kept(item: Map<String, Value>, names: &[&str]) -> Value {
    let is_kept = |(name, value): &(String, Value)| names.contains(&name.as_str()) && !value.is_null();
    Value::Object(item.into_iter().filter(is_kept).collect())
}

/// The response that a recorded stream carries.
fn whole(stream: &str) -> Option<String> {
    let mut assembly = Box::new(stream::Events::default());
    for event in sse::events(stream) {
        assembly.take(&event);
    }
    let assembled = assembly.finish();
    assembled.body.filter(|_| assembled.is_complete)
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{encode, input};
    use crate::{
        AnswerSchema, Message, Parameter, ProviderRequest, Quirks, ReasoningEffort, SystemRole, Timeouts,
    };

    fn request() -> ProviderRequest {
        ProviderRequest {
            model: "m".to_owned(),
            system: Some("be brief".to_owned()),
            messages: vec![Message::user("a\n\"b\""), Message::assistant("c", None), Message::user("😀")],
            temperature: None,
            top_p: None,
            max_output_tokens: None,
            seed: None,
            stop: vec![],
            reasoning_effort: None,
            answer_schema: None,
            refuses: Vec::new(),
            timeouts: Timeouts { first_byte: Duration::from_secs(1), total: Duration::from_secs(1) },
        }
    }

    fn encoded(request: &ProviderRequest, quirks: &Quirks) -> (Value, Vec<Parameter>) {
        let encoded = encode(request, &quirks.of_model("m"), quirks.stream).unwrap();
        (serde_json::from_str(&encoded.body).unwrap(), encoded.omitted)
    }

    fn answered(text: &str, body: &str) -> Vec<Value> {
        let messages = vec![Message::assistant(text, Some(body.to_owned().into()))];
        input(&ProviderRequest { system: None, messages, ..request() }, false)
    }

    fn text_alone(text: &str) -> Value {
        json!({"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]})
    }

    #[test]
    fn a_plain_request_leaves_nothing_at_the_vendor() {
        let (body, omitted) = encoded(&request(), &Quirks::default());
        let user = |text: &str| json!({"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]});
        let expected = json!({
            "model": "m", "instructions": "be brief", "store": false, "stream": false,
            "input": [user("a\n\"b\""), text_alone("c"), user("😀")],
            "include": ["reasoning.encrypted_content"],
        });
        assert_eq!((body, omitted), (expected, vec![]));
    }

    #[test]
    fn everything_that_can_be_asked_for_has_its_place_and_the_rest_is_named() {
        let schema = AnswerSchema { name: "n".into(), schema: json!({"type": "object"}) };
        let asked = ProviderRequest {
            temperature: Some(0.5),
            top_p: Some(0.9),
            max_output_tokens: Some(9),
            seed: Some(1),
            stop: vec!["END".to_owned()],
            reasoning_effort: Some(ReasoningEffort::Low),
            answer_schema: Some(Arc::new(schema)),
            ..request()
        };
        let further = json!({"reasoning": {"summary": "auto"}, "store": true}).as_object().unwrap().clone();
        let quirks = Quirks { stream: true, body: further, ..Quirks::default() };
        let (body, omitted) = encoded(&asked, &quirks);
        assert_eq!((&body["temperature"], &body["top_p"]), (&json!(0.5), &json!(0.9)));
        assert_eq!((&body["max_output_tokens"], &body["stream"]), (&json!(9), &json!(true)));
        assert_eq!(body["reasoning"], json!({"effort": "low", "summary": "auto"}));
        let format =
            json!({"type": "json_schema", "name": "n", "strict": true, "schema": {"type": "object"}});
        assert_eq!((&body["text"]["format"], &body["store"]), (&format, &json!(true)));
        assert_eq!(omitted, [Parameter::Seed, Parameter::Stop]);
        assert!(body.get("seed").is_none() && body.get("stop").is_none());
    }

    #[test]
    fn a_model_that_does_not_reason_is_not_asked_for_reasoning() {
        let refuses = vec![Parameter::ReasoningEffort, Parameter::Temperature];
        let quirks = Quirks { refuses, system_role: SystemRole::User, ..Quirks::default() };
        let effort = Some(ReasoningEffort::High);
        let asked = ProviderRequest { reasoning_effort: effort, temperature: Some(1.0), ..request() };
        let (body, omitted) = encoded(&asked, &quirks);
        for absent in ["reasoning", "include", "temperature", "instructions"] {
            assert!(body.get(absent).is_none(), "{absent}");
        }
        assert_eq!(body["input"][0]["content"][0]["text"], "be brief");
        assert_eq!(omitted, [Parameter::Temperature, Parameter::ReasoningEffort, Parameter::System]);
    }

    const RESPONSE: &str = r#"{"status":"completed","output":[
        {"type":"reasoning","id":"rs","status":null,"summary":[],"content":[],"encrypted_content":"e"},
        {"type":"web_search_call","id":"ws"},
        {"type":"message","id":"msg","role":"assistant","status":"completed","phase":"final_answer",
         "content":[{"type":"output_text","text":"c","annotations":[]}]}]}"#;

    #[test]
    fn an_answer_goes_back_with_its_encrypted_reasoning_also_out_of_a_stream() {
        let event = format!(r#"{{"type":"response.completed","response":{}}}"#, RESPONSE.replace('\n', ""));
        for body in [RESPONSE.to_owned(), format!("event: response.completed\ndata: {event}\n\n")] {
            let expected = [
                json!({"type": "reasoning", "id": "rs", "summary": [], "encrypted_content": "e"}),
                json!({"type": "message", "id": "msg", "role": "assistant", "status": "completed",
                    "phase": "final_answer",
                    "content": [{"type": "output_text", "text": "c", "annotations": []}]}),
            ];
            assert_eq!(answered("c", &body), expected);
        }
    }

    #[test]
    fn a_field_that_was_null_does_not_go_back() {
        let items = answered("c", &RESPONSE.replace(r#""final_answer""#, "null"));
        assert!(items[1].get("phase").is_none() && items[1]["id"] == "msg", "{items:?}");
    }

    #[test]
    fn reasoning_that_is_shown_goes_back_as_it_was_shown() {
        let shown = RESPONSE.replace(
            r#""content":[],"encrypted_content":"e""#,
            r#""content":[{"type":"reasoning_text","text":"r"}]"#,
        );
        assert_eq!(answered("c", &shown)[0]["content"][0]["text"], "r");
    }

    #[test]
    fn the_text_alone_goes_back_where_the_body_cannot() {
        let without_content = RESPONSE.replace(r#""e""#, "null");
        for (text, body) in [
            ("c", without_content.as_str()),
            ("edited", RESPONSE),
            ("c", r#"{"output":7}"#),
            ("c", "data: {\"type\":\"response.output_text.delta\",\"delta\":\"c\"}\n\n"),
            ("c", "<html>"),
            ("", r#"{"output":[]}"#),
        ] {
            assert_eq!(answered(text, body), [text_alone(text)], "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_recorded_body_makes_encoding_panic(cut in 0_usize..400, noise in "\\PC{0,3}") {
            let body: String = RESPONSE.chars().take(cut).chain(noise.chars()).chain(RESPONSE.chars().skip(cut)).collect();
            prop_assert!(!answered("c", &body).is_empty());
        }
    }
}
