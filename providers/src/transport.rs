//! One HTTP request with its deadlines, for every wire format.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use reqwest::{Method, Request, Response};
use tokio::time::timeout_at;
use url::Url;

use crate::{Timeouts, classify::Fault, compression, shards::Shards};

// An answer has a few kilobytes; a Content-Length is not trusted with more memory than this.
const BODY_CAPACITY_MAX: usize = 64 * 1024;

/// Sends requests to one provider.
pub(crate) struct Transport {
    pub(crate) shards: Shards,
    pub(crate) endpoint: Url,
    /// Sent with every request, the key among them.
    pub(crate) headers: HeaderMap,
    /// Most bytes of a body, decompressed.
    pub(crate) body_limit: usize,
}

/// A response as far as it came.
pub(crate) struct Exchange {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Why the body is not whole; `None` when it is.
    pub(crate) interruption: Option<Fault>,
    pub(crate) first_byte: Duration,
    pub(crate) total: Duration,
}

/// A call to which no response came.
pub(crate) struct NoResponse {
    pub(crate) fault: Fault,
    pub(crate) elapsed: Duration,
}

impl Transport {
    pub(crate) async fn post(&self, body: Bytes, timeouts: Timeouts) -> Result<Exchange, NoResponse> {
        let mut request = Request::new(Method::POST, self.endpoint.clone());
        *request.body_mut() = Some(body.into());
        self.send(request, timeouts).await
    }

    /// Gets another address of the same provider.
    pub(crate) async fn get(&self, url: Url, timeouts: Timeouts) -> Result<Exchange, NoResponse> {
        self.send(Request::new(Method::GET, url), timeouts).await
    }

    async fn send(&self, mut request: Request, timeouts: Timeouts) -> Result<Exchange, NoResponse> {
        let started = Instant::now();
        let no_response = |fault| NoResponse { fault, elapsed: started.elapsed() };
        let lent = self.shards.lend().map_err(|error| no_response(fault_of(&error)))?;
        *request.headers_mut() = self.headers.clone();

        let first_byte_limit = timeouts.first_byte.min(timeouts.total);
        let response =
            match timeout_at(deadline(started, first_byte_limit), lent.client.execute(request)).await {
                Ok(Ok(response)) => response,
                Ok(Err(error)) => return Err(no_response(fault_of(&error))),
                Err(_) => {
                    let message = format!("no response within {}", seconds(first_byte_limit));
                    return Err(no_response(Fault::timeout(message)));
                }
            };
        let first_byte = started.elapsed();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let (body, interruption) = self.read(response, started, timeouts.total).await;
        let plain = compression::decompress(&headers, body, self.body_limit);
        let interruption = if plain.is_over_limit { Some(self.too_large()) } else { interruption };
        Ok(Exchange { status, headers, body: plain.body, interruption, first_byte, total: started.elapsed() })
    }

    /// The body until its end, the limit, the deadline or a failure, whatever comes first.
    async fn read(
        &self,
        mut response: Response,
        started: Instant,
        total: Duration,
    ) -> (Bytes, Option<Fault>) {
        let announced = response.content_length().unwrap_or(0);
        let capacity = usize::try_from(announced).unwrap_or(usize::MAX).min(BODY_CAPACITY_MAX);
        let mut body = BytesMut::with_capacity(capacity);
        let interruption = loop {
            match timeout_at(deadline(started, total), response.chunk()).await {
                Ok(Ok(Some(chunk))) => {
                    let room = self.body_limit - body.len();
                    body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if chunk.len() > room {
                        break Some(self.too_large());
                    }
                }
                Ok(Ok(None)) => break None,
                Ok(Err(error)) => {
                    let why = causes(&error);
                    break Some(Fault::connection(format!(
                        "the connection broke while the answer came: {why}"
                    )));
                }
                Err(_) => {
                    let message = format!("the answer was not complete within {}", seconds(total));
                    break Some(Fault::timeout(message));
                }
            }
        };
        (body.freeze(), interruption)
    }

    fn too_large(&self) -> Fault {
        Fault::malformed(format!("the answer is larger than the limit of {} bytes", self.body_limit))
    }
}

fn deadline(started: Instant, limit: Duration) -> tokio::time::Instant {
    // A limit so large that it overflows the clock is none; a year stands for it.
    const FAR: Duration = Duration::from_secs(365 * 24 * 3_600);
    (started + limit.min(FAR)).into()
}

fn seconds(span: Duration) -> String {
    format!("{} s", (span.as_secs_f64() * 1_000.0).round() / 1_000.0)
}

fn fault_of(error: &reqwest::Error) -> Fault {
    let why = causes(error);
    if error.is_timeout() && error.is_connect() {
        Fault::timeout(format!("no connection in time: {why}"))
    } else if error.is_connect() {
        Fault::connection(format!("no connection: {why}"))
    } else {
        Fault::connection(format!("the connection broke before an answer came: {why}"))
    }
}

/// An error's causes without the outermost, whose text names the address and adds nothing.
fn causes(error: &reqwest::Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        // Layers often repeat the text of the layer below.
        if !texts.iter().any(|seen| seen.contains(&text)) {
            texts.push(text);
        }
        cause = error.source();
    }
    if texts.is_empty() { "the cause is unknown".to_owned() } else { texts.join(": ") }
}
