//! Between a provider's words and the rows of a turn.

use chrono::{DateTime, Utc};
use domain::{
    queue::NewTurn,
    registry::{Tariff, TokenCounts},
};
use entity::{Finish, model, turn};
use providers::{Message, Parameter, ProviderReply, ReasoningEffort};

/// The turn that a reply makes.
pub(crate) fn turn_of(
    index: i32,
    prompt: String,
    reply: ProviderReply,
    price: Option<&Tariff>,
    started_at: DateTime<Utc>,
) -> NewTurn {
    let tokens = |count: Option<u64>| count.and_then(|count| i64::try_from(count).ok());
    let usage = reply.usage;
    let counts = TokenCounts {
        input: tokens(usage.input),
        cached_input: tokens(usage.cached_input),
        cache_write: tokens(usage.cache_write),
        output: tokens(usage.output),
    };
    let cost = price.and_then(|price| price.cost_of(&counts));
    NewTurn {
        turn_index: index,
        prompt,
        answer: reply.text,
        reasoning: reply.reasoning,
        finish: match reply.finish {
            providers::Finish::Stop => Finish::Stop,
            providers::Finish::Length => Finish::Length,
            providers::Finish::Refusal => Finish::Refusal,
            providers::Finish::ContentFilter => Finish::ContentFilter,
            providers::Finish::Other => Finish::Other,
        },
        finish_raw: reply.finish_raw,
        model_version: reply.model_version,
        request_id: reply.request_id,
        request_body: reply.request_body,
        raw_body: reply.raw_body.to_vec(),
        is_text_altered: reply.text_is_altered,
        input_tokens: counts.input,
        cached_input_tokens: counts.cached_input,
        cache_write_tokens: counts.cache_write,
        output_tokens: counts.output,
        reasoning_tokens: tokens(usage.reasoning),
        price_id: cost.map(|cost| cost.price_id),
        cost_usd_micros: cost.map(|cost| cost.usd_micros),
        first_byte: reply.first_byte,
        first_token: reply.first_token,
        omitted: reply.omitted.into_iter().map(|parameter| parameter.to_string()).collect(),
        latency: reply.total,
        started_at,
        finished_at: domain::db::now(),
    }
}

/// Cuts an answer at the size that may be stored, which counts as the end of an answer that was
/// too long; the raw body has the whole of it.
pub(crate) fn within_limit(mut reply: ProviderReply, bytes_max: usize) -> ProviderReply {
    if cut(&mut reply.text, bytes_max) {
        reply.text_is_altered = true;
        // A refusal stays one, however long.
        if matches!(reply.finish, providers::Finish::Stop | providers::Finish::Other) {
            reply.finish = providers::Finish::Length;
        }
    }
    if let Some(reasoning) = &mut reply.reasoning {
        reply.text_is_altered |= cut(reasoning, bytes_max);
    }
    reply
}

/// True where something had to go.
fn cut(text: &mut String, bytes_max: usize) -> bool {
    let is_too_long = text.len() > bytes_max;
    text.truncate(text.floor_char_boundary(bytes_max));
    is_too_long
}

/// A stored turn, as if it had just been answered.
pub(crate) fn stored_turn(row: turn::Model) -> NewTurn {
    let span = |ms: i64| std::time::Duration::from_millis(ms.unsigned_abs());
    NewTurn {
        turn_index: row.turn_index,
        prompt: row.prompt,
        answer: row.answer,
        reasoning: row.reasoning,
        finish: row.finish,
        finish_raw: row.finish_raw,
        model_version: row.model_version,
        request_id: row.request_id,
        request_body: row.request_body,
        raw_body: row.raw_body,
        is_text_altered: row.is_text_altered,
        input_tokens: row.input_tokens,
        cached_input_tokens: row.cached_input_tokens,
        cache_write_tokens: row.cache_write_tokens,
        output_tokens: row.output_tokens,
        reasoning_tokens: row.reasoning_tokens,
        price_id: row.price_id,
        cost_usd_micros: row.cost_usd_micros,
        first_byte: span(row.first_byte_ms),
        first_token: row.first_token_ms.map(span),
        // What was stored is not written again.
        omitted: Vec::new(),
        latency: span(row.latency_ms),
        started_at: row.started_at,
        finished_at: row.finished_at,
    }
}

/// The conversation so far, and the next question.
pub(crate) fn messages(turns: &[NewTurn], prompt: &str) -> Vec<Message> {
    let mut messages = Vec::with_capacity(turns.len() * 2 + 1);
    for turn in turns {
        messages.push(Message::user(&turn.prompt));
        // Vendors that want their reasoning back find it in the body.
        messages.push(Message::assistant(&turn.answer, Some(turn.raw_body.clone().into())));
    }
    messages.push(Message::user(prompt));
    messages
}

/// The run's word as the providers' crate has it.
pub(crate) fn effort(effort: entity::ReasoningEffort) -> ReasoningEffort {
    match effort {
        entity::ReasoningEffort::None => ReasoningEffort::None,
        entity::ReasoningEffort::Minimal => ReasoningEffort::Minimal,
        entity::ReasoningEffort::Low => ReasoningEffort::Low,
        entity::ReasoningEffort::Medium => ReasoningEffort::Medium,
        entity::ReasoningEffort::High => ReasoningEffort::High,
    }
}

/// What the registry knows a model not to take. What it does not know of is sent.
pub(crate) fn refused(model: &model::Model) -> Vec<Parameter> {
    let known = [
        (Some(model.has_system_prompt), Parameter::System),
        (model.has_structured_output, Parameter::AnswerSchema),
        (Some(model.has_temperature), Parameter::Temperature),
        // Who samples in a way of their own takes neither.
        (Some(model.has_temperature), Parameter::TopP),
        (Some(model.has_seed), Parameter::Seed),
        (model.has_reasoning, Parameter::ReasoningEffort),
    ];
    known
        .into_iter()
        .filter(|(is_taken, _)| *is_taken == Some(false))
        .map(|(_, parameter)| parameter)
        .collect()
}

#[cfg(test)]
mod tests {
    use entity::{Origin, model};
    use providers::Parameter;

    use super::refused;

    #[test]
    fn only_what_a_model_is_known_not_to_take_is_left_out() {
        let unknown = model::Model {
            provider_id: "lab".into(),
            id: "new".into(),
            display_name: "new".into(),
            default_version: None,
            context_tokens: None,
            has_system_prompt: true,
            has_structured_output: None,
            origin: Origin::Config,
            is_offered: true,
            output_tokens_max: None,
            has_temperature: true,
            has_seed: true,
            has_reasoning: None,
        };
        assert_eq!(refused(&unknown), []);
        let known = model::Model { has_reasoning: Some(false), ..unknown };
        assert_eq!(refused(&known), [Parameter::ReasoningEffort]);
    }
}
