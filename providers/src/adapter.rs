//! What every wire format has in common: one call, from a request to a reply or an error.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::HeaderMap;
use secrecy::SecretString;
use url::Url;

use crate::{
    ErrorCategory, Parameter, PartialAnswer, Provider, ProviderCheck, ProviderError, ProviderReply,
    ProviderRequest, Quirks, RateLimits, Timeouts,
    classify::Fault,
    fields::Fields,
    key::Key,
    message, openai_chat, parse_retry_after,
    quirks::Behaviour,
    redaction, sse,
    text::{parseable, without_nul},
    transport::{Exchange, NoResponse, Transport},
    wire::{Answer, Encoded, Wire, beside},
};

/// Where vendors put the id of a request, the most telling first.
const REQUEST_ID_HEADERS: [&str; 15] = [
    "x-request-id",
    "request-id",
    "apim-request-id",
    "x-ms-request-id",
    "mistral-correlation-id",
    "x-kong-request-id",
    "inference-id",
    "x-groq-id",
    "x-generation-id",
    "x-amzn-requestid",
    "x-ds-trace-id",
    "x-goog-request-id",
    "x-litellm-call-id",
    "x-trace-id",
    "x-correlation-id",
];

/// The id of the network before the provider, for want of the provider's own.
const EDGE_ID_HEADERS: [&str; 1] = ["cf-ray"];

/// How long a check may take: it is for people who wait.
const CHECK_TIMEOUT: Duration = Duration::from_secs(20);

/// One provider that is reached over HTTP.
pub(crate) struct Adapter {
    pub(crate) id: String,
    pub(crate) wire: Box<dyn Wire>,
    pub(crate) base_url: Url,
    pub(crate) transport: Transport,
    pub(crate) quirks: Quirks,
}

/// What a body was read as.
struct Reading {
    answer: Result<Answer, Fault>,
    /// What had come of an answer before the fault.
    partial: Option<Answer>,
    /// Where in the body the first text or reasoning ends; `None` where it was not streamed.
    first_token_end: Option<usize>,
}

impl Reading {
    fn of(answer: Result<Answer, Fault>) -> Self {
        let (answer, partial) = match answer.or_else(Fault::settled) {
            Ok(answer) => (Ok(answer), None),
            Err(mut fault) => {
                let partial = fault.partial.take().map(|partial| *partial);
                (Err(fault), partial)
            }
        };
        Self { answer, partial, first_token_end: None }
    }
}

impl Adapter {
    async fn ask(&self, request: &ProviderRequest) -> Result<ProviderReply, ProviderError> {
        let behaviour = self.quirks.of_request(request);
        let Encoded { body: sent, omitted } =
            self.wire.encode(request, &behaviour, behaviour.stream).map_err(|error| {
                let message = format!("the request cannot be written as JSON: {error}");
                self.error(Fault::new(ErrorCategory::BadRequest, message), None, Duration::ZERO)
            })?;
        let address = self.wire.address(&self.base_url, &request.model, behaviour.stream);
        match self.transport.post(address, Bytes::from(sent.clone()), request.timeouts).await {
            Ok(exchange) => self.judge(exchange, sent, omitted, &behaviour),
            Err(NoResponse { fault, elapsed }) => Err(self.error(fault, Some(sent), elapsed)),
        }
    }

    #[expect(clippy::result_large_err, reason = "made once per call, and moved no further than its caller")]
    fn judge(
        &self,
        exchange: Exchange,
        sent: String,
        omitted: Vec<Parameter>,
        behaviour: &Behaviour,
    ) -> Result<ProviderReply, ProviderError> {
        let raw_body = self.secrets().iter().fold(exchange.body.clone(), redaction::without_key);
        let (body, was_repaired) = parseable(&raw_body);
        let reading = self.read(&exchange, &body, behaviour);
        let now = SystemTime::now();
        let limits = RateLimits::of(&exchange.headers, now);
        let request_id = first_header(&exchange.headers, &REQUEST_ID_HEADERS);
        let edge_id = first_header(&exchange.headers, &EDGE_ID_HEADERS);
        let is_as_received = body.len() == exchange.body.len();
        let first_token =
            reading.first_token_end.filter(|_| is_as_received).and_then(|end| exchange.arrival_of(end));
        match reading.answer {
            Ok(answer) => {
                let Holdable { answer, is_altered } = holdable(answer, was_repaired);
                Ok(ProviderReply {
                    text: answer.text,
                    reasoning: answer.reasoning,
                    model_version: answer.model_version,
                    finish: answer.finish,
                    finish_raw: answer.finish_raw,
                    usage: answer.usage,
                    request_id: request_id.or(answer.request_id).or(edge_id),
                    limits,
                    raw_body,
                    request_body: sent,
                    first_byte: exchange.first_byte,
                    first_token,
                    total: exchange.total,
                    text_is_altered: is_altered,
                    omitted,
                })
            }
            Err(fault) => {
                let asked = parse_retry_after(&exchange.headers, now).or(fault.retry_after);
                let retry_after = match fault.category {
                    ErrorCategory::RateLimited => asked.or_else(|| limits.wait()),
                    _ => asked,
                };
                let partial = reading.partial.map(|answer| {
                    let Holdable { answer, is_altered } = holdable(answer, was_repaired);
                    Box::new(PartialAnswer {
                        text: answer.text,
                        reasoning: answer.reasoning,
                        model_version: answer.model_version,
                        usage: answer.usage,
                        text_is_altered: is_altered,
                        first_token,
                    })
                });
                Err(ProviderError {
                    status: Some(exchange.status),
                    retry_after,
                    raw_body: Some(raw_body),
                    request_id: request_id.or_else(|| fault.request_id.clone()).or(edge_id),
                    limits,
                    partial,
                    ..self.error(fault, Some(sent), exchange.total)
                })
            }
        }
    }

    fn read(&self, exchange: &Exchange, body: &str, behaviour: &Behaviour) -> Reading {
        match exchange.status {
            200..300 if sse::is_stream(body) => self.read_stream(exchange, body, behaviour),
            // A whole answer may come in a response that breaks off, for example where
            // Content-Length is wrong: it was paid for, so the body is read in any case.
            200..300 => Reading::of(
                self.wire
                    .read(sse::without_comments(body), behaviour)
                    .map_err(|fault| exchange.interruption.clone().unwrap_or(fault)),
            ),
            300..400 => Reading::of(Err(redirected(&exchange.headers))),
            status => {
                // Some servers send an error as the stream that was asked for.
                let event = sse::events(body).next().filter(|_| sse::is_stream(body));
                let error = self.wire.vendor_error(event.as_ref().map_or(body, |event| &event.data));
                Reading::of(Err(Fault::of_vendor(Some(status), error)))
            }
        }
    }

    fn read_stream(&self, exchange: &Exchange, body: &str, behaviour: &Behaviour) -> Reading {
        let mut assembly = self.wire.assembly();
        let (mut first_token_end, mut hole) = (None, None);
        let mut events = sse::events(body).peekable();
        while let Some(event) = events.next() {
            if assembly.take(&event) && first_token_end.is_none() {
                first_token_end = Some(event.end);
            }
            // The last event may be cut short without a loss: the answer may have ended before.
            if hole.is_none() && events.peek().is_some() && is_broken(&event.data) {
                hole =
                    Some(Fault::malformed(format!("an event of the stream is no JSON: {:.200}", event.data)));
            }
        }
        let assembled = assembly.finish();
        let read = assembled.body.as_deref().map(|body| self.wire.read(body, behaviour));
        let fault = match (assembled.error, hole, &exchange.interruption) {
            (Some(error), ..) => Fault::of_vendor(None, error),
            (None, Some(hole), _) => hole,
            (None, None, _) if assembled.is_complete => {
                let answer = read.unwrap_or_else(|| Err(Fault::malformed("the stream holds no answer")));
                return Reading { first_token_end, ..Reading::of(answer) };
            }
            (None, None, Some(interruption)) => interruption.clone(),
            (None, None, None) if read.is_none() => {
                Fault::malformed(format!("the stream holds no answer: {body:.200}"))
            }
            (None, None, None) => Fault::connection("the stream ended before the answer did"),
        };
        let fault = match read {
            Some(Ok(answer)) => fault.after(answer),
            _ => fault,
        };
        Reading { first_token_end, ..Reading::of(Err(fault)) }
    }

    async fn look(&self) -> Result<ProviderCheck, ProviderError> {
        let address = match &self.quirks.check_path {
            Some(path) => beside(&self.base_url, "chat/completions", path),
            None => self.wire.models_address(&self.base_url),
        };
        let timeouts = Timeouts { first_byte: CHECK_TIMEOUT, total: CHECK_TIMEOUT };
        let exchange = match self.transport.get(address, timeouts).await {
            Ok(exchange) => exchange,
            Err(NoResponse { fault, elapsed }) => return Err(self.error(fault, None, elapsed)),
        };
        let model_ids = self.wire.model_ids(&parseable(&exchange.body).0);
        // Some refuse a key with a status of success.
        let is_error = |body: &str| Fields::of(body).as_ref().is_some_and(openai_chat::error::is_error);
        let is_told_error = || model_ids.is_none() && is_error(&parseable(&exchange.body).0);
        if !(200..300).contains(&exchange.status) || is_told_error() {
            let answered = self.judge(exchange, String::new(), Vec::new(), &self.quirks.of_model(""));
            // The filter of prompts cannot have struck: no prompt was sent.
            let filtered = || Fault::malformed("the provider answers a check as if a prompt had been sent");
            return Err(answered.err().unwrap_or_else(|| self.error(filtered(), None, Duration::ZERO)));
        }
        Ok(ProviderCheck {
            is_key_accepted: (self.transport.key.is_some() && self.quirks.check_proves_key).then_some(true),
            model_ids,
            elapsed: exchange.total,
        })
    }

    fn secrets(&self) -> Vec<SecretString> {
        self.transport.key.as_ref().map_or_else(Vec::new, Key::secrets)
    }

    fn error(&self, fault: Fault, sent: Option<String>, elapsed: Duration) -> ProviderError {
        let mut message = message::clean(&fault.message, &self.secrets());
        if message.is_empty() {
            message.push_str("the provider gave no reason");
        }
        ProviderError {
            category: fault.category,
            message,
            status: None,
            retry_after: None,
            raw_body: None,
            request_body: sent,
            request_id: None,
            limits: RateLimits::default(),
            partial: None,
            elapsed,
        }
    }
}

impl Provider for Adapter {
    fn id(&self) -> &str {
        &self.id
    }

    fn converse<'a>(
        &'a self,
        request: &'a ProviderRequest,
    ) -> BoxFuture<'a, Result<ProviderReply, ProviderError>> {
        Box::pin(self.ask(request))
    }

    fn check(&self) -> BoxFuture<'_, Result<ProviderCheck, ProviderError>> {
        Box::pin(self.look())
    }
}

/// An answer that a database can hold.
struct Holdable {
    answer: Answer,
    is_altered: bool,
}

fn holdable(answer: Answer, was_repaired: bool) -> Holdable {
    let (text, text_has_nul) = without_nul(answer.text);
    let (reasoning, reasoning_has_nul) = match answer.reasoning.map(without_nul) {
        Some((reasoning, has_nul)) => (Some(reasoning), has_nul),
        None => (None, false),
    };
    let is_marked = |text: &str| text.contains('\u{FFFD}');
    let is_altered = text_has_nul
        || reasoning_has_nul
        || was_repaired && (is_marked(&text) || reasoning.as_deref().is_some_and(is_marked));
    let small = |field: Option<String>| field.map(|text| without_nul(text).0).filter(|text| !text.is_empty());
    let answer = Answer {
        text,
        reasoning,
        model_version: small(answer.model_version),
        finish_raw: small(answer.finish_raw),
        request_id: small(answer.request_id),
        ..answer
    };
    Holdable { answer, is_altered }
}

/// Whether the data of an event began as JSON and is none.
fn is_broken(data: &str) -> bool {
    data.trim_start().starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(data).is_err()
}

fn redirected(headers: &HeaderMap) -> Fault {
    let target = headers.get(http::header::LOCATION).and_then(|value| value.to_str().ok());
    // The query of an address may be a credential.
    let target = target.unwrap_or("an unnamed place").split(['?', '#']).next().unwrap_or_default();
    let message = format!("the provider redirects to {target}; redirects are not followed, correct base_url");
    Fault::new(ErrorCategory::BadRequest, message)
}

/// The first of these headers that says something.
fn first_header(headers: &HeaderMap, names: &[&str]) -> Option<String> {
    let values = names.iter().filter_map(|name| headers.get(*name)?.to_str().ok());
    values.map(str::trim).find(|value| !value.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::{REQUEST_ID_HEADERS, first_header};

    #[test]
    fn an_empty_header_does_not_hide_the_id_in_another() {
        let mut headers = HeaderMap::new();
        headers.insert("x-request-id", HeaderValue::from_static(" "));
        headers.insert("cf-ray", HeaderValue::from_static("edge"));
        assert_eq!(first_header(&headers, &REQUEST_ID_HEADERS), None);
        headers.insert("x-groq-id", HeaderValue::from_static("g"));
        assert_eq!(first_header(&headers, &REQUEST_ID_HEADERS).as_deref(), Some("g"));
    }
}
