//! Enough connections for thousands of calls in flight.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::{Certificate, Client, Proxy, redirect};

// RFC 9113 §6.5.2 recommends that servers allow at least 100 streams, and most allow little
// more. A client keeps one HTTP/2 connection per host, so calls beyond that would queue
// unseen inside it. Hence several clients, built as they are needed.
const STREAM_COUNT_MAX: usize = 100;
const SHARD_COUNT: usize = 32;

/// HTTP clients of one provider, filled one after the other.
pub(crate) struct Shards {
    shards: Vec<Shard>,
    connecting: Connecting,
}

/// How connections are opened.
#[derive(Debug, Clone)]
pub(crate) struct Connecting {
    /// Name resolution and TLS included.
    pub(crate) timeout: Duration,
    /// `None`: what the environment says.
    pub(crate) proxy: Option<Proxy>,
    /// Trusted beside the system's.
    pub(crate) certificates: Vec<Certificate>,
}

#[derive(Default)]
struct Shard {
    client: OnceLock<Client>,
    in_flight: Arc<AtomicUsize>,
}

/// A client lent to one call.
pub(crate) struct Lent {
    pub(crate) client: Client,
    in_flight: Arc<AtomicUsize>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Shards {
    /// Without TLS there is no HTTP/2, and so one client opens as many connections as needed.
    pub(crate) fn new(is_tls: bool, connecting: Connecting) -> Result<Self, reqwest::Error> {
        let shard_count = if is_tls { SHARD_COUNT } else { 1 };
        let shards: Vec<Shard> = (0..shard_count).map(|_| Shard::default()).collect();
        let built = Self { shards, connecting };
        // The first is built now, so that settings no client can have are refused at start.
        if let Some(first) = built.shards.first() {
            let _ = first.client.set(build(&built.connecting)?);
        }
        Ok(built)
    }

    /// The first client with a stream to spare, else the least busy one.
    pub(crate) fn lend(&self) -> Result<Lent, reqwest::Error> {
        let load = |shard: &&Shard| shard.in_flight.load(Ordering::Relaxed);
        let spare = self.shards.iter().find(|shard| load(shard) < STREAM_COUNT_MAX);
        let Some(shard) = spare.or_else(|| self.shards.iter().min_by_key(load)) else {
            return Ok(Lent { client: build(&self.connecting)?, in_flight: Arc::default() });
        };
        let client = match shard.client.get() {
            Some(client) => client.clone(),
            None => {
                let client = build(&self.connecting)?;
                shard.client.get_or_init(|| client).clone()
            }
        };
        shard.in_flight.fetch_add(1, Ordering::Relaxed);
        Ok(Lent { client, in_flight: Arc::clone(&shard.in_flight) })
    }
}

fn build(connecting: &Connecting) -> Result<Client, reqwest::Error> {
    // HTTPS_PROXY and its like are honoured by the client's own default.
    let builder = match connecting.proxy.clone() {
        Some(proxy) => Client::builder().proxy(proxy),
        None => Client::builder(),
    };
    builder
        .tls_certs_merge(connecting.certificates.clone())
        .user_agent(concat!("probity/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(connecting.timeout)
        .redirect(redirect::Policy::none())
        // A retry inside the client could pay twice without anybody knowing.
        .retry(reqwest::retry::never())
        .pool_max_idle_per_host(usize::MAX)
        .http2_adaptive_window(true)
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .build()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Connecting, STREAM_COUNT_MAX, Shards};

    #[test]
    fn a_second_client_is_used_only_once_the_first_has_no_stream_to_spare() {
        let connecting =
            Connecting { timeout: Duration::from_secs(1), proxy: None, certificates: Vec::new() };
        let shards = Shards::new(true, connecting).unwrap();
        let mut lent: Vec<_> = (0..STREAM_COUNT_MAX).map(|_| shards.lend().unwrap()).collect();
        assert!(shards.shards[1].client.get().is_none());
        lent.push(shards.lend().unwrap());
        assert!(shards.shards[1].client.get().is_some());
        drop(lent);
        assert!(shards.shards.iter().all(|shard| shard.in_flight.load(super::Ordering::Relaxed) == 0));
    }
}
