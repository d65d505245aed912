//! Serving until told to stop.

use std::{future::Future, net::SocketAddr, time::Duration};

use anyhow::Context as _;
use domain::{Error, Result, auth, config::Config, db::Db};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{Api, http};

/// How often accesses are written.
const ACCESS_FLUSH: Duration = Duration::from_secs(5);

/// How long requests in flight, downloads among them, may take at the end.
const GRACE: Duration = Duration::from_secs(10);

/// Whether the API may listen where it is configured to: anywhere but on loopback it needs a
/// token, so that it is never open to whoever finds it.
///
/// # Errors
/// `Forbidden`, saying how a token is made; `Unavailable` or `Database`.
pub async fn check_bind(db: &Db, config: &Config) -> Result<()> {
    if config.bind.ip().is_loopback() || auth::has_token(db).await? {
        return Ok(());
    }
    Err(Error::Forbidden(format!(
        "Probity would be open to everybody who can reach {}. Make a token first with `probity token create`, or \
         bind it to 127.0.0.1.",
        config.bind
    )))
}

/// Opens the address to listen on.
///
/// # Errors
/// Where it cannot be had, with what to do.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!(
            "{address} cannot be listened on. Is Probity running already? Another address is taken with \
             `--bind`, e.g. --bind 127.0.0.1:{}",
            address.port().wrapping_add(1)
        )
    })
}

/// Serves until `shutdown` is ready, then lets requests in flight finish for at most 10 s.
/// Writes who looked at what every 5 s and at the end.
///
/// # Errors
/// Where the listener fails.
pub async fn serve(
    api: Api,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let address = listener.local_addr().context("the listener has no address")?;
    let (stopping, cut) = (CancellationToken::new(), CancellationToken::new());
    let flushes = tokio::spawn(flush_now_and_then(api.clone(), stopping.clone()));
    let app = http::router(api.clone(), address, cut.clone());
    let server = axum::serve(listener, app).with_graceful_shutdown({
        let stopping = stopping.clone();
        async move {
            shutdown.await;
            stopping.cancel();
        }
    });
    let grace_over = async {
        stopping.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    let served = tokio::select! {
        served = server => served.context("the API ended"),
        () = grace_over => Ok(()),
    };
    // Downloads that are still open break off here; their readers see that they are not whole.
    cut.cancel();
    stopping.cancel();
    drop(flushes.await);
    if let Err(error) = api.access.flush(&api.db).await {
        tracing::warn!(%error, "the last accesses could not be written");
    }
    served
}

async fn flush_now_and_then(api: Api, stopping: CancellationToken) {
    while stopping.run_until_cancelled(tokio::time::sleep(ACCESS_FLUSH)).await.is_some() {
        if let Err(error) = api.access.flush(&api.db).await {
            tracing::warn!(%error, "accesses could not be written; they are kept");
        }
    }
}
