//! The same question in each wire format, and the answer's parts.

use serde_json::{Value, json};
use sim::{Sim, WireFormat};

use crate::CLIENT;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect(pub(crate) WireFormat);

pub(crate) fn dialects() -> [Dialect; 4] {
    WireFormat::ALL.map(Dialect)
}

impl Dialect {
    /// Turns alternate, the user's first.
    pub(crate) fn body(self, model: &str, turns: &[&str], seed: i64) -> Value {
        let message = |(index, text): (usize, &&str)| {
            let role = if index % 2 == 0 { "user" } else { "assistant" };
            json!({ "role": role, "content": text })
        };
        let messages: Vec<Value> = turns.iter().enumerate().map(message).collect();
        match self.0 {
            WireFormat::OpenAiChat => json!({ "model": model, "seed": seed, "messages": messages }),
            WireFormat::OpenAiResponses => json!({ "model": model, "input": messages }),
            WireFormat::Anthropic => json!({ "model": model, "max_tokens": 9_000, "messages": messages }),
            WireFormat::Google => {
                let content = |(index, text): (usize, &&str)| {
                    let role = if index % 2 == 0 { "user" } else { "model" };
                    json!({ "role": role, "parts": [{ "text": text }] })
                };
                let contents: Vec<Value> = turns.iter().enumerate().map(content).collect();
                // Of no meaning on the wire: where the path says the model.
                json!({ "contents": contents, "generationConfig": { "seed": seed }, "model": model })
            }
        }
    }

    pub(crate) fn request(self, sim: &Sim, mut body: Value, is_stream: bool) -> reqwest::RequestBuilder {
        let base = sim.base_url_of(self.0);
        let url = match self.0 {
            WireFormat::OpenAiChat => format!("{base}/chat/completions"),
            WireFormat::OpenAiResponses => format!("{base}/responses"),
            WireFormat::Anthropic => format!("{base}/messages"),
            WireFormat::Google => {
                let model = body["model"].as_str().unwrap_or_default();
                let method = if is_stream { "streamGenerateContent?alt=sse" } else { "generateContent" };
                format!("{base}/models/{model}:{method}")
            }
        };
        if is_stream && self.0 != WireFormat::Google {
            body["stream"] = json!(true);
        }
        let request = CLIENT.with(reqwest::Client::clone).post(url).json(&body);
        match self.0 {
            WireFormat::Anthropic => request.header("anthropic-version", "2023-06-01"),
            _ => request,
        }
    }

    pub(crate) async fn post(self, sim: &Sim, prompt: &str, seed: i64) -> reqwest::Response {
        let body = self.body("sim-balanced", &[prompt], seed);
        self.request(sim, body, false).send().await.unwrap()
    }

    /// The events of a stream, each body once.
    pub(crate) async fn events(self, sim: &Sim, body: Value) -> Vec<Value> {
        let text = self.request(sim, body, true).send().await.unwrap().text().await.unwrap();
        let lines = text.lines().filter_map(|line| line.strip_prefix("data: "));
        lines.filter(|line| *line != "[DONE]").map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(crate) fn text(self, answer: &Value) -> String {
        let text = match self.0 {
            WireFormat::OpenAiChat => answer["choices"][0]["message"]["content"].as_str(),
            WireFormat::OpenAiResponses => last(&answer["output"])["content"][0]["text"].as_str(),
            WireFormat::Anthropic => last(&answer["content"])["text"].as_str(),
            WireFormat::Google => last(&answer["candidates"][0]["content"]["parts"])["text"].as_str(),
        };
        text.unwrap_or_default().to_owned()
    }

    /// The text that one event adds.
    pub(crate) fn delta(self, event: &Value) -> String {
        let text = match self.0 {
            WireFormat::OpenAiChat => &event["choices"][0]["delta"]["content"],
            WireFormat::OpenAiResponses if event["type"] == "response.output_text.delta" => &event["delta"],
            WireFormat::Anthropic => &event["delta"]["text"],
            WireFormat::Google => &event["candidates"][0]["content"]["parts"][0]["text"],
            WireFormat::OpenAiResponses => &Value::Null,
        };
        text.as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn model(self, answer: &Value) -> &Value {
        if self.0 == WireFormat::Google { &answer["modelVersion"] } else { &answer["model"] }
    }

    /// Input tokens, and how many of them were read from a cache.
    pub(crate) fn input_tokens(self, answer: &Value) -> (u64, u64) {
        let (usage, input, cached) = match self.0 {
            WireFormat::OpenAiChat => ("/usage", "/prompt_tokens", "/prompt_tokens_details/cached_tokens"),
            WireFormat::OpenAiResponses => ("/usage", "/input_tokens", "/input_tokens_details/cached_tokens"),
            WireFormat::Anthropic => ("/usage", "/input_tokens", "/cache_read_input_tokens"),
            WireFormat::Google => ("/usageMetadata", "/promptTokenCount", "/cachedContentTokenCount"),
        };
        let count = |at: &str| answer.pointer(&format!("{usage}{at}")).and_then(Value::as_u64).unwrap_or(0);
        (count(input), count(cached))
    }

    /// Why the answer ended, as the vendor says it.
    pub(crate) fn finish(self, answer: &Value) -> String {
        let reason = match self.0 {
            WireFormat::OpenAiChat => &answer["choices"][0]["finish_reason"],
            WireFormat::OpenAiResponses if answer["status"] == "incomplete" => {
                &answer["incomplete_details"]["reason"]
            }
            WireFormat::OpenAiResponses => &answer["status"],
            WireFormat::Anthropic => &answer["stop_reason"],
            WireFormat::Google => &answer["candidates"][0]["finishReason"],
        };
        reason.as_str().unwrap_or_default().to_owned()
    }

    /// The code by which a client tells errors apart.
    pub(crate) fn error_code(self, body: &Value) -> String {
        let error = &body["error"];
        let code = match self.0 {
            WireFormat::OpenAiChat | WireFormat::OpenAiResponses => &error["code"],
            WireFormat::Anthropic => &error["type"],
            WireFormat::Google => &error["status"],
        };
        code.as_str().unwrap_or_default().to_owned()
    }
}

fn last(list: &Value) -> &Value {
    list.as_array().and_then(|list| list.last()).unwrap_or(&Value::Null)
}
