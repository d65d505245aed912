//! An answer as Responses writes it: a list of items, of which some are messages.

use crate::{
    ErrorCategory, Finish, Usage,
    classify::{Fault, VendorError},
    fields::{self, Fields},
    openai_chat::{counts, error, think},
    wire::Answer,
};

/// Items with which the model waits for something only the caller can do.
const CALLS_OF_THE_CALLER: [&str; 6] = [
    "function_call",
    "custom_tool_call",
    "computer_call",
    "local_shell_call",
    "apply_patch_call",
    "mcp_approval_request",
];

/// Reads a whole response. `think_tags` says that reasoning may also stand at the beginning
/// of the text, as it does at servers of open models.
pub(super) fn read(body: &str, think_tags: bool) -> Result<Answer, Fault> {
    let Some(outer) = Fields::of(body) else {
        return Err(Fault::malformed(format!("the answer is not a JSON object: {body:.200}")));
    };
    let status = outer.string("status").map(|status| status.to_ascii_lowercase());
    let items = outer.array("output");
    if items.is_none() && status.as_deref() != Some("failed") && error::is_error(&outer) {
        return Err(Fault::of_vendor(None, of_body(&outer, body)));
    }
    // A response that has only been accepted has a status and may have nothing else.
    if items.is_none() && status.is_none() {
        return Err(Fault::malformed(format!("the answer has no output and no status: {body:.200}")));
    }
    let mut output = Output::default();
    for item in items.unwrap_or_default().into_iter().filter_map(Fields::of) {
        output.take(&item);
    }
    let mut reasoning = Some(output.reasoning.join("\n\n")).filter(|text| !text.is_empty());
    let mut text = output.text;
    if think_tags {
        (text, reasoning) = think::apart(text, reasoning);
    }
    // Azure lists the verdicts of its filters, of which most withhold nothing.
    let verdicts = outer.array("content_filters").unwrap_or_default();
    let is_blocked =
        |json: &str| Fields::of(json).and_then(|verdict| verdict.word("blocked")) == Some("true".into());
    let is_withheld = text.is_empty() && verdicts.into_iter().any(is_blocked);
    let reason = outer.object("incomplete_details").word("reason");
    let is_incomplete = status.as_deref() == Some("incomplete");
    let finish = match (status.as_deref(), reason.as_deref()) {
        _ if output.is_refused => Finish::Refusal,
        _ if is_withheld => Finish::ContentFilter,
        // `complete` is what older servers say.
        (Some("completed" | "complete"), _) if output.waits_for_caller => Finish::Other,
        (Some("completed" | "complete"), _) if output.has_calls && !output.has_message => Finish::Other,
        (Some("completed" | "complete"), _) => Finish::Stop,
        (Some("incomplete"), Some("max_output_tokens" | "max_tokens")) => Finish::Length,
        (Some("incomplete"), Some("content_filter")) => Finish::ContentFilter,
        _ => Finish::Other,
    };
    let has_failed = status.as_deref() == Some("failed");
    let answer = Answer {
        text,
        reasoning,
        model_version: outer.string("model"),
        finish,
        finish_raw: reason.filter(|_| is_incomplete).or_else(|| outer.string("status")),
        usage: usage(&outer.object("usage")),
        request_id: outer.word("id").filter(|id| !id.is_empty()),
    };
    if !has_failed {
        return Ok(answer);
    }
    let fault = match outer.raw("error") {
        Some(_) => Fault::of_vendor(None, of_body(&outer, body)),
        None => {
            let message = "the provider says that the response failed and gives no reason";
            Fault::new(ErrorCategory::Server, message)
        }
    };
    Err(fault.after(answer))
}

/// The error in a body. Beside it may stand the fields of a response, whose status is no code of
/// an error.
fn of_body(outer: &Fields<'_>, body: &str) -> VendorError {
    match outer.raw("error") {
        Some(error) => error::read(&format!(r#"{{"error":{error}}}"#)),
        None => error::read(body),
    }
}

/// What the items of a response say together.
#[derive(Debug, Default)]
struct Output {
    text: String,
    reasoning: Vec<String>,
    has_message: bool,
    has_calls: bool,
    is_refused: bool,
    waits_for_caller: bool,
}

impl Output {
    fn take(&mut self, item: &Fields<'_>) {
        match item.string("type").as_deref() {
            Some("message") => self.take_message(item),
            Some("reasoning") => self.reasoning.extend(disclosed(item)),
            Some(kind) if CALLS_OF_THE_CALLER.contains(&kind) => {
                (self.has_calls, self.waits_for_caller) = (true, true);
            }
            Some(kind) if kind.ends_with("_call") => self.has_calls = true,
            // Outputs of tools, lists of tools, compactions and what is yet to be invented.
            _ => {}
        }
    }

    fn take_message(&mut self, item: &Fields<'_>) {
        // The answer to a compaction repeats what the user said.
        if item.string("role").is_some_and(|role| role != "assistant") {
            return;
        }
        self.has_message = true;
        if let Some(text) = item.string("content") {
            self.text.push_str(&text);
        }
        for json in item.array("content").unwrap_or_default() {
            let Some(part) = Fields::of(json) else {
                self.text.push_str(&fields::string(json).unwrap_or_default());
                continue;
            };
            match part.string("type").as_deref() {
                Some("output_text" | "text") | None => {
                    self.text.push_str(&part.string("text").unwrap_or_default());
                }
                Some("refusal") => {
                    self.is_refused = true;
                    self.text.push_str(&part.string("refusal").unwrap_or_default());
                }
                Some(_) => {}
            }
        }
    }
}

/// The thoughts of one item: summaries, or the thoughts themselves where the server shows
/// them; `None` where they are encrypted only.
fn disclosed(item: &Fields<'_>) -> Option<String> {
    let texts = |name: &str| {
        let parts = item.array(name).unwrap_or_default();
        let texts = parts
            .into_iter()
            .filter_map(|json| fields::string(json).or_else(|| Fields::of(json)?.string("text")));
        let texts: Vec<String> = texts.filter(|text| !text.trim().is_empty()).collect();
        (!texts.is_empty()).then(|| texts.join("\n\n"))
    };
    texts("summary").or_else(|| texts("content"))
}

fn usage(usage: &Fields<'_>) -> Usage {
    let (into, out) = (usage.object("input_tokens_details"), usage.object("output_tokens_details"));
    let reasoning = out.count("reasoning_tokens");
    let input = usage.count("input_tokens");
    let written = into.object("cache_write_tokens_details");
    let by_lifetime = || {
        let parts = ["ttl_30m_tokens", "ttl_12h_tokens"].into_iter().filter_map(|name| written.count(name));
        parts.reduce(u64::saturating_add)
    };
    Usage {
        input,
        cached_input: into.count("cached_tokens"),
        cache_write: into.count("cache_write_tokens").or_else(by_lifetime),
        output: counts::output(input, usage.count("output_tokens"), reasoning, usage.count("total_tokens")),
        reasoning,
    }
}
