//! An answer as Messages writes it.

use crate::{
    Finish, Usage,
    anthropic::error,
    classify::Fault,
    fields::{self, Fields},
    openai_chat,
    wire::Answer,
};

/// Between two blocks of reasoning, which are separate thoughts.
const THOUGHT_BREAK: &str = "\n\n";

/// Reads a message: its text blocks joined, for cited text comes as many of them.
pub(super) fn read(body: &str) -> Result<Answer, Fault> {
    let Some(outer) = Fields::of(body) else {
        return Err(Fault::malformed(format!("the answer is not a JSON object: {body:.200}")));
    };
    let (content, finish_raw) = (outer.raw("content"), outer.word("stop_reason"));
    if outer.string("type").as_deref() == Some("error") || content.is_none() && outer.raw("error").is_some() {
        return Err(error::fault(body));
    }
    if content.is_none() && finish_raw.is_none() {
        if openai_chat::error::is_error(&outer) {
            return Err(error::fault(body));
        }
        return Err(Fault::malformed(format!("the answer has no content: {body:.200}")));
    }
    let Content { text, reasoning, fallback_model } = content.map(Content::of).unwrap_or_default();
    let usage = outer.object("usage");
    let iterations = iterations(&usage);
    let model_version = served_by_fallback(&iterations).or(fallback_model).or_else(|| outer.string("model"));
    let said = |name| outer.word(name).filter(|id| !id.is_empty());
    Ok(Answer {
        text,
        reasoning,
        model_version,
        finish: finish(finish_raw.as_deref()),
        finish_raw,
        usage: tokens(&usage, &iterations),
        request_id: said("request_id").or_else(|| said("id")),
    })
}

#[derive(Default)]
struct Content {
    text: String,
    reasoning: Option<String>,
    fallback_model: Option<String>,
}

impl Content {
    fn of(json: &str) -> Self {
        // Some gateways write a single text as a string, as requests may.
        if let Some(text) = fields::string(json) {
            return Self { text, ..Self::default() };
        }
        let (mut content, mut thoughts) = (Self::default(), Vec::new());
        for block in fields::array(json).unwrap_or_default().into_iter().filter_map(Fields::of) {
            match block.string("type").as_deref() {
                Some("text") | None => content.text.push_str(&block.string("text").unwrap_or_default()),
                // Empty where the vendor keeps the thought to itself and sends its signature.
                Some("thinking") => thoughts.extend(block.string("thinking")),
                Some("fallback") => {
                    content.fallback_model = block.object("to").string("model").or(content.fallback_model);
                }
                // Encrypted thinking, tools and summaries of the prompt are left to the raw body.
                Some(_) => {}
            }
        }
        thoughts.retain(|thought| !thought.trim().is_empty());
        content.reasoning = (!thoughts.is_empty()).then(|| thoughts.join(THOUGHT_BREAK));
        content
    }
}

fn finish(raw: Option<&str>) -> Finish {
    match raw.map(str::to_ascii_lowercase).as_deref() {
        Some("end_turn" | "stop_sequence" | "stop") => Finish::Stop,
        Some("max_tokens" | "model_context_window_exceeded" | "length") => Finish::Length,
        Some("refusal") => Finish::Refusal,
        // Bedrock's words.
        Some("content_filter" | "content_filtered" | "guardrail_intervened") => Finish::ContentFilter,
        _ => Finish::Other,
    }
}

fn iterations<'a>(usage: &Fields<'a>) -> Vec<(String, Fields<'a>)> {
    let entries = usage.array("iterations").unwrap_or_default().into_iter().filter_map(Fields::of);
    entries.filter_map(|entry| Some((entry.string("type")?, entry))).collect()
}

/// The model that answered where the one that was asked declined.
fn served_by_fallback(iterations: &[(String, Fields<'_>)]) -> Option<String> {
    let mut served = iterations.iter().rev().filter(|(kind, _)| kind == "fallback_message");
    served.find_map(|(_, entry)| entry.string("model"))
}

/// The vendor counts cached tokens beside the others and not among them, and what compacting
/// the conversation took nowhere but in its own entry, although it is billed. Entries of other
/// kinds repeat what the top level says.
fn tokens(usage: &Fields<'_>, iterations: &[(String, Fields<'_>)]) -> Usage {
    let compactions = iterations.iter().filter(|(kind, _)| kind == "compaction");
    compactions.fold(part(usage), |sum, (_, entry)| {
        let more = part(entry);
        let on_top =
            |whole: Option<u64>, more: Option<u64>| Some(whole?.saturating_add(more.unwrap_or_default()));
        Usage {
            input: on_top(sum.input, more.input),
            cached_input: on_top(sum.cached_input.or(Some(0)), more.cached_input),
            cache_write: on_top(sum.cache_write.or(Some(0)), more.cache_write),
            output: on_top(sum.output, more.output),
            reasoning: sum.reasoning,
        }
    })
}

fn part(usage: &Fields<'_>) -> Usage {
    let cached_input = usage.count("cache_read_input_tokens");
    let cache_write = usage.count("cache_creation_input_tokens").or_else(|| by_lifetime(usage));
    let beside = cached_input.unwrap_or_default().saturating_add(cache_write.unwrap_or_default());
    Usage {
        input: usage.count("input_tokens").map(|uncached| uncached.saturating_add(beside)),
        cached_input,
        cache_write,
        output: usage.count("output_tokens"),
        reasoning: usage.object("output_tokens_details").count("thinking_tokens"),
    }
}

/// What was written to the cache, where only its parts by lifetime are said.
fn by_lifetime(usage: &Fields<'_>) -> Option<u64> {
    let parts = usage.object("cache_creation");
    let counts = ["ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens"].map(|name| parts.count(name));
    counts.into_iter().flatten().reduce(u64::saturating_add)
}
