//! A request as generateContent writes it.

use serde_json::{Map, Value, json};

use crate::{
    Message, Parameter, ProviderRequest, ReasoningEffort, Role,
    fields::Fields,
    google::stream::Chunks,
    quirks::{Behaviour, EffortField, SystemRole},
    wire::{Encoded, merge, unstreamed},
};

/// The body to send, and what the model does not take and so was left out. Whether the answer
/// is streamed is said by the address.
pub(super) fn encode(request: &ProviderRequest, behaviour: &Behaviour) -> Result<Encoded, serde_json::Error> {
    let mut omitted = Vec::new();
    let mut body = Map::new();
    let mut turns = Vec::new();
    match &request.system {
        Some(text) if behaviour.system_role == SystemRole::User => {
            omitted.push(Parameter::System);
            say(&mut turns, "user", vec![json!({"text": text})]);
        }
        Some(text) => {
            body.insert("systemInstruction".to_owned(), json!({"parts": [{"text": text}]}));
        }
        None => {}
    }
    for message in &request.messages {
        let text = || vec![json!({"text": message.text})];
        match message.role {
            Role::User => say(&mut turns, "user", text()),
            Role::Assistant => match signed(message) {
                Some(parts) => say(&mut turns, "model", parts),
                // Empty text is refused, and words put in its place would not be the model's: such
                // an answer is left out, and the user goes on speaking.
                None if message.text.is_empty() => {}
                None => say(&mut turns, "model", text()),
            },
        }
    }
    let contents = turns.into_iter().map(|(role, parts)| json!({"role": role, "parts": parts}));
    body.insert("contents".to_owned(), contents.collect());
    let settings = settings(request, behaviour, &mut omitted);
    if !settings.is_empty() {
        body.insert("generationConfig".to_owned(), Value::Object(settings));
    }
    merge(&mut body, &behaviour.body);
    Ok(Encoded { body: serde_json::to_string(&body)?, omitted })
}

/// Adds to the conversation. Turns must alternate, so who goes on speaking adds to the last one.
fn say(turns: &mut Vec<(&'static str, Vec<Value>)>, role: &'static str, parts: Vec<Value>) {
    match turns.last_mut() {
        Some((last, before)) if *last == role => before.extend(parts),
        _ => turns.push((role, parts)),
    }
}

fn settings(
    request: &ProviderRequest,
    behaviour: &Behaviour,
    omitted: &mut Vec<Parameter>,
) -> Map<String, Value> {
    let temperature = behaviour.taken(Parameter::Temperature, request.temperature, omitted);
    let top_p = behaviour.taken(Parameter::TopP, request.top_p, omitted);
    let seed = behaviour.taken(Parameter::Seed, request.seed, omitted);
    // The vendor's seeds have 32 bits, and another seed than the one asked for would mislead.
    let fitting = seed.and_then(|seed| i32::try_from(seed).ok());
    if seed.is_some() && fitting.is_none() {
        omitted.push(Parameter::Seed);
    }
    let stop = Some(request.stop.as_slice()).filter(|stop| !stop.is_empty());
    let stop = behaviour.taken(Parameter::Stop, stop, omitted);
    let effort = behaviour.taken(Parameter::ReasoningEffort, request.reasoning_effort, omitted);
    let schema = behaviour.taken(Parameter::AnswerSchema, request.answer_schema.as_deref(), omitted);

    let mut settings = Map::new();
    let mut put =
        |name: &str, value: Option<Value>| settings.extend(value.map(|value| (name.to_owned(), value)));
    put("temperature", temperature.map(|number| json!(number)));
    put("topP", top_p.map(|number| json!(number)));
    put("maxOutputTokens", request.max_output_tokens.map(|count| json!(count)));
    put("seed", fitting.map(|seed| json!(seed)));
    put("stopSequences", stop.map(|texts| json!(texts)));
    put("responseMimeType", schema.map(|_| json!("application/json")));
    put("responseJsonSchema", schema.map(|wanted| wanted.schema.clone()));
    put("thinkingConfig", effort.map(|effort| thinking(effort, behaviour.effort_field)));
    settings
}

fn thinking(effort: ReasoningEffort, field: EffortField) -> Value {
    let (level, budget) = match effort {
        // Disclosure must not be asked of a model that does not think. Where thinking has levels
        // it cannot be turned off, and the lowest is the nearest.
        ReasoningEffort::None if field == EffortField::Budget => return json!({"thinkingBudget": 0}),
        ReasoningEffort::None | ReasoningEffort::Minimal => ("minimal", 512),
        ReasoningEffort::Low => ("low", 1_024),
        ReasoningEffort::Medium => ("medium", 8_192),
        ReasoningEffort::High => ("high", 24_576),
    };
    if field == EffortField::Budget {
        json!({"includeThoughts": true, "thinkingBudget": budget})
    } else {
        json!({"includeThoughts": true, "thinkingLevel": level})
    }
}

/// The parts of an answer with signatures, which the vendor wants back where they were; `None`
/// where there are none, or where the text is no longer the one that was signed. Summaries of
/// thoughts are for people, so those without a signature stay away.
fn signed(message: &Message) -> Option<Vec<Value>> {
    let body = unstreamed(message.raw_body.as_deref()?, Box::new(Chunks::default()))?;
    // A stream may have come as one list.
    let body = match crate::fields::array(&body) {
        Some(chunks) => Chunks::of(&chunks).into_body()?,
        None => body,
    };
    let candidates = Fields::of(&body)?.array("candidates")?;
    let content = Fields::of(candidates.first()?)?.object("content");
    let (mut parts, mut said, mut has_signature) = (Vec::new(), String::new(), false);
    for part in content.array("parts")?.into_iter().filter_map(Fields::of) {
        let Some(text) = part.string("text") else { continue };
        let signature = part.string("thoughtSignature");
        let is_thought = part.raw("thought") == Some("true");
        if !is_thought {
            said.push_str(&text);
        } else if signature.is_none() {
            continue;
        }
        let mut written = json!({"text": text});
        if is_thought {
            written["thought"] = json!(true);
        }
        if let Some(signature) = signature {
            written["thoughtSignature"] = json!(signature);
            has_signature = true;
        }
        parts.push(written);
    }
    (has_signature && said == message.text).then_some(parts)
}
