//! An answer as Chat Completions writes it.

use crate::{
    ErrorCategory, Finish, Usage,
    classify::Fault,
    fields::Fields,
    openai_chat::{content, counts, error, think},
    wire::Answer,
};

/// Reads the first choice. `reasoning_fields` are tried in order, `think_tags` says that
/// reasoning may also stand at the beginning of the text.
pub(super) fn read(body: &str, reasoning_fields: &[String], think_tags: bool) -> Result<Answer, Fault> {
    let Some(outer) = Fields::of(body) else {
        return Err(Fault::malformed(format!("the answer is not a JSON object: {body:.200}")));
    };
    let choices = outer.array("choices");
    let choice = choices.as_deref().and_then(<[&str]>::first).and_then(|json| Fields::of(json));
    let message = choice.as_ref().and_then(message);
    let (Some(choice), Some(message)) = (choice, message) else {
        return Err(if error::is_error(&outer) {
            Fault::of_vendor(None, error::read(body))
        } else {
            Fault::malformed(format!("the answer has no choices[0].message: {body:.200}"))
        });
    };
    let answer = answer(&outer, &choice, &message, reasoning_fields, think_tags);
    match failure(&choice) {
        None => answer,
        Some(fault) => Err(match answer {
            Ok(answer) => fault.after(answer),
            Err(_) => fault,
        }),
    }
}

/// Why a choice is no whole answer; `None` where it is one.
fn failure(choice: &Fields<'_>) -> Option<Fault> {
    // OpenRouter reports what went wrong upstream inside a choice of its own making.
    if let Some(json) = choice.raw("error") {
        let error = Fields::of(json).as_ref().map(error::of_object).unwrap_or_default();
        return Some(Fault::of_vendor(None, error));
    }
    // DeepSeek says the second and Z.AI the third.
    let is_broken_off = |word: &String| {
        ["error", "insufficient_system_resource", "network_error"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known))
    };
    choice.word("finish_reason").filter(is_broken_off)?;
    let message = "the provider broke off the answer for lack of resources";
    Some(Fault::new(ErrorCategory::Overloaded, message))
}

fn answer(
    outer: &Fields<'_>,
    choice: &Fields<'_>,
    message: &Fields<'_>,
    reasoning_fields: &[String],
    think_tags: bool,
) -> Result<Answer, Fault> {
    let mut content = content::read(message.raw("content"))?;
    if content.text.is_empty() {
        // Audio comes with its words; `text` is what the older completions call it.
        let spoken = message.object("audio").string("transcript");
        content.text = spoken.or_else(|| choice.string("text")).unwrap_or_default();
    }
    let refusal = message.string("refusal").filter(|text| !text.is_empty());
    let is_refused = refusal.is_some() || content.is_refused;
    let disclosed = reasoning_fields.iter().find_map(|name| content::thought(message.raw(name)?));
    let mut text = content.text;
    if let Some(refusal) = refusal.filter(|refusal| *refusal != text) {
        text.push_str(&refusal);
    }
    let mut reasoning = disclosed.or(content.thinking);
    if think_tags {
        (text, reasoning) = think::apart(text, reasoning);
    }
    // OpenRouter tells what the model's vendor said beside its own word, which counts; it has none
    // for a refusal.
    let said = |name| choice.word(name).filter(|word| !word.is_empty());
    let native = said("native_finish_reason");
    let is_declined = native.as_deref().is_some_and(|word| finish(word) == Finish::Refusal);
    let finish_raw = said("finish_reason").or(native);
    let finish = match finish_raw.as_deref().map_or(Finish::Other, finish) {
        _ if is_refused || is_declined => Finish::Refusal,
        // A model that was made to call a tool stops, and yet waits for what the tool says.
        Finish::Stop if calls_tools(message) => Finish::Other,
        finish => finish,
    };
    Ok(Answer {
        text,
        reasoning,
        model_version: outer.string("model"),
        finish,
        finish_raw,
        usage: usage(outer),
        request_id: request_id(outer),
    })
}

/// The message. Older completions have its text in the choice, and what was filtered or went
/// wrong may come without a message.
fn message<'a>(choice: &Fields<'a>) -> Option<Fields<'a>> {
    match choice.raw("message").or_else(|| choice.raw("delta")) {
        Some(json) => Fields::of(json),
        None => ["text", "finish_reason", "error"]
            .iter()
            .any(|name| choice.raw(name).is_some())
            .then(Fields::default),
    }
}

fn calls_tools(message: &Fields<'_>) -> bool {
    message.array("tool_calls").is_some_and(|calls| !calls.is_empty())
        || message.raw("function_call").is_some_and(|call| Fields::of(call).is_some())
}

fn request_id(outer: &Fields<'_>) -> Option<String> {
    let own = [outer.word("request_id"), outer.object("x_groq").word("id"), outer.word("id")];
    own.into_iter().flatten().find(|id| !id.is_empty())
}

fn finish(raw: &str) -> Finish {
    // Google's compatible address adds its own reason: `content_filter: PROHIBITED_CONTENT`.
    let word = raw.split(':').next().unwrap_or_default().trim();
    match word.to_ascii_lowercase().as_str() {
        "stop" | "eos" | "eos_token" | "stop_sequence" | "stop_token" | "end_turn" | "complete"
        | "completed" => Finish::Stop,
        "length"
        | "max_tokens"
        | "max_output_tokens"
        | "model_length"
        | "max_length"
        | "max_new_tokens"
        | "model_context_window_exceeded" => Finish::Length,
        "content_filter"
        | "content_filtered"
        | "guardrail_intervened"
        | "sensitive"
        | "safety"
        | "recitation"
        | "language"
        | "blocklist"
        | "prohibited_content"
        | "spii"
        | "model_armor" => Finish::ContentFilter,
        "refusal" => Finish::Refusal,
        _ => Finish::Other,
    }
}

/// The counts under every name a relative has for them.
fn usage(outer: &Fields<'_>) -> Usage {
    let usage = match outer.raw("usage") {
        Some(_) => outer.object("usage"),
        None => outer.object("x_groq").object("usage"),
    };
    let first = |places: &[(&str, &str)]| {
        places.iter().find_map(|(object, name)| match *object {
            "" => usage.count(name),
            object => usage.object(object).count(name),
        })
    };
    let input = first(&[("", "prompt_tokens"), ("", "input_tokens")]);
    let said = first(&[("", "completion_tokens"), ("", "output_tokens")]);
    let reasoning = first(&[
        ("completion_tokens_details", "reasoning_tokens"),
        ("output_tokens_details", "reasoning_tokens"),
        ("", "reasoning_tokens"),
    ]);
    let cached_input = first(&[
        ("prompt_tokens_details", "cached_tokens"),
        // Mistral, newer and older; Together; DeepSeek; LiteLLM.
        ("prompt_token_details", "cached_tokens"),
        ("", "num_cached_tokens"),
        ("", "cached_tokens"),
        ("", "prompt_cache_hit_tokens"),
        ("", "cache_read_input_tokens"),
        ("input_tokens_details", "cached_tokens"),
    ]);
    let cache_write = first(&[
        ("prompt_tokens_details", "cache_write_tokens"),
        ("prompt_tokens_details", "cache_creation_tokens"),
        ("", "cache_creation_input_tokens"),
        ("input_tokens_details", "cache_write_tokens"),
    ]);
    let total = usage.count("total_tokens");
    let input = counts::input(input, cached_input, cache_write, said, reasoning, total);
    Usage {
        input,
        cached_input,
        cache_write,
        output: counts::output(input, said, reasoning, total),
        reasoning,
    }
}
