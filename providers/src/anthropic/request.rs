//! A request as Messages writes it.

use serde_json::{Map, Value, json};

use crate::{
    Message, Parameter, ProviderRequest, ReasoningEffort, Role,
    anthropic::stream::Events,
    fields::Fields,
    quirks::{Behaviour, EffortField, SystemRole},
    wire::{Encoded, merge, unstreamed},
};

/// The limit of an answer's tokens where the request has none, for the vendor wants one: as
/// much as the smallest model served takes. Thinking is counted into it and comes on top.
const ANSWER_TOKENS: u32 = 8_192;

/// Room for thinking in that limit where the model itself decides how much it thinks.
const ADAPTIVE_TOKENS: u32 = 24_576;

/// The smallest budget for thinking that the vendor takes.
const BUDGET_MIN: u32 = 1_024;

/// The body to send, and what the model does not take and so was left out.
pub(super) fn encode(
    request: &ProviderRequest,
    behaviour: &Behaviour,
    is_streamed: bool,
) -> Result<Encoded, serde_json::Error> {
    let mut omitted = Vec::new();
    let effort = behaviour.taken(Parameter::ReasoningEffort, request.reasoning_effort, &mut omitted);
    let thinking = Thinking::of(effort, behaviour.effort_field, request.max_output_tokens);
    if effort.is_some() && thinking.config.is_none() {
        omitted.push(Parameter::ReasoningEffort);
    }
    let (temperature, top_p) = sampling(request, behaviour, thinking.is_on, &mut omitted);
    let stop = Some(request.stop.as_slice()).filter(|stop| !stop.is_empty());
    let stop = behaviour.taken(Parameter::Stop, stop, &mut omitted);
    let schema = behaviour.taken(Parameter::AnswerSchema, request.answer_schema.as_deref(), &mut omitted);
    // The vendor knows no seed.
    omitted.extend(request.seed.map(|_| Parameter::Seed));

    let mut body = Map::new();
    let mut put = |name: &str, value: Option<Value>| body.extend(value.map(|value| (name.to_owned(), value)));
    put("model", Some(json!(request.model)));
    put("max_tokens", Some(json!(thinking.max_tokens)));
    put("temperature", temperature.map(|number| json!(number)));
    put("top_p", top_p.map(|number| json!(number)));
    put("stop_sequences", stop.map(|texts| json!(texts)));
    put("thinking", thinking.config);
    let mut output = Map::new();
    output.extend(thinking.word.map(|word| ("effort".to_owned(), json!(word))));
    output.extend(
        schema.map(|wanted| ("format".to_owned(), json!({"type": "json_schema", "schema": wanted.schema}))),
    );
    put("output_config", (!output.is_empty()).then_some(Value::Object(output)));
    put("stream", is_streamed.then_some(Value::Bool(true)));
    merge(&mut body, &behaviour.body);

    // An empty system prompt is refused where it stands, and says nothing.
    let system = request.system.as_deref().filter(|text| !text.is_empty());
    let mut messages = Vec::new();
    match system {
        Some(text) if behaviour.system_role == SystemRole::User => {
            omitted.push(Parameter::System);
            messages.push(json!({"role": "user", "content": text}));
        }
        Some(text) => {
            body.insert("system".to_owned(), json!(text));
        }
        None => {}
    }
    let is_thinking_off = body.get("thinking").is_some_and(|config| config["type"] == "disabled");
    messages.extend(request.messages.iter().filter_map(|message| line(message, is_thinking_off)));
    body.insert("messages".to_owned(), Value::Array(messages));
    Ok(Encoded { body: serde_json::to_string(&body)?, omitted })
}

/// What becomes of the wish for an effort.
struct Thinking {
    config: Option<Value>,
    word: Option<&'static str>,
    max_tokens: u32,
    is_on: bool,
}

impl Thinking {
    fn of(effort: Option<ReasoningEffort>, field: EffortField, max_tokens: Option<u32>) -> Self {
        let off =
            Self { config: None, word: None, max_tokens: max_tokens.unwrap_or(ANSWER_TOKENS), is_on: false };
        let (word, budget) = match effort {
            None => return off,
            Some(ReasoningEffort::None) => return Self { config: Some(json!({"type": "disabled"})), ..off },
            Some(ReasoningEffort::Minimal) => ("low", BUDGET_MIN),
            Some(ReasoningEffort::Low) => ("low", 2_048),
            Some(ReasoningEffort::Medium) => ("medium", 8_192),
            Some(ReasoningEffort::High) => ("high", 16_384),
        };
        if field != EffortField::Budget {
            // Newer models keep their thoughts to themselves unless they are asked for them.
            let config = json!({"type": "adaptive", "display": "summarized"});
            let max_tokens = max_tokens.unwrap_or(ANSWER_TOKENS + ADAPTIVE_TOKENS);
            return Self { config: Some(config), word: Some(word), max_tokens, is_on: true };
        }
        let max_tokens = max_tokens.unwrap_or(ANSWER_TOKENS + budget);
        // The answer keeps at least a quarter of the limit, or thinking could use it all up.
        let budget = budget.min((max_tokens - max_tokens / 4).max(BUDGET_MIN));
        if budget >= max_tokens {
            return off;
        }
        let config = json!({"type": "enabled", "budget_tokens": budget});
        Self { config: Some(config), word: None, max_tokens, is_on: true }
    }
}

/// Temperature and top-p as far as the vendor takes them: temperature up to 1, while thinking
/// 1 alone and top-p from 0.95; and models since Opus 4.1 refuse the two together, of which
/// temperature is then kept.
fn sampling(
    request: &ProviderRequest,
    behaviour: &Behaviour,
    is_thinking: bool,
    omitted: &mut Vec<Parameter>,
) -> (Option<f64>, Option<f64>) {
    let mut allowed = |parameter, value: Option<f64>, is_possible: &dyn Fn(f64) -> bool| {
        let value = behaviour.taken(parameter, value, omitted)?;
        if !is_possible(value) {
            omitted.push(parameter);
            return None;
        }
        Some(value)
    };
    let temperature = allowed(Parameter::Temperature, request.temperature, &|value| {
        value <= 1.0 && (!is_thinking || value == 1.0)
    });
    let top_p = allowed(Parameter::TopP, request.top_p, &|value| {
        temperature.is_none() && (!is_thinking || value >= 0.95)
    });
    (temperature, top_p)
}

/// One message. An empty answer has no form that the vendor takes: text must hold more than
/// white space, and words put in its place would not be the model's. It is left out, and the
/// vendor joins the user's messages around it into one turn.
fn line(message: &Message, is_thinking_off: bool) -> Option<Value> {
    if message.role == Role::User {
        return Some(json!({"role": "user", "content": message.text}));
    }
    let thoughtful = if is_thinking_off { None } else { thoughtful(message) };
    let content = match thoughtful {
        Some(blocks) => Value::Array(blocks),
        None if message.text.trim().is_empty() => return None,
        None => Value::String(message.text.clone()),
    };
    Some(json!({"role": "assistant", "content": content}))
}

/// The blocks of an answer with thoughts, which the vendor wants back as they were; `None`
/// where there are none, or where the text is no longer the one that followed them.
fn thoughtful(message: &Message) -> Option<Vec<Value>> {
    let body = unstreamed(message.raw_body.as_deref()?, Box::new(Events::default()))?;
    let content = Fields::of(&body)?.array("content")?;
    let (mut blocks, mut text, mut has_thought) = (Vec::new(), String::new(), false);
    for json in content {
        let Some(block) = Fields::of(json) else { continue };
        match block.string("type").as_deref() {
            Some("text") => {
                let part = block.string("text").unwrap_or_default();
                text.push_str(&part);
                if !part.trim().is_empty() {
                    blocks.push(json!({"type": "text", "text": part}));
                }
            }
            // One that broke off before its signature would be refused.
            Some("thinking") if block.string("signature").unwrap_or_default().is_empty() => {}
            Some("thinking" | "redacted_thinking") => {
                blocks.push(serde_json::from_str(json).ok()?);
                has_thought = true;
            }
            _ => {}
        }
    }
    (has_thought && text == message.text).then_some(blocks)
}
