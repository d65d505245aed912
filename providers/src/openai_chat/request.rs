//! A request as Chat Completions writes it.

use serde::{Serialize, Serializer, ser::SerializeSeq};
use serde_json::{Map, Value, json};

use crate::{
    Message, Parameter, ProviderRequest, ReasoningEffort, Role,
    fields::Fields,
    openai_chat::stream,
    quirks::{Behaviour, EffortField, MaxTokensField, SeedField, SystemRole},
    sse,
    wire::{Encoded, merge},
};

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Conversation<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    random_seed: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<Value>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<Value>,
}

/// The messages, written one by one from where they are.
struct Conversation<'a> {
    request: &'a ProviderRequest,
    system_role: SystemRole,
    returned_fields: &'a [String],
}

#[derive(Serialize)]
struct Line<'a> {
    role: &'static str,
    content: &'a str,
    #[serde(flatten)]
    returned: Map<String, Value>,
}

impl Serialize for Conversation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut lines = serializer.serialize_seq(None)?;
        if let Some(content) = &self.request.system {
            let role = match self.system_role {
                SystemRole::System => "system",
                SystemRole::Developer => "developer",
                SystemRole::User => "user",
            };
            lines.serialize_element(&Line { role, content, returned: Map::new() })?;
        }
        for message in &self.request.messages {
            let role = match message.role {
                Role::User => "user",
                Role::Assistant => "assistant",
            };
            let returned = returned(message, self.returned_fields);
            lines.serialize_element(&Line { role, content: &message.text, returned })?;
        }
        lines.end()
    }
}

/// What an answer's own body says under these names of its message.
fn returned(message: &Message, fields: &[String]) -> Map<String, Value> {
    let read = || {
        let body = str::from_utf8(message.raw_body.as_deref()?).ok()?;
        let body = if sse::is_stream(body) { stream::whole(body)? } else { body.to_owned() };
        let choices = Fields::of(&body)?.array("choices")?;
        let message = Fields::of(choices.first()?)?.object("message");
        let value = |name: &String| Some((name.clone(), serde_json::from_str(message.raw(name)?).ok()?));
        Some(fields.iter().filter_map(value).collect())
    };
    if fields.is_empty() { Map::new() } else { read().unwrap_or_default() }
}

/// The body to send, and what the model does not take and so was left out.
pub(super) fn encode(
    request: &ProviderRequest,
    behaviour: &Behaviour,
    is_streamed: bool,
) -> Result<Encoded, serde_json::Error> {
    let mut omitted = Vec::new();
    let temperature = behaviour.taken(Parameter::Temperature, request.temperature, &mut omitted);
    let top_p = behaviour.taken(Parameter::TopP, request.top_p, &mut omitted);
    let seed = behaviour.taken(Parameter::Seed, request.seed, &mut omitted);
    let stop = Some(request.stop.as_slice()).filter(|stop| !stop.is_empty());
    let stop = behaviour.taken(Parameter::Stop, stop, &mut omitted);
    let effort = behaviour.taken(Parameter::ReasoningEffort, request.reasoning_effort, &mut omitted);
    let schema = behaviour.taken(Parameter::AnswerSchema, request.answer_schema.as_deref(), &mut omitted);
    if request.system.is_some() && behaviour.system_role == SystemRole::User {
        omitted.push(Parameter::System);
    }
    let max_tokens = |field| request.max_output_tokens.filter(|_| behaviour.max_tokens_field == field);
    let seed_as = |field| seed.filter(|_| behaviour.seed_field == field);
    let effort_as = |field| effort.filter(|_| behaviour.effort_field == field);
    let body = serde_json::to_string(&Body {
        model: &request.model,
        messages: Conversation {
            request,
            system_role: behaviour.system_role,
            returned_fields: &behaviour.returned_fields,
        },
        temperature,
        top_p,
        max_tokens: max_tokens(MaxTokensField::MaxTokens),
        max_completion_tokens: max_tokens(MaxTokensField::MaxCompletionTokens),
        seed: seed_as(SeedField::Seed),
        random_seed: seed_as(SeedField::RandomSeed),
        stop,
        reasoning_effort: effort_as(EffortField::Word).map(ReasoningEffort::as_str),
        reasoning: effort_as(EffortField::Object).map(|effort| json!({"effort": effort})),
        thinking: effort_as(EffortField::Switch).map(|effort| {
            let kind = if effort == ReasoningEffort::None { "disabled" } else { "enabled" };
            json!({"type": kind})
        }),
        response_format: schema.map(|wanted| {
            let schema = json!({"name": wanted.name, "strict": true, "schema": wanted.schema});
            json!({"type": "json_schema", "json_schema": schema})
        }),
        stream: is_streamed,
        stream_options: is_streamed.then(|| json!({"include_usage": true})),
    })?;
    if behaviour.body.is_empty() {
        return Ok(Encoded { body, omitted });
    }
    let mut fields: Map<String, Value> = serde_json::from_str(&body)?;
    merge(&mut fields, &behaviour.body);
    Ok(Encoded { body: serde_json::to_string(&fields)?, omitted })
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use serde_json::{Value, json};

    use super::encode;
    use crate::{
        AnswerSchema, EffortField, MaxTokensField, Message, Parameter, ProviderRequest, Quirks,
        ReasoningEffort, SeedField, SystemRole, Timeouts,
    };

    fn request() -> ProviderRequest {
        ProviderRequest {
            model: "m".to_owned(),
            system: Some("be brief".to_owned()),
            messages: vec![
                Message::user("a\n\"b\""),
                Message::assistant("c", Some(r#"{"choices":[{"message":{"r":[1],"s":2}}]}"#.into())),
                Message::user("😀"),
            ],
            temperature: Some(0.5),
            top_p: None,
            max_output_tokens: Some(9),
            seed: Some(-7),
            stop: vec![],
            reasoning_effort: None,
            answer_schema: None,
            refuses: Vec::new(),
            timeouts: Timeouts { first_byte: Duration::from_secs(1), total: Duration::from_secs(1) },
        }
    }

    fn encoded(request: &ProviderRequest, quirks: &Quirks) -> (String, Vec<Parameter>) {
        let encoded = encode(request, &quirks.of_model("m"), quirks.stream).unwrap();
        (encoded.body, encoded.omitted)
    }

    #[test]
    fn a_request_is_written_as_the_plain_wire_format_wants_it() {
        let (body, omitted) = encoded(&request(), &Quirks::default());
        assert_eq!(
            body,
            r#"{"model":"m","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"a\n\"b\""},{"role":"assistant","content":"c"},{"role":"user","content":"😀"}],"temperature":0.5,"max_tokens":9,"seed":-7,"stream":false}"#
        );
        assert!(omitted.is_empty());
    }

    #[test]
    fn everything_that_can_be_asked_for_has_its_place() {
        let asked = ProviderRequest {
            top_p: Some(0.9),
            stop: vec!["END".to_owned()],
            reasoning_effort: Some(ReasoningEffort::Low),
            answer_schema: Some(Arc::new(AnswerSchema {
                name: "n".into(),
                schema: json!({"type": "object"}),
            })),
            ..request()
        };
        let body = |effort_field| {
            let further =
                json!({"provider": {"sort": "price"}, "stream_options": {"include_obfuscation": false}})
                    .as_object()
                    .unwrap()
                    .clone();
            let quirks = Quirks { effort_field, stream: true, body: further, ..Quirks::default() };
            serde_json::from_str::<Value>(&encoded(&asked, &quirks).0).unwrap()
        };
        let word = body(EffortField::Word);
        assert_eq!((&word["top_p"], &word["stop"]), (&json!(0.9), &json!(["END"])));
        assert_eq!(word["reasoning_effort"], "low");
        assert_eq!(word["response_format"]["json_schema"]["schema"], json!({"type": "object"}));
        assert_eq!(word["stream_options"], json!({"include_usage": true, "include_obfuscation": false}));
        assert_eq!(word["provider"], json!({"sort": "price"}));
        assert_eq!(body(EffortField::Object)["reasoning"], json!({"effort": "low"}));
        assert_eq!(body(EffortField::Switch)["thinking"], json!({"type": "enabled"}));
    }

    #[test]
    fn fields_that_a_vendor_wants_back_go_back_with_the_answer_they_came_with() {
        let quirks = Quirks { returned_fields: vec!["r".to_owned(), "x".to_owned()], ..Quirks::default() };
        let streamed = concat!(
            "data: {\"choices\":[{\"delta\":{\"r\":[1]}}]}\n\n",
            "data: {\"choices\":[{\"delta\":{\"s\":2},\"finish_reason\":\"stop\"}]}\n\n",
        );
        let mut asked = request();
        for recorded in [asked.messages[1].raw_body.clone(), Some(streamed.into())] {
            asked.messages[1].raw_body = recorded;
            let (body, _) = encoded(&asked, &quirks);
            assert!(body.contains(r#"{"role":"assistant","content":"c","r":[1]}"#), "{body}");
        }
    }

    #[test]
    fn what_a_model_does_not_take_is_left_out_and_named() {
        let quirks = Quirks {
            refuses: vec![Parameter::Seed, Parameter::Temperature, Parameter::Stop],
            system_role: SystemRole::User,
            max_tokens_field: MaxTokensField::MaxCompletionTokens,
            ..Quirks::default()
        };
        let (body, omitted) = encoded(&request(), &quirks);
        assert!(body.contains(r#"[{"role":"user","content":"be brief"},"#), "{body}");
        assert!(body.ends_with(r#"],"max_completion_tokens":9,"stream":false}"#), "{body}");
        assert_eq!(omitted, [Parameter::Temperature, Parameter::Seed, Parameter::System]);
    }

    #[test]
    fn what_was_not_asked_for_is_neither_sent_nor_named_as_left_out() {
        let quirks = Quirks { refuses: vec![Parameter::Seed], ..Quirks::default() };
        let asked = ProviderRequest {
            system: None,
            temperature: None,
            max_output_tokens: None,
            seed: None,
            messages: vec![],
            ..request()
        };
        let (body, omitted) = encoded(&asked, &quirks);
        assert_eq!((body.as_str(), omitted.len()), (r#"{"model":"m","messages":[],"stream":false}"#, 0));
    }

    #[test]
    fn a_seed_goes_by_the_name_the_provider_gives_it() {
        let quirks = Quirks { seed_field: SeedField::RandomSeed, ..Quirks::default() };
        let (body, _) = encoded(&request(), &quirks);
        assert!(body.contains(r#""random_seed":-7"#) && !body.contains(r#""seed""#), "{body}");
    }
}
