//! An answer as Chat Completions writes it.

use crate::{
    ErrorCategory, Finish, Usage,
    classify::{self, Fault},
    fields::{self, Fields},
    openai_chat::error,
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
    let message = choice.as_ref().and_then(|choice| Fields::of(choice.raw("message")?));
    let (Some(choice), Some(message)) = (choice, message) else {
        return Err(match outer.raw("error") {
            Some(_) => upstream_fault(&error::read(body)),
            None => Fault::malformed(format!("the answer has no choices[0].message: {body:.200}")),
        });
    };
    // OpenRouter reports what went wrong upstream inside a choice of its own making.
    if let Some(json) = choice.raw("error") {
        let error = Fields::of(json).as_ref().map(error::of_object).unwrap_or_default();
        return Err(upstream_fault(&error));
    }
    let finish_raw = choice.word("finish_reason");
    if let Some("error" | "insufficient_system_resource") = finish_raw.as_deref() {
        return Err(Fault {
            category: ErrorCategory::Overloaded,
            message: "the provider broke off the answer for lack of resources".to_owned(),
        });
    }

    let mut content = content(message.raw("content"))?;
    let refusal = message.string("refusal").filter(|text| !text.is_empty()).or(content.refusal.take());
    let disclosed = reasoning_fields.iter().find_map(|name| message.string(name));
    let (mut text, mut reasoning) = (content.text, disclosed.or(content.thinking));
    if think_tags && reasoning.as_deref().unwrap_or_default().is_empty() {
        (text, reasoning) = apart(text, reasoning);
    }
    let finish = if refusal.is_some() { Finish::Refusal } else { finish(finish_raw.as_deref()) };
    Ok(Answer {
        text: refusal.unwrap_or(text),
        reasoning: reasoning.filter(|text| !text.is_empty()),
        model_version: outer.string("model"),
        finish,
        finish_raw,
        usage: usage(&outer.object("usage")),
        request_id: outer.word("request_id").or_else(|| outer.word("id")),
    })
}

fn upstream_fault(error: &classify::VendorError) -> Fault {
    Fault { category: classify::category_without_status(error), message: error.message.clone() }
}

#[derive(Default)]
struct Content {
    text: String,
    thinking: Option<String>,
    refusal: Option<String>,
}

/// Content is a string, null, absent, or a list of parts (Mistral's reasoning models).
fn content(json: Option<&str>) -> Result<Content, Fault> {
    let Some(json) = json else {
        return Ok(Content::default());
    };
    if let Some(text) = fields::string(json) {
        return Ok(Content { text, ..Content::default() });
    }
    let parts = fields::array(json)
        .ok_or_else(|| Fault::malformed(format!("choices[0].message.content is no text: {json:.200}")))?;
    let mut content = Content::default();
    for part in parts.into_iter().filter_map(Fields::of) {
        match part.string("type").as_deref() {
            Some("thinking" | "reasoning") => {
                content.thinking.get_or_insert_default().push_str(&thinking(&part));
            }
            Some("refusal") => {
                let refusal = part.string("refusal").unwrap_or_default();
                content.refusal.get_or_insert_default().push_str(&refusal);
            }
            // References, images and the like have no text and are left to the raw body.
            _ => content.text.push_str(&part.string("text").unwrap_or_default()),
        }
    }
    Ok(content)
}

/// The text of a thinking part, itself a string or a list of text parts.
fn thinking(part: &Fields<'_>) -> String {
    let direct = part.string("thinking").or_else(|| part.string("text"));
    direct.unwrap_or_else(|| {
        let inner = part.array("thinking").unwrap_or_default().into_iter().filter_map(Fields::of);
        inner.filter_map(|part| part.string("text")).collect()
    })
}

/// Takes `<think>…</think>` off the beginning of a text. Without its end the model ran out
/// of tokens while it thought, and the text never began.
fn apart(text: String, reasoning: Option<String>) -> (String, Option<String>) {
    let Some(thought) = text.trim_start().strip_prefix("<think>") else {
        return (text, reasoning);
    };
    let (thought, rest) = thought.split_once("</think>").unwrap_or((thought, ""));
    (rest.to_owned(), Some(thought.to_owned()))
}

fn finish(raw: Option<&str>) -> Finish {
    match raw {
        Some("stop" | "eos" | "eos_token" | "stop_sequence" | "end_turn") => Finish::Stop,
        Some("length" | "max_tokens" | "model_length") => Finish::Length,
        Some("content_filter" | "safety") => Finish::ContentFilter,
        Some("refusal") => Finish::Refusal,
        _ => Finish::Other,
    }
}

fn usage(usage: &Fields<'_>) -> Usage {
    let (prompt, completion) =
        (usage.object("prompt_tokens_details"), usage.object("completion_tokens_details"));
    let input = usage.count("prompt_tokens");
    let reasoning = completion.count("reasoning_tokens").or_else(|| usage.count("reasoning_tokens"));
    let said = usage.count("completion_tokens");
    // xAI counts reasoning beside the completion and not in it, and only the total shows it.
    let output = match (input, said, reasoning, usage.count("total_tokens")) {
        (Some(input), Some(said), Some(reasoning), Some(total))
            if reasoning > 0
                && input.checked_add(said).and_then(|sum| sum.checked_add(reasoning)) == Some(total) =>
        {
            Some(said + reasoning)
        }
        _ => said,
    };
    Usage {
        input,
        cached_input: prompt
            .count("cached_tokens")
            // Together; Mistral; DeepSeek.
            .or_else(|| usage.count("cached_tokens"))
            .or_else(|| usage.count("num_cached_tokens"))
            .or_else(|| usage.count("prompt_cache_hit_tokens")),
        // OpenRouter; LiteLLM.
        cache_write: prompt
            .count("cache_write_tokens")
            .or_else(|| usage.count("cache_creation_input_tokens")),
        output,
        reasoning,
    }
}
