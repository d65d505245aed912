//! The documents that a program is given and gives back.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    ErrorCategory, Finish, ProviderRequest, ReasoningEffort, Role, Usage, classify::Fault, command::Output,
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

/// What the program writes: an answer, or an error.
#[derive(Deserialize)]
#[serde(untagged)]
enum Document {
    Failure { error: Failed },
    Answer(Box<Answered>),
}

#[derive(Deserialize)]
pub(super) struct Answered {
    pub(super) text: String,
    #[serde(default)]
    pub(super) reasoning: Option<String>,
    #[serde(default)]
    pub(super) model_version: Option<String>,
    #[serde(default)]
    pub(super) finish: Option<Ending>,
    #[serde(default)]
    pub(super) request_id: Option<String>,
    #[serde(default)]
    usage: Option<Counted>,
}

/// As [`Finish`], by its stored spelling.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ending {
    Stop,
    Length,
    Refusal,
    ContentFilter,
    Other,
}

impl From<Ending> for Finish {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Stop => Self::Stop,
            Ending::Length => Self::Length,
            Ending::Refusal => Self::Refusal,
            Ending::ContentFilter => Self::ContentFilter,
            Ending::Other => Self::Other,
        }
    }
}

/// As [`Usage`].
#[derive(Deserialize)]
struct Counted {
    input: Option<u64>,
    cached_input: Option<u64>,
    cache_write: Option<u64>,
    output: Option<u64>,
    reasoning: Option<u64>,
}

#[derive(Deserialize)]
struct Failed {
    #[serde(default)]
    category: Option<String>,
    #[serde(default)]
    message: String,
    #[serde(default)]
    retry_after_seconds: Option<f64>,
}

/// A usable answer.
pub(super) struct Verdict {
    pub(super) answer: Answered,
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
pub(super) fn verdict(output: &Output, body: &str) -> Result<Verdict, Fault> {
    match serde_json::from_str::<Document>(body) {
        Ok(Document::Answer(mut answer)) => {
            let usage = answer.usage.take().map_or_else(Usage::default, |counted| Usage {
                input: counted.input,
                cached_input: counted.cached_input,
                cache_write: counted.cache_write,
                output: counted.output,
                reasoning: counted.reasoning,
            });
            Ok(Verdict { answer: *answer, usage })
        }
        Ok(Document::Failure { error }) => {
            let category = error.category.as_deref().unwrap_or("server").parse();
            let category = category.unwrap_or(ErrorCategory::Server);
            let retry_after = error.retry_after_seconds.and_then(|s| Duration::try_from_secs_f64(s).ok());
            Err(Fault { retry_after, ..Fault::new(category, error.message) })
        }
        Err(_) => Err(unreadable(output, body)),
    }
}

fn unreadable(output: &Output, body: &str) -> Fault {
    if output.is_over_limit {
        return Fault::malformed("the program's output is larger than the limit");
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
