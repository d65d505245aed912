//! OpenAI's Chat Completions, and by [`Quirks`] the servers compatible with it.
//!
//! Source: <https://platform.openai.com/docs/api-reference/chat>.

mod answer;
#[cfg(test)]
mod answer_tests;
mod error;
mod request;

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::HeaderMap;
use secrecy::SecretString;

use crate::{
    ErrorCategory, Provider, ProviderCheck, ProviderError, ProviderReply, ProviderRequest, Quirks,
    RateLimits, Timeouts,
    classify::{self, Fault},
    message, parse_retry_after, redaction,
    text::parseable,
    transport::{Exchange, NoResponse, Transport},
};
use answer::Answer;

/// Where vendors put the id of a request, the most telling first.
const REQUEST_ID_HEADERS: [&str; 6] =
    ["x-request-id", "request-id", "mistral-correlation-id", "inference-id", "x-generation-id", "cf-ray"];

/// A person may be waiting for a check.
const CHECK_TIMEOUTS: Timeouts =
    Timeouts { first_byte: Duration::from_secs(15), total: Duration::from_secs(20) };

/// `GET /models`.
#[derive(serde::Deserialize)]
struct Listed {
    data: Vec<ListedModel>,
}

#[derive(serde::Deserialize)]
struct ListedModel {
    id: String,
}

/// One provider that speaks Chat Completions.
pub(crate) struct OpenAiChat {
    id: String,
    transport: Transport,
    quirks: Quirks,
    key: Option<SecretString>,
}

impl OpenAiChat {
    pub(crate) fn new(id: String, transport: Transport, quirks: Quirks, key: Option<SecretString>) -> Self {
        Self { id, transport, quirks, key }
    }

    async fn ask(&self, request: &ProviderRequest) -> Result<ProviderReply, ProviderError> {
        let behaviour = self.quirks.of_model(&request.model);
        let (sent, omitted) = request::encode(request, behaviour).map_err(|error| {
            let message = format!("the request cannot be written as JSON: {error}");
            self.error(Fault { category: ErrorCategory::BadRequest, message }, None, Duration::ZERO)
        })?;
        let exchange = match self.transport.post(Bytes::from(sent.clone()), request.timeouts).await {
            Ok(exchange) => exchange,
            Err(NoResponse { fault, elapsed }) => return Err(self.error(fault, Some(sent), elapsed)),
        };
        let raw_body = redaction::without_key(exchange.body.clone(), self.key.as_ref());
        let (body, was_repaired) = parseable(&raw_body);
        let verdict = self.verdict(&exchange, &body, behaviour.think_tags);

        let now = SystemTime::now();
        let limits = RateLimits::of(&exchange.headers, now);
        let request_id = request_id(&exchange.headers);
        match verdict {
            Ok(answer) => {
                let is_marked = |text: &str| text.contains('\u{FFFD}');
                let text_is_altered = answer.has_nul
                    || was_repaired
                        && (is_marked(&answer.text) || answer.reasoning.as_deref().is_some_and(is_marked));
                Ok(ProviderReply {
                    text: answer.text,
                    reasoning: answer.reasoning,
                    model_version: answer.model_version,
                    finish: answer.finish,
                    finish_raw: answer.finish_raw,
                    usage: answer.usage,
                    request_id: request_id.or(answer.request_id),
                    limits,
                    raw_body,
                    request_body: sent,
                    first_byte: exchange.first_byte,
                    total: exchange.total,
                    text_is_altered,
                    omitted,
                })
            }
            Err(fault) => {
                let asked = parse_retry_after(&exchange.headers, now);
                let retry_after = match fault.category {
                    ErrorCategory::RateLimited => asked.or_else(|| limits.wait()),
                    _ => asked,
                };
                Err(ProviderError {
                    status: Some(exchange.status),
                    retry_after,
                    raw_body: Some(raw_body),
                    request_id,
                    limits,
                    ..self.error(fault, Some(sent), exchange.total)
                })
            }
        }
    }

    /// `GET {base}/models`, which costs nothing.
    async fn list_models(&self) -> Result<ProviderCheck, ProviderError> {
        let mut url = self.transport.endpoint.clone();
        let base = url.path().trim_end_matches("/chat/completions").to_owned();
        url.set_path(&format!("{base}/models"));
        let exchange = match self.transport.get(url, CHECK_TIMEOUTS).await {
            Ok(exchange) => exchange,
            Err(NoResponse { fault, elapsed }) => return Err(self.error(fault, None, elapsed)),
        };
        let raw_body = redaction::without_key(exchange.body.clone(), self.key.as_ref());
        let (body, _) = parseable(&raw_body);
        let listed: Option<Listed> = serde_json::from_str(&body).ok();
        let fault = match (exchange.status, listed) {
            (200..300, Some(listed)) => {
                let model_ids = listed.data.into_iter().map(|model| model.id).collect();
                return Ok(ProviderCheck { model_ids: Some(model_ids), elapsed: exchange.total });
            }
            (200..300, None) => exchange.interruption.clone().unwrap_or_else(|| {
                Fault::malformed(format!("the list of models cannot be read: {body:.200}"))
            }),
            (status, _) => {
                let error = error::read(&body);
                Fault { category: classify::category(status, &error), message: error.message }
            }
        };
        Err(ProviderError {
            status: Some(exchange.status),
            retry_after: parse_retry_after(&exchange.headers, SystemTime::now()),
            raw_body: Some(raw_body),
            request_id: request_id(&exchange.headers),
            ..self.error(fault, None, exchange.total)
        })
    }

    fn verdict(&self, exchange: &Exchange, body: &str, think_tags: bool) -> Result<Answer, Fault> {
        match exchange.status {
            // A whole answer may come in a response that breaks off, for example where
            // Content-Length is wrong: it was paid for, so the body is read in any case.
            200..300 => {
                answer::read(body, &self.quirks.reasoning_fields, think_tags).map_err(|fault| match &exchange
                    .interruption
                {
                    Some(interruption) => interruption.clone(),
                    None => fault,
                })
            }
            300..400 => {
                let target = exchange.headers.get(http::header::LOCATION);
                let target = target.and_then(|value| value.to_str().ok()).unwrap_or("an unnamed place");
                // The query of an address may be a credential.
                let target = target.split(['?', '#']).next().unwrap_or_default();
                Err(Fault {
                    category: ErrorCategory::BadRequest,
                    message: format!(
                        "the provider redirects to {target}; redirects are not followed, correct base_url"
                    ),
                })
            }
            status => {
                let error = error::read(body);
                if classify::is_filtered_prompt(status, &error) {
                    return Ok(Answer::filtered(error.codes.into_iter().next()));
                }
                let category = classify::category(status, &error);
                Err(Fault { category, message: error.message })
            }
        }
    }

    fn error(&self, fault: Fault, sent: Option<String>, elapsed: Duration) -> ProviderError {
        let mut message = message::clean(&fault.message, self.key.as_ref());
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
            elapsed,
        }
    }
}

impl Provider for OpenAiChat {
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
        Box::pin(self.list_models())
    }
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = REQUEST_ID_HEADERS.iter().find_map(|name| headers.get(*name)?.to_str().ok());
    id.map(str::to_owned).filter(|id| !id.is_empty())
}
