//! The documents that a program is given and gives back.

use std::time::Duration;

use serde::Serialize;

use crate::{
    ErrorCategory, Finish, ProviderRequest, ReasoningEffort, Role, Usage,
    classify::Fault,
    command::Output,
    fields::{Fields, string},
};

/// What the program reads, one line of JSON. Fields that were not asked for are left out.
#[derive(Serialize)]
struct Question<'a> {
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<&'a str>,
    messages: Vec<Line<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i64>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<ReasoningEffort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer_schema: Option<&'a serde_json::Value>,
}

#[derive(Serialize)]
struct Line<'a> {
    role: &'static str,
    content: &'a str,
}

/// What the program wrote as its answer. Only the text must be there: a field of an unexpected
/// type costs that field, never an answer that may have been paid for.
pub(super) struct Answered {
    pub(super) text: String,
    pub(super) reasoning: Option<String>,
    pub(super) model_version: Option<String>,
    pub(super) finish: Finish,
    /// The program's own word where it is none of ours.
    pub(super) finish_raw: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) usage: Usage,
}

/// The line that the program is given.
pub(super) fn encode(request: &ProviderRequest) -> Result<String, serde_json::Error> {
    let line = |message: &'_ crate::Message| match message.role {
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    let messages =
        request.messages.iter().map(|message| Line { role: line(message), content: &message.text }).collect();
    serde_json::to_string(&Question {
        model: &request.model,
        system: request.system.as_deref(),
        messages,
        temperature: request.temperature,
        top_p: request.top_p,
        max_output_tokens: request.max_output_tokens,
        seed: request.seed,
        stop: &request.stop,
        reasoning_effort: request.reasoning_effort,
        answer_schema: request.answer_schema.as_ref().map(|wanted| &wanted.schema),
    })
}

/// What a program's output says. An error that it describes itself counts whatever its exit
/// status; an answer counts also where the program then failed: it may have been paid for.
pub(super) fn verdict(output: &Output, body: &str) -> Result<Answered, Fault> {
    let fields = Fields::of(body).unwrap_or_default();
    let text = fields.string("text");
    // `"error": false` and the like beside an answer say that there was none.
    let is_error =
        |json: &&str| text.is_none() || json.starts_with('{') || json.starts_with('"') && *json != "\"\"";
    if let Some(error) = fields.raw("error").filter(is_error) {
        return Err(described(error));
    }
    let text = text.ok_or_else(|| unreadable(output, body))?;
    let word = fields.word("finish");
    let finish = word.as_deref().map_or(Some(Finish::Stop), finish);
    Ok(Answered {
        text,
        reasoning: fields.string("reasoning"),
        model_version: fields.string("model_version"),
        finish_raw: word.filter(|_| finish.is_none()),
        finish: finish.unwrap_or(Finish::Other),
        request_id: fields.word("request_id"),
        usage: usage(&fields.object("usage")),
    })
}

/// As [`Finish`], by its stored spelling.
fn finish(word: &str) -> Option<Finish> {
    match word {
        "stop" => Some(Finish::Stop),
        "length" => Some(Finish::Length),
        "refusal" => Some(Finish::Refusal),
        "content_filter" => Some(Finish::ContentFilter),
        "other" => Some(Finish::Other),
        _ => None,
    }
}

/// As [`Usage`], also in the words that vendors have for it, and also as texts.
fn usage(fields: &Fields<'_>) -> Usage {
    let count = |names: &[&str]| {
        names.iter().find_map(|name| {
            fields.count(name).or_else(|| fields.string(name).and_then(|text| text.trim().parse().ok()))
        })
    };
    Usage {
        input: count(&["input", "input_tokens", "prompt_tokens"]),
        cached_input: count(&["cached_input", "cached_input_tokens", "cache_read_input_tokens"]),
        cache_write: count(&["cache_write", "cache_write_tokens", "cache_creation_input_tokens"]),
        output: count(&["output", "output_tokens", "completion_tokens"]),
        reasoning: count(&["reasoning", "reasoning_tokens"]),
    }
}

/// An error in the program's own words: a text, or an object with a `message`.
fn described(error: &str) -> Fault {
    if let Some(message) = string(error) {
        return Fault::new(ErrorCategory::Server, message);
    }
    let fields = Fields::of(error).unwrap_or_default();
    let category = fields.string("category").and_then(|word| word.parse().ok());
    let message = fields.word("message").unwrap_or_default();
    let seconds = fields.word("retry_after_seconds").and_then(|word| word.trim().parse().ok());
    Fault {
        retry_after: seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        ..Fault::new(category.unwrap_or(ErrorCategory::Server), message)
    }
}

fn unreadable(output: &Output, body: &str) -> Fault {
    if let Some(limit) = output.over_limit {
        return Fault::malformed(format!("the program's {limit} is larger than the limit: it was ended"));
    }
    if !output.has_succeeded {
        let words = String::from_utf8_lossy(&output.stderr);
        let words = words.trim();
        let end = &output.ending;
        let message = if words.is_empty() {
            format!("the program {end}")
        } else {
            format!("the program {end}: {words}")
        };
        return Fault::new(ErrorCategory::Server, message);
    }
    Fault::malformed(format!(
        "the program's output is not one JSON object with `text` or `error`: {body:.200}"
    ))
}
