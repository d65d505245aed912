//! An answer as generateContent writes it.

use crate::{
    Finish, Usage,
    classify::Fault,
    fields::{self, Fields},
    google::{bare, error, stream::Chunks},
    openai_chat,
    wire::Answer,
};

/// Reads the first candidate.
pub(super) fn read(body: &str) -> Result<Answer, Fault> {
    // Where a gateway drops `alt=sse`, the chunks of a stream come as one list.
    if let Some(chunks) = fields::array(body) {
        return read_list(body, &chunks);
    }
    let Some(outer) = Fields::of(body) else {
        return Err(Fault::malformed(format!("the answer is not a JSON object: {body:.200}")));
    };
    let candidates = outer.array("candidates").unwrap_or_default();
    let candidate = candidates.first().and_then(|json| Fields::of(json));
    let known = ["candidates", "promptFeedback", "usageMetadata", "modelVersion", "responseId"];
    let block_reason = outer.object("promptFeedback").word("blockReason");
    let has_nothing = candidate.is_none() && known.iter().all(|name| outer.raw(name).is_none());
    if candidate.is_none() && outer.raw("error").is_some()
        || has_nothing && openai_chat::error::is_error(&outer)
    {
        return Err(error::fault(body));
    }
    if has_nothing {
        return Err(Fault::malformed(format!("the answer has no candidates: {body:.200}")));
    }
    let candidate = candidate.unwrap_or_default();
    let content = Content::of(&candidate.object("content"));
    let answer = Answer {
        text: content.text,
        reasoning: Some(content.reasoning).filter(|thought| !thought.trim().is_empty()),
        model_version: outer.string("modelVersion").map(|name| bare(&name).to_owned()),
        finish: Finish::Other,
        finish_raw: candidate.word("finishReason"),
        usage: usage(&outer.object("usageMetadata")),
        request_id: outer.word("responseId"),
    };
    let finish = match (finish(answer.finish_raw.as_deref()), block_reason) {
        // The prompt was held back, whatever an empty candidate beside it says.
        (Finish::Other, Some(reason)) if answer.finish_raw.is_none() => {
            return Ok(Answer { finish: Finish::ContentFilter, finish_raw: Some(reason), ..answer });
        }
        // Elsewhere calls of tools have a reason of their own to stop.
        (Finish::Stop, _) if content.has_call => Finish::Other,
        (finish, _) => finish,
    };
    Ok(Answer { finish, ..answer })
}

fn read_list(body: &str, chunks: &[&str]) -> Result<Answer, Fault> {
    let has_error = |json: &&str| Fields::of(json).is_some_and(|chunk| chunk.raw("error").is_some());
    if chunks.iter().any(has_error) {
        return Err(error::fault(body));
    }
    match Chunks::of(chunks).into_body() {
        Some(body) => read(&body),
        None => Err(Fault::malformed(format!("the answer is an empty list: {body:.200}"))),
    }
}

#[derive(Default)]
struct Content {
    text: String,
    reasoning: String,
    has_call: bool,
}

impl Content {
    fn of(content: &Fields<'_>) -> Self {
        let mut sum = Self::default();
        for part in content.array("parts").unwrap_or_default().into_iter().filter_map(Fields::of) {
            sum.has_call |= part.raw("functionCall").is_some();
            // Images, code and its results have no text and are left to the raw body.
            let text = part.string("text").unwrap_or_default();
            let is_thought = part.raw("thought") == Some("true");
            if is_thought { &mut sum.reasoning } else { &mut sum.text }.push_str(&text);
        }
        sum
    }
}

fn finish(raw: Option<&str>) -> Finish {
    match raw.map(str::to_ascii_uppercase).as_deref() {
        Some("STOP") => Finish::Stop,
        Some("MAX_TOKENS" | "CONTINUATION") => Finish::Length,
        Some(
            "SAFETY"
            | "RECITATION"
            | "LANGUAGE"
            | "BLOCKLIST"
            | "PROHIBITED_CONTENT"
            | "SPII"
            | "MODEL_ARMOR"
            | "ESCALATION"
            | "JAILBREAK"
            | "IMAGE_SAFETY"
            | "IMAGE_PROHIBITED_CONTENT"
            | "IMAGE_RECITATION",
        ) => Finish::ContentFilter,
        _ => Finish::Other,
    }
}

/// Thoughts are counted beside the candidates, and results of tools beside the prompt; the
/// counts by modality repeat them.
fn usage(usage: &Fields<'_>) -> Usage {
    let beside =
        |whole: Option<u64>, part: Option<u64>| Some(whole?.saturating_add(part.unwrap_or_default()));
    let input = beside(usage.count("promptTokenCount"), usage.count("toolUsePromptTokenCount"));
    let (said, reasoning) = (usage.count("candidatesTokenCount"), usage.count("thoughtsTokenCount"));
    let output = match (said, reasoning) {
        // The total is the sum of all parts, so it says what neither of them does.
        (None, None) => usage
            .count("totalTokenCount")
            .and_then(|total| total.checked_sub(input?))
            .filter(|rest| *rest > 0),
        (None, thoughts) => thoughts,
        (said, thoughts) => beside(said, thoughts),
    };
    Usage {
        input,
        cached_input: usage.count("cachedContentTokenCount"),
        // What is written to the cache is a call of its own.
        cache_write: None,
        output,
        reasoning,
    }
}
