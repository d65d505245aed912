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

use crate::{Timeouts, classify::Fault, compression, key::Key, shards::Shards};

// An answer has a few kilobytes; a Content-Length is not trusted with more memory than this.
const BODY_CAPACITY_MAX: usize = 64 * 1024;

/// Sends requests to one provider.
pub(crate) struct Transport {
    pub(crate) shards: Shards,
    /// Sent with every request.
    pub(crate) headers: HeaderMap,
    /// Sent as well, where there is one.
    pub(crate) key: Option<Key>,
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
    /// How much of the body had come when; empty where the body was compressed.
    pub(crate) arrivals: Vec<(usize, Duration)>,
}

impl Exchange {
    /// When this much of the body had come; `None` where nobody can tell.
    pub(crate) fn arrival_of(&self, byte_count: usize) -> Option<Duration> {
        self.arrivals.iter().find(|(received, _)| *received >= byte_count).map(|(_, at)| *at)
    }
}

/// A call to which no response came.
pub(crate) struct NoResponse {
    pub(crate) fault: Fault,
    pub(crate) elapsed: Duration,
}

impl Transport {
    /// Posts JSON.
    pub(crate) async fn post(
        &self,
        address: Url,
        body: Bytes,
        timeouts: Timeouts,
    ) -> Result<Exchange, NoResponse> {
        self.send(Method::POST, address, Some(body), timeouts).await
    }

    /// Fetches what an address says.
    pub(crate) async fn get(&self, address: Url, timeouts: Timeouts) -> Result<Exchange, NoResponse> {
        self.send(Method::GET, address, None, timeouts).await
    }

    async fn send(
        &self,
        method: Method,
        address: Url,
        body: Option<Bytes>,
        timeouts: Timeouts,
    ) -> Result<Exchange, NoResponse> {
        let started = Instant::now();
        let no_response = |fault| NoResponse { fault, elapsed: started.elapsed() };
        let lent = self.shards.lend().map_err(|error| no_response(fault_of(&error)))?;
        let mut request = Request::new(method, address);
        *request.headers_mut() = self.headers.clone();
        request.headers_mut().extend(self.key.as_ref().map(Key::header));
        *request.body_mut() = body.map(Into::into);

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
        let mut arrivals = Vec::new();
        let (received, interruption) = self.read(response, started, timeouts.total, &mut arrivals).await;
        let plain = compression::decompress(&headers, received.clone(), self.body_limit);
        let interruption = if plain.is_over_limit { Some(self.too_large()) } else { interruption };
        if plain.body != received {
            arrivals.clear();
        }
        let total = started.elapsed();
        Ok(Exchange { status, headers, body: plain.body, interruption, first_byte, total, arrivals })
    }

    /// The body until its end, the limit, the deadline or a failure, whatever comes first.
    async fn read(
        &self,
        mut response: Response,
        started: Instant,
        total: Duration,
        arrivals: &mut Vec<(usize, Duration)>,
    ) -> (Bytes, Option<Fault>) {
        let announced = response.content_length().unwrap_or(0);
        let capacity = usize::try_from(announced).unwrap_or(usize::MAX).min(BODY_CAPACITY_MAX);
        let mut body = BytesMut::with_capacity(capacity);
        let interruption = loop {
            match timeout_at(deadline(started, total), response.chunk()).await {
                Ok(Ok(Some(chunk))) => {
                    let room = self.body_limit - body.len();
                    body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    arrivals.push((body.len(), started.elapsed()));
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
    let mut why = causes(error);
    // What comes back in place of a handshake is HTTP in the clear.
    if why.contains("InvalidContentType") {
        why.push_str("; the server does not speak TLS: use http://?");
    }
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
