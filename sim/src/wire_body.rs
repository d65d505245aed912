//! Bodies that arrive whole, in pieces, byte by byte or broken.

use std::{convert::Infallible, io, time::Duration};

use axum::body::Body;
use bytes::Bytes;
use tokio_util::sync::CancellationToken;

use crate::request_log::{Entry, Outcome};

/// How the pieces of a body are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    /// Half of it, then the connection breaks.
    Truncated,
    /// A byte at a time.
    Drip(Duration),
}

/// A body of these pieces. The call ends in the log when the last of it is on its way, so a
/// client that leaves in the middle counts as one that got nothing.
pub(crate) fn deliver(
    pieces: Vec<Bytes>,
    delivery: Delivery,
    entry: Entry,
    outcome: Outcome,
    stop: CancellationToken,
) -> Body {
    match delivery {
        Delivery::Truncated => truncated(pieces, entry),
        Delivery::Drip(interval) => drip(pieces, interval, entry, outcome, stop),
        Delivery::Whole if pieces.len() == 1 => {
            entry.end(outcome, Some(200));
            Body::from(pieces.into_iter().next().unwrap_or_default())
        }
        Delivery::Whole => Body::from_stream(async_stream::stream! {
            for piece in pieces {
                yield Ok::<_, Infallible>(piece);
            }
            entry.end(outcome, Some(200));
        }),
    }
}

fn truncated(pieces: Vec<Bytes>, entry: Entry) -> Body {
    let whole = pieces.concat();
    let half = Bytes::copy_from_slice(&whole[..whole.len() / 2]);
    Body::from_stream(async_stream::stream! {
        yield Ok(half);
        // While the stream is pending the server flushes: the client must see the half.
        tokio::task::yield_now().await;
        entry.end(Outcome::Failed, Some(200));
        yield Err(io::Error::from(io::ErrorKind::ConnectionAborted));
    })
}

fn drip(
    pieces: Vec<Bytes>,
    interval: Duration,
    entry: Entry,
    outcome: Outcome,
    stop: CancellationToken,
) -> Body {
    let whole = Bytes::from(pieces.concat());
    Body::from_stream(async_stream::stream! {
        for at in 0..whole.len() {
            yield Ok(whole.slice(at..=at));
            let is_stopped = stop.run_until_cancelled(tokio::time::sleep(interval)).await.is_none();
            if is_stopped {
                yield Err(io::Error::from(io::ErrorKind::ConnectionAborted));
                return;
            }
        }
        entry.end(outcome, Some(200));
    })
}
